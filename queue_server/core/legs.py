"""Which `ticket_leg` rows an event writes. Pure; `verify` rebuilds the table with it."""

from queue_server.core import events as ev
from queue_server.core.model import Floor, Ticket, TicketState
from queue_server.core.statistics import Leg, leg_of

OFFLINE = "offline"
"""`detail` of a leg that was served while the hall was cut off: nobody measured its times."""

_CHANGES = (
    ev.TicketIssued,
    ev.TicketUploaded,
    ev.TicketSuperseded,
    ev.TicketConfirmed,
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
        case ev.TicketSettled():
            if event.fate != "served":
                return (leg_of(after.tickets[event.ticket_id]),)
            old = before.tickets[event.ticket_id]
            return (leg_of(old, outcome="finished", detail=OFFLINE, ended_ms=at_ms),)
        case ev.TicketTransferred():
            left = leg_of(before.tickets[event.ticket_id], outcome="transferred", ended_ms=at_ms)
            return (left, leg_of(after.tickets[event.ticket_id]))
        case ev.TicketFinished() | ev.TicketCancelled() | ev.TicketAbandoned() | ev.TicketExpired():
            old = before.tickets[event.ticket_id]
            outcome, detail = _end(old, event)
            return (leg_of(old, outcome=outcome, detail=detail, ended_ms=at_ms),)
        case _:
            return ()


def _end(
    old: Ticket,
    event: ev.TicketFinished | ev.TicketCancelled | ev.TicketAbandoned | ev.TicketExpired,
) -> tuple[str, str | None]:
    """How a ticket's last leg ended: the outcome, and what is told of it."""
    match event:
        case ev.TicketFinished():
            return "finished", event.outcome
        case ev.TicketCancelled():
            return "cancelled", event.reason
        case ev.TicketAbandoned():
            return "abandoned", None
        case ev.TicketExpired():
            # Called and never came: the close of the day makes that final, nothing else.
            return ("no_show" if old.state is TicketState.NO_SHOW else "expired"), event.was
