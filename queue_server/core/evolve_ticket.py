"""What the events of a ticket's life make of the floor."""

from queue_server.core import events as ev
from queue_server.core import floor_changes as fc
from queue_server.core.discipline import appointments_after, streak_after
from queue_server.core.estimate import attended_windows, pace_after_call
from queue_server.core.model import (
    Floor,
    Pace,
    Position,
    RecentCall,
    Request,
    Ticket,
    TicketState,
    changed,
)

RECENT_CALLS = 12


def issued_ticket(event: ev.TicketIssued, seq: int, at_ms: int) -> Ticket:
    """The ticket that an issue makes; `seq` is the event's own.

    An appointment stands at its slot, and waits from the later of arrival and slot.
    """
    slot_ms = event.slot_ms
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
        position=Position(at_ms if slot_ms is None else slot_ms, seq),
        leg_start_ms=at_ms if slot_ms is None else max(at_ms, slot_ms),
        slot_ms=slot_ms,
    )


def ticket_issued(floor: Floor, event: ev.TicketIssued, at_ms: int) -> Floor:
    """A ticket waits."""
    counters = floor.counters.set(event.group_id, event.number)
    ticket = issued_ticket(event, floor.seq, at_ms)
    if event.request_key is not None:
        request = Request(event.request_key, event.ticket_id, event.label)
        floor = changed(floor, requests=floor.requests.set(event.request_key, request))
    return fc.put(fc.count_given(changed(floor, counters=counters), ticket), None, ticket)


def ticket_called(floor: Floor, event: ev.TicketCalled, at_ms: int) -> Floor:
    """A ticket is at hand, and the pace of its group has learnt."""
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
    floor = fc.put(floor, old, new)
    floor = fc.window(
        floor,
        event.window_id,
        ticket_id=event.ticket_id,
        since_ms=at_ms,
        priority_streak=streak_after(window, old, event.reason),
        streak_before=window.priority_streak,
        appointment_streak=appointments_after(window, event.reason),
        appointments_before=window.appointment_streak,
        reason=event.reason,
    )
    recent = (RecentCall(event.label, event.window_id, at_ms), *floor.recent)[:RECENT_CALLS]
    return changed(floor, pace=floor.pace.set(old.group_id, pace), recent=recent)


def ticket_recalled(floor: Floor, event: ev.TicketRecalled, at_ms: int) -> Floor:
    """The same call again."""
    old = floor.tickets[event.ticket_id]
    return fc.put(floor, old, changed(old, attempt=event.attempt, last_call_ms=at_ms))


def call_undone(floor: Floor, event: ev.CallUndone, at_ms: int) -> Floor:
    """The ticket is back at its old place, as if it had not been called."""
    old = floor.tickets[event.ticket_id]
    call = RecentCall(old.label, event.window_id, old.last_call_ms or 0)
    recent = tuple(c for c in floor.recent if c != call)
    floor = fc.release(floor, event.window_id, at_ms)
    window = floor.windows.get(event.window_id)
    if window is not None:
        floor = fc.window(
            floor,
            event.window_id,
            priority_streak=window.streak_before,
            appointment_streak=window.appointments_before,
        )
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
    return fc.put(changed(floor, recent=recent), old, new)


def ticket_started(floor: Floor, event: ev.TicketStarted, at_ms: int) -> Floor:
    """Served from now on."""
    old = floor.tickets[event.ticket_id]
    new = changed(old, state=TicketState.SERVING, since_ms=at_ms)
    if old.started_ms is None and old.last_call_ms is not None:
        new = changed(new, started_ms=at_ms, walk_ms=at_ms - old.last_call_ms)
    return fc.window(fc.put(floor, old, new), event.window_id, since_ms=at_ms)


def ticket_finished(floor: Floor, event: ev.TicketFinished, at_ms: int) -> Floor:
    """The ticket leaves the floor."""
    return fc.release(fc.drop(floor, floor.tickets[event.ticket_id]), event.window_id, at_ms)


def ticket_no_show(floor: Floor, event: ev.TicketNoShow, at_ms: int) -> Floor:
    """Nobody came; it may come back for a while."""
    old = floor.tickets[event.ticket_id]
    new = changed(old, state=TicketState.NO_SHOW, since_ms=at_ms)
    return fc.release(fc.put(floor, old, new), event.window_id, at_ms)


def ticket_requeued(floor: Floor, event: ev.TicketRequeued, at_ms: int) -> Floor:
    """Back in the queue."""
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
    return fc.put(floor, old, new)


def ticket_held(floor: Floor, event: ev.TicketHeld, at_ms: int) -> Floor:
    """Parked; the window is free."""
    old = floor.tickets[event.ticket_id]
    new = changed(
        old,
        state=TicketState.HELD,
        served_ms=old.served_ms + at_ms - old.since_ms,
        since_ms=at_ms,
    )
    return fc.release(fc.put(floor, old, new), event.window_id, at_ms)


def ticket_resumed(floor: Floor, event: ev.TicketResumed, at_ms: int) -> Floor:
    """At hand again."""
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
    floor = fc.put(floor, old, new)
    return fc.window(floor, event.window_id, ticket_id=event.ticket_id, since_ms=at_ms, reason=None)


def ticket_transferred(floor: Floor, event: ev.TicketTransferred, at_ms: int) -> Floor:
    """A new leg: waiting elsewhere under the same number."""
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
    floor = fc.put(floor, old, new)
    if old.state in fc.AT_HAND:
        floor = fc.release(floor, old.window_id, at_ms)
    return floor


def ticket_gone(
    floor: Floor,
    event: ev.TicketCancelled | ev.TicketAbandoned | ev.TicketExpired,
    at_ms: int,
) -> Floor:
    """Cancelled, given up or expired."""
    ticket = floor.tickets[event.ticket_id]
    floor = fc.drop(floor, ticket)
    if ticket.state in fc.AT_HAND:
        floor = fc.release(floor, ticket.window_id, at_ms)
    return floor
