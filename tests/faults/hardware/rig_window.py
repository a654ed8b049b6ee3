"""Call pad and rater on one simulated line, and waiting for what a simulated device says."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from rig import DICE, QUICK, Sim

from hardware.drivers.call_pad import RsCallPad
from hardware.drivers.pad_line import Timing
from hardware.drivers.rater import VALUES, RsRater
from hardware.shared_line import SharedLine
from hardware.transport import open_link, parse_url

TIMING = Timing(repeat_s=0.6, repeats_s=3.0, refresh_s=0.2, answer_s=20.0)


def line_to(sim: Sim) -> SharedLine:
    return SharedLine(lambda: open_link(parse_url(sim.url)), baud_bd=115200, gap_s=0.005)


def pad_for(line: SharedLine, address: int = 1) -> RsCallPad:
    return RsCallPad("pad-1", line.open, address, randomness=DICE, timing=TIMING, backoff=QUICK)


def rater_for(line: SharedLine, timing: Timing = TIMING) -> RsRater:
    return RsRater("rater-1", line.open, 1, VALUES, randomness=DICE, timing=timing, backoff=QUICK)


async def until_state(
    sim: Sim, good: Callable[[Mapping[str, Any]], bool], within_s: float = 10.0
) -> Mapping[str, Any]:
    """The first state for which `good` holds."""
    async with asyncio.timeout(within_s):
        while True:
            state = await sim.tell("state")
            if good(state):
                return state
            await asyncio.sleep(0.02)


async def shows(sim: Sim, text: str, within_s: float = 10.0) -> None:
    """Wait until it shows a text."""
    await until_state(sim, lambda state: state["shown"] == text, within_s)
