"""Sound made like the sounds of the bank: 16 kHz, trimmed, equally loud. Pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.speech.samples import PEAK, RATE_HZ, Samples

FRAME: Final = RATE_HZ // 100
"""10 ms."""
SPEECH_DB: Final = -20.0
"""Frames this far below the loudest one count as pause when loudness is measured."""
SILENT_DB: Final = -38.0
"""Frames this far below the loudest one are cut off at both ends."""
LOUD_DB: Final = -20.0
"""Loudness of every sound of the bank, in dB below full scale."""
KEPT: Final = 3
"""Frames kept at each end: a soft consonant begins earlier than it is measured."""
FADE: Final = 96
"""6 ms at either end: no click."""
TAPS: Final = 63
"""Length of the filter before a change of rate; sound above the new limit would come back lower."""
CEILING: Final = 0.89
"""-1 dB."""


def frames_db(samples: Samples) -> NDArray[np.float64]:
    """Power of every 10 ms, in dB below full scale; -100 is silence."""
    whole = samples[: samples.size // FRAME * FRAME].reshape(-1, FRAME)
    power = np.mean((whole.astype(np.float64) / PEAK) ** 2, axis=1)
    return np.asarray(10 * np.log10(power + 1e-10))


def loudness_db(samples: Samples) -> float:
    """Mean power of the frames that are speech; -100 where nothing is heard."""
    power = frames_db(samples)
    if not power.size:
        return -100.0
    speech = power[power > power.max() + SPEECH_DB]
    return float(10 * np.log10(np.mean(10 ** (speech / 10))))


def at_our_rate(samples: Samples, rate_hz: int) -> Samples:
    """The same sound at 16 kHz."""
    if rate_hz == RATE_HZ or not samples.size:
        return samples
    sound = samples.astype(np.float64)
    if rate_hz > RATE_HZ:
        # A windowed sinc that ends a little below half of our rate.
        at = np.arange(TAPS) - TAPS // 2
        limit = 0.9 * RATE_HZ / rate_hz
        window = np.sinc(limit * at) * np.hamming(TAPS)
        sound = np.convolve(sound, window / window.sum(), "same")
    wanted = np.arange(round(samples.size * RATE_HZ / rate_hz)) * (rate_hz / RATE_HZ)
    resampled = np.interp(wanted, np.arange(samples.size), sound)
    return np.asarray(np.clip(np.rint(resampled), -PEAK, PEAK), dtype=np.int16)


def trimmed(samples: Samples) -> Samples:
    """Without the silence at both ends; empty where nothing is heard."""
    power = frames_db(samples)
    if not power.size or power.max() <= -90:  # noqa: PLR2004 - dB; nothing is that soft but silence
        return samples[:0]
    loud = np.flatnonzero(power > power.max() + SILENT_DB)
    first, last = max(0, loud[0] - KEPT), loud[-1] + 1 + KEPT
    return samples[first * FRAME : last * FRAME]


def levelled(samples: Samples) -> Samples:
    """As loud as the bank; peaks are bent, never cut; faded at both ends."""
    if not samples.size:
        return samples
    sound = samples.astype(np.float64) / PEAK * 10 ** ((LOUD_DB - loudness_db(samples)) / 20)
    knee = 0.7
    room = CEILING - knee
    bent = np.sign(sound) * (knee + room * np.tanh((np.abs(sound) - knee) / room))
    sound = np.where(np.abs(sound) > knee, bent, sound)
    fade = np.linspace(0, 1, min(FADE, sound.size // 2))
    sound[: fade.size] *= fade
    sound[sound.size - fade.size :] *= fade[::-1]
    return np.rint(sound * PEAK).astype(np.int16)
