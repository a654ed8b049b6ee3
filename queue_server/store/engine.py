"""The open database of a hall: one writer connection under a mutex, and readers that cannot write.

The journal's thread takes the mutex for its batches, any thread for the directory's short
transactions, so that SQLite never sees two writing connections of ours (docs/adr/0003).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from queue_server.ports import StoreError
from queue_server.store import failure
from queue_server.store.backends import Backend
from queue_server.store.failure import cause


class Readers:
    """Pooled read-only connections; from any thread."""

    def __init__(self, backend: Backend) -> None:
        self._engine = backend.reader()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot: all that is read inside belongs to the same moment.

        Raises:
            StoreError: the database cannot be read.
        """
        try:
            with self._engine.connect() as connection, connection.begin():
                yield connection
        except PoolTimeoutError as error:
            raise StoreError("The database cannot be read: too many read at once.") from error
        except (DBAPIError, *failure.DriverError) as error:
            raise failure.unreadable(error) from error

    def close(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        self._engine.dispose()


class Database:
    """The writer and the readers."""

    def __init__(self, backend: Backend) -> None:
        """Connect the writer.

        Raises:
            StoreError: unreachable, damaged, or another server is at work.
        """
        self.readers = Readers(backend)
        self._backend = backend
        self._mutex = threading.Lock()
        self._engine = backend.writer()
        self._writer: Connection | None = None
        self._closed = False
        try:
            with self._mutex:
                self._connected()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def raw_writer(self) -> Iterator[Any]:
        """The driver's own writer connection, for hand-written SQL, under the mutex.

        The caller begins, commits and rolls back, and calls `drop` inside when it cannot tell what
        became of a transaction.

        Raises:
            StoreError: there is no connection to be had.
        """
        with self._mutex:
            yield self._connected().connection.driver_connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction under the mutex: committed at the end, rolled back on an exception.

        Raises:
            StoreError: nothing was written, or (`unknown`) nobody can say.
        """
        with self._mutex:
            connection = self._connected()
            try:
                transaction = connection.begin()
                try:
                    yield connection
                except BaseException:
                    transaction.rollback()
                    raise
            except DBAPIError as error:
                if is_lost(error):
                    self.drop()
                    raise failure.outcome_unknown(error) from error
                raise failure.nothing_written(error) from error
            try:
                transaction.commit()
            except DBAPIError as error:
                self.drop()
                raise failure.outcome_unknown(error) from error

    def reopen(self) -> None:
        """Make sure of a working writer connection; a new one if the old one is gone.

        Raises:
            StoreError: it cannot be had now.
        """
        with self._mutex:
            connection = self._connected()
            try:
                with connection.begin():
                    connection.exec_driver_sql("SELECT 1")
            except DBAPIError:
                self.drop()
                self._connected()

    def drop(self) -> None:
        """Let the writer connection go, whatever its state; the next use makes a new one.

        Only under the mutex.
        """
        writer, self._writer = self._writer, None
        self.readers.close()
        if writer is not None:
            # A broken connection may complain while it is closed; it is gone either way.
            with suppress(DBAPIError, *failure.DriverError):
                writer.invalidate()
            with suppress(DBAPIError, *failure.DriverError):
                writer.close()

    def _connected(self) -> Connection:
        """The writer; under PostgreSQL only while this process holds the hall's lock.

        If another server wrote while we were away, the journal's primary key refuses our next
        batch, and the replay that follows brings memory up to date.
        """
        if self._writer is not None:
            return self._writer
        if self._closed:
            raise StoreError("The database was closed.")
        try:
            connection = self._engine.connect()
            try:
                self._backend.guard(connection)
            except BaseException:
                connection.close()
                raise
        except (DBAPIError, *failure.DriverError) as error:
            raise failure.unreadable(error) from error
        self._writer = connection
        return connection

    def close(self) -> None:
        """Let go of everything, the lock last."""
        with self._mutex:
            self._closed = True
            self.drop()
            self._engine.dispose()
            self._backend.release()


def is_lost(error: BaseException) -> bool:
    """Whether the database server went away, and the hall's lock with it."""
    driver = cause(error)
    if isinstance(driver, psycopg.InterfaceError):
        return True
    return isinstance(driver, psycopg.OperationalError) and driver.sqlstate in _LOST


_LOST = (None, "57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006")
"""No code: the link broke. 57P0x: the server shuts down, crashed, or is not up yet. 08xxx: the
connection (PostgreSQL manual, appendix A)."""
