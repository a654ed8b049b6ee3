"""A simulated ID-card reader: cards are laid down and taken away by the control socket.

Its own commands: `lay` (`card`: a name of SAMPLE_CARDS or an object with the fields), `take`,
`break` (`sw3`: what the module answers instead of success, as hex; `on`: find, select, read,
status, module-id or all), `repair`, `keep-finding` (a module that finds a lying card again and
again), `silent`, `speak`.
Events: `read` when a card was read whole, `refused` with the request that was told `break`.
Like a real module it finds a card only once: after a read the card must be taken away first.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError
from hardware.sim.id_cards import PHOTO_BYTES, SAMPLE_CARDS, TEXT_BYTES, card_text

_START: Final = b"\xaa\xaa\xaa\x96\x69"
_NAMES: Final[Mapping[bytes, str]] = {
    b"\x10\xff": "status",
    b"\x11\xff": "status",
    b"\x12\xff": "module-id",
    b"\x20\x01": "find",
    b"\x20\x02": "select",
    b"\x30\x01": "read",
}
_REQUEST_MAX_BYTES: Final = 64
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {}
_MODULE_ID: Final = bytes.fromhex("05 00 01 00 A5 B3 32 01 39 30 00 00 15 CD 5B 07")
"""05.01-20100005-0000012345-0123456789, a number no supplier gave out (there is no such day)."""


def _frame(status: bytes, data: bytes = b"") -> bytes:
    counted = (len(status) + len(data) + 1).to_bytes(2, "big") + status + data
    check = 0
    for byte in counted:
        check ^= byte
    return _START + counted + bytes([check])


class SimIdReader:
    """The security module and what lies on it."""

    def __init__(self, desk: Desk) -> None:
        """An empty reader."""
        self._desk = desk
        self._buffer = bytearray()
        self._card: Mapping[str, str] | None = None
        self._findable = self._selected = False
        self._broken: dict[str, int] = {}
        self._silent = self._keeps_finding = False
        self._reads = 0

    def receive(self, data: bytes) -> None:
        """Take bytes; answer each whole request."""
        self._buffer += data
        while (start := self._buffer.find(_START)) >= 0:
            del self._buffer[:start]
            end = 7 + int.from_bytes(self._buffer[5:7], "big")
            if end > _REQUEST_MAX_BYTES:
                del self._buffer[:1]
                continue
            if len(self._buffer) < max(end, 8):
                return
            request = bytes(self._buffer[5:end])
            del self._buffer[:end]
            if not self._silent:
                self._desk.send(self._answer(request))
        del self._buffer[:-4]

    def state(self) -> Mapping[str, object]:
        """What a watcher may know: nothing of the person on the card."""
        return {"card_lies": self._card is not None, "reads": self._reads, "silent": self._silent}

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        match command.get("do"):
            case "lay":
                self._lay(command.get("card", "resident"))
            case "take":
                self._card, self._findable, self._selected = None, False, False
            case "break":
                on = str(command.get("on", "all"))
                for name in _NAMES.values() if on == "all" else [on]:
                    self._broken[name] = int(str(command["sw3"]), 16)
            case "repair":
                self._broken.clear()
                self._keeps_finding = False
            case "keep-finding":
                self._keeps_finding = True
            case "silent":
                self._silent = True
            case "speak":
                self._silent = False
            case other:
                raise RefusedCommandError(f"unknown command {other}")

    def _lay(self, card: object) -> None:
        fields = SAMPLE_CARDS.get(card) if isinstance(card, str) else card
        if not isinstance(fields, Mapping):
            raise RefusedCommandError(f"no such card; there are {', '.join(SAMPLE_CARDS)}")
        card_text(fields)  # refuse now what could not be read later
        self._card, self._findable, self._selected = fields, True, False

    def _answer(self, request: bytes) -> bytes:
        check = 0
        for byte in request[:-1]:
            check ^= byte
        if check != request[-1]:
            return _frame(b"\x00\x00\x10")
        name = _NAMES.get(request[2:4])
        if name is None:
            return _frame(b"\x00\x00\x21")
        if name in self._broken:
            self._desk.tell("refused", request=name)
            return _frame(bytes([0, 0, self._broken[name]]))
        answers: dict[str, Callable[[], bytes]] = {
            "status": lambda: _frame(b"\x00\x00\x90"),
            "module-id": lambda: _frame(b"\x00\x00\x90", _MODULE_ID),
            "find": self._find,
            "select": self._select,
            "read": self._read,
        }
        return answers[name]()

    def _find(self) -> bytes:
        if self._card is None or not (self._findable or self._keeps_finding):
            return _frame(b"\x00\x00\x80")
        return _frame(b"\x00\x00\x9f", bytes(4))

    def _select(self) -> bytes:
        if self._card is None:
            return _frame(b"\x00\x00\x81")
        self._selected = True
        return _frame(b"\x00\x00\x90", bytes(8))

    def _read(self) -> bytes:
        if self._card is None or not self._selected:
            return _frame(b"\x00\x00\x41")
        self._findable = self._selected = False
        self._reads += 1
        self._desk.tell("read")
        head = TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big")
        return _frame(b"\x00\x00\x90", head + card_text(self._card) + bytes(PHOTO_BYTES))


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated ID-card reader until cancelled."""
    await run_device(options, SimIdReader, ready)
