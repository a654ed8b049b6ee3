"""The matters of one visit, and what goes over from one to the next. Pure."""

from typing import Final

from kiosk.visit import Visit
from queue_server.contract.messages import TicketAnswer, TicketState

LIVE: Final = frozenset(
    {
        TicketState.WAITING,
        TicketState.UNCONFIRMED,
        TicketState.CALLED,
        TicketState.SERVING,
        TicketState.HELD,
        TicketState.NO_SHOW,
    }
)
RETURNABLE: Final = frozenset({TicketState.WAITING})
"""States in which a citizen may give the number back (core/transitions.py)."""


def next_matter(visit: Visit) -> Visit:
    """What is kept of a visit for its next matter.

    Kept are the numbers so far, the own document, that they come for somebody else, and the
    priority class, which is theirs who stands here. Not kept is the document of the person the
    last matter was for: the next one may be another household's.
    """
    return Visit(
        document=visit.document,
        for_other=visit.for_other,
        priority=visit.priority,
        matters=matters(visit),
        help=visit.help,
    )


def matters(visit: Visit) -> tuple[TicketAnswer, ...]:
    """Every number of this visit that this kiosk knows, the first of them first, each once."""
    current = (visit.ticket,) if visit.ticket is not None else ()
    found = (*visit.matters, *visit.standing, *current)
    known: dict[str, TicketAnswer] = {}
    for ticket in found:
        if ticket.state in LIVE:
            known.setdefault(ticket.ticket_id, ticket)
    return tuple(known.values())


def numbers(visit: Visit) -> tuple[str, ...]:
    """The labels of `matters`."""
    return tuple(ticket.number for ticket in matters(visit))
