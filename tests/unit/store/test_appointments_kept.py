"""Appointments in the database: the newer schema, a day of them, and `verify` on damaged ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, inspect, select, text, update

from queue_server.contract.ids import AppointmentId, ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.core.appointment_rules import AppointmentRules, Places
from queue_server.ports import Batch
from queue_server.store import migrate
from queue_server.store.figures import By
from queue_server.store.schema import event, ticket_leg
from queue_server.store.store import Store
from queue_server.store.verify import verify
from tests.fakes import bare
from tests.unit.store.conftest import Open
from tests.unit.store.days import DAY, Scribe, settings

RULES = AppointmentRules(places=(Places("A", 2), Places("B", 1)), notice_min=0)
MINUTE_MS = 60_000


class Booker(Scribe):
    """A scribe who also books."""

    def book(self, start: int, service: str = "A01", days: int = 0) -> tuple[AppointmentId, Batch]:
        which = AppointmentId(self.uuid().replace("-", ""))
        slot_ms = self.now_ms + (start - 540) * MINUTE_MS
        day = DAY + timedelta(days=days)
        command = cmd.BookAppointment(which, ServiceId(service), day, start, slot_ms)
        return which, self.do(command)

    def check_in(self, which: AppointmentId) -> Batch:
        return self.do(cmd.CheckIn(which, TicketId(self.uuid()), VisitId(self.uuid())))


@pytest.fixture
def day(store: Store) -> Booker:
    """A day: two kept, one missed, one given back, one moved, one for tomorrow."""
    book = Booker(seed=3)
    batches = list(book.open_hall())
    rules = replace(settings(), appointments=RULES)
    batches.append(book.do(cmd.ChangeSettings(rules, "c")))
    made = [book.book(540), book.book(540), book.book(570), book.book(600, "B01")]
    made += [book.book(630, "B01"), book.book(660, days=1)]
    batches += [batch for _, batch in made]
    one, other, missed, gone, moved, _ = (which for which, _ in made)
    batches += [book.check_in(one), book.check_in(other)]
    batches.append(book.do(cmd.CancelAppointment(gone, "citizen")))
    slot_ms = book.now_ms + 60 * MINUTE_MS
    batches.append(book.do(cmd.MoveAppointment(moved, ServiceId("B01"), DAY, 600, slot_ms)))
    book.now_ms += 50 * MINUTE_MS
    batches.append(book.do(cmd.MissAppointment(missed)))
    batches += [book.call("1"), book.do(cmd.RollDay(DAY + timedelta(days=1), force=True))]
    for batch in batches:
        store.journal.append(batch)
    return book


def breaches(store: Store, tmp_path: object, url: str | None) -> dict[str, str]:
    found = verify(tmp_path / "hall", url)  # type: ignore[operator]  # a Path
    return {check.name: check.sentence for check in found if not check.ok}


def rewrite(store: Store, kind: str, number: int, **body: object) -> None:
    """Change fields of one event of a kind."""

    def change(connection: Connection) -> None:
        query = select(event.c.seq, event.c.body).where(event.c.kind == kind)
        seq, old = connection.execute(query.order_by(event.c.seq)).all()[number]
        new = json.dumps(json.loads(old) | body)
        connection.execute(update(event).where(event.c.seq == seq).values(body=new))

    with store.database.writing() as connection:
        change(connection)


def test_a_day_of_appointments_is_sound_and_replays(
    store: Store, day: Booker, tmp_path: object, url: str | None
) -> None:
    assert breaches(store, tmp_path, url) == {}
    assert bare(store.journal.replay().floor) == bare(day.floor)
    assert len(day.floor.appointments) == 1


def test_the_wait_of_an_appointment_is_told_from_its_slot(store: Store, day: Booker) -> None:
    total, _ = store.reports.statistics(DAY, DAY, By.WINDOW, "UTC", {})
    assert total.wait.count == 1
    assert total.wait.maximum == 50 * MINUTE_MS
    assert day.floor.business_date == DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "number", "body", "sentence"),
    [
        ("AppointmentBooked", 2, {"start_min": 540}, "no place left"),
        ("AppointmentMoved", 0, {"appointment_id": "0" * 32}, "never booked"),
        ("AppointmentKept", 1, {"ticket_id": "01950000-0000-7000-8000-00000000ffff"}, "another"),
        ("AppointmentCancelled", 0, {"appointment_id": "f" * 32}, "never booked"),
    ],
)
def test_verify_names_a_damaged_appointment(
    store: Store,
    day: Booker,
    tmp_path: object,
    url: str | None,
    kind: str,
    number: int,
    body: dict[str, object],
    sentence: str,
) -> None:
    rewrite(store, kind, number, **body)
    found = breaches(store, tmp_path, url)
    assert sentence in found["appointments"], found
    assert f"({kind})" in found["appointments"]


def test_a_database_from_before_is_brought_up_to_date(
    opened: Open, verified: Callable[[], dict[str, str]]
) -> None:
    store = opened()
    store.journal.replay()
    scribe = Scribe()
    for batch in (*scribe.open_hall(), scribe.issue("A01"), scribe.call("1")):
        store.journal.append(batch)
    with store.database.writing() as connection:
        connection.execute(text("ALTER TABLE ticket_leg DROP COLUMN slot_ms"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()
    again = opened(create=False)
    assert bare(again.journal.replay().floor) == bare(scribe.floor)
    with again.database.readers.reading() as connection:
        assert migrate.revision(connection) == migrate.HEAD
        columns = {c["name"] for c in inspect(connection).get_columns("ticket_leg")}
        assert "slot_ms" in columns
        assert connection.scalars(select(ticket_leg.c.slot_ms)).all() == [None]
    assert verified() == {}


@pytest.fixture
def verified(tmp_path: object, url: str | None) -> Callable[[], dict[str, str]]:
    """What `verify` finds wrong."""
    return lambda: breaches(None, tmp_path, url)  # type: ignore[arg-type]  # it opens its own
