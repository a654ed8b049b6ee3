"""What a kiosk remembers so that it can go on giving numbers while it is cut off, in SQLite.

The grant it holds, every number it gave under it, and which of them the server has. A number is
committed here, and the witness written, before a byte goes to the printer: what was never
committed was never printed.

The fence: a memory that was put back from a copy would give numbers a second time. So the memory
carries the identity of its own file, and beside it lies a witness that counts the numbers given.
Another file, or fewer numbers than the witness has seen, and the grant is dropped: nothing is given
until the server has been reached and has given other counters. (A whole disk put back from an
image, witness included, cannot be told from the outside: docs/kiosk-offline.md.)
"""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from queue_server.contract.ids import RequestKey
from queue_server.contract.messages import TicketRequest
from queue_server.contract.messages_offline import UPLOAD_MAX, GrantAnswer, OfflineTicket

SCHEMA: Final = """
CREATE TABLE memory (
  only       INTEGER PRIMARY KEY CHECK (only = 1),
  storage_id TEXT NOT NULL,
  file_id    TEXT NOT NULL,
  given      INTEGER NOT NULL,
  held_grant TEXT
) STRICT;
CREATE TABLE offline (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  key        TEXT NOT NULL UNIQUE,
  grant_id   TEXT NOT NULL,
  number     TEXT NOT NULL,
  prefix     TEXT NOT NULL,
  counter    INTEGER NOT NULL,
  service_id TEXT NOT NULL,
  group_id   TEXT NOT NULL,
  class_id   TEXT,
  language   TEXT,
  issued_at  TEXT NOT NULL,
  shown      INTEGER NOT NULL DEFAULT 0,
  abandoned  INTEGER NOT NULL DEFAULT 0,
  outcome    TEXT,
  visit_of   TEXT,
  UNIQUE (grant_id, prefix, counter)
) STRICT;
"""
FROM_VERSION_2: Final = "ALTER TABLE offline ADD COLUMN visit_of TEXT;"
"""For a memory made before numbers of one visit knew of each other."""
KEPT_DAYS: Final = 30
_GIVEN: Final = "(shown = 1 OR EXISTS (SELECT 1 FROM paper WHERE paper.key = offline.key))"


class NoGrantError(Exception):
    """This kiosk has no leave to give a number now; the text says why, for the log."""


class Witness(Protocol):
    """Counts the numbers given, outside the database."""

    def read(self) -> tuple[str, int] | None:
        """Storage id and count; None when there is none that can be read."""
        ...

    def write(self, storage_id: str, given: int) -> None:
        """Remember durably.

        Raises:
            OSError: It cannot be written.
        """
        ...


class FileWitness:
    """A small file beside the database."""

    def __init__(self, file: Path) -> None:
        """Nothing is read or written yet."""
        self._file = file

    def read(self) -> tuple[str, int] | None:
        """See the protocol."""
        try:
            storage_id, given = self._file.read_text("ascii").split()
            return storage_id, int(given)
        except (OSError, ValueError):
            return None

    def write(self, storage_id: str, given: int) -> None:
        """Written beside, fsynced, and moved over: whole or not at all."""
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="ascii") as out:
            out.write(f"{storage_id} {given}\n")
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, slots=True)
class OfflineNumber:
    """A number this kiosk gave."""

    key: RequestKey
    grant_id: str
    number: str
    service_id: str
    group_id: str
    class_id: str | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the book needs of the machine.

    Attributes:
        file_id: Identity of the database's file now.
        witness: Outside it.
        new_id: Makes random ids.
    """

    file_id: Callable[[], str]
    witness: Witness
    new_id: Callable[[], str]


def file_identity(file: Path) -> str:
    """Device and inode: another file after it was copied back."""
    found = file.stat()
    return f"{found.st_dev}:{found.st_ino}"


class OfflineBook:
    """See the module. Shares the outbox's connection; used from one thread."""

    def __init__(self, db: sqlite3.Connection, around: Surroundings) -> None:
        """Check that this memory is the one that was left; drop the grant otherwise.

        Raises:
            sqlite3.Error: The file cannot be read or written.
            OSError: The witness cannot be written.
        """
        self._db = db
        self._around = around
        row = db.execute("SELECT storage_id, file_id, given FROM memory").fetchone()
        self.was_put_back = row is not None and not self._is_ours(*row)
        if row is None or self.was_put_back:
            self._begin()

    def _is_ours(self, storage_id: str, file_id: str, given: int) -> bool:
        seen = self._around.witness.read()
        return (
            file_id == self._around.file_id()
            and seen is not None
            and seen[0] == storage_id
            and seen[1] <= given
        )

    def _begin(self) -> None:
        """A memory of its own: no grant, and an id that the server has not seen."""
        storage_id = self._around.new_id()
        self._around.witness.write(storage_id, 0)
        self._db.execute(
            "INSERT INTO memory (only, storage_id, file_id, given, held_grant) "
            "VALUES (1, ?, ?, 0, NULL) ON CONFLICT (only) DO UPDATE SET "
            "storage_id = excluded.storage_id, file_id = excluded.file_id, given = 0, "
            "held_grant = NULL",
            (storage_id, self._around.file_id()),
        )

    @property
    def storage_id(self) -> str:
        """The id of this memory."""
        return str(self._db.execute("SELECT storage_id FROM memory").fetchone()[0])

    @property
    def grant(self) -> GrantAnswer | None:
        """The leave this kiosk holds."""
        (text,) = self._db.execute("SELECT held_grant FROM memory").fetchone()
        return GrantAnswer.model_validate_json(text) if text else None

    def keep(self, grant: GrantAnswer) -> None:
        """Hold another grant (or the same with newer opening hours)."""
        self._db.execute("UPDATE memory SET held_grant = ?", (grant.model_dump_json(),))

    def used(self) -> int:
        """The highest counter used of the grant held, 0 for none."""
        grant = self.grant
        if grant is None:
            return 0
        query = "SELECT max(counter) FROM offline WHERE grant_id = ?"
        (counter,) = self._db.execute(query, (grant.grant_id,)).fetchone()
        return int(counter or 0)

    def may_give(self, now: datetime) -> bool:
        """Whether there is leave, and the hall is open by what the server told last.

        A clock that stands before the grant is certainly wrong (a mini PC without a battery wakes
        up in 1970): then nobody can tell the hour, and people are not sent away for it.
        """
        grant = self.grant
        if grant is None:
            return False
        return now < grant.given_at or any(t.opens <= now < t.closes for t in grant.open_times)

    def full(self) -> frozenset[str]:
        """Items of which this kiosk may give no number more while it is cut off."""
        grant = self.grant
        if grant is None or not grant.places:
            return frozenset()
        # What the server has is not counted: the grant's places are beside those numbers.
        query = (
            "SELECT service_id, count(*) FROM offline "
            "WHERE outcome IS NULL AND abandoned = 0 GROUP BY service_id"
        )
        used = dict(self._db.execute(query).fetchall())
        return frozenset(item for item, left in grant.places.items() if used.get(item, 0) >= left)

    def given(self, key: RequestKey) -> OfflineNumber | None:
        """The number a request got here, unless nobody ever saw it."""
        row = self._db.execute(
            "SELECT key, grant_id, number, service_id, group_id, class_id, issued_at "
            "FROM offline WHERE key = ? AND abandoned = 0",
            (key,),
        ).fetchone()
        return None if row is None else _number(row)

    def give(
        self, key: RequestKey, request: TicketRequest, group_id: str, now: datetime
    ) -> OfflineNumber:
        """Commit the next number of a series for a request; the same one for the same request.

        Args:
            key: The request's.
            request: What was asked.
            group_id: The item's group.
            now: Corrected time.

        Raises:
            NoGrantError: No leave, closed, the item's quota is full, or all numbers used.
            sqlite3.Error: It could not be committed: nothing may be printed.
            OSError: The witness could not be written: likewise.
        """
        earlier = self.given(key)
        if earlier is not None:
            return earlier
        grant = self.grant
        if grant is None:
            raise NoGrantError("no grant")
        if not self.may_give(now):
            raise NoGrantError("closed")
        if request.service_id in self.full():
            raise NoGrantError("quota full")
        prefix = grant.prefixes.get(group_id)
        if prefix is None:
            raise NoGrantError(f"no series {group_id}")
        storage_id, count = self._insert(key, request, group_id, grant, prefix, now)
        self._around.witness.write(storage_id, count)
        made = self.given(key)
        if made is None:  # abandoned before under the same key: its number is burnt
            raise NoGrantError("abandoned")
        return made

    def _insert(
        self,
        key: RequestKey,
        request: TicketRequest,
        group_id: str,
        grant: GrantAnswer,
        prefix: str,
        now: datetime,
    ) -> tuple[str, int]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            (highest,) = self._db.execute(
                "SELECT max(counter) FROM offline WHERE grant_id = ? AND prefix = ?",
                (grant.grant_id, prefix),
            ).fetchone()
            counter = grant.first if highest is None else highest + 1
            if counter > grant.last:
                raise NoGrantError("all numbers used")  # noqa: TRY301 - rolls back below
            number = f"{prefix}{grant.kiosk_no}-{counter:02d}"
            self._db.execute(
                "INSERT INTO offline (key, grant_id, number, prefix, counter, service_id, group_id,"
                " class_id, language, issued_at, visit_of) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (
                    *(key, grant.grant_id, number, prefix, counter, request.service_id, group_id),
                    *(request.priority_class, request.language, now.isoformat()),
                    request.visit_of,
                ),
            )
            self._db.execute("UPDATE memory SET given = given + 1")
            storage_id, count = self._db.execute("SELECT storage_id, given FROM memory").fetchone()
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        return storage_id, count

    def shown(self, key: RequestKey) -> None:
        """The number is about to be shown on the screen, to be written down."""
        self._db.execute("UPDATE offline SET shown = 1 WHERE key = ?", (key,))

    def abandoned(self, key: RequestKey) -> None:
        """Nobody saw the number: it is burnt."""
        self._db.execute(
            f"UPDATE offline SET abandoned = 1 WHERE key = ? AND NOT {_GIVEN}",  # noqa: S608 - ours
            (key,),
        )

    def take_stock(self, now: datetime) -> None:
        """When the kiosk starts: numbers that reached neither paper nor screen are burnt."""
        self._db.execute(
            f"UPDATE offline SET abandoned = 1 WHERE outcome IS NULL AND NOT {_GIVEN}"  # noqa: S608 - ours
        )
        self._db.execute(
            "DELETE FROM offline WHERE outcome IS NOT NULL "
            "AND julianday(?) - julianday(issued_at) > ?",
            (now.isoformat(), KEPT_DAYS),
        )

    def to_upload(self) -> list[OfflineTicket]:
        """Numbers the server does not have yet, in order, as far as their fate is known."""
        rows = self._db.execute(
            "SELECT key, grant_id, number, service_id, class_id, language, issued_at, visit_of, "
            "shown, (SELECT group_concat(state) FROM paper WHERE paper.key = offline.key) "
            "FROM offline WHERE outcome IS NULL AND abandoned = 0 ORDER BY seq LIMIT ?",
            (UPLOAD_MAX,),
        ).fetchall()
        ready: list[OfflineTicket] = []
        for *_, shown, states in rows:
            papers = (states or "").split(",") if states else []
            if "printing" in papers or not (shown or papers):
                break  # the person is still at it: what comes after must not overtake
            key, grant_id, number, service_id, class_id, language, issued_at, visit_of = _[:8]
            ready.append(
                OfflineTicket(
                    request_key=key,
                    grant_id=grant_id,
                    number=number,
                    service_id=service_id,
                    issued_at=datetime.fromisoformat(issued_at),
                    printed=bool(shown) or "printed" in papers,
                    priority_class=class_id,
                    language=language,
                    visit_of=visit_of,
                )
            )
        return ready

    def uploaded(self, key: str, outcome: str) -> None:
        """The server has it, or will never take it."""
        self._db.execute("UPDATE offline SET outcome = ? WHERE key = ?", (outcome, key))

    def waiting_count(self) -> int:
        """How many numbers the server does not have yet."""
        query = "SELECT count(*) FROM offline WHERE outcome IS NULL AND abandoned = 0"
        return int(self._db.execute(query).fetchone()[0])


def _number(row: tuple[str, ...]) -> OfflineNumber:
    key, grant_id, number, service_id, group_id, class_id, issued_at = row
    return OfflineNumber(
        RequestKey(key),
        grant_id,
        number,
        service_id,
        group_id,
        class_id,
        datetime.fromisoformat(issued_at),
    )
