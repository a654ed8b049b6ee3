"""Which `ticket_leg` rows an event writes. Pure; `verify` rebuilds the table with it."""

from queue_server.core import events as ev
from queue_server.core.model import Floor, TicketState
from queue_server.core.statistics import Leg, leg_of

_CHANGES = (
    ev.TicketIssued,
    ev.TicketCalled,
    ev.TicketRecalled,
    ev.CallUndone,
    ev.TicketStarted,
    ev.TicketNoShow,
    ev.TicketRequeued,
    ev.TicketHeld,
    ev.TicketResumed,
)


def legs_of(before: Floor, event: ev.Event, after: Floor, at_ms: int) -> tuple[Leg, ...]:
    """The rows to insert or replace, by (ticket_id, leg)."""
    if isinstance(event, _CHANGES):
        return (leg_of(after.tickets[event.ticket_id]),)
    match event:
        case ev.TicketFinished():
            old = before.tickets[event.ticket_id]
            return (leg_of(old, outcome="finished", detail=event.outcome, ended_ms=at_ms),)
        case ev.TicketTransferred():
            old = before.tickets[event.ticket_id]
            left = leg_of(old, outcome="transferred", ended_ms=at_ms)
            return (left, leg_of(after.tickets[event.ticket_id]))
        case ev.TicketCancelled():
            old = before.tickets[event.ticket_id]
            return (leg_of(old, outcome="cancelled", detail=event.reason, ended_ms=at_ms),)
        case ev.TicketAbandoned():
            old = before.tickets[event.ticket_id]
            return (leg_of(old, outcome="abandoned", ended_ms=at_ms),)
        case ev.TicketExpired():
            old = before.tickets[event.ticket_id]
            final = "no_show" if old.state is TicketState.NO_SHOW else "expired"
            return (leg_of(old, outcome=final, detail=event.was, ended_ms=at_ms),)
        case _:
            return ()
