"""Reads the layers of a working calendar."""

from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from queue_server.packfiles.catalogue import Calendar, CalendarDay
from queue_server.packfiles.names import Names
from queue_server.packfiles.table import Table
from queue_server.packfiles.toml import read_toml

MAX_MARKET_DAYS = 2000


def read_calendar(directory: Path, table: Table) -> Calendar:
    """Reads the calendar table of pack.toml and the files it lists, lowest layer first.

    Raises:
        PackError: A file is missing or wrong.
    """
    weekdays = frozenset(table.integers("working_weekdays"))
    if not weekdays <= set(range(1, 8)):
        raise table.error("working_weekdays", "must be ISO weekdays, 1 (Monday) to 7 (Sunday)")
    files = table.texts("files")
    table.end()
    days: dict[date, CalendarDay] = {}
    years: set[int] = set()
    market: set[date] = set()
    for file in files:
        top = Table(file, "", read_toml(directory / file, file), table.languages)
        top.text("layer")
        top.text("source")
        years.update(top.integers("published_years"))
        for found in top.each("day", _read_days) if top.has("day") else ():
            days.update((entry.day, entry) for entry in found)
        for dates in top.each("market", _read_market) if top.has("market") else ():
            market.update(dates)
        top.end()
    return Calendar(weekdays, MappingProxyType(days), frozenset(years), frozenset(market))


def _read_days(table: Table) -> tuple[CalendarDay, ...]:
    """Reads one entry: a stretch of days off, and the days worked instead."""
    names: Names = table.names("names")
    off: tuple[CalendarDay, ...] = ()
    if table.has("first"):
        first, last = table.day("first"), table.day("last")
        if last < first:
            raise table.error("last", "is before the first day")
        count = (last - first).days + 1
        off = tuple(
            CalendarDay(first + timedelta(n), working=False, names=names) for n in range(count)
        )
    worked = tuple(CalendarDay(day, working=True, names=names) for day in table.days("worked"))
    return off + worked


def _read_market(table: Table) -> frozenset[date]:
    first, last = table.day("first"), table.day("last")
    step = table.integer("every_days", 1, 60)
    count = (last - first).days // step + 1
    if not 0 < count <= MAX_MARKET_DAYS:
        raise table.error("last", f"gives {count} market days; 1 to {MAX_MARKET_DAYS} are possible")
    return frozenset(first + timedelta(step * number) for number in range(count))
