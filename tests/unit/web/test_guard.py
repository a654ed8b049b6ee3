"""What every request passes, and streams, without a server."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import APIRouter, Request
from starlette.types import Receive, Scope, Send

from queue_server.bus.hub import Change, Hub
from queue_server.contract.problems import Code
from queue_server.web import live
from queue_server.web.app import build
from queue_server.web.auth import FREE_TRIES, Throttle
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.middleware import MAX_BODY_BYTES, Guard
from queue_server.web.problems import Refused

HALL = cast(
    "Hall",
    SimpleNamespace(secure=False, live=None, languages=("en",), say=lambda _, text: text),
)


def pages(_: object) -> APIRouter:
    """A page with a fault, and one that tells how much it was sent."""
    router = APIRouter()

    async def broken() -> None:
        raise LookupError("a secret of the inside")

    async def take(request: Request) -> int:
        return len(await request.body())

    router.add_api_route("/broken", broken, methods=["GET"])
    router.add_api_route("/take", take, methods=["POST"])
    return router


def client(app: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://hall")


async def test_a_fault_nobody_foresaw_is_a_problem_without_its_inside() -> None:
    app, _ = build(HALL, pages)
    async with client(app) as http:
        answer = await http.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, Code.INTERNAL)
    assert "secret" not in answer.text


async def test_an_answer_that_breaks_off_is_not_taken_for_whole() -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise LookupError("a fault")

    async with client(Guard(breaks_off, HALL)) as http:
        with pytest.raises(LookupError):
            await http.get("/")


@pytest.mark.parametrize("extra", [0, 1])
async def test_a_body_is_counted_while_it_arrives(extra: int) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1024):
            yield b"x" * 1024
        yield b"x" * extra

    app, _ = build(HALL, pages)
    async with client(app) as http:
        answer = await http.post(
            "/take", content=parts(), headers={"Content-Type": "application/json"}
        )
    if extra:
        assert (answer.status_code, answer.json()["code"]) == (413, Code.BODY_TOO_LARGE)
        assert answer.headers["connection"] == "close"
        assert "64 KiB" in answer.json()["detail"]
    else:
        assert answer.json() == MAX_BODY_BYTES


class Time:
    """A monotonic clock by hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        patch.setattr("queue_server.web.auth.time.monotonic", lambda: self.now_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def delay_s(throttle: Throttle, name: str) -> int:
    """How long this name has to wait; 0 when it need not."""
    try:
        throttle.check(name)
    except Refused as refused:
        return int(refused.params["retry_s"])
    return 0


def test_wrong_passwords_cost_ever_more_time_and_never_for_ever(clock: Time) -> None:
    throttle = Throttle()
    delays = []
    for _ in range(FREE_TRIES + 12):
        throttle.failed("account:li")
        delays.append(delay_s(throttle, "account:li"))
    assert delays[: FREE_TRIES - 1] == [0] * (FREE_TRIES - 1)
    assert delays[FREE_TRIES - 1 : FREE_TRIES + 3] == [2, 3, 5, 9]
    assert delays[-1] == 301
    assert delay_s(throttle, "account:wang") == 0
    clock.now_s += delays[-1]
    assert delay_s(throttle, "account:li") == 0


def test_the_right_password_starts_anew_and_so_does_a_quarter_of_an_hour(clock: Time) -> None:
    throttle = Throttle()
    for _ in range(FREE_TRIES + 3):
        throttle.failed("li", "wang")
    throttle.passed("li")
    assert delay_s(throttle, "li") == 0
    clock.now_s += 901
    throttle.failed("wang")
    assert delay_s(throttle, "wang") == 0


class Board:
    """What a stream shows: the rev."""

    def __init__(self) -> None:
        self.hub = Hub(1, 10)
        self.streams = Streams(self.hub)

    def commit(self) -> None:
        """One change."""
        rev = self.hub.rev + 1
        self.hub.committed(Change(epoch=1, rev=rev, windows=frozenset(), board=True, calls=()))

    def snapshot(self) -> bytes:
        """Of the newest state."""
        return b"%d" % self.hub.rev


def reader(board: Board, **more: Any) -> AsyncIterator[bytes]:
    """The parts of a stream."""
    parts = board.streams.stream(board.snapshot, **more).body_iterator
    return cast("AsyncIterator[bytes]", parts)


async def test_a_stream_is_a_snapshot_then_changes_and_a_slow_reader_skips_some() -> None:
    board = Board()
    parts = reader(board)
    assert await anext(parts) == b"retry: 1000\n\n"
    assert await anext(parts) == b"id: 10\ndata: 10\n\n"
    for _ in range(5):
        board.commit()
    assert await anext(parts) == b"id: 15\ndata: 15\n\n"
    board.streams.close()
    assert [part async for part in parts] == []
    assert board.streams.open == 0


async def test_an_idle_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SERVER_BEAT_S", 0.01)
    board = Board()
    parts = reader(board)
    await anext(parts)
    await anext(parts)
    assert await anext(parts) == live.BEAT
    board.commit()
    found = await anext(parts)
    while found == live.BEAT:
        found = await anext(parts)
    assert found == b"id: 11\ndata: 11\n\n"
    board.hub.close()
    assert [part async for part in parts if part != live.BEAT] == []


async def test_a_stream_ends_for_who_may_not_see_it_any_more() -> None:
    board = Board()
    allowed = True

    async def still() -> bool:
        return allowed

    parts = reader(board, still=still)
    await anext(parts)
    await anext(parts)
    allowed = False
    board.commit()
    assert [part async for part in parts] == []


async def test_streams_are_counted_and_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_STREAMS", 2)
    board = Board()
    opened = [reader(board) for _ in range(2)]
    for parts in opened:
        await anext(parts)
    with pytest.raises(Refused) as refused:
        board.streams.stream(board.snapshot)
    assert refused.value.code is Code.OVERLOADED
    board.streams.close()
    await asyncio.gather(*(_drain(parts) for parts in opened))
    reader(board)


async def _drain(parts: AsyncIterator[bytes]) -> None:
    async for _ in parts:
        pass
