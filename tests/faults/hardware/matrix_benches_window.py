"""How the devices of a window are used in the fault matrix."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from matrix import Bench, Got, Use, WrongDataError
from rig import DICE, QUICK, Collector, Sim
from rig_window import until_state

from hardware.drivers.call_pad import RsCallPad
from hardware.drivers.led_board import NumberBoard
from hardware.drivers.led_board import Timing as BoardTiming
from hardware.drivers.pad_line import TapOpener, Timing
from hardware.drivers.rater import RsRater
from hardware.errors import Unavailable
from hardware.roles_window import PadKey, PadPress, PanelMessage, Rating
from hardware.shared_line import SharedLine
from hardware.transport import open_link, parse_url

TIMING = Timing(repeat_s=1.5, repeats_s=5.0, refresh_s=0.3, answer_s=20.0)
KEYS = (PadKey.NEXT, PadKey.RECALL, PadKey.PAUSE, PadKey.TRANSFER, PadKey.RATE, PadKey.HOLD)
WAIT_S = 2.0


def on_line(url: str) -> TapOpener:
    return SharedLine(lambda: open_link(parse_url(url)), baud_bd=115200, gap_s=0.005).open


async def first(stream: Collector) -> object | None:
    try:
        async with asyncio.timeout(WAIT_S):
            return await stream.next()
    except TimeoutError:
        return None


async def shown(sim: Sim) -> str:
    return str((await sim.tell("state"))["shown"])


class BoardBench(Bench):
    type_id = "led-number-board"
    cut_after = ("in", 2)

    def driver(self, url: str, device_id: str) -> NumberBoard:
        return NumberBoard(
            device_id,
            on_line(url),
            1,
            randomness=DICE,
            timing=BoardTiming(refresh_s=0.2, blink_s=0.1),
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: NumberBoard, sim: Sim) -> AsyncIterator[Use]:
        sent = {"", "000"}

        async def use(number: int) -> Got:
            text = f"{100 + number:03}"
            sent.add(text)
            device.show(PanelMessage(f"A{text}", attempt=1))
            for _ in range(20):
                seen = await shown(sim)
                if seen == text:
                    return Got.RIGHT
                if seen not in sent:
                    raise WrongDataError(seen)
                await asyncio.sleep(0.05)
            return Got.NOTHING

        yield use


class PadBench(Bench):
    type_id = "call-pad"
    cut_after = ("out", 5)

    def driver(self, url: str, device_id: str) -> RsCallPad:
        return RsCallPad(device_id, on_line(url), 1, randomness=DICE, timing=TIMING, backoff=QUICK)

    @asynccontextmanager
    async def using(self, device: RsCallPad, sim: Sim) -> AsyncIterator[Use]:
        async with Collector(device.presses()) as presses:

            async def use(number: int) -> Got:
                key = KEYS[number % len(KEYS)]
                await asyncio.sleep(0.05)
                while not presses.empty:
                    await presses.next()
                await sim.tell("press", key=key.value)
                got = await first(presses)
                await at_rest(sim)
                if not presses.empty:
                    raise WrongDataError(f"{key} twice")
                if got is None:
                    return Got.NOTHING
                if got != PadPress(key):
                    raise WrongDataError(f"{got} for {key}")
                return Got.RIGHT

            yield use


async def at_rest(sim: Sim) -> None:
    """Wait until the pad has its echo, or has given up."""
    await until_state(sim, lambda state: state["saying"] is None)


class RaterBench(Bench):
    type_id = "rater"
    cut_after = ("out", 5)

    def driver(self, url: str, device_id: str) -> RsRater:
        return RsRater(device_id, on_line(url), 1, randomness=DICE, timing=TIMING, backoff=QUICK)

    @asynccontextmanager
    async def using(self, device: RsRater, sim: Sim) -> AsyncIterator[Use]:
        async with Collector(device.ratings()) as ratings:

            async def use(number: int) -> Got:
                value, level = ((1, 4), (0, 3), (2, 2), (3, 1))[number % 4]
                while not ratings.empty:
                    await ratings.next()
                try:
                    await device.ask()
                except Unavailable:
                    return Got.NOTHING
                await sim.tell("rate", value=value)
                got = await first(ratings)
                if not ratings.empty:
                    raise WrongDataError("rated twice")
                if got is None:
                    return Got.NOTHING
                if got != Rating(level, 4):
                    raise WrongDataError(f"{got} for {value}")
                return Got.RIGHT

            yield use
