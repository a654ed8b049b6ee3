"""The announcer against a simulated sound card, through the real aplay and the real ALSA."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path

import psutil
import pytest
from rig import DICE, QUICK, Sim, at_work, offline, online, simulated
from structlog.testing import capture_logs

from hardware.drivers.alsa_announcer import AlsaAnnouncer
from hardware.drivers.announcer_mouth import Manner, Timing
from hardware.drivers.aplay import Aplay
from hardware.roles import DeviceKind
from hardware.roles_voice import Announcement, Heard, Spoken
from hardware.speech.sounds import CLIP_GAP_S, BankSounds
from hardware.transport import parse_url
from hardware.volume import gain, volume_of
from tests.sounds import Sound, clips_of, make_bank, sounds

ZH = ("please", "letter-a", "digit-0", "digit-1-yao", "digit-2", "label-end", "window-3")
EN = ("ticket", "letter-a", "digit-0", "digit-1", "digit-2", "window-3")
TIMING = Timing(look_s=0.3, after_chime_s=0.1, between_languages_s=0.1)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path / "bank", {"zh_CN": ZH, "en": EN})


def announcer_for(
    sim: Sim, bank: Path, volume: int = 100, timing: Timing = TIMING
) -> AlsaAnnouncer:
    url = parse_url(sim.url)
    player = str(sim.out / "aplay")

    async def opened() -> Aplay:
        card = Aplay(url.host, config=url.options["config"], player=player)
        await card.check()
        return card

    return AlsaAnnouncer(
        "speaker-1",
        opened,
        BankSounds(bank),
        manner=Manner(volume_of(volume), lambda: time(10), timing=timing),
        randomness=DICE,
        backoff=QUICK,
    )


@asynccontextmanager
async def speaking(
    place: Path, bank: Path, volume: int = 100, *, timing: Timing = TIMING, **options: str
) -> AsyncIterator[tuple[AlsaAnnouncer, Sim]]:
    async with simulated(DeviceKind.ANNOUNCER, place, pty=False, **options) as sim:
        announcer = announcer_for(sim, bank, volume, timing)
        async with at_work(announcer):
            await online(announcer)
            yield announcer, sim
        assert players() == []


def players() -> list[str]:
    """Our processes of aplay, those included that have ended and that nobody waited for."""
    children = psutil.Process().children(recursive=True)
    return [child.status() for child in children if child.name() == "aplay"]


def call(
    name: str, *, languages: tuple[str, ...] = ("zh_CN", "en"), **more: object
) -> Announcement:
    clips = {"zh_CN": ZH, "en": EN}
    spoken = tuple(Spoken(each, clips[each]) for each in languages)
    return Announcement(name, spoken, **{"chime": "call", **more})  # type: ignore[arg-type]


def names(sound: Sound, language: str) -> list[str]:
    ids = {"zh_CN": ZH, "en": EN}[language]
    return sound.names(clips_of(language, ("chime", *ids)))


async def test_chime_and_clips_are_heard_once_in_their_order_and_as_loud_as_set(
    tmp_path: Path, bank: Path
) -> None:
    async with speaking(tmp_path / "s", bank, volume=40) as (announcer, sim):
        result = await announcer.announce(call("1"))
        assert (result.heard, result.languages) == (Heard.SAID, ("zh_CN", "en"))
        first, second = sounds(sim.out)
        assert names(first, "zh_CN") == ["chime", *ZH]
        assert names(second, "en") == list(EN)
        found = [
            place
            for name, clip in clips_of("zh_CN", ("chime", *ZH)).items()
            for place in first.find(name, clip)
        ]
        assert [round(place.gain, 2) for place in found] == [round(gain(40), 2)] * len(found)
        times = sorted(place.begins_s for place in found)
        gaps = [later - earlier for earlier, later in itertools.pairwise(times[1:])]
        assert min(gaps) > 0.12 + CLIP_GAP_S - 0.001  # a clip lasts 120 ms: none lies over another
        assert first.ends_s <= second.begins_s


async def test_a_burst_is_said_in_order_and_never_two_at_once(tmp_path: Path, bank: Path) -> None:
    async with speaking(tmp_path / "s", bank, speed="8") as (announcer, sim):
        calls = [call(str(n), languages=("zh_CN",)) for n in range(6)]
        tasks = [asyncio.create_task(announcer.announce(each), name="call") for each in calls]
        assert [(await task).heard for task in tasks] == [Heard.SAID] * 6
        heard = sounds(sim.out)
        assert len(heard) == 6
        assert all(sound.alone and not sound.cut for sound in heard)
        assert all(names(sound, "zh_CN") == ["chime", *ZH] for sound in heard)
        assert all(one.ends_s <= two.begins_s for one, two in itertools.pairwise(heard))


async def test_a_card_that_takes_48_khz_stereo_only_plays_the_same(
    tmp_path: Path, bank: Path
) -> None:
    async with speaking(tmp_path / "s", bank, rate="48000", channels="2", speed="4") as (
        announcer,
        sim,
    ):
        assert (await announcer.announce(call("1", languages=("en",)))).heard is Heard.SAID
        (sound,) = sounds(sim.out)
        expected_s = 0.24 + 0.1 + len(EN) * 0.12 + (len(EN) - 1) * CLIP_GAP_S
        assert expected_s <= sound.samples.size / 48000 < expected_s + 0.3


async def test_pulled_out_in_mid_speech_it_says_so_and_comes_back_by_itself(
    tmp_path: Path, bank: Path
) -> None:
    with capture_logs() as log:
        async with speaking(tmp_path / "s", bank) as (announcer, sim):
            await sim.tell("unplug-after", bytes=12000)
            result = await announcer.announce(call("1"))
            assert (result.heard, result.code) == (Heard.FAILED, "no-sound-device")
            assert (await offline(announcer)).faults == ("no-sound-device",)
            waits = asyncio.create_task(announcer.announce(call("2", begin_within_s=20)), name="2")
            await asyncio.sleep(0.3)
            await sim.tell("replug")
            assert (await waits).heard is Heard.SAID
            cut, *whole = sounds(sim.out)
            assert cut.cut
            assert [names(sound, "zh_CN")[:1] for sound in whole] == [["chime"], []]
    told = [line["event"] for line in log if line["event"].startswith("device-")]
    assert told == ["device-online", "device-offline", "device-online"]


async def test_pulled_out_while_idle_it_is_missed_at_the_next_look(
    tmp_path: Path, bank: Path
) -> None:
    async with speaking(tmp_path / "s", bank) as (announcer, sim):
        await sim.tell("unplug")
        assert (await offline(announcer)).faults == ("no-sound-device",)
        await sim.tell("replug")
        await online(announcer)
        assert (await announcer.announce(call("1", languages=("en",)))).heard is Heard.SAID


@pytest.mark.parametrize(("do", "code"), [("busy", "device-busy"), ("deny", "sound-access-denied")])
async def test_a_device_that_cannot_be_opened_says_why_and_is_used_when_it_is_free(
    do: str, code: str, tmp_path: Path, bank: Path
) -> None:
    async with speaking(tmp_path / "s", bank) as (announcer, sim):
        await sim.tell(do)
        assert (await offline(announcer)).faults == (code,)
        assert (await announcer.announce(call("1"))).code == code
        await sim.tell("free")
        await online(announcer)
        assert (await announcer.announce(call("2", languages=("en",)))).heard is Heard.SAID


async def test_a_card_that_is_slow_to_start_is_waited_for(tmp_path: Path, bank: Path) -> None:
    async with speaking(tmp_path / "s", bank, speed="8") as (announcer, sim):
        await sim.tell("fault", delay_s=1.0)
        assert (await announcer.announce(call("1", languages=("en",)))).heard is Heard.SAID
        (sound,) = sounds(sim.out)
        assert names(sound, "en") == ["chime", *EN]


async def test_a_card_that_stops_taking_samples_is_given_up_and_tried_anew(
    tmp_path: Path, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.drivers.aplay.SLACK_S", 0.5)
    async with speaking(tmp_path / "s", bank, speed="4") as (announcer, sim):
        await sim.tell("freeze")
        result = await announcer.announce(call("1", languages=("en",)))
        assert (result.heard, result.code) == (Heard.FAILED, "timed-out")
        await sim.tell("thaw")
        await online(announcer)
        assert (await announcer.announce(call("2", languages=("en",)))).heard is Heard.SAID


async def test_stop_is_heard_at_once(tmp_path: Path, bank: Path) -> None:
    async with speaking(tmp_path / "s", bank) as (announcer, sim), sim.watching() as events:
        guide = call("1", languages=("zh_CN",), interruptible=True)
        saying = asyncio.create_task(announcer.announce(guide), name="guide")
        assert (await anext(events))["event"] == "begins"
        await asyncio.sleep(0.3)
        announcer.stop()
        assert (await saying).heard is Heard.STOPPED
        assert (await anext(events))["event"] == "sound"
        (sound,) = sounds(sim.out)
        whole_s = 0.24 + 0.1 + len(ZH) * 0.12 + (len(ZH) - 1) * CLIP_GAP_S
        assert sound.samples.size / 16000 < whole_s - 0.3


async def test_hall_and_headphones_are_two_devices_and_play_at_the_same_time(
    tmp_path: Path, bank: Path
) -> None:
    async with (
        speaking(tmp_path / "hall", bank) as (hall, hall_sim),
        speaking(tmp_path / "ear", bank, volume=60, name="ear") as (ear, ear_sim),
    ):
        said = await asyncio.gather(
            hall.announce(call("1", languages=("zh_CN",))),
            ear.announce(call("2", languages=("en",), chime="")),
        )
        assert [result.heard for result in said] == [Heard.SAID] * 2
        (loud,), (private,) = sounds(hall_sim.out), sounds(ear_sim.out)
        assert names(loud, "zh_CN") == ["chime", *ZH]
        assert names(private, "en") == list(EN)
        assert private.begins_s < loud.ends_s
        assert loud.begins_s < private.ends_s


# --- the command line ----------------------------------------------------------------------------


def test_the_command_line_simulates_a_card_and_speaks_on_it(tmp_path: Path) -> None:
    hardware = [sys.executable, "-m", "hardware"]
    with subprocess.Popen(
        [*hardware, "sim", "announcer", "--out", str(tmp_path), "--option", "speed=20"],
        stdout=subprocess.PIPE,
        text=True,
    ) as sim:
        try:
            assert sim.stdout is not None
            told = json.loads(sim.stdout.readline())
            tried = subprocess.run(
                [*hardware, "test", "announcer", "--url", told["url"], "--text", "A012"],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            records = [json.loads(line) for line in tried.stdout.splitlines()]
            assert tried.returncode == 0, tried.stderr
            assert records == [
                {"language": "zh_CN", "heard": "said"},
                {"language": "en", "heard": "said"},
            ]
            assert all(sound.samples.size > 4000 for sound in sounds(tmp_path))
            absent = subprocess.run(
                [*hardware, "test", "announcer", "--url", told["url"].replace("hall?", "cellar?")],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
                env=os.environ | {"LANGUAGE": "en"},
            )
            assert absent.returncode == 1
            assert "The sound device is not there." in absent.stderr
        finally:
            sim.terminate()
            assert sim.wait(10) == 0
