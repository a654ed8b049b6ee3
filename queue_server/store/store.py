"""Opens the store of a hall and hands out its parts."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select

from queue_server.contract.ids import HALL_PATTERN
from queue_server.ports import StoreError
from queue_server.store import migrate
from queue_server.store.backends import FILE, Backend, PostgresBackend, SqliteBackend
from queue_server.store.directory import Directory
from queue_server.store.engine import Database
from queue_server.store.journal import SqlJournal
from queue_server.store.reports import Reports
from queue_server.store.schema import hall, lineage
from queue_server.store.visitors import Visitors

FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Store:
    """Everything a hall keeps; `close` ends all of it."""

    hall_id: str
    journal: SqlJournal
    directory: Directory
    reports: Reports
    visitors: Visitors
    database: Database

    def close(self) -> None:
        """Let go of the database and its lock."""
        self.database.close()


def open_store(
    data_dir: Path,
    url: str | None = None,
    hall_id: str | None = None,
    *,
    create: bool,
    demo: bool = False,
) -> Store:
    """Open a hall's store for the one server that may write to it.

    Args:
        data_dir: the hall's directory; with SQLite it holds the database.
        url: a `postgresql://` URL, or None for SQLite.
        hall_id: the hall that is expected; needed when it is created, fixed from then on.
        create: make the directory, the database and the hall if they do not exist.
        demo: with `create`, mark a new hall as a demonstration.

    Raises:
        StoreError: another server runs on it, it belongs to another hall, it was written by a newer
            program, it does not exist (without `create`), or it cannot be opened.
    """
    if hall_id is not None and not re.fullmatch(HALL_PATTERN, hall_id):
        raise StoreError(f"{hall_id!r} is no hall id: at most 32 of a to z, 0 to 9 and -.")
    database = Database(_backend(data_dir, url, create=create))
    try:
        found = _prepare(database, hall_id, create=create, demo=demo)
    except BaseException:
        database.close()
        raise
    return Store(
        hall_id=found,
        journal=SqlJournal(database, found),
        directory=Directory(database),
        reports=Reports(database.readers, found),
        visitors=Visitors(database),
        database=database,
    )


def _backend(data_dir: Path, url: str | None, *, create: bool) -> Backend:
    if url is not None:
        return PostgresBackend(url)
    if create:
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{data_dir} cannot be made: {error.strerror}.") from error
    elif not (data_dir / FILE).is_file():
        raise StoreError(f"There is no hall in {data_dir}.")
    return SqliteBackend(data_dir)


def _prepare(database: Database, hall_id: str | None, *, create: bool, demo: bool) -> str:
    with database.writing() as connection:
        if not create and migrate.revision(connection) is None:
            raise StoreError("The database is empty: there is no hall in it.")
        migrate.upgrade(connection)
        return _hall(connection, hall_id, create=create, demo=demo)


def _hall(connection: Connection, hall_id: str | None, *, create: bool, demo: bool) -> str:
    found = list(connection.scalars(select(hall.c.hall_id)))
    if len(found) > 1:
        raise StoreError(f"The database holds several halls: {', '.join(found)}.")
    if found:
        if hall_id not in (None, found[0]):
            raise StoreError(
                f"The database belongs to the hall {found[0]}, not to {hall_id}: a hall's id is "
                f"fixed when it starts for the first time.",
            )
        return str(found[0])
    if not create or hall_id is None:
        raise StoreError("The database holds no hall yet: its id is needed once.")
    now_ms = time.time_ns() // 1_000_000
    connection.execute(
        insert(hall).values(hall_id=hall_id, epoch=FIRST_EPOCH, created_ms=now_ms, demo=int(demo)),
    )
    connection.execute(
        insert(lineage).values(
            hall=hall_id,
            epoch=FIRST_EPOCH,
            parent_epoch=0,
            parent_seq=0,
            begun_ms=now_ms,
            why="first start",
        ),
    )
    return hall_id
