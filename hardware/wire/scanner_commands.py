"""Switching a barcode scanner on and off by command, make by make.

Three makes take commands on their serial line and differ in everything else:

* GM65 class (GM65, GM65-S, GM805): `7E 00 type length address data CRC`, answered by
  `02 00 00 length data CRC` (Hangzhou Grow, GM65 Bar Code Reader Module User Manual V1.3).
* Honeywell: `SYN T CR` and `SYN U CR`, not answered (Honeywell 2020 and 4820 User's Guide,
  Trigger Commands; the same in later guides).
* Newland: `~ SOH 0000`, `@` (kept) or `#` (until power off), command, `; ETX`; the answer echoes
  the command behind `STX SOH 0000` with ACK, NAK or ENQ before `; ETX` (Newland NLS-HR52 User
  Manual, Use of Programming Command; Newland Serial Programming Command Manual).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, Protocol

CRC_SKIPPED: Final = b"\xab\xcd"
"""In place of the CRC these two bytes ask the module not to check it (GM65 manual)."""
TRIGGER_ADDRESS: Final = 0x0002
GM65_ACK: Final = bytes.fromhex("02 00 00 01 00 33 31")

NEWLAND_ASK: Final = b"~\x010000"
NEWLAND_ANSWER: Final = b"\x02\x010000"
NEWLAND_END: Final = b";\x03"
NEWLAND_ANSWER_MAX_BYTES: Final = 64
"""Our own commands are echoed with 17 bytes; anything much longer is no answer to them."""
_NEWLAND_VERDICTS: Final = MappingProxyType({0x06: True, 0x15: False, 0x05: False})
"""ACK; NAK: unknown command; ENQ: wrong data."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scanner said to a command.

    Attributes:
        accepted: It will do so.
        size_bytes: How many bytes of the stream the answer took.
    """

    accepted: bool
    size_bytes: int


class Incomplete(Enum):
    """The bytes begin like an answer; more are needed to know."""

    ANSWER = "answer"


class ReadAnswer(Protocol):
    """Looks for an answer at the beginning of a stream."""

    def __call__(self, data: bytes) -> Answer | Incomplete | None:
        """The answer, "wait for more", or None where this is something else."""
        ...


@dataclass(frozen=True, slots=True)
class Trigger:
    """How one make is told to read.

    Attributes:
        on: Start one reading.
        off: Stop it.
        answer: Reads its answers; None for a make that gives none.
    """

    on: bytes
    off: bytes
    answer: ReadAnswer | None


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


def gm65_answer(data: bytes) -> Answer | Incomplete | None:
    """The module's word that it has taken a command."""
    if data.startswith(GM65_ACK):
        return Answer(accepted=True, size_bytes=len(GM65_ACK))
    return Incomplete.ANSWER if data and GM65_ACK.startswith(data) else None


def newland_command(command: str, *, kept: bool = False) -> bytes:
    """A command such as SCNTRG1; `kept` ones survive a power cut (and wear the memory)."""
    return NEWLAND_ASK + (b"@" if kept else b"#") + command.encode("ascii") + NEWLAND_END


def newland_answer(data: bytes) -> Answer | Incomplete | None:
    """The echo of a command, with the scanner's verdict before its end."""
    head = data[: len(NEWLAND_ANSWER)]
    if not head or not NEWLAND_ANSWER.startswith(head):
        return None
    end = data.find(NEWLAND_END, 0, NEWLAND_ANSWER_MAX_BYTES)
    if end < 0:
        return Incomplete.ANSWER if len(data) < NEWLAND_ANSWER_MAX_BYTES else None
    accepted = _NEWLAND_VERDICTS.get(data[end - 1], False)
    return Answer(accepted, end + len(NEWLAND_END))


TRIGGERS: Final[Mapping[str, Trigger]] = MappingProxyType(
    {
        "gm65": Trigger(gm65_trigger(on=True), gm65_trigger(on=False), gm65_answer),
        "honeywell": Trigger(b"\x16T\r", b"\x16U\r", None),
        "newland": Trigger(newland_command("SCNTRG1"), newland_command("SCNTRG0"), newland_answer),
    }
)
"""Every make that is switched by command, by its name in a device URL."""
