"""What the service needs of the world, as records and Protocols.

The store, the clock and the hub are handed in by `wiring`; fakes for tests stand in
`tests/fakes.py`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from queue_server.core.events import Event
from queue_server.core.model import Floor
from queue_server.core.statistics import Leg


class StoreError(Exception):
    """The journal did not take a batch.

    Attributes:
        unknown: True when it may or may not have been saved (a commit that failed).
    """

    def __init__(self, sentence: str, *, unknown: bool = False) -> None:
        super().__init__(sentence)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment as the journal keeps it.

    Attributes:
        at_ms: wall time, UTC milliseconds; never behind the moment before it.
        mono_ms: the machine's monotonic clock, milliseconds; comparable within one `boot_id`.
        quality: "ntp", "unsynced" or "driven".
    """

    at_ms: int
    mono_ms: int
    boot_id: str
    quality: str


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> Instant:
        """This instant."""
        ...


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One event with its circumstances."""

    seq: int
    instant: Instant
    business_date: date
    event: Event
    actor: str


@dataclass(frozen=True, slots=True)
class LegRow:
    """One `ticket_leg` row to insert or replace; the date is that of its first insertion."""

    business_date: date
    leg: Leg


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What was answered to an idempotency key. `digest` covers (token, path, key)."""

    digest: bytes
    body_hash: bytes
    status: int
    body: bytes
    business_date: date


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """What is kept of a visitor, apart from the journal, erasable."""

    ticket_id: str
    business_date: date
    document_kind: str | None
    masked_name: str | None
    agent: bool


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """What somebody typed beside a reason; apart from the journal, erasable like a visitor.

    `seq` is that of the event it belongs to.
    """

    seq: int
    ticket_id: str
    business_date: date
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes."""

    rows: tuple[JournalRow, ...]
    legs: tuple[LegRow, ...]
    answers: tuple[AnswerRow, ...]
    visitors: tuple[VisitorRow, ...]
    remarks: tuple[RemarkRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What start-up finds: the floor since the last DayOpened, and the keys already answered."""

    floor: Floor
    epoch: int
    last_at_ms: int
    digests: frozenset[bytes]


class Journal(Protocol):
    """The durable record; called from one writer thread only, but for `answer`."""

    def append(self, batch: Batch) -> None:
        """Write a batch in one fsynced transaction.

        Raises:
            StoreError: nothing was written, or (`unknown`) nobody can say.
        """
        ...

    def replay(self) -> Replayed:
        """Read the state back, after (re)opening the database if need be."""
        ...

    def answer(self, digest: bytes) -> AnswerRow | None:
        """What was answered to a key; callable from any thread."""
        ...

    def leg(self, ticket_id: str) -> LegRow | None:
        """The last leg of a ticket, also of one that left the floor; from any thread."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class CommitListener(Protocol):
    """Is told of every commit, in the event loop, after it is durable."""

    def committed(self, before: Floor, after: Floor, batch: Batch) -> None:
        """The floor went from `before` to `after` by a batch; must not block or raise.

        After a failed commit it is told the floor that was read back, with an empty batch.
        """
        ...
