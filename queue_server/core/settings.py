"""What a hall has decided about itself: items, groups, windows and rules.

Settings travel whole in one event (`SettingsChanged`) and take effect with the next command.
Languages, sentences and catalogue texts are not here: the domain needs none of them.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from queue_server.contract.ids import (
    GROUP_PATTERN,
    SERVICE_PATTERN,
    WINDOW_PATTERN,
    ClassId,
    GroupId,
    ServiceId,
    WindowId,
)
from queue_server.core.appointment_rules import AppointmentRules, faults_of

LONGEST_PREFIX = 4
"""With four digits behind it a label has eight characters: what pads and panels show."""
LONGEST_CLASS_ID = 32

LAST_HOUR = 23
SUNDAY = 6
"""Weekdays count from 0, Monday, as in `datetime.date.weekday`."""
SHORTEST_MAX_WAIT_S = 60
LONGEST_STOP_S = 4 * 3600
LONGEST_FORCE_H = 12


class DisciplineKind(StrEnum):
    """The rule by which priority and normal tickets are mixed (domain.md, "Who is next")."""

    RATIO = "ratio"
    WEIGHTED_AGE = "weighted_age"
    STRICT = "strict"


class CloseOfDay(StrEnum):
    """What becomes of tickets still waiting when the business day ends."""

    EXPIRE = "expire"
    CARRY_OVER = "carry_over"


@dataclass(frozen=True, slots=True)
class ServiceSetting:
    """A service item as the queue sees it.

    Attributes:
        target_s: the wait the hall promises, None where it promises none.
        prior_s: the expected service time before anything was measured, in seconds.
        day_quota: numbers that kiosks give of it in one business day, None for any number.
    """

    service_id: ServiceId
    group_id: GroupId
    target_s: int | None = None
    prior_s: int = 300
    day_quota: int | None = None


@dataclass(frozen=True, slots=True)
class GroupSetting:
    """A service group; `prefix` starts its labels ("B" -> B012, or digits: "2" -> 2012).

    `day_quota`: numbers that kiosks give of all its items together in one business day.
    """

    group_id: GroupId
    prefix: str
    day_quota: int | None = None


@dataclass(frozen=True, slots=True)
class WindowSetting:
    """A window and its skills: whole groups, and single items besides."""

    window_id: WindowId
    groups: tuple[GroupId, ...]
    services: tuple[ServiceId, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassSetting:
    """A priority class; `weight` serves the weighted-age rule, order in the list the strict one."""

    class_id: ClassId
    weight: float = 2.0


@dataclass(frozen=True, slots=True)
class Discipline:
    """Who is next.

    Attributes:
        ratio_k: at most this many priority tickets in a row while a normal one waits.
        max_wait_s: a ticket that waited longer is next, whatever its class.
    """

    kind: DisciplineKind = DisciplineKind.RATIO
    ratio_k: int = 2
    max_wait_s: int = 3600


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Opening hours of a weekday (0 = Monday), in minutes of the local day, half-open."""

    weekday: int
    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class HallSettings:
    """All of it.

    A number that a cut-off kiosk gave longer than `late_after_s` ago is shown to the clerk first;
    one that perhaps was not printed waits after `unprinted_grace_s` at the latest. A call for help
    that nobody answered for `help_alert_s` is an alert.
    `hours` empty means always open; `extra_workdays` (make-up workdays, mostly Saturdays) open as
    the first weekday of the week with hours does, whatever hours their own weekday has.
    `issue_stops_before_close_s`: so long before the day's last closing kiosks give no more numbers.
    `force_after_h`: so many hours after `roll_hour` the day ends even while a ticket is at hand.
    """

    services: tuple[ServiceSetting, ...]
    groups: tuple[GroupSetting, ...]
    windows: tuple[WindowSetting, ...]
    classes: tuple[ClassSetting, ...] = ()
    discipline: Discipline = field(default_factory=Discipline)
    close_of_day: CloseOfDay = CloseOfDay.EXPIRE
    roll_hour: int = 4
    grace_s: int = 1800
    undo_s: int = 15
    late_after_s: int = 1800
    unprinted_grace_s: int = 300
    help_alert_s: int = 60
    hours: tuple[OpenSpan, ...] = ()
    closed_dates: tuple[str, ...] = ()
    extra_workdays: tuple[str, ...] = ()
    time_zone: str = "UTC"
    appointments: AppointmentRules = field(default_factory=AppointmentRules)
    issue_stops_before_close_s: int = 0
    force_after_h: int = 2


class Skills:
    """Who may serve what: look-ups made once for each version of the settings."""

    __slots__ = (
        "_prefix",
        "classes",
        "day_quota",
        "group_of",
        "prior_s",
        "served_by",
        "serves",
        "services",
        "windows_of",
    )

    def __init__(self, settings: HallSettings) -> None:
        self.services = MappingProxyType({s.service_id: s for s in settings.services})
        self.group_of = MappingProxyType({s.service_id: s.group_id for s in settings.services})
        self.classes = MappingProxyType({c.class_id: c for c in settings.classes})
        self.serves = MappingProxyType(
            {w.window_id: self._services_of(w) for w in settings.windows},
        )
        self.served_by = MappingProxyType(
            {
                service: tuple(w for w, served in self.serves.items() if service in served)
                for service in self.services
            },
        )
        self.windows_of = MappingProxyType({g.group_id: self._of(g) for g in settings.groups})
        self.prior_s = MappingProxyType(
            {g.group_id: self._mean_prior_s(g) for g in settings.groups},
        )
        quotas = {g.group_id: g.day_quota for g in settings.groups if g.day_quota is not None}
        self.day_quota = MappingProxyType(quotas)
        self._prefix = {g.group_id: g.prefix for g in settings.groups}

    def _of(self, group: GroupSetting) -> tuple[WindowId, ...]:
        """The windows that serve any item of a group, in the hall's order."""
        items = {s for s, of in self.group_of.items() if of == group.group_id}
        return tuple(w for w, served in self.serves.items() if not items.isdisjoint(served))

    def _mean_prior_s(self, group: GroupSetting) -> float:
        """The mean of the expected service times of a group's items; 0 where it has none."""
        priors = [s.prior_s for s in self.services.values() if s.group_id == group.group_id]
        return sum(priors) / len(priors) if priors else 0.0

    def _services_of(self, window: WindowSetting) -> frozenset[ServiceId]:
        groups = frozenset(window.groups)
        by_group = {s for s, group in self.group_of.items() if group in groups}
        return frozenset(by_group | set(window.services))

    def prefix(self, group: GroupId) -> str:
        """The start of the group's labels."""
        return self._prefix[group]


def faults(settings: HallSettings) -> list[str]:
    """What contradicts itself in these settings, as short English phrases; empty when sound."""
    groups: list[str] = [g.group_id for g in settings.groups]
    services: list[str] = [s.service_id for s in settings.services]
    windows: list[str] = [w.window_id for w in settings.windows]
    classes: list[str] = [c.class_id for c in settings.classes]
    prefixes = [g.prefix for g in settings.groups]
    found = [
        f"{what} {twice} stands twice"
        for what, names in (
            ("group", groups),
            ("item", services),
            ("window", windows),
            ("priority class", classes),
            ("prefix", prefixes),
        )
        for twice in sorted({n for n in names if names.count(n) > 1})
    ]
    found += [
        f"item {s.service_id} names the unknown group {s.group_id}"
        for s in settings.services
        if s.group_id not in groups
    ]
    for window in settings.windows:
        found += [
            f"window {window.window_id} names the unknown group {g}"
            for g in window.groups
            if g not in groups
        ]
        found += [
            f"window {window.window_id} names the unknown item {s}"
            for s in window.services
            if s not in services
        ]
    found += faults_of(settings.appointments, groups, services)
    return found + _id_faults(settings) + _series_faults(prefixes) + _rule_faults(settings)


def _id_faults(settings: HallSettings) -> list[str]:
    """Ids that could not cross the wire or be kept, and items nobody would ever be called for."""
    checked = (
        ("group", GROUP_PATTERN, [g.group_id for g in settings.groups]),
        ("item", SERVICE_PATTERN, [s.service_id for s in settings.services]),
        ("window", WINDOW_PATTERN, [w.window_id for w in settings.windows]),
        ("priority class", rf"^.{{1,{LONGEST_CLASS_ID}}}$", [c.class_id for c in settings.classes]),
    )
    found = [
        f"{what} {name!r} is no id of one"
        for what, pattern, names in checked
        for name in names
        if re.fullmatch(pattern, name) is None
    ]
    groups = {g for w in settings.windows for g in w.groups}
    single = {s for w in settings.windows for s in w.services}
    return found + [
        f"no window serves item {s.service_id}"
        for s in settings.services
        if s.group_id not in groups and s.service_id not in single
    ]


def _series_faults(prefixes: list[str]) -> list[str]:
    """Prefixes whose labels could be taken for each other ("2" + "1001" is "21" + "001")."""
    return [
        f"prefixes {short} and {long} can make the same number"
        for short in prefixes
        for long in prefixes
        if long != short and long.startswith(short) and long[len(short) :].isdigit()
    ]


def _quotas(settings: HallSettings) -> list[int | None]:
    groups = [group.day_quota for group in settings.groups]
    return groups + [service.day_quota for service in settings.services]


def _rule_faults(settings: HallSettings) -> list[str]:
    """Figures out of range."""
    checks = (
        (not settings.windows, "there is no window"),
        (not settings.services, "there is no item"),
        (not 0 <= settings.roll_hour <= LAST_HOUR, "roll_hour is not an hour of the day"),
        (settings.discipline.ratio_k < 1, "ratio_k is below 1"),
        (settings.discipline.max_wait_s < SHORTEST_MAX_WAIT_S, "max_wait_s is below 60"),
        (settings.grace_s < 0 or settings.undo_s < 0, "grace_s or undo_s is negative"),
        (
            settings.late_after_s < 0 or settings.unprinted_grace_s < 0,
            "late_after_s or unprinted_grace_s is negative",
        ),
        (settings.help_alert_s < 0, "help_alert_s is negative"),
        (any(s.prior_s < 1 for s in settings.services), "an item's prior_s is below 1"),
        (
            any(quota is not None and quota < 0 for quota in _quotas(settings)),
            "a day_quota is negative",
        ),
        (
            not 0 <= settings.issue_stops_before_close_s <= LONGEST_STOP_S,
            f"issue_stops_before_close_s is not 0 to {LONGEST_STOP_S}",
        ),
        (
            not 1 <= settings.force_after_h <= LONGEST_FORCE_H,
            f"force_after_h is not 1 to {LONGEST_FORCE_H}",
        ),
        (
            any(not c.weight > 0 for c in settings.classes),
            "a priority class's weight is not above 0",
        ),
        (any(not 0 <= h.weekday <= SUNDAY for h in settings.hours), "a weekday is not 0 to 6"),
        (
            any(not 0 <= h.start_min < h.end_min <= 24 * 60 for h in settings.hours),
            "an opening span does not lie within its day",
        ),
        (
            any(
                not g.prefix.isalnum() or not g.prefix.isascii() or len(g.prefix) > LONGEST_PREFIX
                for g in settings.groups
            ),
            f"a prefix is not 1 to {LONGEST_PREFIX} letters or digits",
        ),
    )
    return [phrase for wrong, phrase in checks if wrong]
