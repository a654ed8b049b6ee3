"""Pages of a kiosk that rests, is closed or full, and those for staff."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from kiosk.care_state import Care, Night, Outlook
from kiosk.visit import Equipment, Screen, ServerHealth, StaffSeat, Visit, World
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, NO_PAPER, Page, at, cut_off, world

LOCAL = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - the hall's local time


def hour(hours: int, minutes: int = 0) -> datetime:
    return LOCAL.replace(hour=hours, minute=minutes)


TODAY = ((hour(8, 30), hour(12)), (hour(14), hour(17, 30)))
OPEN = Outlook(known=True, until=hour(12), closes=hour(17, 30), today=TODAY)
LATE = replace(OPEN, until=hour(17), left_min=30)
LUNCH = replace(OPEN, gives=False, until=None, opens=hour(14))
HOLIDAY = Outlook(
    known=True,
    gives=False,
    opens=LOCAL.replace(day=8, hour=8),
    days=6,
    reason=MappingProxyType(
        {"zh-CN": "国庆节、中秋节", "en": "National Day and Mid-Autumn Festival"}
    ),
)
NIGHT = replace(
    OPEN, gives=False, until=None, closes=None, opens=hour(8, 30) + timedelta(1), days=1
)
NOTICE = {
    "zh-CN": "今天上午有医保专家坐诊，欢迎到 3 号窗口咨询。",
    "en": "A health-insurance adviser is at window 3 this morning.",
}


def cared(around: World | None = None, outlook: Outlook = OPEN, **more: object) -> World:
    """A hall with hours."""
    care = Care(outlook=outlook, local=LOCAL, version="1.2.0", has_code=True)
    return replace(around or world(), care=replace(care, **more))  # type: ignore[arg-type]


def seated(**more: object) -> Visit:
    return Visit(staff=StaffSeat(**more))  # type: ignore[arg-type]


def pages() -> Iterator[Page]:
    """Rest, closing, staff."""
    board = fakes.board().model_copy(update={"notice": NOTICE})
    yield "attract", at(Screen.ATTRACT, around=cared(replace(world(), board=board))), None
    swapped = cared(local=LOCAL.replace(minute=41))
    yield "attract-swapped", at(Screen.ATTRACT, around=swapped), None
    yield "attract-cut-off", at(Screen.ATTRACT, around=cared(cut_off())), None
    yield "attract-holiday", at(Screen.ATTRACT, around=cared(outlook=HOLIDAY)), None
    yield "attract-bare", at(Screen.ATTRACT, around=World()), None
    dark = cared(outlook=NIGHT, night=Night.DIM, local=hour(22, 17))
    yield "attract-night", at(Screen.ATTRACT, around=dark), None
    yield (
        "attract-holiday-night",
        at(Screen.ATTRACT, around=cared(outlook=HOLIDAY, night=Night.DIM)),
        None,
    )
    yield "out-of-service", at(Screen.OUT_OF_SERVICE, around=cared(out_of_service=True)), None
    yield from _closing()
    yield from _staff()


def _closing() -> Iterator[Page]:
    closed = fakes.board(is_open=False)
    yield "home-lunch", at(Screen.HOME, around=cared(replace(world(), board=closed), LUNCH)), None
    holiday = cared(replace(world(), board=closed), HOLIDAY)
    yield "home-holiday", at(Screen.HOME, around=holiday), None
    soon = cared(outlook=LATE, local=hour(16, 50))
    yield "home-soon", at(Screen.HOME, around=soon), None
    board = fakes.board()
    long = {
        group: row.model_copy(update={"count": 15, "wait": fakes.wait(15)})
        for group, row in board.waiting.items()
    }
    late = board.model_copy(update={"unserved": ["B01"], "waiting": long})
    hurried = cared(replace(world(), board=late), LATE)
    yield "confirm-late", at(Screen.CONFIRM, ITEM, hurried), None
    full = cared(full=frozenset({"B01"}))
    yield "confirm-full", at(Screen.CONFIRM, ITEM, full), None
    yield "confirm-closed", at(Screen.CONFIRM, ITEM, holiday), None
    yield "items-full", at(Screen.ITEMS, ITEM, full), None
    yield "items-closed", at(Screen.ITEMS, ITEM, holiday), None
    everything = frozenset(item.service_id for item in fakes.catalogue().items)
    yield "sections-full", at(Screen.SECTIONS, around=cared(full=everything)), None
    shut = board.model_copy(update={"unserved": sorted(everything)})
    yield "sections-unserved", at(Screen.SECTIONS, around=cared(replace(world(), board=shut))), None


def _staff() -> Iterator[Page]:
    yield "staff-code", at(Screen.STAFF_CODE, seated(typed="1234567"), cared()), None
    wrong = seated(note="wrong-code", wait_s=40)
    yield "staff-code-wrong", at(Screen.STAFF_CODE, wrong, cared()), 12
    unset = at(Screen.STAFF_CODE, seated(), cared(has_code=False))
    yield "staff-code-unset", unset, None
    ill = replace(world(), printer=NO_PAPER, server=ServerHealth.REFUSES_US, camera=Equipment())
    yield "staff", at(Screen.STAFF, seated(), cared(ill, pending=12)), None
    note = "It is not certain whether the test ticket came out: go and see."
    yield "staff-note", at(Screen.STAFF, seated(note=note), cared(out_of_service=True)), None
