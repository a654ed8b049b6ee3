"""What a database driver raises, as a `StoreError` with one clear sentence."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from queue_server.ports import StoreError

DriverError = (sqlite3.Error, psycopg.Error)
"""What both drivers raise; SQLAlchemy wraps it, `cause` takes it out again."""

_SQLITE = {
    "SQLITE_BUSY": "the database is locked by another program",
    "SQLITE_LOCKED": "the database is locked by another program",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the database is read-only",
    "SQLITE_CONSTRAINT": "the database refused a row",
    "SQLITE_CORRUPT": "the database file is damaged",
    "SQLITE_NOTADB": "the file is not a database",
    "SQLITE_IOERR": "the disk reports an error",
    "SQLITE_CANTOPEN": "the database file cannot be opened",
}
_POSTGRES: tuple[tuple[type[psycopg.Error], str], ...] = (
    (psycopg.errors.IntegrityError, "the database refused a row"),
    (psycopg.errors.DataError, "the database refused a value"),
    (psycopg.errors.DiskFull, "the database's disk is full"),
    (psycopg.errors.ReadOnlySqlTransaction, "the database is read-only"),
    (psycopg.errors.LockNotAvailable, "the database is locked by another program"),
    (psycopg.OperationalError, "the database cannot be reached"),
    (psycopg.InterfaceError, "the database cannot be reached"),
)
_UNKNOWN = "the database failed"


def cause(error: BaseException) -> BaseException:
    """The driver's own exception inside SQLAlchemy's."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def sentence(error: BaseException) -> str:
    """Why the database refused, without a full stop: in our words, then in the driver's."""
    error = cause(error)
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        primary = "_".join(name.split("_")[:2])
        return f"{_SQLITE.get(primary, _UNKNOWN)} ({name}: {error})"
    said = next((said for kind, said in _POSTGRES if isinstance(error, kind)), _UNKNOWN)
    return f"{said} ({_first_line(error)})"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def nothing_written(error: BaseException) -> StoreError:
    """For a failure after which the transaction was certainly rolled back."""
    return StoreError(f"Nothing was saved: {sentence(error)}.")


def outcome_unknown(error: BaseException) -> StoreError:
    """For a failure after which nobody can say whether the transaction stands."""
    return StoreError(f"It is not known whether it was saved: {sentence(error)}.", unknown=True)


def unreadable(error: BaseException) -> StoreError:
    """For a failure while reading or opening."""
    return StoreError(f"The database cannot be read: {sentence(error)}.")
