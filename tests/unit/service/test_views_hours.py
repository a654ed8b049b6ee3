"""What boards say beforehand: hours, places, and what nobody serves just now."""

from datetime import UTC, datetime

from queue_server import views
from queue_server.core import commands as cmd
from queue_server.core.settings import OpenSpan, ServiceSetting
from tests.unit.core.desk import Desk, settings

NAMES = {"2026-05-01": {"en": "Labour Day"}}
SIGNS = views.Signage("demo", {"en": "Hall"}, {}, {}, ("en",), {}, NAMES)
WEEK = tuple(
    span for day in range(5) for span in (OpenSpan(day, 510, 720), OpenSpan(day, 840, 1020))
)


def board_at(moment: str, **more: object) -> views.msg.BoardSnapshot:
    """The board at an instant of UTC."""
    desk = Desk.opened(hours=WEEK, closed_dates=("2026-05-01",), time_zone="Asia/Shanghai", **more)
    now_ms = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)
    return views.board(desk.floor, SIGNS, 1, now_ms, is_open=True)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_times_are_instants_of_the_hall_s_own_day() -> None:
    hours = board_at("2026-03-02T01:00", issue_stops_before_close_s=1800).hours
    assert hours is not None
    assert hours.time_zone == "Asia/Shanghai"
    assert [(s.opens, s.closes) for s in hours.today] == [
        (utc("2026-03-02T00:30"), utc("2026-03-02T04:00")),
        (utc("2026-03-02T06:00"), utc("2026-03-02T09:00")),
    ]
    assert hours.numbers_until == utc("2026-03-02T04:00")
    assert hours.closes == utc("2026-03-02T09:00")
    assert hours.next_numbers is None


def test_a_holiday_is_named_with_the_day_after_it() -> None:
    hours = board_at("2026-05-01T02:00").hours
    assert hours is not None
    assert hours.reason == {"en": "Labour Day"}
    assert hours.today == []
    assert hours.next_numbers == utc("2026-05-04T00:30")


def test_a_hall_that_never_closes_says_nothing_of_hours() -> None:
    desk = Desk.opened()
    assert views.board(desk.floor, SIGNS, 1, desk.now_ms, is_open=True).hours is None


def test_places_left_and_items_that_nobody_serves_stand_on_the_board() -> None:
    base = settings()
    services = (ServiceSetting(*_fields(base.services[0]), day_quota=1), *base.services[1:])
    desk = Desk.opened(windows="2", services=services)
    board = views.board(desk.floor, SIGNS, 1, desk.now_ms, is_open=True)
    assert board.places == {"A01": 1}
    assert board.unserved == ["B01", "B02"]
    desk.issue("A01")
    desk.at("2", cmd.PauseWindow, reason="lunch")
    board = views.board(desk.floor, SIGNS, 1, desk.now_ms, is_open=True)
    assert board.places == {"A01": 0}
    assert board.unserved == ["A01", "A02", "B01", "B02"]


def _fields(one: ServiceSetting) -> tuple[views.ServiceId, views.GroupId, int | None, int]:
    return one.service_id, one.group_id, one.target_s, one.prior_s
