"""What each language of the product still lacks: sentences, and phrases that can be heard.

简体中文 is complete by rule (`script/check`), so its catalogue is the list of all sentences. A
phrase that nobody recorded is spoken by the run-time voice, where it knows the language.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from queue_server.languages import DOMAIN, SOURCE_LANGUAGE, about, is_ready

COMPLETE: Final = "zh_CN"
BANK: Final = "bank.toml"


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a language lacks.

    Attributes:
        code: As its folder is called ("zh_CN").
        name: What it calls itself.
        reviewer: Who answers for it; empty when nobody does.
        ready: People are offered it outside of a demo.
        sentences: English sentences without a translation.
        of_sentences: How many there are in all.
        phrases: What cannot be heard: texts where a bank says them, else ids of another language's.
        of_phrases: How many there are in all.
    """

    code: str
    name: str
    reviewer: str
    ready: bool
    sentences: tuple[str, ...]
    of_sentences: int
    phrases: tuple[str, ...]
    of_phrases: int


def all_gaps(locale: Path | None = None, sounds: Path | None = None) -> tuple[Gaps, ...]:
    """Every language that has a catalogue or a phrase bank, by its code."""
    folder, heard = locale or _assets("locale"), sounds or _assets("sounds")
    codes = {po.parts[-3] for po in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    codes |= {bank.parent.name for bank in heard.glob(f"*/{BANK}")} | {SOURCE_LANGUAGE}
    return tuple(gaps(code, folder, heard) for code in sorted(codes))


def gaps(code: str, locale: Path | None = None, sounds: Path | None = None) -> Gaps:
    """What one language lacks; a language nobody has begun lacks everything."""
    folder, heard = locale or _assets("locale"), sounds or _assets("sounds")
    every = _sentences(folder, COMPLETE)
    has = every if code == SOURCE_LANGUAGE else _sentences(folder, code)
    missing = tuple(sorted(text for text, done in every.items() if done and not has.get(text)))
    wanted, there = _phrases(heard, code)
    silent = tuple(text or name for name, text in wanted.items() if name not in there)
    known = about(code, folder)
    return Gaps(
        code,
        known.name,
        known.reviewer,
        is_ready(code, folder),
        missing,
        len(every),
        silent,
        len(wanted),
    )


def _assets(name: str) -> Path:
    return Path(str(files("assets") / name))


def _sentences(locale: Path, code: str) -> Mapping[str, bool]:
    """Each sentence of a catalogue, and whether it is translated."""
    po = locale / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not po.exists():
        return {}
    with po.open("rb") as stream:
        catalogue = read_po(stream)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: _is_done(message.string)
        for message in catalogue
        if message.id
    }


def _is_done(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _phrases(sounds: Path, code: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Phrases a language should have by id, with their texts; and those that are heard."""
    bank = sounds / code / BANK
    own = bank.exists()
    table = tomllib.loads((bank if own else sounds / COMPLETE / BANK).read_text("utf-8"))
    wanted = dict(_flat(table.get("phrases", {})))
    if not own:
        return dict.fromkeys(wanted, ""), frozenset()
    voice = bank.parent / str(table.get("voice", ""))
    return wanted, frozenset(path.stem for path in voice.glob("*.wav"))


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}-")
        else:
            yield f"{before}{key}", str(value)
