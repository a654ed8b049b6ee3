"""The voice that is installed with the product: eSpeak NG, a program of its own.

It speaks in milliseconds on any machine and in every language it knows, but like a machine; the
phrase bank comes first wherever it has a sound (docs/adr/0011-voice.md). Text reaches it on its
standard input only, so nothing in a text is ever an option or a command.
"""

import asyncio
import io
import wave
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from hardware.speech.reading import Part, Piece, pieces
from hardware.speech.samples import RATE_HZ, SAMPLE_BYTES, Samples, joined, silence
from hardware.speech.shaping import at_our_rate, levelled, trimmed
from hardware.speech.sounds import NoVoice

EDITION: Final = "espeak-1"
"""Changes whenever the same text sounds otherwise; kept sounds of another edition are not used."""
PROGRAM: Final = "espeak-ng"
WITHIN_S: Final = 30.0
"""A sentence takes some 30 ms; this is for a program that hangs."""
TEXT_MAX: Final = 2000
"""Longer texts are no sentences; the rest is not said."""
WORDS_PER_MINUTE: Final = 150
PAUSE_S: Final = 0.22
VOICES: Final[Mapping[str, str]] = MappingProxyType({"en": "en-gb"})
"""Our name of a language → the program's, where they differ; others are tried as they are."""
MANDARIN: Final = "cmn-latn-pinyin"
"""Debian 12's `cmn` reads the tones' numbers aloud; this voice takes syllables and is right."""


class EspeakVoice:
    """Fulfils `hardware.speech.sounds.Voice`.

    Args:
        program: The program's name or path.
        within_s: Longest wait for one piece of text.
    """

    def __init__(self, program: str = PROGRAM, within_s: float = WITHIN_S) -> None:
        self._program = program
        self._within_s = within_s

    async def say(self, text: str, language: str) -> Samples:
        """The text spoken; empty where there is nothing to say in it.

        Raises:
            NoVoice: The program is missing, hangs or does not know the language.
        """
        text = text[:TEXT_MAX]
        if language.partition("_")[0] == "zh":
            said = [await self._piece(piece) for piece in pieces(text)]
        else:
            said = [await self._spoken(text, VOICES.get(language, language.replace("_", "-")))]
        return levelled(trimmed(joined((each for each in said if each.size), 0.05)))

    async def _piece(self, piece: Piece) -> Samples:
        match piece.part:
            case Part.PAUSE:
                return silence(PAUSE_S)
            case Part.LATIN:
                return await self._spoken(piece.text, VOICES["en"])
            case Part.HAN:
                # The library of readings takes a second to load, the first time.
                read = await asyncio.to_thread(syllables, piece.text)
                return await self._spoken(" ".join(read), MANDARIN)

    async def _spoken(self, text: str, voice: str) -> Samples:
        if not any(character.isalnum() for character in text):
            return silence(0)
        order = (self._program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout")
        try:
            process = await asyncio.create_subprocess_exec(
                *order,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise NoVoice(self._program) from error
        return trimmed(await self._answer(process, text, voice))

    async def _answer(self, process: asyncio.subprocess.Process, text: str, voice: str) -> Samples:
        """What the program says; it is ended whatever happens."""
        try:
            async with asyncio.timeout(self._within_s):
                # A line feed would end a sentence of its own.
                line = " ".join(text.split())
                out, _err = await process.communicate(line.encode())
        except TimeoutError as error:
            raise NoVoice(f"{voice} hangs") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise NoVoice(f"{voice} {process.returncode}")
        return _samples(out, voice)


def _samples(sound: bytes, voice: str) -> Samples:
    """The program's WAV; written to a pipe, its header knows no length."""
    try:
        with wave.open(io.BytesIO(sound), "rb") as file:
            rate_hz, form = file.getframerate(), (file.getnchannels(), file.getsampwidth())
            frames = file.readframes(len(sound))
    except (EOFError, wave.Error) as error:
        raise NoVoice(f"{voice} no sound") from error
    if form != (1, SAMPLE_BYTES) or not RATE_HZ // 2 <= rate_hz <= 4 * RATE_HZ:
        raise NoVoice(f"{voice} {rate_hz} {form}")
    return at_our_rate(np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2"), rate_hz)


def syllables(text: str) -> Sequence[str]:
    """Pinyin with the number of the tone, one for each character that has a reading.

    Raises:
        NoVoice: The library of readings is not installed.
    """
    try:
        from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - a second, only where it is wanted
    except ImportError as error:
        raise NoVoice("pypinyin") from error
    read = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return [syllable for syllable in read if syllable.isascii() or "ü" in syllable]
