"""A server with the real pages in front of `FakeHall`, for tests in a real browser.

Real uvicorn on a free loopback port, in a thread. `stop` and `start` are a server's restart: the
port, the state and the sessions stay, as they do for the real one.
"""

import asyncio
import json
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from queue_server.contract import messages as msg
from queue_server.contract.problems import PROBLEM_TYPE_ROOT, PROBLEMS, Code
from queue_server.languages import Languages
from queue_server.web.pages import PageUser, Reasons, pages_router
from queue_server.web.pages_language import choose
from tests.fakes_pages_actions import Refused, act
from tests.fakes_pages_catalogue import full_catalogue
from tests.fakes_pages_devices import Scene, add_device_routes
from tests.fakes_pages_figures import statistics
from tests.fakes_pages_hall import PACK, FakeHall, now
from tests.fakes_pages_help import HelpScene, add_help_routes

LANGUAGES = ("zh-CN", "en")
SENTENCES = Languages(LANGUAGES)
PEOPLE = {
    "clerk1": ("paper-lantern-1", "clerk", "李华"),
    "clerk2": ("paper-lantern-2", "clerk", "王芳"),
    "manager": ("paper-lantern-9", "manager", "陈主任"),
    "guide": ("paper-lantern-5", "guide", "杨导办"),
    "admin": ("paper-lantern-7", "administrator", "吴技术员"),
}
BEAT_S = 0.5
COOKIE = "bianmin"


class FakeSite:
    """The pages' server. What a test changes: `hall`, and the three faults below."""

    def __init__(self) -> None:
        self.hall = FakeHall()
        self.devices = Scene()
        self.help = HelpScene()
        self.slow_s = 0.0
        self.lose_answers = 0
        self.mute = False
        self.sessions: dict[str, tuple[str, str | None]] = {}
        self._answers: dict[str, Response] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self.app = self._build()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        ready = threading.Event()
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self._port,
            log_level="error",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)

        async def serve() -> None:
            task = asyncio.create_task(server.serve())
            # uvicorn offers no event for it
            while not server.started and not task.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            ready.set()
            await task

        self._server = server
        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        if not ready.wait(20) or not server.started:
            raise RuntimeError("the fake server did not start")

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(20)
        self._server = self._thread = None

    # --- what the pages need (PageDeps) ---
    async def page_user(self, request: Request) -> PageUser | None:
        found = self.sessions.get(request.cookies.get(COOKIE, ""))
        if found is None:
            return None
        username, window_id = found
        _, role, name = PEOPLE[username]
        manages, administers = role in {"manager", "administrator"}, role == "administrator"
        serves = role in {"clerk", "guide"}
        return PageUser(role, name, window_id, serves, manages, manages, administers)

    @property
    def stopping(self) -> bool:
        return self._server is None or self._server.should_exit

    def signed_in(self, request: Request) -> None:
        self._who(request)

    def hall_name(self) -> Mapping[str, str]:
        return PACK["demo"]["names"]

    def languages(self) -> Sequence[str]:
        return LANGUAGES

    def reasons(self) -> Reasons:
        def rows(kind: str) -> list[tuple[str, Mapping[str, str]]]:
            return [(row["id"], row["names"]) for row in PACK[kind]]

        return Reasons(rows("pause_reason"), rows("out_of_order_reason"), rows("cancel_reason"))

    def timezone(self) -> str:
        return "Asia/Shanghai"

    def translate(self, language: str, text: str) -> str:
        return SENTENCES.say(language, text)

    # --- the API ---
    def _build(self) -> FastAPI:
        app = FastAPI()
        app.include_router(pages_router(self))
        add_device_routes(app, self)
        add_help_routes(app, self)
        app.exception_handler(Refused)(self._problem)
        reads = ("board", "board/stream", "catalogue", "statistics", "statistics.csv")
        routes = {f"/api/v1/{read}": ["GET"] for read in reads}
        routes |= {"/api/v1/session": ["GET", "POST", "DELETE"], "/api/v1/tickets": ["POST"]}
        for path, methods in routes.items():
            name = path.removeprefix("/api/v1/").replace("/", "_").replace(".", "_")
            app.add_api_route(path, getattr(self, f"_{name}"), methods=methods)
        app.add_api_route("/api/v1/windows/{window_id}", self._window, methods=["GET"])
        app.add_api_route(
            "/api/v1/windows/{window_id}/stream", self._window_stream, methods=["GET"]
        )
        app.add_api_route("/api/v1/windows/{window_id}/{action}", self._act, methods=["POST"])
        return app

    def _problem(self, request: Request, refused: Exception) -> Response:
        code, params = refused.code, refused.params  # type: ignore[attr-defined]  # registered for it
        status, sentence = PROBLEMS[code]
        cookie, accept = request.cookies.get("lang"), request.headers.get("accept-language")
        language = choose(LANGUAGES, cookie, accept)
        answer = msg.ProblemAnswer(
            type=PROBLEM_TYPE_ROOT + code,
            title=code,
            status=status,
            detail=self.translate(language, sentence).format(**params),
            code=code,
        )
        return JSONResponse(answer.model_dump(), status, media_type="application/problem+json")

    def _who(self, request: Request) -> tuple[str, str | None]:
        found = self.sessions.get(request.cookies.get(COOKIE, ""))
        if found is None:
            raise Refused(Code.UNAUTHENTICATED)
        return found

    async def _session(self, request: Request) -> Response:
        if request.method == "POST":
            return self._sign_in(msg.SessionRequest.model_validate_json(await request.body()))
        username, window_id = self._who(request)
        if request.method == "DELETE":
            del self.sessions[request.cookies[COOKIE]]
            return Response(status_code=204)
        return json_answer(self._session_answer("", username, window_id))

    def _sign_in(self, wanted: msg.SessionRequest) -> Response:
        password, *_ = PEOPLE.get(wanted.username, ("",))
        if not password or password != wanted.password:
            raise Refused(Code.WRONG_CREDENTIALS)
        holders = {window for user, window in self.sessions.values() if user != wanted.username}
        if wanted.window_id and wanted.window_id in holders:
            raise Refused(Code.WINDOW_TAKEN, window_id=wanted.window_id)
        token = str(uuid4())
        self.sessions[token] = (wanted.username, wanted.window_id)
        answer = json_answer(self._session_answer(token, wanted.username, wanted.window_id))
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict")
        return answer

    def _session_answer(self, token: str, username: str, window_id: str | None) -> BaseModel:
        _, role, name = PEOPLE[username]
        return msg.SessionAnswer(
            token=token,
            role=role,
            username=username,
            display_name=name,
            window_id=window_id,
            expires_at=now(),
        )

    async def _board(self) -> Response:
        return json_answer(self.hall.board())

    async def _board_stream(self) -> Response:
        return self._stream(self.hall.board)

    async def _window(self, request: Request, window_id: str) -> Response:
        self._who(request)
        return json_answer(self._view(window_id))

    def _view(self, window_id: str) -> msg.WindowView:
        return self.hall.view(window_id).model_copy(update={"help": self.help.snapshot()})

    async def _window_stream(self, request: Request, window_id: str) -> Response:
        self._who(request)
        return self._stream(lambda: self._view(window_id))

    def _stream(self, snapshot: object) -> Response:
        async def events() -> AsyncIterator[str]:
            sent, quiet_s = 0, 0.0
            while not self._server.should_exit:
                if self.hall.rev != sent and not self.mute:
                    sent, quiet_s = self.hall.rev, 0.0
                    yield f"data: {snapshot().model_dump_json()}\n\n"
                elif quiet_s >= BEAT_S and not self.mute:
                    quiet_s = 0.0
                    yield "event: beat\ndata: {}\n\n"
                await asyncio.sleep(0.02)
                quiet_s += 0.02

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _catalogue(self) -> Response:
        return json_answer(full_catalogue(LANGUAGES))

    async def _statistics(self, request: Request) -> Response:
        self._who(request)
        return json_answer(statistics(self.hall, request.query_params))

    async def _statistics_csv(self, request: Request) -> Response:
        self._who(request)
        return Response("number,wait_s\nB001,61\n", media_type="text/csv")

    async def _tickets(self, request: Request) -> Response:
        self._who(request)
        wanted = msg.TicketRequest.model_validate_json(await request.body())
        return await self._once(
            request,
            lambda: self.hall.answer(self.hall.issue(wanted.service_id, wanted.priority_class)),
        )

    async def _act(self, request: Request, window_id: str, action: str) -> Response:
        username, own = self._who(request)
        if own != window_id and action != "open":
            raise Refused(Code.NOT_YOUR_WINDOW, window_id=window_id)
        if action in {"open", "close"}:  # the session takes or leaves the window
            seat = window_id if action == "open" else None
            self.sessions[request.cookies[COOKIE]] = (username, seat)
        body = msg.WindowActionRequest.model_validate_json(await request.body() or b"{}")
        return await self._once(request, lambda: act(self.hall, window_id, action, body))

    async def _once(self, request: Request, change: object) -> Response:
        key = str(UUID(request.headers["Idempotency-Key"]))
        await asyncio.sleep(self.slow_s)
        if key not in self._answers:
            self._answers[key] = json_answer(change())
        if self.lose_answers:
            self.lose_answers -= 1
            raise Refused(Code.OUTCOME_UNKNOWN)
        return self._answers[key]


def json_answer(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")


@dataclass(frozen=True)
class SiteAccess:
    """Where the pages are and who may sign in: from the fake, or from a demo's credentials.json."""

    base_url: str
    clerk: tuple[str, str, str]
    manager: tuple[str, str]
    fake: FakeSite | None


@contextmanager
def site_access() -> Iterator[SiteAccess]:
    """The real server named by BIANMIN_CREDENTIALS, else the fake one, started for the test."""
    path = os.environ.get("BIANMIN_CREDENTIALS")
    if path:
        found = json.loads(Path(path).read_text("utf-8"))
        clerk = next(each for each in found["clerks"] if each["window_id"] == "1")
        yield SiteAccess(
            found["url"].rstrip("/"),
            (clerk["username"], clerk["password"], clerk["window_id"]),
            (found["manager"]["username"], found["manager"]["password"]),
            None,
        )
        return
    site = FakeSite()
    site.start()
    try:
        yield SiteAccess(
            site.base_url, ("clerk1", "paper-lantern-1", "1"), ("manager", "paper-lantern-9"), site
        )
    finally:
        site.stop()
