"""The sounds that are shipped: all there, the very files that were heard, and fit to be joined."""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware.speech.bank import Phrase, chimes, languages, open_bank, shipped_sounds
from hardware.speech.samples import length_s, read_sound

HEARD = Path("tests/golden/voice/heard.json")
PACKS = Path("assets/packs")
BANK_MB_MAX = 8
MS = 16
"""Samples."""


def _phrases() -> Iterator[Phrase]:
    for language in languages():
        yield from open_bank(language).phrases.values()


@cache
def _sounds() -> dict[Path, np.ndarray[Any, np.dtype[np.float64]]]:
    return {each.path: read_sound(each.path).astype(float) / 32768 for each in _phrases()}


def _windows(sound: np.ndarray[Any, np.dtype[np.float64]], length_ms: int) -> np.ndarray[Any, Any]:
    """Power in dB of each stretch of that length."""
    size = length_ms * MS
    whole = sound[: len(sound) // size * size].reshape(-1, size)
    return 10 * np.log10((whole**2).mean(axis=1) + 1e-12)


def _out_of(kind: str, found: dict[Path, float], low: float, high: float) -> None:
    assert {f"{p.parent.parent.name}/{p.stem}": v for p, v in found.items()} != {}, kind
    wrong = {
        f"{p.parent.parent.name}/{p.stem}": v for p, v in found.items() if not low <= v <= high
    }
    assert wrong == {}, kind


def test_no_phrase_is_missing_in_any_language() -> None:
    assert languages() == ("en", "zh_CN")
    for language in languages():
        assert open_bank(language).missing() == ()


@pytest.mark.parametrize("pack", ["cn-township", "plain"])
def test_every_item_and_life_event_of_a_shipped_pack_is_in_the_bank(pack: str) -> None:
    items = json.loads((PACKS / pack / "catalogue.json").read_text("utf-8"))["items"]
    topics = tomllib.loads((PACKS / pack / "pack.toml").read_text("utf-8"))["topic"]
    names = [item["plain_name"] for item in items] + [topic["names"] for topic in topics]
    banks = {"zh-CN": open_bank("zh_CN"), "en": open_bank("en")}
    wanted = [(code, text) for name in names for code, text in name.items()]
    assert len(wanted) > 10
    assert [each for each in wanted if banks[each[0]].saying(each[1]) is None] == []


def test_the_files_are_those_that_were_made_and_heard() -> None:
    heard = json.loads(HEARD.read_text("utf-8"))["sha256"]
    found = {}
    for language in languages():
        for phrase in open_bank(language).phrases.values():
            sha256 = hashlib.sha256(phrase.path.read_bytes()).hexdigest()
            assert sha256 == phrase.sha256, phrase.path
            found[f"{language}/{phrase.path.parent.name}/{phrase.path.name}"] = sha256
    assert found == heard


def test_the_recorded_rates_are_those_of_the_recorded_sentences() -> None:
    record = json.loads(HEARD.read_text("utf-8"))
    for kind, rates in record["rates"].items():
        rows = [r for r in record["heard"] if f"{r['language']}: {r['kind']}" == kind]
        assert rates["sounds"] == len(rows) > 0
        for part, rate in rates.items():
            if part != "sounds":
                mean = sum(row["right"][part] for row in rows) / len(rows)
                assert rate == pytest.approx(mean, abs=0.001)


def test_lengths_are_those_of_speech() -> None:
    _out_of("s", {p: len(s) / 16000 for p, s in _sounds().items()}, 0.15, 4.0)


def test_all_are_equally_loud_and_none_is_cut_off() -> None:
    levels = {}
    for path, sound in _sounds().items():
        power = _windows(sound, 25)
        levels[path] = float(10 * np.log10((10 ** (power[power > power.max() - 18] / 10)).mean()))
    middle = float(np.median(list(levels.values())))
    assert -23 < middle < -17
    _out_of("dB", levels, middle - 1.5, middle + 1.5)
    _out_of("peak", {p: float(np.abs(s).max()) for p, s in _sounds().items()}, 0.15, 0.95)


def test_no_sound_begins_or_ends_with_a_click_or_a_pause() -> None:
    edges, before, after = {}, {}, {}
    for path, sound in _sounds().items():
        edges[path] = float(max(np.abs(sound[:MS]).max(), np.abs(sound[-MS:]).max()))
        power = _windows(sound, 5)
        loud = np.flatnonzero(power > power.max() - 35)
        before[path], after[path] = loud[0] * 5.0, (len(power) - 1 - loud[-1]) * 5.0
    _out_of("edge", edges, 0, 0.02)
    _out_of("ms before", before, 0, 80)
    _out_of("ms after", after, 0, 100)


def test_the_chimes_are_short_and_as_loud_as_speech() -> None:
    found = chimes()
    assert set(found) == {"call", "attention"}
    for path in found.values():
        sound = read_sound(path)
        assert 0.3 < length_s(sound) < 2.0
        assert 3000 < int(np.abs(sound).max()) < 30000
        assert abs(int(sound[0])) < 300
        assert abs(int(sound[-1])) < 300


def test_the_bank_stays_small() -> None:
    size = sum(path.stat().st_size for path in shipped_sounds().rglob("*.wav"))
    assert size < BANK_MB_MAX * 1e6
