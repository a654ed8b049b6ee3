"""The announcer's queue: order, expiry, interruption, volume; with a card that only remembers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time
from random import Random
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from hardware.drivers.alsa_announcer import AlsaAnnouncer, build
from hardware.drivers.announcer_line import WAITING_MAX, Turn, WaitingLine
from hardware.drivers.announcer_mouth import Manner, Timing
from hardware.errors import BadDeviceUrl, HardwareError, NoSoundDevice, SoundFault
from hardware.registry import Settings
from hardware.roles_voice import Announcement, AnnounceResult, Heard, Spoken
from hardware.speech.bank import BadBank
from hardware.speech.samples import RATE_HZ, Samples
from hardware.speech.sounds import NoVoice
from hardware.supervise import Backoff, running
from hardware.transport import parse_url
from hardware.volume import gain, volume_of

CHIME = np.full(160, 1000, np.int16)
SPEECH = {"zh_CN": np.full(320, 2000, np.int16), "en": np.full(480, 3000, np.int16)}
LOUD = {"zh_CN": 2000, "en": 3000}


class Card:
    """Remembers what was played; each sound lasts until `let_go`, or `lasts_s`."""

    def __init__(self) -> None:
        self.played: list[Samples] = []
        self.whole: list[Samples] = []
        self.lasts_s: float | None = 0.0
        self.fails: HardwareError | None = None
        self.gone = False
        self.looks = 0
        self.sounding = 0
        self._go = asyncio.Event()

    def let_go(self) -> None:
        self._go.set()

    async def check(self) -> None:
        self.looks += 1
        if self.gone:
            raise NoSoundDevice

    async def play(self, samples: Samples) -> None:
        self.played.append(samples)
        self.sounding += 1
        assert self.sounding == 1, "two sounds at once"
        try:
            if self.lasts_s is None:
                await self._go.wait()
                self._go.clear()
            else:
                await asyncio.sleep(self.lasts_s)
            if self.fails:
                raise self.fails
            self.whole.append(samples)
        finally:
            self.sounding -= 1

    async def close(self) -> None:
        pass

    def heard(self) -> list[str]:
        """What was played, by the amplitude of each part; "." is a pause."""
        names = {0: ".", 1000: "chime", 2000: "zh_CN", 3000: "en"}
        said = []
        for sound in self.played:
            cuts = [0, *(np.flatnonzero(np.diff(sound)) + 1)]
            said.append(" ".join(names[int(sound[at])] for at in cuts))
        return said


class Sounds:
    def __init__(self) -> None:
        self.lacking: set[str] = set()

    def chime(self, name: str) -> Samples:
        if "chime" in self.lacking:
            raise BadBank(name)
        return CHIME

    async def speech(self, spoken: Spoken) -> Samples:
        if spoken.language in self.lacking:
            raise NoVoice(spoken.language)
        return SPEECH[spoken.language]


class Hall:
    def __init__(self) -> None:
        self.card = Card()
        self.sounds = Sounds()
        self.now = time(10)
        self.announcer: AlsaAnnouncer

    async def opened(self) -> Card:
        await self.card.check()
        return self.card

    def start(self, name: str, **more: Any) -> asyncio.Task[AnnounceResult]:
        replace = more.pop("replace", False)
        work = self.announcer.announce(call(name, **more), replace=replace)
        return asyncio.create_task(work, name=name)

    async def until(self, good: Any) -> None:
        async with asyncio.timeout(10):
            while not good():  # noqa: ASYNC110 - the announcer tells nobody but its caller
                await asyncio.sleep(0.001)


def call(name: str, *, languages: tuple[str, ...] = ("zh_CN", "en"), **more: Any) -> Announcement:
    return Announcement(
        name, tuple(Spoken(each) for each in languages), **{"chime": "call", **more}
    )


@asynccontextmanager
async def a_hall(
    volume: int | dict[str, int] = 100, *, speech: bool = True, look_s: float = 30.0
) -> AsyncIterator[Hall]:
    hall = Hall()
    hall.announcer = AlsaAnnouncer(
        "speaker",
        hall.opened,
        hall.sounds,
        manner=Manner(volume_of(volume), lambda: hall.now, speech, Timing(look_s, 0.01, 0.02)),
        device_name="default",
        randomness=Random(1),  # noqa: S311 - jitter
        backoff=Backoff(0.01, 0.02),
    )
    before = asyncio.all_tasks()
    async with running(hall.announcer):
        await hall.until(lambda: hall.announcer.health().online)
        yield hall
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()


async def test_the_chime_comes_first_and_then_the_languages_in_their_order() -> None:
    async with a_hall() as hall:
        result = await hall.announcer.announce(call("1"))
        assert result == AnnounceResult("1", Heard.SAID, "", ("zh_CN", "en"))
        assert hall.card.heard() == ["chime . zh_CN", ". en"]


async def test_announcements_are_said_one_after_the_other_in_the_order_they_were_given() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = 0.005
        tasks = [hall.start(str(number), languages=("en",)) for number in range(8)]
        results = [await task for task in tasks]
        assert [result.heard for result in results] == [Heard.SAID] * 8
        assert [result.announcement_id for result in results] == [str(n) for n in range(8)]
        assert len(hall.card.whole) == 8


async def test_a_newer_announcement_never_cuts_one_for_the_hall_off() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        first = hall.start("1", languages=("en",))
        await hall.until(lambda: hall.card.sounding)
        second = hall.start("2", languages=("en",), replace=True)
        hall.announcer.stop()
        await asyncio.sleep(0.01)
        assert not first.done()
        hall.card.let_go()
        assert (await first).heard is Heard.SAID
        await hall.until(lambda: hall.card.sounding)
        hall.card.let_go()
        assert (await second).heard is Heard.SAID


async def test_an_announcement_is_not_begun_after_its_time_and_says_so_when_the_time_is_over() -> (
    None
):
    async with a_hall() as hall:
        hall.card.lasts_s = None
        first = hall.start("1", languages=("en",))
        await hall.until(lambda: hall.card.sounding)
        with capture_logs() as log:
            late = await hall.start("2", begin_within_s=0.03)
        assert late == AnnounceResult("2", Heard.EXPIRED, "announcement-expired")
        assert [line["code"] for line in log if line["event"] == "not-said"] == [late.code]
        assert not first.done()
        hall.card.let_go()
        await first
        assert len(hall.card.played) == 1


async def test_a_turn_whose_time_is_over_is_passed_by_even_before_anybody_was_told() -> None:
    now_s = asyncio.get_running_loop().time()
    line = WaitingLine()
    over, fresh = Turn(call("1", begin_within_s=5), now_s - 6), Turn(call("2"), now_s)
    line.put(over)
    line.put(fresh)
    assert await line.next() is fresh
    assert not over.begun.is_set()


async def test_one_that_was_begun_in_time_is_said_to_its_end() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = 0.05
        result = await hall.start("1", begin_within_s=0.03)
        assert result.heard is Heard.SAID
        assert len(hall.card.whole) == 2


async def test_further_languages_are_left_out_for_those_who_would_expire_meanwhile() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        first = hall.start("1")
        await hall.until(lambda: hall.card.sounding)
        # English would take 30 ms (480 samples).
        second = hall.start("2", languages=("en",), begin_within_s=0.025)
        await asyncio.sleep(0)
        hall.card.let_go()
        assert (await first).languages == ("zh_CN",)
        await hall.until(lambda: hall.card.sounding)
        hall.card.let_go()
        assert (await second).heard is Heard.SAID


async def test_further_languages_are_said_where_those_who_wait_have_time() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = 0.001
        tasks = [hall.start(str(number), begin_within_s=30) for number in range(3)]
        assert [(await task).languages for task in tasks] == [("zh_CN", "en")] * 3


async def test_stop_cuts_an_interruptible_one_off_and_forgets_those_that_wait() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        said = hall.start("1", interruptible=True)
        await hall.until(lambda: hall.card.sounding)
        waits = hall.start("2", interruptible=True)
        hall_call = hall.start("3", languages=("en",))
        await asyncio.sleep(0)
        hall.announcer.stop()
        assert (await said).heard is Heard.STOPPED
        assert (await waits).heard is Heard.STOPPED
        await hall.until(lambda: hall.card.sounding)
        hall.card.let_go()
        assert (await hall_call).heard is Heard.SAID


async def test_a_replacing_one_is_said_at_once() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        old = hall.start("1", interruptible=True)
        await hall.until(lambda: hall.card.sounding)
        new = hall.start("2", languages=("en",), interruptible=True, replace=True)
        assert (await old).heard is Heard.STOPPED
        await hall.until(lambda: hall.card.sounding)
        hall.card.let_go()
        assert (await new).heard is Heard.SAID
        assert hall.announcer.last == call("2", languages=("en",), interruptible=True)


async def test_what_was_begun_last_can_be_said_again() -> None:
    async with a_hall() as hall:
        assert hall.announcer.last is None
        await hall.announcer.announce(call("1"))
        again = hall.announcer.last
        assert again is not None
        assert (await hall.announcer.announce(again)).heard is Heard.SAID
        assert hall.card.heard() == ["chime . zh_CN", ". en"] * 2


async def test_at_volume_zero_nothing_is_played_and_the_result_says_so() -> None:
    async with a_hall({"08:30": 80, "18:00": 0}) as hall:
        hall.now = time(20)
        assert (await hall.announcer.announce(call("1"))).heard is Heard.SILENCED
        assert hall.card.played == []


async def test_samples_are_as_loud_as_the_hour_wants() -> None:
    async with a_hall({"00:00": 100, "12:00": 40}) as hall:
        await hall.announcer.announce(call("1", languages=("zh_CN",), chime=""))
        hall.now = time(12, 30)
        await hall.announcer.announce(call("2", languages=("zh_CN",), chime=""))
        full, lunch = (int(sound.max()) for sound in hall.card.played)
        assert full == 2000
        assert lunch == round(2000 * gain(40))


async def test_with_speech_off_the_chime_alone_is_heard() -> None:
    async with a_hall(speech=False) as hall:
        result = await hall.announcer.announce(call("1"))
        assert result == AnnounceResult("1", Heard.CHIME_ONLY)
        assert hall.card.heard() == ["chime"]


async def test_a_language_without_sounds_is_left_out_and_named_by_its_code() -> None:
    async with a_hall() as hall:
        hall.sounds.lacking = {"zh_CN"}
        result = await hall.announcer.announce(call("1"))
        assert result == AnnounceResult("1", Heard.SAID, "no-voice", ("en",))
        assert hall.card.heard() == ["chime . en"]


async def test_without_any_words_the_chime_is_heard_and_the_result_says_why() -> None:
    async with a_hall() as hall:
        hall.sounds.lacking = {"zh_CN", "en"}
        assert await hall.announcer.announce(call("1")) == AnnounceResult(
            "1", Heard.CHIME_ONLY, "no-voice"
        )


async def test_with_nothing_to_play_it_fails_by_its_code() -> None:
    async with a_hall() as hall:
        hall.sounds.lacking = {"zh_CN", "en", "chime"}
        result = await hall.announcer.announce(call("1"))
        assert (result.heard, result.code) == (Heard.FAILED, "no-voice")


async def test_too_many_are_refused_and_none_of_the_others_is_lost() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        tasks = [hall.start("first", languages=("en",))]
        await hall.until(lambda: hall.card.sounding)
        tasks += [hall.start(str(n), languages=("en",)) for n in range(WAITING_MAX)]
        await asyncio.sleep(0)
        more = await hall.start("more")
        assert (more.heard, more.code) == (Heard.FAILED, "announcer-full")
        hall.card.lasts_s = 0.0
        hall.card.let_go()
        assert {(await task).heard for task in tasks} == {Heard.SAID}


async def test_a_card_that_fails_in_the_middle_fails_this_one_and_the_next_is_said() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        hall.card.fails = SoundFault()
        first = hall.start("1", languages=("en",))
        await hall.until(lambda: hall.card.sounding)
        waits, patient = hall.start("2"), hall.start("3", languages=("en",), begin_within_s=20)
        hall.card.let_go()
        assert (await first) == AnnounceResult("1", Heard.FAILED, "sound-fault")
        assert (await waits) == AnnounceResult("2", Heard.FAILED, "sound-fault")
        hall.card.fails = None
        await hall.until(lambda: hall.card.sounding)
        hall.card.let_go()
        assert (await patient).heard is Heard.SAID


async def test_while_the_card_is_away_what_can_wait_waits_and_the_rest_fails_at_once() -> None:
    async with a_hall(look_s=0.01) as hall:
        hall.card.gone = True
        await hall.until(lambda: not hall.announcer.health().online)
        assert hall.announcer.health().faults == ("no-sound-device",)
        assert (await hall.announcer.announce(call("1"))).code == "no-sound-device"
        late = await hall.announcer.announce(call("2", begin_within_s=0.02))
        assert (late.heard, late.code) == (Heard.FAILED, "no-sound-device")
        patient = hall.start("3", begin_within_s=20)
        await asyncio.sleep(0.02)
        hall.card.gone = False
        assert (await patient).heard is Heard.SAID


async def test_an_unused_card_is_looked_at_without_a_sound() -> None:
    async with a_hall(look_s=0.005) as hall:
        await hall.until(lambda: hall.card.looks > 3)
        assert hall.card.played == []
        assert hall.announcer.health().online


async def test_whoever_waits_when_it_is_stopped_is_told() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        said, waits = hall.start("1"), hall.start("2")
        await hall.until(lambda: hall.card.sounding)
    assert {(await said).heard, (await waits).heard} == {Heard.STOPPED}
    late = await hall.announcer.announce(call("3"))
    assert (late.heard, late.code) == (Heard.FAILED, "unavailable")


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    async with a_hall() as hall:
        hall.card.lasts_s = None
        said, waits = hall.start("1", languages=("en",)), hall.start("2", languages=("zh_CN",))
        await hall.until(lambda: hall.card.sounding)
        waits.cancel()
        await asyncio.wait({waits})
        last = hall.start("3", languages=("en",))
        hall.card.lasts_s = 0.0
        hall.card.let_go()
        await said
        await last
        assert hall.card.heard() == ["chime . en"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "alsa://hw:0,0", "alsa://-x", "alsa://default?volume=3", "alsa://default?look_s=0",
        "alsa://default?look_s=soon", "alsa://a;b", "alsa://", "alsa://default/x",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_before_anything_is_opened(url: str) -> None:
    with pytest.raises(BadDeviceUrl):
        build(Settings("speaker", parse_url(url)))


@pytest.mark.parametrize("name", ["default", "plughw:CARD=Headset,DEV=0", "sysdefault:CARD=PCH"])
def test_a_sound_device_keeps_its_name_as_it_is_written(name: str) -> None:
    announcer = build(Settings("speaker", parse_url(f"alsa://{name}?look_s=3")))
    assert announcer._device_name == name


def test_a_wrong_volume_is_refused() -> None:
    with pytest.raises(BadDeviceUrl):
        build(Settings("speaker", parse_url("alsa://default"), {"volume": "loud"}))


def test_the_rate_is_the_banks() -> None:
    assert RATE_HZ == 16000
