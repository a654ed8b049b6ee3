"""Two sounds without words, computed: nobody's recording."""

from typing import Final

import numpy as np

from script._voice.polish import RATE_HZ, Sound

PARTIALS: Final = ((1.0, 1.0, 1.0), (2.0, 0.35, 0.6), (3.01, 0.12, 0.35))
"""Pitch, strength and length of what sounds together in a struck bar."""
TONES: Final = {
    # Two falling thirds, as people know it from stations; one note where nobody is called.
    "call": ((659.3, 0.0), (523.3, 0.38)),
    "attention": ((587.3, 0.0),),
}
LENGTH_S: Final = 0.85


def chime(name: str) -> Sound:
    """The sound of that name, about a second."""
    tones = TONES[name]
    whole = np.zeros(round((tones[-1][1] + LENGTH_S) * RATE_HZ), dtype=np.float32)
    for pitch_hz, start_s in tones:
        start = round(start_s * RATE_HZ)
        whole[start:] += _note(pitch_hz, whole.size - start)
    return (whole / np.abs(whole).max() * 0.5).astype(np.float32)


def _note(pitch_hz: float, samples: int) -> Sound:
    at_s = np.arange(samples) / RATE_HZ
    note = sum(
        strength * np.sin(2 * np.pi * pitch_hz * ratio * at_s) * np.exp(-at_s / (0.22 * length))
        for ratio, strength, length in PARTIALS
    )
    attack = np.minimum(1, at_s / 0.006)
    release = np.minimum(1, (samples / RATE_HZ - at_s) / 0.05)
    return np.asarray(note * attack * release, dtype=np.float32)
