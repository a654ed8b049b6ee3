"""Readers of the tables in pack.toml, one a dataclass."""

from itertools import pairwise

from queue_server.packfiles.model import (
    AppointmentPlaces,
    AppointmentPlan,
    AtClose,
    Choice,
    DayRules,
    DemoHall,
    DemoUser,
    DemoWindow,
    DocumentKind,
    Group,
    Interval,
    LabelKind,
    LabelScheme,
    OpeningHours,
    PriorityClass,
    QueueRule,
    QueueRules,
    RatingLevel,
    Topic,
)
from queue_server.packfiles.table import Table

HOUR_S = 3600
DAY_S = 24 * HOUR_S
ROLES = ("clerk", "manager", "admin", "guide")


def read_labels(table: Table) -> LabelScheme:
    """Reads `[labels]`."""
    found = LabelScheme(table.choice("kind", LabelKind), table.integer("digits", 1, 6))
    table.end()
    return found


def read_day(table: Table) -> DayRules:
    """Reads `[day]`."""
    found = DayRules(
        roll_over_hour=table.integer("roll_over_hour", 0, 23),
        force_after_h=table.integer("force_after_h", 1, 12),
        at_close=table.choice("at_close", AtClose),
    )
    table.end()
    return found


def read_hours(table: Table) -> OpeningHours:
    """Reads `[hours]`; intervals must not overlap and stand in order."""
    found = OpeningHours(
        working_day=_intervals(table, "working_day"),
        other_day=_intervals(table, "other_day"),
        issue_stops_before_close_s=table.integer("issue_stops_before_close_s", 0, 4 * HOUR_S),
    )
    table.end()
    return found


def _intervals(table: Table, key: str) -> tuple[Interval, ...]:
    found = table.each(key, lambda entry: Interval(entry.clock("start"), entry.clock("end")))
    edges = [edge for interval in found for edge in (interval.start, interval.end)]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise table.error(key, "must be stretches in order that do not overlap")
    return found


def read_queue(table: Table) -> QueueRules:
    """Reads `[queue]`."""
    found = QueueRules(
        rule=table.choice("rule", QueueRule),
        ratio_k=table.integer("ratio_k", 1, 20),
        max_wait_s=table.integer("max_wait_s", 60, DAY_S),
        grace_s=table.integer("grace_s", 0, DAY_S),
        undo_s=table.integer("undo_s", 0, 600),
    )
    table.end()
    return found


def read_appointments(table: Table) -> AppointmentPlan:
    """Reads `[appointments]`."""
    found = AppointmentPlan(
        slot_min=table.integer("slot_min", 5, 240),
        first=table.clock("first"),
        last=table.clock("last"),
        days_ahead=table.integer("days_ahead", 0, 60),
        notice_min=table.integer("notice_min", 0, DAY_S // 60),
        early_min=table.integer("early_min", 0, 240),
        late_min=table.integer("late_min", 0, 240),
        in_a_row=table.integer("in_a_row", 1, 20),
        places=table.each("places", _read_places),
    )
    if found.last <= found.first:
        raise table.error("last", "must be after first")
    table.end()
    return found


def _read_places(table: Table) -> AppointmentPlaces:
    day = table.integer("day", 0, 10_000) if table.has("day") else 0
    return AppointmentPlaces(table.text("of"), table.integer("slot", 1, 200), day)


def read_rating_level(table: Table) -> RatingLevel:
    """Reads one `[[rating]]`."""
    return RatingLevel(
        value=table.integer("value", 1, 10),
        names=table.names("names"),
        satisfied=table.flag("satisfied"),
        needs_reason=table.flag("needs_reason"),
    )


def read_choice(table: Table) -> Choice:
    """Reads one entry of a list to choose from; `hint` may be absent."""
    return Choice(table.text("id"), table.names("names"), table.optional_names("hint"))


def read_priority_class(table: Table) -> PriorityClass:
    """Reads one `[[priority]]`."""
    return PriorityClass(
        id=table.text("id"),
        names=table.names("names"),
        hint=table.names("hint"),
        icon=table.text("icon"),
        weight=table.number("weight", 1, 100),
    )


def read_group(table: Table) -> Group:
    """Reads one `[[group]]`."""
    return Group(
        id=table.text("id"),
        names=table.names("names"),
        scope=table.names("scope"),
        icon=table.text("icon"),
        band=table.text("band"),
        day_quota=table.integer("day_quota", 0, 9999) if table.has("day_quota") else None,
    )


def read_topic(table: Table) -> Topic:
    """Reads one `[[topic]]`."""
    return Topic(table.text("id"), table.names("names"), table.text("icon"))


def read_document(table: Table) -> DocumentKind:
    """Reads one `[[document]]`."""
    return DocumentKind(table.text("id"), table.names("names"), table.optional_text("reader"))


def read_demo(table: Table) -> DemoHall:
    """Reads `[demo]`."""
    found = DemoHall(
        id=table.text("id"),
        names=table.names("names"),
        always_open=table.flag("always_open"),
        notices=table.each("notice", lambda entry: entry.names("names")),
        windows=table.each("window", _read_window),
        users=table.each("user", _read_user),
        address=table.optional_names("address"),
    )
    table.end()
    return found


def _read_window(table: Table) -> DemoWindow:
    return DemoWindow(table.text("id"), table.names("names"), table.texts("serves"))


def _read_user(table: Table) -> DemoUser:
    role = table.text("role")
    if role not in ROLES:
        raise table.error("role", f"must be one of {', '.join(ROLES)}, not {role!r}")
    return DemoUser(
        username=table.text("username"),
        names=table.names("names"),
        role=role,
        window_id=table.optional_text("window"),
        post=table.optional_text("post"),
    )
