"""The caretaker, with both its clocks driven: hours, rest, and the nightly restart."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk import exits, moves
from kiosk import session as flow
from kiosk.care import RESTART_QUIET_S, CareSettings, Caretaker, Surroundings
from kiosk.care_lock import StaffLock
from kiosk.care_state import Night, Outlook, is_night, look_ahead
from kiosk.visit import Interrupted, Screen, ServerHealth, Visit, World
from queue_server.contract.ids import RequestKey, ServiceId
from queue_server.contract.messages import BoardSnapshot, HallHours, OpenStretch, TicketRequest
from tests import fakes_kiosk as fakes

ZONE = ZoneInfo("Asia/Shanghai")


def hall(text: str) -> datetime:
    """A moment on the hall's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def board(*, now: str = "2026-03-02T09:30", is_open: bool = True, **hours: object) -> BoardSnapshot:
    told = HallHours(
        time_zone="Asia/Shanghai",
        today=[
            OpenStretch(opens=hall("2026-03-02T08:30"), closes=hall("2026-03-02T12:00")),
            OpenStretch(opens=hall("2026-03-02T14:00"), closes=hall("2026-03-02T17:30")),
        ],
        numbers_until=hall("2026-03-02T12:00"),
        closes=hall("2026-03-02T17:30"),
    ).model_copy(update=hours)
    made = fakes.board(is_open=is_open)
    return made.model_copy(update={"hours": told, "at": hall(now).astimezone(UTC)})


class Memory:
    """The book of a kiosk."""

    def __init__(self) -> None:
        self.of_its_own: frozenset[str] = frozenset()
        self.pending = 0

    def full(self) -> frozenset[str]:
        return self.of_its_own

    def waiting_count(self) -> int:
        return self.pending


class Kiosk:
    """A caretaker with everything it sees in the test's hands."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.now = hall("2026-03-02T09:30")
        self.clock_s = 1000.0
        self.book = Memory()
        self.ended: list[int] = []
        self.flag = folder / "flag"
        around = Surroundings(
            now=lambda: self.now,
            clock_s=lambda: self.clock_s,
            book=self.book,
            flag=self.flag,
            lock=StaffLock(None, folder / "tally", lambda: 0.0),
            end=self.ended.append,
            print_test=self.print_test,
        )
        self.care = Caretaker(CareSettings(**settings), around)  # type: ignore[arg-type]
        opened = flow.opening("zh_CN", 1000.0)
        world = World(catalogue=fakes.catalogue(), board=board(), server=ServerHealth.OK)
        self.session = replace(opened, world=world)

    async def print_test(self, language: str) -> str:
        return f"printed in {language}"

    def world(self, **changes: object) -> None:
        self.session = replace(self.session, world=replace(self.session.world, **changes))  # type: ignore[arg-type]

    def go(self, screen: Screen, visit: Visit | None = None) -> None:
        self.session = moves.go(self.session, screen, self.clock_s, visit or Visit())

    def wait(self, seconds: float) -> Screen:
        """Let both clocks run, look every few seconds, and rest where the caretaker says."""
        left = seconds
        while left > 0:
            step = min(5.0, left)
            left -= step
            self.clock_s += step
            self.now += timedelta(seconds=step)
            self.look()
        return self.session.screen

    def look(self) -> Outlook:
        news = self.care.look(self.session)
        self.world(care=news.care)
        if news.rest is not None and news.rest is not self.session.screen:
            self.go(news.rest)
        return news.care.outlook


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path, attract_after_s=60, restart_at=time(3, 30))


def test_the_first_screen_becomes_the_attract_screen_and_a_touch_puts_that_off(
    kiosk: Kiosk,
) -> None:
    assert kiosk.wait(55) is Screen.HOME
    kiosk.care.touched()
    assert kiosk.wait(55) is Screen.HOME
    assert kiosk.wait(10) is Screen.ATTRACT
    assert kiosk.wait(3600) is Screen.ATTRACT


def test_only_the_first_screen_rests(kiosk: Kiosk) -> None:
    kiosk.go(Screen.ITEMS)
    assert kiosk.wait(600) is Screen.ITEMS
    kiosk.go(Screen.HOME)
    assert kiosk.wait(55) is Screen.HOME  # it counts from when the person left
    assert kiosk.wait(10) is Screen.ATTRACT


def test_what_waits_for_a_person_keeps_the_first_screen_awake_and_wakes_it(kiosk: Kiosk) -> None:
    asked = Interrupted(RequestKey("k"), TicketRequest(service_id="B01"), "zh_CN", False)  # noqa: FBT003
    kiosk.wait(90)
    assert kiosk.session.screen is Screen.ATTRACT
    kiosk.world(interrupted=asked)
    assert kiosk.wait(300) is Screen.HOME
    kiosk.world(interrupted=None)
    assert kiosk.wait(60) is Screen.ATTRACT


def test_out_of_service_lasts_until_it_is_taken_back(kiosk: Kiosk) -> None:
    kiosk.flag.touch()
    assert kiosk.wait(1) is Screen.OUT_OF_SERVICE
    kiosk.go(Screen.STAFF)
    assert kiosk.wait(10) is Screen.STAFF
    kiosk.go(Screen.HOME)
    assert kiosk.wait(1) is Screen.OUT_OF_SERVICE
    kiosk.flag.unlink()
    assert kiosk.wait(1) is Screen.HOME


def at(kiosk: Kiosk, text: str) -> None:
    """A moment of rest at that hour."""
    kiosk.now = hall(text)
    kiosk.look()


def test_the_program_starts_anew_at_its_hour_once_nobody_is_there(kiosk: Kiosk) -> None:
    at(kiosk, "2026-03-03T03:25")
    kiosk.wait(290)
    assert kiosk.ended == []
    kiosk.wait(30)
    assert kiosk.ended == [exits.RESTART]
    kiosk.wait(4 * 3600)
    assert kiosk.ended == [exits.RESTART]


@pytest.mark.parametrize("screen", [s for s in Screen if s not in flow.RESTING])
def test_a_restart_never_interrupts_a_person(kiosk: Kiosk, screen: Screen) -> None:
    at(kiosk, "2026-03-03T03:25")
    kiosk.go(screen, Visit(service_id=ServiceId("B01")))
    kiosk.wait(1800)
    assert kiosk.ended == []
    kiosk.go(Screen.HOME)  # they leave
    kiosk.wait(RESTART_QUIET_S - 5)
    assert kiosk.ended == []
    kiosk.care.touched()  # and somebody comes
    kiosk.wait(RESTART_QUIET_S - 5)
    assert kiosk.ended == []
    kiosk.wait(10)
    assert kiosk.ended == [exits.RESTART]


def test_a_restart_that_found_no_moment_waits_for_the_next_night(kiosk: Kiosk) -> None:
    at(kiosk, "2026-03-03T03:25")
    kiosk.go(Screen.ITEMS)
    kiosk.wait(5 * 3600)
    kiosk.go(Screen.HOME)
    kiosk.wait(600)
    assert kiosk.ended == []


@pytest.mark.parametrize("landing", ["2026-03-03T03:45", "2030-01-01T04:00"])
def test_a_clock_that_is_set_is_no_hour_that_came(kiosk: Kiosk, landing: str) -> None:
    at(kiosk, "2026-03-02T20:00")
    kiosk.wait(600)
    at(kiosk, landing)
    kiosk.wait(600)
    assert kiosk.ended == []


def test_without_an_hour_it_never_starts_anew(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, restart_at=None)
    at(kiosk, "2026-03-03T03:00")
    kiosk.wait(3600)
    assert kiosk.ended == []


async def test_staff_end_restart_and_test(kiosk: Kiosk) -> None:
    assert (await kiosk.care.act("print-test", "en")).sentence == "printed in en"
    await kiosk.care.act("restart", "en")
    await kiosk.care.act("exit", "en")
    assert kiosk.ended == [exits.RESTART, exits.STAFF]
    await kiosk.care.act("out-of-service", "en")
    assert kiosk.flag.exists()
    await kiosk.care.act("in-service", "en")
    await kiosk.care.act("in-service", "en")
    assert not kiosk.flag.exists()


def test_items_are_full_as_the_board_says_and_by_the_kiosk_s_own_book_while_cut_off(
    kiosk: Kiosk,
) -> None:
    told = board().model_copy(update={"places": {"B01": 0, "B02": 3}})
    kiosk.world(board=told)
    kiosk.book.of_its_own = frozenset({"A01"})
    kiosk.look()
    assert kiosk.session.world.care.full == {"B01"}
    kiosk.world(server=ServerHealth.UNREACHABLE, gives_alone=True)
    kiosk.look()
    assert kiosk.session.world.care.full == {"A01"}


# --- hours ---------------------------------------------------------------------------------------


def seen(moment: str, **hours: object) -> tuple[bool, str, str]:
    found = look_ahead(board(**hours), hall(moment))  # type: ignore[arg-type]
    return found.gives, f"{found.until or ''}"[11:16], f"{found.opens or ''}"[:16]


def test_what_the_board_said_holds_while_it_is_fresh() -> None:
    assert seen("2026-03-02T09:30") == (True, "12:00", "")
    closed: dict[str, object] = {
        "is_open": False,
        "numbers_until": None,
        "next_numbers": hall("2026-03-03T08:30"),
    }
    assert seen("2026-03-02T18:00", closes=None, **closed) == (False, "", "2026-03-03 08:30")


def test_an_old_board_closes_at_lunch_and_in_the_evening_all_the_same() -> None:
    assert seen("2026-03-02T12:00") == (False, "", "2026-03-02 14:00")
    assert seen("2026-03-02T17:31") == (False, "", "")


def test_an_old_board_opens_when_it_said_it_would() -> None:
    early: dict[str, object] = {
        "is_open": False,
        "numbers_until": None,
        "next_numbers": hall("2026-03-02T14:00"),
    }
    assert seen("2026-03-02T13:59", **early)[0] is False
    assert seen("2026-03-02T14:00", **early)[0] is True


def test_minutes_to_closing_are_counted_near_closing_only() -> None:
    told = board(numbers_until=hall("2026-03-02T17:30"))
    assert look_ahead(told, hall("2026-03-02T14:00")).left_min is None
    assert look_ahead(told, hall("2026-03-02T17:00:30")).left_min == 29
    assert look_ahead(told, hall("2026-03-02T17:30")).left_min is None


def test_a_server_that_tells_no_hours_is_taken_at_its_word() -> None:
    bare = fakes.board(is_open=False)
    assert look_ahead(bare, hall("2026-03-02T09:30")) == Outlook(gives=False)
    assert look_ahead(None, hall("2026-03-02T09:30")).gives


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-03-02T07:20", True),
        ("2026-03-02T07:31", False),  # an hour before opening people come
        ("2026-03-02T13:00", False),  # lunch is no night
        ("2026-03-02T18:29", False),
        ("2026-03-02T18:31", True),
        ("2026-03-02T23:59", True),
    ],
)
def test_night_is_well_outside_the_hall_s_hours(moment: str, wanted: bool) -> None:  # noqa: FBT001
    closed: dict[str, object] = {"numbers_until": None, "is_open": False}
    told = board(next_numbers=hall("2026-03-03T08:30"), **closed)  # type: ignore[arg-type]
    if moment < "2026-03-02T08:30":
        told = board(next_numbers=hall("2026-03-02T08:30"), **closed)  # type: ignore[arg-type]
    outlook = look_ahead(told, hall(moment))
    assert is_night(outlook, local(moment)) is wanted


def test_a_hall_without_hours_has_no_night(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, night=Night.BLACK)
    kiosk.world(board=fakes.board())
    kiosk.now = hall("2026-03-02T02:00")
    kiosk.look()
    assert kiosk.session.world.care.night is Night.OFF


def test_the_night_looks_as_it_is_set(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, night=Night.BLACK)
    told = board(is_open=False, numbers_until=None, next_numbers=hall("2026-03-03T08:30"))
    kiosk.world(board=told)
    kiosk.now = hall("2026-03-02T22:00")
    kiosk.look()
    assert kiosk.session.world.care.night is Night.BLACK
