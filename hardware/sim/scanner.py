"""A simulated barcode scanner: the control socket holds codes before it.

Its own commands: `scan` (`text`, or `hex` for any bytes; `encoding`, utf-8 unless told), `silent`,
`speak`, `refuse` and `accept` (trigger commands; only Newland can say no).
Options: `end` = cr, lf, crlf or none (the end mark), `trigger` = auto, gm65, honeywell or newland
(reads one code per trigger command of that make; a code held before it waits).
Events: `triggered` with on or off.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError

ENDS: Final[Mapping[str, bytes]] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "end": tuple(ENDS),
    "trigger": ("auto", "gm65", "honeywell", "newland"),
}
CODES_HELD: Final = 16
COMMAND_MAX_BYTES: Final = 256
# Read zone bits 002A, two bytes: the speed; 39 01 is 9600 (GM65 manual). Answered in any mode.
_GM65_ASK_SPEED: Final = bytes.fromhex("7E 00 07 01 00 2A 02 D8 0F")
_GM65_SPEED: Final = bytes.fromhex("02 00 00 02 39 01 C1 4C")


@dataclass(frozen=True, slots=True)
class Make:
    """How one make understands its host; written from the manuals alone.

    Attributes:
        command: One whole command in what was received.
        on: What in its first group switches a reading on.
        off: What switches it off.
        yes: The answer, made from the command.
        no: The answer of a scanner that will not.
    """

    command: re.Pattern[bytes]
    on: bytes
    off: bytes
    yes: Callable[[bytes], bytes]
    no: Callable[[bytes], bytes]


def _nothing(_command: bytes) -> bytes:
    return b""


MAKES: Final[Mapping[str, Make]] = {
    # 7E 00, type 08, length 01, address 0002, data, CRC or AB CD.
    "gm65": Make(
        re.compile(rb"\x7e\x00\x08\x01\x00\x02(.)..", re.DOTALL),
        on=b"\x01",
        off=b"\x00",
        yes=lambda _command: b"\x02\x00\x00\x01\x00\x33\x31",
        no=_nothing,
    ),
    # SYN T CR, SYN U CR.
    "honeywell": Make(re.compile(rb"\x16([TU])\r"), on=b"T", off=b"U", yes=_nothing, no=_nothing),
    # ~ SOH 0000, @ or #, command, ; ETX. The answer has STX for ~ and ACK or NAK before ; ETX.
    "newland": Make(
        re.compile(rb"~\x010000([@#][A-Z]{6}[^;]*);\x03"),
        on=b"#SCNTRG1",
        off=b"#SCNTRG0",
        yes=lambda command: b"\x02\x010000" + command + b"\x06;\x03",
        no=lambda command: b"\x02\x010000" + command + b"\x15;\x03",
    ),
}


class SimScanner:
    """The decoder and its trigger."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is before the window."""
        options = desk.options.options
        self._desk = desk
        self._end = ENDS[options.get("end", "cr")]
        self._make = MAKES.get(options.get("trigger", "auto"))
        self._armed = False
        self._silent = False
        self._refuses = False
        self._buffer = b""
        self._held: deque[bytes] = deque(maxlen=CODES_HELD)

    def receive(self, data: bytes) -> None:
        """Take bytes; obey trigger commands."""
        if self._make is None:
            return
        self._buffer += data
        if self._make is MAKES["gm65"] and _GM65_ASK_SPEED in self._buffer:
            self._buffer = self._buffer.replace(_GM65_ASK_SPEED, b"", 1)
            self._desk.send(b"" if self._silent else _GM65_SPEED)
        while found := self._make.command.search(self._buffer):
            self._buffer = self._buffer[found.end() :]
            self._obey(self._make, found[1])
        self._buffer = self._buffer[-COMMAND_MAX_BYTES:]

    def _obey(self, make: Make, command: bytes) -> None:
        if self._silent:
            return
        if self._refuses or command not in {make.on, make.off}:
            self._desk.send(make.no(command))
            return
        self._armed = command == make.on
        self._desk.send(make.yes(command))
        self._desk.tell("triggered", on=self._armed)
        self._read()

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {"armed": self._armed, "held": len(self._held), "silent": self._silent}

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "scan":
                self._held.append(_payload(command))
                self._read()
            case "silent" | "speak" as do:
                self._silent = do == "silent"
            case "refuse" | "accept" as do:
                self._refuses = do == "refuse"
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _read(self) -> None:
        while self._held and not self._silent and (self._armed or self._make is None):
            self._armed = False
            self._desk.send(self._held.popleft() + self._end)


def _payload(command: Command) -> bytes:
    if "hex" in command:
        return bytes.fromhex(str(command["hex"]))
    return str(command["text"]).encode(str(command.get("encoding", "utf-8")))


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated scanner until cancelled."""
    if options.options.get("end", "cr") not in ENDS:
        raise RefusedCommandError("end is cr, lf, crlf or none")
    if options.options.get("trigger", "auto") not in {"auto", *MAKES}:
        raise RefusedCommandError("trigger is auto, gm65, honeywell or newland")
    await run_device(options, SimScanner, ready)
