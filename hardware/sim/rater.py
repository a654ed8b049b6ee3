"""A simulated rater on the line of a call pad.

Its own commands: `rate` (`value`: what the key says, 0 to 255; it says it again until it is
answered), `rater-deaf`, `rater-hear`.
Options: `rater_address` (else `address`, else 1), `repeat_ms` (300), `repeats` (5).
File: rater.png. Events: `asking`, `answered` and `unanswered` (with `value`).
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError
from hardware.sim.led_picture import rater_picture, save
from hardware.sim.pad_frames import Ear, frame

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": (),
    "rater_address": (),
    "repeat_ms": (),
    "repeats": (),
}
LABELS: Final = ("非常满意", "满意", "不满意", "非常不满意")
KEYS: Final = (1, 0, 2, 3)
"""What the four keys say, from the best to the worst."""


class SimRater:
    """The firmware of a rater."""

    COMMANDS: ClassVar = frozenset({"rate", "rater-deaf", "rater-hear"})

    def __init__(self, desk: Desk) -> None:
        """Ask nothing."""
        options = desk.options.options
        self._desk = desk
        self._address = int(options.get("rater_address", options.get("address", "1")))
        self._repeat_s = int(options.get("repeat_ms", "300")) / 1000
        self._repeats = int(options.get("repeats", "5"))
        self._ear = Ear()
        self._saying: tuple[int, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deaf = self._asking = False
        self._chosen: int | None = None
        self._asked = self._answered = self._unanswered = 0
        self._draw()

    def receive(self, data: bytes) -> None:
        """Take bytes from the host: the rate key's code starts it, its own value ends it."""
        if self._deaf:
            return
        for said in self._ear.listen(data):
            if said.address != self._address or said.function != 0x01:
                continue
            if said.data == b"\x0b":
                self._asking, self._chosen = True, None
                self._asked += 1
                self._desk.tell("asking")
                self._draw()
            elif self._saying and said.data == bytes([self._saying[0]]):
                self._rest()

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {
            "asking": self._asking,
            "asked": self._asked,
            "answered": self._answered,
            "unanswered": self._unanswered,
        }

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "rate":
                value = int(command["value"])
                self._chosen = KEYS.index(value) if value in KEYS else None
                self._say(value, 1)
                self._draw()
            case "rater-deaf" | "rater-hear" as do:
                self._deaf = do == "rater-deaf"
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _say(self, value: int, time: int) -> None:
        self._saying = (value, time)
        self._desk.send(frame(self._address, 0x11, value))
        self._timer = asyncio.get_running_loop().call_later(self._repeat_s, self._again)

    def _again(self) -> None:
        if self._saying is None:
            return
        value, time = self._saying
        if time < self._repeats:
            self._say(value, time + 1)
            return
        self._saying = None
        self._unanswered += 1
        self._desk.tell("unanswered", value=value)

    def _rest(self) -> None:
        value = self._saying[0] if self._saying else 0
        self._saying, self._asking = None, False
        if self._timer is not None:
            self._timer.cancel()
        self._answered += 1
        self._desk.tell("answered", value=value)
        self._draw()

    def _draw(self) -> None:
        picture = rater_picture(LABELS, self._chosen, asking=self._asking)
        save(picture, self._desk.options.out / "rater.png")


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated rater until cancelled."""
    await run_device(options, SimRater, ready)
