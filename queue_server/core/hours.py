"""Opening hours and business dates, from the hall's local time.

The caller turns UTC into the hall's local time; nothing here reads a clock.
"""

from datetime import date, datetime, timedelta

from queue_server.core.settings import HallSettings


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
    """When numbers are given on a day, as minutes from its midnight, half-open; in order."""
    if not is_working(day, settings):
        return ()
    if not settings.hours:
        return ((0, 24 * 60),)
    weekday = day.weekday()
    if day.isoformat() in settings.extra_workdays:
        weekday = min(span.weekday for span in settings.hours)
    return tuple(sorted((s.start_min, s.end_min) for s in settings.hours if s.weekday == weekday))


def is_open(local: datetime, settings: HallSettings) -> bool:
    """Whether numbers are given at a local moment."""
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in open_minutes(local.date(), settings))
