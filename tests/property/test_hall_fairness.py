"""Fact 6, nobody starves, where it is hardest: many priority tickets, and clerks who choose."""

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.contract.ids import AppointmentId, CallId, ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.core.appointment_rules import AppointmentRules, Places
from queue_server.core.errors import QueueError
from queue_server.core.events import Event
from queue_server.core.settings import Discipline
from tests.property.hall_shadow import Shadow
from tests.unit.core.desk import DAY, ELDERLY, Desk

ACTS = (*["turn"] * 6, "hand", "now", "sign out", "undo", "normal", "priority", "priority")
KEPT = (*ACTS, "kept", "kept", "kept")


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


def act_or_keep(desk: Watched, what: str, window: str, index: int) -> None:
    """Two people who come for an appointment, or one of the other things."""
    if what != "kept":
        act(desk, what, window, index)
        return
    service = ServiceId(("A01", "A02", "B01")[index % 3])
    desk.wait(1)
    for _ in range(2):
        appointment_id, visit_id = AppointmentId(desk.new_id()), VisitId(desk.new_id())
        slot_ms = desk.now_ms + index % 3 * 1000
        desk.do(cmd.BookAppointment(appointment_id, service, DAY, 600, slot_ms))
        desk.do(cmd.CheckIn(appointment_id, TicketId(desk.new_id()), visit_id))


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


@given(
    k=st.integers(1, 2),
    in_a_row=st.integers(1, 3),
    windows=st.sampled_from(["1", "12", "123"]),
    acts=st.lists(
        st.tuples(st.sampled_from(KEPT), st.integers(0, 2), st.integers(0, 20)),
        min_size=20,
        max_size=50,
    ),
)
@settings(max_examples=100, deadline=None)
def test_appointments_count_in_the_bound_and_have_one_of_their_own(
    k: int, in_a_row: int, windows: str, acts: list[tuple[str, int, int]]
) -> None:
    rules = AppointmentRules(
        places=(Places("A", 200), Places("B", 200)), notice_min=0, in_a_row=in_a_row
    )
    discipline = Discipline(ratio_k=k, max_wait_s=100_000)
    desk = Watched.opened(windows, discipline=discipline, appointments=rules)
    desk.shadow.ratio_k, desk.shadow.in_a_row = k, in_a_row
    for what, index in (("kept", 0), ("priority", 0), ("normal", 0), ("kept", 1), ("kept", 2)):
        act_or_keep(desk, what, "1", index)
    for what, window, index in acts:
        try:
            act_or_keep(desk, what, windows[window % len(windows)], index)
        except (QueueError, ZeroDivisionError):  # nobody to call; nothing has happened
            continue
    desk.shadow.check(desk.floor)
