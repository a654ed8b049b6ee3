from datetime import timedelta
from statistics import fmean

import pytest

from queue_server.core import commands as cmd
from queue_server.core.settings import CloseOfDay
from queue_server.core.statistics import NO_DATA
from queue_server.store.figures import By, Figures
from queue_server.store.store import Store
from tests.unit.store.days import DAY, Scribe, busy_day, joined

TARGETS = {"A01": 60, "A02": 60, "B01": None}
ZONE = "Asia/Shanghai"


@pytest.fixture
def scribe(store: Store) -> Scribe:
    found = Scribe()
    for batch in found.open_hall(CloseOfDay.CARRY_OVER):
        store.journal.append(batch)
    return found


def served(store: Store, scribe: Scribe, wait_s: int, service_s: int, service: str = "A01") -> None:
    """One ticket at window 2 or 3."""
    window = "2" if service.startswith("A") else "3"
    store.journal.append(scribe.issue(service))
    scribe.wait(wait_s)
    store.journal.append(scribe.call(window))
    scribe.wait(5)
    store.journal.append(scribe.at(window, cmd.Start))
    scribe.wait(service_s)
    store.journal.append(scribe.at(window, cmd.Finish))


def statistics(store: Store, by: By = By.SERVICE) -> tuple[Figures, dict[str | None, Figures]]:
    total, rows = store.reports.statistics(DAY, DAY, by, ZONE, TARGETS)
    return total, {row.key: row for row in rows}


def test_a_day_without_tickets_has_no_data_and_no_zeroes_for_means(
    store: Store,
    scribe: Scribe,
) -> None:
    total, rows = statistics(store)
    assert rows == {}
    assert (total.issued, total.wait, total.service) == (0, NO_DATA, NO_DATA)
    assert (total.no_show_rate, total.abandon_rate, total.within_target_rate) == (None,) * 3


def test_waits_walks_and_service_times_are_what_happened(store: Store, scribe: Scribe) -> None:
    for wait_s, service_s in ((10, 100), (20, 200), (120, 600)):
        served(store, scribe, wait_s, service_s)
    total, rows = statistics(store)
    assert rows["A01"].wait == total.wait
    assert (total.issued, total.called, total.finished, total.live) == (3, 3, 3, 0)
    assert total.wait.mean == fmean((10_000, 20_000, 120_000))
    assert (total.wait.median, total.wait.p80, total.wait.maximum) == (20_000, 120_000, 120_000)
    assert (total.walk.count, total.walk.mean) == (3, 5000)
    assert (total.service.median, total.service.maximum) == (200_000, 600_000)
    assert total.hold == NO_DATA
    assert (total.with_target, total.within_target_rate) == (3, 2 / 3)


def test_a_no_show_and_an_abandoned_ticket_never_enter_service_time(
    store: Store,
    scribe: Scribe,
) -> None:
    served(store, scribe, 10, 100)
    store.journal.append(scribe.issue("A01"))
    store.journal.append(scribe.call("2"))
    store.journal.append(scribe.at("2", cmd.NoShow))
    given_back = scribe.issue("A01")
    store.journal.append(given_back)
    store.journal.append(scribe.do(cmd.Abandon(given_back.rows[0].event.ticket_id)))
    void = scribe.issue("A01")
    store.journal.append(void)
    store.journal.append(scribe.do(cmd.CancelTicket(void.rows[0].event.ticket_id, "test")))
    store.journal.append(scribe.issue("A01"))
    total, _ = statistics(store)
    assert (total.no_show, total.abandoned, total.cancelled, total.live) == (1, 1, 1, 1)
    assert (total.issued, total.ended, total.called) == (5, 4, 2)
    assert total.service.count == 1
    assert (total.no_show_rate, total.abandon_rate) == (0.25, 0.25)


def test_a_transferred_ticket_is_one_ticket_and_two_legs(store: Store, scribe: Scribe) -> None:
    store.journal.append(scribe.issue("A01"))
    scribe.wait(30)
    store.journal.append(scribe.call("2"))
    scribe.wait(5)
    store.journal.append(scribe.at("2", cmd.Start))
    scribe.wait(60)
    moved = scribe.at("2", cmd.Transfer, ticket_id=None, to_service="B01", to_window=None)
    store.journal.append(moved)
    scribe.wait(100)
    store.journal.append(scribe.call("3"))
    scribe.wait(7)
    store.journal.append(scribe.at("3", cmd.Start))
    scribe.wait(200)
    store.journal.append(scribe.at("3", cmd.Finish))
    total, rows = statistics(store, By.WINDOW)
    assert (total.issued, total.finished, total.transferred) == (1, 1, 1)
    assert total.wait.mean == 30_000
    assert total.walk.mean == 12_000
    assert (rows["2"].issued, rows["2"].transferred, rows["2"].ended) == (1, 1, 0)
    assert (rows["3"].wait.mean, rows["3"].service.mean) == (100_000, 200_000)
    assert set(statistics(store, By.SERVICE)[1]) == {"A01", "B01"}
    assert set(statistics(store, By.CLERK)[1]) == {"clerk-2", "clerk-3"}
    assert set(statistics(store, By.HOUR)[1]) == {"09"}


def test_a_ticket_sent_on_before_any_call_waits_from_its_issue(
    store: Store, scribe: Scribe
) -> None:
    issued = scribe.issue("A01")
    store.journal.append(issued)
    scribe.wait(50)
    ticket_id = issued.rows[0].event.ticket_id
    moved = scribe.at("2", cmd.Transfer, ticket_id=ticket_id, to_service="B01", to_window=None)
    store.journal.append(moved)
    scribe.wait(40)
    store.journal.append(scribe.call("3"))
    total, rows = statistics(store)
    assert total.wait.mean == 90_000
    assert (rows["A01"].wait, rows["A01"].called) == (NO_DATA, 0)
    assert rows["B01"].wait.mean == 40_000


def test_holds_are_counted_of_those_that_were_held(store: Store, scribe: Scribe) -> None:
    served(store, scribe, 10, 100)
    store.journal.append(scribe.issue("A01"))
    store.journal.append(scribe.call("2"))
    store.journal.append(scribe.at("2", cmd.Start))
    scribe.wait(10)
    store.journal.append(scribe.at("2", cmd.Hold))
    scribe.wait(300)
    store.journal.append(scribe.at("2", cmd.Resume, call_id=scribe.uuid()))
    scribe.wait(20)
    store.journal.append(scribe.at("2", cmd.Finish))
    total, _ = statistics(store)
    assert (total.hold.count, total.hold.mean) == (1, 300_000)
    assert total.service.maximum == 100_000
    assert sorted((total.service.median, total.service.count)) == [2, 30_000]


def test_a_carried_ticket_belongs_to_the_day_it_was_issued_on(store: Store, scribe: Scribe) -> None:
    issued = scribe.issue("A01")
    store.journal.append(issued)
    store.journal.append(scribe.next_day())
    scribe.wait(3600)
    ticket_id = issued.rows[0].event.ticket_id
    moved = scribe.at("2", cmd.Transfer, ticket_id=ticket_id, to_service="B01", to_window=None)
    store.journal.append(moved)
    store.journal.append(scribe.call("3"))
    store.journal.append(scribe.at("3", cmd.Start))
    store.journal.append(scribe.at("3", cmd.Finish))
    total, rows = statistics(store)
    assert (total.issued, total.finished, rows["B01"].finished) == (1, 1, 1)
    next_day = DAY + timedelta(days=1)
    later, later_rows = store.reports.statistics(next_day, next_day, By.SERVICE, ZONE, TARGETS)
    assert (later.issued, later_rows) == (0, ())
    assert [row.leg.leg for row in store.reports.rows(DAY, DAY)] == [1, 2]


def test_hours_are_the_halls_own(store: Store, scribe: Scribe) -> None:
    store.journal.append(scribe.issue())
    scribe.wait(3600)
    store.journal.append(scribe.issue())
    hours = {}
    for zone in ("Asia/Shanghai", "UTC", "Asia/Kathmandu"):
        _, rows = store.reports.statistics(DAY, DAY, By.HOUR, zone, TARGETS)
        hours[zone] = [row.key for row in rows]
    assert hours == {
        "Asia/Shanghai": ["09", "10"],
        "UTC": ["01", "02"],
        "Asia/Kathmandu": ["06", "07"],
    }


def test_priority_classes_and_normal_tickets_are_apart(store: Store, scribe: Scribe) -> None:
    store.journal.append(scribe.issue("A01", "elderly"))
    store.journal.append(scribe.issue("A01"))
    store.journal.append(scribe.issue("A01"))
    _, rows = statistics(store, By.PRIORITY)
    assert {key: row.issued for key, row in rows.items()} == {"": 2, "elderly": 1}


@pytest.mark.parametrize("by", list(By))
def test_rows_add_up_to_the_total(store: Store, by: By) -> None:
    scribe = Scribe(seed=3)
    store.journal.append(joined(busy_day(scribe, 120)))
    total, rows = store.reports.statistics(DAY, DAY, by, ZONE, TARGETS)
    legs = list(store.reports.rows(DAY, DAY))
    per_leg = by in (By.WINDOW, By.SERVICE, By.GROUP, By.CLERK)
    assert sum(row.issued for row in rows) == (len(legs) if per_leg else 120)
    assert total.issued == 120 == total.ended + total.live
    for what in ("finished", "no_show", "abandoned", "cancelled", "expired", "transferred", "live"):
        assert sum(getattr(row, what) for row in rows) == getattr(total, what), what


def test_windows_are_in_the_order_of_their_numbers(store: Store) -> None:
    scribe = Scribe(seed=3)
    store.journal.append(joined(busy_day(scribe, 60)))
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE ticket_leg SET window_id = '10' WHERE window_id = '1'")
    _, rows = store.reports.statistics(DAY, DAY, By.WINDOW, ZONE, TARGETS)
    assert [row.key for row in rows if row.key] == ["2", "3", "4", "10"]


def test_the_export_gives_the_days_rows_of_the_journal(store: Store, scribe: Scribe) -> None:
    first = scribe.issue()
    store.journal.append(first)
    store.journal.append(scribe.next_day())
    second = scribe.issue()
    store.journal.append(second)
    next_day = DAY + timedelta(days=1)
    exported = list(store.reports.export(next_day, next_day))
    assert exported[-1] == (1, second.rows[0])
    assert first.rows[0] not in [row for _, row in exported]
    assert store.reports.days() == [DAY, next_day]
