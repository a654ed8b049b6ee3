"""Fact 6, nobody starves, where it is hardest: many priority tickets, and clerks who choose."""

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.contract.ids import CallId, ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.core.errors import QueueError
from queue_server.core.events import Event
from queue_server.core.settings import Discipline
from tests.property.hall_shadow import Shadow
from tests.unit.core.desk import ELDERLY, Desk

ACTS = (*["turn"] * 6, "hand", "now", "sign out", "undo", "normal", "priority", "priority")


class Watched(Desk):
    """A desk whose events a shadow sees."""

    def __post_init__(self) -> None:
        Desk.__post_init__(self)
        self.shadow = Shadow()

    def take(self, event: Event) -> None:
        """One fact."""
        Desk.take(self, event)
        self.shadow.take(event, self.now_ms)


def act(desk: Watched, what: str, window: str, index: int) -> None:
    """One thing that happens at a hall."""
    service = ("A01", "A02", "B01")[index % 3]
    call_id, ticket_id = CallId(desk.new_id()), TicketId(desk.new_id())
    desk.wait(1)
    if what == "turn":
        desk.serve(window)
    elif what == "normal":
        desk.issue(service)
    elif what == "priority":
        for _ in range(3):
            desk.issue(service, ELDERLY)
    elif what == "hand":
        waiting = sorted(desk.floor.tickets)
        chosen = waiting[index % len(waiting)]
        desk.at(window, cmd.CallTicket, call_id=call_id, ticket_id=chosen, reason="urgent")
        desk.at(window, cmd.Start)
        desk.at(window, cmd.Finish)
    elif what == "now":
        ids = {"call_id": call_id, "ticket_id": ticket_id, "visit_id": VisitId(desk.new_id())}
        class_id = ELDERLY if index % 2 else None
        desk.at(window, cmd.ServeNow, **ids, service_id=ServiceId(service), class_id=class_id)
        desk.at(window, cmd.Finish)
    elif what == "sign out":
        desk.at(window, cmd.CloseWindow)
        desk.at(window, cmd.SignIn)
    elif what == "undo":
        desk.call(window)
        desk.at(window, cmd.UndoCall)


@given(
    k=st.integers(1, 3),
    windows=st.sampled_from(["1", "12", "123"]),
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 20)),
        min_size=20,
        max_size=50,
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_ticket_waits_more_turns_than_the_bound(
    k: int, windows: str, acts: list[tuple[str, int, int]]
) -> None:
    desk = Watched.opened(windows, discipline=Discipline(ratio_k=k, max_wait_s=100_000))
    desk.shadow.ratio_k = k
    for index in range(3):
        act(desk, "priority", "1", index)
    act(desk, "normal", "1", 0)
    for what, window, index in acts:
        try:
            act(desk, what, windows[window % len(windows)], index)
        except (QueueError, ZeroDivisionError):  # nobody to call; nothing has happened
            continue
    desk.shadow.check(desk.floor)
