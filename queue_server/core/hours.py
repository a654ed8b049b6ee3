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


def is_open(local: datetime, settings: HallSettings) -> bool:
    """Whether numbers are given at a local moment."""
    day = local.date()
    if not is_working(day, settings):
        return False
    if not settings.hours:
        return True
    weekday = day.weekday()
    if day.isoformat() in settings.extra_workdays:
        weekday = min(span.weekday for span in settings.hours)
    minute = local.hour * 60 + local.minute
    return any(
        span.weekday == weekday and span.start_min <= minute < span.end_min
        for span in settings.hours
    )
