"""Walks a journal from its first event and notes the first breach of each fact. Pure.

What must hold stands in domain.md ("Facts that must hold, whatever happens"). Nothing is taken from
the deciders: the walk knows the table of transitions and looks at the floor before and after.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from queue_server.contract.ids import RequestKey, TicketId
from queue_server.core import events as ev
from queue_server.core.appointments import places_left
from queue_server.core.evolve import evolve
from queue_server.core.legs import legs_of
from queue_server.core.model import AppointmentState, Floor, Ticket, TicketState
from queue_server.core.statistics import Leg
from queue_server.core.transitions import TABLE, Act

_AT_HAND = (TicketState.CALLED, TicketState.SERVING)

_ACTS: dict[type, Act] = {
    ev.TicketCalled: Act.CALL,
    ev.TicketRecalled: Act.RECALL,
    ev.CallUndone: Act.UNDO_CALL,
    ev.TicketStarted: Act.START,
    ev.TicketFinished: Act.FINISH,
    ev.TicketNoShow: Act.NO_SHOW,
    ev.TicketRequeued: Act.REQUEUE,
    ev.TicketHeld: Act.HOLD,
    ev.TicketTransferred: Act.TRANSFER,
    ev.TicketCancelled: Act.CANCEL,
    ev.TicketAbandoned: Act.ABANDON,
    ev.TicketExpired: Act.EXPIRE,
    ev.TicketConfirmed: Act.CONFIRM,
}

_APPOINTMENT_EVENTS = (
    ev.AppointmentMoved,
    ev.AppointmentCancelled,
    ev.AppointmentKept,
    ev.AppointmentMissed,
)


class BrokenOffError(Exception):
    """The walk cannot go on from here; what is wrong has been noted."""


@dataclass(frozen=True, slots=True)
class Step:
    """A journal row, read and decoded."""

    epoch: int
    seq: int
    at_ms: int
    business_date: str
    label: str | None
    ticket_id: TicketId | None
    event: ev.Event

    def __str__(self) -> str:
        return f"row {self.epoch}/{self.seq} ({type(self.event).__name__})"


class Walk:
    """The floor so far, what was seen, and the first breach of each kind.

    Attributes:
        breaches: one sentence by check ("labels", "replay", "windows", "tickets", "days",
            "appointments").
        seen: every ticket ever issued.
        legs: the legs of each ticket that `take_legs` has not taken yet, with the day of each.
    """

    def __init__(self, first_seq: int) -> None:
        self.floor = Floor(seq=first_seq - 1)
        self.breaches: dict[str, str] = {}
        self.seen: set[str] = set()
        self.legs: dict[str, dict[int, tuple[str, Leg]]] = {}
        self.leg_count = 0
        self._ripe: list[str] = []
        self._labels: set[str] = set()
        self._last_ms = 0

    def breach(self, check: str, sentence: str) -> None:
        """Note a breach, if it is the first of its kind."""
        self.breaches.setdefault(check, sentence)

    def skip_to(self, seq: int) -> None:
        """Go on after a gap as if the rows before `seq` had changed nothing."""
        values = {name: getattr(self.floor, name) for name in Floor.__match_args__}
        self.floor = Floor(**values | {"seq": seq - 1})

    def step(self, step: Step) -> None:
        """One row further.

        Raises:
            BrokenOffError: the row cannot follow what was before.
        """
        self._check_row(step)
        before = self.floor
        self._check_ticket(step)
        self._check_appointment(step)
        try:
            after = evolve(before, step.event, step.at_ms)
            legs = legs_of(before, step.event, after, step.at_ms)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.breach("replay", f"{step} cannot follow what was before it: {error!r}.")
            raise BrokenOffError from error
        self.floor = after
        self._check_day(step, before)
        self._check_windows(step, before)
        self._keep(step, legs)

    def _check_row(self, step: Step) -> None:
        event = step.event
        if step.at_ms < self._last_ms:
            self.breach("days", f"{step} is earlier than the row before it.")
        self._last_ms = step.at_ms
        label = event.label if isinstance(event, ev.GIVES_LABEL) else None
        if label != step.label or getattr(event, "ticket_id", None) != step.ticket_id:
            self.breach("labels", f"{step} names another number or ticket than its event does.")

    def _check_ticket(self, step: Step) -> None:
        event = step.event
        if isinstance(event, ev.TicketIssued):
            self._check_number(step, event)
            return
        if isinstance(event, ev.TicketUploaded | ev.TicketSuperseded):
            self._check_paper(step, event)
            return
        act = _ACTS.get(type(event))
        if isinstance(event, ev.TicketResumed):
            act = Act.RESUME_CALLED if event.to_called else Act.RESUME
        if isinstance(event, ev.TicketSettled):
            act = Act.SETTLE_SERVED if event.fate == "served" else Act.SETTLE_NO_SHOW
        if act is None or step.ticket_id is None:
            return
        ticket = self.floor.tickets.get(step.ticket_id)
        if ticket is None:
            what = "has ended before" if step.ticket_id in self.seen else "was never issued"
            self.breach("tickets", f"{step}: the ticket {step.ticket_id} {what}.")
        elif (ticket.state, act) not in TABLE:
            self.breach(
                "tickets",
                f"{step}: {ticket.label} ({ticket.ticket_id}) is {ticket.state}, which does not "
                f"allow {act}.",
            )

    def _check_number(self, step: Step, event: ev.TicketIssued) -> None:
        if event.ticket_id in self.seen:
            self.breach("tickets", f"{step}: the ticket {event.ticket_id} was issued before.")
        self.seen.add(event.ticket_id)
        self._check_request(step, event.request_key)
        if event.label in self._labels:
            self.breach("labels", f"{step}: {event.label} was issued twice on a business day.")
        self._labels.add(event.label)
        last = self.floor.counters.get(event.group_id, 0)
        if event.number <= last:
            self.breach(
                "labels",
                f"{step}: number {event.number} of series {event.group_id} follows {last}.",
            )

    def _check_paper(self, step: Step, event: ev.TicketUploaded | ev.TicketSuperseded) -> None:
        """A number that a cut-off kiosk gave: under a grant, once, for one ticket a request."""
        if event.label in self._labels:
            self.breach("labels", f"{step}: {event.label} was given twice on a business day.")
        self._labels.add(event.label)
        grant = self.floor.grants.get(event.grant_id)
        counter = event.label.rpartition("-")[2]
        if grant is None or not counter.isdigit() or not grant.first <= int(counter) <= grant.last:
            self.breach("labels", f"{step}: no grant covers {event.label}.")
        if isinstance(event, ev.TicketSuperseded):
            if event.ticket_id not in self.floor.tickets:
                self.breach("tickets", f"{step}: there is no ticket {event.ticket_id}.")
            return
        if event.ticket_id in self.seen:
            self.breach("tickets", f"{step}: the ticket {event.ticket_id} was issued before.")
        self.seen.add(event.ticket_id)
        self._check_request(step, event.request_key)

    def _check_request(self, step: Step, key: str | None) -> None:
        """One live ticket a request."""
        known = self.floor.requests.get(RequestKey(key)) if key else None
        if known is not None and known.ticket_id in self.floor.tickets:
            self.breach("tickets", f"{step}: the request {key} has the ticket {known.label}.")

    def _check_appointment(self, step: Step) -> None:
        """Booked into a place that was free, and after that kept, missed or given back once."""
        event = step.event
        if isinstance(event, ev.AppointmentBooked):
            if event.appointment_id in self.floor.appointments:
                self.breach("appointments", f"{step}: it was booked before.")
            self._check_place_left(step, event)
            return
        if not isinstance(event, _APPOINTMENT_EVENTS):
            return
        found = self.floor.appointments.get(event.appointment_id)
        if found is None:
            self.breach("appointments", f"{step}: {event.appointment_id} was never booked.")
            raise BrokenOffError
        missed_then_given_back = isinstance(event, ev.AppointmentCancelled) and (
            found.state is AppointmentState.MISSED
        )
        if found.state is not AppointmentState.BOOKED and not missed_then_given_back:
            self.breach("appointments", f"{step}: {event.appointment_id} is {found.state}.")
        if isinstance(event, ev.AppointmentMoved):
            self._check_place_left(step, event)
        if isinstance(event, ev.AppointmentKept):
            ticket = self.floor.tickets.get(event.ticket_id)
            if ticket is None or ticket.slot_ms != found.slot_ms:
                self.breach("appointments", f"{step}: its ticket {event.ticket_id} is another's.")

    def _check_place_left(
        self, step: Step, event: ev.AppointmentBooked | ev.AppointmentMoved
    ) -> None:
        own = self.floor.appointments.get(event.appointment_id)
        service_id = event.service_id if isinstance(event, ev.AppointmentBooked) else None
        if service_id is None and own is not None:
            service_id = own.service_id
        start = event.start_min
        left = places_left(self.floor, service_id, event.day, (start,), own) if service_id else {}
        if left.get(start, 0) < 1:
            self.breach("appointments", f"{step}: the slot had no place left.")

    def _check_day(self, step: Step, before: Floor) -> None:
        event = step.event
        if isinstance(event, ev.DayOpened):
            if before.business_date is not None and event.business_date <= before.business_date:
                self.breach("days", f"{step} opens {event.business_date} again or too late.")
            self._labels = set()
            self._check_carried(step, before, event.carried)
        day = self.floor.business_date
        if day is not None and step.business_date != day.isoformat():
            self.breach("days", f"{step} is filed under {step.business_date}, not under {day}.")

    def _check_carried(self, step: Step, before: Floor, carried: Iterable[Ticket]) -> None:
        kept = {ticket.ticket_id for ticket in carried}
        for ticket in before.tickets.values():
            if ticket.ticket_id not in kept:
                self.breach(
                    "tickets",
                    f"{step}: {ticket.label} ({ticket.ticket_id}) was {ticket.state} and is lost.",
                )
        for ticket_id in kept - set(before.tickets):
            self.breach("tickets", f"{step}: the ticket {ticket_id} is carried over from nowhere.")

    def _check_windows(self, step: Step, before: Floor) -> None:
        event = step.event
        window_id = getattr(event, "window_id", None)
        if isinstance(event, ev.TicketCalled | ev.TicketResumed):
            taken = before.windows.get(event.window_id)
            if taken is not None and taken.ticket_id not in (None, event.ticket_id):
                other = before.tickets[taken.ticket_id].label if taken.ticket_id else ""
                self.breach("windows", f"{step}: window {window_id} still has {other}.")
        elif step.ticket_id is not None and window_id is not None:
            window = before.windows.get(window_id)
            if window is not None and window.ticket_id != step.ticket_id:
                self.breach(
                    "windows",
                    f"{step}: the ticket {step.ticket_id} is not at window {window_id}.",
                )
        self._check_place(step)

    def _check_place(self, step: Step) -> None:
        """A ticket at hand is at exactly the window that has it."""
        ticket = self.floor.tickets.get(step.ticket_id) if step.ticket_id else None
        if ticket is None:
            return
        holders = [
            w.window_id for w in self.floor.windows.values() if w.ticket_id == step.ticket_id
        ]
        wanted = [ticket.window_id] if ticket.state in _AT_HAND else []
        if holders != wanted and ticket.window_id in (None, *self.floor.windows):
            self.breach(
                "windows",
                f"{step}: {ticket.label} is {ticket.state} at window {ticket.window_id}, held by "
                f"{', '.join(holders) or 'none'}.",
            )

    def _keep(self, step: Step, legs: Iterable[Leg]) -> None:
        for leg in legs:
            rows = self.legs.setdefault(leg.ticket_id, {})
            earlier = rows.get(leg.leg)
            self.leg_count += earlier is None
            rows[leg.leg] = (step.business_date if earlier is None else earlier[0], leg)
        if step.ticket_id is not None and step.ticket_id not in self.floor.tickets:
            self._ripe.append(step.ticket_id)

    def take_legs(self, *, everything: bool) -> dict[str, dict[int, tuple[str, Leg]]]:
        """The legs of tickets that have ended (or of all), which will not change any more."""
        taken = list(self.legs) if everything else self._ripe
        self._ripe = []
        return {
            ticket_id: self.legs.pop(ticket_id) for ticket_id in taken if ticket_id in self.legs
        }

    def ripe(self) -> int:
        """How many tickets `take_legs` would give."""
        return len(self._ripe)


def same_state(one: Floor, other: Floor) -> bool:
    """Whether two floors are equal in all but the look-ups made from their settings."""
    names = [name for name in Floor.__match_args__ if name != "skills"]
    return all(getattr(one, name) == getattr(other, name) for name in names)
