"""Packs: what is not the same in every kind of hall, read from `assets/packs/<id>/`.

    pack = load_pack(shipped_pack("cn-township"))
    localized(pack.item("B01").plain_name, "en")

`load_pack` checks everything before it returns: schema, references between files, texts in every
language, icons' names, lint of the catalogue at level error. It reads files and nothing else.
"""

from queue_server.packfiles.catalogue import (
    Calendar,
    CalendarDay,
    Catalogue,
    CatalogueItem,
    Severity,
)
from queue_server.packfiles.lint import Finding, LintRule, LintRules, lint, read_lint_rules
from queue_server.packfiles.load import (
    load_pack,
    read_catalogue,
    shipped_pack,
    shipped_pack_ids,
)
from queue_server.packfiles.model import (
    AppointmentPlaces,
    AppointmentPlan,
    AtClose,
    CaseMode,
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
    Pack,
    PriorityClass,
    QueueRule,
    QueueRules,
    RatingLevel,
    Topic,
)
from queue_server.packfiles.names import Json, Names, PackError, localized
from queue_server.packfiles.toml import thaw

__all__ = [
    "AppointmentPlaces",
    "AppointmentPlan",
    "AtClose",
    "Calendar",
    "CalendarDay",
    "CaseMode",
    "Catalogue",
    "CatalogueItem",
    "Choice",
    "DayRules",
    "DemoHall",
    "DemoUser",
    "DemoWindow",
    "DocumentKind",
    "Finding",
    "Group",
    "Interval",
    "Json",
    "LabelKind",
    "LabelScheme",
    "LintRule",
    "LintRules",
    "Names",
    "OpeningHours",
    "Pack",
    "PackError",
    "PriorityClass",
    "QueueRule",
    "QueueRules",
    "RatingLevel",
    "Severity",
    "Topic",
    "lint",
    "load_pack",
    "localized",
    "read_catalogue",
    "read_lint_rules",
    "shipped_pack",
    "shipped_pack_ids",
    "thaw",
]
