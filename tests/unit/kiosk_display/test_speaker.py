"""What is spoken of a call, by whom, and what is told of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_voice import Announcement, AnnounceResult, Heard
from kiosk.call_words import SpokenWords, spoken_of
from kiosk.config import ConfigError, load_config
from kiosk.feed_events import CallDue, Interest
from kiosk.feed_state import FeedState, on_call
from kiosk.fittings import Fittings, fault_codes
from kiosk.lang import Languages
from kiosk.speaker import CallSpeaker
from kiosk.window_devices import WindowDevices
from kiosk.wiring_devices import (
    build_guidance,
    build_hall_devices,
    build_window_devices,
    fittings_of,
)
from queue_server.contract.ids import WindowId
from queue_server.contract.messages import CallAnnouncement, FittedDevice
from tests.fakes_devices import FakeDevice
from tests.unit.kiosk_display import fakes

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HEAD = 'device_id = "d"\ndata_dir = "data"\n[server]\nurl = "http://127.0.0.1:1"\n'


def call(
    number: str = "A012", window: str = "3", attempt: int = 1, language: str | None = None
) -> CallAnnouncement:
    return CallAnnouncement(
        call_id=f"call-{number}",
        attempt=attempt,
        epoch=1,
        rev=7,
        number=number,
        window_id=window,
        language=language,
        phrases=["please", f"number:{number}", "to", f"window:{window}"],
        text={"zh-CN": f"请 {number} 号到 {window} 号窗口", "en": f"{number}, window {window}"},
        at=AT,
    )


class FakeAnnouncer(FakeDevice):
    """Says everything at once, and what became of it as it was told to."""

    def __init__(self, heard: Heard = Heard.SAID, code: str = "") -> None:
        super().__init__("speaker", DeviceKind.ANNOUNCER)
        self.said: list[tuple[Announcement, bool]] = []
        self.stopped = 0
        self.last: Announcement | None = None
        self._answer = (heard, code)

    async def announce(
        self, announcement: Announcement, *, replace: bool = False
    ) -> AnnounceResult:
        self.said.append((announcement, replace))
        return AnnounceResult(announcement.announcement_id, *self._answer)

    def stop(self) -> None:
        self.stopped += 1


@asynccontextmanager
async def running(speaker: CallSpeaker) -> AsyncIterator[None]:
    task = asyncio.create_task(speaker.run(), name="speaker")
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def speaker_for(announcer: FakeAnnouncer, window_id: str | None = None) -> CallSpeaker:
    at = WindowId(window_id) if window_id else None
    return CallSpeaker(announcer, SpokenWords(), lambda: 100.0, at)


# --- words ---------------------------------------------------------------------------------------


def test_a_call_is_spoken_in_the_halls_languages_in_their_order() -> None:
    chinese, english = SpokenWords().call(call())
    assert (chinese.language, english.language) == ("zh_CN", "en")
    label = ("please", "letter-a", "digit-0", "digit-1-yao", "digit-2", "label-end")
    assert chinese.clips[:6] == label
    assert chinese.clips[6:] in {("window-3",), ("to", "number-3", "window-end")}
    assert english.clips[:2] == ("ticket", "letter-a")
    assert chinese.text == "请 A012 号到 3 号窗口"


def test_the_tickets_own_language_comes_first() -> None:
    assert [each.language for each in SpokenWords().call(call(language="en"))] == ["en", "zh_CN"]


def test_a_language_the_hall_does_not_speak_is_not_spoken() -> None:
    assert [each.language for each in SpokenWords().call(call(language="fr"))] == ["zh_CN", "en"]


def test_a_speaker_may_be_set_to_fewer_languages_and_another_order() -> None:
    assert [each.language for each in SpokenWords(["en", "zh-CN"]).call(call())] == ["en", "zh_CN"]
    assert [each.language for each in SpokenWords(["zh_CN"]).call(call(language="en"))] == ["zh_CN"]


def test_a_recall_says_that_it_is_one() -> None:
    chinese, english = SpokenWords().call(call(attempt=2))
    assert (chinese.clips[0], english.clips[0]) == ("again", "again")


def test_digits_are_read_as_the_hall_sets_it() -> None:
    (chinese,) = SpokenWords(["zh_CN"], "plain").call(call())
    assert chinese.clips[1:5] == ("letter-a", "digit-0", "digit-1", "digit-2")


def test_a_language_without_a_bank_is_left_to_the_voice() -> None:
    (spoken,) = SpokenWords(["tlh"]).call(call())
    assert (spoken.clips, spoken.text) == ((), "")


def test_what_the_server_wants_spoken_wins_over_what_is_shown() -> None:
    wanted = call().model_copy(update={"phrases": ["please", "number:B7", "to", "window:12"]})
    assert spoken_of(wanted) == ("B7", "12")
    assert spoken_of(call().model_copy(update={"phrases": []})) == ("A012", "3")


# --- calls ---------------------------------------------------------------------------------------


async def test_a_call_is_announced_with_the_time_that_is_left_to_it() -> None:
    announcer = FakeAnnouncer()
    speaker = speaker_for(announcer)
    async with running(speaker):
        speaker.take(CallDue(call(), 117.5))
        speaker.take(CallDue(call(attempt=2), 90.0))
        await asyncio.sleep(0.01)
    said = [(a.announcement_id, a.begin_within_s, a.chime, r) for a, r in announcer.said]
    assert said == [("call-A012/1", 17.5, "call", False), ("call-A012/2", 0.0, "call", False)]
    assert not announcer.said[0][0].interruptible


async def test_a_window_speaks_its_own_calls_only() -> None:
    announcer = FakeAnnouncer()
    speaker = speaker_for(announcer, "3")
    async with running(speaker):
        for number, window in (("A001", "1"), ("A002", "3"), ("A003", "33")):
            speaker.take(CallDue(call(number, window), 120.0))
        await asyncio.sleep(0.01)
    assert [a.announcement_id for a, _replace in announcer.said] == ["call-A002/1"]


async def test_what_was_not_spoken_is_logged_and_counted_by_its_code() -> None:
    speaker = speaker_for(FakeAnnouncer(Heard.EXPIRED, "announcement-expired"))
    with capture_logs() as log:
        async with running(speaker):
            for number in ("A001", "A002"):
                speaker.take(CallDue(call(number), 120.0))
            await asyncio.sleep(0.01)
    told = [(line["code"], line["total"]) for line in log if line["event"] == "call_unspoken"]
    assert told == [("announcement-expired", 1), ("announcement-expired", 2)]
    assert speaker.unspoken == {"announcement-expired": 2}


def test_a_call_lives_as_long_as_the_broker_says_else_twenty_seconds() -> None:
    feed = FeedState(Interest(), 0.0)
    for remaining_s, until_s in ((7, 107.0), (None, 120.0)):
        _state, (due, *_more) = on_call(feed, fakes.call("A018", "1"), 100.0, remaining_s)
        assert isinstance(due, CallDue)
        assert due.until_s == until_s


async def test_the_devices_of_a_display_hand_calls_to_the_speaker() -> None:
    announcer = FakeAnnouncer()
    speaker = speaker_for(announcer)
    devices = WindowDevices(speaker=speaker)
    assert devices.wants_calls
    assert devices.all == (announcer,)
    task = asyncio.create_task(devices.run(), name="devices")
    await asyncio.sleep(0.01)
    devices.take(CallDue(call(), 120.0))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task})
    assert len(announcer.said) == 1
    assert not announcer.running
    assert not WindowDevices().wants_calls


# --- configuration -------------------------------------------------------------------------------


def config_of(tmp_path: Path, more: str) -> Path:
    file = tmp_path / "display.toml"
    file.write_text(HEAD + more)
    return file


def test_a_speaker_is_configured_with_volume_by_time_of_day_and_own_sounds(tmp_path: Path) -> None:
    file = config_of(
        tmp_path,
        '[display]\nannouncer = true\n[speaker]\nurl = "alsa://plughw:CARD=Device"\n'
        'sounds = "own"\nvolume = { "08:30" = 80, "12:00" = 40, "18:00" = 0 }\n',
    )
    config = load_config(file)
    assert config.speaker is not None
    assert config.speaker.sounds == tmp_path / "own"
    (device,) = build_hall_devices(config).all
    assert device.health() == DeviceHealth("speaker", DeviceKind.ANNOUNCER, online=False)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('url = "serial:///dev/x"', "speaker.url"),
        ('url = "alsa://default"\nvolume = 120', "speaker.volume"),
        ('url = "alsa://default"\nvolume = { "8:30" = 80 }', "speaker.volume"),
        ('url = "alsa://default"\nloud = true', "speaker.loud"),
    ],
)
def test_a_wrong_speaker_is_refused_by_the_name_of_its_setting(
    table: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(config_of(tmp_path, f"[speaker]\n{table}\n"))
    assert refused.value.key.startswith(key)
    assert "serial" not in refused.value.reason


def test_an_announcer_without_a_speaker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        build_hall_devices(load_config(config_of(tmp_path, "[display]\nannouncer = true\n")))
    assert refused.value.key == "speaker"


def test_only_the_zones_announcer_speaks_in_the_hall_but_every_window_its_own(
    tmp_path: Path,
) -> None:
    config = load_config(config_of(tmp_path, '[speaker]\nurl = "alsa://default"\n'))
    assert build_hall_devices(config).all == ()
    assert [d.health().device_id for d in build_window_devices(config).all] == ["speaker"]


def test_a_kiosk_may_have_a_speaker_headphones_and_a_keypad(tmp_path: Path) -> None:
    tables = (
        '[speaker]\nurl = "alsa://default"\n[headphones]\nurl = "alsa://plughw:CARD=Ear"\n'
        '[keypad]\nurl = "hid:///dev/input/by-id/usb-KEYS-event-kbd"\n'
    )
    config = load_config(config_of(tmp_path, tables))
    fittings = fittings_of(build_guidance(config, Languages(("zh_CN",))).all)
    told = [(each.device.health().device_id, each.type_id) for each in fittings]
    kinds = [("speaker", "announcer"), ("headphones", "announcer"), ("keypad", "hid-keypad")]
    assert told == kinds


def test_a_keypad_that_is_no_keyboard_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"keypad.url: write it as hid://"):
        load_config(config_of(tmp_path, '[keypad]\nurl = "serial:///dev/ttyS0"\n'))


async def test_a_display_without_its_sound_device_says_so_once(tmp_path: Path) -> None:
    nothing = tmp_path / "asound.conf"
    nothing.write_text("# no card\n")
    tables = (
        f'[display]\nannouncer = true\n[speaker]\nurl = "alsa://hall?config={nothing}&look_s=0.2"\n'
    )
    devices = build_hall_devices(load_config(config_of(tmp_path, tables)))
    told: list[tuple[str, ...]] = []
    known = asyncio.Event()

    def tell(said: tuple[FittedDevice, ...]) -> None:
        told.append(fault_codes(said))
        if told[-1] == ("speaker:no-sound-device",):
            known.set()

    fittings = Fittings(fittings_of(devices.all), tell, lambda: AT)
    tasks = [asyncio.create_task(work.run(), name="part") for work in (devices, fittings)]
    async with asyncio.timeout(20):
        await known.wait()
    await asyncio.sleep(0.8)  # it goes on trying
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert told.count(("speaker:no-sound-device",)) == 1
