"""The facts of domain.md as seen from the events alone, for the property tests."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from queue_server.contract.ids import GroupId, TicketId, WindowId
from queue_server.core import events as ev
from queue_server.core import lanes
from queue_server.core.discipline import BY_HAND, most_calls
from queue_server.core.evolve import evolve
from queue_server.core.model import Floor, Ticket, TicketState
from tests.fakes import bare

AT_HAND = (TicketState.CALLED, TicketState.SERVING)
FINAL = (ev.TicketFinished, ev.TicketCancelled, ev.TicketAbandoned, ev.TicketExpired)


@dataclass
class Turns:
    """The turns a waiting ticket has seen of windows that may serve it."""

    older: int = 0
    younger: int = 0


@dataclass
class Shadow:
    """Counts what happened. `replayed` is the floor as a replay of the events makes it."""

    ratio_k: int = 2
    day: date | None = None
    replayed: Floor = field(default_factory=Floor)
    seen: dict[TicketId, int] = field(default_factory=dict)
    _labels: set[tuple[date | None, str]] = field(default_factory=set)
    _last: dict[tuple[date | None, str], int] = field(default_factory=dict)
    _turns: dict[TicketId, Turns] = field(default_factory=dict)
    _counted: dict[WindowId, list[tuple[TicketId, bool]]] = field(default_factory=dict)

    def take(self, event: ev.Event, at_ms: int) -> None:
        """One event that was committed."""
        before = self.replayed
        self._number(event)
        self._fair(before, event)
        self.replayed = evolve(before, event, at_ms)
        if isinstance(event, ev.DayOpened):
            alone = evolve(Floor(seq=before.seq), event, at_ms)
            assert bare(alone) == bare(self.replayed), "a day does not carry all that crosses it"
        if isinstance(event, FINAL):
            self.seen[event.ticket_id] += 1
        self._start_anew(before)

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

    def _fair(self, before: Floor, event: ev.Event) -> None:
        if isinstance(event, ev.CallUndone):
            for ticket_id, older in self._counted.pop(event.window_id, []):
                turns = self._turns.get(ticket_id)
                if turns is not None:
                    turns.older -= older
                    turns.younger -= not older
        if not isinstance(event, ev.TicketCalled) or event.reason.code in BY_HAND:
            return
        called = before.tickets[event.ticket_id]
        counted = self._counted[event.window_id] = []
        for ticket in before.tickets.values():
            if ticket is called or not _may_call(before, event.window_id, ticket):
                continue
            own_kind = bool(called.class_id) == bool(ticket.class_id)
            older = event.reason.code == "overdue" or (
                own_kind and called.position < ticket.position
            )
            counted.append((ticket.ticket_id, older))
            self._count(before, ticket, older=older)

    def _count(self, before: Floor, ticket: Ticket, *, older: bool) -> None:
        turns = self._turns.setdefault(ticket.ticket_id, Turns())
        turns.older += older
        turns.younger += not older
        may = sum(_may_call(before, w, ticket) for w in before.windows)
        seen = turns.older + turns.younger
        assert seen < most_calls(self.ratio_k, turns.older, may), (
            f"{ticket.label} has seen {turns} at {may} windows"
        )

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
