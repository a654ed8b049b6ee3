"""The log's own figures, and what is found to differ from them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.contract.messages import Figures, StatisticsRow
from queue_server.core.statistics import distribution
from queue_server.replay.errors import DifferenceError
from queue_server.replay.figures import (
    Found,
    Played,
    check_lines,
    check_tickets,
    of_log,
    side_by_side,
)
from tests.unit.replay.test_plan import EIGHT, day, ticket

NOTHING = Figures(
    count=0, mean_s=None, median_s=None, p80_s=None, p90_s=None, p95_s=None, max_s=None
)


def row(waits_s: list[int], issued: int) -> StatisticsRow:
    found = distribution([s * 1000 for s in waits_s])
    wait = NOTHING
    if found.mean is not None:
        wait = Figures(
            count=found.count,
            mean_s=found.mean / 1000,
            median_s=(found.median or 0) / 1000,
            p80_s=(found.p80 or 0) / 1000,
            p90_s=(found.p90 or 0) / 1000,
            p95_s=(found.p95 or 0) / 1000,
            max_s=(found.maximum or 0) / 1000,
        )
    counts = dict.fromkeys(
        ("finished", "no_show", "abandoned", "cancelled", "expired", "transferred", "live"), 0
    )
    return StatisticsRow(
        key="B01",
        issued=issued,
        called=found.count,
        wait=wait,
        walk=NOTHING,
        service=NOTHING,
        hold=NOTHING,
        within_target=None,
        no_show_rate=None,
        abandon_rate=None,
        **counts,
    )


WAITS = [0, 7, 7, 61, 90, 121, 300, 305, 400, 1000, 59]
LOGGED = day(
    ticket(1, None, 5), ticket(2, 3, None), *(ticket(9 + n, n, n + w) for n, w in enumerate(WAITS))
)


def test_figures_of_a_log_leave_early_tickets_out_and_count_uncalled_ones_as_issued() -> None:
    waits = of_log(LOGGED)
    assert (waits.issued, waits.called) == (12, 11)
    assert (waits.median_s, waits.p90_s, waits.max_s) == (90, 400, 1000)
    assert waits.mean_s == pytest.approx(2350 / 11)


def test_the_servers_own_statistics_of_the_same_waits_agree() -> None:
    check_lines(side_by_side(of_log(LOGGED), row(WAITS, issued=12)))


def test_a_day_on_which_nobody_was_called_has_no_data_on_both_sides() -> None:
    nobody = of_log(day(ticket(1, 0, None)))
    check_lines(side_by_side(nobody, row([], issued=1)))
    early = of_log(day(ticket(1, None, 4)))
    check_lines(side_by_side(early, None))


@pytest.mark.parametrize("name", ["mean_s", "median_s", "p90_s", "max_s"])
def test_a_figure_that_is_a_second_off_is_named(name: str) -> None:
    right = row(WAITS, issued=12)
    off = right.wait.model_copy(update={name: getattr(right.wait, name) + 1})
    wrong = right.model_copy(update={"wait": off})
    with pytest.raises(DifferenceError, match="by the log"):
        check_lines(side_by_side(of_log(LOGGED), wrong))


def test_no_data_is_not_zero() -> None:
    nobody = of_log(day(ticket(1, 0, None)))
    zero = row([], issued=1)
    zero = zero.model_copy(update={"wait": zero.wait.model_copy(update={"mean_s": 0.0})})
    with pytest.raises(DifferenceError, match="None by the log"):
        check_lines(side_by_side(nobody, zero))


def pair(number: str = "B001", line: int = 1) -> tuple[Played, Found]:
    logged = ticket(line, line, 60)
    played = Played(f"id-{number}", number, "B01", logged)
    return played, Found(
        played.ticket_id,
        number,
        "B01",
        EIGHT + timedelta(seconds=line),
        EIGHT + timedelta(seconds=60),
    )


def test_tickets_that_stand_once_with_their_times_pass() -> None:
    one, two = pair("B001", 1), pair("B002", 2)
    check_tickets([one[0], two[0]], [two[1], one[1]])


def test_what_is_missing_doubled_strange_or_late_is_named() -> None:
    (played, found), (other, more) = pair("B001", 1), pair("B002", 2)
    late = replace(found, called_at=EIGHT + timedelta(seconds=61))
    for rows, says in (
        ([found], "B002: the server has lost it"),
        ([found, found, more], "B001: the server has it more than once"),
        ([found, replace(more, number="B001")], "more than once"),
        ([found, more, replace(more, ticket_id="x", number="B003")], "B003: the log has none"),
        ([late, more], "B001: called"),
        ([replace(found, called_at=None), more], "B001: called"),
        ([replace(found, issued_at=EIGHT), more], "B001: issued"),
        ([replace(found, service_id="B02"), more], "B001: the export"),
    ):
        with pytest.raises(DifferenceError, match=says):
            check_tickets([played, other], rows)
    with pytest.raises(DifferenceError, match="one ticket id twice"):
        check_tickets([played, played], [found])


def test_an_early_tickets_issue_moment_is_our_own_and_not_compared() -> None:
    played = Played("id", "B001", "B02", ticket(1, None, 60))
    check_tickets([played], [Found("id", "B001", "B02", EIGHT, EIGHT + timedelta(seconds=60))])
