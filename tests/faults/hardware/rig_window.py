"""Waiting for what a simulated device says of itself."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from rig import Sim


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
