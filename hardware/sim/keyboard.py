"""A simulated USB keyboard: the events a kernel would give, on a pseudo terminal (`--pty`).

Being a scanner it knows `scan` (`text`; or `hex` for bytes, those no key has with Alt and numpad),
`lose` (`events`: of the next code so many events are swallowed in its middle, as by a full kernel
buffer). Being a keypad it knows `press` and `hold` (`code`: number of a key; `times` for hold) and
`headphones` (`plugged`).
Options: `end` = enter, tab or none (what the scanner types after a code).
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {"end": ("enter", "tab", "none")}
_END_CODES: Final = {"enter": 28, "tab": 15, "none": 0}
_LEFT_SHIFT: Final = 42
_LEFT_ALT: Final = 56
_SYN, _KEY, _MSC, _SW = 0, 1, 4, 5
_MSC_SCAN: Final = 4
_SYN_DROPPED: Final = 3
_SW_HEADPHONES: Final = 2
_STEP_US: Final = 2000
_START_S: Final = 1000
_PAGE_KEYBOARD: Final = 0x70000

# Where a US keyboard has its characters: key codes of linux/input-event-codes.h, Shift or not.
_PLAIN: Final = {
    **{char: 2 + n for n, char in enumerate("1234567890-=")},
    **{char: 16 + n for n, char in enumerate("qwertyuiop[]")},
    **{char: 30 + n for n, char in enumerate("asdfghjkl;'`")},
    **{char: 43 + n for n, char in enumerate("\\zxcvbnm,./")},
    " ": 57,
    "\t": 15,
    "\x1b": 1,
}
_SHIFTED: Final = {
    **{char: 2 + n for n, char in enumerate("!@#$%^&*()_+")},
    **{char: 16 + n for n, char in enumerate("QWERTYUIOP{}")},
    **{char: 30 + n for n, char in enumerate('ASDFGHJKL:"~')},
    **{char: 43 + n for n, char in enumerate("|ZXCVBNM<>?")},
}
_NUMPAD: Final = dict(zip("0123456789", (82, 79, 80, 81, 75, 76, 77, 71, 72, 73), strict=True))

Stroke = tuple[int, int]
"""Key code, and 1 for down, 0 for up, 2 for still down."""


def strokes(text: bytes) -> Iterator[Stroke]:
    """How a scanner types bytes."""
    for byte in text:
        char = chr(byte)
        if char in _PLAIN:
            yield from _tap(_PLAIN[char])
        elif char in _SHIFTED:
            yield _LEFT_SHIFT, 1
            yield from _tap(_SHIFTED[char])
            yield _LEFT_SHIFT, 0
        else:
            yield _LEFT_ALT, 1
            for digit in f"{byte:04}":
                yield from _tap(_NUMPAD[digit])
            yield _LEFT_ALT, 0


def _tap(code: int) -> Iterator[Stroke]:
    yield code, 1
    yield code, 0


class SimKeyboard:
    """The keys and the jack."""

    def __init__(self, desk: Desk) -> None:
        """Nobody types."""
        self._desk = desk
        self._end = _END_CODES[desk.options.options.get("end", "enter")]
        self._clock_us = _START_S * 1_000_000
        self._lose = 0
        self._plugged = False

    def receive(self, data: bytes) -> None:
        """Keyboards are told nothing here."""

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {"plugged": self._plugged}

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "scan":
                self._type(_payload(command))
            case "lose":
                self._lose = int(command["events"])
            case "press":
                self._desk.send(self._events(_tap(int(command["code"]))))
            case "hold":
                code = int(command["code"])
                held = [(code, 1), *[(code, 2)] * int(command.get("times", 3)), (code, 0)]
                self._desk.send(self._events(iter(held)))
            case "headphones":
                self._plugged = bool(command["plugged"])
                self._clock_us += _STEP_US
                event = self._event(_SW, _SW_HEADPHONES, int(self._plugged))
                self._desk.send(event + self._event(_SYN, 0, 0))
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _type(self, code: bytes) -> None:
        typed = list(strokes(code))
        if self._end:
            typed += _tap(self._end)
        if self._lose:
            middle = len(typed) // 2
            before, after = typed[:middle], typed[middle + self._lose :]
            self._lose = 0
            gap = self._event(_SYN, _SYN_DROPPED, 0) + self._event(_SYN, 0, 0)
            self._desk.send(self._events(iter(before)) + gap + self._events(iter(after)))
            return
        self._desk.send(self._events(iter(typed)))

    def _events(self, typed: Iterator[Stroke]) -> bytes:
        """Each stroke as a USB keyboard gives it: scan code, key, end of report."""
        out = b""
        for code, value in typed:
            self._clock_us += _STEP_US
            if value != 2:  # noqa: PLR2004 - the kernel's own repeats have no scan code
                out += self._event(_MSC, _MSC_SCAN, _PAGE_KEYBOARD | code)
            out += self._event(_KEY, code, value) + self._event(_SYN, 0, 0)
        return out

    def _event(self, type_: int, code: int, value: int) -> bytes:
        seconds, rest_us = divmod(self._clock_us, 1_000_000)
        return struct.pack("<qqHHi", seconds, rest_us, type_, code, value)


def _payload(command: Command) -> bytes:
    if "hex" in command:
        return bytes.fromhex(str(command["hex"]))
    return str(command["text"]).encode(str(command.get("encoding", "utf-8")))


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated keyboard until cancelled."""
    if options.pty_link is None:
        raise RefusedCommandError("a keyboard has no network address; use --pty")
    if options.options.get("end", "enter") not in _END_CODES:
        raise RefusedCommandError("end is enter, tab or none")
    link = options.pty_link.absolute()
    await run_device(options, SimKeyboard, lambda _url: ready(f"hid://{link}?grab=no"))
