"""What a kiosk says of the hall's hours and of itself, as frozen values.

`look_ahead` turns the hours on a board into what holds at a moment, because the board may be older
than that moment: a kiosk that is cut off still knows when the hall closes. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from queue_server.contract.messages import BoardSnapshot, HallHours

NEAR_CLOSING: Final = timedelta(hours=3)
"""Minutes to closing are counted from here on: no queue takes longer than the hall is open."""
NIGHT_MARGIN: Final = timedelta(hours=1)
"""So long before opening and after closing people still come and look."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The hall's hours at a moment. Times are the hall's local time, without a zone.

    Attributes:
        known: The hall has hours, and told them.
        gives: Numbers are given now, as far as is known.
        until: When that ends (for today, or for lunch).
        closes: When the hall closes today.
        left_min: Whole minutes until then, near closing only.
        opens: When numbers are given next.
        days: Days from today until then.
        reason: The holiday, by language.
        today: Opening stretches of today.
    """

    known: bool = False
    gives: bool = True
    until: datetime | None = None
    closes: datetime | None = None
    left_min: int | None = None
    opens: datetime | None = None
    days: int = 0
    reason: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    today: tuple[tuple[datetime, datetime], ...] = ()


class Night(StrEnum):
    """What the screen does outside the hall's hours."""

    OFF = "off"
    DIM = "dim"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class Care:
    """What the caretaker found.

    Attributes:
        outlook: The hall's hours.
        full: Items of which all numbers of today are given.
        night: How the resting screen looks now.
        out_of_service: Staff have taken this kiosk out of service.
        pending: Numbers given while cut off that the server does not have yet.
        version: Of the program.
        has_code: A staff code is set.
        local: The hall's local time, in whole minutes; None before anything is known.
    """

    outlook: Outlook = field(default_factory=Outlook)
    full: frozenset[str] = frozenset()
    night: Night = Night.OFF
    out_of_service: bool = False
    pending: int = 0
    version: str = ""
    has_code: bool = False
    local: datetime | None = None


NO_CARE: Final = Care()


def look_ahead(board: BoardSnapshot | None, now: datetime) -> Outlook:
    """What a board says of hours, at a moment.

    Args:
        board: The last one; None before the first.
        now: With a zone; by the server's clock, as far as that is known.
    """
    if board is None:
        return Outlook()
    if board.hours is None:
        return Outlook(gives=board.open)
    return _outlook(board.hours, now, was_open=board.open)


def _outlook(hours: HallHours, now: datetime, *, was_open: bool) -> Outlook:
    zone = _zone(hours.time_zone)

    def wall(instant: datetime) -> datetime:
        return instant.astimezone(zone).replace(tzinfo=None)

    local = wall(now)
    today = tuple((wall(each.opens), wall(each.closes)) for each in hours.today)
    until, closes, opens = (
        each and wall(each) for each in (hours.numbers_until, hours.closes, hours.next_numbers)
    )
    gives = was_open and until is not None and local < until
    if opens is not None and opens <= local:  # it has come since the board was made
        gives, until, opens = True, None, None
    if until is not None and local >= until:  # it has passed since
        opens = next((start for start, _end in today if start > local), None)
    closes = closes if closes is not None and local < closes else None
    left = closes - local if closes else None
    return Outlook(
        known=True,
        gives=gives,
        until=until if gives else None,
        closes=closes,
        left_min=int(left.total_seconds() // 60) if left and left <= NEAR_CLOSING else None,
        opens=None if gives else opens,
        days=(opens.date() - local.date()).days if opens else 0,
        reason=MappingProxyType(dict(hours.reason)),
        today=today,
    )


def is_night(outlook: Outlook, local: datetime) -> bool:
    """Nobody is about: well outside the hall's hours. Never where those are not known.

    Args:
        outlook: Of that moment.
        local: The hall's local time, without a zone.
    """
    if not outlook.known or outlook.gives:
        return False
    if outlook.opens is not None and outlook.opens - NIGHT_MARGIN <= local:
        return False
    of_today = [span for span in outlook.today if span[0].date() == local.date()]
    return not any(start - NIGHT_MARGIN <= local < end + NIGHT_MARGIN for start, end in of_today)


def hall_local(board: BoardSnapshot | None, now: datetime) -> datetime:
    """A moment on the hall's clock, without a zone; on the machine's where no board told one."""
    hours = board.hours if board else None
    zone = _zone(hours.time_zone) if hours else None
    return now.astimezone(zone).replace(tzinfo=None)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
