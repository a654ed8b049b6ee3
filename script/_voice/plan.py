"""What has to be rendered: the phrases of each bank.toml, and the names of the shipped packs."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOUNDS: Final = Path("assets/sounds")
PACKS: Final = Path("assets/packs")
SPEAKERS: Final[Mapping[str, str]] = {"zh_CN": "zm_yunxi", "en": "af_heart"}
"""Chosen by script/voice hear; the folder is called after the name without its prefix."""
CODES: Final[Mapping[str, str]] = {"zh_CN": "zh-CN", "en": "en"}
"""How packs write a language."""
ENDED: Final = {("zh_CN", "digit-2")}
"""Found by the ear: without its end 二 was heard as nothing, and D and H as other words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sound to make."""

    phrase_id: str
    text: str
    language: str

    @property
    def ending(self) -> str:
        """A sign after the phonemes: one syllable alone sometimes needs to be told that it ends."""
        ends = self.phrase_id.startswith("letter-") or (self.language, self.phrase_id) in ENDED
        return "." if ends else ""


def text_id(text: str) -> str:
    """Id of a sound that is found by its text."""
    return f"text-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def wanted(language: str) -> Iterator[Wanted]:
    """Everything a bank should have, each text once."""
    table = tomllib.loads((SOUNDS / language / "bank.toml").read_text("utf-8"))
    for phrase_id, text in _flat(table["phrases"], ""):
        yield Wanted(phrase_id, text, language)
    names = dict.fromkeys(
        name for pack in sorted(PACKS.iterdir()) if pack.is_dir() for name in _names(pack, language)
    )
    for name in names:
        yield Wanted(text_id(name), name, language)


def _flat(table: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}-")
        else:
            yield f"{before}{key}", str(value)


def _names(pack: Path, language: str) -> Iterator[str]:
    """What a visitor touches: life events, and items by their plain names."""
    code = CODES[language]
    table = tomllib.loads((pack / "pack.toml").read_text("utf-8"))
    for topic in table.get("topic", []):
        if code in topic["names"]:
            yield topic["names"][code]
    yield from catalogue_names(pack / "catalogue.json", code)


def catalogue_names(file: Path, code: str) -> Iterator[str]:
    """Plain names of the items of a catalogue."""
    for item in json.loads(file.read_text("utf-8"))["items"]:
        name = item["plain_name"].get(code)
        if name:
            yield name
