"""The catalogue of service items and the working calendar of a pack, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from queue_server.packfiles.names import Json, Names


class Severity(StrEnum):
    """How bad a finding of the catalogue lint is; only an error refuses the catalogue."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A service item as the core sees it; `extra` is the pack's own (its JSON Schema says what).

    Attributes:
        id: Stored service id ("B01"), never recomputed.
        group_id: Its group; equals the series letter.
        name: The official name.
        plain_name: What people call it.
        aliases: Other words people search for, by language.
        icon: Stem of a file in assets/images/icons.
        topics: Ids of topics that show it.
        series: Series letter of its numbers.
        target_s: Wait within which a ticket should be called, seconds.
        service_time_prior_s: Expected service time before any was measured, seconds.
        extra: Materials, limits, fees, basis…: frozen JSON.
        search_keys: Lower-case strings a search compares with: names, pinyin, initials, aliases.
    """

    id: str
    group_id: str
    name: Names
    plain_name: Names
    aliases: Mapping[str, tuple[str, ...]]
    icon: str
    topics: tuple[str, ...]
    series: str
    target_s: int
    service_time_prior_s: int
    extra: Mapping[str, Json]
    search_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A published list of items. `hash` is the SHA-256 (hex) of the file's canonical JSON."""

    version: int
    published: date
    hash: str
    notice: Names
    items: tuple[CatalogueItem, ...]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from its weekday."""

    day: date
    working: bool
    names: Names


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days in layers: a later layer (hall) overrules an earlier one (nation).

    Attributes:
        working_weekdays: ISO weekdays (1 Monday … 7 Sunday) that are worked unless a day says else.
        days: The days that differ, the last layer's word for each.
        published_years: Years whose national list has been published.
        market_days: Days that group figures (they do not change whether a day is worked).
    """

    working_weekdays: frozenset[int]
    days: Mapping[date, CalendarDay]
    published_years: frozenset[int]
    market_days: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Tells whether `day` is worked; in an unpublished year weekdays count, see below."""
        exception = self.days.get(day)
        return exception.working if exception else day.isoweekday() in self.working_weekdays

    def is_provisional(self, day: date) -> bool:
        """Tells whether the year's list is unpublished: a deadline counted over it must say so."""
        return day.year not in self.published_years
