"""Reads a whole pack and refuses one that does not hold together."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema

from queue_server.packfiles.calendar import read_calendar
from queue_server.packfiles.catalogue import Catalogue, CatalogueItem, Severity
from queue_server.packfiles.lint import lint, read_lint_rules
from queue_server.packfiles.model import CaseMode, Pack
from queue_server.packfiles.names import Json, Names, PackError
from queue_server.packfiles.parts import (
    read_appointments,
    read_choice,
    read_day,
    read_demo,
    read_document,
    read_group,
    read_hours,
    read_labels,
    read_priority_class,
    read_queue,
    read_rating_level,
    read_topic,
)
from queue_server.packfiles.search import search_keys
from queue_server.packfiles.table import Table
from queue_server.packfiles.toml import freeze, read_json, read_toml

PACK_FILE = "pack.toml"
CATALOGUE_FILE = "catalogue.json"
SCHEMA_FILE = "catalogue.schema.json"
MESSAGE_LENGTH = 300
"""A schema error quotes the value at fault, which can be a whole item."""
_PACKS = Path(__file__).resolve().parents[2] / "assets" / "packs"


def shipped_pack_ids() -> tuple[str, ...]:
    """Ids of the packs that come with the product."""
    return tuple(sorted(path.parent.name for path in _PACKS.glob(f"*/{PACK_FILE}")))


def shipped_pack(pack_id: str) -> Path:
    """Directory of a shipped pack.

    Raises:
        PackError: No pack of this id is shipped.
    """
    if pack_id not in shipped_pack_ids():
        raise PackError(PACK_FILE, "", f"no pack is called {pack_id!r}")
    return _PACKS / pack_id


def load_pack(directory: Path, profile: str | None = None) -> Pack:
    """Reads and checks a pack.

    Args:
        directory: Where its pack.toml is.
        profile: Lint profile "full" or "demo"; None for the pack's own default.

    Raises:
        PackError: A file is missing, a value is wrong, two parts contradict each other, or the
            catalogue breaks a lint rule of severity error.
    """
    content = read_toml(directory / PACK_FILE, PACK_FILE)
    languages = _languages(content)
    top = Table(PACK_FILE, "", content, languages)
    top.texts("languages")
    catalogue = read_catalogue(directory / CATALOGUE_FILE, directory / SCHEMA_FILE, languages)
    pack = _read_pack(top, directory, languages, catalogue)
    top.end()
    _check_references(pack)
    pack = _with_handling(pack)
    for finding in lint(catalogue, read_lint_rules(directory, languages, profile)):
        if finding.severity is Severity.ERROR:
            where = f"{finding.item}.{finding.field}"
            sentence = finding.sentence.get("en") or next(iter(finding.sentence.values()))
            raise PackError(CATALOGUE_FILE, where, f"{finding.rule}: {sentence}")
    return pack


def _languages(content: Mapping[str, Any]) -> tuple[str, ...]:
    languages = Table(PACK_FILE, "", content, ()).texts("languages")
    if not languages:
        raise PackError(PACK_FILE, "languages", "must name at least one language")
    return languages


def _read_pack(
    top: Table, directory: Path, languages: tuple[str, ...], catalogue: Catalogue
) -> Pack:
    return Pack(
        id=top.text("id"),
        version=top.integer("version", 1, 10**6),
        names=top.names("names"),
        languages=languages,
        default_language=top.text("default_language"),
        time_zone=top.text("time_zone"),
        cases=top.choice("cases", CaseMode),
        labels=read_labels(top.table("labels")),
        day=read_day(top.table("day")),
        hours=read_hours(top.table("hours")),
        queue=read_queue(top.table("queue")),
        appointments=(
            read_appointments(top.table("appointments")) if top.has("appointments") else None
        ),
        rating=top.each("rating", read_rating_level),
        rating_reasons=top.each("rating_reason", read_choice),
        priority_classes=top.each("priority", read_priority_class),
        groups=top.each("group", read_group),
        topics=top.each("topic", read_topic),
        documents=top.each("document", read_document),
        handling_modes=top.each("handling_mode", read_choice),
        pause_reasons=top.each("pause_reason", read_choice),
        cancel_reasons=top.each("cancel_reason", read_choice),
        out_of_order_reasons=top.each("out_of_order_reason", read_choice),
        out_of_scope_reasons=top.each("out_of_scope_reason", read_choice),
        help_service_id=top.text("help_service"),
        calendar=read_calendar(directory, top.table("calendar")),
        catalogue=catalogue,
        demo=read_demo(top.table("demo")),
    )


# --- catalogue --------------------------------------------------------------------------------


def read_catalogue(file: Path, schema_file: Path, languages: tuple[str, ...]) -> Catalogue:
    """Reads a catalogue and checks it against a pack's JSON Schema; lint is a step of its own.

    Raises:
        PackError: It cannot be read, breaks the schema, repeats an id, or lacks a language.
    """
    content = read_json(file, file.name)
    schema = read_json(schema_file, schema_file.name)
    validator = jsonschema.Draft202012Validator(schema)
    for error in sorted(validator.iter_errors(content), key=lambda one: list(one.absolute_path)):
        key = _item_path(content, [str(part) for part in error.absolute_path])
        raise PackError(file.name, key, str(error.message)[:MESSAGE_LENGTH])
    items = tuple(_read_item(file.name, row, languages) for row in content["items"])
    _refuse_repeats(file.name, (item.id for item in items))
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Catalogue(
        version=content["version"],
        published=date.fromisoformat(content["published"]),
        hash=hashlib.sha256(canonical.encode("utf-8")).hexdigest(),
        notice=_names(file.name, "notice", content["notice"], languages),
        items=items,
    )


def _item_path(content: Any, path: list[str]) -> str:  # noqa: ANN401 - JSON that broke its schema
    """Names an item in an error by its id ("B02.icon") instead of its place ("items.3.icon")."""
    if path[:1] == ["items"] and len(path) > 1:
        row = content["items"][int(path[1])]
        item_id = row.get("service_id") if isinstance(row, Mapping) else None
        if isinstance(item_id, str):
            return ".".join([item_id, *path[2:]])
    return ".".join(path)


def _names(file: str, key: str, value: Mapping[str, str], languages: tuple[str, ...]) -> Names:
    if set(value) != set(languages):
        raise PackError(file, key, f"must have exactly the languages {', '.join(languages)}")
    return MappingProxyType({tag: value[tag] for tag in languages})


def _read_item(file: str, row: Mapping[str, Any], languages: tuple[str, ...]) -> CatalogueItem:
    item_id = row["service_id"]
    name = _names(file, f"{item_id}.name", row["name"], languages)
    plain_name = _names(file, f"{item_id}.plain_name", row["plain_name"], languages)
    aliases = {tag: tuple(row["aliases"].get(tag, ())) for tag in languages}
    extra = freeze(row["extra"])
    if not isinstance(extra, Mapping):
        raise PackError(file, f"{item_id}.extra", "must be an object")
    _check_texts(file, f"{item_id}.extra", extra, languages)
    others = (alias for found in aliases.values() for alias in found)
    return CatalogueItem(
        id=item_id,
        group_id=row["group_id"],
        name=name,
        plain_name=plain_name,
        aliases=MappingProxyType(aliases),
        icon=row["icon"],
        topics=tuple(row["topics"]),
        series=row["series"],
        target_s=row["target_s"],
        service_time_prior_s=row["service_time_prior_s"],
        extra=extra,
        search_keys=(
            item_id.casefold(),
            *search_keys((*plain_name.values(), *name.values(), *others)),
        ),
    )


def _check_texts(file: str, key: str, value: Json, languages: tuple[str, ...]) -> None:
    """Finds texts by language anywhere in `value` and refuses one that lacks a language."""
    if isinstance(value, Mapping):
        if set(value) & set(languages):
            _names(file, key, {k: str(v) for k, v in value.items()}, languages)
        for name, part in value.items():
            _check_texts(file, f"{key}.{name}", part, languages)
    elif isinstance(value, tuple):
        for number, part in enumerate(value, start=1):
            _check_texts(file, f"{key}.{number}", part, languages)


def _with_handling(pack: Pack) -> Pack:
    """Puts the words in place of the id of an item's handling mode: `{id, names, hint}`."""
    modes = {mode.id: mode for mode in pack.handling_modes}
    items = []
    for item in pack.catalogue.items:
        mode = modes.get(str(item.extra["handling_mode"]))
        if mode is None:
            raise PackError(CATALOGUE_FILE, f"{item.id}.extra.handling_mode", "is unknown")
        words: Mapping[str, Json] = MappingProxyType(
            {"id": mode.id, "names": mode.names, "hint": mode.hint}
        )
        extra: Mapping[str, Json] = MappingProxyType({**item.extra, "handling_mode": words})
        items.append(replace(item, extra=extra))
    return replace(pack, catalogue=replace(pack.catalogue, items=tuple(items)))


# --- references -------------------------------------------------------------------------------


def _refuse_repeats(file: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise PackError(file, one, "is there twice")
        seen.add(one)


def _check_references(pack: Pack) -> None:
    for entries in (pack.groups, pack.topics, pack.priority_classes, pack.documents):
        _refuse_repeats(PACK_FILE, (entry.id for entry in entries))
    _refuse_repeats(PACK_FILE, (user.username for user in pack.demo.users))
    _refuse_repeats(PACK_FILE, (window.id for window in pack.demo.windows))
    if pack.default_language not in pack.languages:
        raise PackError(PACK_FILE, "default_language", "is not one of the languages")
    try:
        ZoneInfo(pack.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PackError(PACK_FILE, "time_zone", "is not a time zone's name") from error
    _check_items(pack)
    _check_demo(pack)


def _check_items(pack: Pack) -> None:
    groups = {group.id for group in pack.groups}
    topics = {topic.id for topic in pack.topics}
    for item in pack.catalogue.items:
        if item.group_id not in groups:
            raise PackError(CATALOGUE_FILE, f"{item.id}.group_id", "is no group of pack.toml")
        if item.series != item.group_id or not item.id.startswith(item.series):
            raise PackError(CATALOGUE_FILE, f"{item.id}.series", "must be the group's letter")
        if unknown := set(item.topics) - topics:
            raise PackError(CATALOGUE_FILE, f"{item.id}.topics", f"unknown: {sorted(unknown)}")
    plan = pack.appointments
    for place in plan.places if plan is not None else ():
        if place.of not in groups | {item.id for item in pack.catalogue.items}:
            raise PackError(PACK_FILE, "appointments.places", f"{place.of} is no group or item")
    if pack.help_service_id not in {item.id for item in pack.catalogue.items}:
        raise PackError(PACK_FILE, "help_service", "is no item of the catalogue")


def _check_demo(pack: Pack) -> None:
    groups = {group.id for group in pack.groups}
    windows = {window.id for window in pack.demo.windows}
    for window in pack.demo.windows:
        if unknown := set(window.serves) - groups:
            where = f"demo.window.{window.id}.serves"
            raise PackError(PACK_FILE, where, f"unknown groups: {sorted(unknown)}")
    for user in pack.demo.users:
        if user.window_id is not None and user.window_id not in windows:
            where = f"demo.user.{user.username}.window"
            raise PackError(PACK_FILE, where, "is no window of the demo hall")
