import json
from pathlib import Path
from typing import Any

import pytest

from queue_server.core.events import EVENT_TYPES, TicketCalled
from queue_server.core.model import NextReason
from queue_server.store.event_codec import (
    UPCASTS,
    VERSIONS,
    UnreadableEventError,
    Upcast,
    decode,
    encode,
    upcast,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "events"
FILES = sorted(GOLDEN.glob("*.json"))


def named(path: Path) -> tuple[str, int]:
    kind, version, _ = path.name.split(".")
    return kind, int(version)


def covers(new: Any, old: Any) -> bool:
    """Whether all that the old body said is still said; fields with defaults may be new."""
    if isinstance(old, dict):
        return all(key in new and covers(new[key], old[key]) for key in old)
    if isinstance(old, list):
        return len(new) == len(old) and all(map(covers, new, old))
    return bool(new == old)


def test_there_is_a_golden_file_for_each_version_of_each_kind() -> None:
    wanted = {(t.__name__, v) for t in EVENT_TYPES for v in range(1, VERSIONS[t.__name__] + 1)}
    assert {named(path) for path in FILES} == wanted


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_written_once_is_read_for_ever(path: Path) -> None:
    kind, version = named(path)
    fact = decode(kind, version, path.read_text(encoding="utf-8"))
    assert type(fact).__name__ == kind
    assert decode(kind, VERSIONS[kind], encode(fact)) == fact


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_reading_and_writing_again_loses_nothing(path: Path) -> None:
    kind, version = named(path)
    body = path.read_text(encoding="utf-8")
    if version == VERSIONS[kind]:
        assert covers(json.loads(encode(decode(kind, version, body))), json.loads(body))


def test_a_nested_reason_keeps_its_type() -> None:
    fact = decode("TicketCalled", 1, (GOLDEN / "TicketCalled.1.json").read_text(encoding="utf-8"))
    assert isinstance(fact, TicketCalled)
    assert fact.reason == NextReason("chosen-by-clerk", 312, 2, "appointment")


def test_an_old_version_is_brought_up_to_date_step_by_step() -> None:
    steps: dict[tuple[str, int], Upcast] = {
        ("WindowPaused", 1): lambda body: body | {"reason": "was"},
        ("WindowPaused", 2): lambda body: body | {"reason": body["reason"] + "!"},
    }
    assert upcast("WindowPaused", 1, 3, {}, steps) == {"reason": "was!"}
    assert upcast("WindowPaused", 2, 3, {"reason": "is"}, steps) == {"reason": "is!"}
    assert upcast("WindowPaused", 3, 3, {}, steps) == {}
    with pytest.raises(KeyError):
        upcast("WindowPaused", 3, 4, {}, steps)


def test_there_is_a_step_up_from_each_older_version() -> None:
    assert set(UPCASTS) == {(kind, v) for kind, now in VERSIONS.items() for v in range(1, now)}


@pytest.mark.parametrize(
    ("kind", "version", "body"),
    [
        ("Unheard", 1, "{}"),
        ("WindowPaused", 2, '{"window_id": "1", "reason": "x"}'),
        ("WindowPaused", 0, "{}"),
        ("WindowPaused", 1, '{"window_id": "1"}'),
        ("WindowPaused", 1, '{"window_id": 1, "reason": "x"}'),
        ("WindowPaused", 1, "not JSON"),
    ],
)
def test_what_cannot_be_understood_is_refused(kind: str, version: int, body: str) -> None:
    with pytest.raises(UnreadableEventError, match=kind):
        decode(kind, version, body)
