"""What speaks to people, and what people who cannot see a screen press."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hardware.roles import Device

CHIME_CALL = "call"
"""The sound before a call."""
CHIME_ATTENTION = "attention"
"""The sound before anything else that is meant for all."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence in one language.

    Attributes:
        language: As the folders of assets/sounds are called ("zh_CN").
        clips: Ids of the phrase bank, in the order of speech.
        text: The same in words, for a voice at run time where a clip is missing or none is given.
    """

    language: str
    clips: tuple[str, ...] = ()
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to be said, once.

    Attributes:
        announcement_id: The caller's name for it; appears in logs, so no personal data.
        spoken: The same sentence in several languages, the most important first.
        chime: Sound before it (`hardware.speech.bank.chimes`); empty for none.
        begin_within_s: It is not begun later than this after it was handed over; None: whenever
            its turn comes.
        interruptible: `stop` and a replacing announcement cut it off. For one person's ears: who
            presses the next key must not wait. What is said to a hall is heard to its end.
        volume: 1 to 100, in place of the device's own for the time of day; None: that.
    """

    announcement_id: str
    spoken: tuple[Spoken, ...]
    chime: str = ""
    begin_within_s: float | None = None
    interruptible: bool = False
    volume: int | None = None


class Heard(StrEnum):
    """What people heard of an announcement."""

    SAID = "said"
    """The device played it to its end, in the languages that the result names."""
    CHIME_ONLY = "chime-only"
    """The chime alone: speech is off, or there is no sound for it."""
    SILENCED = "silenced"
    """Nothing: the volume is 0 at this time of day."""
    EXPIRED = "expired"
    """Nothing: others were being said until its time was over."""
    STOPPED = "stopped"
    """A part or nothing: it was interrupted."""
    FAILED = "failed"
    """A part or nothing; `AnnounceResult.code` says why."""


@dataclass(frozen=True, slots=True)
class AnnounceResult:
    """What became of an announcement.

    Attributes:
        announcement_id: Of the announcement.
        heard: What people heard.
        code: Of `hardware.errors`: why not all of it was heard; empty when all is well.
        languages: Those that were spoken to their end.
    """

    announcement_id: str
    heard: Heard
    code: str = ""
    languages: tuple[str, ...] = ()


class Announcer(Device, Protocol):
    """A loudspeaker or a headphone. One announcement at a time, in the order they were given."""

    async def announce(
        self, announcement: Announcement, *, replace: bool = False
    ) -> AnnounceResult:
        """Say it when its turn comes; returns when it has been heard, or never will be.

        While the device is away, an announcement with `begin_within_s` waits for it that long, any
        other fails at once. What was cut off by a fault is not said again.

        Args:
            announcement: What to say.
            replace: First cut off and forget everything interruptible that was given before.
        """
        ...

    def stop(self) -> None:
        """Cut off and forget everything interruptible."""
        ...

    @property
    def last(self) -> Announcement | None:
        """What was begun last, for a repeat key to announce again."""
        ...


class GuideKey(StrEnum):
    """What a person asks for on a keypad. Any key wakes the guidance; `OTHER` does nothing else."""

    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"
    UP = "up"
    DOWN = "down"
    SELECT = "select"
    BACK = "back"
    HOME = "home"
    HELP = "help"
    REPEAT = "repeat"
    NOW_SERVING = "now-serving"
    VOLUME_UP = "volume-up"
    VOLUME_DOWN = "volume-down"
    OTHER = "other"


class Headphones(StrEnum):
    """Whether somebody's headphones are in the keypad's jack."""

    UNKNOWN = "unknown"
    """The keypad has no jack, cannot tell, or nothing was heard of it yet."""
    PLUGGED = "plugged"
    UNPLUGGED = "unplugged"


class Keypad(Device, Protocol):
    """Keys that can be found and told apart by touch."""

    def keys(self) -> AsyncIterator[GuideKey]:
        """Every key pressed while this is iterated; goes on through device failures."""
        ...

    def headphones(self) -> AsyncIterator[Headphones]:
        """The state of the jack now, then every change."""
        ...
