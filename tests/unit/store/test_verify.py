import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, delete, insert, select, text, update

from queue_server.core import commands as cmd
from queue_server.core.settings import CloseOfDay
from queue_server.ports import StoreError
from queue_server.store.engine import Database
from queue_server.store.schema import (
    account,
    answer,
    event,
    hall,
    lineage,
    session,
    ticket_leg,
    visitor,
)
from queue_server.store.store import Store, open_store
from queue_server.store.verify import Check, verify
from tests.unit.store import wild
from tests.unit.store.days import Scribe, busy_day, busy_hours, joined
from tests.unit.store.test_journal import empty

NAMES = [
    "database",
    "schema",
    "hall",
    "sequence",
    "events",
    "replay",
    "days",
    "labels",
    "tickets",
    "windows",
    "appointments",
    "legs",
    "answers",
    "visitors",
    "directory",
]


@pytest.fixture
def checks(tmp_path: Path, url: str | None) -> Callable[[], dict[str, Check]]:
    def run() -> dict[str, Check]:
        return {check.name: check for check in verify(tmp_path / "hall", url)}

    return run


@pytest.fixture
def lived(store: Store) -> Scribe:
    """Two days in the life of a hall: transfers, no-shows, holds, a carried-over ticket."""
    scribe = Scribe(seed=2)
    batches = [*scribe.open_hall(CloseOfDay.CARRY_OVER), *busy_hours(scribe, 40)]
    batches += [scribe.issue("A01"), scribe.next_day(), *busy_hours(scribe, 20)]
    batches += [scribe.issue("A02"), scribe.issue("B01"), scribe.call("2"), scribe.call("3")]
    store.journal.append(joined(batches))
    return scribe


def failing(found: dict[str, Check]) -> dict[str, str]:
    return {check.name: check.sentence for check in found.values() if not check.ok}


def row_of(connection: Connection, kind: str, number: int = 0) -> dict[str, object]:
    query = select(event).where(event.c.kind == kind).order_by(event.c.seq)
    return dict(connection.execute(query).mappings().all()[number])


def edit(database: Database, change: Callable[[Connection], object]) -> object:
    with database.writing() as connection:
        return change(connection)


def rewrite(connection: Connection, kind: str, **body: object) -> dict[str, object]:
    """Change fields in the first event of a kind; returns its row."""
    row = row_of(connection, kind)
    new = json.dumps(json.loads(str(row["body"])) | body)
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(body=new))
    return row


def test_a_sound_hall_passes_every_check_while_it_is_open(
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
) -> None:
    found = checks()
    assert list(found) == NAMES
    assert failing(found) == {}


def test_a_new_hall_passes(store: Store, checks: Callable[[], dict[str, Check]]) -> None:
    assert failing(checks()) == {}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=wild.steps)
def test_whatever_a_hall_lives_through_passes(
    store: Store,
    checks: Callable[[], dict[str, Check]],
    steps: list[wild.Step],
) -> None:
    empty(store)
    store.journal.replay()
    for batch in wild.commands(Scribe(), steps):
        store.journal.append(batch)
    assert failing(checks()) == {}


def test_a_hall_passes_across_a_restored_epoch(
    store: Store,
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
) -> None:
    store.journal.begin_epoch(lived.now_ms, "restored")
    store.journal.replay()
    store.journal.append(lived.issue("A01"))
    store.journal.append(lived.next_day())
    assert failing(checks()) == {}


def test_nothing_is_written_while_checking(store: Store, lived: Scribe, tmp_path: Path) -> None:
    if store.database.readers.dialect != "sqlite":
        return
    files = [tmp_path / "hall" / name for name in ("hall.db", "hall.db-wal")]
    before = [path.read_bytes() for path in files]
    list(verify(tmp_path / "hall"))
    assert [path.read_bytes() for path in files] == before


def test_the_writer_goes_on_while_it_is_checked(
    store: Store,
    lived: Scribe,
    tmp_path: Path,
    url: str | None,
) -> None:
    found = []
    for check in verify(tmp_path / "hall", url):
        store.journal.append(lived.issue("A01"))
        found.append(check)
    assert [check.name for check in found if not check.ok] == []


Damage = Callable[[Connection], object]


def lose_a_row(connection: Connection) -> str:
    row = row_of(connection, "TicketRecalled")
    connection.execute(delete(event).where(event.c.seq == row["seq"]))
    return f"Row 1/{row['seq']} is missing"


def unreadable_body(connection: Connection) -> str:
    row = row_of(connection, "TicketStarted", 3)
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(body='{"ticket'))
    return f"Row 1/{row['seq']}: event TicketStarted version 1 is damaged"


def event_of_the_future(connection: Connection) -> str:
    row = row_of(connection, "TicketStarted", 3)
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(version=7))
    return f"Row 1/{row['seq']}: event TicketStarted version 7 is not known"


def start_of_nobody(connection: Connection) -> str:
    row = rewrite(connection, "TicketStarted", ticket_id="ghost")
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(ticket_id="ghost"))
    return f"row 1/{row['seq']} (TicketStarted) cannot follow"


def start_of_nobody_as_ticket(connection: Connection) -> str:
    start_of_nobody(connection)
    return "the ticket ghost was never issued"


def day_out_of_order(connection: Connection) -> str:
    row = row_of(connection, "DayOpened", 1)
    body = json.loads(str(row["body"])) | {"business_date": "2026-03-02"}
    later = event.c.seq >= row["seq"]
    connection.execute(update(event).where(later, event.c.label.is_not(None)).values(label=None))
    connection.execute(update(event).where(later).values(business_date="2026-03-02"))
    connection.execute(
        update(event).where(event.c.seq == row["seq"]).values(body=json.dumps(body)),
    )
    return f"row 1/{row['seq']} (DayOpened) opens 2026-03-02 again"


def time_backwards(connection: Connection) -> str:
    row = row_of(connection, "TicketCalled", 4)
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(at_ms=1))
    return f"row 1/{row['seq']} (TicketCalled) is earlier"


def filed_under_another_day(connection: Connection) -> str:
    row = row_of(connection, "TicketFinished", 2)
    here = event.c.seq == row["seq"]
    connection.execute(update(event).where(here).values(business_date="2026-05-01"))
    return f"row 1/{row['seq']} (TicketFinished) is filed under 2026-05-01"


def number_given_twice(connection: Connection) -> str:
    query = select(event.c.seq).where(event.c.kind == "TicketIssued").order_by(event.c.seq)
    seqs = connection.scalars(query).all()
    first = row_of(connection, "TicketIssued")
    body = json.loads(str(row_of(connection, "TicketIssued", 5)["body"]))
    body["label"] = first["label"]
    values = {"body": json.dumps(body), "label": None}
    connection.execute(update(event).where(event.c.seq == seqs[5]).values(**values))
    return f"row 1/{seqs[5]} (TicketIssued)"


def number_goes_back(connection: Connection) -> str:
    rows = [row_of(connection, "TicketIssued", n) for n in range(30)]
    row = [r for r in rows if json.loads(str(r["body"]))["group_id"] == "B"][4]
    body = json.loads(str(row["body"])) | {"number": 2}
    here = event.c.seq == row["seq"]
    connection.execute(update(event).where(here).values(body=json.dumps(body)))
    return f"row 1/{row['seq']} (TicketIssued): number 2 of series B follows 4"


def label_of_another(connection: Connection) -> str:
    row = row_of(connection, "TicketIssued", 3)
    connection.execute(update(event).where(event.c.seq == row["seq"]).values(label="Z999"))
    return f"row 1/{row['seq']} (TicketIssued) names another number"


def finished_twice(connection: Connection) -> str:
    first = row_of(connection, "TicketFinished")
    second = row_of(connection, "TicketRecalled", 4)
    here = event.c.seq == second["seq"]
    values = {name: first[name] for name in ("kind", "body", "ticket_id")}
    connection.execute(update(event).where(here).values(**values))
    return f"row 1/{second['seq']} (TicketFinished): the ticket {first['ticket_id']} has ended"


def started_twice(connection: Connection) -> str:
    first = row_of(connection, "TicketStarted")
    query = select(event.c.seq).where(event.c.seq == int(str(first["seq"])) + 1)
    seq = connection.scalar(query)
    values = {name: first[name] for name in ("kind", "body", "ticket_id")}
    connection.execute(update(event).where(event.c.seq == seq).values(**values))
    return f"row 1/{seq} (TicketStarted): "


def lost_over_night(connection: Connection) -> str:
    row = row_of(connection, "DayOpened", 1)
    body = json.loads(str(row["body"])) | {"carried": []}
    here = event.c.seq == row["seq"]
    connection.execute(update(event).where(here).values(body=json.dumps(body)))
    return f"row 1/{row['seq']} (DayOpened): "


def two_tickets_at_a_window(connection: Connection) -> str:
    calls = select(event).where(event.c.kind == "TicketCalled").order_by(event.c.seq.desc())
    last, before = connection.execute(calls.limit(2)).all()
    body = json.loads(last.body) | {"window_id": json.loads(before.body)["window_id"]}
    here = event.c.seq == last.seq
    connection.execute(update(event).where(here).values(body=json.dumps(body)))
    return f"row 1/{last.seq} (TicketCalled): window {body['window_id']} still has"


def started_elsewhere(connection: Connection) -> str:
    row = rewrite(connection, "TicketStarted", window_id="4")
    return f"row 1/{row['seq']} (TicketStarted): the ticket {row['ticket_id']} is not at window 4"


def wrong_wait(connection: Connection) -> str:
    called = select(ticket_leg.c.ticket_id).where(ticket_leg.c.wait_ms.is_not(None))
    ticket_id = connection.scalar(called.order_by(ticket_leg.c.ticket_id))
    here = ticket_leg.c.ticket_id == ticket_id
    connection.execute(update(ticket_leg).where(here, ticket_leg.c.leg == 1).values(wait_ms=77))
    return f"Leg 1 of the ticket {ticket_id} has wait_ms 77, the journal gives "


def lost_leg(connection: Connection) -> str:
    ticket_id = connection.scalar(select(ticket_leg.c.ticket_id).where(ticket_leg.c.leg == 2))
    connection.execute(delete(ticket_leg).where(ticket_leg.c.ticket_id == ticket_id))
    return f"Leg 1 of the ticket {ticket_id} is missing"


def invented_leg(connection: Connection) -> str:
    row = dict(connection.execute(select(ticket_leg)).mappings().first() or {})
    connection.execute(insert(ticket_leg).values(**row | {"ticket_id": "ghost"}))
    return "A leg of the ticket ghost stands there"


def second_leg_too_many(connection: Connection) -> str:
    row = dict(connection.execute(select(ticket_leg)).mappings().first() or {})
    connection.execute(insert(ticket_leg).values(**row | {"leg": 9}))
    return f"Leg 9 of the ticket {row['ticket_id']} is not in the journal"


def leg_on_another_day(connection: Connection) -> str:
    ticket_id = connection.scalar(select(ticket_leg.c.ticket_id))
    here = ticket_leg.c.ticket_id == ticket_id
    connection.execute(update(ticket_leg).where(here).values(business_date="2025-01-01"))
    return f"of the ticket {ticket_id} has another business date"


def answer_about_nobody(connection: Connection) -> str:
    digest = connection.scalar(select(answer.c.digest))
    body = b'{"ticket": {"ticket_id": "ghost"}}'
    connection.execute(update(answer).where(answer.c.digest == digest).values(body=body))
    return f"The answer {bytes(digest or b'').hex()} names the ticket ghost"


def answer_in_pieces(connection: Connection) -> str:
    digest = connection.scalar(select(answer.c.digest))
    connection.execute(update(answer).where(answer.c.digest == digest).values(body=b"{"))
    return f"The answer {bytes(digest or b'').hex()} cannot be read"


def visitor_of_nobody(connection: Connection) -> str:
    values = {"ticket_id": "ghost", "business_date": "2026-03-02", "agent": 0}
    connection.execute(insert(visitor).values(**values))
    return "unknown ticket ghost"


def emperor(connection: Connection) -> str:
    values = {"display_name": "X", "role": "emperor", "password_hash": "", "active": 1}
    connection.execute(insert(account).values(username="x", **values))
    return "The account x has the unknown role emperor"


def two_halls(connection: Connection) -> str:
    connection.execute(insert(hall).values(hall_id="other", epoch=1, created_ms=0, demo=0))
    return "there must be one hall, there is demo, other".capitalize()


def epoch_without_lineage(connection: Connection) -> str:
    connection.execute(update(hall).values(epoch=3))
    return "The epoch is 3, the lineage ends at 1"


def lineage_ahead(connection: Connection) -> str:
    values = {"parent_epoch": 1, "parent_seq": 9, "begun_ms": 0, "why": "x"}
    connection.execute(insert(lineage).values(hall="demo", epoch=2, **values))
    return "The epoch is 1, the lineage ends at 2"


def rows_of_a_stranger(connection: Connection) -> str:
    row = row_of(connection, "WindowSignedIn")
    connection.execute(insert(event).values(**row | {"hall": "stranger"}))
    return "There are rows of stranger"


def newer_schema(connection: Connection) -> str:
    connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    return "newer program (schema 0999"


DAMAGES: list[tuple[str, Damage]] = [
    ("sequence", lose_a_row),
    ("events", unreadable_body),
    ("events", event_of_the_future),
    ("replay", start_of_nobody),
    ("tickets", start_of_nobody_as_ticket),
    ("days", day_out_of_order),
    ("days", time_backwards),
    ("days", filed_under_another_day),
    ("labels", number_given_twice),
    ("labels", number_goes_back),
    ("labels", label_of_another),
    ("tickets", finished_twice),
    ("tickets", started_twice),
    ("tickets", lost_over_night),
    ("windows", two_tickets_at_a_window),
    ("windows", started_elsewhere),
    ("legs", wrong_wait),
    ("legs", lost_leg),
    ("legs", invented_leg),
    ("legs", second_leg_too_many),
    ("legs", leg_on_another_day),
    ("answers", answer_about_nobody),
    ("answers", answer_in_pieces),
    ("visitors", visitor_of_nobody),
    ("directory", emperor),
    ("hall", two_halls),
    ("hall", epoch_without_lineage),
    ("hall", lineage_ahead),
    ("hall", rows_of_a_stranger),
    ("schema", newer_schema),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=lambda d: getattr(d, "__name__", d))
def test_each_damage_is_found_and_named(
    store: Store,
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
    name: str,
    damage: Damage,
) -> None:
    named = str(edit(store.database, damage))
    found = failing(checks())
    assert name in found
    assert named in found[name]


def test_rows_lost_at_the_end_of_a_parent_epoch_are_missed(
    store: Store,
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
) -> None:
    last = store.journal.replay().floor.seq
    store.journal.begin_epoch(lived.now_ms, "restored")
    edit(store.database, lambda c: c.execute(delete(event).where(event.c.seq == last)))
    assert f"Row 1/{last} is missing" in failing(checks())["sequence"]


def test_an_orphaned_row_must_be_readable_too(
    store: Store,
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
) -> None:
    store.journal.begin_epoch(lived.now_ms, "restored")

    def orphan(connection: Connection) -> None:
        row = row_of(connection, "WindowSignedIn")
        connection.execute(insert(event).values(**row | {"seq": 9999, "body": "?"}))

    edit(store.database, orphan)
    assert failing(checks())["events"].startswith("Row 1/9999")


def test_a_torn_file_is_found(tmp_path: Path) -> None:
    directory = tmp_path / "hall"
    with_rows = Scribe()
    store = _sqlite(directory)
    store.journal.append(joined(busy_day(with_rows, 60)))
    store.close()
    file = directory / "hall.db"
    pages = bytearray(file.read_bytes())
    for page in range(8, len(pages) // 4096, 3):
        pages[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    file.write_bytes(bytes(pages))
    (database, *_) = list(verify(directory))
    assert (database.name, database.ok) == ("database", False)


def test_a_session_of_nobody_is_found(tmp_path: Path) -> None:
    directory = tmp_path / "hall"
    store = _sqlite(directory)
    with store.database.raw_writer() as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(f"INSERT INTO {session.name} VALUES ('t', 'nobody', NULL, 0, 1)")  # noqa: S608
    store.close()
    (database,) = list(verify(directory))
    assert "session" in database.sentence
    assert not database.ok


def _sqlite(directory: Path) -> Store:
    store = open_store(directory, None, "demo", create=True)
    store.journal.replay()
    return store


def test_a_directory_without_a_hall_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no hall"):
        list(verify(tmp_path))


def test_another_hall_than_the_expected_one_is_found(
    store: Store,
    tmp_path: Path,
    url: str | None,
) -> None:
    found = {check.name: check for check in verify(tmp_path / "hall", url, "other")}
    assert failing(found) == {"hall": "It is the hall demo, not other."}


def test_windows_closed_and_settings_changed_are_no_breach(
    store: Store,
    lived: Scribe,
    checks: Callable[[], dict[str, Check]],
) -> None:
    store.journal.append(lived.at("4", cmd.CloseWindow))
    assert failing(checks()) == {}
