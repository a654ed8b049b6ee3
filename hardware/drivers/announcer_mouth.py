"""Saying one announcement on a sound card: chime, then words, as loud as the hour wants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Final, Protocol

from hardware.drivers.announcer_line import Turn, WaitingLine
from hardware.errors import HardwareError
from hardware.roles_voice import Heard, Spoken
from hardware.speech.samples import Samples, joined, length_s, quieter, silence
from hardware.volume import Volume, gain

LOOK_S: Final = 10.0


class SoundCard(Protocol):
    """A device that plays samples."""

    async def check(self) -> None:
        """See that it is there, without a sound; HardwareError otherwise."""
        ...

    async def play(self, samples: Samples) -> None:
        """Play to the end; who is cancelled cuts it off. HardwareError where it was not heard."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


class Sounds(Protocol):
    """Where sounds come from (`hardware.speech.sounds`)."""

    def chime(self, name: str) -> Samples:
        """A sound without words; HardwareError where there is none."""
        ...

    async def speech(self, spoken: Spoken) -> Samples:
        """A sentence in one language; HardwareError where it cannot be said."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """Pauses, in seconds.

    Attributes:
        look_s: Between two looks whether an unused device is there.
        after_chime_s: The ear turns from the chime to the words.
        between_languages_s: Between two sentences; opening the device adds some 20 ms.
    """

    look_s: float = LOOK_S
    after_chime_s: float = 0.25
    between_languages_s: float = 0.4


class CutError(Exception):
    """What was being said was interrupted."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an announcer speaks.

    Attributes:
        volume: How loud, by the time of day.
        clock: Local time of day.
        speech: False: the chime alone.
        timing: Pauses.
    """

    volume: Volume
    clock: Callable[[], time]
    speech: bool = True
    timing: Timing = Timing()


class Mouth:
    """Says turns, one at a time; `line` is who waits meanwhile."""

    def __init__(self, sounds: Sounds, manner: Manner, line: WaitingLine) -> None:
        """Silent."""
        self._sounds = sounds
        self._manner = manner
        self._line = line

    async def say(self, card: SoundCard, turn: Turn, said: list[str]) -> tuple[Heard, str]:
        """Play it, language by language; those that were heard are added to `said`."""
        percent = turn.announcement.volume
        if percent is None:
            percent = self._manner.volume.percent(self._manner.clock())
        if percent == 0:
            return Heard.SILENCED, ""
        chime, code = self._chime(turn.announcement.chime)
        pause = silence(self._manner.timing.after_chime_s if chime.size else 0)
        before = joined([chime, pause], 0)
        first_s = 0.0
        for spoken in turn.announcement.spoken if self._manner.speech else ():
            try:
                speech = await self._sounds.speech(spoken)
            except HardwareError as error:
                code = error.code
                continue
            if said and self._makes_others_late(length_s(speech), first_s):
                break
            sound = joined([before, speech], 0)
            await self._play(card, turn, quieter(sound, gain(percent)))
            said.append(spoken.language)
            first_s = first_s or length_s(sound)
            before = silence(self._manner.timing.between_languages_s)
        if said:
            return Heard.SAID, code
        if not chime.size:
            return Heard.FAILED, code or HardwareError.code
        await self._play(card, turn, quieter(chime, gain(percent)))
        return Heard.CHIME_ONLY, code

    def _chime(self, name: str) -> tuple[Samples, str]:
        if not name:
            return silence(0), ""
        try:
            return self._sounds.chime(name), ""
        except HardwareError as error:
            return silence(0), error.code

    def _makes_others_late(self, more_s: float, each_s: float) -> bool:
        """Whether somebody who could still be said would expire while another language is said.

        Args:
            more_s: Length of that language.
            each_s: What each of those that wait takes in its first language.
        """
        at_s = asyncio.get_running_loop().time()
        for turn in self._line:
            if at_s <= turn.deadline_s < at_s + more_s:
                return True
            at_s += each_s
        return False

    async def _play(self, card: SoundCard, turn: Turn, sound: Samples) -> None:
        if turn.cut:
            raise CutError
        playing = asyncio.create_task(card.play(sound), name="announcer play")
        turn.on_cut = playing.cancel
        try:
            await asyncio.wait({playing})
        finally:
            turn.on_cut = bool
            playing.cancel()
            await asyncio.wait({playing})
        if turn.cut:
            raise CutError
        playing.result()
