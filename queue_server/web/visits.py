"""Which visit a number belongs to, and the numbers of a person or of a paper."""

import asyncio
from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request

from queue_server.contract import messages_tickets as msg
from queue_server.contract import paths
from queue_server.contract.ids import RequestKey, TicketId, VisitId
from queue_server.contract.problems import Code
from queue_server.core.model import Floor, Ticket
from queue_server.ports import LegRow
from queue_server.views import ticket_answer
from queue_server.web.api_tickets import left_ticket
from queue_server.web.auth import Authenticator, Role
from queue_server.web.deps import Hall
from queue_server.web.papers import number_of_paper
from queue_server.web.problems import Refused
from queue_server.web.throttle import Throttle

KIOSK: Final = frozenset({Role.DEVICE})
LOOK_UPS_AT_ONCE: Final = 30
LOOK_UPS_PER_S: Final = 60.0
"""Cards and papers a kiosk asks about: more than people can lay down, far too few to search."""


async def visit_named(hall: Hall, named: str) -> VisitId:
    """The visit of an earlier number, which is named by its id or by its request's key.

    A number of today that has ended still tells its visit. One that is not known (yet) was given by
    a kiosk that is cut off: its visit bears the key of its request.
    """
    floor = hall.service.floor
    key = RequestKey(named)
    known = floor.requests.get(key) or floor.earlier_requests.get(key)
    ticket_id = known.ticket_id if known else TicketId(named)
    ticket = floor.tickets.get(ticket_id)
    if ticket is not None:
        return ticket.visit_id
    row = await asyncio.to_thread(hall.tickets.leg, ticket_id)
    if row is not None and row.business_date == floor.business_date:
        return VisitId(row.leg.visit_id)
    return VisitId(named)


def look_up_router(hall: Hall, authenticator: Authenticator) -> APIRouter:
    """`POST /api/v1/tickets/look-up`."""
    throttle = Throttle(LOOK_UPS_AT_ONCE, LOOK_UPS_PER_S)

    async def look_up(request: Request, wanted: msg.TicketLookUp) -> msg.TicketsFound:
        """The numbers of a person's document, or of a paper and the rest of its visit."""
        principal = await authenticator.require(request, KIOSK)
        throttle.take(principal.id)
        given = [wanted.principal, wanted.ticket_id, wanted.paper]
        if sum(each is not None for each in given) != 1:
            raise Refused(Code.INVALID_REQUEST, detail="exactly one of principal, ticket_id, paper")
        if wanted.principal is not None:
            return _found(hall, _of_person(hall, wanted.principal))
        ticket_id = TicketId(wanted.ticket_id or "")
        if wanted.paper is not None:
            ticket_id = await _of_paper(hall, wanted.paper)
        ticket = hall.service.floor.tickets.get(ticket_id)
        if ticket is not None:
            return _found(hall, _of_visit(hall.service.floor, ticket))
        row: LegRow | None = await asyncio.to_thread(hall.tickets.leg, ticket_id)
        if row is None:
            raise Refused(Code.UNKNOWN_TICKET)
        others = _found(hall, _same_visit(hall.service.floor, row.leg.visit_id))
        return msg.TicketsFound(tickets=[left_ticket(row), *others.tickets])

    router = APIRouter()
    router.add_api_route(
        paths.TICKET_LOOK_UP, look_up, methods=["POST"], response_model=msg.TicketsFound
    )
    return router


def _of_person(hall: Hall, number: str) -> list[Ticket]:
    """Live tickets that were taken with this document; the number goes no further than here."""
    floor = hall.service.floor
    if floor.business_date is None:
        return []
    wanted = hall.fingerprint(number, floor.business_date)
    return _in_order(t for t in floor.tickets.values() if t.principal == wanted)


async def _of_paper(hall: Hall, text: str) -> TicketId:
    paper = await number_of_paper(hall, text)
    floor = hall.service.floor
    key = RequestKey(paper.request_key)
    known = floor.requests.get(key) or floor.earlier_requests.get(key)
    # A request that got another number on line: its paper has not come in yet either.
    if known is None or known.label != paper.number:
        raise Refused(Code.PAPER_NOT_IN, number=paper.number)
    return known.ticket_id


def _of_visit(floor: Floor, ticket: Ticket) -> list[Ticket]:
    """A ticket, and then the others of its visit."""
    others = _same_visit(floor, ticket.visit_id)
    return [ticket, *(each for each in others if each is not ticket)]


def _same_visit(floor: Floor, visit_id: str) -> list[Ticket]:
    return _in_order(t for t in floor.tickets.values() if t.visit_id == visit_id)


def _in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    return sorted(tickets, key=lambda ticket: ticket.issue_seq)


def _found(hall: Hall, tickets: list[Ticket]) -> msg.TicketsFound:
    floor, now_ms = hall.service.floor, hall.clock.now().at_ms
    return msg.TicketsFound(tickets=[ticket_answer(floor, each, now_ms) for each in tickets])
