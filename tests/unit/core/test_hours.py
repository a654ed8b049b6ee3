"""Opening hours and business dates."""

from datetime import date, datetime

import pytest

from queue_server.core.hours import business_date, is_open, is_working
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
