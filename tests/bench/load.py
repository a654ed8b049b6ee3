"""A lean HTTP/1.1 load generator: raw asyncio protocols, prepared bytes, its own process.

Reads one `Job` as JSON from standard input, writes one `Outcome` to standard output. *Closed* jobs
keep every connection busy and find the throughput; *open* ones send at due times whatever happened
to the requests before, and count latency from the due time, so that queueing is not hidden.
"""

import asyncio
import sys
import time
from collections import deque

import msgspec

KEY_MARK = b"00000000-0000-0000-0000-"
"""The last twelve digits of the idempotency key that follow are counted up."""


TIMER_S = 0.0012


class Job(msgspec.Struct, frozen=True):
    """What to send.

    Attributes:
        requests: whole requests, sent in turn; where `KEY_MARK` stands in one, a new key is put.
        connections: kept alive all the time.
        seconds: measured, after `warm_s` that are not.
        rate: requests a second for an open job; 0 for a closed one.
        first_key: where the keys start, so that two jobs do not share one.
        status: the only good one.
    """

    port: int
    requests: list[str]
    connections: int
    seconds: float
    rate: float = 0.0
    warm_s: float = 0.5
    first_key: int = 0
    status: int = 201
    most: int = 1 << 60


class Outcome(msgspec.Struct, frozen=True):
    """What came back; `cpu_s` is what the generator itself used."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    bad: int
    sent: int
    cpu_s: float


def parts_of(request: str) -> tuple[bytes, bytes]:
    """What stands before and after the last digits of the key; nothing after if there is none."""
    head, mark, tail = request.encode().partition(KEY_MARK)
    return head + mark, tail[12:]


async def until(due_s: float) -> None:
    """Wait for a moment of `time.perf_counter`, closer than the loop's timer of a millisecond."""
    delay_s = due_s - time.perf_counter() - TIMER_S
    if delay_s > 0:
        await asyncio.sleep(delay_s)
    while time.perf_counter() < due_s:  # noqa: ASYNC110 - it is the clock that is waited for
        await asyncio.sleep(0)


class Connection(asyncio.Protocol):
    """One connection with at most one request in flight."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self.due_s = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, data: bytes, due_s: float) -> None:
        assert self.transport is not None
        self.due_s = due_s
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = self._buffer.find(b"content-length: ")
        length = int(self._buffer[at + 16 : self._buffer.find(b"\r\n", at)])
        if len(self._buffer) < end + 4 + length:
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self._load.answered(self, status)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self._load.lost()


class Load:
    """One job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._parts = [parts_of(request) for request in job.requests]
        self._key = job.first_key
        self._latencies: list[float] = []
        self._bad = 0
        self._from_s = self._until_s = 0.0
        self._idle: deque[Connection] = deque()
        self._late: deque[float] = deque()
        self._over = asyncio.Event()
        self._unanswered = 0  # below zero until the last request of an open job was due
        self.sent = 0

    def _request(self) -> bytes:
        head, tail = self._parts[self.sent % len(self._parts)]
        self.sent += 1
        if not tail:
            return head
        self._key += 1
        return head + b"%012x" % self._key + tail

    async def run(self) -> Outcome:
        loop = asyncio.get_running_loop()
        connections = [
            (await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._job.port))[1]
            for _ in range(self._job.connections)
        ]
        began_s = time.perf_counter()
        self._from_s = began_s + self._job.warm_s
        self._until_s = self._from_s + self._job.seconds
        cpu_s = time.process_time()
        if self._job.rate:
            self._idle.extend(connections)
            await self._open(began_s)
        else:
            for connection in connections:
                connection.send(self._request(), time.perf_counter())
            await self._over.wait()
        ended_s = min(time.perf_counter(), self._until_s) if not self._job.rate else self._until_s
        outcome = Outcome(
            len(self._latencies),
            ended_s - self._from_s,
            self._latencies,
            self._bad,
            self.sent,
            time.process_time() - cpu_s,
        )
        self._over.set()
        return outcome

    async def _open(self, began_s: float) -> None:
        total = round(self._job.rate * (self._job.warm_s + self._job.seconds))
        for number in range(total):
            due_s = began_s + number / self._job.rate
            await until(due_s)
            if self._idle:
                self._idle.popleft().send(self._request(), due_s)
            else:
                self._late.append(due_s)
        self._unanswered += total
        if self._unanswered:
            await self._over.wait()

    def answered(self, connection: Connection, status: int) -> None:
        now_s = time.perf_counter()
        if status != self._job.status:
            self._bad += 1
        elif connection.due_s >= self._from_s and (self._job.rate or now_s <= self._until_s):
            self._latencies.append((now_s - connection.due_s) * 1000)
        if self._job.rate:
            self._unanswered -= 1
            if self._unanswered == 0:
                self._over.set()
            if self._late:
                connection.send(self._request(), self._late.popleft())
            else:
                self._idle.append(connection)
        elif now_s < self._until_s and self.sent < self._job.most:
            connection.send(self._request(), now_s)
        else:
            self._over.set()

    def lost(self) -> None:
        if not self._over.is_set():
            sys.stderr.write("the server closed a connection\n")
            self._over.set()


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    outcome = asyncio.run(Load(job).run())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
