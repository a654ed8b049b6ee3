"""The two databases a hall can be kept in, and how each is opened safely.

SQLite (DATA/hall.db) is the default. WAL with synchronous=FULL makes a commit durable when it
returns; only the writer connection writes and checkpoints, because SQLite 3.7.0 to 3.51.2 can
corrupt a file on which two connections do so at once (docs/adr/0003). PostgreSQL is reached through
psycopg 3 under the same discipline, so that both behave alike (docs/adr/0005).
"""

import os
import sqlite3
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy import event as hooks
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from queue_server.ports import StoreError
from queue_server.store.process_lock import ProcessLock

FILE = "hall.db"
LOCK_FILE = "lock"
BUSY_MS = 5000
"""How long to wait for a lock that another program took by hand (an operator's sqlite3 shell)."""
READERS = 4
"""Reading connections kept open; up to ten more are made when many read at once."""
READER_WAIT_S = 10
CONNECT_S = 5
WAL_KEPT_BYTES = 16 * 1024 * 1024
"""To what the WAL file is cut back after a checkpoint that follows a long read."""


class Backend(Protocol):
    """What differs between the two databases."""

    def writer(self) -> Engine:
        """An engine without a pool whose connections may write, in immediate transactions."""
        ...

    def reader(self) -> Engine:
        """A pooled engine whose connections cannot write."""
        ...

    def guard(self, connection: Connection) -> None:
        """Make sure that this is the only server of the hall, or raise StoreError."""
        ...

    def release(self) -> None:
        """Let another server start."""
        ...


class SqliteBackend:
    """A file in the hall's data directory."""

    def __init__(self, data_dir: Path, *, exclusive: bool = True) -> None:
        """Take the process lock unless this is for reading only (`exclusive` False).

        Raises:
            StoreError: another server holds it.
        """
        self.path = data_dir / FILE
        self._lock = ProcessLock(data_dir / LOCK_FILE) if exclusive else None

    def writer(self) -> Engine:
        """See Backend."""
        engine = create_engine("sqlite://", creator=self._open_writer, poolclass=NullPool)
        _begin_with(engine, "BEGIN IMMEDIATE")
        return engine

    def reader(self) -> Engine:
        """See Backend."""
        engine = create_engine(
            "sqlite://",
            creator=self._open_reader,
            poolclass=QueuePool,
            pool_size=READERS,
            pool_timeout=READER_WAIT_S,
        )
        _begin_with(engine, "BEGIN")
        return engine

    def guard(self, connection: Connection) -> None:
        """Nothing to do: the process lock was taken before the file was opened."""

    def release(self) -> None:
        """See Backend."""
        if self._lock is not None:
            self._lock.release()

    def _open_writer(self) -> sqlite3.Connection:
        raw = self._open("rwc")
        try:
            # A new file is private to the account the server runs under: it holds secrets' hashes.
            self.path.chmod(0o600)
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=ON",  # what is erased by law is overwritten, not only unlinked
                f"journal_size_limit={WAL_KEPT_BYTES}",
            ):
                raw.execute(f"PRAGMA {pragma}")
        except BaseException:
            raw.close()
            raise
        return raw

    def _open_reader(self) -> sqlite3.Connection:
        return self._open("ro")

    def _open(self, mode: str) -> sqlite3.Connection:
        # `as_uri` quotes ? and # in the path, which would otherwise end it.
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,  # the mutex and the pool keep threads apart
        )


def _begin_with(engine: Engine, statement: str) -> None:
    """Begin transactions by `statement`: the sqlite3 module's own habits are switched off."""

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    hooks.listen(engine, "begin", begin)


class PostgresBackend:
    """A PostgreSQL database that belongs to one hall."""

    def __init__(self, url: str) -> None:
        """Connects nowhere yet.

        Raises:
            StoreError: not a PostgreSQL URL.
        """
        self._url = postgres_url(url)

    def writer(self) -> Engine:
        """See Backend."""
        return create_engine(
            self._url,
            poolclass=NullPool,
            connect_args=self._arguments("-c synchronous_commit=on"),
        )

    def reader(self) -> Engine:
        """See Backend."""
        return create_engine(
            self._url,
            poolclass=QueuePool,
            pool_size=READERS,
            pool_timeout=READER_WAIT_S,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args=self._arguments("-c default_transaction_read_only=on"),
        )

    def _arguments(self, options: str) -> dict[str, Any]:
        return {
            "application_name": f"bianmin-server process {os.getpid()}",
            "connect_timeout": CONNECT_S,
            "options": f"-c lock_timeout={BUSY_MS} {options}",
            # Notice a dead link within about 15 s instead of the kernel's two hours.
            "keepalives_idle": 5,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 15_000,
        }

    def guard(self, connection: Connection) -> None:
        """Take the advisory lock; it lives and dies with the writer's connection."""
        taken = connection.scalar(
            text("SELECT pg_try_advisory_lock(:space, hashtext(current_schema()))"),
            {"space": _LOCK_SPACE},
        )
        holders = connection.scalars(text(_HOLDERS), {"space": _LOCK_SPACE}).all()
        connection.rollback()
        if not taken:
            named = ", ".join(holders) or "it cannot be seen which"
            raise StoreError(f"Another server already runs on this database ({named}).")

    def release(self) -> None:
        """Nothing to do: the lock goes with the connection."""


_LOCK_SPACE = 0x62_6D
"""First half of the advisory lock's key ("bm"), so that it meets no other program's. The second
half is the schema: one schema holds one hall."""
_HOLDERS = """
SELECT a.application_name || ' from ' || coalesce(host(a.client_addr), 'this machine')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :space
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND a.pid <> pg_backend_pid()
"""


def postgres_url(url: str) -> URL:
    """The URL with our driver in it.

    Raises:
        StoreError: it is not a PostgreSQL URL.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("The database URL cannot be read.") from error
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise StoreError(f"{parsed.drivername}:// is not a database this program knows.")
    return parsed.set(drivername="postgresql+psycopg")
