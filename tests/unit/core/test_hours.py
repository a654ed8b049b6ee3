"""Opening hours and business dates."""

from datetime import date, datetime

import pytest

from queue_server.core.hours import business_date, is_open, is_working, issue_minutes, outlook
from queue_server.core.settings import OpenSpan
from tests.unit.core.desk import settings

MONDAY_TO_FRIDAY = tuple(
    span
    for day in range(5)
    for span in (OpenSpan(day, 8 * 60 + 30, 12 * 60), OpenSpan(day, 14 * 60, 17 * 60))
)
SATURDAY_MORNING = OpenSpan(5, 9 * 60, 10 * 60)
WEEK = settings(
    hours=MONDAY_TO_FRIDAY,
    closed_dates=("2026-05-01",),
    extra_workdays=("2026-05-09",),  # a Saturday
)


@pytest.mark.parametrize(
    ("moment", "roll_hour", "wanted"),
    [
        ("2026-03-02T03:59:59", 4, "2026-03-01"),
        ("2026-03-02T04:00:00", 4, "2026-03-02"),
        ("2026-03-03T00:30:00", 4, "2026-03-02"),
        ("2026-03-02T00:00:00", 0, "2026-03-02"),
        ("2026-03-02T22:59:00", 23, "2026-03-01"),
        ("2026-03-02T23:00:00", 23, "2026-03-02"),
    ],
)
def test_the_business_date_changes_at_the_roll_hour(
    moment: str, roll_hour: int, wanted: str
) -> None:
    assert business_date(datetime.fromisoformat(moment), roll_hour) == date.fromisoformat(wanted)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-03-02T08:29:59", False),
        ("2026-03-02T08:30:00", True),
        ("2026-03-02T11:59:59", True),
        ("2026-03-02T12:00:00", False),  # half-open
        ("2026-03-02T13:00:00", False),
        ("2026-03-02T14:00:00", True),
        ("2026-03-02T17:00:00", False),
        ("2026-03-07T09:00:00", False),  # a Saturday
        ("2026-05-01T09:00:00", False),  # a holiday on a Friday
        ("2026-05-09T09:00:00", True),  # a make-up workday on a Saturday
        ("2026-05-09T12:30:00", False),
        ("2026-05-09T16:59:00", True),
    ],
)
def test_numbers_are_given_in_opening_hours_only(moment: str, wanted: bool) -> None:  # noqa: FBT001
    assert is_open(datetime.fromisoformat(moment), WEEK) is wanted


def test_a_make_up_workday_opens_as_a_workday_even_where_its_weekday_has_hours_of_its_own() -> None:
    week = settings(hours=(*MONDAY_TO_FRIDAY, SATURDAY_MORNING), extra_workdays=("2026-05-09",))
    assert is_open(datetime(2026, 5, 9, 15, 0), week)  # noqa: DTZ001 - the hall's local time
    assert not is_open(datetime(2026, 5, 16, 15, 0), week)  # noqa: DTZ001 - the hall's local time
    assert is_open(datetime(2026, 5, 16, 9, 30), week)  # noqa: DTZ001 - the hall's local time


def test_a_hall_without_hours_is_always_open_but_on_closed_dates() -> None:
    always = settings(closed_dates=("2026-05-01",))
    assert is_open(datetime(2026, 3, 7, 3, 0), always)  # noqa: DTZ001 - the hall's local time
    assert not is_open(datetime(2026, 5, 1, 9, 0), always)  # noqa: DTZ001 - the hall's local time


def test_working_days() -> None:
    found = [day for day in range(1, 11) if is_working(date(2026, 5, day), WEEK)]
    assert found == [4, 5, 6, 7, 8, 9]


EARLY = settings(
    hours=MONDAY_TO_FRIDAY, closed_dates=("2026-05-01",), issue_stops_before_close_s=29 * 60 + 30
)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-03-02T11:59:59", True),  # before lunch nothing stops early
        ("2026-03-02T16:29:59", True),
        ("2026-03-02T16:30:00", False),  # half minutes are rounded in favour of closing
    ],
)
def test_numbers_stop_some_time_before_the_last_closing(moment: str, wanted: bool) -> None:  # noqa: FBT001
    assert is_open(datetime.fromisoformat(moment), EARLY) is wanted


def test_a_stop_longer_than_the_afternoon_leaves_the_morning() -> None:
    long = settings(hours=MONDAY_TO_FRIDAY, issue_stops_before_close_s=4 * 3600)
    assert issue_minutes(date(2026, 3, 2), long) == ((8 * 60 + 30, 12 * 60),)


def seen(moment: str) -> tuple[str | None, str | None, str | None]:
    """Numbers until, closes, next numbers."""
    found = outlook(datetime.fromisoformat(moment), EARLY)
    assert found is not None
    times = (found.until, found.closes, found.next_open)
    return tuple(each and each.isoformat(timespec="minutes") for each in times)  # type: ignore[return-value]


def test_the_outlook_of_a_day() -> None:
    assert seen("2026-03-02T07:00") == (None, "2026-03-02T17:00", "2026-03-02T08:30")
    assert seen("2026-03-02T08:30") == ("2026-03-02T12:00", "2026-03-02T17:00", None)
    assert seen("2026-03-02T12:30") == (None, "2026-03-02T17:00", "2026-03-02T14:00")
    assert seen("2026-03-02T16:40") == (None, "2026-03-02T17:00", "2026-03-03T08:30")
    assert seen("2026-03-02T17:00") == (None, None, "2026-03-03T08:30")


def test_the_outlook_before_a_long_weekend_names_the_first_day_after_it() -> None:
    assert seen("2026-04-30T18:00") == (None, None, "2026-05-04T08:30")
    assert seen("2026-05-01T10:00") == (None, None, "2026-05-04T08:30")


def test_a_hall_that_never_closes_has_no_outlook_but_on_a_closed_date() -> None:
    always = settings(closed_dates=("2026-05-01",))
    assert outlook(datetime(2026, 3, 7, 3, 0), always) is None  # noqa: DTZ001 - local
    closed = outlook(datetime(2026, 5, 1, 9, 0), always)  # noqa: DTZ001 - local
    assert closed is not None
    assert closed.until is None
    assert closed.next_open == datetime(2026, 5, 2, 0, 0)  # noqa: DTZ001 - local
