"""The phrase bank: which sounds there are in a language, and where.

`assets/sounds/<language>/bank.toml` says how the language speaks, `<voice>/index.json` what was
rendered, and each phrase is `<voice>/<id>.wav`, 16 kHz, one channel, 16 bits. A hall adds to it or
replaces parts by laying files of the same names into a folder of its own, index or not: recorded
phrases, or a language that we do not have (docs/voice.md).
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError
from hardware.speech.wording import Said, Sentence, Wording, clips

TOML: Final = "bank.toml"
INDEX: Final = "index.json"
CHIME: Final = "chime"
"""Folder of sounds without words; they belong to no language."""


class BadBank(HardwareError):
    """A phrase bank cannot be used: a file is missing, or is not what docs/voice.md asks for."""

    code = "bad-voice-bank"


class Source(StrEnum):
    """Who speaks."""

    MODEL = "model"
    """A neural voice, at development time."""
    RECORDED = "recorded"
    """A person."""
    RUN_TIME = "run-time"
    """The voice that is installed with the product."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sound of the bank.

    Attributes:
        phrase_id: Stem of its file.
        text: What it says, as the bank writes it; empty where nobody wrote it down.
        path: A WAV file, 16 kHz mono 16-bit.
        source: Who speaks.
        sha256: Of the file when it was made; empty for files that a hall laid there itself.
    """

    phrase_id: str
    text: str
    path: Path
    source: Source
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Bank:
    """All sounds of one language.

    Attributes:
        language: As the folders of translations are called ("zh_CN").
        wording: How its sentences are put together.
        texts: Phrase id → what it says, for every phrase it should have.
        phrases: Those it has.
    """

    language: str
    wording: Wording
    texts: Mapping[str, str]
    phrases: Mapping[str, Phrase]

    def sentence(self, sentence: Sentence, said: Said, reading: str = "") -> tuple[str, ...]:
        """The phrase ids of a sentence; see `hardware.speech.wording.clips`."""
        return clips(self.wording, self.phrases, sentence, said, reading)

    def saying(self, text: str) -> Phrase | None:
        """The phrase that says exactly this text, or None where it has to be rendered."""
        return next((phrase for phrase in self.phrases.values() if phrase.text == text), None)

    def missing(self) -> tuple[str, ...]:
        """Ids that should be there and are not: what is still to be rendered or recorded."""
        return tuple(name for name in self.texts if name not in self.phrases)


def shipped_sounds() -> Path:
    """The folder of the sounds that come with the product."""
    return Path(str(files("assets") / "sounds"))


def chimes(sounds: Path | None = None) -> Mapping[str, Path]:
    """Sounds without words by name ("call", "attention")."""
    folder = (sounds or shipped_sounds()) / CHIME
    return {path.stem: path for path in sorted(folder.glob("*.wav"))}


def languages(*sounds: Path) -> tuple[str, ...]:
    """Languages that have a bank in these folders; the shipped ones where none is given."""
    found = {toml.parent.name for top in sounds or (shipped_sounds(),) for toml in _tomls(top)}
    return tuple(sorted(found))


def _tomls(top: Path) -> Iterator[Path]:
    yield from top.glob(f"*/{TOML}")


def open_bank(language: str, *own: Path, voice: str = "") -> Bank:
    """Read the bank of a language.

    Args:
        language: "zh_CN", "en" or what a hall has a folder for.
        own: Folders of the hall, laid out like assets/sounds; a later one replaces single sounds
            (or the whole wording) of the ones before.
        voice: Name of a folder; empty for the one that `bank.toml` names.

    Raises:
        BadBank: No folder has the language, or a file of it cannot be understood.
    """
    tops = (shipped_sounds(), *own)
    tables = [_table(top / language / TOML) for top in tops if (top / language / TOML).is_file()]
    if not tables:
        raise BadBank(language)
    table = tables[-1]
    texts = flat_texts(_phrase_table(table, language))
    name = voice or str(table.get("voice", ""))
    phrases: dict[str, Phrase] = {}
    for top in tops:
        phrases |= _phrases(top / language / name, texts)
    return Bank(language, _wording(table, language), texts, phrases)


def flat_texts(table: Mapping[str, object], before: str = "") -> dict[str, str]:
    """`[phrases.digit] 1 = "一"` as `{"digit-1": "一"}`.

    Raises:
        BadBank: Something else than text stands there.
    """
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            texts |= flat_texts(value, f"{before}{key}-")
        elif isinstance(value, str):
            texts[f"{before}{key}"] = value
        else:
            raise BadBank(f"phrase {before}{key}")
    return texts


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadBank(path.name) from error


def _wording(table: Mapping[str, object], language: str) -> Wording:
    """The tables `sentences`, `parts` and `readings`, checked."""
    try:
        sentences = {k: _steps(v) for k, v in _mapping(table["sentences"]).items()}
        window = _steps(_mapping(table["parts"])["window"])
        readings = {
            name: {str(digit): str(phrase) for digit, phrase in _mapping(value).items()}
            for name, value in _mapping(table.get("readings", {})).items()
        }
    except (KeyError, TypeError) as error:
        raise BadBank(f"{language} {error}") from error
    return Wording(sentences, window, readings, str(table.get("reading", "")))


def _phrase_table(table: Mapping[str, object], language: str) -> Mapping[str, object]:
    try:
        return _mapping(table.get("phrases", {}))
    except TypeError as error:
        raise BadBank(f"{language} phrases") from error


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("a table is wanted")
    return value


def _steps(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list is wanted")
    return tuple(str(step) for step in value)


def _phrases(folder: Path, texts: Mapping[str, str]) -> dict[str, Phrase]:
    """The sounds of one folder; what stands in no index was laid there by people."""
    index = _index(folder / INDEX)
    found: dict[str, Phrase] = {}
    for path in sorted(folder.glob("*.wav")):
        entry = index.get(path.stem, {})
        found[path.stem] = Phrase(
            path.stem,
            entry.get("text") or texts.get(path.stem, ""),
            path,
            Source(entry.get("source", Source.RECORDED)),
            entry.get("sha256", ""),
        )
    return found


def _index(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        phrases = json.loads(path.read_text("utf-8"))["phrases"]
        return {str(name): {k: str(v) for k, v in row.items()} for name, row in phrases.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBank(path.name) from error
