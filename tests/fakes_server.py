"""A small hall server that speaks the contract: for the kiosk's tests and for work without a hall.

    python -m tests.fakes_server [--port N]     prints "ready URL"

It keeps the promises that matter to a kiosk: one ticket a key, 422 for a key with another body, a
refusal for a second ticket of the same principal; and it breaks them in well-defined ways (`mode`).
"""

import argparse
import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.contract import paths
from queue_server.contract.messages import ProblemAnswer, TicketAnswer, TicketRequest, TicketState
from queue_server.contract.messages_help import HelpAnswer, HelpState
from queue_server.contract.messages_tickets import TicketLookUp, TicketsFound
from queue_server.contract.problems import PROBLEM_TYPE_ROOT, PROBLEMS, Code
from tests import fakes_kiosk as fakes

TOKEN = "fake-kiosk-token"


class Mode(StrEnum):
    """How it answers to a request for a ticket."""

    WELL = "well"
    LOSE_ANSWER = "lose-answer"
    """The ticket is issued, the answer never comes."""
    SILENT = "silent"
    """Nothing is issued, nothing is answered."""
    CLOSED = "closed"
    BROKEN_PROXY = "broken-proxy"


@dataclass
class FakeHall:
    """Its whole state. `asked` has every request for a ticket as (key, body)."""

    mode: Mode = Mode.WELL
    lose: int = 10**9
    """How many answers LOSE_ANSWER and SILENT swallow before all is well again."""
    public_url: str | None = None
    tickets: dict[str, tuple[bytes, TicketAnswer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    principals: dict[tuple[str, str], TicketAnswer] = field(default_factory=dict)
    helps: list[HelpAnswer] = field(default_factory=list)
    """Calls for a guide, as they stand."""

    @property
    def issued(self) -> list[TicketAnswer]:
        return [ticket for _body, ticket in self.tickets.values()]

    def give(self, key: str, body: bytes, request: TicketRequest) -> TicketAnswer:
        count = len(self.tickets) + 1
        given = fakes.ticket(
            f"{request.service_id[0]}{count:03}",
            request.service_id,
            ahead=count - 1,
            ticket_id=f"019593a4-7c00-7000-8000-{count:012}",
            masked_name=request.visitor.name if request.visitor else None,
            priority_class=request.priority_class,
        )
        self.tickets[key] = (body, given)
        if request.visitor and request.visitor.principal:
            self.principals[request.visitor.principal, request.service_id] = given
        return given


def problem(code: Code, **params: str) -> JSONResponse:
    status, sentence = PROBLEMS[code]
    answer = ProblemAnswer(
        type=f"{PROBLEM_TYPE_ROOT}{code}",
        title=code,
        status=status,
        detail=sentence,
        code=code,
        params=params,
    )
    return JSONResponse(
        answer.model_dump(), status_code=status, media_type="application/problem+json"
    )


def application(hall: FakeHall) -> Starlette:
    async def ticket(request: Request) -> Response:
        wanted = request.path_params["ticket_id"]
        known = next((t for t in hall.issued if t.ticket_id == wanted), None)
        return _json(known) if known else problem(Code.UNKNOWN_TICKET)

    async def board(_request: Request) -> Response:
        return _json(fakes.board(rev=7 + len(hall.tickets)))

    async def catalogue(request: Request) -> Response:
        welcome = _welcome(request)
        return _json(fakes.catalogue(hall.public_url)) if welcome else problem(Code.UNAUTHENTICATED)

    return Starlette(
        routes=[
            Route(paths.TICKETS, partial(_issue, hall), methods=["POST"]),
            Route(paths.TICKET_LOOK_UP, partial(_look_up, hall), methods=["POST"]),
            Route(
                f"{paths.TICKETS}/{{ticket_id}}/abandon", partial(_abandon, hall), methods=["POST"]
            ),
            Route(f"{paths.TICKETS}/{{ticket_id}}", ticket),
            Route(paths.HELP, partial(_call_help, hall), methods=["POST"]),
            Route(f"{paths.HELP}/{{help_id}}", partial(_help, hall)),
            Route(f"{paths.HELP}/{{help_id}}/withdraw", partial(_end_help, hall), methods=["POST"]),
            Route(paths.BOARD, board),
            Route(paths.CATALOGUE, catalogue),
        ]
    )


def _welcome(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


async def _issue(hall: FakeHall, request: Request) -> Response:
    if not _welcome(request):
        return problem(Code.UNAUTHENTICATED)
    key, body = request.headers[paths.IDEMPOTENCY_KEY], await request.body()
    hall.asked.append((key, json.loads(body)))
    if hall.mode in {Mode.SILENT, Mode.LOSE_ANSWER} and hall.lose <= 0:
        hall.mode = Mode.WELL
    if hall.mode is Mode.CLOSED:
        return problem(Code.NOT_OPEN, detail="8:30")
    if hall.mode is Mode.BROKEN_PROXY:
        return Response("<h1>502</h1>", status_code=502)
    answer = None if hall.mode is Mode.SILENT else await _give(hall, key, body)
    if hall.mode is Mode.WELL and answer is not None:
        return answer
    hall.lose -= 1
    await asyncio.sleep(30)
    return Response(status_code=504)


async def _look_up(hall: FakeHall, request: Request) -> Response:
    wanted = TicketLookUp.model_validate_json(await request.body())
    if wanted.principal is not None:
        mine = [live for (who, _), live in hall.principals.items() if who == wanted.principal]
        return _json(TicketsFound(tickets=mine))
    known = [each for each in hall.issued if each.ticket_id == wanted.ticket_id]
    return _json(TicketsFound(tickets=known)) if known else problem(Code.UNKNOWN_TICKET)


async def _abandon(hall: FakeHall, request: Request) -> Response:
    for key, (body, given) in hall.tickets.items():
        if given.ticket_id == request.path_params["ticket_id"]:
            ended = given.model_copy(update={"state": TicketState.ABANDONED})
            hall.tickets[key] = (body, ended)
            return _json(ended)
    return problem(Code.UNKNOWN_TICKET)


async def _call_help(hall: FakeHall, _request: Request) -> Response:
    call = HelpAnswer(
        help_id=f"help-{len(hall.helps)}", state=HelpState.OPEN, late=False, asked_at=fakes.AT
    )
    hall.helps.append(call)
    return _json(call, 201)


async def _help(hall: FakeHall, request: Request) -> Response:
    found = [call for call in hall.helps if call.help_id == request.path_params["help_id"]]
    return _json(found[0]) if found else problem(Code.UNKNOWN_HELP)


async def _end_help(hall: FakeHall, request: Request) -> Response:
    for at, call in enumerate(hall.helps):
        if call.help_id == request.path_params["help_id"]:
            hall.helps[at] = call.model_copy(update={"state": HelpState.ENDED})
            return _json(hall.helps[at])
    return problem(Code.UNKNOWN_HELP)


async def _give(hall: FakeHall, key: str, body: bytes) -> Response:
    if key in hall.tickets:
        first, given = hall.tickets[key]
        return _json(given) if first == body else problem(Code.KEY_REUSED)
    request = TicketRequest.model_validate_json(body)
    principal = request.visitor.principal if request.visitor else None
    live = hall.principals.get((principal or "", request.service_id))
    if live is not None:
        return problem(Code.DUPLICATE_TICKET, number=live.number, ticket_id=live.ticket_id)
    return _json(hall.give(key, body, request), 201)


def _json(model: Any, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, media_type="application/json")


class _Server(uvicorn.Server):
    """Tells when it serves; leaves the signals to the program around it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def serving(hall: FakeHall, port: int = 0) -> Iterator[str]:
    """Serve a hall on loopback from a thread; gives its address."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    config = uvicorn.Config(application(hall), log_level="critical", timeout_graceful_shutdown=0)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="fake-hall")
    thread.start()
    server.serving.wait(10)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        sock.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", type=Mode, default=Mode.WELL)
    args = parser.parse_args()
    with serving(FakeHall(args.mode), args.port) as url:
        print(f"ready {url} token {TOKEN}", flush=True)  # noqa: T201 - its one line
        threading.Event().wait()


if __name__ == "__main__":
    main()
