"""What a clerk does at a window."""

from queue_server.contract.ids import CallId, ClerkId, ServiceId, TicketId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import decide_ticket, discipline
from queue_server.core import events as ev
from queue_server.core.errors import (
    GraceOver,
    IllegalTransition,
    NoCurrentTicket,
    NotServedHere,
    ReasonNeeded,
    VisitorBusy,
    WindowTaken,
)
from queue_server.core.evolve import evolve
from queue_server.core.model import Floor, NextReason, Ticket, TicketState
from queue_server.core.transitions import Act, after
from queue_server.core.window_rules import (
    at_window,
    check_free,
    current_ticket,
    free_window,
    window_of,
)

_MS = 1000


def sign_in(floor: Floor, command: cmd.SignIn, now_ms: int) -> tuple[ev.Event, ...]:
    """Take a window; a clerk who takes another one leaves the first, if it is free."""
    window = window_of(floor, command.window_id)
    if window.clerk_id == command.clerk_id:
        return ()
    if window.clerk_id is not None:
        raise WindowTaken(window_id=command.window_id)
    left: list[ev.Event] = []
    for other in floor.windows.values():
        if other.clerk_id == command.clerk_id:
            check_free(floor, other)
            left.append(ev.WindowSignedOut(other.window_id))
    return (*left, ev.WindowSignedIn(command.window_id, command.clerk_id))


def open_window(floor: Floor, command: cmd.OpenWindow, now_ms: int) -> tuple[ev.Event, ...]:
    """After a pause, or to take a closed window; nothing when it is open already."""
    window = window_of(floor, command.window_id)
    if window.clerk_id is None:
        return sign_in(floor, cmd.SignIn(command.window_id, command.clerk_id), now_ms)
    at_window(floor, command.window_id, command.clerk_id)
    if window.pause_reason is None:
        return ()
    return (ev.WindowReopened(command.window_id),)


def pause(floor: Floor, command: cmd.PauseWindow, now_ms: int) -> tuple[ev.Event, ...]:
    """A ticket at hand may still be finished; nobody else is called."""
    window = at_window(floor, command.window_id, command.clerk_id)
    if not command.reason:
        raise ReasonNeeded
    if window.pause_reason == command.reason:
        return ()
    return (ev.WindowPaused(command.window_id, command.reason),)


def close(floor: Floor, command: cmd.CloseWindow, now_ms: int) -> tuple[ev.Event, ...]:
    """Leave the window; not with a ticket at hand."""
    window = window_of(floor, command.window_id)
    if window.clerk_id is None:
        return ()
    at_window(floor, command.window_id, command.clerk_id)
    check_free(floor, window)
    return (ev.WindowSignedOut(command.window_id),)


def call_next(floor: Floor, command: cmd.CallNext, now_ms: int) -> tuple[ev.Event, ...]:
    """The discipline chooses."""
    free_window(floor, command.window_id, command.clerk_id)
    ticket, reason = discipline.choose(floor, command.window_id, now_ms)
    return (_called(ticket, command.window_id, command.clerk_id, command.call_id, reason),)


def _called(
    ticket: Ticket,
    window_id: WindowId,
    clerk_id: ClerkId,
    call_id: CallId,
    reason: NextReason,
) -> ev.TicketCalled:
    after(ticket, Act.CALL)
    return ev.TicketCalled(ticket.ticket_id, ticket.label, window_id, clerk_id, call_id, reason)


def _check_skill(floor: Floor, window_id: WindowId, service_id: ServiceId) -> None:
    if floor.skills is None or service_id not in floor.skills.serves[window_id]:
        raise NotServedHere(window_id=window_id)


def call_ticket(floor: Floor, command: cmd.CallTicket, now_ms: int) -> tuple[ev.Event, ...]:
    """Out of order, and only with a reason; a no-show may come back this way."""
    window = free_window(floor, command.window_id, command.clerk_id)
    ticket = decide_ticket.ticket_of(floor, command.ticket_id)
    if not command.reason:
        raise ReasonNeeded
    _check_skill(floor, command.window_id, ticket.service_id)
    if ticket.visit_id in floor.busy_visits:
        raise VisitorBusy
    waited_s = max(0, now_ms - ticket.waiting_since_ms) // _MS
    reason = NextReason("chosen-by-clerk", waited_s, window.priority_streak, command.reason)
    before: tuple[ev.Event, ...] = ()
    if ticket.state is TicketState.NO_SHOW:
        before = decide_ticket.requeue(floor, cmd.Requeue(ticket.ticket_id, by_clerk=True), now_ms)
        ticket = evolve(floor, before[0], now_ms).tickets[ticket.ticket_id]
    call = _called(ticket, command.window_id, command.clerk_id, command.call_id, reason)
    return (*before, call)


def serve_now(floor: Floor, command: cmd.ServeNow, now_ms: int) -> tuple[ev.Event, ...]:
    """Issue, call and start: someone stands at the desk and nobody needs to queue."""
    free_window(floor, command.window_id, command.clerk_id)
    decide_ticket.group_of(floor, command.service_id)
    _check_skill(floor, command.window_id, command.service_id)
    issued = decide_ticket.issue(
        floor,
        cmd.IssueTicket(
            ticket_id=command.ticket_id,
            visit_id=command.visit_id,
            service_id=command.service_id,
            class_id=command.class_id,
            channel="desk",
            language=command.language,
            staffed=True,
        ),
        now_ms,
    )
    then = _call_and_start(
        evolve(floor, issued[0], now_ms),
        command.ticket_id,
        command.window_id,
        command.clerk_id,
        command.call_id,
    )
    return (*issued, *then)


def _call_and_start(
    floor: Floor,
    ticket_id: TicketId,
    window_id: WindowId,
    clerk_id: ClerkId,
    call_id: CallId,
) -> tuple[ev.Event, ...]:
    ticket = floor.tickets[ticket_id]
    reason = NextReason("served-at-once")
    return (
        _called(ticket, window_id, clerk_id, call_id, reason),
        ev.TicketStarted(ticket_id, window_id, clerk_id),
    )


def next_service(floor: Floor, command: cmd.NextService, now_ms: int) -> tuple[ev.Event, ...]:
    """Finish the matter at hand and go on with another one of the same visit."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    done = finish(floor, cmd.Finish(command.window_id, command.clerk_id, command.outcome), now_ms)
    floor = evolve(floor, done[0], now_ms)
    issued = decide_ticket.issue(
        floor,
        cmd.IssueTicket(
            ticket_id=command.ticket_id,
            visit_id=ticket.visit_id,
            service_id=command.service_id,
            class_id=ticket.class_id,
            channel="desk",
            language=ticket.language,
            principal=ticket.principal,
            staffed=True,
        ),
        now_ms,
    )
    window = floor.windows[command.window_id]
    serves = floor.skills.serves[command.window_id] if floor.skills else frozenset()
    if command.service_id not in serves or not window.attended:
        return (*done, *issued)
    floor = evolve(floor, issued[0], now_ms)
    return (
        *done,
        *issued,
        *_call_and_start(
            floor, command.ticket_id, command.window_id, command.clerk_id, command.call_id
        ),
    )


def recall(floor: Floor, command: cmd.Recall, now_ms: int) -> tuple[ev.Event, ...]:
    """Announce the same call once more."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.RECALL)
    if ticket.call_id is None:
        raise IllegalTransition(number=ticket.label, state=ticket.state, act=Act.RECALL)
    return (
        ev.TicketRecalled(
            ticket.ticket_id,
            ticket.label,
            command.window_id,
            ticket.call_id,
            ticket.attempt + 1,
        ),
    )


def undo_call(floor: Floor, command: cmd.UndoCall, now_ms: int) -> tuple[ev.Event, ...]:
    """Within seconds, and only the first call of a leg: a recalled ticket is on its way."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.UNDO_CALL)
    undo_s = floor.settings.undo_s if floor.settings else 0
    first = ticket.attempt == 1 and ticket.first_call_ms == ticket.last_call_ms
    if not first or now_ms - ticket.since_ms > undo_s * _MS or ticket.started_ms is not None:
        raise GraceOver(number=ticket.label)
    return (ev.CallUndone(ticket.ticket_id, command.window_id),)


def start(floor: Floor, command: cmd.Start, now_ms: int) -> tuple[ev.Event, ...]:
    """The citizen is here."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.START)
    return (ev.TicketStarted(ticket.ticket_id, command.window_id, command.clerk_id),)


def finish(floor: Floor, command: cmd.Finish, now_ms: int) -> tuple[ev.Event, ...]:
    """The matter is dealt with."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.FINISH)
    return (ev.TicketFinished(ticket.ticket_id, command.window_id, command.outcome),)


def no_show(floor: Floor, command: cmd.NoShow, now_ms: int) -> tuple[ev.Event, ...]:
    """Called and did not come."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.NO_SHOW)
    return (ev.TicketNoShow(ticket.ticket_id, command.window_id),)


def hold(floor: Floor, command: cmd.Hold, now_ms: int) -> tuple[ev.Event, ...]:
    """Park the current ticket; the window is free for the next one."""
    ticket = current_ticket(floor, command.window_id, command.clerk_id)
    after(ticket, Act.HOLD)
    return (ev.TicketHeld(ticket.ticket_id, command.window_id),)


def resume(floor: Floor, command: cmd.Resume, now_ms: int) -> tuple[ev.Event, ...]:
    """Back from hold: the given ticket, or the one this window has held longest."""
    free_window(floor, command.window_id, command.clerk_id)
    ticket = _held(floor, command)
    after(ticket, Act.RESUME_CALLED if command.to_called else Act.RESUME)
    _check_skill(floor, command.window_id, ticket.service_id)
    if ticket.visit_id in floor.busy_visits:
        raise VisitorBusy
    return (
        ev.TicketResumed(
            ticket.ticket_id,
            command.window_id,
            command.clerk_id,
            command.to_called,
            command.call_id if command.to_called else None,
        ),
    )


def _held(floor: Floor, command: cmd.Resume) -> Ticket:
    if command.ticket_id is not None:
        return decide_ticket.ticket_of(floor, command.ticket_id)
    held_here = [
        t
        for t in floor.tickets.values()
        if t.state is TicketState.HELD and t.window_id == command.window_id
    ]
    if not held_here:
        raise NoCurrentTicket(window_id=command.window_id)
    return min(held_here, key=lambda t: t.since_ms)
