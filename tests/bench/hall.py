"""A hall's server for benchmarks, and ways to load it and to look at it."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import psutil

from tests.bench.load import Connection, Job, Outcome
from tests.hall_process import HallProcess

NULL = "/bench/null"
TICKETS = "/api/v1/tickets"
_jobs = iter(range(1, 1 << 20))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a job found, with the server's own share."""

    outcome: Outcome
    server_cpu_s: float
    commits: int

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.outcome.requests / self.outcome.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of the server's process per request, threads included, the broker not."""
        return self.server_cpu_s * 1000 / self.outcome.sent


class BenchHall(HallProcess):
    """The product's server, with the null route."""

    program = (sys.executable, "-m", "tests.bench.server")

    @property
    def port(self) -> int:
        """Of HTTP."""
        return int(self.url.rsplit(":", 1)[1])

    def request(
        self, method: str, path: str, token: str = "", body: Mapping[str, Any] | None = None
    ) -> str:
        """A whole request; POSTs have a key."""
        text = "" if body is None else json.dumps(body)
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}"]
        if token:
            lines.append(f"authorization: Bearer {token}")
        if method == "POST":
            lines.append("content-type: application/json")
            lines.append("idempotency-key: 00000000-0000-0000-0000-000000000000")
            lines.append(f"content-length: {len(text)}")
        return "\r\n".join(lines) + "\r\n\r\n" + text

    def tickets(self, path: str = TICKETS) -> list[str]:
        """One request for each item: citizens come for different things."""
        token = self.credentials["kiosk_token"]
        items = self.credentials["services"]
        return [self.request("POST", path, token, {"service_id": item}) for item in items]

    def load(
        self,
        requests: Sequence[str],
        connections: int,
        seconds: float,
        *,
        rate: float = 0.0,
        status: int = 201,
    ) -> Loaded:
        """Run the load generator, in a process of its own."""
        job = Job(
            port=self.port,
            requests=list(requests),
            connections=connections,
            seconds=seconds,
            rate=rate,
            first_key=next(_jobs) << 32,
            status=status,
        )
        server = psutil.Process(self.pid)
        before, commits = server.cpu_times(), self.commits()
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"],
            input=msgspec.json.encode(job),
            stdout=subprocess.PIPE,
            check=True,
        )
        after = server.cpu_times()
        outcome = msgspec.json.decode(done.stdout, type=Outcome)
        if outcome.bad or not outcome.requests:
            raise SystemExit(f"{outcome.bad} bad answers of {outcome.sent}: {self.said()}")
        cpu_s = after.user + after.system - before.user - before.system
        return Loaded(outcome, cpu_s, self.commits() - commits)

    def commits(self) -> int:
        """Transactions so far, by the server's own count."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False).text
        line = next(each for each in text.splitlines() if each.startswith("bianmin_commits_total"))
        return int(float(line.split()[1]))

    def rss(self) -> int:
        """Resident memory, bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def sign_in(self, login: Mapping[str, str]) -> str:
        """A session's token."""
        answer = httpx.post(f"{self.url}/api/v1/session", json=dict(login), trust_env=False)
        token: str = answer.json()["token"]
        return token

    def seats(self) -> dict[str, str]:
        """A clerk at each window: window to token."""
        found: dict[str, str] = {}
        for login in self.credentials["clerks"]:
            window = login.get("window_id")
            if window is not None and window not in found:
                found[window] = self.sign_in(login)
        return found


class Line:
    """One kept-alive connection for one request at a time, as lean as the load generator."""

    def __init__(self, hall: BenchHall) -> None:
        self._hall = hall
        self._connection: _Answers | None = None
        self.busy = asyncio.Lock()

    async def ask(
        self, method: str, path: str, token: str = "", body: Mapping[str, Any] | None = None
    ) -> tuple[int, bytes, float]:
        """Status, body, and seconds it took."""
        if self._connection is None:
            loop = asyncio.get_running_loop()
            _, made = await loop.create_connection(_Answers, "127.0.0.1", self._hall.port)
            self._connection = made
        text = self._hall.request(method, path, token, body)
        data = text.replace("00000000-0000-0000-0000-000000000000", str(uuid4())).encode()
        began_s = time.perf_counter()
        status, answer = await self._connection.ask(data)
        return status, answer, time.perf_counter() - began_s

    async def must(
        self, method: str, path: str, token: str = "", body: Mapping[str, Any] | None = None
    ) -> tuple[bytes, float]:
        """Body and seconds of a good answer."""
        status, answer, took_s = await self.ask(method, path, token, body)
        if not 200 <= status < 300:
            raise SystemExit(f"{method} {path}: {status} {answer.decode(errors='replace')}")
        return answer, took_s

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.close()


class _Answers(Connection):
    """A connection whose answers are awaited."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""
        self.transport: asyncio.Transport | None = None

    async def ask(self, data: bytes) -> tuple[int, bytes]:
        assert self.transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length and self._answer is not None:
            self._received = b""
            self._answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))


def new_hall(data: Path) -> Path:
    """A directory with the example hall in it, accounts and all, on which no server runs.

    The passwords of the demo's staff take a second to hash; that is done once for all of a run.
    """
    model = data.parent / "model"
    if not model.exists():
        with hall(model) as server:
            server.stop()
    shutil.copytree(model, data)
    return data


@contextmanager
def hall(data: Path) -> Iterator[BenchHall]:
    """A running server on a data directory."""
    made = BenchHall(data, options=("--demo", "--port", "0"))
    made.start()
    try:
        yield made
    finally:
        made.close()
