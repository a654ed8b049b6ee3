"""Keypad, headphones and loudspeaker of a kiosk; lives in the worker's loop.

What is said is decided in `kiosk.guidance`; here it is said, one sentence after the other, each
with its caption, and cut off at once by whatever comes next. The loudspeaker is silent unless the
switch on the screen was pressed; what a key began is heard in the headphones only.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import structlog

from hardware.roles import Device
from hardware.roles_voice import (
    CHIME_ATTENTION,
    Announcement,
    Announcer,
    GuideKey,
    Headphones,
    Heard,
    Keypad,
    Spoken,
)
from kiosk import guidance
from kiosk import session as flow
from kiosk.guidance import Act, Hint, Page, Pilot, Utterance, Words
from kiosk.shown import Guided, Press, RawTap, Shown
from kiosk.signals import Kind
from kiosk.visit import Session, Voice

LEVELS: Final = (20, 30, 45, 60, 80, 100)
"""Percent as `hardware.volume` counts them: two steps are about half or twice as loud."""
CAPTION_STAYS_S: Final = 2.0
READ_S_A_SIGN: Final = 0.09
"""How long a caption stays that nobody hears: slow readers manage ten characters a second."""
READ_LEAST_S: Final = 1.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ears:
    """What is fitted.

    Attributes:
        keypad: Keys that can be told apart by touch.
        headphones: One person's ears.
        speaker: The kiosk's own loudspeaker.
        usual: How loud each of the two is by the hall's settings now, in percent.
    """

    keypad: Keypad | None = None
    headphones: Announcer | None = None
    speaker: Announcer | None = None
    usual: Mapping[Voice, Callable[[], int]] = field(default_factory=lambda: MappingProxyType({}))

    def __iter__(self) -> Iterator[Device]:
        return (each for each in (self.speaker, self.headphones, self.keypad) if each is not None)


@dataclass(slots=True)
class Ways:
    """Where things go from here; set by whoever puts the program together.

    Attributes:
        tap: To the flow.
        voice: Guidance begins or ends.
        ui: To the screen.
    """

    tap: Callable[[RawTap], None] = lambda _tap: None
    voice: Callable[[Voice], None] = lambda _voice: None
    ui: Callable[[Guided | Press], None] = lambda _guided: None


class GuidanceDesk:
    """See the module.

    Args:
        ears: What is fitted; run here.
        words: What is said; asks for `session`.
    """

    def __init__(self, ears: Ears, words: Callable[[Callable[[], Session]], Words]) -> None:
        self.all: tuple[Device, ...] = tuple(ears)
        self.ways = Ways()
        self._ears = ears
        self._words = words(self._now)
        self._session: Session | None = None
        self._warned = False
        self._pilot = Pilot()
        self._jack = Headphones.UNKNOWN
        self._level: int | None = None
        self._caption = ""
        self._count = 0
        self._talk: asyncio.Task[None] | None = None
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def guides(self) -> bool:
        """Somebody is being guided."""
        return self._session is not None and self._session.voice is not Voice.OFF

    async def run(self) -> None:
        """Keep everything until cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            for device in self.all:
                self._tasks.create_task(device.run(), name=f"device {device.health().device_id}")
            if self._ears.keypad is not None:
                self._tasks.create_task(self._hear_keys(self._ears.keypad), name="keypad keys")
                self._tasks.create_task(self._watch_jack(self._ears.keypad), name="keypad jack")

    # --- what comes in ----------------------------------------------------------------------------

    def take(self, shown: Shown) -> None:
        """A new state of the flow; on the loop of `run`."""
        before, self._session = self._session, shown.session
        voice = shown.session.voice
        if before is None or voice is not before.voice:
            self._hush()
            self._level = None
            self._pilot = Pilot(reads=self._audible())
            self._tell()
        elif shown.session.serial != before.serial:
            self._hush()

    def page(self, page: Page) -> None:
        """What the UI has drawn; on the loop of `run`."""
        session = self._session
        if session is None or session.voice is Voice.OFF or page.serial != session.serial:
            return
        first = not self._pilot.greeted
        self._pilot, act = guidance.turned(self._pilot, page, self._words)
        self._do(act, CHIME_ATTENTION if first else "")

    def touched(self, number: int, index: int) -> None:
        """A finger on a part that is not in focus yet; on the loop of `run`."""
        page = self._pilot.page
        if page is not None and page.number == number:
            self._pilot, act = guidance.touched(self._pilot, index, self._words)
            self._do(act)

    async def _hear_keys(self, keypad: Keypad) -> None:
        async for pressed in keypad.keys():
            self.key(pressed)

    def key(self, pressed: GuideKey) -> None:
        """A key of the keypad; the first one only begins."""
        session = self._session
        if session is None:
            return
        if session.voice is Voice.OFF:
            self.ways.voice(Voice.PRIVATE)
        elif pressed in {GuideKey.VOLUME_UP, GuideKey.VOLUME_DOWN}:
            self._turn_volume(1 if pressed is GuideKey.VOLUME_UP else -1)
        else:
            self._pilot, act = guidance.key(self._pilot, pressed, self._words)
            if act.tap not in {None, Kind.STAY} and not flow.offers(session, act.tap):
                self._pilot, act = guidance.no_way(self._pilot, pressed, self._words)
            self._do(act)

    async def _watch_jack(self, keypad: Keypad) -> None:
        async for state in keypad.headphones():
            before, self._jack = self._jack, state
            voice = self._now().voice if self._session is not None else Voice.OFF
            if state is Headphones.PLUGGED and before is not state:
                self._hush()
                self.ways.voice(Voice.PRIVATE)
            elif state is Headphones.UNPLUGGED and voice is Voice.PRIVATE:
                # What is for one person's ears must not go on anywhere else.
                self._hush()
                self.ways.voice(Voice.OFF)

    # --- what goes out ----------------------------------------------------------------------------

    def _now(self) -> Session:
        if self._session is None:
            raise RuntimeError("nothing is shown yet")
        return self._session

    def _announcer(self) -> Announcer | None:
        match self._now().voice:
            case Voice.PRIVATE:
                return self._ears.headphones
            case Voice.ALOUD:
                return self._ears.speaker
            case Voice.OFF:
                return None

    def _audible(self) -> bool:
        """Whether anybody can hear: else only what can be chosen is a stop for the keys."""
        if self._now().voice is Voice.PRIVATE and self._jack is Headphones.UNPLUGGED:
            return False
        return self._announcer() is not None

    def _do(self, act: Act, chime: str = "") -> None:
        page, session = self._pilot.page, self._now()
        if page is None:
            return
        if act.tap is not None and flow.offers(session, act.tap):
            self.ways.tap(RawTap(act.tap, page.serial))
        if act.press is not None:
            self.ways.ui(Press(page.number, act.press))
        self._tell()
        if act.say:
            self._speak(act.say, chime)

    def _tell(self) -> None:
        """The screen's share: where the focus is, and the caption."""
        page = self._pilot.page
        self.ways.ui(Guided(page.number if page else 0, self._pilot.at, self._caption))

    def _turn_volume(self, by: int) -> None:
        page = self._pilot.page
        if page is None:
            return
        usual = self._ears.usual.get(self._now().voice)
        now = self._level if self._level is not None else usual() if usual else LEVELS[-1]
        steps = [each for each in LEVELS if (each > now if by > 0 else each < now)]
        if steps:
            self._level = steps[0] if by > 0 else steps[-1]
            hint = Hint.LOUDER if by > 0 else Hint.SOFTER
        else:
            hint = Hint.LOUDEST if by > 0 else Hint.SOFTEST
        self._do(Act(say=self._words.hint(page, hint), tap=Kind.STAY))

    # --- speaking ---------------------------------------------------------------------------------

    def _hush(self) -> None:
        """Silence, now."""
        if self._talk is not None:
            self._talk.cancel()
            self._talk = None
        for announcer in (self._ears.headphones, self._ears.speaker):
            if announcer is not None:
                announcer.stop()
        self._show_caption("")

    def _speak(self, said: Utterance, chime: str) -> None:
        self._hush()
        if self._tasks is not None:
            self._talk = self._tasks.create_task(
                self._say(self._announcer(), said, chime), name="guidance speech"
            )

    async def _say(self, announcer: Announcer | None, said: Utterance, chime: str) -> None:
        for bit in said:
            self._show_caption(bit.text)
            spoken = (Spoken(bit.language, bit.clips, bit.text),)
            self._count += 1
            announcement = Announcement(
                f"guidance {self._count}", spoken, chime, interruptible=True, volume=self._level
            )
            heard = await _heard(announcer, announcement)
            if heard is not Heard.SAID:
                await asyncio.sleep(max(READ_LEAST_S, READ_S_A_SIGN * len(bit.text)))
            chime = ""
        await asyncio.sleep(CAPTION_STAYS_S)
        self._show_caption("")

    def _show_caption(self, caption: str) -> None:
        if caption != self._caption:
            self._caption = caption
            self._tell()


async def _heard(announcer: Announcer | None, announcement: Announcement) -> Heard:
    if announcer is None:
        return Heard.SILENCED
    result = await announcer.announce(announcement, replace=True)
    if result.heard not in {Heard.SAID, Heard.STOPPED}:
        log.info("guidance_unspoken", heard=result.heard.value, code=result.code)
    return result.heard
