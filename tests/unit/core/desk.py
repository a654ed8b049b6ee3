"""A hall in memory: commands in, events out, time by hand. For tests of the pure core."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from queue_server.contract.ids import (
    CallId,
    ClassId,
    ClerkId,
    GroupId,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core import commands as cmd
from queue_server.core.decide import decide
from queue_server.core.events import Event, TicketIssued
from queue_server.core.evolve import evolve
from queue_server.core.legs import legs_of
from queue_server.core.model import Floor, Ticket, TicketState
from queue_server.core.settings import (
    ClassSetting,
    Discipline,
    GroupSetting,
    HallSettings,
    ServiceSetting,
    WindowSetting,
)
from queue_server.core.statistics import Leg
from tests.fakes import NINE_MS, counter

DAY = date(2026, 3, 2)
ELDERLY = "elderly"
SOLDIER = "soldier"


def settings(**more: object) -> HallSettings:
    """Window 1 serves all, 2 serves A, 3 serves B and the single item A02."""
    services = tuple(
        ServiceSetting(ServiceId(s), GroupId(s[0]), target_s=900, prior_s=300)
        for s in ("A01", "A02", "B01", "B02")
    )
    base = HallSettings(
        services=services,
        groups=(GroupSetting(GroupId("A"), "A"), GroupSetting(GroupId("B"), "B")),
        windows=(
            WindowSetting(WindowId("1"), (GroupId("A"), GroupId("B"))),
            WindowSetting(WindowId("2"), (GroupId("A"),)),
            WindowSetting(WindowId("3"), (GroupId("B"),), (ServiceId("A02"),)),
        ),
        classes=(ClassSetting(ClassId(SOLDIER), 3.0), ClassSetting(ClassId(ELDERLY), 2.0)),
        discipline=Discipline(ratio_k=2, max_wait_s=3600),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # fields of HallSettings by name


@dataclass
class Desk:
    """Decides and evolves; keeps the legs as the store would."""

    floor: Floor = field(default_factory=Floor)
    now_ms: int = NINE_MS
    legs: dict[tuple[str, int], Leg] = field(default_factory=dict)
    events: list[tuple[int, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.new_id = counter()

    @classmethod
    def opened(cls, windows: str = "123", **more: object) -> Self:
        """With settings, a business day, and clerk c1 at window 1 and so on."""
        desk = cls()
        desk.do(cmd.ChangeSettings(settings(**more), "catalogue-1"))
        desk.do(cmd.RollDay(DAY))
        for window in windows:
            desk.do(cmd.SignIn(WindowId(window), clerk(window)))
        return desk

    def do(self, command: cmd.Command) -> tuple[Event, ...]:
        """Carry a command out.

        Raises:
            QueueError: refused.
        """
        made = decide(self.floor, command, self.now_ms)
        for event in made:
            self.take(event)
        return made

    def take(self, event: Event) -> None:
        """One fact."""
        before, self.floor = self.floor, evolve(self.floor, event, self.now_ms)
        self.events.append((self.now_ms, event))
        for leg in legs_of(before, event, self.floor, self.now_ms):
            self.legs[leg.ticket_id, leg.leg] = leg

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ms += round(seconds * 1000)

    def issue(
        self,
        service: str = "A01",
        class_id: str | None = None,
        *,
        visit: str | None = None,
        principal: str | None = None,
    ) -> TicketId:
        """One more ticket; its id."""
        made = self.do(
            cmd.IssueTicket(
                TicketId(self.new_id()),
                VisitId(visit or self.new_id()),
                ServiceId(service),
                None if class_id is None else ClassId(class_id),
                principal=principal,
            ),
        )
        assert isinstance(made[0], TicketIssued)
        return made[0].ticket_id

    def at(self, window: str, what: type, **more: object) -> tuple[Event, ...]:
        """A command at a window by its own clerk."""
        command: cmd.Command = what(WindowId(window), clerk(window), **more)
        return self.do(command)

    def call(self, window: str = "1") -> str:
        """Whoever is next; the label."""
        self.at(window, cmd.CallNext, call_id=CallId(self.new_id()))
        return self.current(window).label

    def serve(self, window: str = "1") -> str:
        """Call, start and finish at once; the label."""
        label = self.call(window)
        self.at(window, cmd.Start)
        self.at(window, cmd.Finish)
        return label

    def current(self, window: str) -> Ticket:
        """The ticket at hand."""
        ticket_id = self.floor.windows[WindowId(window)].ticket_id
        assert ticket_id is not None
        return self.floor.tickets[ticket_id]

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """A live ticket."""
        return self.floor.tickets[ticket_id]

    def label(self, ticket_id: TicketId) -> str:
        """A live ticket's number."""
        return self.floor.tickets[ticket_id].label

    def bring(self, state: TicketState, service: str = "A01") -> TicketId:
        """A ticket that is in a live state (at window 1, for those at a window)."""
        ticket_id = self.issue(service)
        steps: dict[TicketState, tuple[type, ...]] = {
            TicketState.WAITING: (),
            TicketState.CALLED: (cmd.CallNext,),
            TicketState.SERVING: (cmd.CallNext, cmd.Start),
            TicketState.HELD: (cmd.CallNext, cmd.Start, cmd.Hold),
            TicketState.NO_SHOW: (cmd.CallNext, cmd.NoShow),
        }
        for step in steps[state]:
            more = {"call_id": CallId(self.new_id())} if step is cmd.CallNext else {}
            self.at("1", step, **more)
        assert self.ticket(ticket_id).state is state
        return ticket_id


def clerk(window: str) -> ClerkId:
    """Who sits at a window."""
    return ClerkId(f"c{window}")
