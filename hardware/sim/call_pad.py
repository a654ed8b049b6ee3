"""A simulated call pad, with a rater on the same line where it is asked for.

Its own commands: `press` (`key`: next, recall, rate, pause, transfer, cancel, confirm, or the
meanings no-show, hold, resume; `digits`: typed before it; `times`: so often at once), `say` (`hex`:
any bytes), `deaf` (hears nothing any more: it says its frame again and again), `hear`, `dark` (the
power is cut: it forgets what it showed), `light`, `hear-itself` and `hear-others` (the adapter
gives the host what it sends). With the option `rater`=yes also those of the rater.
Options: `address` (1), `repeat_ms` (300: a frame without an echo is said again), `repeats` (5),
`rater` (no).
File: pad.png. Events: `echoed` and `unheard` (with `key`), `shown` (`text`), `beeped`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, SimDevice, run_device
from hardware.sim.control import Command, RefusedCommandError
from hardware.sim.led_picture import pad_picture, save
from hardware.sim.pad_frames import Ear, Said, frame
from hardware.sim.rater import SimRater

KEYS: Final[Mapping[str, int]] = {
    "rate": 0x0B,
    "next": 0x0C,
    "recall": 0x0D,
    "cancel": 0x0E,
    "confirm": 0x0F,
    "pause": 0x12,
    "transfer": 0x13,
}
MEANINGS: Final[Mapping[str, str]] = {"no-show": "6", "hold": "0", "resume": "3"}
LABELS: Final = (
    ("1", "2", "3", "顺呼"),
    ("4", "5", "6", "重呼"),
    ("7", "8", "9", "评价"),
    ("取消", "0", "确认", "暂停"),
)
_PRESSED: Final = {"next": "顺呼", "recall": "重呼", "rate": "评价", "pause": "暂停"}
PRESSES_KEPT: Final = 16
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": (),
    "repeat_ms": (),
    "repeats": (),
    "rater": ("yes", "no"),
    "rater_address": (),
}
_DISPLAY: Final = 0x02
_BEEP: Final = 0x03


class SimPad:
    """The firmware of a pad."""

    def __init__(self, desk: Desk) -> None:
        """Show nothing."""
        options = desk.options.options
        self._desk = desk
        self._address = int(options.get("address", "1"))
        self._repeat_s = int(options.get("repeat_ms", "300")) / 1000
        self._repeats = int(options.get("repeats", "5"))
        self._ear = Ear()
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=PRESSES_KEPT)
        self._saying: tuple[str, bytes, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deaf = self._dark = self._loud_line = False
        self._text = " " * 6
        self._beeps = self._echoed = self._unheard = 0
        self._draw()

    def receive(self, data: bytes) -> None:
        """Take bytes from the host."""
        if self._loud_line:
            self._desk.send(data)
        if self._deaf or self._dark:
            return
        for said in self._ear.listen(data):
            if said.address == self._address:
                self._obey(said)

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {
            "shown": self._text,
            "beeps": self._beeps,
            "echoed": self._echoed,
            "unheard": self._unheard,
            "saying": self._saying[0] if self._saying else None,
        }

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "press":
                self._press(command)
            case "say":
                self._desk.send(bytes.fromhex(str(command["hex"])))
            case "deaf" | "hear" as do:
                self._deaf = do == "deaf"
            case "hear-itself" | "hear-others" as do:
                self._loud_line = do == "hear-itself"
            case "dark" | "light" as do:
                self._dark = do == "dark"
                self._change(" " * 6)
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _press(self, command: Command) -> None:
        name, digits = str(command["key"]), str(command.get("digits", ""))
        if name in MEANINGS:
            digits, key = MEANINGS[name], KEYS["confirm"]
        elif name in KEYS and digits.isdigit() | (digits == ""):
            key = KEYS[name]
        else:
            raise RefusedCommandError(f"unknown key {name} {digits}")
        said = frame(self._address, 0x01, *map(int, digits), key)
        for _ in range(int(command.get("times", 1))):
            self._waiting.append((name, said))
        self._draw(_PRESSED.get(name, "确认"))
        self._say_next()

    def _say_next(self) -> None:
        if self._saying is None and self._waiting:
            name, said = self._waiting.popleft()
            self._say(name, said, 1)

    def _say(self, name: str, said: bytes, time: int) -> None:
        self._saying = (name, said, time)
        self._desk.send(said)
        self._timer = asyncio.get_running_loop().call_later(self._repeat_s, self._again)

    def _again(self) -> None:
        if self._saying is None:
            return
        name, said, time = self._saying
        if time < self._repeats:
            self._say(name, said, time + 1)
            return
        self._saying = None
        self._unheard += 1
        self._desk.tell("unheard", key=name)
        self._say_next()

    def _obey(self, said: Said) -> None:
        if self._saying and frame(said.address, said.function, *said.data) == self._saying[1]:
            name, self._saying = self._saying[0], None
            if self._timer is not None:
                self._timer.cancel()
            self._echoed += 1
            self._desk.tell("echoed", key=name)
            self._say_next()
        elif said.function == _DISPLAY and len(said.data) == len(self._text):
            self._change("".join("0123456789 "[min(digit, 10)] for digit in said.data))
        elif said.function == _BEEP:
            self._beeps += 1
            self._desk.tell("beeped")

    def _change(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._draw()
            self._desk.tell("shown", text=text)

    def _draw(self, pressed: str = "") -> None:
        save(pad_picture(self._text, LABELS, pressed), self._desk.options.out / "pad.png")


class PadAndRater:
    """Both on one line, as they are sold: each hears all the host says."""

    def __init__(self, desk: Desk) -> None:
        """With one address, unless told otherwise."""
        self._pad, self._rater = SimPad(desk), SimRater(desk)

    def receive(self, data: bytes) -> None:
        """Both hear it."""
        self._pad.receive(data)
        self._rater.receive(data)

    def state(self) -> Mapping[str, object]:
        """The pad's, and the rater's under its name."""
        return {**self._pad.state(), "rater": self._rater.state()}

    async def command(self, command: Command) -> None:
        """The rater's commands go to the rater, the rest to the pad."""
        device: SimDevice = self._rater if command.get("do") in SimRater.COMMANDS else self._pad
        await device.command(command)


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated pad until cancelled."""
    with_rater = options.options.get("rater", "no") == "yes"
    await run_device(options, PadAndRater if with_rater else SimPad, ready)
