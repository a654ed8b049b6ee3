"""The journal of a hall in SQL: one transaction a batch, replayed from the last `DayOpened`."""

import sqlite3
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from queue_server.core.events import DayOpened
from queue_server.core.evolve import evolve
from queue_server.core.model import Floor
from queue_server.ports import AnswerRow, Batch, LegRow, Replayed, StoreError
from queue_server.store import failure, reading
from queue_server.store.append import statements
from queue_server.store.engine import Database, is_lost
from queue_server.store.schema import (
    VISITOR_DAYS,
    answer,
    event,
    hall,
    lineage,
    remark,
    ticket_leg,
    visitor,
)


class SqlJournal:
    """Implements `ports.Journal`."""

    def __init__(self, database: Database, hall_id: str) -> None:
        self._database = database
        self._hall = hall_id
        self._epoch = 0
        self._seq: int | None = None

    def append(self, batch: Batch) -> None:
        """Write a batch in one fsynced transaction; see `ports.Journal`.

        A batch whose seq does not follow the last one is refused: somebody's memory is not the
        journal's state any more.
        """
        if self._seq is None:
            raise StoreError("Nothing was saved: the journal was not replayed yet.")
        seqs = [row.seq for row in batch.rows]
        if seqs != list(range(self._seq + 1, self._seq + 1 + len(seqs))):
            raise StoreError(f"Nothing was saved: {seqs[:1]} does not follow {self._seq}.")
        with self._database.raw_writer() as raw:
            self._write(raw, batch)
            self._commit(raw)
        self._seq += len(seqs)

    def _write(self, raw: Any, batch: Batch) -> None:  # noqa: ANN401 - one of two drivers' connections
        dialect = self._database.readers.dialect
        try:
            if isinstance(raw, sqlite3.Connection):
                raw.execute("BEGIN IMMEDIATE")
                for sql, values in statements(batch, self._hall, self._epoch, dialect):
                    raw.execute(sql, values)
                for sql, values in self._expiry(batch):
                    raw.execute(sql, values)
            else:
                # One round trip for all of it; the first failure makes the server skip the rest.
                with raw.pipeline():
                    for sql, values in statements(batch, self._hall, self._epoch, dialect):
                        raw.execute(sql, values, prepare=True)
                    for sql, values in self._expiry(batch):
                        raw.execute(sql, values)
        except failure.DriverError as error:
            self._undo(raw, error)
            if is_lost(error):
                # Nothing stands, but the hall's lock is gone as well: read everything back.
                raise failure.outcome_unknown(error) from error
            raise failure.nothing_written(error) from error

    def _commit(self, raw: Any) -> None:  # noqa: ANN401 - one of two drivers' connections
        try:
            if isinstance(raw, sqlite3.Connection):
                raw.execute("COMMIT")
            else:
                raw.commit()
        except failure.DriverError as error:
            # A full disk stops SQLite before the frame that makes a transaction count; after any
            # other failure (an fsync that did not work) the pages may still reach the disk.
            known = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            self._undo(raw, error)
            if known:
                raise failure.nothing_written(error) from error
            self._database.drop()
            raise failure.outcome_unknown(error) from error

    def _undo(self, raw: Any, error: BaseException) -> None:  # noqa: ANN401 - as above
        """Roll back; a connection that cannot even do that is dropped."""
        try:
            if isinstance(raw, sqlite3.Connection):
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
            else:
                raw.rollback()
        except failure.DriverError:
            self._database.drop()
        else:
            if is_lost(error):
                self._database.drop()

    def _expiry(self, batch: Batch) -> list[tuple[str, list[Any]]]:
        """What a new day removes: answers before the last day, visitors past their time."""
        opened = [row.event for row in batch.rows if isinstance(row.event, DayOpened)]
        if not opened:
            return []
        day = opened[-1].business_date
        mark = "?" if self._database.readers.dialect == "sqlite" else "%s"
        answers = (
            f"DELETE FROM {answer.name} WHERE business_date < (SELECT max(business_date) "  # noqa: S608 - names of ours
            f"FROM {event.name} WHERE hall = {mark} AND kind = 'DayOpened' "
            f"AND business_date < {mark})"
        )
        oldest = (day - timedelta(days=VISITOR_DAYS)).isoformat()
        people = [
            (f"DELETE FROM {table.name} WHERE business_date < {mark}", [oldest])  # noqa: S608 - names of ours
            for table in (visitor, remark)
        ]
        return [(answers, [self._hall, day.isoformat()]), *people]

    def replay(self) -> Replayed:
        """Read the state back from the last day that was opened; see `ports.Journal`.

        Raises:
            StoreError: unreachable, or a row is missing or cannot be understood (it is named).
        """
        self._seq = None
        self._database.reopen()
        with self._database.readers.reading() as connection:
            epoch = self._current_epoch(connection)
            floor, last_at_ms = self._floor(connection, epoch)
            digests = frozenset(connection.scalars(select(answer.c.digest)).all())
        self._epoch, self._seq = epoch, floor.seq
        return Replayed(floor, epoch, last_at_ms, digests)

    def _current_epoch(self, connection: Connection) -> int:
        epoch: int | None = connection.scalar(
            select(hall.c.epoch).where(hall.c.hall_id == self._hall)
        )
        if epoch is None:
            raise StoreError(f"The database has no hall {self._hall}.")
        return epoch

    def _floor(self, connection: Connection, epoch: int) -> tuple[Floor, int]:
        stretches = reading.since_last_day(connection, self._hall, epoch)
        floor = Floor(seq=stretches[0].first - 1)
        at_ms = 0
        for at_ms, fact in reading.events(connection, self._hall, stretches):
            floor = evolve(floor, fact, at_ms)
        return floor, at_ms

    def begin_epoch(self, at_ms: int, why: str) -> int:
        """Start a new lineage after a restore: its rows follow the last one that was restored.

        Displays take only a higher (epoch, rev), so what they show of the lost rows gives way.
        `replay` is to be called next.

        Args:
            at_ms: now, UTC milliseconds.
            why: a few words for the record, e.g. "restored from 2026-03-01T03:00Z".

        Returns:
            The new epoch.
        """
        self._seq = None
        with self._database.writing() as connection:
            parent = self._current_epoch(connection)
            _, branch = reading.branches(connection, self._hall)[parent]
            last = connection.scalar(
                select(func.max(event.c.seq)).where(
                    event.c.hall == self._hall, event.c.epoch == parent
                ),
            )
            connection.execute(
                insert(lineage).values(
                    hall=self._hall,
                    epoch=parent + 1,
                    parent_epoch=parent,
                    parent_seq=branch if last is None else last,
                    begun_ms=at_ms,
                    why=why,
                ),
            )
            connection.execute(
                update(hall).where(hall.c.hall_id == self._hall).values(epoch=parent + 1),
            )
        return parent + 1

    def answer(self, digest: bytes) -> AnswerRow | None:
        """What was answered to a key; from any thread."""
        with self._database.readers.reading() as connection:
            row = connection.execute(select(answer).where(answer.c.digest == digest)).first()
        if row is None:
            return None
        found, body_hash, status, body, day = row
        return AnswerRow(
            bytes(found), bytes(body_hash), status, bytes(body), date.fromisoformat(day)
        )

    def leg(self, ticket_id: str) -> LegRow | None:
        """The last leg of a ticket, also of one that left the floor; from any thread."""
        query = (
            select(ticket_leg)
            .where(ticket_leg.c.ticket_id == ticket_id)
            .order_by(ticket_leg.c.leg.desc())
            .limit(1)
        )
        with self._database.readers.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else reading.leg_row(row)

    def close(self) -> None:
        """Let go of the database."""
        self._seq = None
        self._database.close()
