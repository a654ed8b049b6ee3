"""The facts of domain.md as seen from the events alone, for the property tests."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from queue_server.contract.ids import GroupId, TicketId, WindowId
from queue_server.core import events as ev
from queue_server.core import lanes
from queue_server.core.discipline import BY_HAND, most_calls, most_calls_of_appointment
from queue_server.core.evolve import evolve
from queue_server.core.model import AppointmentState, Floor, Ticket, TicketState
from tests.fakes import bare

AT_HAND = (TicketState.CALLED, TicketState.SERVING)
FINAL = (ev.TicketFinished, ev.TicketCancelled, ev.TicketAbandoned, ev.TicketExpired)


@dataclass
class Turns:
    """The turns a waiting ticket has seen of windows that may serve it.

    `kept` are those of appointments, for a ticket without one; `younger` those of tickets without,
    for an appointment, which counts turns from its slot on.
    """

    older: int = 0
    younger: int = 0
    kept: int = 0


@dataclass
class Shadow:
    """Counts what happened. `replayed` is the floor as a replay of the events makes it."""

    ratio_k: int = 2
    in_a_row: int = 2
    day: date | None = None
    replayed: Floor = field(default_factory=Floor)
    seen: dict[TicketId, int] = field(default_factory=dict)
    _labels: set[tuple[date | None, str]] = field(default_factory=set)
    _last: dict[tuple[date | None, str], int] = field(default_factory=dict)
    _turns: dict[TicketId, Turns] = field(default_factory=dict)
    _counted: dict[WindowId, list[tuple[TicketId, str]]] = field(default_factory=dict)
    _arrived: set[str] = field(default_factory=set)

    def take(self, event: ev.Event, at_ms: int) -> None:
        """One event that was committed."""
        before = self.replayed
        self._number(event)
        self._fair(before, event, at_ms)
        self.replayed = evolve(before, event, at_ms)
        if isinstance(event, ev.DayOpened):
            alone = evolve(Floor(seq=before.seq), event, at_ms)
            assert bare(alone) == bare(self.replayed), "a day does not carry all that crosses it"
        if isinstance(event, FINAL):
            self.seen[event.ticket_id] += 1
        self._start_anew(before)
        self._appointments(before, event)

    # Appointments

    def _appointments(self, before: Floor, event: ev.Event) -> None:
        """No slot has more than its places, and each appointment is kept once at most."""
        if isinstance(event, ev.AppointmentKept):
            assert event.appointment_id not in self._arrived, "an appointment was kept twice"
            self._arrived.add(event.appointment_id)
            found = before.appointments[event.appointment_id]
            assert found.state is AppointmentState.BOOKED
            assert before.tickets[event.ticket_id].slot_ms == found.slot_ms
        if not isinstance(event, ev.AppointmentBooked | ev.AppointmentMoved):
            return
        floor = self.replayed
        taken = [
            a for a in floor.appointments.values() if a.state is not AppointmentState.CANCELLED
        ]
        for quota in floor.settings.appointments.places if floor.settings else ():
            of = [a for a in taken if quota.of in (a.group_id, a.service_id)]
            slots = Counter((a.day, a.start_min) for a in of)
            assert max(slots.values(), default=0) <= quota.slot, "a slot has too many"
            days = Counter(a.day for a in of)
            assert not quota.day or max(days.values(), default=0) <= quota.day

    # Facts 1 and 5

    def _number(self, event: ev.Event) -> None:
        if isinstance(event, ev.DayOpened):
            assert self.day is None or event.business_date > self.day
            self.day = event.business_date
        if not isinstance(event, ev.TicketIssued):
            return
        assert event.ticket_id not in self.seen, "a ticket was issued twice"
        assert (self.day, event.label) not in self._labels, "a label was given twice on a day"
        alive = [t.label for t in self.replayed.tickets.values()]
        assert event.label not in alive, "two people in the hall have the same number"
        series = event.label[: -len(f"{event.number:03d}")]
        assert event.number > self._last.get((self.day, series), 0), "numbers went back"
        self._labels.add((self.day, event.label))
        self._last[self.day, series] = event.number
        self.seen[event.ticket_id] = 0

    # Fact 6

    def _fair(self, before: Floor, event: ev.Event, at_ms: int) -> None:
        if isinstance(event, ev.CallUndone):
            for ticket_id, kind in self._counted.pop(event.window_id, []):
                turns = self._turns.get(ticket_id)
                if turns is not None:
                    setattr(turns, kind, getattr(turns, kind) - 1)
        if not isinstance(event, ev.TicketCalled) or event.reason.code in BY_HAND:
            return
        called = before.tickets[event.ticket_id]
        counted = self._counted[event.window_id] = []
        for ticket in before.tickets.values():
            if ticket is called or not _may_call(before, event.window_id, ticket):
                continue
            if ticket.slot_ms is not None and ticket.position.at_ms > at_ms:
                continue  # its slot has not come
            kind = _turn_of(called, ticket, event.reason.code)
            counted.append((ticket.ticket_id, kind))
            self._count(before, ticket, kind)

    def _count(self, before: Floor, ticket: Ticket, kind: str) -> None:
        turns = self._turns.setdefault(ticket.ticket_id, Turns())
        setattr(turns, kind, getattr(turns, kind) + 1)
        may = sum(_may_call(before, w, ticket) for w in before.windows)
        seen = turns.older + turns.younger + turns.kept
        bound = most_calls(self.ratio_k, turns.older, may, self.in_a_row)
        if ticket.slot_ms is not None:
            bound = most_calls_of_appointment(self.in_a_row, turns.older, may)
        assert seen < bound, f"{ticket.label} has seen {turns} at {may} windows"

    def _start_anew(self, before: Floor) -> None:
        """Turns count from when a ticket came, or its visitor came back from a window."""
        for ticket_id in list(self._turns):
            was, now = before.tickets.get(ticket_id), self.replayed.tickets.get(ticket_id)
            moved = was is None or now is None or was.position != now.position
            if moved or now is None or now.visit_id in self.replayed.busy_visits:
                del self._turns[ticket_id]
                for counted in self._counted.values():
                    counted[:] = [pair for pair in counted if pair[0] != ticket_id]

    # All of them

    def check(self, floor: Floor) -> None:
        """What must hold of the committed floor."""
        assert bare(floor) == bare(self.replayed), "a replay does not give the live state"
        assert floor.business_date == self.day
        live = {ticket_id for ticket_id, ends in self.seen.items() if ends == 0}
        assert set(floor.tickets) == live, "a ticket is lost, or lives on"
        assert max(self.seen.values(), default=0) <= 1, "a ticket ended twice"
        self._check_windows(floor)
        _check_look_ups(floor)

    def _check_windows(self, floor: Floor) -> None:
        at_hand = [t for t in floor.tickets.values() if t.state in AT_HAND]
        held_by = [w.ticket_id for w in floor.windows.values() if w.ticket_id is not None]
        assert sorted(held_by) == sorted(t.ticket_id for t in at_hand)
        for ticket in at_hand:
            assert ticket.window_id is not None
            assert floor.windows[ticket.window_id].ticket_id == ticket.ticket_id
            assert floor.windows[ticket.window_id].clerk_id is not None
        visits = Counter(t.visit_id for t in at_hand)
        assert set(visits.values()) <= {1}, "one visitor is at two windows"


def _turn_of(called: Ticket, ticket: Ticket, reason: str) -> str:
    """What a turn of `called` is to a ticket that waits: a field of `Turns`."""
    if (called.slot_ms is None) != (ticket.slot_ms is None):
        return "kept" if ticket.slot_ms is None else "younger"
    own_kind = ticket.slot_ms is not None or bool(called.class_id) == bool(ticket.class_id)
    older = reason == "overdue" or (own_kind and called.position < ticket.position)
    return "older" if older else "younger"


def _may_call(floor: Floor, window_id: WindowId, ticket: Ticket) -> bool:
    skills = floor.skills
    return (
        skills is not None
        and ticket.state is TicketState.WAITING
        and ticket.visit_id not in floor.busy_visits
        and ticket.pinned_window in (None, window_id)
        and ticket.service_id in skills.serves.get(window_id, frozenset())
    )


def _check_look_ups(floor: Floor) -> None:
    """Lanes, counts, visits and principals are what the tickets say."""
    wanted = Floor().lanes
    for ticket in floor.tickets.values():
        if ticket.state is TicketState.WAITING:
            wanted = lanes.join(wanted, ticket)
    assert floor.lanes == wanted
    assert all(list(entries) == sorted(entries) for entries in floor.lanes.values())
    waiting = Counter(t.group_id for t in floor.tickets.values() if t.state is TicketState.WAITING)
    assert {g: n for g, n in floor.waiting.items() if n} == dict[GroupId, int](waiting)
    busy = {t.visit_id: t.ticket_id for t in floor.tickets.values() if t.state in AT_HAND}
    assert dict(floor.busy_visits) == busy
    persons = {
        (t.principal, t.service_id): t.ticket_id
        for t in floor.tickets.values()
        if t.principal is not None
    }
    assert dict(floor.principals) == persons
