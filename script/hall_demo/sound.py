"""What the hall's loudspeaker said, found again in the samples that the simulated card kept.

Deliberately apart from our own announcer: the clips are looked for one after the other by
correlation with the files of the phrase bank.
"""

import json
import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from script.hall_demo.processes import DemoError

SOUNDS = Path(__file__).resolve().parents[2] / "assets" / "sounds"
LIKE = 0.8
"""Normalised correlation above which a clip is taken as heard; another one stays below 0.4."""
GAP_S = 0.6
"""Between one clip and the next."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that was heard."""

    clips: tuple[str, ...]
    likeness: float
    seconds: float


def read(path: Path) -> tuple[Samples, int]:
    """Samples and rate of a WAV file with one channel."""
    with wave.open(str(path), "rb") as sound:
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
        return frames, sound.getframerate()


def heard_call(record: Path, language: str, number: str, window: str) -> Spoken:
    """Chime, number and window in this order.

    Args:
        record: What the simulated card wrote about one sound.
        language: Folder of the bank.
        number: As it stands on the ticket.
        window: As people see it.

    Raises:
        DemoError: One of them was not heard, or not at its place.
    """
    told: dict[str, Any] = json.loads(record.read_text("utf-8"))
    if told["cut"] or not told["alone"]:
        raise DemoError(f"the announcement was disturbed: {told}")
    heard, rate_hz = read(record.with_suffix(".wav"))
    wanted = [SOUNDS / "chime" / "call.wav", *_clips(language, number, window)]
    at_s, worst = 0.0, 1.0
    for clip in wanted:
        found_s, likeness, length_s = _find(heard, rate_hz, clip, at_s)
        if likeness < LIKE or found_s > at_s + GAP_S + (0.8 if at_s else 0):
            raise DemoError(f"{clip.stem} was not heard at {at_s:.2f} s: {found_s:.2f}, {likeness}")
        at_s, worst = found_s + length_s, min(worst, likeness)
    return Spoken(tuple(clip.stem for clip in wanted), worst, heard.size / rate_hz)


def _clips(language: str, number: str, window: str) -> list[Path]:
    bank = tomllib.loads((SOUNDS / language / "bank.toml").read_text("utf-8"))
    folder = SOUNDS / language / str(bank["voice"])
    reading = bank["readings"][bank["reading"]]
    spelt = [
        reading.get(sign, f"digit-{sign}") if sign.isdigit() else f"letter-{sign.lower()}"
        for sign in number
    ]
    return [folder / f"{name}.wav" for name in (*spelt, f"window-{window}")]


def _find(heard: Samples, rate_hz: int, clip: Path, from_s: float) -> tuple[float, float, float]:
    """Where a clip is heard best after a time, how alike it is, and how long it lasts."""
    sound, _rate_hz = read(clip)
    start = round(from_s * rate_hz)
    rest = heard[start : start + sound.size + round(2 * GAP_S * rate_hz) + rate_hz]
    if rest.size < sound.size:
        return from_s, 0.0, 0.0
    size = 1 << (rest.size + sound.size).bit_length()
    product = np.fft.irfft(np.fft.rfft(rest, size) * np.conj(np.fft.rfft(sound, size)), size)
    power = np.concatenate([[0], np.cumsum(rest**2)])
    energy = np.maximum(power[sound.size :] - power[: -sound.size], 1)
    likeness = product[: energy.size] / np.sqrt(energy * (sound @ sound))
    best = int(np.argmax(likeness))
    return (start + best) / rate_hz, float(likeness[best]), sound.size / rate_hz
