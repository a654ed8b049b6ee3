"""A simulated barcode scanner: the control socket holds codes before it.

Its own commands: `scan` (`text`, or `hex` for any bytes; `encoding`, utf-8 unless told),
`silent`, `speak`. Options: `end` = cr, lf, crlf or none (the end mark), `trigger` = auto or gm65
(reads one code per trigger command, like a GM65 in command mode; a code held before it waits).
Events: `triggered` with on or off.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError

ENDS: Final[Mapping[str, bytes]] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}
_WRITE: Final = b"\x7e\x00\x08\x01\x00\x02"
_WRITE_BYTES: Final = 9
_ACK: Final = b"\x02\x00\x00\x01\x00\x33\x31"
CODES_HELD: Final = 16


class SimScanner:
    """The decoder and its trigger."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is before the window."""
        options = desk.options.options
        self._desk = desk
        self._end = ENDS[options.get("end", "cr")]
        self._triggered_only = options.get("trigger", "auto") == "gm65"
        self._armed = False
        self._silent = False
        self._buffer = bytearray()
        self._held: deque[bytes] = deque(maxlen=CODES_HELD)

    def receive(self, data: bytes) -> None:
        """Take bytes; obey trigger commands."""
        self._buffer += data
        while (start := self._buffer.find(_WRITE)) >= 0:
            del self._buffer[:start]
            if len(self._buffer) < _WRITE_BYTES:
                return
            self._armed = self._buffer[6] == 1
            del self._buffer[:_WRITE_BYTES]
            if not self._silent:
                self._desk.send(_ACK)
                self._desk.tell("triggered", on=self._armed)
            self._read()
        del self._buffer[: -len(_WRITE) + 1]

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        return {"armed": self._armed, "held": len(self._held), "silent": self._silent}

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "scan":
                self._held.append(_payload(command))
                self._read()
            case "silent":
                self._silent = True
            case "speak":
                self._silent = False
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _read(self) -> None:
        while self._held and not self._silent and (self._armed or not self._triggered_only):
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
    await run_device(options, SimScanner, ready)
