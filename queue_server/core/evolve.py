"""What an event makes of the floor. Pure, total, and the same for live state and replay.

Evolving decides nothing: an event that reached the journal is a fact.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from immutables import Map

from queue_server.contract.ids import GroupId, WindowId
from queue_server.core import events as ev
from queue_server.core import lanes
from queue_server.core.discipline import streak_after
from queue_server.core.estimate import attended_windows, pace_after_call
from queue_server.core.model import (
    Floor,
    Pace,
    Position,
    RecentCall,
    Ticket,
    TicketState,
    Window,
    changed,
)
from queue_server.core.numbering import number_of
from queue_server.core.settings import HallSettings, Skills

RECENT_CALLS = 12
E = TypeVar("E")


def evolve(floor: Floor, event: ev.Event, at_ms: int) -> Floor:
    """The floor after an event that happened at `at_ms`; its seq is one higher."""
    floor = changed(floor, seq=floor.seq + 1)
    return _EVOLVERS[type(event)](floor, event, at_ms)


def _configure(floor: Floor, settings: HallSettings, version: int, catalogue_hash: str) -> Floor:
    windows = floor.windows
    wanted = {w.window_id for w in settings.windows}
    for window_id in wanted - set(windows):
        windows = windows.set(window_id, Window(window_id))
    for window_id in set(windows) - wanted:
        windows = windows.delete(window_id)
    return changed(
        floor,
        settings=settings,
        skills=Skills(settings),
        settings_version=version,
        catalogue_hash=catalogue_hash,
        windows=windows,
    )


def _day_opened(floor: Floor, event: ev.DayOpened, at_ms: int) -> Floor:
    fresh = Floor(seq=floor.seq, business_date=event.business_date)
    fresh = _configure(fresh, event.settings, event.settings_version, event.catalogue_hash)
    highest = {g.group_id: _highest(g.prefix, event.carried) for g in event.settings.groups}
    fresh = changed(
        fresh,
        counters=Map({group: number for group, number in highest.items() if number}),
        windows=fresh.windows.update({w.window_id: w for w in event.windows}),
        pace=Map(dict(event.pace)),
    )
    for ticket in event.carried:
        fresh = _put(fresh, None, ticket)
    return fresh


def _highest(prefix: str, carried: tuple[Ticket, ...]) -> int:
    """The highest number of a series that people still hold: the day goes on above it."""
    return max((number_of(prefix, ticket.label) or 0 for ticket in carried), default=0)


def _settings_changed(floor: Floor, event: ev.SettingsChanged, at_ms: int) -> Floor:
    return _configure(floor, event.settings, event.version, event.catalogue_hash)


def _put(floor: Floor, old: Ticket | None, new: Ticket) -> Floor:
    """The floor with a ticket changed; keeps lanes, counts, visits and principals in step."""
    all_lanes, waiting = floor.lanes, floor.waiting
    if old is not None and old.state is TicketState.WAITING:
        all_lanes = lanes.leave(all_lanes, old)
        waiting = _count(waiting, old.group_id, -1)
    if new.state is TicketState.WAITING:
        all_lanes = lanes.join(all_lanes, new)
        waiting = _count(waiting, new.group_id, 1)
    principals = floor.principals
    if new.principal is not None and (old is None or old.service_id != new.service_id):
        if old is not None:
            principals = principals.delete((new.principal, old.service_id))
        principals = principals.set((new.principal, new.service_id), new.ticket_id)
    return changed(
        floor,
        tickets=floor.tickets.set(new.ticket_id, new),
        lanes=all_lanes,
        waiting=waiting,
        busy_visits=_visits(floor, old, new),
        principals=principals,
    )


_AT_HAND = frozenset({TicketState.CALLED, TicketState.SERVING})


def _visits(floor: Floor, old: Ticket | None, new: Ticket) -> Any:  # noqa: ANN401 - immutables.Map
    was, now = old is not None and old.state in _AT_HAND, new.state in _AT_HAND
    if now and not was:
        return floor.busy_visits.set(new.visit_id, new.ticket_id)
    if was and not now:
        return floor.busy_visits.delete(new.visit_id)
    return floor.busy_visits


def _count(waiting: Map[GroupId, int], group: GroupId, step: int) -> Map[GroupId, int]:
    return waiting.set(group, waiting.get(group, 0) + step)


def _drop(floor: Floor, ticket: Ticket) -> Floor:
    """The floor once a ticket reached its final state."""
    all_lanes, waiting = floor.lanes, floor.waiting
    if ticket.state is TicketState.WAITING:
        all_lanes = lanes.leave(all_lanes, ticket)
        waiting = _count(waiting, ticket.group_id, -1)
    visits = floor.busy_visits
    if ticket.state in _AT_HAND:
        visits = visits.delete(ticket.visit_id)
    principals = floor.principals
    if ticket.principal is not None:
        principals = principals.delete((ticket.principal, ticket.service_id))
    return changed(
        floor,
        tickets=floor.tickets.delete(ticket.ticket_id),
        lanes=all_lanes,
        waiting=waiting,
        busy_visits=visits,
        principals=principals,
    )


def _window(floor: Floor, window_id: WindowId | None, **change: Any) -> Floor:  # noqa: ANN401 - fields of Window
    window = floor.windows.get(window_id) if window_id is not None else None
    if window is None or window_id is None:  # the window was removed from the settings since
        return floor
    return changed(floor, windows=floor.windows.set(window_id, changed(window, **change)))


def issued_ticket(event: ev.TicketIssued, seq: int, at_ms: int) -> Ticket:
    """The ticket that an issue makes; `seq` is the event's own."""
    return Ticket(
        ticket_id=event.ticket_id,
        visit_id=event.visit_id,
        label=event.label,
        service_id=event.service_id,
        group_id=event.group_id,
        class_id=event.class_id,
        channel=event.channel,
        language=event.language,
        principal=event.principal,
        issued_ms=at_ms,
        issue_seq=seq,
        state=TicketState.WAITING,
        since_ms=at_ms,
        position=Position(at_ms, seq),
        leg_start_ms=at_ms,
    )


def _ticket_issued(floor: Floor, event: ev.TicketIssued, at_ms: int) -> Floor:
    counters = floor.counters.set(event.group_id, event.number)
    ticket = issued_ticket(event, floor.seq, at_ms)
    return _put(changed(floor, counters=counters), None, ticket)


def _ticket_called(floor: Floor, event: ev.TicketCalled, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    attended = len(attended_windows(floor, old.group_id))
    pace = pace_after_call(floor.pace.get(old.group_id, Pace()), old, attended, at_ms)
    new = changed(
        old,
        state=TicketState.CALLED,
        since_ms=at_ms,
        first_call_ms=at_ms if old.first_call_ms is None else old.first_call_ms,
        last_call_ms=at_ms,
        call_id=event.call_id,
        attempt=1,
        window_id=event.window_id,
        clerk_id=event.clerk_id,
    )
    window = floor.windows[event.window_id]
    floor = _put(floor, old, new)
    floor = _window(
        floor,
        event.window_id,
        ticket_id=event.ticket_id,
        since_ms=at_ms,
        priority_streak=streak_after(window, old, event.reason),
        streak_before=window.priority_streak,
        reason=event.reason,
    )
    recent = (RecentCall(event.label, event.window_id, at_ms), *floor.recent)[:RECENT_CALLS]
    return changed(floor, pace=floor.pace.set(old.group_id, pace), recent=recent)


def _ticket_recalled(floor: Floor, event: ev.TicketRecalled, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    return _put(floor, old, changed(old, attempt=event.attempt, last_call_ms=at_ms))


def _call_undone(floor: Floor, event: ev.CallUndone, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    call = RecentCall(old.label, event.window_id, old.last_call_ms or 0)
    recent = tuple(c for c in floor.recent if c != call)
    floor = _release(floor, event.window_id, at_ms)
    window = floor.windows.get(event.window_id)
    if window is not None:
        floor = _window(floor, event.window_id, priority_streak=window.streak_before)
    new = changed(
        old,
        state=TicketState.WAITING,
        since_ms=at_ms,
        first_call_ms=None,
        last_call_ms=None,
        call_id=None,
        attempt=0,
        window_id=None,
        clerk_id=None,
    )
    return _put(changed(floor, recent=recent), old, new)


def _ticket_started(floor: Floor, event: ev.TicketStarted, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(old, state=TicketState.SERVING, since_ms=at_ms)
    if old.started_ms is None and old.last_call_ms is not None:
        new = changed(new, started_ms=at_ms, walk_ms=at_ms - old.last_call_ms)
    return _window(_put(floor, old, new), event.window_id, since_ms=at_ms)


def _release(floor: Floor, window_id: WindowId | None, at_ms: int) -> Floor:
    return _window(floor, window_id, ticket_id=None, since_ms=at_ms, reason=None)


def _ticket_finished(floor: Floor, event: ev.TicketFinished, at_ms: int) -> Floor:
    return _release(_drop(floor, floor.tickets[event.ticket_id]), event.window_id, at_ms)


def _ticket_no_show(floor: Floor, event: ev.TicketNoShow, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(old, state=TicketState.NO_SHOW, since_ms=at_ms)
    return _release(_put(floor, old, new), event.window_id, at_ms)


def _ticket_requeued(floor: Floor, event: ev.TicketRequeued, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(
        old,
        state=TicketState.WAITING,
        since_ms=at_ms,
        position=event.position,
        call_id=None,
        window_id=None,
        clerk_id=None,
    )
    return _put(floor, old, new)


def _ticket_held(floor: Floor, event: ev.TicketHeld, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(
        old,
        state=TicketState.HELD,
        served_ms=old.served_ms + at_ms - old.since_ms,
        since_ms=at_ms,
    )
    return _release(_put(floor, old, new), event.window_id, at_ms)


def _ticket_resumed(floor: Floor, event: ev.TicketResumed, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(
        old,
        state=TicketState.CALLED if event.to_called else TicketState.SERVING,
        held_ms=old.held_ms + at_ms - old.since_ms,
        since_ms=at_ms,
        window_id=event.window_id,
        clerk_id=event.clerk_id,
    )
    if event.to_called:
        new = changed(new, call_id=event.call_id, attempt=1, last_call_ms=at_ms)
    floor = _put(floor, old, new)
    return _window(floor, event.window_id, ticket_id=event.ticket_id, since_ms=at_ms, reason=None)


def _ticket_transferred(floor: Floor, event: ev.TicketTransferred, at_ms: int) -> Floor:
    old = floor.tickets[event.ticket_id]
    new = changed(
        old,
        service_id=event.service_id,
        group_id=event.group_id,
        pinned_window=event.to_window,
        position=event.position,
        state=TicketState.WAITING,
        since_ms=at_ms,
        leg=old.leg + 1,
        leg_start_ms=at_ms,
        first_call_ms=None,
        last_call_ms=None,
        call_id=None,
        attempt=0,
        window_id=None,
        clerk_id=None,
        started_ms=None,
        walk_ms=None,
        served_ms=0,
        held_ms=0,
    )
    floor = _put(floor, old, new)
    if old.state in _AT_HAND:
        floor = _release(floor, old.window_id, at_ms)
    return floor


def _ticket_gone(
    floor: Floor,
    event: ev.TicketCancelled | ev.TicketAbandoned | ev.TicketExpired,
    at_ms: int,
) -> Floor:
    ticket = floor.tickets[event.ticket_id]
    floor = _drop(floor, ticket)
    if ticket.state in _AT_HAND:
        floor = _release(floor, ticket.window_id, at_ms)
    return floor


def _signed_in(floor: Floor, event: ev.WindowSignedIn, at_ms: int) -> Floor:
    return _window(
        floor, event.window_id, clerk_id=event.clerk_id, pause_reason=None, since_ms=at_ms
    )


def _signed_out(floor: Floor, event: ev.WindowSignedOut, at_ms: int) -> Floor:
    return _window(
        floor,
        event.window_id,
        clerk_id=None,
        pause_reason=None,
        since_ms=at_ms,
    )


def _paused(floor: Floor, event: ev.WindowPaused, at_ms: int) -> Floor:
    return _window(floor, event.window_id, pause_reason=event.reason, since_ms=at_ms)


def _reopened(floor: Floor, event: ev.WindowReopened, at_ms: int) -> Floor:
    return _window(floor, event.window_id, pause_reason=None, since_ms=at_ms)


_EVOLVERS: dict[type, Callable[[Floor, Any, int], Floor]] = {
    ev.DayOpened: _day_opened,
    ev.SettingsChanged: _settings_changed,
    ev.TicketIssued: _ticket_issued,
    ev.TicketCalled: _ticket_called,
    ev.TicketRecalled: _ticket_recalled,
    ev.CallUndone: _call_undone,
    ev.TicketStarted: _ticket_started,
    ev.TicketFinished: _ticket_finished,
    ev.TicketNoShow: _ticket_no_show,
    ev.TicketRequeued: _ticket_requeued,
    ev.TicketHeld: _ticket_held,
    ev.TicketResumed: _ticket_resumed,
    ev.TicketTransferred: _ticket_transferred,
    ev.TicketCancelled: _ticket_gone,
    ev.TicketAbandoned: _ticket_gone,
    ev.TicketExpired: _ticket_gone,
    ev.WindowSignedIn: _signed_in,
    ev.WindowSignedOut: _signed_out,
    ev.WindowPaused: _paused,
    ev.WindowReopened: _reopened,
}
