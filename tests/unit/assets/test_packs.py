import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from queue_server.contract.ids import (
    GROUP_PATTERN,
    HALL_PATTERN,
    SERVICE_PATTERN,
    WINDOW_PATTERN,
)
from queue_server.packfiles.search import search_form, search_keys
from queue_server.packs import (
    Json,
    Pack,
    PackError,
    load_pack,
    localized,
    shipped_pack,
    shipped_pack_ids,
    thaw,
)

ROOT = Path(__file__).resolve().parents[3]
ICONS = ROOT / "assets" / "images" / "icons"
HAN = range(0x2E80, 0x33480)


@pytest.fixture(scope="module", params=shipped_pack_ids())
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(shipped_pack(request.param))


@pytest.fixture(scope="module")
def township() -> Pack:
    return load_pack(shipped_pack("cn-township"))


def texts_of(value: Json) -> Iterator[Json]:
    """Every mapping in `value`, itself included."""
    if isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif hasattr(value, "items"):
        yield value
        for part in value.values():
            yield from texts_of(part)


def has_han(text: str) -> bool:
    return any(0x3400 <= ord(char) <= 0x9FFF or ord(char) >= 0x20000 for char in text)


def test_two_packs_are_shipped() -> None:
    assert shipped_pack_ids() == ("cn-township", "plain")


def test_a_pack_nobody_ships_is_named() -> None:
    with pytest.raises(PackError, match="hospital"):
        shipped_pack("hospital")


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_a_catalogue_is_valid_by_the_schema_beside_it(pack_id: str) -> None:
    directory = shipped_pack(pack_id)
    schema = json.loads((directory / "catalogue.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((directory / "catalogue.json").read_text("utf-8")), schema)


def test_no_han_stands_anywhere_in_the_plain_pack() -> None:
    for path in shipped_pack("plain").rglob("*"):
        if path.is_file():
            assert not any(ord(char) in HAN for char in path.read_text("utf-8")), path


def test_every_text_a_citizen_sees_is_there_in_every_language(pack: Pack) -> None:
    for item in pack.catalogue.items:
        for texts in (item.name, item.plain_name):
            assert all(texts[tag].strip() for tag in pack.languages), item.id
        for mapping in texts_of(item.extra):
            if set(mapping) & set(pack.languages):
                assert set(mapping) == set(pack.languages), (item.id, mapping)


def test_english_texts_are_english(pack: Pack) -> None:
    for item in pack.catalogue.items:
        texts = [item.name, item.plain_name, *texts_of(item.extra)]
        for mapping in texts:
            if "en" in mapping:
                assert not has_han(str(mapping["en"])), (item.id, mapping["en"])


def test_every_icon_a_pack_names_exists(pack: Pack) -> None:
    named = {item.icon for item in pack.catalogue.items}
    named |= {group.icon for group in pack.groups} | {topic.icon for topic in pack.topics}
    named |= {priority.icon for priority in pack.priority_classes}
    assert {name for name in named if not (ICONS / f"{name}.svg").exists()} == set()


def test_ids_are_as_the_contract_says(pack: Pack) -> None:
    import re  # noqa: PLC0415 - only here

    assert re.fullmatch(HALL_PATTERN, pack.demo.id)
    for window in pack.demo.windows:
        assert re.fullmatch(WINDOW_PATTERN, window.id)
    for group in pack.groups:
        assert re.fullmatch(GROUP_PATTERN, group.id)
    for item in pack.catalogue.items:
        assert re.fullmatch(SERVICE_PATTERN, item.id)


def test_numbers_of_a_series_count_up_from_one_in_catalogue_order(pack: Pack) -> None:
    for group in pack.groups:
        ids = [item.id for item in pack.catalogue.items if item.group_id == group.id]
        assert ids == [f"{group.id}{number:02d}" for number in range(1, len(ids) + 1)]


def test_in_the_demo_window_1_serves_all_and_each_other_group_has_its_own(pack: Pack) -> None:
    serves = {window.id: window.serves for window in pack.demo.windows}
    assert serves == {
        "1": tuple("ABCDEFG"),
        **{str(number): ("ABCDEFG"[number - 1],) for number in range(2, 8)},
    } or (pack.id == "plain" and serves["1"] == tuple("ABCDEFG"))


def test_every_window_of_the_demo_has_an_a_and_a_b_post(pack: Pack) -> None:
    for window in pack.demo.windows:
        posts = sorted(user.post or "" for user in pack.demo.users if user.window_id == window.id)
        assert posts == ["A", "B"]


def test_every_topic_and_group_leads_to_an_item(pack: Pack) -> None:
    topics = {topic for item in pack.catalogue.items for topic in item.topics}
    assert topics == {topic.id for topic in pack.topics}
    assert {item.group_id for item in pack.catalogue.items} == {group.id for group in pack.groups}


def test_the_whole_example_catalogue_was_taken_over(township: Pack) -> None:
    original = json.loads(
        (shipped_pack("cn-township") / "source/catalogue.json").read_text("utf-8")
    )
    taken = {item.extra["item_no"]: item for item in township.catalogue.items}
    assert sorted(taken) == [item["item_no"] for item in original["items"]]
    for item in original["items"]:
        ours = taken[item["item_no"]]
        assert ours.series == item["queue_prefix"]
        materials = ours.extra["materials"]
        assert isinstance(materials, tuple)
        assert len(materials) == len(item["materials"])
        evidence = ours.extra["evidence"]
        assert hasattr(evidence, "get")
        assert evidence.get("grade") == item["evidence"]["grade"]


@pytest.mark.parametrize(
    ("typed", "service_id"),
    [
        ("yanglao", "B01"),
        ("sfz", "D03"),
        ("低保", "C01"),
        ("dibao", "C01"),
        ("kanshu", "E01"),
        ("newborn", "D01"),
        ("五保户", "C02"),
        ("b05", "B05"),
    ],
)
def test_an_item_is_found_by_name_alias_pinyin_or_initials(
    township: Pack, typed: str, service_id: str
) -> None:
    form = search_form(typed)
    found = {
        item.id for item in township.catalogue.items if any(form in key for key in item.search_keys)
    }
    assert service_id in found


def test_search_keys_of_plain_english_need_no_pinyin() -> None:
    assert search_keys(["Lost card"]) == ("lostcard", "lost", "card")


WORKED = (date(2026, 11, 23), date(2026, 2, 14), date(2025, 10, 11), date(2027, 1, 1))
OFF = (date(2026, 11, 22), date(2026, 2, 16), date(2025, 10, 8), date(2027, 1, 2))


def test_working_days_follow_the_published_lists(township: Pack) -> None:
    assert all(township.calendar.is_working(day) for day in WORKED)
    assert not any(township.calendar.is_working(day) for day in OFF)


def test_an_unpublished_year_counts_weekdays_and_says_it_is_provisional(township: Pack) -> None:
    assert not township.calendar.is_provisional(date(2026, 12, 31))
    assert township.calendar.is_provisional(date(2027, 1, 1))


def test_the_nation_gives_as_many_days_off_as_the_notices_say(township: Pack) -> None:
    for year, off, worked in ((2025, 28, 5), (2026, 33, 6)):
        days = [day for day in township.calendar.days.values() if day.day.year == year]
        assert sum(not day.working for day in days) == off
        assert sum(day.working for day in days) == worked
        assert all(day.day.isoweekday() >= 6 for day in days if day.working)


def test_a_text_is_found_by_language_or_its_first_part() -> None:
    names = {"zh-CN": "取号", "en": "Take a number"}
    assert localized(names, "en-GB") == "Take a number"
    assert localized(names, "zh_CN") == "取号"
    assert localized(names, "ar") == "取号"


def test_a_thawed_item_is_plain_json(township: Pack) -> None:
    for item in township.catalogue.items:
        assert json.loads(json.dumps(thaw(item.extra)))["handling_mode"]["hint"]["en"]


# --- broken packs -----------------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_pack("plain"), tmp_path / "pack"))


def edit_text(old: str, new: str) -> Callable[[Path], None]:
    def edit(directory: Path) -> None:
        path = directory / "pack.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return edit


def edit_item(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def edit(directory: Path) -> None:
        path = directory / "catalogue.json"
        content = json.loads(path.read_text("utf-8"))
        change(content["items"][3])
        path.write_text(json.dumps(content), "utf-8")

    return edit


BROKEN = [
    (
        "pack.toml",
        "default_language",
        edit_text('default_language = "en"', 'default_language = "fr"'),
    ),
    ("pack.toml", "time_zone", edit_text('"Europe/Dublin"', '"Europe/Nowhere"')),
    ("pack.toml", "queue.ratio_k", edit_text("ratio_k = 2", "ratio_k = 0")),
    ("pack.toml", "queue.rule", edit_text('rule = "ratio"', 'rule = "luck"')),
    ("pack.toml", "queue.surprise", edit_text("ratio_k = 2", "ratio_k = 2\nsurprise = 1")),
    ("pack.toml", "labels.digits", edit_text("digits = 3", "digits = true")),
    ("pack.toml", "day.at_close", edit_text('at_close = "expire"', "")),
    ("pack.toml", "names.en", edit_text('en = "City service point"', 'en = ""')),
    ("pack.toml", "help_service", edit_text('help_service = "A01"', 'help_service = "Z99"')),
    (
        "pack.toml",
        "demo.user.2.role",
        edit_text('"clerk1b"\nrole = "clerk"', '"clerk1b"\nrole = "king"'),
    ),
    ("pack.toml", "", edit_text("version = 1", "version = ")),
    ("catalogue.json", "B02.icon", edit_item(lambda item: item.update(icon=""))),
    ("catalogue.json", "B02", edit_item(lambda item: item.pop("topics"))),
    ("catalogue.json", "B02.topics", edit_item(lambda item: item.update(topics=["moon"]))),
    ("catalogue.json", "B02.name", edit_item(lambda item: item.update(name={"fr": "Carte"}))),
    ("catalogue.json", "B01", edit_item(lambda item: item.update(service_id="B01"))),
    (
        "catalogue.json",
        "B02.group_id",
        edit_item(lambda item: item.update(group_id="Q", series="Q")),
    ),
    (
        "catalogue.json",
        "B02.extra.handling_mode",
        edit_item(lambda item: item["extra"].update(handling_mode="magic")),
    ),
    (
        "catalogue.json",
        "B02.extra.fee.fees",
        edit_item(lambda item: item["extra"]["fee"].update(fees=[])),
    ),
]


@pytest.mark.parametrize(("file", "key", "break_it"), BROKEN)
def test_a_broken_pack_is_refused_with_file_and_key(
    copied: Path, file: str, key: str, break_it: Callable[[Path], None]
) -> None:
    load_pack(copied)
    break_it(copied)
    with pytest.raises(PackError) as caught:
        load_pack(copied)
    assert (caught.value.file, caught.value.key) == (file, key)
    assert caught.value.sentence


@pytest.mark.parametrize("file", ["pack.toml", "catalogue.json", "lint.toml", "calendar/hall.toml"])
def test_a_missing_file_is_named(copied: Path, file: str) -> None:
    (copied / file).unlink()
    with pytest.raises(PackError, match="cannot be read") as caught:
        load_pack(copied)
    assert caught.value.file == file
