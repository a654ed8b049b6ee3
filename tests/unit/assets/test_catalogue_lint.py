import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.packfiles.lint import shortest_days
from queue_server.packs import (
    Catalogue,
    Finding,
    PackError,
    Severity,
    lint,
    load_pack,
    read_catalogue,
    read_lint_rules,
    shipped_pack,
)

TOWNSHIP = shipped_pack("cn-township")
LANGUAGES = ("zh-CN", "en")


def catalogue_with(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Catalogue:
    """The shipped catalogue with one item changed (B01, an item without faults of its own)."""
    content = json.loads((TOWNSHIP / "catalogue.json").read_text("utf-8"))
    change(next(item for item in content["items"] if item["service_id"] == "B01"))
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(content), "utf-8")
    return read_catalogue(file, TOWNSHIP / "catalogue.schema.json", LANGUAGES)


def findings(catalogue: Catalogue, profile: str = "full") -> set[tuple[str, str, str]]:
    return {
        (found.rule.split("-")[0], found.item, found.field)
        for found in lint(catalogue, read_lint_rules(TOWNSHIP, LANGUAGES, profile))
    }


def fee(**changes: object) -> list[dict[str, object]]:
    full: dict[str, object] = {
        "name": {"zh-CN": "工本费", "en": "Fee"},
        "amount": "5.00",
        "currency": "CNY",
        "unit": {"zh-CN": "元", "en": "yuan"},
        "basis": {"zh-CN": "文件", "en": "Rules"},
    }
    return [{**full, **changes}]


def extra(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda item: item["extra"].update(changes)


def official(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda item: item["extra"]["official"].update(changes)


LIMIT_7_WORKING = {"value": 7, "unit": "working_day", "note": None}
LIMIT_7_NATURAL = {"value": 7, "unit": "day", "note": None}
BROKEN: list[tuple[str, str, Callable[[dict[str, Any]], None]]] = [
    ("CN01", "extra.project_type", extra(project_type="promised")),
    (
        "CN02",
        "extra.promised_limit",
        extra(project_type="promised", promised_limit=LIMIT_7_WORKING, legal_limit=LIMIT_7_NATURAL),
    ),
    ("CN03", "extra.promised_limit", extra(promised_limit=None, project_type="promised")),
    ("CN04", "extra.fee.fees", extra(fee={"charged": True, "online_payment": False, "fees": []})),
    (
        "CN05",
        "extra.fee.fees",
        extra(fee={"charged": True, "online_payment": False, "fees": fee(basis=None)}),
    ),
    (
        "CN06",
        "extra.fee.fees",
        extra(fee={"charged": False, "online_payment": False, "fees": fee()}),
    ),
    (
        "CN07",
        "extra.fee.online_payment",
        extra(fee={"charged": False, "online_payment": True, "fees": []}),
    ),
    ("CN08", "extra.visits.reason", extra(visits={"count": 1, "reason": None})),
    (
        "CN09",
        "extra.channels",
        extra(visits={"count": 0, "reason": None}, channels=["window"]),
    ),
    (
        "CN10",
        "extra.phones.consult",
        extra(phones={"consult": "0855-1234567", "complain": "0855-1234567"}),
    ),
    ("CN13", "extra.phones.consult", extra(phones={"consult": "1234567", "complain": "12345"})),
    (
        "CN14",
        "extra.phones.complain",
        extra(phones={"consult": "0855-1234567", "complain": "7654321"}),
    ),
    (
        "CN15",
        "extra.result.sample",
        extra(result={"name": None, "type": "certificate", "sample": None}),
    ),
    ("CN16", "extra.questions", official(task_type="01")),
    ("CN17", "extra.steps", official(task_type="01")),
    (
        "CN18",
        "extra.steps",
        extra(
            project_type="promised",
            promised_limit=LIMIT_7_WORKING,
            steps=[
                {
                    "name": {"zh-CN": "受理", "en": "Accept"},
                    "limit": {"value": 5, "unit": "working_day"},
                },
                {
                    "name": {"zh-CN": "审批", "en": "Decide"},
                    "limit": {"value": 3, "unit": "working_day"},
                },
            ],
        ),
    ),
    ("CN19", "extra.basis", extra(basis=None)),
    ("CN20", "extra.official.catalog_code", official(catalog_code="12345")),
    ("CN21", "extra.official.task_code", official(task_code="1" * 37)),
    ("CN24", "aliases.zh-CN", lambda item: item["aliases"].update({"zh-CN": []})),
    ("CN25", "topics", lambda item: item.update(topics=[])),
]


@pytest.mark.parametrize(("rule", "field", "change"), BROKEN)
def test_a_broken_fixture_is_found_with_rule_item_and_field(
    tmp_path: Path, rule: str, field: str, change: Callable[[dict[str, Any]], None]
) -> None:
    before = findings(catalogue_with(tmp_path, dict.copy))
    assert (rule, "B01", field) not in before
    after = findings(catalogue_with(tmp_path, change))
    assert (rule, "B01", field) in after


def test_every_rule_of_the_township_has_a_broken_fixture() -> None:
    rules = read_lint_rules(TOWNSHIP, LANGUAGES, "full").rules
    shown_by_the_shipped_catalogue = {"CN11", "CN12", "CN22"}
    shown_by_the_schema = {"CN23"}
    covered = {rule for rule, _, _ in BROKEN} | shown_by_the_shipped_catalogue | shown_by_the_schema
    assert {rule.id.split("-")[0] for rule in rules} == covered


def shipped_findings(profile: str) -> tuple[Finding, ...]:
    catalogue = load_pack(TOWNSHIP).catalogue
    return lint(catalogue, read_lint_rules(TOWNSHIP, LANGUAGES, profile))


def test_the_shipped_catalogue_has_no_error_in_the_demo_profile() -> None:
    assert {found.severity for found in shipped_findings("demo")} == {Severity.WARNING}


def test_legal_aid_is_the_known_broken_promise() -> None:
    broken = [f.item for f in shipped_findings("demo") if f.rule == "CN02-promise-within-law"]
    assert broken == ["A02"]


def test_a_hall_in_service_refuses_the_example_catalogue() -> None:
    with pytest.raises(PackError, match="CN"):
        load_pack(TOWNSHIP, "full")
    rules = {found.rule.split("-")[0] for found in shipped_findings("full")}
    assert {"CN02", "CN11", "CN12", "CN15", "CN22"} <= rules


def test_every_finding_is_told_in_every_language() -> None:
    for found in shipped_findings("full"):
        assert set(found.sentence) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("limit", "days"),
    [
        ({"value": 0, "unit": "instant"}, 0),
        ({"value": 5, "unit": "working_day"}, 5),
        ({"value": 6, "unit": "working_day"}, 8),
        ({"value": 7, "unit": "working_day"}, 9),
        ({"value": 7, "unit": "day"}, 7),
        (None, None),
    ],
)
def test_working_days_are_compared_as_the_fewest_natural_days(
    limit: dict[str, int | str] | None, days: int | None
) -> None:
    assert shortest_days(limit) == days


@given(st.integers(1, 400))
def test_a_limit_in_working_days_is_never_shorter_than_in_days(value: int) -> None:
    working = shortest_days({"value": value, "unit": "working_day"})
    assert working is not None
    assert working >= value


RULE = """profile = "full"
[[rule]]
id = "X"
check = "present"
field = "icon"
severity = { full = "error", demo = "off" }
sentence = { en = "x" }
"""


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('profile = "full"', 'profile = "moon"', "rule.1.severity"),
        ('check = "present"', 'check = "hope"', "rule.1.check"),
        ('check = "present"', 'check = "pattern"', "rule.1.regex"),
        ('demo = "off"', 'demo = "loud"', "rule.1.severity.demo"),
        ('id = "X"', 'id = "X"\nwhen = [{ field = "icon" }]', "rule.1.when.1.field"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    (tmp_path / "lint.toml").write_text(RULE.replace(old, new), "utf-8")
    with pytest.raises(PackError) as caught:
        read_lint_rules(tmp_path, ("en",))
    assert (caught.value.file, caught.value.key) == ("lint.toml", key)
