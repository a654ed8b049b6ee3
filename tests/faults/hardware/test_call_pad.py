"""Call pad and rater on one line: keys, digits, lost and doubled echoes, pulled cables."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rig import DICE, QUICK, Collector, Sim, at_work, offline, online, simulated
from rig_window import TIMING, line_to, pad_for, rater_for, shows, until_state

from hardware.drivers.call_pad import RsCallPad
from hardware.errors import Unavailable
from hardware.registry import REGISTRY, Settings
from hardware.roles import DeviceKind
from hardware.roles_window import PadKey, PadPress, Rating
from hardware.shared_line import SharedLines
from hardware.supervise import running
from hardware.transport import parse_url
from hardware.wire.call_pad import beep_frame, display_frame


async def heard(sim: Sim, count: int) -> None:
    """Wait until so many presses have had their echo."""
    await until_state(sim, lambda state: state["echoed"] >= count)


@pytest.fixture(params=["pty"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    pty = request.param == "pty"
    async with simulated(DeviceKind.CALL_PAD, tmp_path, pty=pty, rater="yes") as simulator:
        yield simulator


both_lines = pytest.mark.parametrize("sim", ["pty", "tcp"], indirect=True)


@pytest.mark.parametrize("fault", [{}, {"delay_s": 0.02}, {"split_bytes": 1}, {"pace_bd": 9600}])
async def test_every_key_arrives_once_and_is_echoed(sim: Sim, fault: dict[str, Any]) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        await sim.tell("fault", **fault)
        for key in PadKey:
            digits = "12" if key is PadKey.CONFIRM else ""
            await sim.tell("press", key=key.value, digits=digits)
            assert await presses.next() == PadPress(key, digits)
        await heard(sim, len(PadKey))
        assert presses.empty


async def test_a_lost_echo_doubles_no_press(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        await sim.tell("deaf")
        await sim.tell("press", key="next")
        assert await presses.next() == PadPress(PadKey.NEXT)
        await asyncio.sleep(0.7)  # two more copies
        await sim.tell("hear")
        await heard(sim, 1)
        assert presses.empty
        await sim.tell("press", key="recall")
        assert await presses.next() == PadPress(PadKey.RECALL)


async def test_a_lost_key_is_heard_when_the_pad_says_it_again(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        await sim.tell("fault", loss=1.0, direction="out")
        await sim.tell("press", key="next")
        await asyncio.sleep(0.4)
        assert presses.empty
        await sim.tell("fault")
        assert await presses.next() == PadPress(PadKey.NEXT)
        await heard(sim, 1)


async def test_doubled_bytes_double_no_press(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        await sim.tell("fault", doubled=1.0)
        for key in ("next", "pause"):
            await sim.tell("press", key=key)
            assert await presses.next() == PadPress(PadKey(key))
        await asyncio.sleep(0.5)
        assert presses.empty


async def test_the_same_key_pressed_again_on_purpose_is_a_second_press(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        for count in (1, 2):
            await sim.tell("press", key="recall")
            assert await presses.next() == PadPress(PadKey.RECALL)
            await heard(sim, count)
            await asyncio.sleep(TIMING.repeat_s + 0.2)


async def test_an_adapter_that_hears_itself_starts_no_endless_echo(sim: Sim) -> None:
    line = line_to(sim)
    pad, rater = pad_for(line), rater_for(line)
    async with (
        at_work(pad),
        running(rater),
        Collector(pad.presses()) as presses,
        Collector(rater.ratings()) as ratings,
    ):
        await online(pad)
        await online(rater)
        await sim.tell("hear-itself")
        pad.show(3, "A012")
        await sim.tell("press", key="rate")
        assert await presses.next() == PadPress(PadKey.RATE)
        await sim.tell("rate", value=1)
        assert await ratings.next() == Rating(4, 4)
        await shows(sim, "003012")
        await asyncio.sleep(0.5)
        before = await sim.tell("state")
        await asyncio.sleep(0.5)
        assert await sim.tell("state") == before
        assert presses.empty
        assert ratings.empty


async def test_the_digits_are_shown_and_shown_again_after_a_power_cut(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad):
        pad.show(12, "A007")
        await shows(sim, "012007")
        await sim.tell("dark")
        await shows(sim, "      ")
        await sim.tell("light")
        await shows(sim, "012007")
        pad.show(None, "")
        await shows(sim, "      ")
        assert (await sim.tell("state"))["beeps"] == 0
        pad.beep()
        await until_state(sim, lambda state: state["beeps"] == 1)


@both_lines
async def test_a_pad_pulled_out_and_put_back_shows_what_is_right_now(sim: Sim) -> None:
    pad = pad_for(line_to(sim))
    async with at_work(pad), Collector(pad.presses()) as presses:
        pad.show(1, "001")
        await shows(sim, "001001")
        await sim.tell("unplug")
        assert (await offline(pad)).faults == ("unavailable",)
        pad.show(2, "002")
        pad.beep()
        await sim.tell("replug")
        await online(pad)
        await shows(sim, "002002")
        assert (await sim.tell("state"))["beeps"] == 0
        await sim.tell("press", key="next")
        assert await presses.next() == PadPress(PadKey.NEXT)


@both_lines
async def test_pad_and_rater_share_one_line_and_lose_it_together(sim: Sim) -> None:
    lines = SharedLines()
    url = parse_url(sim.url)
    pad = REGISTRY["call-pad"].build(Settings("pad", url, lines=lines))
    rater = REGISTRY["rater"].build(Settings("rater", url, lines=lines))
    async with at_work(pad), running(rater), Collector(rater.ratings()) as ratings:  # type: ignore[attr-defined]
        await online(pad)
        await online(rater)
        await sim.tell("press", key="rate")
        await sim.tell("rate", value=2)
        assert await ratings.next() == Rating(2, 4)
        await sim.tell("unplug")
        await asyncio.gather(offline(pad), offline(rater))
        await sim.tell("replug")
        await asyncio.gather(online(pad), online(rater))
        await rater.ask()  # type: ignore[attr-defined]
        await sim.tell("rate", value=3)
        assert await ratings.next() == Rating(1, 4)


async def test_a_line_is_closed_when_its_last_device_goes(sim: Sim) -> None:
    line = line_to(sim)
    pad, rater = pad_for(line), rater_for(line)
    async with at_work(pad):
        async with running(rater):
            await online(rater)
        await online(pad)
        assert line._link is not None
    assert line._link is None


async def test_a_pad_with_another_address_is_neither_echoed_nor_heard(sim: Sim) -> None:
    pad = pad_for(line_to(sim), address=2)
    async with at_work(pad), Collector(pad.presses()) as presses:
        await online(pad)
        await sim.tell("press", key="next")
        await asyncio.sleep(0.4)
        assert presses.empty
        assert (await sim.tell("state"))["echoed"] == 0


class StuckTap:
    """A place on a line that takes nothing and then breaks; the next one only notes."""

    def __init__(self, broken: asyncio.Event, said: list[bytes], *, stuck: bool) -> None:
        self._broken = broken
        self._said = said
        self._stuck = stuck

    async def read(self) -> bytes:
        await (self._broken.wait() if self._stuck else asyncio.Event().wait())
        raise Unavailable("EOF")

    async def write(self, frame: bytes) -> None:
        if self._stuck:
            await asyncio.Event().wait()
        self._said.append(frame)

    async def close(self) -> None:
        return


async def test_a_beep_that_could_not_be_sent_is_not_made_up_for_later() -> None:
    broken, said = asyncio.Event(), list[bytes]()
    taps = [StuckTap(broken, said, stuck=True), StuckTap(broken, said, stuck=False)]

    async def opener() -> Any:
        return taps.pop(0)

    pad = RsCallPad("pad-1", opener, 1, randomness=DICE, timing=TIMING, backoff=QUICK)
    async with at_work(pad):
        pad.show(1, "001")
        await online(pad)
        pad.beep()
        broken.set()
        await offline(pad)
        await online(pad)
        await asyncio.sleep(0.2)
        assert display_frame(1, 1, "001").to_bytes() in said
        assert beep_frame(1).to_bytes() not in said
