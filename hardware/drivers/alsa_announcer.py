"""Loudspeakers and headphones on any sound device that ALSA knows (alsa://default).

The address names the device as `aplay -L` does: `alsa://default`, `alsa://plughw:CARD=Headset`.
Options in it: `config` (an ALSA configuration file in place of the machine's own) and `look_s`
(seconds between two looks whether an unused device is still there).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from hardware.drivers.announcer_line import Turn, WaitingLine
from hardware.drivers.announcer_mouth import (
    LOOK_S,
    CutError,
    Manner,
    Mouth,
    SoundCard,
    Sounds,
    Timing,
)
from hardware.drivers.aplay import DEVICE_NAME, Aplay
from hardware.errors import AnnouncementExpired, BadDeviceUrl, HardwareError, Unavailable
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_voice import CHIME_CALL, Announcement, AnnounceResult, Heard, Spoken
from hardware.speech.bank import open_bank
from hardware.speech.espeak import EDITION, EspeakVoice
from hardware.speech.library import SpeechLibrary
from hardware.speech.sounds import BankSounds, Voice
from hardware.speech.wording import Said, Sentence
from hardware.supervise import Backoff, Randomness, Supervisor
from hardware.volume import read_volume

LOOK_MAX_S: Final = 3600.0


class AlsaAnnouncer:
    """Fulfils `hardware.roles_voice.Announcer`."""

    def __init__(
        self,
        device_id: str,
        opener: Callable[[], Awaitable[SoundCard]],
        sounds: Sounds,
        *,
        manner: Manner,
        device_name: str = "",
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            device_id: Its name in logs and health.
            opener: Gives the device, or raises HardwareError while it is not there.
            sounds: Where chimes and sentences come from.
            manner: How loud, and whether with words.
            device_name: As ALSA calls it, for people.
            randomness: For the pauses between two attempts to open it.
            backoff: Pauses between two attempts to open it.
        """
        self._device_name = device_name
        self._look_s = manner.timing.look_s
        self._supervisor: Supervisor[SoundCard] = Supervisor(
            device_id, DeviceKind.ANNOUNCER, opener, randomness=randomness, backoff=backoff
        )
        self._line = WaitingLine()
        self._mouth = Mouth(sounds, manner, self._line)
        self._current: Turn | None = None
        self._last: Announcement | None = None
        self._running = False
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    @property
    def last(self) -> Announcement | None:
        """What was begun last, for a repeat key."""
        return self._last

    def stop(self) -> None:
        """Cut off and forget everything interruptible."""
        for turn in (*self._line, *([self._current] if self._current else [])):
            turn.interrupt()

    async def announce(
        self, announcement: Announcement, *, replace: bool = False
    ) -> AnnounceResult:
        """Say it when its turn comes; see the protocol."""
        if replace:
            self.stop()
        turn = Turn(announcement, asyncio.get_running_loop().time())
        turn.on_cut = lambda: self._drop(turn)
        try:
            self._join(turn)
            result = await self._outcome(turn)
        except HardwareError as error:
            result = AnnounceResult(announcement.announcement_id, Heard.FAILED, error.code)
        finally:
            self._line.leave(turn)
        if result.heard not in {Heard.SAID, Heard.STOPPED} and result.code:
            name = announcement.announcement_id
            self._log.warning("not-said", id=name, heard=result.heard.value, code=result.code)
        return result

    async def run(self) -> None:
        """Keep the device connected until cancelled."""
        self._running = True
        try:
            await self._supervisor.run(self._serve)
        finally:
            self._running = False
            for turn in self._line:
                turn.finish(Heard.STOPPED, Unavailable.code)

    def _join(self, turn: Turn) -> None:
        if not self._running:
            raise Unavailable("not running")
        health = self.health()
        if not health.online and turn.announcement.begin_within_s is None:
            turn.finish(Heard.FAILED, (health.faults or (Unavailable.code,))[0])
            return
        self._line.put(turn)

    def _drop(self, turn: Turn) -> None:
        """Where it waits it is forgotten; where it is being said it is cut off there."""
        if turn is not self._current:
            self._line.leave(turn)
            turn.finish(Heard.STOPPED)

    async def _outcome(self, turn: Turn) -> AnnounceResult:
        try:
            async with asyncio.timeout_at(
                None if turn.announcement.begin_within_s is None else turn.deadline_s
            ):
                await turn.begun.wait()
        except TimeoutError:
            if not turn.begun.is_set():
                health = self.health()
                away = not health.online and health.faults
                name = turn.announcement.announcement_id
                if away:
                    return AnnounceResult(name, Heard.FAILED, health.faults[0])
                return AnnounceResult(name, Heard.EXPIRED, AnnouncementExpired.code)
        return await turn.result

    async def _serve(self, card: SoundCard) -> None:
        details = (("device", self._device_name),) if self._device_name else ()
        self._supervisor.health.set(online=True, details=details)
        try:
            while True:
                try:
                    async with asyncio.timeout(self._look_s):
                        turn = await self._line.next()
                except TimeoutError:
                    await card.check()
                    continue
                await self._take(card, turn)
        except HardwareError as error:
            for turn in self._line:
                if turn.announcement.begin_within_s is None:
                    self._line.leave(turn)
                    turn.finish(Heard.FAILED, error.code)
            raise

    async def _take(self, card: SoundCard, turn: Turn) -> None:
        self._current, self._last = turn, turn.announcement
        said: list[str] = []
        try:
            heard, code = await self._mouth.say(card, turn, said)
            turn.finish(heard, code, tuple(said))
        except CutError:
            turn.finish(Heard.STOPPED, "", tuple(said))
        except HardwareError as error:
            turn.finish(Heard.FAILED, error.code, tuple(said))
            raise
        finally:
            turn.finish(Heard.STOPPED, Unavailable.code, tuple(said))  # where we are ended
            self._current = None


def build(settings: Settings) -> AlsaAnnouncer:
    """Make the driver from a device URL.

    Options of the settings: `volume` (`hardware.volume.read_volume`), `speech` (on, off), `sounds`
    (folder of the hall's own sounds), `prepared` (folder of speech that was prepared for a
    catalogue), `time_zone` (IANA name).

    Raises:
        BadDeviceUrl: Wrong scheme, name or option.
    """
    url, options = settings.url, settings.options
    name, config = url.host, url.options.get("config", "")
    try:
        look_s = float(url.options.get("look_s", LOOK_S))
        volume = read_volume(options.get("volume", "100"))
    except ValueError as error:
        raise BadDeviceUrl(repr(url.text)) from error
    fits = url.scheme == "alsa" and DEVICE_NAME.fullmatch(name) and not name.startswith("hw:")
    if not fits or set(url.options) - {"config", "look_s"} or not 0 < look_s <= LOOK_MAX_S:
        raise BadDeviceUrl(repr(url.text))
    zone = ZoneInfo(options["time_zone"]) if options.get("time_zone") else None
    own = [Path(options["sounds"])] if options.get("sounds") else []

    async def opened() -> SoundCard:
        card = Aplay(name, config=config)
        await card.check()
        return card

    manner = Manner(
        volume,
        lambda: datetime.now(zone).time(),
        options.get("speech", "on") == "on",
        Timing(look_s=look_s),
    )
    return AlsaAnnouncer(
        settings.device_id,
        opened,
        BankSounds(*own, voice=_voice(options.get("prepared", ""), own)),
        manner=manner,
        device_name=name,
        randomness=random.SystemRandom(),
    )


def _voice(prepared: str, own: list[Path]) -> Voice:
    """What the bank lacks is taken from what was prepared, or spoken now."""
    now = EspeakVoice()
    return SpeechLibrary(now, EDITION, Path(prepared), *own) if prepared else now


class _NotHeardError(HardwareError):
    """What was tried out was not said."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code  # type: ignore[misc] # whatever the announcer says


async def trial(announcer: AlsaAnnouncer, trial: Trial) -> AsyncIterator[Mapping[str, object]]:
    """Say something in every language; one record of what was heard of each."""
    for language in ("zh_CN", "en"):
        clips: tuple[str, ...] = ()
        if not trial.text:
            clips = open_bank(language).sentence(Sentence.CALL, Said(label="A012", window="3"))
        spoken = Spoken(language, clips, trial.text)
        result = await announcer.announce(Announcement(f"test-{language}", (spoken,), CHIME_CALL))
        yield {
            "language": language,
            "heard": result.heard.value,
            **({"code": result.code} if result.code else {}),
        }
        if result.heard is not Heard.SAID:
            raise _NotHeardError(result.code)
