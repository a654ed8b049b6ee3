"""The only writer of a hall.

Every change goes through `HallService.handle`: decide on the pending floor, put the events into
the open batch, wait for the batch to be durable, answer. One batch is in flight at a time; commands
that arrive meanwhile share the next one (group commit). All of it runs in the event loop, so the
order of decisions is the order of the journal; only the write itself happens in a thread.

What others see (`floor`, views, streams, MQTT) is the committed state. A refusal, or a command that
changed nothing, was decided on pending state too, and so is answered only once that has committed.
When a commit fails, memory is worth nothing: it is dropped and read back from the journal, and who
waited is told that the outcome is unknown; the same key then gives the truth.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256

import structlog

from queue_server.core.commands import Command
from queue_server.core.decide import decide
from queue_server.core.errors import QueueError
from queue_server.core.events import DayOpened, Event
from queue_server.core.evolve import evolve
from queue_server.core.legs import legs_of
from queue_server.core.model import Floor
from queue_server.ports import (
    AnswerRow,
    Batch,
    Clock,
    CommitListener,
    Instant,
    Journal,
    JournalRow,
    LegRow,
    RemarkRow,
    StoreError,
    VisitorRow,
)

MAX_PENDING = 4096
"""Commands waiting for a commit; more are turned away at once with "overloaded"."""
SLOW_COMMIT_S = 0.001
GATHER_SHARE = 0.2
"""On a slow disk, wait this share of the last commit for company before writing."""
RETRY_S = 1.0

log = structlog.get_logger(__name__)

Render = Callable[[Floor, Floor, tuple[Event, ...]], tuple[int, bytes]]


class ServiceUnavailableError(Exception):
    """The command was not carried out, for no fault of its own; `code` is a problem code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyReusedError(Exception):
    """An idempotency key came back with another body."""


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key: unique per token and path; the body it first came with."""

    token_id: str
    path: str
    key: str
    body: bytes

    @property
    def digest(self) -> bytes:
        """Sixteen bytes that stand for (token, path, key)."""
        text = f"{self.token_id}\n{self.path}\n{self.key}"
        return sha256(text.encode()).digest()[:16]

    @property
    def body_hash(self) -> bytes:
        """Sixteen bytes that stand for the body."""
        return sha256(self.body).digest()[:16]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer; `repeated` when it is an earlier answer."""

    status: int
    body: bytes
    repeated: bool = False


@dataclass(slots=True)
class _OpenBatch:
    """Commands decided since the batch in flight left."""

    done: asyncio.Future[None]
    floor: Floor
    rows: list[JournalRow] = field(default_factory=list)
    legs: dict[tuple[str, int], LegRow] = field(default_factory=dict)
    answers: dict[bytes, AnswerRow] = field(default_factory=dict)
    visitors: list[VisitorRow] = field(default_factory=list)
    remarks: list[RemarkRow] = field(default_factory=list)
    commands: int = 0
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def wait(self) -> asyncio.Future[None]:
        """Ends with the batch; the caller's own, so that one who goes away takes nobody along.

        `asyncio.shield(self.done)` says the same at three times the price, for each ticket.
        """
        waiter = self.done.get_loop().create_future()
        self.waiters.append(waiter)
        return waiter

    def end(self, error: Exception | None = None) -> None:
        """Tell everybody."""
        for waiter in (self.done, *self.waiters):
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)

    def frozen(self) -> Batch:
        return Batch(
            tuple(self.rows),
            tuple(self.legs.values()),
            tuple(self.answers.values()),
            tuple(self.visitors),
            tuple(self.remarks),
        )


class HallService:
    """See the module."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        listeners: Sequence[CommitListener] = (),
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._listeners = tuple(listeners)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
        self._floor = Floor()
        self._pending = Floor()
        self._digests: set[bytes] = set()
        self._older_digests: frozenset[bytes] = frozenset()
        self._batch: _OpenBatch | None = None
        self._flying: _OpenBatch | None = None
        self._gathering: asyncio.Handle | None = None
        self._last_commit_s = 0.0
        self._recovery: asyncio.Task[None] | None = None
        self._ready = False
        self.epoch = 1
        self.last_at_ms = 0
        self.commits = 0
        self.commit_failures = 0

    @property
    def floor(self) -> Floor:
        """The committed state."""
        return self._floor

    @property
    def ready(self) -> bool:
        """Whether commands are taken now."""
        return self._ready

    async def start(self) -> None:
        """Replay the journal.

        Raises:
            StoreError: the journal cannot be read.
        """
        await self._replay()

    async def stop(self) -> None:
        """Finish what was accepted, take nothing more, then let go of the writer thread."""
        self._ready = False
        try:
            await self._settle()
        except ServiceUnavailableError as lost:  # whoever waited was told; the log has the cause
            log.warning("stopped-without-last-commit", code=lost.code)
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.gather(self._recovery, return_exceptions=True)
        self._writer.shutdown(wait=True)

    async def _replay(self) -> None:
        loop = asyncio.get_running_loop()
        replayed = await loop.run_in_executor(self._writer, self._journal.replay)
        self._floor = self._pending = replayed.floor
        self._digests = set(replayed.digests)
        self._older_digests = frozenset()
        self.epoch = replayed.epoch
        self.last_at_ms = replayed.last_at_ms
        self._ready = True

    async def handle(
        self,
        command: Command,
        *,
        actor: str,
        render: Render,
        key: Key | None = None,
        visitor: VisitorRow | None = None,
        remark: str | None = None,
        admit: Callable[[], None] | None = None,
    ) -> Reply:
        """Carry a command out; returns once it is durable.

        Args:
            command: what is asked.
            actor: who asks, e.g. "device:kiosk-1" or "staff:li"; for the journal.
            render: makes the answer (status, body) from the floor before and after and the events.
            key: an idempotency key; the same key gives the same answer.
            visitor: what to keep of the visitor, in the same transaction.
            remark: what was typed beside a reason; kept apart from the journal.
            admit: raises when a new command is not wanted now; an earlier answer is given anyway.

        Raises:
            QueueError: refused, nothing changed.
            KeyReusedError: the key belongs to another body.
            ServiceUnavailableError: not carried out, or nobody can say ("outcome-unknown").
        """
        digest = key.digest if key is not None else b""
        if key is not None and (earlier := await self._earlier(key, digest)) is not None:
            return earlier
        if admit is not None:
            admit()
        self._check_ready()
        batch_before = self._pending
        instant = self._clock.now()
        try:
            events = decide(batch_before, command, instant.at_ms)
        except QueueError:
            await self._settle()
            raise
        if not events and key is None:
            reply = Reply(*render(batch_before, batch_before, events))
            await self._settle()
            return reply
        rows, legs, after = _evolved(batch_before, events, instant, actor)
        reply = Reply(*render(batch_before, after, events))
        batch = self._batch_to_join()
        batch.rows += rows
        batch.legs.update(legs)
        if remark:
            batch.remarks += _remarks(rows, remark)
        self._join(batch, after, _keyed(key, digest, reply, after, instant), visitor)
        await batch.wait()
        return reply

    async def _earlier(self, key: Key, digest: bytes) -> Reply | None:
        """The reply this key already has, waiting for it if it is being committed.

        After None no other task has run since it was known that there is none: the caller may
        decide at once.
        """
        while True:
            for batch in (self._flying, self._batch):
                if batch is not None and digest in batch.answers:
                    row = batch.answers[digest]
                    await asyncio.shield(batch.done)
                    return _repeat(row, key)
            if digest not in self._digests and digest not in self._older_digests:
                return None
            try:
                found = await asyncio.to_thread(self._journal.answer, digest)
            except StoreError as error:
                raise ServiceUnavailableError("store-unavailable") from error
            if found is not None:
                return _repeat(found, key)
            # Past its time in the journal. Look again: the key may have come twice just now.
            self._digests.discard(digest)
            self._older_digests -= {digest}

    def _check_ready(self) -> None:
        if not self._ready:
            raise ServiceUnavailableError("store-unavailable")
        if self._batch is not None and self._batch.commands >= MAX_PENDING:
            raise ServiceUnavailableError("overloaded")

    def _batch_to_join(self) -> _OpenBatch:
        if self._batch is None:
            loop = asyncio.get_running_loop()
            self._batch = _OpenBatch(loop.create_future(), self._pending)
            # Nobody may be left to wait (all clients gone); the failure is logged elsewhere.
            self._batch.done.add_done_callback(_retrieve)
            self._gather()
        return self._batch

    def _join(
        self,
        batch: _OpenBatch,
        after: Floor,
        answer: AnswerRow | None,
        visitor: VisitorRow | None,
    ) -> None:
        self._pending = batch.floor = after
        batch.commands += 1
        if answer is not None:
            batch.answers[answer.digest] = answer
        if visitor is not None:
            batch.visitors.append(visitor)

    def _gather(self) -> None:
        """Write the open batch soon, unless one is in flight: then it goes when that is done."""
        if self._flying is not None or self._gathering is not None:
            return
        loop = asyncio.get_running_loop()
        if self._last_commit_s > SLOW_COMMIT_S:
            wait_s = GATHER_SHARE * self._last_commit_s
            self._gathering = loop.call_later(wait_s, self._flush)
        else:
            self._gathering = loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._gathering = None
        batch = self._batch
        if batch is None or self._flying is not None:
            return
        self._flying, self._batch = batch, None
        started_s = time.perf_counter()
        loop = asyncio.get_running_loop()
        frozen = batch.frozen()
        writing = loop.run_in_executor(self._writer, self._journal.append, frozen)
        writing.add_done_callback(partial(self._written, batch, frozen, started_s))

    def _written(
        self,
        batch: _OpenBatch,
        written: Batch,
        started_s: float,
        writing: asyncio.Future[None],
    ) -> None:
        self._flying = None
        error = None if writing.cancelled() else writing.exception()
        if writing.cancelled() or error is not None:
            self._fail(batch, error)
            return
        self._last_commit_s = time.perf_counter() - started_s
        self.commits += 1
        before, self._floor = self._floor, batch.floor
        if any(isinstance(row.event, DayOpened) for row in batch.rows):
            # Keys live for the business day and the next.
            self._older_digests, self._digests = frozenset(self._digests), set()
        self._digests.update(batch.answers)
        batch.end()
        if self._batch is not None:
            self._gather()
        if not written.rows:  # only the answer to a command that changed nothing
            return
        for listener in self._listeners:
            listener.committed(before, self._floor, written)

    def _fail(self, batch: _OpenBatch, error: BaseException | None) -> None:
        """Nothing decided since the last commit counts: read the truth back."""
        self.commit_failures += 1
        unknown = not isinstance(error, StoreError) or error.unknown
        log.error("commit-failed", sentence=str(error), unknown=unknown)
        code = "outcome-unknown" if unknown else "store-unavailable"
        waiting = [batch] if self._batch is None else [batch, self._batch]
        self._batch = None
        self._ready = False
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        for lost in waiting:
            lost.end(ServiceUnavailableError(code))
        self._recovery = asyncio.create_task(self._recover(), name="journal-recovery")
        self._recovery.add_done_callback(_log_death)

    async def _recover(self) -> None:
        while True:
            try:
                await self._replay()
            except StoreError as error:
                log.warning("journal-not-back-yet", sentence=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                log.info("journal-back", seq=self._floor.seq)
                for listener in self._listeners:
                    listener.committed(Floor(), self._floor, Batch((), (), (), ()))
                return

    async def _settle(self) -> None:
        """Wait until everything decided so far has committed.

        Raises:
            ServiceUnavailableError: it has not.
        """
        batch = self._batch or self._flying
        if batch is not None:
            await asyncio.shield(batch.done)


def _retrieve(done: asyncio.Future[None]) -> None:
    done.exception()


def _log_death(recovery: asyncio.Task[None]) -> None:
    error = None if recovery.cancelled() else recovery.exception()
    if error is not None:
        log.error("journal-recovery-died", exc_info=error)


def _repeat(row: AnswerRow, key: Key) -> Reply:
    if row.body_hash != key.body_hash:
        raise KeyReusedError
    return Reply(row.status, row.body, repeated=True)


def _keyed(
    key: Key | None, digest: bytes, reply: Reply, after: Floor, instant: Instant
) -> AnswerRow | None:
    """What to keep so that the key gives the same answer again."""
    if key is None:
        return None
    day = after.business_date or _utc_date(instant.at_ms)
    return AnswerRow(digest, key.body_hash, reply.status, reply.body, day)


def _evolved(
    before: Floor,
    events: tuple[Event, ...],
    instant: Instant,
    actor: str,
) -> tuple[list[JournalRow], dict[tuple[str, int], LegRow], Floor]:
    """The rows that a command's events write, and the floor they lead to."""
    rows: list[JournalRow] = []
    legs: dict[tuple[str, int], LegRow] = {}
    after = before
    for event in events:
        before, after = after, evolve(after, event, instant.at_ms)
        # Settings made before the first business day carry the date they were made on.
        day = after.business_date or _utc_date(instant.at_ms)
        rows.append(JournalRow(after.seq, instant, day, event, actor))
        for leg in legs_of(before, event, after, instant.at_ms):
            legs[leg.ticket_id, leg.leg] = LegRow(day, leg)
    return rows, legs, after


def _remarks(rows: list[JournalRow], text: str) -> list[RemarkRow]:
    """A remark belongs to the last of a command's events that is about a ticket."""
    about = [(row, getattr(row.event, "ticket_id", None)) for row in rows]
    return [
        RemarkRow(row.seq, ticket_id, row.business_date, text)
        for row, ticket_id in about
        if ticket_id is not None
    ][-1:]


def _utc_date(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
