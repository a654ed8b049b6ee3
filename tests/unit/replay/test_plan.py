"""What happens in which order."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.replay.errors import ReplayError
from queue_server.replay.log import LoggedDay, LoggedTicket
from queue_server.replay.plan import Act, plan

DAY = date(2024, 5, 6)
EIGHT = datetime(2024, 5, 6, 8)  # noqa: DTZ001 - the log's local time


def ticket(
    line: int,
    issued_s: int | None,
    called_s: int | None,
    *,
    windows: int = 1,
    window: str | None = None,
) -> LoggedTicket:
    issued = None if issued_s is None else EIGHT + timedelta(seconds=issued_s)
    called = None if called_s is None else EIGHT + timedelta(seconds=called_s)
    return LoggedTicket(line, str(line), issued, called, windows, window)


def day(*tickets: LoggedTicket) -> LoggedDay:
    return LoggedDay("a", DAY, tickets)


def test_issues_come_before_calls_at_the_same_second() -> None:
    steps = plan(day(ticket(1, 0, 60), ticket(2, 60, 60))).steps
    assert [(s.act, s.ticket.line) for s in steps] == [
        (Act.ISSUE, 1),
        (Act.ISSUE, 2),
        (Act.CALL, 1),
        (Act.CALL, 2),
    ]


def test_early_tickets_are_there_first_of_all_in_the_order_of_their_calls() -> None:
    steps = plan(day(ticket(1, 10, 90), ticket(2, None, 50), ticket(3, None, 40))).steps
    assert [(s.act, s.ticket.line) for s in steps][:3] == [
        (Act.PRELOAD, 3),
        (Act.PRELOAD, 2),
        (Act.ISSUE, 1),
    ]
    assert steps[0].at == EIGHT + timedelta(seconds=10)


def test_a_ticket_that_was_never_called_is_issued_and_stays() -> None:
    steps = plan(day(ticket(1, 0, None), ticket(2, 5, 9))).steps
    assert [(s.act, s.ticket.line) for s in steps] == [
        (Act.ISSUE, 1),
        (Act.ISSUE, 2),
        (Act.CALL, 2),
    ]


def test_windows_take_turns_as_many_as_were_open_at_most() -> None:
    found = plan(day(*(ticket(n, n, 10 + n, windows=1 + (n == 2)) for n in range(5))))
    assert found.windows == 2
    assert [s.window for s in found.steps if s.act is Act.CALL] == [0, 1, 0, 1, 0]


def test_a_log_that_names_its_windows_is_followed() -> None:
    found = plan(day(ticket(1, 0, 9, window="12"), ticket(2, 0, 10, window="3")))
    assert [s.window for s in found.steps if s.act is Act.CALL] == [0, 1]
    again = plan(day(ticket(1, 0, 9, window="12"), ticket(2, 0, 10, window="12")))
    assert [s.window for s in again.steps if s.act is Act.CALL] == [0, 0]


def test_the_business_day_begins_before_the_first_ticket_and_holds_the_last_call() -> None:
    night = plan(day(ticket(1, -7 * 3600, 16 * 3600)))
    assert night.roll_hour == 1
    with pytest.raises(ReplayError, match="more than 24 hours"):
        plan(day(ticket(1, -8 * 3600, 16 * 3600)))


def test_more_windows_than_a_hall_has_are_refused() -> None:
    with pytest.raises(ReplayError, match="300 windows"):
        plan(day(*(ticket(n, 0, n, window=str(n)) for n in range(300))))


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 500), st.none() | st.integers(500, 999)),
        min_size=1,
        max_size=30,
    ).filter(lambda rows: any(a is not None or b is not None for a, b in rows))
)
def test_every_ticket_is_issued_once_and_called_once_and_time_never_goes_back(
    rows: list[tuple[int | None, int | None]],
) -> None:
    tickets = [ticket(n, a, b) for n, (a, b) in enumerate(rows) if (a, b) != (None, None)]
    steps = plan(day(*tickets)).steps
    moments = [s.at for s in steps]
    assert moments == sorted(moments)
    issued = [s.ticket.line for s in steps if s.act is not Act.CALL]
    called = [s.ticket.line for s in steps if s.act is Act.CALL]
    assert sorted(issued) == [t.line for t in tickets]
    assert sorted(called) == [t.line for t in tickets if t.called_at]
    order = [s.ticket.line for s in steps]
    assert all(order.index(line) < len(order) - 1 - order[::-1].index(line) for line in called)
