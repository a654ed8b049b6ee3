"""Kiosks that were cut off: leave to give numbers, bringing them in, settling the doubtful."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Body
from starlette.requests import Request

from queue_server.contract import messages_offline as msg
from queue_server.contract import paths
from queue_server.contract.ids import (
    ClassId,
    DeviceId,
    GrantId,
    RequestKey,
    ServiceId,
    TicketId,
    VisitId,
)
from queue_server.contract.messages_tickets import TicketAnswer, TicketState
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core import quota
from queue_server.core.decide_offline import GRANT_DAYS, newest_grant
from queue_server.core.errors import QueueError
from queue_server.core.hours import issue_minutes
from queue_server.core.model import Floor, Grant
from queue_server.core.settings import HallSettings
from queue_server.service import Key, Reply
from queue_server.views import doubtful_tickets, ticket_answer, utc
from queue_server.web.api_tickets import key_of, ticket_id_of
from queue_server.web.auth import ISSUES, Authenticator, Principal, Role
from queue_server.web.deps import Hall
from queue_server.web.papers import number_of_paper
from queue_server.web.problems import Refused
from queue_server.web.visits import visit_named

KIOSK = frozenset({Role.DEVICE})
Render = Callable[[Floor, Floor, tuple[ev.Event, ...]], tuple[int, bytes]]


def offline_router(hall: Hall, authenticator: Authenticator) -> APIRouter:
    """The routes."""
    routes = _Offline(hall, authenticator)
    router = APIRouter()
    add = router.add_api_route
    add(paths.GRANTS, routes.grant, methods=["POST"], response_model=msg.GrantAnswer)
    add(f"{paths.TICKETS}/upload", routes.upload, methods=["POST"], response_model=msg.UploadAnswer)
    add(f"{paths.TICKETS}/paper", routes.paper, methods=["POST"], response_model=TicketAnswer)
    add(f"{paths.TICKETS}/adopt", routes.adopt, methods=["POST"], response_model=msg.SettledTicket)
    add(
        f"{paths.TICKETS}/doubtful",
        routes.doubtful,
        methods=["GET"],
        response_model=msg.DoubtfulTickets,
    )
    add(
        f"{paths.TICKETS}/{{ticket_id}}/settle",
        routes.settle,
        methods=["POST"],
        response_model=msg.SettledTicket,
    )
    return router


class _Offline:
    def __init__(self, hall: Hall, authenticator: Authenticator) -> None:
        self._hall = hall
        self._authenticator = authenticator

    async def grant(
        self, request: Request, wanted: Annotated[msg.GrantRequest, Body()]
    ) -> msg.GrantAnswer:
        """Leave for this kiosk; the one it has while that still serves."""
        principal = await self._authenticator.require(request, KIOSK)
        device_id = DeviceId(principal.id)
        command = cmd.GiveGrant(
            GrantId(self._hall.new_id()),
            device_id,
            wanted.storage_id,
            GrantId(wanted.holding) if wanted.holding else None,
            wanted.used,
        )

        def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
            grant = newest_grant(after, device_id)
            if grant is None or after.settings is None:
                raise RuntimeError("a grant was given and is not there")
            answer = msg.GrantAnswer(
                grant_id=grant.grant_id,
                kiosk_no=grant.kiosk_no,
                business_date=grant.business_date,
                first=grant.first,
                last=grant.last,
                given_at=utc(grant.given_ms),
                prefixes={g.group_id: g.prefix for g in after.settings.groups},
                open_times=open_times(grant, after.settings),
                places=_share(after),
            )
            return 200, answer.model_dump_json().encode()

        reply = await self._do(command, principal, render)
        return msg.GrantAnswer.model_validate_json(reply.body)

    async def upload(
        self, request: Request, wanted: Annotated[msg.UploadRequest, Body()]
    ) -> msg.UploadAnswer:
        """Take in what a kiosk gave while it was cut off; safe to send again."""
        principal = await self._authenticator.require(request, KIOSK)
        answers = []
        for ticket in wanted.tickets:  # one after the other: the kiosk's order is kept
            command = self._command(ticket, adopted=False)
            if ticket.visit_of is not None:
                visit_id = await visit_named(self._hall, ticket.visit_of)
                command = replace(command, visit_id=visit_id)
            try:
                self._check_owner(principal, command)
                reply = await self._do(command, principal, _uploaded(command))
            except (QueueError, Refused) as refused:
                answers.append(
                    msg.UploadedTicket(
                        request_key=ticket.request_key,
                        number=ticket.number,
                        outcome=msg.UploadOutcome.REFUSED,
                        code=refused.code,
                    )
                )
            else:
                answers.append(msg.UploadedTicket.model_validate_json(reply.body))
        return msg.UploadAnswer(tickets=answers)

    async def adopt(
        self, request: Request, wanted: Annotated[msg.AdoptRequest, Body()]
    ) -> msg.SettledTicket:
        """Take in a paper by its code: its holder waits from now on, at the place of its time."""
        principal = await self._authenticator.require(request, ISSUES)
        ticket = await number_of_paper(self._hall, wanted.text)
        command = self._command(ticket, adopted=True)
        key = key_of(request, principal, await request.body())
        return await self._settled(command, principal, command.request_key, key=key)

    async def paper(
        self, request: Request, wanted: Annotated[msg.AdoptRequest, Body()]
    ) -> TicketAnswer:
        """The ticket of a paper that a cut-off kiosk printed, once that was brought in."""
        await self._authenticator.require(request, ISSUES | KIOSK)
        paper = await number_of_paper(self._hall, wanted.text)
        floor = self._hall.service.floor
        key = RequestKey(paper.request_key)
        known = floor.requests.get(key) or floor.earlier_requests.get(key)
        # A request that got another number on line: its paper has not come in yet either.
        if known is None or known.label != paper.number:
            raise Refused(Code.PAPER_NOT_IN, number=paper.number)
        ticket = floor.tickets.get(known.ticket_id)
        if ticket is None:
            raise Refused(Code.UNKNOWN_TICKET)
        return ticket_answer(floor, ticket, self._hall.clock.now().at_ms)

    async def settle(
        self, request: Request, wanted: Annotated[msg.SettleRequest, Body()]
    ) -> msg.SettledTicket:
        """What became of a doubtful number while the hall was cut off."""
        principal = await self._authenticator.require(request, ISSUES)
        ticket_id = ticket_id_of(request)
        command: cmd.Command = (
            cmd.ConfirmTicket(ticket_id, "clerk")
            if wanted.fate == "waiting"
            else cmd.SettleTicket(ticket_id, wanted.fate)
        )
        key = key_of(request, principal, await request.body())
        return await self._settled(command, principal, ticket_id=ticket_id, key=key)

    async def doubtful(self, request: Request) -> msg.DoubtfulTickets:
        """Numbers that do not simply wait."""
        await self._authenticator.require(request, ISSUES)
        floor = self._hall.service.floor
        return msg.DoubtfulTickets(tickets=doubtful_tickets(floor))

    def _command(self, ticket: msg.OfflineTicket, *, adopted: bool) -> cmd.UploadTicket:
        return cmd.UploadTicket(
            request_key=RequestKey(ticket.request_key),
            ticket_id=TicketId(self._hall.new_id()),
            visit_id=VisitId(ticket.request_key),  # others of its visit may name that
            grant_id=GrantId(ticket.grant_id),
            label=ticket.number,
            service_id=ServiceId(ticket.service_id),
            issued_ms=round(ticket.issued_at.timestamp() * 1000),
            printed=ticket.printed or adopted,
            class_id=ClassId(ticket.priority_class) if ticket.priority_class else None,
            language=ticket.language,
            adopted=adopted,
        )

    def _check_owner(self, principal: Principal, command: cmd.UploadTicket) -> None:
        """A kiosk brings in its own numbers only."""
        grant = self._hall.service.floor.grants.get(command.grant_id)
        if grant is not None and grant.device_id != principal.id:
            raise Refused(Code.FORBIDDEN)

    async def _settled(
        self,
        command: cmd.Command,
        principal: Principal,
        request_key: RequestKey | None = None,
        *,
        ticket_id: TicketId | None = None,
        key: Key | None = None,
    ) -> msg.SettledTicket:
        now_ms = self._hall.clock.now().at_ms

        def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
            wanted = ticket_id
            if request_key is not None:
                known = after.requests.get(request_key) or after.earlier_requests.get(request_key)
                wanted = known.ticket_id if known else None
            ticket = after.tickets.get(wanted) if wanted else None
            answer = msg.SettledTicket(
                state=TicketState(ticket.state) if ticket else TicketState.FINISHED,
                ticket=ticket_answer(after, ticket, now_ms) if ticket else None,
            )
            return 200, answer.model_dump_json().encode()

        reply = await self._do(command, principal, render, key)
        return msg.SettledTicket.model_validate_json(reply.body)

    async def _do(
        self, command: cmd.Command, principal: Principal, render: Render, key: Key | None = None
    ) -> Reply:
        return await self._hall.service.handle(
            command, actor=principal.actor, render=render, key=key
        )


def open_times(grant: Grant, settings: HallSettings) -> list[msg.OpenTime]:
    """When the hall gives numbers, for as long as a kiosk may use a grant."""
    zone = ZoneInfo(settings.time_zone)
    found = []
    for number in range(GRANT_DAYS + 1):
        day = grant.business_date + timedelta(days=number)
        midnight = datetime.combine(day, time(), zone)
        found += [
            msg.OpenTime(opens=_wall(midnight, start_min), closes=_wall(midnight, end_min))
            for start_min, end_min in issue_minutes(day, settings)
        ]
    return found


def _share(floor: Floor) -> dict[str, int]:
    """What one kiosk may give of items with a quota while it is cut off.

    An equal share of the places left, rounded down: kiosks that are cut off together stay within
    the quota. One that is cut off alone may exceed it by its share; its papers count all the same.
    """
    kiosks = max(1, len(floor.kiosk_numbers))
    return {service_id: left // kiosks for service_id, left in quota.places(floor).items()}


def _wall(midnight: datetime, minute: int) -> datetime:
    """So many minutes on the clock after midnight, in UTC, whatever a change of time does."""
    return (
        (midnight.replace(tzinfo=None) + timedelta(minutes=minute))
        .replace(tzinfo=midnight.tzinfo)
        .astimezone(UTC)
    )


def _uploaded(command: cmd.UploadTicket) -> Render:
    def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
        outcome = msg.UploadOutcome.KNOWN
        if events:
            superseded = isinstance(events[0], ev.TicketSuperseded)
            outcome = msg.UploadOutcome.SUPERSEDED if superseded else msg.UploadOutcome.TAKEN
        known = after.requests.get(command.request_key) or after.earlier_requests.get(
            command.request_key
        )
        ticket = after.tickets.get(known.ticket_id) if known else None
        answer = msg.UploadedTicket(
            request_key=command.request_key,
            number=command.label,
            outcome=outcome,
            ticket_id=known.ticket_id if known else None,
            state=TicketState(ticket.state) if ticket else None,
        )
        return 200, answer.model_dump_json().encode()

    return render
