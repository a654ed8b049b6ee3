"""Tickets over HTTP: the hot path.

Issuing is a plain route: authentication from a cache, one pydantic model each way, no dependency
machinery. The OpenAPI document gets its operation from `api_docs`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract import appointment_code
from queue_server.contract import messages as msg
from queue_server.contract.ids import ClassId, RequestKey, ServiceId, TicketId, VisitId
from queue_server.contract.paths import IDEMPOTENCY_KEY
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_appointments import appointment_of
from queue_server.core.model import Floor
from queue_server.ports import LegRow, VisitorRow
from queue_server.service import Key
from queue_server.views import slot_start, ticket_answer, utc
from queue_server.web.auth import ISSUES, Authenticator, Principal, Role
from queue_server.web.deps import Hall
from queue_server.web.problems import Refused

MAY_ISSUE = ISSUES | {Role.DEVICE}
JSON = "application/json"


def refuse_invalid(error: ValidationError) -> Refused:
    """A body that does not fit its model, as a refusal that names the first field at fault."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Refused(Code.MALFORMED_JSON)
    field = ".".join(str(part) for part in first["loc"])
    return Refused(
        Code.INVALID_REQUEST, detail=f"{field}: {first['msg']}" if field else first["msg"]
    )


async def json_body(request: Request) -> bytes:
    """The body of a request that says it is JSON.

    Raises:
        Refused: another media type.
    """
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE)
    return await request.body()


def key_of(request: Request, principal: Principal, body: bytes) -> Key | None:
    """The idempotency key of a request, if it has one.

    Raises:
        Refused: it is not a UUID.
    """
    text = request.headers.get(IDEMPOTENCY_KEY)
    if text is None:
        return None
    try:
        canonical = str(UUID(text))
    except ValueError:
        raise Refused(Code.KEY_INVALID) from None
    return Key(principal.token_hash, request.url.path, canonical, body)


def issue_answer(floor: Floor, event: ev.TicketIssued) -> msg.TicketAnswer:
    """The answer to a new ticket, from the promise that is part of the event."""
    ticket = floor.tickets[event.ticket_id]
    wait = None
    if event.low_s is not None and event.likely_s is not None and event.high_s is not None:
        wait = msg.Wait(
            low_s=event.low_s,
            likely_s=event.likely_s,
            high_s=event.high_s,
            computed_at=utc(ticket.issued_ms),
        )
    if floor.skills is None or floor.business_date is None:
        raise RuntimeError("a ticket was issued on a floor without settings")
    return msg.TicketAnswer(
        ticket_id=ticket.ticket_id,
        visit_id=ticket.visit_id,
        number=ticket.label,
        service_id=ticket.service_id,
        group_id=ticket.group_id,
        state=msg.TicketState(ticket.state),
        ahead=event.ahead or 0,
        windows=list(floor.skills.served_by[ticket.service_id]),
        wait=wait,
        issued_at=utc(ticket.issued_ms),
        business_date=floor.business_date,
        priority_class=ticket.class_id,
        appointment_at=utc(event.slot_ms) if event.slot_ms is not None else None,
        appointment_start=slot_start(floor, event.slot_ms),
    )


class TicketRoutes:
    """Handlers of `/api/v1/tickets`."""

    def __init__(
        self,
        hall: Hall,
        authenticator: Authenticator,
        visit_named: Callable[[str], Awaitable[VisitId]],
    ) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._visit_named = visit_named

    async def issue(self, request: Request) -> Response:
        """`POST /api/v1/tickets`."""
        principal = await self._authenticator.require(request, MAY_ISSUE)
        body = await json_body(request)
        try:
            wanted = msg.TicketRequest.model_validate_json(body)
        except ValidationError as error:
            raise refuse_invalid(error) from None
        staffed = principal.role is not Role.DEVICE
        key = key_of(request, principal, body)
        command: cmd.IssueTicket | cmd.CheckIn
        if wanted.appointment is not None:
            command = self._check_in(wanted, None if staffed else key, staffed=staffed)
        else:
            command = self._command(wanted, None if staffed else key, staffed=staffed)
        if wanted.visit_of is not None:
            command = replace(command, visit_id=await self._visit_named(wanted.visit_of))
        visitor = self._visitor(wanted, command.ticket_id)
        masked = visitor.masked_name if visitor else None

        def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
            issued = events[0]
            if not isinstance(issued, ev.TicketIssued):
                raise TypeError(type(issued))
            answer = issue_answer(after, issued).model_copy(update={"masked_name": masked})
            return 201, answer.model_dump_json().encode()

        reply = await self._hall.service.handle(
            command,
            actor=principal.actor,
            render=render,
            key=key,
            visitor=visitor,
            admit=None if staffed or wanted.appointment else self._check_open,
        )
        status = 200 if reply.repeated else reply.status
        return Response(reply.body, status, media_type=JSON)

    def _check_open(self) -> None:
        if not self._hall.keeper.is_open():
            raise Refused(Code.NOT_OPEN)

    def _command(
        self, wanted: msg.TicketRequest, key: Key | None, *, staffed: bool
    ) -> cmd.IssueTicket:
        hall = self._hall
        principal = None
        if wanted.visitor is not None and wanted.visitor.principal is not None:
            day = hall.service.floor.business_date
            if day is None:
                raise Refused(Code.NOT_OPEN)
            principal = hall.fingerprint(wanted.visitor.principal, day)
        return cmd.IssueTicket(
            ticket_id=TicketId(hall.new_id()),
            visit_id=VisitId(hall.new_id()),
            service_id=ServiceId(wanted.service_id),
            class_id=ClassId(wanted.priority_class) if wanted.priority_class else None,
            channel=(wanted.channel or "desk") if staffed else "kiosk",
            language=wanted.language,
            principal=principal,
            staffed=staffed,
            request_key=RequestKey(key.key) if key else None,
        )

    def _check_in(
        self, wanted: msg.TicketRequest, key: Key | None, *, staffed: bool
    ) -> cmd.CheckIn:
        """Keep an appointment; its own times count, not the hall's hours."""
        try:
            code = appointment_code.normal(wanted.appointment or "")
        except appointment_code.BadAppointmentCodeError:
            raise Refused(Code.UNKNOWN_APPOINTMENT) from None
        found = appointment_of(self._hall.service.floor, appointment_code.id_of(code))
        if found.service_id != wanted.service_id:
            raise Refused(Code.INVALID_REQUEST, detail="service_id: the appointment is for another")
        return cmd.CheckIn(
            appointment_id=found.appointment_id,
            ticket_id=TicketId(self._hall.new_id()),
            visit_id=VisitId(self._hall.new_id()),
            channel=(wanted.channel or "desk") if staffed else "kiosk",
            language=wanted.language,
            staffed=staffed,
            request_key=RequestKey(key.key) if key else None,
        )

    def _visitor(self, wanted: msg.TicketRequest, ticket_id: str) -> VisitorRow | None:
        """What is kept of the visitor: a masked name, never the number."""
        visitor, day = wanted.visitor, self._hall.service.floor.business_date
        if visitor is None or day is None:
            return None
        name = self._hall.mask_name(visitor.name) if visitor.name else None
        return VisitorRow(ticket_id, day, visitor.document_kind, name, visitor.agent)

    async def get(self, request: Request) -> Response:
        """`GET /api/v1/tickets/{ticket_id}`: public, by its unguessable id."""
        ticket_id = ticket_id_of(request)
        floor = self._hall.service.floor
        ticket = floor.tickets.get(ticket_id)
        if ticket is not None:
            answer = ticket_answer(floor, ticket, self._hall.clock.now().at_ms)
        else:
            row = await asyncio.to_thread(self._hall.tickets.leg, ticket_id)
            if row is None:
                raise Refused(Code.UNKNOWN_TICKET)
            answer = left_ticket(row)
        return Response(answer.model_dump_json(), media_type=JSON)

    async def abandon(self, request: Request) -> Response:
        """`POST /api/v1/tickets/{ticket_id}/abandon`: the citizen gives the number back."""
        principal = await self._authenticator.require(request, MAY_ISSUE)
        body = await json_body(request)
        ticket_id = ticket_id_of(request)
        now_ms = self._hall.clock.now().at_ms

        def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
            left = ticket_answer(before, before.tickets[ticket_id], now_ms)
            left = left.model_copy(update={"state": msg.TicketState.ABANDONED, "ahead": 0})
            return 200, left.model_dump_json().encode()

        reply = await self._hall.service.handle(
            cmd.Abandon(ticket_id),
            actor=principal.actor,
            render=render,
            key=key_of(request, principal, body),
        )
        return Response(reply.body, reply.status, media_type=JSON)


def ticket_id_of(request: Request) -> TicketId:
    """The ticket of a path.

    Raises:
        Refused: no ticket has such an id.
    """
    text: str = request.path_params["ticket_id"]
    try:
        return TicketId(str(UUID(text)))
    except ValueError:
        raise Refused(Code.UNKNOWN_TICKET) from None


def left_ticket(row: LegRow) -> msg.TicketAnswer:
    """A ticket that has left the floor."""
    leg = row.leg
    return msg.TicketAnswer(
        ticket_id=leg.ticket_id,
        visit_id=leg.visit_id,
        number=leg.label,
        service_id=leg.service_id,
        group_id=leg.group_id,
        state=msg.TicketState(leg.outcome),
        ahead=0,
        windows=[leg.window_id] if leg.window_id else [],
        wait=None,
        issued_at=utc(leg.issued_ms),
        business_date=row.business_date,
        priority_class=leg.class_id,
        window_id=leg.window_id,
        appointment_at=utc(leg.slot_ms) if leg.slot_ms is not None else None,
    )
