"""Opening hours and business dates, from the hall's local time.

The caller turns UTC into the hall's local time; nothing here reads a clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from queue_server.core.settings import HallSettings

DAY_MIN = 24 * 60
LOOK_AHEAD_DAYS = 60
"""So far ahead the next opening is looked for: longer than any holiday."""


def business_date(local: datetime, roll_hour: int) -> date:
    """The business date a local moment belongs to: it changes at `roll_hour`, not at midnight."""
    return (local - timedelta(hours=roll_hour)).date()


def is_working(day: date, settings: HallSettings) -> bool:
    """Whether the hall opens on a day at all."""
    if day.isoformat() in settings.closed_dates:
        return False
    if not settings.hours or day.isoformat() in settings.extra_workdays:
        return True
    return any(span.weekday == day.weekday() for span in settings.hours)


def open_minutes(day: date, settings: HallSettings) -> tuple[tuple[int, int], ...]:
    """When the hall is open on a day, as minutes from its midnight, half-open; in order."""
    if not is_working(day, settings):
        return ()
    if not settings.hours:
        return ((0, DAY_MIN),)
    weekday = day.weekday()
    if day.isoformat() in settings.extra_workdays:
        weekday = min(span.weekday for span in settings.hours)
    return tuple(sorted((s.start_min, s.end_min) for s in settings.hours if s.weekday == weekday))


def issue_minutes(day: date, settings: HallSettings) -> tuple[tuple[int, int], ...]:
    """When kiosks give numbers on a day: its open minutes, less the time kept before closing.

    Only the last closing of a day counts: who holds a number before lunch is served after it.
    """
    spans = open_minutes(day, settings)
    if not settings.hours or not spans:
        return spans
    stop = max(end for _start, end in spans) - -(-settings.issue_stops_before_close_s // 60)
    return tuple((start, min(end, stop)) for start, end in spans if start < stop)


def is_open(local: datetime, settings: HallSettings) -> bool:
    """Whether kiosks give numbers at a local moment."""
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in issue_minutes(local.date(), settings))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a hall can say of its hours at a moment. Times are local, without a zone.

    Attributes:
        today: the hall's opening stretches of the local day, first to last.
        until: when the stretch in which numbers are given now ends; None while none are given.
        closes: when the hall closes for the day; None once it has, or on a day it does not open.
        next_open: when numbers are given next; None while they are, or when that is too far off.
    """

    today: tuple[tuple[datetime, datetime], ...] = ()
    until: datetime | None = None
    closes: datetime | None = None
    next_open: datetime | None = None


def outlook(local: datetime, settings: HallSettings) -> Outlook | None:
    """See `Outlook`; None for a hall that never closes and is not closed today.

    Args:
        local: the hall's local time; its zone, if any, is ignored.
        settings: of the hall.
    """
    local = local.replace(tzinfo=None)
    day = local.date()
    if not settings.hours and is_working(day, settings):
        return None
    today = tuple((_at(day, s), _at(day, e)) for s, e in open_minutes(day, settings))
    giving = [(_at(day, s), _at(day, e)) for s, e in issue_minutes(day, settings)]
    until = next((end for start, end in giving if start <= local < end), None)
    closes = max((end for _start, end in today if local < end), default=None)
    return Outlook(today, until, closes, None if until else _next_open(local, settings))


def _next_open(local: datetime, settings: HallSettings) -> datetime | None:
    for number in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=number)
        for start_min, _end in issue_minutes(day, settings):
            if (start := _at(day, start_min)) > local:
                return start
    return None


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)
