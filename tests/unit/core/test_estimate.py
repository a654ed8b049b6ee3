"""The honest wait."""

from hypothesis import given
from hypothesis import strategies as st

from queue_server.contract.ids import GroupId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.estimate import WaitEstimate, estimate, predict
from queue_server.core.events import TicketIssued
from queue_server.core.model import Pace
from tests.unit.core.desk import Desk

paces = st.builds(
    lambda count, mean: Pace(count, count * mean),
    st.floats(0, 40, allow_nan=False),
    st.floats(1, 3600, allow_nan=False),
)


@given(paces, st.integers(1, 7200), st.integers(0, 300), st.integers(1, 40), st.booleans())
def test_the_interval_contains_the_point(
    pace: Pace,
    prior_s: int,
    before: int,
    windows: int,
    idle: bool,  # noqa: FBT001 - drawn
) -> None:
    wait = estimate(pace, prior_s, before, windows, idle=idle)
    assert 0 <= wait.low_s <= wait.likely_s <= wait.high_s
    assert wait.high_s > wait.low_s or wait.likely_s <= 2


@given(paces, st.integers(60, 7200), st.integers(1, 300), st.integers(1, 39))
def test_one_more_window_never_makes_the_wait_longer(
    pace: Pace, prior_s: int, before: int, windows: int
) -> None:
    few = estimate(pace, prior_s, before, windows, idle=False)
    more = estimate(pace, prior_s, before, windows + 1, idle=False)
    assert more.likely_s <= few.likely_s
    assert more.high_s <= few.high_s


@given(paces, st.integers(60, 7200), st.integers(0, 300), st.integers(1, 40))
def test_one_more_ahead_never_makes_the_wait_shorter(
    pace: Pace, prior_s: int, before: int, windows: int
) -> None:
    few = estimate(pace, prior_s, before, windows, idle=False)
    more = estimate(pace, prior_s, before + 1, windows, idle=False)
    assert more.likely_s >= few.likely_s


def test_a_second_window_halves_the_wait_at_once() -> None:
    one = estimate(Pace(), 300, 9, 1, idle=False)
    two = estimate(Pace(), 300, 9, 2, idle=False)
    assert (one.likely_s, two.likely_s) == (3000, 1500)


def test_a_free_window_and_nobody_ahead_is_no_wait() -> None:
    assert estimate(Pace(), 300, 0, 1, idle=True) == WaitEstimate(0, 0, 60)


def test_there_is_no_wait_to_tell_when_no_window_is_attended() -> None:
    desk = Desk.opened(windows="")
    assert predict(desk.floor, desk.ticket(desk.issue("A01")), desk.now_ms) is None


def test_a_paused_window_does_not_count_as_attended() -> None:
    desk = Desk.opened(windows="2")
    desk.at("2", cmd.PauseWindow, reason="lunch")
    assert predict(desk.floor, desk.ticket(desk.issue("A01")), desk.now_ms) is None
    desk.at("2", cmd.OpenWindow)
    assert predict(desk.floor, desk.ticket(desk.issue("A01")), desk.now_ms) is not None


def test_a_ticket_for_one_window_waits_for_that_window() -> None:
    desk = Desk.opened(windows="12")
    ticket_id = desk.issue("A01")
    more = {"to_service": None, "to_window": WindowId("2"), "position": "by_issue_time"}
    desk.at("1", cmd.Transfer, ticket_id=ticket_id, **more)
    assert predict(desk.floor, desk.ticket(ticket_id), desk.now_ms) is not None
    desk.at("2", cmd.PauseWindow, reason="lunch")
    assert predict(desk.floor, desk.ticket(ticket_id), desk.now_ms) is None


def test_the_promise_is_part_of_the_issue() -> None:
    desk = Desk.opened(windows="2")
    desk.issue("A01")
    desk.call("2")
    desk.issue("A01")
    event = desk.events[-1][1]
    assert isinstance(event, TicketIssued)
    assert (event.ahead, event.likely_s) == (0, 300)
    assert event.low_s is not None
    assert event.high_s is not None
    assert event.low_s < 300 < event.high_s


def test_the_pace_is_learnt_from_gaps_between_calls_of_people_who_waited() -> None:
    desk = Desk.opened(windows="2")
    for _ in range(3):
        desk.issue("A01")
    desk.call("2")
    for _ in range(2):
        desk.wait(100)
        desk.at("2", cmd.Start)
        desk.at("2", cmd.Finish)
        desk.call("2")
    pace = desk.floor.pace[GroupId("A")]
    assert pace.count == 0.97 + 1
    assert pace.work_s == 0.97 * 100 + 100


def test_an_idle_window_teaches_nothing() -> None:
    desk = Desk.opened(windows="2")
    for _ in range(2):
        desk.issue("A01")
        desk.serve("2")
        desk.wait(1800)
    assert desk.floor.pace[GroupId("A")].count == 0


def test_a_lunch_is_no_service_time() -> None:
    desk = Desk.opened(windows="2")
    desk.issue("A01")
    desk.issue("A01")
    desk.serve("2")
    desk.wait(3601)
    desk.serve("2")
    assert desk.floor.pace[GroupId("A")].count == 0
