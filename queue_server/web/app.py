"""The ASGI application of a hall: routes, error mapping and the OpenAPI document."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from queue_server.contract import paths
from queue_server.contract.problems import Code
from queue_server.core.errors import QueueError
from queue_server.ports import StoreError
from queue_server.service import KeyReusedError, ServiceUnavailableError
from queue_server.web import problems
from queue_server.web.api_accounts import accounts_router
from queue_server.web.api_appointments import Limits, appointment_router
from queue_server.web.api_devices import DeviceRoutes, device_router
from queue_server.web.api_docs import documented
from queue_server.web.api_follow import FollowDesk, follow_router
from queue_server.web.api_hall import HallRoutes, hall_router
from queue_server.web.api_help import help_router
from queue_server.web.api_offline import offline_router
from queue_server.web.api_session import session_router
from queue_server.web.api_tickets import TicketRoutes
from queue_server.web.api_windows import WindowRoutes
from queue_server.web.appointment_desk import AppointmentDesk
from queue_server.web.auth import Authenticator
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.middleware import LIMITS, Guard
from queue_server.web.visits import look_up_router, visit_named

OPENAPI = f"{paths.API.removesuffix('/v1')}/openapi.json"
VERSION = "0.1.0"
_BY_STATUS = {
    400: Code.MALFORMED_JSON,  # FastAPI's answer to a body that json.loads cannot read
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
}
_OURS = (QueueError, problems.Refused, KeyReusedError, ServiceUnavailableError, StoreError)


def build(hall: Hall, pages: Callable[[Authenticator], APIRouter]) -> tuple[ASGIApp, Streams]:
    """The application, and its streams (to be closed before the server stops)."""
    authenticator = Authenticator(hall)
    streams = Streams(hall.live)
    app = FastAPI(title="Bianmin", version=VERSION, openapi_url=None, docs_url=None, redoc_url=None)
    tickets = TicketRoutes(hall, authenticator, partial(visit_named, hall))
    windows = WindowRoutes(hall, authenticator)
    whole = HallRoutes(hall, authenticator, streams)
    devices = DeviceRoutes(hall, authenticator, streams)
    plain: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("POST", paths.TICKETS, tickets.issue),
        ("POST", f"{paths.WINDOWS}/{{window_id}}/{{action}}", windows.act),
        ("GET", paths.BOARD, whole.board),
        ("GET", paths.BOARD_STREAM, whole.board_stream),
        ("GET", f"{paths.TICKETS}/{{ticket_id}}", tickets.get),
        ("POST", f"{paths.TICKETS}/{{ticket_id}}/abandon", tickets.abandon),
        ("GET", f"{paths.WINDOWS}/{{window_id}}", whole.window),
        ("GET", f"{paths.WINDOWS}/{{window_id}}/stream", whole.window_stream),
        ("GET", paths.CATALOGUE, whole.catalogue),
        ("GET", paths.DEVICES_STATUS, devices.status),
        ("GET", f"{paths.DEVICES_STATUS}/stream", devices.status_stream),
        ("GET", paths.HEALTHZ, whole.healthz),
        ("GET", paths.READYZ, whole.readyz),
        ("GET", paths.METRICS, whole.metrics),
    ]
    app.include_router(offline_router(hall, authenticator))  # before /tickets/{ticket_id}
    app.include_router(look_up_router(hall, authenticator))  # likewise
    for method, path, handler in plain:
        app.router.routes.append(Route(path, handler, methods=[method]))
    app.include_router(session_router(hall, authenticator))
    app.include_router(appointment_router(hall, authenticator, AppointmentDesk(hall), Limits()))
    app.include_router(follow_router(hall, streams, FollowDesk(hall)))
    app.include_router(device_router(devices))
    app.include_router(help_router(hall, authenticator, streams))
    app.include_router(accounts_router(hall, authenticator))
    app.include_router(hall_router(whole))
    app.add_api_route(OPENAPI, _openapi(app), methods=["GET"], include_in_schema=False)
    app.include_router(pages(authenticator))
    _map_errors(app, hall)
    return Guard(app, hall), streams


def _openapi(app: FastAPI) -> Callable[[], Awaitable[dict[str, Any]]]:
    made: dict[str, Any] = {}

    async def openapi() -> dict[str, Any]:
        if not made:
            made.update(
                get_openapi(
                    title=app.title, version=app.version, routes=[*documented(), *app.routes]
                ),
            )
        return made

    return openapi


def _map_errors(app: FastAPI, hall: Hall) -> None:
    async def ours(request: Request, error: Exception) -> Response:
        code, params = problems.code_of(error)
        language = problems.language_of(request, hall.languages)
        return problems.answer(code, params, language, hall.say)

    async def invalid(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        first = error.errors()[0]
        code = Code.MALFORMED_JSON if first["type"] == "json_invalid" else Code.INVALID_REQUEST
        field = ".".join(str(part) for part in first["loc"][1:])
        language = problems.language_of(request, hall.languages)
        return problems.answer(code, {"detail": f"{field}: {first['msg']}"}, language, hall.say)

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        code = _BY_STATUS.get(error.status_code, Code.INVALID_REQUEST)
        language = problems.language_of(request, hall.languages)
        params = {"method": request.method} | LIMITS
        response = problems.answer(code, params, language, hall.say)
        if code is Code.BODY_TOO_LARGE:
            response.headers["Connection"] = "close"  # the rest of the body may follow
        return response

    async def unforeseen(request: Request, error: Exception) -> Response:  # noqa: ARG001 - logged by Guard
        language = problems.language_of(request, hall.languages)
        return problems.answer(Code.INTERNAL, {}, language, hall.say)

    for kind in _OURS:
        app.add_exception_handler(kind, ours)
    app.add_exception_handler(Exception, unforeseen)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
