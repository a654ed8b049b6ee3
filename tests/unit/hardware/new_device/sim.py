"""A simulated push button. Its own command: `press`."""

from collections.abc import Callable, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {}


class SimButton:
    """A spring and a contact."""

    def __init__(self, desk: Desk) -> None:
        """Nobody has pressed."""
        self._desk = desk

    def receive(self, data: bytes) -> None:
        """It hears nothing."""

    def state(self) -> Mapping[str, object]:
        """It has no memory."""
        return {}

    async def command(self, command: Command) -> None:
        """Obey `press`."""
        if command.get("do") != "press":
            raise RefusedCommandError(f"unknown command {command.get('do')}")
        self._desk.send(b"PRESS\n")


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run it until cancelled."""
    await run_device(options, SimButton, ready)
