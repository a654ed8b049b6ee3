"""Brings the schema of a hall's database to the one this program writes.

A database of a newer program is refused rather than guessed at. Alembic is loaded only when there
is something to do: it would cost every start a third of a second.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from queue_server.ports import StoreError

HEAD = "0002"
"""The newest revision in migrations/versions; a test keeps it so."""
_VERSION_TABLE = "alembic_version"


def revision(connection: Connection) -> str | None:
    """The revision a database is at; None when it is empty.

    Raises:
        StoreError: it has tables, but not ours.
    """
    tables = set(inspect(connection).get_table_names())
    if _VERSION_TABLE not in tables:
        if "event" in tables:
            raise StoreError("The database holds tables of another program.")
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def check_known(found: str | None) -> None:
    """Refuse a schema from the future.

    Raises:
        StoreError: naming both revisions.
    """
    if found is not None and found > HEAD:
        raise StoreError(
            f"The database was written by a newer program (schema {found}; this program knows "
            f"up to {HEAD}). Install that program again, or restore a backup made before it.",
        )


def upgrade(connection: Connection) -> None:
    """Run the revisions that are missing, inside the caller's transaction.

    Raises:
        StoreError: the schema is newer than this program, or not ours.
    """
    found = revision(connection)
    check_known(found)
    if found == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - see the module
    from alembic.config import Config  # noqa: PLC0415 - see the module

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
