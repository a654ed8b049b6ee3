"""Calls for somebody to come to a kiosk."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Body
from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract import messages_help as msg
from queue_server.contract import paths
from queue_server.contract.ids import DeviceId, HelpId
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_help import is_late, open_calls
from queue_server.core.model import Floor, HelpCall
from queue_server.views import utc
from queue_server.web.api_tickets import JSON, key_of
from queue_server.web.auth import ISSUES, SEES_FIGURES, Authenticator, Principal, Role
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.problems import Refused
from queue_server.web.throttle import Throttle

KIOSK: Final = frozenset({Role.DEVICE})
SEES_CALLS: Final = ISSUES | SEES_FIGURES
CALLS_AT_ONCE: Final = 6
CALLS_PER_S: Final = 300.0
"""A kiosk makes at most so many calls in five minutes: a child with the button is heard once."""

Render = Callable[[Floor, Floor, tuple[ev.Event, ...]], tuple[int, bytes]]


def help_router(hall: Hall, authenticator: Authenticator, streams: Streams) -> APIRouter:
    """The routes."""
    routes = _Help(hall, authenticator, streams)
    router = APIRouter()
    add = router.add_api_route
    add(paths.HELP, routes.ask, methods=["POST"], response_model=msg.HelpAnswer, status_code=201)
    add(paths.HELP, routes.calls, methods=["GET"], response_model=msg.HelpCalls)
    add(f"{paths.HELP}/stream", routes.stream, methods=["GET"])
    add(f"{paths.HELP}/{{help_id}}", routes.state, methods=["GET"], response_model=msg.HelpAnswer)
    add(f"{paths.HELP}/{{help_id}}/withdraw", routes.withdraw, methods=["POST"], status_code=204)
    add(
        f"{paths.HELP}/{{help_id}}/answer",
        routes.answer,
        methods=["POST"],
        response_model=msg.HelpCalls,
    )
    add(f"{paths.HELP}/{{help_id}}/end", routes.end, methods=["POST"], response_model=msg.HelpCalls)
    return router


class _Help:
    def __init__(self, hall: Hall, authenticator: Authenticator, streams: Streams) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._streams = streams
        self._throttle = Throttle(CALLS_AT_ONCE, CALLS_PER_S)

    # --- the kiosk -------------------------------------------------------------------------------

    async def ask(self, request: Request) -> Response:
        """Call somebody to this kiosk. While its last call is open, that one is the answer."""
        principal = await self._authenticator.require(request, KIOSK)
        known = self._call_of(principal)
        if known is not None:
            return _answer(help_said(self._hall, known), 200)
        self._throttle.take(principal.id)
        command = cmd.AskHelp(HelpId(self._hall.new_id()), DeviceId(principal.id))
        await self._do(command, principal)
        call = self._call_of(principal)
        if call is None:
            raise RuntimeError("a call was made and is not there")
        return _answer(help_said(self._hall, call), 201)

    async def state(self, request: Request, help_id: str) -> msg.HelpAnswer:
        """What has become of a call of this kiosk."""
        principal = await self._authenticator.require(request, KIOSK)
        return help_said(self._hall, self._own(principal, help_id))

    async def withdraw(self, request: Request, help_id: str) -> Response:
        """Nobody need come."""
        principal = await self._authenticator.require(request, KIOSK)
        call = self._own(principal, help_id)
        await self._do(cmd.EndHelp(call.help_id, msg.HelpEnd.WITHDRAWN), principal)
        return Response(status_code=204)

    # --- staff -----------------------------------------------------------------------------------

    async def calls(self, request: Request) -> msg.HelpCalls:
        """Calls that are not over."""
        await self._authenticator.require(request, SEES_CALLS)
        return help_calls(self._hall)

    async def stream(self, request: Request) -> Response:
        """The same, live."""
        await self._authenticator.require(request, SEES_CALLS)

        async def signed_in() -> bool:
            principal = await self._authenticator.principal(request)
            return principal is not None and principal.role in SEES_CALLS

        return self._streams.stream(
            lambda: help_calls(self._hall).model_dump_json().encode(), signed_in
        )

    async def answer(self, request: Request, help_id: str) -> msg.HelpCalls:
        """I go."""
        principal = await self._authenticator.require(request, ISSUES)
        await self._do(cmd.AnswerHelp(HelpId(help_id), principal.id), principal, request)
        return help_calls(self._hall)

    async def end(
        self, request: Request, help_id: str, wanted: Annotated[msg.HelpEndRequest, Body()]
    ) -> msg.HelpCalls:
        """Somebody was there."""
        principal = await self._authenticator.require(request, ISSUES)
        await self._do(cmd.EndHelp(HelpId(help_id), wanted.how), principal, request)
        return help_calls(self._hall)

    # --- both ------------------------------------------------------------------------------------

    def _call_of(self, principal: Principal) -> HelpCall | None:
        calls = self._hall.service.floor.help_calls.values()
        return next((call for call in calls if call.device_id == principal.id), None)

    def _own(self, principal: Principal, help_id: str) -> HelpCall:
        call = self._call_of(principal)
        if call is None or call.help_id != help_id:
            raise Refused(Code.UNKNOWN_HELP)
        return call

    async def _do(
        self, command: cmd.Command, principal: Principal, request: Request | None = None
    ) -> None:
        key = key_of(request, principal, await request.body()) if request is not None else None
        await self._hall.service.handle(
            command,
            actor=principal.actor,
            render=lambda before, after, events: (200, b"{}"),
            key=key,
        )


def help_said(hall: Hall, call: HelpCall) -> msg.HelpAnswer:
    """A call, as its kiosk may know it."""
    floor, now_ms = hall.service.floor, hall.clock.now().at_ms
    answered = call.answered_ms
    return msg.HelpAnswer(
        help_id=call.help_id,
        state=msg.HelpState.OPEN if answered is None else msg.HelpState.ANSWERED,
        late=is_late(floor, call, now_ms),
        asked_at=utc(call.asked_ms),
        answered_at=None if answered is None else utc(answered),
    )


def help_calls(hall: Hall) -> msg.HelpCalls:
    """Every call that is not over, as staff see it."""
    floor = hall.service.floor
    calls = [
        msg.HelpCall(
            **help_said(hall, call).model_dump(),
            device_id=call.device_id,
            place=hall.devices.place(call.device_id),
            answered_by=call.answered_by,
        )
        for call in open_calls(floor)
    ]
    return msg.HelpCalls(
        epoch=hall.service.epoch,
        rev=floor.seq,
        calls=calls,
        alert_after_s=floor.settings.help_alert_s if floor.settings else 0,
        at=utc(hall.clock.now().at_ms),
    )


def _answer(said: msg.HelpAnswer, status: int) -> Response:
    return Response(said.model_dump_json(), status, media_type=JSON)
