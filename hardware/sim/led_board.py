"""A simulated number board on an RS-485 line. It says nothing, as the real one.

Its own commands: `dark` (the power is cut: it forgets what it showed), `light`.
Options: `id` (1), `digits` (3), `blank` (a number that leaves it dark; none unless given).
File: panel.png, what it shows now, drawn anew at each change. Event: `shown` with the text.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError
from hardware.sim.led_picture import board_picture, save

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {"id": (), "digits": (), "blank": ()}
_FRAME_BYTES: Final = 4
_PAUSE_S: Final = 0.5
"""So long without a byte, and what was begun is forgotten."""


class SimBoard:
    """The receiver behind the segments."""

    def __init__(self, desk: Desk) -> None:
        """Dark until the first number comes."""
        options = desk.options.options
        self._desk = desk
        self._id = int(options.get("id", "1"))
        self._digits = int(options.get("digits", "3"))
        self._blank = int(options["blank"]) if "blank" in options else None
        self._held = bytearray()
        self._heard_s = 0.0
        self._powered = True
        self._text = ""
        self._frames = 0
        self._draw()

    def receive(self, data: bytes) -> None:
        """Take bytes; show what is said to this board with a right sum."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._heard_s > _PAUSE_S:
            self._held.clear()
        self._heard_s = now_s
        self._held += data
        while len(self._held) >= _FRAME_BYTES:
            board_id, high, low, check = self._held[:_FRAME_BYTES]
            if (board_id + high + low) & 0xFF != check:
                del self._held[0]
                continue
            del self._held[:_FRAME_BYTES]
            if board_id == self._id and self._powered:
                self._show(high * 256 + low)

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {"shown": self._text, "frames": self._frames, "powered": self._powered}

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "dark":
                self._powered = False
                self._change("")
            case "light":
                self._powered = True
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _show(self, number: int) -> None:
        self._frames += 1
        dark = number == self._blank
        self._change("" if dark else f"{number % 10**self._digits:0{self._digits}}")

    def _change(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._draw()
            self._desk.tell("shown", text=text)

    def _draw(self) -> None:
        picture = board_picture(self._text.rjust(self._digits))
        save(picture, self._desk.options.out / "panel.png")


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated board until cancelled."""
    await run_device(options, SimBoard, ready)
