"""Stand-ins for what the hall's service needs of the world."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from queue_server.core.evolve import evolve
from queue_server.core.model import Floor
from queue_server.ports import AnswerRow, Batch, Instant, JournalRow, LegRow, Replayed, StoreError

NINE_MS = 1_772_413_200_000
"""2026-03-02 09:00 in UTC+8, a Monday."""


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at_ms: int = NINE_MS) -> None:
        self.at_ms = at_ms

    def now(self) -> Instant:
        """The moment it was set to."""
        return Instant(self.at_ms, self.at_ms, "boot-1", "ntp")

    def pass_s(self, seconds: float) -> None:
        """Let time pass (or, below zero, go back)."""
        self.at_ms += round(seconds * 1000)


class FakeJournal:
    """A journal in memory that fails, and waits, when it is told to.

    Attributes:
        batches: every batch that stands, in order.
        failures: what the next appends do: an error to raise; an unknown one after saving too when
            it is paired with True.
        replay_failures: errors the next replays raise.
        gate: an append waits here before it does anything; open unless `hold` was called.
        entered: set when an append has begun.
    """

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.failures: list[tuple[BaseException, bool]] = []
        self.replay_failures: list[StoreError] = []
        self.answer_failures: list[StoreError] = []
        self.answers: dict[bytes, AnswerRow] = {}
        self.legs: dict[tuple[str, int], LegRow] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.replays = 0
        self.closed = False

    @property
    def rows(self) -> list[JournalRow]:
        """Every row, in order."""
        return [row for batch in self.batches for row in batch.rows]

    def hold(self) -> None:
        """Let the next appends wait until `release`."""
        self.entered.clear()
        self.gate.clear()

    def release(self) -> None:
        """Let appends go on."""
        self.gate.set()

    def fail(self, *, unknown: bool = False, saved: bool = False) -> None:
        """Let the next append fail; with `saved` after it has saved everything."""
        self.failures.append((StoreError("a fault that a test made", unknown=unknown), saved))

    def append(self, batch: Batch) -> None:
        """See `ports.Journal`."""
        self.entered.set()
        if not self.gate.wait(20):
            raise TimeoutError("nobody released the journal")
        if self.failures:
            error, saved = self.failures.pop(0)
            if saved:
                self._save(batch)
            raise error
        self._save(batch)

    def _save(self, batch: Batch) -> None:
        expected = self.rows[-1].seq + 1 if self.rows else 1
        seqs = [row.seq for row in batch.rows]
        assert seqs == list(range(expected, expected + len(seqs)))
        for answer in batch.answers:
            assert answer.digest not in self.answers, "a key was answered twice"
            self.answers[answer.digest] = answer
        for leg in batch.legs:
            self.legs[leg.leg.ticket_id, leg.leg.leg] = leg
        self.batches.append(batch)

    def replay(self) -> Replayed:
        """See `ports.Journal`."""
        self.replays += 1
        if self.replay_failures:
            raise self.replay_failures.pop(0)
        floor = Floor()
        for row in self.rows:
            floor = evolve(floor, row.event, row.instant.at_ms)
        last_ms = self.rows[-1].instant.at_ms if self.rows else 0
        return Replayed(floor, 1, last_ms, frozenset(self.answers))

    def answer(self, digest: bytes) -> AnswerRow | None:
        """See `ports.Journal`."""
        if self.answer_failures:
            raise self.answer_failures.pop(0)
        return self.answers.get(digest)

    def leg(self, ticket_id: str) -> LegRow | None:
        """See `ports.Journal`."""
        found = [leg for (ticket, _), leg in self.legs.items() if ticket == ticket_id]
        return max(found, key=lambda row: row.leg.leg, default=None)

    def close(self) -> None:
        """See `ports.Journal`."""
        self.closed = True


class Heard:
    """A commit listener that remembers what it was told."""

    def __init__(self) -> None:
        self.commits: list[tuple[Floor, Floor, Batch]] = []

    def committed(self, before: Floor, after: Floor, batch: Batch) -> None:
        """See `ports.CommitListener`."""
        self.commits.append((before, after, batch))


def counter(
    form: Callable[[int], str] = lambda n: f"01950000-0000-7000-8000-{n:012x}",
) -> Callable[[], str]:
    """Ids that are the same in every run."""
    made = 0

    def next_id() -> str:
        nonlocal made
        made += 1
        return form(made)

    return next_id


def bare(floor: Floor) -> Floor:
    """A floor to compare: without the look-ups that are made from its settings."""
    return replace(floor, skills=None)


def labels(rows: Iterable[JournalRow]) -> list[str]:
    """The numbers that rows give, in order."""
    return [row.event.label for row in rows if type(row.event).__name__ == "TicketIssued"]
