"""Sound as numbers: read from the files of the bank, put together, made quieter.

One form everywhere, that of the bank (docs/voice.md): 16 kHz, one channel, 16 bits.
"""

import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.speech.bank import BadBank

Samples = NDArray[np.int16]

RATE_HZ: Final = 16000
SAMPLE_BYTES: Final = 2
LENGTH_MAX_S: Final = 60.0
"""No phrase takes longer; a wrong file must not fill the memory."""
PEAK: Final = 32767


def read_sound(path: Path) -> Samples:
    """The samples of one file of the bank.

    Raises:
        BadBank: It is missing, no WAV file, or of another form.
    """
    try:
        with wave.open(str(path), "rb") as sound:
            form = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            frames = sound.getnframes()
            if form != (RATE_HZ, 1, SAMPLE_BYTES) or frames > LENGTH_MAX_S * RATE_HZ:
                raise BadBank(f"{path.name} {form} {frames}")
            return np.frombuffer(sound.readframes(frames), dtype="<i2").astype(np.int16)
    except (OSError, EOFError, wave.Error) as error:
        raise BadBank(path.name) from error


def write_sound(path: Path, samples: Samples) -> None:
    """A file in the form of the bank.

    Raises:
        OSError: It cannot be written.
    """
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(SAMPLE_BYTES)
        sound.setframerate(RATE_HZ)
        sound.writeframes(samples.astype("<i2").tobytes())


def silence(length_s: float) -> Samples:
    """Nothing to hear."""
    return np.zeros(round(length_s * RATE_HZ), dtype=np.int16)


def joined(pieces: Iterable[Samples], gap_s: float) -> Samples:
    """One after the other, with a gap between two."""
    gap = silence(gap_s)
    together: list[Samples] = []
    for piece in pieces:
        together += [gap, piece] if together else [piece]
    return np.concatenate(together) if together else silence(0)


def quieter(samples: Samples, gain: float) -> Samples:
    """Multiplied, and rounded; a gain above 1 is cut off at the loudest a sample can be."""
    scaled = np.rint(samples.astype(np.float32) * gain)
    bounded: Samples = np.clip(scaled, -PEAK, PEAK).astype(np.int16)
    return bounded


def length_s(samples: Samples) -> float:
    """How long it is heard."""
    return samples.size / RATE_HZ
