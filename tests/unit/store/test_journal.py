import dataclasses
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from queue_server.core import commands as cmd
from queue_server.core.model import Floor
from queue_server.core.settings import CloseOfDay
from queue_server.ports import AnswerRow, StoreError, VisitorRow
from queue_server.store.schema import answer, event, ticket_leg, visitor
from queue_server.store.store import Store
from queue_server.store.verify_walk import same_state
from tests.unit.store import wild
from tests.unit.store.conftest import Open
from tests.unit.store.days import DAY, Scribe, joined

TABLES = (event, ticket_leg, answer, visitor)


def counts(store: Store) -> dict[str, int]:
    with store.database.readers.reading() as connection:
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES}


def empty(store: Store) -> None:
    with store.database.writing() as connection:
        for table in TABLES:
            connection.execute(delete(table))


def opened_hall(store: Store) -> Scribe:
    scribe = Scribe()
    for batch in scribe.open_hall():
        store.journal.append(batch)
    return scribe


def test_a_new_journal_replays_to_an_empty_floor(store: Store) -> None:
    replayed = store.journal.replay()
    assert same_state(replayed.floor, Floor())
    assert (replayed.epoch, replayed.last_at_ms, replayed.digests) == (1, 0, frozenset())


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=wild.steps, size=st.integers(1, 9))
def test_what_was_appended_replays_to_the_state_it_was_decided_on(
    store: Store,
    steps: list[wild.Step],
    size: int,
) -> None:
    empty(store)
    store.journal.replay()
    scribe = Scribe()
    batches = list(wild.commands(scribe, steps))
    for start in range(0, len(batches), size):
        store.journal.append(joined(batches[start : start + size]))
    replayed = store.journal.replay()
    assert same_state(replayed.floor, scribe.floor)
    assert replayed.last_at_ms == batches[-1].rows[-1].instant.at_ms
    assert counts(store)["event"] == scribe.floor.seq


def test_settings_before_the_first_day_count(store: Store) -> None:
    scribe = Scribe()
    store.journal.append(next(iter(scribe.open_hall())))
    assert store.journal.replay().floor.settings == scribe.floor.settings


def test_replay_starts_at_the_last_day_that_was_opened(store: Store) -> None:
    scribe = opened_hall(store)
    store.journal.append(scribe.issue())
    store.journal.append(scribe.next_day())
    store.journal.append(scribe.issue("B01"))
    with store.database.writing() as connection:  # what was before is not read any more
        connection.execute(delete(event).where(event.c.seq < 5))
    assert same_state(store.journal.replay().floor, scribe.floor)


def test_a_day_is_found_again_after_closing(opened: Open) -> None:
    store = opened()
    store.journal.replay()
    scribe = opened_hall(store)
    store.journal.append(scribe.issue())
    store.close()
    again = opened(None, create=False)
    assert again.hall_id == "demo"
    assert same_state(again.journal.replay().floor, scribe.floor)


def test_a_refused_row_leaves_nothing_of_its_batch(store: Store) -> None:
    scribe = opened_hall(store)
    first = scribe.issue()
    store.journal.append(first)
    before = counts(store)
    second = scribe.issue()
    copied = dataclasses.replace(second.rows[0].event, label="A001")
    twice = dataclasses.replace(second, rows=(dataclasses.replace(second.rows[0], event=copied),))
    with pytest.raises(StoreError, match="Nothing was saved: the database refused a row") as caught:
        store.journal.append(twice)
    assert not caught.value.unknown
    assert counts(store) == before
    store.journal.append(second)
    assert same_state(store.journal.replay().floor, scribe.floor)


def test_an_answer_given_twice_is_refused_whole(store: Store) -> None:
    scribe = opened_hall(store)
    store.journal.append(scribe.issue())
    before = counts(store)
    again = dataclasses.replace(scribe.issue(), answers=_answers(store, scribe))
    with pytest.raises(StoreError):
        store.journal.append(again)
    assert counts(store) == before


def _answers(store: Store, scribe: Scribe) -> tuple[AnswerRow, ...]:
    digest = min(store.journal.replay().digests)
    return (AnswerRow(digest, b"x", 200, b"{}", DAY),)


def test_rows_that_do_not_follow_the_last_one_are_refused(store: Store) -> None:
    scribe = opened_hall(store)
    scribe.issue()  # decided, but never appended
    with pytest.raises(StoreError, match="does not follow"):
        store.journal.append(scribe.issue())


def test_nothing_is_appended_before_the_replay(opened: Open) -> None:
    store = opened()
    with pytest.raises(StoreError, match="not replayed"):
        store.journal.append(next(iter(Scribe().open_hall())))


def test_a_leg_keeps_the_day_it_was_first_written_on(store: Store) -> None:
    scribe = Scribe()
    for batch in scribe.open_hall(CloseOfDay.CARRY_OVER):
        store.journal.append(batch)
    issued = scribe.issue("A01")
    store.journal.append(issued)
    store.journal.append(scribe.next_day())
    store.journal.append(scribe.call("2"))
    row = store.journal.leg(issued.rows[0].event.ticket_id)
    assert row is not None
    assert row.business_date == DAY
    assert (row.leg.outcome, row.leg.window_id) == ("called", "2")


def test_the_last_leg_is_found_also_when_the_ticket_has_ended(store: Store) -> None:
    scribe = opened_hall(store)
    issued = scribe.issue("A01")
    ticket_id = issued.rows[0].event.ticket_id
    for batch in (issued, scribe.call("2"), scribe.at("2", cmd.Start)):
        store.journal.append(batch)
    moved = scribe.at("2", cmd.Transfer, ticket_id=None, to_service="B01", to_window=None)
    store.journal.append(moved)
    row = store.journal.leg(ticket_id)
    assert row is not None
    assert (row.leg.leg, row.leg.outcome) == (2, "waiting")
    store.journal.append(scribe.do(cmd.Abandon(ticket_id)))
    row = store.journal.leg(ticket_id)
    assert row is not None
    assert row == dataclasses.replace(row, business_date=DAY)
    assert row.leg.outcome == "abandoned"
    assert store.journal.leg("unknown") is None


def test_an_answer_is_found_by_its_key(store: Store) -> None:
    scribe = opened_hall(store)
    batch = scribe.issue()
    store.journal.append(batch)
    assert store.journal.answer(batch.answers[0].digest) == batch.answers[0]
    assert store.journal.answer(b"another") is None
    assert batch.answers[0].digest in store.journal.replay().digests


def test_answers_are_kept_for_the_business_day_and_the_next(store: Store) -> None:
    scribe = opened_hall(store)
    batch = scribe.issue()
    store.journal.append(batch)
    digest = batch.answers[0].digest
    store.journal.append(scribe.next_day())
    assert store.journal.answer(digest) is not None
    store.journal.append(scribe.next_day())
    assert store.journal.answer(digest) is None
    assert digest not in store.journal.replay().digests


def test_visitors_are_forgotten_after_thirty_days(store: Store) -> None:
    scribe = opened_hall(store)
    batch = scribe.issue()
    store.journal.append(batch)
    (row,) = batch.visitors
    assert store.visitors.of([row.ticket_id, "unknown"]) == {row.ticket_id: row}
    store.journal.append(scribe.do(cmd.RollDay(DAY + timedelta(days=30))))
    assert store.visitors.of([row.ticket_id]) != {}
    store.journal.append(scribe.do(cmd.RollDay(DAY + timedelta(days=31))))
    assert store.visitors.of([row.ticket_id]) == {}


def test_a_visitor_is_forgotten_at_their_wish(store: Store) -> None:
    scribe = opened_hall(store)
    batch = scribe.issue()
    store.journal.append(batch)
    ticket_id = batch.visitors[0].ticket_id
    assert store.visitors.erase(ticket_id)
    assert not store.visitors.erase(ticket_id)
    assert store.visitors.of([ticket_id]) == {}


def test_the_last_of_several_visitor_rows_in_a_batch_counts(store: Store) -> None:
    scribe = opened_hall(store)
    batch = scribe.issue()
    ticket_id = batch.visitors[0].ticket_id
    later = VisitorRow(ticket_id, DAY, "passport", "Wang *", agent=True)
    store.journal.append(dataclasses.replace(batch, visitors=(*batch.visitors, later)))
    assert store.visitors.of([ticket_id])[ticket_id] == later


def test_a_batch_of_thousands_of_rows_is_one_transaction(store: Store) -> None:
    scribe = opened_hall(store)
    store.journal.append(joined([scribe.issue() for _ in range(999)]))
    store.journal.append(scribe.next_day())  # expires them all
    assert counts(store)["event"] == scribe.floor.seq
    assert same_state(store.journal.replay().floor, scribe.floor)


def test_a_new_epoch_goes_on_in_the_middle_of_a_day(store: Store) -> None:
    scribe = opened_hall(store)
    store.journal.append(scribe.issue())
    assert store.journal.begin_epoch(scribe.now_ms, "restored") == 2
    with pytest.raises(StoreError):
        store.journal.append(scribe.issue())
    scribe = Scribe(floor=store.journal.replay().floor, made=1000)
    store.journal.append(scribe.issue())
    replayed = store.journal.replay()
    assert replayed.epoch == 2
    assert same_state(replayed.floor, scribe.floor)
    assert sorted(t.label for t in replayed.floor.tickets.values()) == ["A001", "A002"]


def test_rows_behind_the_branch_of_an_epoch_do_not_count(store: Store) -> None:
    scribe = opened_hall(store)
    store.journal.append(scribe.issue())
    store.journal.begin_epoch(scribe.now_ms, "restored")
    kept = store.journal.replay().floor
    orphan = {"epoch": 1, "seq": kept.seq + 1, "label": "A002", "ticket_id": "lost"}
    with store.database.writing() as connection:
        row = connection.execute(select(event).where(event.c.seq == kept.seq)).one()
        connection.execute(event.insert().values(**row._asdict() | orphan))
    assert same_state(store.journal.replay().floor, kept)


def test_a_missing_row_stops_the_start_and_is_named(store: Store) -> None:
    scribe = opened_hall(store)
    for _ in range(3):
        store.journal.append(scribe.issue())
    with store.database.writing() as connection:
        connection.execute(delete(event).where(event.c.seq == scribe.floor.seq - 1))
    with pytest.raises(StoreError, match=f"no row 1/{scribe.floor.seq - 1}"):
        store.journal.replay()


def test_an_unknown_event_stops_the_start_and_is_named(store: Store) -> None:
    scribe = opened_hall(store)
    with store.database.writing() as connection:
        last = event.c.seq == scribe.floor.seq
        connection.execute(event.update().where(last).values(version=99))
    with pytest.raises(StoreError, match=f"1/{scribe.floor.seq}: event WindowSignedIn version 99"):
        store.journal.replay()
