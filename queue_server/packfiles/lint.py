"""Lint of a catalogue: rules are data (`lint.toml` of a pack), the checks they name are here.

A rule names a check, a field, what it compares with and when it applies:

    [[rule]]
    id = "promise-within-law"
    check = "limit_at_most"
    field = "extra.promised_limit"
    other = "extra.legal_limit"
    severity = { full = "error", demo = "warning" }
    sentence = { en = "The promised limit is longer than the law allows." }

Fields are dotted paths from the item ("aliases", "extra.fee.charged").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from queue_server.packfiles.catalogue import Catalogue, CatalogueItem, Severity
from queue_server.packfiles.names import Json, Names
from queue_server.packfiles.table import Table
from queue_server.packfiles.toml import read_toml

LINT_FILE = "lint.toml"
WORKING_WEEK_DAYS = 5
WEEKEND_DAYS = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: `field` compared with `value` by `operator`."""

    field: str
    operator: str
    value: Json


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule; `options` are what its check compares with, see `CHECKS`."""

    id: str
    check: str
    field: str
    severity: Severity
    sentence: Names
    when: tuple[Condition, ...]
    options: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class LintRules:
    """The rules of a pack with the severities of one profile."""

    profile: str
    rules: tuple[LintRule, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that an item breaks. `item` is the service id, `field` the dotted path."""

    rule: str
    item: str
    field: str
    severity: Severity
    sentence: Names


def lint(catalogue: Catalogue, rules: LintRules) -> tuple[Finding, ...]:
    """Checks every item against every rule that is not off.

    Returns:
        The findings in the order of items, then rules. Whoever publishes refuses a catalogue with
        one of severity ERROR.
    """
    return tuple(
        Finding(rule.id, item.id, rule.field, rule.severity, rule.sentence)
        for item in catalogue.items
        for rule in rules.rules
        if rule.severity is not Severity.OFF
        and all(_applies(item, condition) for condition in rule.when)
        and not CHECKS[rule.check](item, rule)
    )


# --- fields -----------------------------------------------------------------------------------


def field_value(item: CatalogueItem, path: str) -> Json:
    """Follows a dotted path; None where it ends early."""
    first, *rest = path.split(".")
    value: Json = getattr(item, first, None)
    for part in rest:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _is_empty(value: Json) -> bool:
    if isinstance(value, Mapping):
        return all(_is_empty(part) for part in value.values())
    return value is None or value in ("", ())


def _as_tuple(value: Json) -> tuple[Json, ...]:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _exceeds(value: Json, bound: Json) -> bool:
    return isinstance(value, int | float) and isinstance(bound, int | float) and value > bound


OPERATORS: Mapping[str, Callable[[Json, Json], bool]] = MappingProxyType(
    {
        "equals": lambda value, wanted: value == wanted,
        "differs": lambda value, wanted: value != wanted,
        "above": _exceeds,
        "contains": lambda value, wanted: wanted in _as_tuple(value),
        "lacks": lambda value, wanted: wanted not in _as_tuple(value),
        "present": lambda value, wanted: _is_empty(value) is not wanted,
    }
)


def _applies(item: CatalogueItem, condition: Condition) -> bool:
    return OPERATORS[condition.operator](field_value(item, condition.field), condition.value)


# --- limits -----------------------------------------------------------------------------------


def shortest_days(limit: Json) -> int | None:
    """The fewest natural days a limit can last; None when it states no figure.

    n working days span at least n + 2·⌊(n − 1)/5⌋ natural days: every full week that is begun
    holds a weekend. Holidays only make it longer.
    """
    if not isinstance(limit, Mapping) or not isinstance(limit.get("value"), int):
        return None
    value = limit["value"]
    if not isinstance(value, int):
        return None
    if limit.get("unit") == "working_day" and value > 0:
        return value + WEEKEND_DAYS * ((value - 1) // WORKING_WEEK_DAYS)
    return value


def _limit_at_most(item: CatalogueItem, rule: LintRule) -> bool:
    promised = field_value(item, rule.field)
    allowed = field_value(item, str(rule.options["other"]))
    short, long = shortest_days(promised), shortest_days(allowed)
    return short is None or long is None or short <= long


def _stages_within(item: CatalogueItem, rule: LintRule) -> bool:
    """Stages in the unit of the whole limit must not add up to more; other units are not mixed."""
    whole = field_value(item, str(rule.options["other"]))
    if not isinstance(whole, Mapping) or not isinstance(whole.get("value"), int):
        return True
    total = 0
    for step in _as_tuple(field_value(item, rule.field)):
        limit = step.get("limit") if isinstance(step, Mapping) else None
        if isinstance(limit, Mapping) and limit.get("unit") == whole.get("unit"):
            value = limit.get("value")
            total += value if isinstance(value, int) else 0
    return not _exceeds(total, whole["value"])


# --- checks -----------------------------------------------------------------------------------


def _equal_together(item: CatalogueItem, rule: LintRule) -> bool:
    this = field_value(item, rule.field) == rule.options["value"]
    that = field_value(item, str(rule.options["other"])) == rule.options["other_value"]
    return this == that


def _different(item: CatalogueItem, rule: LintRule) -> bool:
    value = field_value(item, rule.field)
    return _is_empty(value) or value != field_value(item, str(rule.options["other"]))


def _pattern(item: CatalogueItem, rule: LintRule) -> bool:
    value = field_value(item, rule.field)
    return _is_empty(value) or re.fullmatch(str(rule.options["regex"]), str(value)) is not None


def _each_has(item: CatalogueItem, rule: LintRule) -> bool:
    keys = _as_tuple(rule.options["keys"])
    return all(
        isinstance(entry, Mapping) and not any(_is_empty(entry.get(str(key))) for key in keys)
        for entry in _as_tuple(field_value(item, rule.field))
    )


def _covers(item: CatalogueItem, rule: LintRule) -> bool:
    key = str(rule.options["key"])
    present = {
        entry.get(key)
        for entry in _as_tuple(field_value(item, rule.field))
        if isinstance(entry, Mapping)
    }
    return all(value in present for value in _as_tuple(rule.options["values"]))


CHECKS: Mapping[str, Callable[[CatalogueItem, LintRule], bool]] = MappingProxyType(
    {
        "present": lambda item, rule: not _is_empty(field_value(item, rule.field)),
        "equals": lambda item, rule: field_value(item, rule.field) == rule.options["value"],
        "contains": lambda item, rule: (
            rule.options["value"] in _as_tuple(field_value(item, rule.field))
        ),
        "equal_together": _equal_together,
        "different": _different,
        "pattern": _pattern,
        "each_has": _each_has,
        "covers": _covers,
        "limit_at_most": _limit_at_most,
        "stages_within": _stages_within,
    }
)
"""Each check tells whether an item is good; the options it needs are in `_OPTIONS`."""

_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "present": (),
        "equals": ("value",),
        "contains": ("value",),
        "equal_together": ("value", "other", "other_value"),
        "different": ("other",),
        "pattern": ("regex",),
        "each_has": ("keys",),
        "covers": ("key", "values"),
        "limit_at_most": ("other",),
        "stages_within": ("other",),
    }
)


# --- reading ----------------------------------------------------------------------------------


def read_lint_rules(
    directory: Path, languages: tuple[str, ...], profile: str | None = None
) -> LintRules:
    """Reads `lint.toml` of a pack.

    Args:
        directory: The pack's directory.
        languages: Languages every sentence must have.
        profile: "full" (a hall in service), "demo", or None for the file's own default.

    Raises:
        PackError: The file is missing or wrong.
    """
    top = Table(LINT_FILE, "", read_toml(directory / LINT_FILE, LINT_FILE), languages)
    default = top.text("profile")
    chosen = profile or default
    rules = top.each("rule", lambda table: _read_rule(table, chosen))
    top.end()
    return LintRules(chosen, rules)


def _read_rule(table: Table, profile: str) -> LintRule:
    check = table.text("check")
    if check not in CHECKS:
        raise table.error("check", f"must be one of {', '.join(sorted(CHECKS))}, not {check!r}")
    severities = table.table("severity")
    chosen = {name: severities.choice(name, Severity) for name in ("full", "demo")}
    severities.end()
    if profile not in chosen:
        raise table.error("severity", f"has no profile {profile!r}")
    return LintRule(
        id=table.text("id"),
        check=check,
        field=table.text("field"),
        severity=chosen[profile],
        sentence=table.names("sentence"),
        when=table.each("when", _read_condition) if table.has("when") else (),
        options=MappingProxyType({name: table.json(name) for name in _OPTIONS[check]}),
    )


def _read_condition(table: Table) -> Condition:
    field = table.text("field")
    for operator in OPERATORS:
        if table.has(operator):
            return Condition(field, operator, table.json(operator))
    raise table.error("field", f"needs one of {', '.join(OPERATORS)}")
