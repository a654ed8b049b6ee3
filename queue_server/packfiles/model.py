"""What a pack says, as frozen data.

A pack is everything about a kind of hall that is not the same everywhere: languages, groups, items,
papers, priority classes, ratings, calendars, reasons. The files live in `assets/packs/<id>/` (see
docs/packs.md); `queue_server.packs.load_pack` reads them. Import these names from
`queue_server.packs`.

A text that people see is a `Names`: language tag (BCP 47: "zh-CN", "en") to text; `localized`
picks one.
"""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from queue_server.packfiles.catalogue import Calendar, Catalogue, CatalogueItem
from queue_server.packfiles.names import Names


class LabelKind(StrEnum):
    """How the number on a ticket is written."""

    LETTER_DIGITS = "letter_digits"
    """B012: series letter and digits."""
    DIGITS = "digits"
    """2012: the series' number band and digits, for panels that show digits only."""


class AtClose(StrEnum):
    """What happens to tickets still live when the business day closes."""

    EXPIRE = "expire"
    CARRY_OVER = "carry_over"


class QueueRule(StrEnum):
    """Who is next (domain.md)."""

    RATIO = "ratio"
    WEIGHTED_AGE = "weighted_age"
    STRICT = "strict"


class CaseMode(StrEnum):
    """How far this kind of hall goes with cases."""

    OFF = "off"
    REFERENCE = "reference"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """Numbers: `digits` is the least number of digits (one more past 999)."""

    kind: LabelKind
    digits: int


@dataclass(frozen=True, slots=True)
class DayRules:
    """The business day. `roll_over_hour` is local; `force_after_h` hours later it rolls anyway."""

    roll_over_hour: int
    force_after_h: int
    at_close: AtClose


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open stretch of a day in local time."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours of a working day and of one that is not; `issue_stops_before_close_s` may be 0."""

    working_day: tuple[Interval, ...]
    other_day: tuple[Interval, ...]
    issue_stops_before_close_s: int


@dataclass(frozen=True, slots=True)
class QueueRules:
    """Order and grace. `ratio_k` priority tickets in a row at most; after `max_wait_s` the oldest.

    `grace_s`: how long after a no-show a ticket may come back by itself; `undo_s`: how long a call
    can be taken back.
    """

    rule: QueueRule
    ratio_k: int
    max_wait_s: int
    grace_s: int
    undo_s: int


@dataclass(frozen=True, slots=True)
class AppointmentPlaces:
    """At most `slot` appointments in a slot and `day` in a day; 0 is any number.

    `of` names a group or an item.
    """

    of: str
    slot: int
    day: int


@dataclass(frozen=True, slots=True)
class AppointmentPlan:
    """Appointments as a hall of this kind starts with them (docs/appointments.md).

    Slots of `slot_min` minutes start at or after `first` and end by `last`; the other figures are
    those of `core.appointment_rules.AppointmentRules`.
    """

    slot_min: int
    first: time
    last: time
    days_ahead: int
    notice_min: int
    early_min: int
    late_min: int
    in_a_row: int
    places: tuple[AppointmentPlaces, ...]


@dataclass(frozen=True, slots=True)
class RatingLevel:
    """One level. `satisfied` counts towards the satisfaction rate; a low one asks for a reason."""

    value: int
    names: Names
    satisfied: bool
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A class of visitors who go first; `weight` is for the weighted-age rule (normal is 1)."""

    id: str
    names: Names
    hint: Names
    icon: str
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """A service group: items that share one queue and one series. `id` is the series letter.

    `band` is the first digit(s) of its numbers under a digits-only label scheme; `day_quota` the
    numbers kiosks give of it in one day, None for any number.
    """

    id: str
    names: Names
    scope: Names
    icon: str
    band: str
    day_quota: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A life event the kiosk shows as a tile."""

    id: str
    names: Names
    icon: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a short list people choose from (a reason, a document kind, a handling mode)."""

    id: str
    names: Names
    hint: Names


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document a visitor can be known by; `reader` names the device role that reads it."""

    id: str
    names: Names
    reader: str | None


@dataclass(frozen=True, slots=True)
class DemoWindow:
    """A window of the example hall; `serves` are group ids."""

    id: str
    names: Names
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A person of the example hall. Passwords are made at seeding and stand in no file here.

    `role` is clerk, manager, admin or guide; `post` is "A" or "B" for clerks of a window.
    """

    username: str
    names: Names
    role: str
    window_id: str | None
    post: str | None


@dataclass(frozen=True, slots=True)
class DemoHall:
    """The example hall `--demo` seeds; `always_open` lets a demo run at night and on Sundays.

    `address` is where people find it; empty where the pack names none.
    """

    id: str
    names: Names
    always_open: bool
    notices: tuple[Names, ...]
    windows: tuple[DemoWindow, ...]
    users: tuple[DemoUser, ...]
    address: Names


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole pack; see the module and docs/packs.md. `appointments` is None for none at all."""

    id: str
    version: int
    names: Names
    languages: tuple[str, ...]
    default_language: str
    time_zone: str
    cases: CaseMode
    labels: LabelScheme
    day: DayRules
    hours: OpeningHours
    queue: QueueRules
    appointments: AppointmentPlan | None
    rating: tuple[RatingLevel, ...]
    rating_reasons: tuple[Choice, ...]
    priority_classes: tuple[PriorityClass, ...]
    groups: tuple[Group, ...]
    topics: tuple[Topic, ...]
    documents: tuple[DocumentKind, ...]
    handling_modes: tuple[Choice, ...]
    pause_reasons: tuple[Choice, ...]
    cancel_reasons: tuple[Choice, ...]
    out_of_order_reasons: tuple[Choice, ...]
    out_of_scope_reasons: tuple[Choice, ...]
    help_service_id: str
    calendar: Calendar
    catalogue: Catalogue
    demo: DemoHall

    def item(self, service_id: str) -> CatalogueItem:
        """Looks up an item; KeyError when the catalogue has none of this id."""
        for item in self.catalogue.items:
            if item.id == service_id:
                return item
        raise KeyError(service_id)
