"""Barcode scanners on a serial line: where a code ends, what may be in it, and the GM65 trigger.

Scanners send the bare payload and whatever end mark they are set to. The end mark is therefore a
setting; without one, silence on the line ends a code. GM65 class modules (GM65, GM65-S, GM805)
also take commands: `7E 00 type length address data CRC`, answered by `02 00 00 length data CRC`
(Hangzhou Grow, GM65 Bar Code Reader Module User Manual V1.3).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final
from unicodedata import category

from hardware.errors import BadBarcode

CODE_MAX_CHARS: Final = 512
FRAME_MAX_BYTES: Final = 4 * CODE_MAX_CHARS
"""512 characters of at most four bytes each."""

CRC_SKIPPED: Final = b"\xab\xcd"
"""In place of the CRC these two bytes ask the module not to check it (GM65 manual)."""
TRIGGER_ADDRESS: Final = 0x0002
GM65_ACK: Final = bytes.fromhex("02 00 00 01 00 33 31")


class Framing(Enum):
    """What ends a code."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    IDLE = "idle"
    """Nothing for a while (the driver says how long)."""


_END_MARKS: Final = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n"}
_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Control, format (bidi), surrogate, unassigned, private use, line and paragraph separators."""


@dataclass(frozen=True, slots=True)
class Overlong:
    """A code longer than any ticket or card; its bytes were dropped."""


class Framer:
    """Cuts a byte stream into codes; holds at most one."""

    def __init__(self, framing: Framing, *, strip_acks: bool = False) -> None:
        """Set the end mark; `strip_acks` takes GM65 acknowledgements out of the stream."""
        self._end = _END_MARKS.get(framing)
        self._strip_acks = strip_acks
        self._buffer = bytearray()
        self._skipping = False

    @property
    def pending(self) -> bool:
        """Bytes of an unfinished code are here (with idle framing: wait for silence)."""
        return bool(self._buffer) or self._skipping

    def feed(self, data: bytes) -> list[bytes | Overlong]:
        """Take bytes as they come; give the codes they complete (empty ones are left out)."""
        self._buffer += data
        self._drop_acks()
        if self._end is None:
            self._bound()
            return []
        events: list[bytes | Overlong] = []
        while (cut := self._buffer.find(self._end)) >= 0:
            events += self._take(bytes(self._buffer[:cut]))
            del self._buffer[: cut + len(self._end)]
            self._drop_acks()
        self._bound()
        return events

    def idle(self) -> list[bytes | Overlong]:
        """The line has been silent: with idle framing a code ends; else a torn one is dropped."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        if self._end is not None:
            self._skipping = False
            return []
        return self._take(rest)

    def _take(self, code: bytes) -> list[bytes | Overlong]:
        if self._skipping or len(code) > FRAME_MAX_BYTES:
            self._skipping = False
            return [Overlong()]
        return [code] if code else []

    def _bound(self) -> None:
        if len(self._buffer) > FRAME_MAX_BYTES:
            self._skipping = True
            keep = len(self._end) - 1 if self._end else 0
            del self._buffer[: len(self._buffer) - keep]

    def _drop_acks(self) -> None:
        # No code begins with 02 00 00, so an acknowledgement is known by its beginning.
        while self._strip_acks and self._buffer.startswith(GM65_ACK):
            del self._buffer[: len(GM65_ACK)]

    def partial_ack(self) -> bool:
        """What is pending could still become an acknowledgement."""
        return self._strip_acks and bool(self._buffer) and GM65_ACK.startswith(bytes(self._buffer))


def decode_payload(code: bytes) -> str:
    """Bytes of a code as text: UTF-8 where they are that, else GB18030.

    Raises:
        BadBarcode: Neither, too long, or it holds characters no code of ours may hold.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            text = code.decode(encoding)
        except UnicodeDecodeError:
            continue
        return check_text(text)
    raise BadBarcode("encoding")


def check_text(text: str) -> str:
    """Let a code's text through, or refuse it.

    Raises:
        BadBarcode: Empty, longer than 512 characters, or with a control or invisible character.
    """
    if not 1 <= len(text) <= CODE_MAX_CHARS:
        raise BadBarcode(f"{len(text)} characters")
    for char in text:
        if category(char) in _REFUSED:
            raise BadBarcode(f"U+{ord(char):04X}")
    return text


def crc_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, initial value 0."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def gm65_write(address: int, data: bytes) -> bytes:
    """Command that writes `data` into the module's zone bits from `address` on (type 08)."""
    body = bytes([0x08, len(data)]) + address.to_bytes(2, "big") + data
    return b"\x7e\x00" + body + CRC_SKIPPED


def gm65_trigger(*, on: bool) -> bytes:
    """Command that starts (or stops) one reading in command mode."""
    return gm65_write(TRIGGER_ADDRESS, b"\x01" if on else b"\x00")


def gm65_save() -> bytes:
    """Command that keeps the present settings over a power cut (type 09), with its CRC."""
    body = b"\x09\x01\x00\x00\x00"
    return b"\x7e\x00" + body + crc_xmodem(body).to_bytes(2, "big")
