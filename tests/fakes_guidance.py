"""Ears and keys that do as a test tells them, and a small kiosk around them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from hardware.roles import DeviceKind
from hardware.roles_voice import Announcement, AnnounceResult, GuideKey, Headphones, Heard
from kiosk.call_words import SpokenWords
from kiosk.guidance import Page, Part, Place, Role
from kiosk.guidance_desk import Ears, GuidanceDesk
from kiosk.guidance_words import GuidanceWords
from kiosk.lang import Languages
from kiosk.shown import Guided, Press, RawTap, Shown
from kiosk.signals import Kind, Signal, Tap, VoiceAsked
from kiosk.visit import Session, Voice
from queue_server.contract.ids import RequestKey
from tests.fakes_devices import FakeDevice, FakeStream
from tests.unit.kiosk.flow import Person

HOME = (
    Part(("Take a number",), Role.TOUCH, kind=Kind.START),
    Part(("12 waiting",), Role.TEXT),
    Part(("Help",), Role.TOUCH, Place.FOOT, Kind.HELP),
    Part(("Example Hall",), Role.TEXT, Place.HEAD),
)


class FakeEar(FakeDevice):
    """Takes `each_s` for a sentence; `said` has those that were heard to their end."""

    def __init__(self, device_id: str, each_s: float = 0.0) -> None:
        super().__init__(device_id, DeviceKind.ANNOUNCER)
        self.begun: list[Announcement] = []
        self.said: list[str] = []
        self.last: Announcement | None = None
        self.stopped = asyncio.Event()
        self.each_s = each_s
        self.heard = Heard.SAID

    async def announce(
        self, announcement: Announcement, *, replace: bool = False
    ) -> AnnounceResult:
        assert replace
        assert announcement.interruptible
        self.stopped.clear()
        self.begun.append(announcement)
        try:
            async with asyncio.timeout(self.each_s):
                await self.stopped.wait()
        except TimeoutError:
            self.said += [spoken.text for spoken in announcement.spoken]
            return AnnounceResult(announcement.announcement_id, self.heard)
        return AnnounceResult(announcement.announcement_id, Heard.STOPPED)

    def stop(self) -> None:
        self.stopped.set()


class FakeKeypad(FakeDevice):
    def __init__(self) -> None:
        super().__init__("keypad", DeviceKind.KEYPAD)
        self.pressed: FakeStream[GuideKey] = FakeStream()
        self.jack: FakeStream[Headphones] = FakeStream()

    def keys(self) -> AsyncIterator[GuideKey]:
        return self.pressed.listen()

    def headphones(self) -> AsyncIterator[Headphones]:
        return self.jack.listen()


class SmallKiosk:
    """A flow, a desk, and a screen that has the same few parts everywhere."""

    def __init__(self, *, each_s: float = 0.0, headphones: bool = True) -> None:
        self.keypad = FakeKeypad()
        self.private = FakeEar("headphones", each_s)
        self.aloud = FakeEar("speaker", each_s)
        languages = Languages(("zh_CN", "en"))
        ears = Ears(
            self.keypad,
            self.private if headphones else None,
            self.aloud,
            {Voice.PRIVATE: lambda: 60, Voice.ALOUD: lambda: 100},
        )
        self.desk = GuidanceDesk(
            ears, lambda session: GuidanceWords(languages, SpokenWords(), session)
        )
        self.desk.ways.tap = self._tap
        self.desk.ways.voice = lambda voice: self.see(VoiceAsked(voice))
        self.desk.ways.ui = self._ui
        self.person = Person()
        world = replace(self.person.session.world, speaks=True)
        self.person.session = replace(self.person.session, language="en", world=world)
        self.parts = HOME
        self.guided = Guided(0, -1)
        self.captions: list[str] = []
        self.taps: list[Kind] = []
        self.presses: list[Press] = []
        self.number = 0
        self.desk.take(Shown(self.session))

    @property
    def session(self) -> Session:
        return self.person.session

    def see(self, signal: Signal) -> None:
        before = self.session
        self.person.see(signal, 1.0)
        self.desk.take(Shown(self.session))
        if (before.serial, before.voice) != (self.session.serial, self.session.voice):
            self.draw()

    def draw(self) -> None:
        """What the UI does when something changed."""
        self.number += 1
        page = Page(self.number, self.session.serial, self.session.language, self.parts)
        self.desk.page(page)

    def tap(self, kind: Kind, value: str = "") -> None:
        """A finger."""
        self.see(Tap(kind, self.session.serial, value, RequestKey("key")))

    def _tap(self, tap: RawTap) -> None:
        self.taps.append(tap.kind)
        self.see(Tap(tap.kind, tap.serial, tap.value, RequestKey("key")))

    def _ui(self, told: Guided | Press) -> None:
        if isinstance(told, Press):
            self.presses.append(told)
            return
        self.guided = told
        if told.caption and told.caption not in self.captions[-1:]:
            self.captions.append(told.caption)

    async def key(self, *pressed: GuideKey) -> None:
        for each in pressed:
            self.keypad.pressed.tell(each)
            await asyncio.sleep(0.01)

    async def plug(self, state: Headphones) -> None:
        self.keypad.jack.tell(state)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(kiosk: SmallKiosk) -> AsyncIterator[SmallKiosk]:
    task = asyncio.create_task(kiosk.desk.run(), name="guidance")
    await asyncio.sleep(0.01)
    try:
        yield kiosk
    finally:
        task.cancel()
        await asyncio.wait({task})


__all__ = ["HOME", "FakeEar", "FakeKeypad", "SmallKiosk", "running"]
