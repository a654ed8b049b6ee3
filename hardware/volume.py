"""How loud a speaker is at which time of day. Pure.

A percentage is loudness as people hear it: half of it sounds half as loud, which is 10 dB less
(Stevens' law; ISO 532 counts loudness in sone the same way).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from math import log2
from typing import Final

FULL: Final = 100
EXPONENT: Final = log2(10 ** (10 / 20))
"""Half the percentage is 10 dB less."""
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Volume:
    """Percentages from a time of day on, until the next; the last one goes on over midnight.

    Attributes:
        steps: Times in rising order, at least one, each with 0 to 100; 0 is silent.
    """

    steps: tuple[tuple[time, int], ...]

    def percent(self, now: time) -> int:
        """The volume at a time of day."""
        begun = [percent for begins, percent in self.steps if begins <= now]
        return begun[-1] if begun else self.steps[-1][1]


def volume_of(setting: int | Mapping[str, int]) -> Volume:
    """A volume from a setting: 80, or {"08:30": 80, "12:00": 40, "18:00": 0}.

    Raises:
        ValueError: A time is not written as 08:30, or a percentage is outside 0 to 100.
    """
    table = {"00:00": setting} if isinstance(setting, int) else dict(setting)
    if not table:
        raise ValueError('write it as 80, or as { "08:30" = 80, "12:00" = 40, "18:00" = 0 }')
    for written, percent in table.items():
        if not _TIME.fullmatch(written):
            raise ValueError(f'write the time "{written}" as "08:30"')
        if not 0 <= percent <= FULL:
            raise ValueError(f"{percent} is not between 0 and 100")
    return Volume(tuple((time.fromisoformat(key), table[key]) for key in sorted(table)))


def read_volume(text: str) -> Volume:
    """A volume from one line: "80", or "08:30=80 12:00=40 18:00=0".

    Raises:
        ValueError: It is written otherwise.
    """
    if "=" not in text:
        return volume_of(int(text))
    pairs = [part.partition("=") for part in text.split()]
    if len({begins for begins, _equals, _percent in pairs}) < len(pairs):
        raise ValueError("a time stands there twice")
    return volume_of({begins: int(percent) for begins, _equals, percent in pairs})


def write_volume(volume: Volume) -> str:
    """The line that `read_volume` reads."""
    return " ".join(f"{begins:%H:%M}={percent}" for begins, percent in volume.steps)


def gain(percent: int) -> float:
    """What samples are multiplied with, 0 to 1."""
    return float((percent / FULL) ** EXPONENT)
