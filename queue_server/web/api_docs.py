"""OpenAPI operations of the plain routes.

The hot paths are plain Starlette routes; their operations are documented here with the same
models, so that the OpenAPI document stays the truth. A test asks every documented operation of the
running server.
"""

from typing import Annotated

from fastapi import Body, Header
from fastapi.routing import APIRoute
from starlette.responses import Response

from queue_server.contract import messages as msg
from queue_server.contract import paths

Key = Annotated[str | None, Header(alias=paths.IDEMPOTENCY_KEY, description="A UUID")]
_PROBLEM = {"model": msg.ProblemAnswer, "description": "application/problem+json"}


async def issue_ticket(
    wanted: Annotated[msg.TicketRequest, Body()], key: Key = None
) -> msg.TicketAnswer:
    """Give a number; 200 instead of 201 when the key was used before."""
    raise NotImplementedError


async def act_at_window(
    window_id: str,
    action: msg.WindowAction,
    wanted: Annotated[msg.WindowActionRequest, Body()],
    key: Key = None,
) -> msg.WindowActionAnswer:
    """One action of the clerk who is signed in at the window."""
    raise NotImplementedError


async def get_board() -> msg.BoardSnapshot:
    """The hall's board. Public."""
    raise NotImplementedError


async def stream_board() -> Response:
    """The board as server-sent events: whole snapshots, and a `beat` every three seconds."""
    raise NotImplementedError


async def get_ticket(ticket_id: str) -> msg.TicketAnswer:
    """A ticket by its id. Public: the id cannot be guessed."""
    raise NotImplementedError


async def abandon_ticket(ticket_id: str, key: Key = None) -> msg.TicketAnswer:
    """The citizen gives the number back."""
    raise NotImplementedError


async def get_window(window_id: str) -> msg.WindowView:
    """All a clerk page shows of a window."""
    raise NotImplementedError


async def stream_window(window_id: str) -> Response:
    """The window as server-sent events."""
    raise NotImplementedError


async def get_catalogue() -> msg.Catalogue:
    """The published catalogue. Public."""
    raise NotImplementedError


async def get_devices_status() -> msg.DevicesStatus:
    """How every kiosk and display is, those who need a hand first."""
    raise NotImplementedError


async def stream_devices_status() -> Response:
    """The same as server-sent events."""
    raise NotImplementedError


def documented() -> list[APIRoute]:
    """The operations, as routes that are never mounted."""
    window = f"{paths.WINDOWS}/{{window_id}}"
    ticket = f"{paths.TICKETS}/{{ticket_id}}"
    rows = (
        ("POST", paths.TICKETS, issue_ticket, msg.TicketAnswer, 201),
        ("POST", f"{window}/{{action}}", act_at_window, msg.WindowActionAnswer, 200),
        ("GET", paths.BOARD, get_board, msg.BoardSnapshot, 200),
        ("GET", paths.BOARD_STREAM, stream_board, None, 200),
        ("GET", ticket, get_ticket, msg.TicketAnswer, 200),
        ("POST", f"{ticket}/abandon", abandon_ticket, msg.TicketAnswer, 200),
        ("GET", window, get_window, msg.WindowView, 200),
        ("GET", f"{window}/stream", stream_window, None, 200),
        ("GET", paths.CATALOGUE, get_catalogue, msg.Catalogue, 200),
        ("GET", paths.DEVICES_STATUS, get_devices_status, msg.DevicesStatus, 200),
        ("GET", f"{paths.DEVICES_STATUS}/stream", stream_devices_status, None, 200),
    )
    return [
        APIRoute(
            path,
            endpoint,
            methods=[method],
            response_model=model,
            status_code=status,
            responses={"4XX": _PROBLEM, "5XX": _PROBLEM},
        )
        for method, path, endpoint, model, status in rows
    ]
