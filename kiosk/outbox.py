"""The kiosk's own memory of requests under way and papers under way, in SQLite.

A request's key is committed here before the first POST, so whatever breaks afterwards (an answer
lost, the power cut), the same key asks again and the server gives the same ticket. A paper is
noted before its first byte leaves. Personal data never touches this file: of a request with a
document only the key is kept, and it cannot be taken up after a restart (the card can).

`offline` is what the kiosk needs to go on giving numbers while it is cut off.

One connection, used from the worker's thread only; WAL and synchronous=FULL, so a commit that
returned survives a power cut (design note "Nothing is lost").
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from uuid_utils import uuid4

from kiosk import offline_book
from queue_server.contract.ids import RequestKey
from queue_server.contract.messages import TicketAnswer, TicketRequest

SCHEMA_VERSION: Final = 3
KEPT_DAYS: Final = 7
"""Rows older than this are removed when the kiosk starts; the journal is the server's."""

_SCHEMA: Final = """
CREATE TABLE request (
  key        TEXT PRIMARY KEY,
  state      TEXT NOT NULL,
  body       TEXT,
  language   TEXT NOT NULL,
  ticket_id  TEXT,
  number     TEXT,
  problem    TEXT,
  asked_at   TEXT NOT NULL
) STRICT;
CREATE TABLE paper (
  ticket_id  TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  number     TEXT NOT NULL,
  key        TEXT,
  reprint    INTEGER NOT NULL,
  state      TEXT NOT NULL,
  fault      TEXT,
  begun_at   TEXT NOT NULL,
  PRIMARY KEY (ticket_id, begun_at, attempt)
) STRICT;
"""


class OutboxError(Exception):
    """The outbox cannot be opened or written; the text names the file and the reason."""


class RequestState(StrEnum):
    """How far a request got."""

    ASKED = "asked"
    ISSUED = "issued"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    DONE = "done"
    """The person has their number: nothing of it is owed any more."""


class PaperState(StrEnum):
    """How far a paper got."""

    PRINTING = "printing"
    PRINTED = "printed"
    UNKNOWN = "unknown"
    TORN = "torn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A request whose person had not been sent off when the kiosk stopped.

    Attributes:
        key: Its key.
        request: What to ask again; None where a document belonged to it, which is never kept.
        language: It was asked in.
        maybe_printed: Paper may have come out.
        asked_at: When.
        number: The number it got, where that is known; empty otherwise.
    """

    key: RequestKey
    request: TicketRequest | None
    language: str
    maybe_printed: bool
    asked_at: datetime
    number: str = ""


class Outbox:
    """See the module. Use it as a context manager, or call `close`."""

    def __init__(self, file: Path) -> None:
        """Open or create the file.

        Raises:
            OutboxError: It cannot be opened, is no outbox, or belongs to a newer version.
        """
        self._file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._prepare()
            self.offline = offline_book.OfflineBook(self._db, self._surroundings())
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(f"{file}: {error}") from error

    def _surroundings(self) -> offline_book.Surroundings:
        return offline_book.Surroundings(
            lambda: offline_book.file_identity(self._file),
            offline_book.FileWitness(self._file.with_suffix(".witness")),
            lambda: str(uuid4()),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._db.executescript(
                f"BEGIN IMMEDIATE;{_SCHEMA}{offline_book.SCHEMA}"
                f"PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
            )
        elif version == 1:  # made before kiosks gave numbers of their own
            self._db.executescript(
                f"BEGIN IMMEDIATE;{offline_book.SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
            )
        elif version == 2:  # noqa: PLR2004 - made before numbers knew of their visit
            self._db.executescript(
                f"BEGIN IMMEDIATE;{offline_book.FROM_VERSION_2}"
                f"PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
            )
        elif version != SCHEMA_VERSION:
            raise OutboxError(f"{self._file}: made by another version ({version})")

    def _write(self, sql: str, *values: object) -> None:
        try:
            self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise OutboxError(f"{self._file}: {error}") from error

    # --- requests ------------------------------------------------------------------------------

    def ask(self, key: RequestKey, request: TicketRequest, language: str, at: datetime) -> None:
        """Commit a request before it is sent; asking again under its key changes nothing.

        Raises:
            OutboxError: It could not be committed: then nothing may be sent.
        """
        identified = request.visitor is not None and request.visitor.principal is not None
        body = None if identified or _has_name(request) else request.model_dump_json()
        self._write(
            "INSERT INTO request (key, state, body, language, asked_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            key,
            RequestState.ASKED,
            body,
            language,
            at.isoformat(),
        )

    def issued(self, key: RequestKey, ticket: TicketAnswer) -> None:
        """The server gave a number."""
        self._write(
            "UPDATE request SET state = ?, ticket_id = ?, number = ? WHERE key = ?",
            RequestState.ISSUED,
            ticket.ticket_id,
            ticket.number,
            key,
        )

    def refused(self, key: RequestKey, problem: str) -> None:
        """The server said no."""
        self._write(
            "UPDATE request SET state = ?, problem = ?, body = NULL WHERE key = ?",
            RequestState.REFUSED,
            problem,
            key,
        )

    def abandoned(self, key: RequestKey) -> None:
        """Nobody waits for it: it is never sent again, and a number nobody saw is burnt."""
        try:
            self.offline.abandoned(key)
        except sqlite3.Error as error:
            raise OutboxError(f"{self._file}: {error}") from error
        self._write(
            "UPDATE request SET state = ?, body = NULL WHERE key = ?", RequestState.ABANDONED, key
        )

    def state(self, key: RequestKey) -> RequestState | None:
        """How far a request got, or None when it was never asked here."""
        row = self._db.execute("SELECT state FROM request WHERE key = ?", (key,)).fetchone()
        return RequestState(row[0]) if row else None

    # --- papers --------------------------------------------------------------------------------

    def printing(
        self,
        ticket: TicketAnswer,
        key: RequestKey | None,
        attempt: int,
        *,
        reprint: bool,
        at: datetime,
    ) -> None:
        """Commit that bytes are about to leave for the printer.

        Raises:
            OutboxError: It could not be committed: then nothing may be printed.
        """
        self._write(
            "INSERT INTO paper (ticket_id, attempt, number, key, reprint, state, begun_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            ticket.ticket_id,
            attempt,
            ticket.number,
            key,
            int(reprint),
            PaperState.PRINTING,
            at.isoformat(),
        )

    def printed(self, ticket_id: str, attempt: int, state: PaperState, fault: str = "") -> None:
        """What became of the paper; `fault` is a code of hardware.errors."""
        self._write(
            "UPDATE paper SET state = ?, fault = ? WHERE ticket_id = ? AND attempt = ? "
            "AND state = ?",
            state,
            fault or None,
            ticket_id,
            attempt,
            PaperState.PRINTING,
        )

    def finished(self, key: RequestKey) -> None:
        """The person has the number on paper or saw it on the screen; the request is history."""
        self._write(
            "UPDATE request SET body = NULL, state = ? WHERE key = ?", RequestState.DONE, key
        )

    # --- after a stop --------------------------------------------------------------------------

    def recover(self, now: datetime, fresh_s: float) -> Unfinished | None:
        """Take stock when the kiosk starts: nothing is printed or sent unattended.

        Papers under way become UNKNOWN (their tickets stay valid). The newest request whose person
        was not sent off is handed back while it is fresh, so that its fate can be told; every other
        open one is abandoned. One with a document is never asked again by itself.

        Args:
            now: The time.
            fresh_s: How old a request may be, in seconds, to be offered again.

        Raises:
            OutboxError: The file cannot be written.
        """
        began = (PaperState.PRINTING, PaperState.TORN, PaperState.PRINTED, PaperState.UNKNOWN)
        query = "SELECT key FROM paper WHERE state IN (?, ?, ?, ?) AND key IS NOT NULL"
        papers = {row[0] for row in self._db.execute(query, began)}
        self._write(
            "UPDATE paper SET state = ? WHERE state = ?", PaperState.UNKNOWN, PaperState.PRINTING
        )
        self.offline.take_stock(now)
        newest = self._newest_open(now, fresh_s, papers)
        kept = newest.key if newest and newest.request else ""
        self._write(
            "UPDATE request SET state = ?, body = NULL WHERE state = ? AND key <> ?",
            RequestState.ABANDONED,
            RequestState.ASKED,
            kept,
        )
        self._write("UPDATE request SET body = NULL WHERE key <> ?", kept)
        self._remove_old(now)
        return newest

    def _newest_open(self, now: datetime, fresh_s: float, papers: set[str]) -> Unfinished | None:
        row = self._db.execute(
            "SELECT key, body, language, asked_at, number FROM request "
            "WHERE state IN (?, ?) ORDER BY asked_at DESC LIMIT 1",
            (RequestState.ASKED, RequestState.ISSUED),
        ).fetchone()
        if row is None:
            return None
        key, body, language, asked_at, number = row
        asked = datetime.fromisoformat(asked_at)
        if not 0 <= (now - asked).total_seconds() <= fresh_s:
            return None
        own = self.offline.given(RequestKey(key))
        return Unfinished(
            RequestKey(key),
            TicketRequest.model_validate_json(body) if body else None,
            language,
            key in papers,
            asked,
            number or (own.number if own else ""),
        )

    def _remove_old(self, now: datetime) -> None:
        for table, column in (("request", "asked_at"), ("paper", "begun_at")):
            self._write(
                f"DELETE FROM {table} WHERE julianday(?) - julianday({column}) > ?",  # noqa: S608 - our own names
                now.isoformat(),
                KEPT_DAYS,
            )


def _has_name(request: TicketRequest) -> bool:
    return request.visitor is not None and request.visitor.name is not None
