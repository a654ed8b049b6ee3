"""`bianmin-server verify`: what a journal can show of the facts that must hold (docs/verify.md).

Read-only and on one snapshot, so that it may run beside a working server. Each check gives one
sentence; where something is wrong it names the first row, ticket or number it is wrong with.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from queue_server.ports import StoreError
from queue_server.store import migrate, reading
from queue_server.store.backends import FILE, PostgresBackend, SqliteBackend
from queue_server.store.engine import Readers
from queue_server.store.records import Role
from queue_server.store.schema import account, answer, event, hall, lineage, visitor
from queue_server.store.verify_journal import WALKED, take_walk
from queue_server.store.verify_walk import Walk


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer."""

    name: str
    ok: bool
    sentence: str


def verify(data_dir: Path, url: str | None = None, hall_id: str | None = None) -> Iterator[Check]:
    """Check a hall's database, in use or not.

    Args:
        data_dir: the hall's directory.
        url: its `postgresql://` URL, or None for the SQLite file in `data_dir`.
        hall_id: the hall that is expected; whichever is there when None.

    Raises:
        StoreError: there is no database to check, or it cannot be reached.
    """
    if url is None and not (data_dir / FILE).is_file():
        raise StoreError(f"There is no hall in {data_dir}.")
    backend = SqliteBackend(data_dir, exclusive=False) if url is None else PostgresBackend(url)
    readers = Readers(backend)
    try:
        with readers.reading() as connection:
            yield from _checks(connection, hall_id)
    except StoreError as error:
        yield Check("database", ok=False, sentence=str(error))
    finally:
        readers.close()


def _checks(connection: Connection, hall_id: str | None) -> Iterator[Check]:
    database = _database(connection)
    yield database
    if not database.ok:
        return
    schema = _schema(connection)
    yield schema
    if not schema.ok:
        return
    belongs, found, epoch = _hall(connection, hall_id)
    yield belongs
    if not belongs.ok:
        return
    walk = Walk(1)
    rows = take_walk(connection, found, epoch, walk)
    for name, sentence in WALKED.items():
        breach = walk.breaches.get(name)
        yield Check(name, breach is None, breach or f"{rows} rows: {sentence}.")
    yield _answers(connection, walk.seen)
    yield _visitors(connection, walk.seen)
    yield _directory(connection)


def _database(connection: Connection) -> Check:
    if connection.dialect.name != "sqlite":
        version = connection.scalar(select(func.version()))
        return Check("database", ok=True, sentence=f"It answers: {str(version).split(' on ')[0]}.")
    for pragma in ("quick_check(1)", "foreign_key_check"):
        found = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
        if found not in ([], [("ok",)]):
            return Check("database", ok=False, sentence=f"The file is damaged: {found[0]}.")
    return Check("database", ok=True, sentence="The file is sound.")


def _schema(connection: Connection) -> Check:
    try:
        found = migrate.revision(connection)
        migrate.check_known(found)
    except StoreError as error:
        return Check("schema", ok=False, sentence=str(error))
    if found != migrate.HEAD:
        sentence = (
            f"The schema is {found or 'missing'}; the next start brings it to {migrate.HEAD}."
        )
        return Check("schema", ok=False, sentence=sentence)
    return Check("schema", ok=True, sentence=f"The schema is {found}.")


def _hall(connection: Connection, hall_id: str | None) -> tuple[Check, str, int]:
    rows = list(connection.execute(select(hall.c.hall_id, hall.c.epoch)))
    if len(rows) != 1:
        names = ", ".join(row.hall_id for row in rows) or "none"
        return Check("hall", ok=False, sentence=f"There must be one hall, there is {names}."), "", 0
    found, epoch = rows[0].hall_id, rows[0].epoch
    if hall_id not in (None, found):
        return Check("hall", ok=False, sentence=f"It is the hall {found}, not {hall_id}."), "", 0
    strangers = connection.scalar(select(event.c.hall).where(event.c.hall != found).limit(1))
    if strangers is not None:
        return Check("hall", ok=False, sentence=f"There are rows of {strangers}."), found, epoch
    newest = connection.scalar(select(func.max(lineage.c.epoch)).where(lineage.c.hall == found))
    written = connection.scalar(select(func.max(event.c.epoch)).where(event.c.hall == found))
    if newest != epoch or (written or 0) > epoch:
        sentence = f"The epoch is {epoch}, the lineage ends at {newest}, rows have {written}."
        return Check("hall", ok=False, sentence=sentence), found, epoch
    return Check("hall", ok=True, sentence=f"Hall {found}, epoch {epoch}."), found, epoch


def _answers(connection: Connection, seen: set[str]) -> Check:
    count = 0
    for row in reading.stream(connection, select(answer.c.digest, answer.c.body)):
        count += 1
        name = bytes(row.digest).hex()
        try:
            body = json.loads(bytes(row.body))
        except ValueError:
            return Check("answers", ok=False, sentence=f"The answer {name} cannot be read.")
        ticket_id = _ticket_in(body)
        if ticket_id is not None and ticket_id not in seen:
            sentence = f"The answer {name} names the ticket {ticket_id}, which was never issued."
            return Check("answers", ok=False, sentence=sentence)
    return Check("answers", ok=True, sentence=f"{count} answers name tickets that exist.")


def _ticket_in(body: Any) -> Any:  # noqa: ANN401 - any JSON
    """The ticket an answer is about, at its top or under `ticket`."""
    if not isinstance(body, dict):
        return None
    inner = body.get("ticket")
    return body.get("ticket_id") or (inner.get("ticket_id") if isinstance(inner, dict) else None)


def _visitors(connection: Connection, seen: set[str]) -> Check:
    count = 0
    for ticket_id in connection.scalars(select(visitor.c.ticket_id)):
        count += 1
        if ticket_id not in seen:
            sentence = f"Something is kept of a visitor with the unknown ticket {ticket_id}."
            return Check("visitors", ok=False, sentence=sentence)
    return Check("visitors", ok=True, sentence=f"{count} visitors belong to tickets that exist.")


def _directory(connection: Connection) -> Check:
    roles = {role.value for role in Role}
    count = 0
    for username, role in connection.execute(select(account.c.username, account.c.role)):
        count += 1
        if role not in roles:
            sentence = f"The account {username} has the unknown role {role}."
            return Check("directory", ok=False, sentence=sentence)
    return Check("directory", ok=True, sentence=f"{count} accounts have roles that exist.")
