"""ESC/POS bytes into commands, as a printer's own firmware would: independent of hardware.wire.

Written from the Epson ESC/POS reference: each command's length is given by its first bytes, so a
table of lengths is all there is to it. What is unknown is reported, not guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10

_FIXED_ARGS: Final[Mapping[bytes, int]] = {
    # one-byte prefix + letter: number of argument bytes
    b"\x1b@": 0, b"\x1b2": 0, b"\x1b3": 1, b"\x1b!": 1, b"\x1bE": 1, b"\x1bG": 1, b"\x1b-": 1,
    b"\x1ba": 1, b"\x1bd": 1, b"\x1bJ": 1, b"\x1bt": 1, b"\x1bR": 1, b"\x1bM": 1, b"\x1bB": 2,
    b"\x1b ": 1, b"\x1b{": 1, b"\x1bV": 1, b"\x1b$": 2, b"\x1b\\": 2, b"\x1bp": 3, b"\x1bc": 2,
    b"\x1d!": 1, b"\x1dB": 1, b"\x1dL": 2, b"\x1dW": 2, b"\x1dP": 2, b"\x1dh": 1, b"\x1dw": 1,
    b"\x1dH": 1, b"\x1df": 1, b"\x1da": 1, b"\x1dr": 1, b"\x1dI": 1, b"\x1d|": 1,
    b"\x1c&": 0, b"\x1c.": 0, b"\x1c!": 1, b"\x1c-": 1, b"\x1cW": 1, b"\x1cS": 2, b"\x1cC": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Op:
    """One command.

    Attributes:
        name: Prefix and letter ("text", "lf" and "status" for what has no prefix).
        args: Its arguments.
        data: Its payload.
    """

    name: str
    args: bytes = b""
    data: bytes = b""


_NAMES: Final = {ESC: "ESC", FS: "FS", GS: "GS"}
_WAIT: Final = 0
"""The command is not complete yet."""
Parsed = tuple[int, Op | None]


class CommandReader:
    """Cuts a byte stream into commands, keeping an unfinished one."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._buffer = bytearray()

    @property
    def unfinished_bytes(self) -> int:
        """Bytes of a command that has not ended."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Op]:
        """Take bytes as they come; give the commands they complete."""
        self._buffer += data
        ops: list[Op] = []
        while self._buffer:
            used, op = self._first()
            if used == _WAIT:
                break
            del self._buffer[:used]
            if op is not None:
                ops.append(op)
        return ops

    def _first(self) -> Parsed:
        head = self._buffer[0]
        if head in _NAMES:
            return self._prefixed()
        if head == DLE:
            return self._real_time()
        if head == 0x0A:  # noqa: PLR2004 - line feed
            return 1, Op("lf")
        if head in {0x00, 0x0D}:  # NUL is ignored, CR too when LF is what ends a line
            return 1, None
        if head < 0x20:  # noqa: PLR2004 - any other control character
            return 1, Op("unknown", bytes([head]))
        end = next(
            (i for i, byte in enumerate(self._buffer) if byte < 0x20),  # noqa: PLR2004 - control
            len(self._buffer),
        )
        return end, Op("text", data=bytes(self._buffer[:end]))

    def _real_time(self) -> Parsed:
        buffer = self._buffer
        if len(buffer) < 3:  # noqa: PLR2004 - DLE EOT n
            return _WAIT, None
        if buffer[1] == 0x04:  # noqa: PLR2004 - EOT
            return 3, Op("status", bytes(buffer[2:3]))
        if bytes(buffer[1:3]) == b"\x14\x08":
            return self._clear_request()
        return 1, Op("unknown", bytes(buffer[:1]))

    def _clear_request(self) -> Parsed:
        """DLE DC4 8 and seven fixed bytes."""
        whole = bytes.fromhex("10140801031401060208")
        if bytes(self._buffer[: len(whole)]) == whole:
            return len(whole), Op("clear")
        return (1, Op("unknown", b"\x10")) if len(self._buffer) >= len(whole) else (_WAIT, None)

    def forget(self) -> None:
        """Drop an unfinished command."""
        self._buffer.clear()

    def _prefixed(self) -> Parsed:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 - prefix and letter
            return _WAIT, None
        key = bytes(buffer[:2])
        name = f"{_NAMES[buffer[0]]} {chr(buffer[1])}"
        if key in _FIXED_ARGS:
            return self._cut(name, 2, _FIXED_ARGS[key], 0)
        special = _SPECIAL.get(key)
        if special is None:
            return 2, Op("unknown", key)
        head = special(bytes(buffer[:16]))
        if head is None:
            return _WAIT, None
        args, data = head
        return self._cut(name, 2, args, data)

    def _cut(self, name: str, start: int, args: int, data: int) -> Parsed:
        end = start + args + data
        if len(self._buffer) < end:
            return _WAIT, None
        arguments = bytes(self._buffer[start : start + args])
        return end, Op(name, arguments, bytes(self._buffer[start + args : end]))


Lengths = tuple[int, int]
"""Argument bytes and payload bytes."""


def _paren(head: bytes) -> Lengths | None:
    """GS ( X pL pH ...: the count covers all that follows."""
    if len(head) < 5:  # noqa: PLR2004 - up to pH
        return None
    return 3, int.from_bytes(head[3:5], "little")


def _raster(head: bytes) -> Lengths | None:
    """GS v 0 m xL xH yL yH: x bytes times y rows."""
    if len(head) < 8:  # noqa: PLR2004 - up to yH
        return None
    return 6, int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")


def _cut_paper(head: bytes) -> Lengths | None:
    """GS V m, or GS V m n for m 65 and 66."""
    if len(head) < 3:  # noqa: PLR2004 - up to m
        return None
    return (2 if head[2] in {65, 66} else 1), 0


def _barcode(head: bytes) -> Lengths | None:
    """GS k m n data (function B)."""
    if len(head) < 4:  # noqa: PLR2004 - up to n
        return None
    return 2, head[3]


_SPECIAL: Final[Mapping[bytes, Callable[[bytes], Lengths | None]]] = {
    b"\x1b(": _paren,
    b"\x1d(": _paren,
    b"\x1dv": _raster,
    b"\x1dV": _cut_paper,
    b"\x1dk": _barcode,
}
