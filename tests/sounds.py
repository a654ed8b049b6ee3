"""A phrase bank of noises that cannot be confused, and an ear that finds them again.

Each clip is noise of its own, so that it correlates with nothing else: what the simulated sound
card kept can be told apart clip by clip, with the time and the loudness of each.
"""

import json
import tomllib
import wave
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16000
CLEARLY = 0.8
"""Of a normalised correlation: the same noise, made quieter and rounded, has 0.99; another 0.1."""
SHIPPED = Path(__file__).parents[1] / "assets" / "sounds"

Wave = NDArray[np.float64]


def noise(name: str, length_s: float = 0.12) -> Wave:
    """The clip of that name: always the same."""
    dice = np.random.default_rng(zlib.crc32(name.encode()))
    return dice.uniform(-12000, 12000, round(length_s * RATE_HZ)).round()


def write_wav(path: Path, samples: Wave, rate_hz: int = RATE_HZ) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(samples.astype("<i2").tobytes())


def read_wav(path: Path) -> Wave:
    with wave.open(str(path), "rb") as sound:
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return frames.reshape(-1, sound.getnchannels())[:, 0].astype(np.float64)


def make_bank(folder: Path, ids: dict[str, Iterable[str]], clip_s: float = 0.12) -> Path:
    """Own sounds of a hall: a chime, and for each language clips of these ids."""
    write_wav(folder / "chime" / "call.wav", noise("chime", 2 * clip_s))
    for language, names in ids.items():
        voice = tomllib.loads((SHIPPED / language / "bank.toml").read_text("utf-8"))["voice"]
        for name in names:
            file = folder / language / voice / f"{name}.wav"
            write_wav(file, noise(f"{language} {name}", clip_s))
    return folder


@dataclass(frozen=True, slots=True)
class Found:
    """A clip in what was heard."""

    name: str
    begins_s: float
    gain: float


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound the card kept."""

    samples: Wave
    begins_s: float
    ends_s: float
    cut: bool
    alone: bool

    def find(self, name: str, clip: Wave) -> list[Found]:
        """Every place where a clip is heard."""
        found = []
        rest = self.samples.copy()
        while (best := strongest(rest, clip)) is not None:
            at, gain = best
            found.append(Found(name, at / RATE_HZ, gain))
            rest[at : at + clip.size] = 0
        return sorted(found, key=lambda each: each.begins_s)

    def names(self, clips: dict[str, Wave]) -> list[str]:
        """All clips that are heard, in their order."""
        found = [each for name, clip in clips.items() for each in self.find(name, clip)]
        return [each.name for each in sorted(found, key=lambda each: each.begins_s)]


def strongest(heard: Wave, clip: Wave) -> tuple[int, float] | None:
    """Where a clip is heard best, and how loud; None where it is not heard."""
    if heard.size < clip.size:
        return None
    size = 1 << (heard.size + clip.size - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(clip, size)), size)
    product = product[: heard.size - clip.size + 1]
    power = np.concatenate([[0], np.cumsum(heard**2)])
    energy = power[clip.size :] - power[: -clip.size]
    likeness = product / np.sqrt(np.maximum(energy, 1) * (clip @ clip))
    at = int(np.argmax(likeness))
    if likeness[at] < CLEARLY:
        return None
    return at, float(product[at] / (clip @ clip))


def sounds(out: Path, skip: int = 0) -> list[Sound]:
    """What a simulated card kept, in order, but for the first ones."""
    kept = []
    for told in sorted(out.glob("sound-*.json"))[skip:]:
        record = json.loads(told.read_text())
        samples = read_wav(out / record["wav"])
        times = (record["begins_s"], record["ends_s"], record["cut"], record["alone"])
        kept.append(Sound(samples, *times))
    return kept


def clips_of(language: str, names: Sequence[str], clip_s: float = 0.12) -> dict[str, Wave]:
    """The clips of a bank made here, by id; "chime" is its chime."""
    return {
        name: noise("chime", 2 * clip_s) if name == "chime" else noise(f"{language} {name}", clip_s)
        for name in names
    }
