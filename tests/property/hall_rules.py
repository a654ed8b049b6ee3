"""What can be asked of a hall, as hypothesis rules, and the facts that must hold all the time.

The facts are those of domain.md, written down here from the events alone: a shadow that knows
nothing of how the hall decides. A subclass says how a command is carried out.
"""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.contract.ids import (
    AppointmentId,
    CallId,
    ClassId,
    ClerkId,
    DeviceId,
    HelpId,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core import commands as cmd
from queue_server.core.appointment_rules import AppointmentRules, Places
from queue_server.core.errors import QueueError
from queue_server.core.events import Event
from queue_server.core.model import Floor
from queue_server.core.settings import CloseOfDay, Discipline, HallSettings
from tests.fakes import NINE_MS, counter
from tests.property.hall_shadow import Shadow
from tests.unit.core.desk import DAY, ELDERLY, SOLDIER, settings

APPOINTMENTS = AppointmentRules(places=(Places("A", 3, 0), Places("B01", 1, 3)), notice_min=0)
SERVICES = ("A01", "A02", "B01", "B02", "Z99")
WINDOWS = ("1", "2", "3", "9")
services = st.sampled_from(SERVICES).map(ServiceId)
windows = st.sampled_from(WINDOWS).map(WindowId)
some = st.integers(0, 40)
classes = st.sampled_from([None, None, ClassId(ELDERLY), ClassId(SOLDIER)])
maybe_services = st.one_of(st.none(), services)
maybe_windows = st.one_of(st.none(), windows)
positions = st.sampled_from(["front", "by_issue_time", "end"])


class HallRules(RuleBasedStateMachine):
    """One hall, over days."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = NINE_MS
        self.day: date = DAY
        self.new_id = counter()
        self.shadow = Shadow()
        self.known: list[TicketId] = []
        self.booked: list[AppointmentId] = []
        self.settings: HallSettings = settings()

    # --- how; a subclass's part

    def floor(self) -> Floor:
        """The committed state."""
        raise NotImplementedError

    def carry_out(self, command: cmd.Command) -> tuple[Event, ...]:
        """The events of a command, or QueueError."""
        raise NotImplementedError

    # --- what

    def ask(self, command: cmd.Command) -> None:
        """A command that may be refused; then nothing has changed."""
        before = self.floor()
        try:
            events = self.carry_out(command)
        except QueueError:
            assert self.floor() == before
            return
        for event in events:
            self.shadow.take(event, self.now_ms)
        self.known += [e.ticket_id for e in events if type(e).__name__ == "TicketIssued"]

    def pick(self, index: int) -> TicketId:
        """One of the newest tickets, live or not."""
        return self.known[-1 - index % min(len(self.known), 12)] if self.known else TicketId("none")

    def sits(self, window: WindowId) -> ClerkId:
        """Who is signed in, else the window's usual clerk."""
        found = self.floor().windows.get(window)
        return found.clerk_id if found and found.clerk_id else ClerkId(f"c{window}")

    @initialize(k=st.integers(1, 3), carry=st.booleans(), wait=st.sampled_from([600, 100_000]))
    def open_hall(self, k: int, carry: bool, wait: int) -> None:  # noqa: FBT001 - drawn
        """Settings, the first day, and three clerks."""
        self.settings = replace(
            self.settings,
            discipline=Discipline(ratio_k=k, max_wait_s=wait),
            close_of_day=CloseOfDay.CARRY_OVER if carry else CloseOfDay.EXPIRE,
            appointments=APPOINTMENTS,
        )
        self.shadow.ratio_k = k
        self.ask(cmd.ChangeSettings(self.settings, "c"))
        self.ask(cmd.RollDay(DAY))
        for window in "123":
            self.ask(cmd.SignIn(WindowId(window), ClerkId(f"c{window}")))

    @rule(seconds=st.sampled_from([0.001, 1, 14, 60, 500, 2000]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ms += round(seconds * 1000)

    @rule(service=services, class_id=classes, visit=st.integers(0, 7), principal=st.integers(0, 9))
    def issue(
        self, service: ServiceId, class_id: ClassId | None, visit: int, principal: int
    ) -> None:
        """A number; now and then for a visit or a person that has one already."""
        self.ask(
            cmd.IssueTicket(
                TicketId(self.new_id()),
                VisitId(f"v{visit}" if visit < 4 else self.new_id()),
                service,
                class_id,
                principal=f"p{principal}" if principal < 3 else None,
            ),
        )

    @rule(service=services, count=st.integers(2, 6), class_id=classes)
    def crowd(self, service: ServiceId, count: int, class_id: ClassId | None) -> None:
        """Several at once."""
        for _ in range(count):
            self.issue(service, class_id, 40, 40)

    @rule(
        service=services,
        days=st.sampled_from([0, 0, 0, 1, 9]),
        start=st.sampled_from([0, 30, 60, 61]),
        in_min=st.sampled_from([0, 0, 5, 25]),
    )
    def book(self, service: ServiceId, days: int, start: int, in_min: int) -> None:
        """An appointment, mostly for about now."""
        appointment_id = AppointmentId(self.new_id())
        day, slot_ms = self.day_after(days), self.now_ms + in_min * 60_000
        self.ask(cmd.BookAppointment(appointment_id, service, day, start, slot_ms))
        self.booked.append(appointment_id)

    def day_after(self, days: int) -> date:
        """A day counted from the business date."""
        return (self.shadow.day or DAY) + timedelta(days=days)

    def appointment(self, index: int) -> AppointmentId:
        """One of the newest appointments, whatever became of it."""
        if not self.booked:
            return AppointmentId("none")
        return self.booked[-1 - index % min(len(self.booked), 8)]

    @rule(which=some)
    def check_in(self, which: int) -> None:
        """Its holder is here."""
        ticket_id, visit_id = TicketId(self.new_id()), VisitId(self.new_id())
        self.ask(cmd.CheckIn(self.appointment(which), ticket_id, visit_id))

    @rule(which=some, what=st.sampled_from(["cancel", "miss", "move"]))
    def change_appointment(self, which: int, what: str) -> None:
        """Given back, moved, or its time is over."""
        appointment_id = self.appointment(which)
        if what == "cancel":
            self.ask(cmd.CancelAppointment(appointment_id, "citizen"))
        elif what == "miss":
            self.ask(cmd.MissAppointment(appointment_id))
        else:
            found = self.floor().appointments.get(appointment_id)
            service = found.service_id if found else ServiceId("A01")
            slot_ms, day = self.now_ms + 300_000, self.day_after(0)
            self.ask(cmd.MoveAppointment(appointment_id, service, day, 90, slot_ms))

    @rule(window=windows)
    def call_next(self, window: WindowId) -> None:
        """Whoever is next."""
        self.ask(cmd.CallNext(window, self.sits(window), CallId(self.new_id())))

    @rule(window=windows, end=st.sampled_from([cmd.Finish, cmd.Finish, cmd.NoShow, cmd.Hold]))
    def turn(self, window: WindowId, end: type) -> None:
        """Call, and what follows, in one go."""
        clerk = self.sits(window)
        self.call_next(window)
        if end is not cmd.NoShow:
            self.ask(cmd.Start(window, clerk))
        self.ask(end(window, clerk))

    @rule(
        window=windows,
        what=st.sampled_from(
            [cmd.Recall, cmd.UndoCall, cmd.Start, cmd.Finish, cmd.NoShow, cmd.Hold]
        ),
    )
    def tap(self, window: WindowId, what: type) -> None:
        """A button of the clerk's page, in turn or not."""
        self.ask(what(window, self.sits(window)))

    @rule(window=windows, ticket=some)
    def call_ticket(self, window: WindowId, ticket: int) -> None:
        """Out of order."""
        call_id = CallId(self.new_id())
        clerk = self.sits(window)
        self.ask(cmd.CallTicket(window, clerk, call_id, self.pick(ticket), "urgent"))

    @rule(window=windows, service=services, class_id=classes)
    def serve_now(self, window: WindowId, service: ServiceId, class_id: ClassId | None) -> None:
        """At once."""
        call_id, ticket_id = CallId(self.new_id()), TicketId(self.new_id())
        visit_id = VisitId(self.new_id())
        clerk = self.sits(window)
        self.ask(cmd.ServeNow(window, clerk, call_id, ticket_id, visit_id, service, class_id))

    @rule(window=windows, service=services)
    def next_service(self, window: WindowId, service: ServiceId) -> None:
        """One more matter of the same visit."""
        call_id, ticket_id = CallId(self.new_id()), TicketId(self.new_id())
        self.ask(cmd.NextService(window, self.sits(window), call_id, ticket_id, service))

    @rule(window=windows, ticket=st.one_of(st.none(), some), called=st.booleans())
    def resume(self, window: WindowId, ticket: int | None, called: bool) -> None:  # noqa: FBT001 - drawn
        """Back from hold."""
        ticket_id = None if ticket is None else self.pick(ticket)
        call_id = CallId(self.new_id())
        self.ask(cmd.Resume(window, self.sits(window), call_id, ticket_id, to_called=called))

    @rule(
        window=windows,
        ticket=st.one_of(st.none(), some),
        service=maybe_services,
        to_window=maybe_windows,
        position=positions,
    )
    def transfer(
        self,
        window: WindowId,
        ticket: int | None,
        service: ServiceId | None,
        to_window: WindowId | None,
        position: str,
    ) -> None:
        """To another item or window."""
        ticket_id = None if ticket is None else self.pick(ticket)
        clerk = self.sits(window)
        self.ask(cmd.Transfer(window, clerk, ticket_id, service, to_window, position))  # type: ignore[arg-type]  # one of the three

    @rule(ticket=some, by_clerk=st.booleans())
    def requeue(self, ticket: int, by_clerk: bool) -> None:  # noqa: FBT001 - drawn
        """A no-show is back."""
        self.ask(cmd.Requeue(self.pick(ticket), by_clerk=by_clerk))

    @rule(ticket=some)
    def abandon(self, ticket: int) -> None:
        """The citizen gives up."""
        self.ask(cmd.Abandon(self.pick(ticket)))

    @rule(ticket=some)
    def cancel(self, ticket: int) -> None:
        """Voided."""
        self.ask(cmd.CancelTicket(self.pick(ticket), "double"))

    @rule(window=windows, what=st.sampled_from(["pause", "open", "close", "other", "stranger"]))
    def seat(self, window: WindowId, what: str) -> None:
        """A window opens, pauses, closes, or changes hands."""
        clerk = self.sits(window)
        command: cmd.Command
        if what == "pause":
            command = cmd.PauseWindow(window, clerk, "lunch")
        elif what == "open":
            command = cmd.OpenWindow(window, clerk)
        elif what == "close":
            command = cmd.CloseWindow(window, clerk)
        elif what == "other":
            command = cmd.SignIn(window, ClerkId("c1"))
        else:
            command = cmd.CallNext(window, ClerkId("stranger"), CallId(self.new_id()))
        self.ask(command)

    @rule(kiosk=st.integers(1, 2), what=st.sampled_from(["ask", "ask", "wang", "li", "end"]))
    def help(self, kiosk: int, what: str) -> None:
        """Somebody is called to a kiosk, goes there, has been there; a kiosk has one call."""
        open_call = next(
            (c.help_id for c in self.floor().help_calls.values() if c.device_id == f"k{kiosk}"),
            HelpId("none"),
        )
        if what == "ask":
            self.ask(cmd.AskHelp(HelpId(self.new_id()), DeviceId(f"k{kiosk}")))
        elif what == "end":
            self.ask(cmd.EndHelp(open_call, "helped"))
        else:
            self.ask(cmd.AnswerHelp(open_call, what))
        kiosks = [c.device_id for c in self.floor().help_calls.values()]
        assert len(kiosks) == len(set(kiosks))

    @rule(days=st.sampled_from([1, 1, 1, 0, -1, 9]), force=st.booleans())
    def roll_day(self, days: int, force: bool) -> None:  # noqa: FBT001 - drawn
        """The next business day, if it may be."""
        self.ask(cmd.RollDay((self.shadow.day or DAY) + timedelta(days=days), force=force))

    @rule(grace=st.sampled_from([60, 1800]), swap=st.booleans())
    def change_settings(self, grace: int, swap: bool) -> None:  # noqa: FBT001 - drawn
        """Other settings; a swap of the two series is refused while their numbers are about."""
        a, b = self.settings.groups
        groups = (replace(a, prefix=b.prefix), replace(b, prefix=a.prefix)) if swap else (a, b)
        self.ask(cmd.ChangeSettings(replace(self.settings, grace_s=grace, groups=groups), "c"))

    # --- what must hold

    @invariant()
    def the_facts_hold(self) -> None:
        """See `Shadow.check`."""
        self.shadow.check(self.floor())
