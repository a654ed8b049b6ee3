"""The business day rolls forward by the hall's clock, and only forward."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from queue_server.clock import DrivenClock
from queue_server.contract.ids import CallId, ClerkId, ServiceId, TicketId, VisitId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.events import TicketExpired
from queue_server.core.settings import OpenSpan
from queue_server.keeper import DayKeeper
from queue_server.service import HallService
from tests.fakes import FakeClock, FakeJournal
from tests.unit.core.desk import settings

ZONE = "Asia/Shanghai"


def at(text: str) -> int:
    """A local moment as UTC milliseconds."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))
    return int(local.astimezone(UTC).timestamp() * 1000)


def nothing(*_: object) -> tuple[int, bytes]:
    """An answer nobody reads."""
    return 200, b""


class Hall:
    def __init__(self, **more: object) -> None:
        self.clock = FakeClock(at("2026-03-02T09:00"))
        self.journal = FakeJournal()
        self.service = HallService(self.journal, self.clock)
        self.opened: list[date] = []
        self.keeper = DayKeeper(self.service, self.clock, ZONE, self.opened.append)
        self.more = more

    async def start(self) -> "Hall":
        await self.service.start()
        await self.do(cmd.ChangeSettings(settings(**self.more), "c"))
        await self.keeper.roll_if_due()
        return self

    async def do(self, command: cmd.Command) -> None:
        await self.service.handle(command, actor="test", render=nothing)

    async def look(self, moment: str) -> date | None:
        """The business date after the keeper looked at a moment."""
        self.clock.at_ms = at(moment)
        await self.keeper.roll_if_due()
        return self.service.floor.business_date

    async def someone_at_a_window(self) -> None:
        window, clerk = WindowId("1"), ClerkId("c1")
        await self.do(cmd.SignIn(window, clerk))
        await self.do(cmd.IssueTicket(TicketId("t"), VisitId("v"), ServiceId("A01")))
        await self.do(cmd.CallNext(window, clerk, CallId("c")))


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    found = await Hall().start()
    yield found
    await found.service.stop()


async def test_a_hall_without_settings_has_no_day() -> None:
    hall = Hall()
    await hall.service.start()
    await hall.keeper.roll_if_due()
    assert hall.service.floor.business_date is None
    assert not hall.keeper.is_open()
    await hall.service.stop()


async def test_the_day_changes_at_the_roll_hour_of_the_hall_s_own_time(hall: Hall) -> None:
    assert await hall.look("2026-03-02T23:59:59") == date(2026, 3, 2)
    assert await hall.look("2026-03-03T03:59:59") == date(2026, 3, 2)
    assert await hall.look("2026-03-03T04:00:00") == date(2026, 3, 3)


async def test_each_day_that_opens_is_told_once(hall: Hall) -> None:
    await hall.look("2026-03-02T12:00:00")
    await hall.look("2026-03-03T04:00:00")
    assert hall.opened == [date(2026, 3, 2), date(2026, 3, 3)]


async def test_the_day_waits_for_who_is_at_a_window_but_two_hours_at_most(hall: Hall) -> None:
    await hall.someone_at_a_window()
    assert await hall.look("2026-03-03T04:00:00") == date(2026, 3, 2)
    assert await hall.look("2026-03-03T05:59:59") == date(2026, 3, 2)
    assert await hall.look("2026-03-03T06:00:00") == date(2026, 3, 3)
    assert not hall.service.floor.tickets
    assert hall.journal.leg("t").leg.outcome == "expired"  # type: ignore[union-attr]  # it is there


async def test_the_day_rolls_as_soon_as_the_last_one_is_done(hall: Hall) -> None:
    await hall.someone_at_a_window()
    assert await hall.look("2026-03-03T04:00:00") == date(2026, 3, 2)
    await hall.do(cmd.NoShow(WindowId("1"), ClerkId("c1")))
    assert await hall.look("2026-03-03T04:00:05") == date(2026, 3, 3)


async def test_how_long_the_day_waits_is_a_setting() -> None:
    hall = await Hall(force_after_h=5).start()
    await hall.someone_at_a_window()
    assert await hall.look("2026-03-03T08:59:59") == date(2026, 3, 2)
    assert await hall.look("2026-03-03T09:00:00") == date(2026, 3, 3)
    expired = [row.event for row in hall.journal.rows if isinstance(row.event, TicketExpired)]
    assert [event.was for event in expired] == ["called"]  # flagged: nobody ended its call
    await hall.service.stop()


@pytest.mark.parametrize("roll_hour", [0, 4, 22, 23])
async def test_two_hours_are_two_hours_whatever_the_roll_hour(roll_hour: int) -> None:
    hall = await Hall(roll_hour=roll_hour).start()
    first = hall.service.floor.business_date
    await hall.someone_at_a_window()
    assert first is not None
    roll = datetime.combine(first + timedelta(days=1), datetime.min.time())
    roll += timedelta(hours=roll_hour)
    assert await hall.look((roll + timedelta(minutes=119)).isoformat()) == first
    assert await hall.look((roll + timedelta(minutes=121)).isoformat()) == first + timedelta(days=1)
    await hall.service.stop()


async def test_a_server_that_was_off_for_days_does_not_wait(hall: Hall) -> None:
    await hall.someone_at_a_window()
    assert await hall.look("2026-03-09T04:30:00") == date(2026, 3, 9)


@pytest.mark.parametrize("moment", ["2026-03-01T12:00", "2025-03-02T12:00", "1970-01-01T12:00"])
async def test_a_clock_that_jumps_back_changes_nothing(hall: Hall, moment: str) -> None:
    rows = len(hall.journal.rows)
    assert await hall.look(moment) == date(2026, 3, 2)
    assert len(hall.journal.rows) == rows


async def test_a_journal_that_is_away_does_not_end_the_keeper(hall: Hall) -> None:
    hall.journal.fail()
    assert await hall.look("2026-03-03T04:00:00") == date(2026, 3, 2)


async def test_kiosks_give_numbers_in_opening_hours() -> None:
    hall = await Hall(hours=(OpenSpan(0, 8 * 60, 17 * 60),)).start()
    assert hall.keeper.is_open()
    hall.clock.at_ms = at("2026-03-02T17:00")
    assert not hall.keeper.is_open()
    await hall.service.stop()


async def test_only_a_driven_clock_is_driven(hall: Hall) -> None:
    with pytest.raises(LookupError):
        await hall.keeper.drive_to(at("2026-03-03T09:00"))


async def test_driving_the_clock_rolls_the_day_and_never_goes_back() -> None:
    clock = DrivenClock()
    clock.move_to(at("2026-03-02T09:00"))
    service = HallService(FakeJournal(), clock)
    keeper = DayKeeper(service, clock, ZONE)
    await service.start()
    await service.handle(
        cmd.ChangeSettings(settings(), "c"),
        actor="test",
        render=nothing,
    )
    await keeper.drive_to(at("2026-03-03T09:00"))
    assert service.floor.business_date == date(2026, 3, 3)
    with pytest.raises(ValueError, match="cannot go back"):
        await keeper.drive_to(at("2026-03-03T08:00"))
    await service.stop()
