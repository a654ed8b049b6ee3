"""From what a model gives to what can be played after one another: trimmed, faded, equally loud."""

import wave
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

RATE_HZ: Final = 16000
FRAME: Final = 160
"""10 ms."""
QUIET_DB: Final = -34.0
"""A frame this far below the loudest one is no speech."""
LEAD, TAIL = 2, 4
"""Frames kept before and after: a soft consonant begins earlier than it is measured."""
LOUD_DB: Final = -20.0
"""Mean power of the frames with speech, below full scale."""
PEAK: Final = 0.89
"""-1 dB below full scale."""
FADE: Final = 96
"""6 ms."""

Sound = NDArray[np.float32]


def polished(sound: Sound, rate_hz: int) -> Sound:
    """Trimmed, as loud as all others, without a click at either end."""
    trimmed = _trimmed(soxr.resample(sound, rate_hz, RATE_HZ).astype(np.float32))
    for _round in range(3):
        # What the limiter takes from a peak is given back to the whole.
        trimmed = _limited(trimmed * 10 ** ((LOUD_DB - loudness_db(trimmed)) / 20))
    fade = np.linspace(0, 1, FADE, dtype=np.float32)
    trimmed[:FADE] *= fade
    trimmed[-FADE:] *= fade[::-1]
    return trimmed


def frames_db(sound: Sound) -> Sound:
    """Power of each 10 ms."""
    whole = sound[: sound.size // FRAME * FRAME].reshape(-1, FRAME)
    return 10 * np.log10(np.mean(whole.astype(np.float64) ** 2, axis=1) + 1e-10)


def loudness_db(sound: Sound) -> float:
    """Mean power of the frames with speech, in dB below full scale."""
    power = frames_db(sound)
    speech = power[power > power.max() - 20]
    return float(10 * np.log10(np.mean(10 ** (speech / 10))))


def _trimmed(sound: Sound) -> Sound:
    power = frames_db(sound)
    loud = np.flatnonzero(power > power.max() + QUIET_DB)
    first, last = max(0, loud[0] - LEAD), loud[-1] + 1 + TAIL
    return sound[first * FRAME : last * FRAME].copy()


def _limited(sound: Sound) -> Sound:
    """Peaks above -3 dB are bent, never cut."""
    knee = 0.7
    over = np.abs(sound) > knee
    bent = np.sign(sound) * (knee + (PEAK - knee) * np.tanh((np.abs(sound) - knee) / (PEAK - knee)))
    return np.where(over, bent, sound).astype(np.float32)


def write(path: Path, sound: Sound) -> None:
    """A WAV file, 16 bits, one channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
