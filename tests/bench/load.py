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


class Job(msgspec.Struct, frozen=True):
    """What to send.

    Attributes:
        request: the whole request; where `KEY_MARK` stands in it, a new key is put.
        connections: kept alive all the time.
        seconds: measured, after `warm_s` that are not.
        rate: requests a second for an open job; 0 for a closed one.
        first_key: where the keys start, so that two jobs do not share one.
        status: the only good one.
    """

    port: int
    request: str
    connections: int
    seconds: float
    rate: float = 0.0
    warm_s: float = 0.5
    first_key: int = 0
    status: int = 201
    most: int = 1 << 60


class Outcome(msgspec.Struct, frozen=True):
    """What came back; `began_ns` and `ended_ns` are CLOCK_MONOTONIC."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    bad: int
    sent: int
    cpu_s: float


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

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost()


class Load:
    """One job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        head, mark, tail = job.request.encode().partition(KEY_MARK)
        self._head, self._tail, self._keyed = head + mark, tail[12:] if mark else tail, bool(mark)
        self._key = job.first_key
        self._latencies: list[float] = []
        self._bad = 0
        self._from_s = self._until_s = 0.0
        self._idle: deque[Connection] = deque()
        self._late: deque[float] = deque()
        self._over = asyncio.Event()
        self.sent = 0

    def _request(self) -> bytes:
        self.sent += 1
        if not self._keyed:
            return self._head + self._tail
        self._key += 1
        return self._head + b"%012x" % self._key + self._tail

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
            delay_s = due_s - time.perf_counter()
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            if self._idle:
                self._idle.popleft().send(self._request(), due_s)
            else:
                self._late.append(due_s)
        while len(self._idle) < self._job.connections:
            await asyncio.sleep(0.005)

    def answered(self, connection: Connection, status: int) -> None:
        now_s = time.perf_counter()
        if status != self._job.status:
            self._bad += 1
        elif connection.due_s >= self._from_s:
            if self._job.rate or now_s <= self._until_s:
                self._latencies.append((now_s - connection.due_s) * 1000)
        if self._job.rate:
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
