"""What figures mean: legs, their durations, and distributions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.contract.ids import CallId, ServiceId
from queue_server.core import commands as cmd
from queue_server.core.model import TicketState
from queue_server.core.statistics import NO_DATA, distribution, nearest_rank
from tests.unit.core.desk import DAY, Desk


def test_wait_walk_and_service_are_half_open_intervals() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(60.5)
    desk.call()
    desk.wait(12.25)
    desk.at("1", cmd.Start)
    desk.wait(300)
    desk.at("1", cmd.Finish, outcome="accepted")
    leg = desk.legs[ticket_id, 1]
    assert (leg.wait_ms, leg.walk_ms, leg.service_ms, leg.hold_ms) == (60_500, 12_250, 300_000, 0)
    assert (leg.outcome, leg.detail, leg.window_id, leg.clerk_id) == (
        "finished",
        "accepted",
        "1",
        "c1",
    )


def test_wait_ends_with_the_first_call_and_walk_begins_with_the_last() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(10)
    desk.call()
    desk.wait(20)
    desk.at("1", cmd.Recall)
    desk.wait(5)
    desk.at("1", cmd.Start)
    leg = desk.legs[ticket_id, 1]
    assert (leg.wait_ms, leg.walk_ms) == (10_000, 5_000)


def test_a_ticket_never_called_has_no_wait() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(600)
    desk.do(cmd.Abandon(ticket_id))
    leg = desk.legs[ticket_id, 1]
    assert (leg.outcome, leg.wait_ms, leg.walk_ms, leg.service_ms) == (
        "abandoned",
        None,
        None,
        None,
    )


def test_holds_are_no_service() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.call()
    desk.at("1", cmd.Start)
    for served, held in ((100, 1000), (50, 500)):
        desk.wait(served)
        desk.at("1", cmd.Hold)
        desk.wait(held)
        desk.at("1", cmd.Resume, call_id=CallId("c"))
    desk.wait(7)
    desk.at("1", cmd.Finish)
    leg = desk.legs[ticket_id, 1]
    assert (leg.service_ms, leg.hold_ms) == (157_000, 1_500_000)


def test_a_hold_that_ends_the_day_is_hold() -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(TicketState.HELD)
    desk.wait(100)
    desk.do(cmd.RollDay(DAY.replace(day=3)))
    leg = desk.legs[ticket_id, 1]
    assert (leg.outcome, leg.detail, leg.hold_ms, leg.service_ms) == (
        "expired",
        "held",
        100_000,
        None,
    )


def test_a_call_to_one_who_left_the_window_is_no_second_wait() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(30)
    desk.call()
    desk.wait(4)
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Hold)
    desk.wait(600)
    desk.at("1", cmd.Resume, call_id=CallId("c"), to_called=True)
    desk.wait(60)
    desk.at("1", cmd.Start)
    desk.wait(10)
    desk.at("1", cmd.Finish)
    leg = desk.legs[ticket_id, 1]
    assert (leg.wait_ms, leg.walk_ms, leg.service_ms, leg.hold_ms) == (
        30_000,
        4_000,
        10_000,
        600_000,
    )


def test_a_no_show_has_a_wait_and_no_service() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(30)
    desk.call()
    desk.at("1", cmd.NoShow)
    leg = desk.legs[ticket_id, 1]
    assert (leg.outcome, leg.wait_ms, leg.service_ms) == ("no_show", 30_000, None)


def test_a_no_show_that_came_back_is_counted_by_its_end() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(30)
    desk.call()
    desk.at("1", cmd.NoShow)
    desk.do(cmd.Requeue(ticket_id))
    assert desk.legs[ticket_id, 1].outcome == "waiting"
    desk.wait(100)
    desk.serve()
    leg = desk.legs[ticket_id, 1]
    assert (leg.outcome, leg.wait_ms) == ("finished", 30_000)


def test_a_transfer_ends_a_leg_and_the_next_one_waits_from_then() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue("A01")
    desk.wait(30)
    desk.call()
    desk.at("1", cmd.Start)
    desk.wait(5)
    desk.at("1", cmd.Transfer, ticket_id=None, to_service=ServiceId("B01"), to_window=None)
    desk.wait(40)
    desk.call("3")
    desk.wait(2)
    desk.at("3", cmd.Start)
    desk.wait(50)
    desk.at("3", cmd.Finish)
    first, second = desk.legs[ticket_id, 1], desk.legs[ticket_id, 2]
    assert (first.outcome, first.service_ms, first.window_id) == ("transferred", 5_000, "1")
    assert (second.wait_ms, second.walk_ms, second.service_ms) == (40_000, 2_000, 50_000)
    assert (second.service_id, second.group_id, second.window_id) == ("B01", "B", "3")
    assert second.issued_ms == first.issued_ms


def test_a_call_that_was_taken_back_never_was() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    desk.wait(30)
    desk.call()
    desk.wait(3)
    desk.at("1", cmd.UndoCall)
    assert desk.legs[ticket_id, 1].wait_ms is None
    desk.wait(7)
    desk.call()
    assert desk.legs[ticket_id, 1].wait_ms == 40_000


@pytest.mark.parametrize(
    ("percent", "wanted"), [(1, 15), (30, 20), (40, 20), (50, 35), (80, 40), (100, 50)]
)
def test_percentiles_are_nearest_rank(percent: int, wanted: int) -> None:
    assert nearest_rank([15, 20, 35, 40, 50], percent) == wanted


def test_no_data_is_not_zero() -> None:
    assert distribution([]) is NO_DATA
    assert NO_DATA.mean is None
    assert NO_DATA.median is None


def test_a_distribution_of_one() -> None:
    found = distribution([60_000])
    assert (found.count, found.mean, found.median, found.p95, found.maximum) == (
        1,
        60_000,
        60_000,
        60_000,
        60_000,
    )


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_percentiles_are_values_that_were_measured_and_rise(values: list[int]) -> None:
    found = distribution(values)
    ranks = [found.median, found.p80, found.p90, found.p95, found.maximum]
    assert all(rank in values for rank in ranks)
    assert ranks == sorted(ranks)  # type: ignore[type-var]  # none is None: there are values
    share = sum(value <= (found.p80 or 0) for value in values) / len(values)
    assert share >= 0.8
