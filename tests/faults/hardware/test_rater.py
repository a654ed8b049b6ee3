"""The rater: one rating an asking, and silence is none."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from rig import Collector, Sim, at_work, online, simulated
from rig_window import TIMING, line_to, rater_for, until_state

from hardware.errors import Unavailable
from hardware.roles import DeviceKind
from hardware.roles_window import Rating


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.CALL_PAD, tmp_path, rater="yes") as simulator:
        yield simulator


async def test_a_rating_is_taken_once_and_only_when_asked_for(sim: Sim) -> None:
    rater = rater_for(line_to(sim))
    async with at_work(rater), Collector(rater.ratings()) as ratings:
        await online(rater)
        await rate(sim, 1, answered=1)  # nobody asked
        await rater.ask()
        await rate(sim, 9, answered=2)  # a default, no key
        await rate(sim, 0, answered=3)
        assert await ratings.next() == Rating(3, 4)
        await rate(sim, 2, answered=4)  # a second thought
        await rater.ask()
        rater.cancel()
        await rate(sim, 3, answered=5)
        assert ratings.empty


async def rate(sim: Sim, value: int, *, answered: int) -> None:
    """Press a key of the rater, and wait until the driver has answered it."""
    await sim.tell("rate", value=value)
    await until_state(sim, lambda state: state["rater"]["answered"] >= answered)


async def test_silence_is_no_rating(sim: Sim) -> None:
    rater = rater_for(line_to(sim), replace(TIMING, answer_s=0.2))
    async with at_work(rater), Collector(rater.ratings()) as ratings:
        await online(rater)
        await rater.ask()
        await asyncio.sleep(0.4)
        await rate(sim, 1, answered=1)
        assert ratings.empty


async def test_an_unanswered_rating_that_is_said_again_counts_once(sim: Sim) -> None:
    rater = rater_for(line_to(sim))
    async with at_work(rater), Collector(rater.ratings()) as ratings:
        await online(rater)
        await rater.ask()
        await sim.tell("rater-deaf")
        await sim.tell("rate", value=0)
        assert await ratings.next() == Rating(3, 4)
        await rater.ask()  # for the next person, while copies of the last key still come
        await asyncio.sleep(0.4)
        await sim.tell("rater-hear")
        await until_state(sim, lambda state: state["rater"]["answered"] >= 1)
        assert ratings.empty


async def test_nobody_can_be_asked_while_the_line_is_away(sim: Sim) -> None:
    rater = rater_for(line_to(sim))
    with pytest.raises(Unavailable):
        await rater.ask()
