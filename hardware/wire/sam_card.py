"""SAM_V frames: what a host says to the security module of an ID-card reader, and hears back.

A request is `AA AA AA 96 69 | length (2, big-endian) | CMD Para data | XOR`; a reply has
`SW1 SW2 SW3 data` in place of the command. The length counts everything after itself, the XOR
byte included; XOR runs from the first length byte to the last byte before it.
Source: the interface description of the residents' ID-card security module (SAM_V) as public
drivers for CVR-100, 新中新, 神思 and 精伦 readers agree on it; docs/devices/sam-id-reader.md.

XOR finds every burst of up to eight bits and lets one in 256 of all other damage through: what is
read must make sense by itself too (`sam_text` checks lengths, characters and the number).
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

from hardware.errors import (
    CardEmpty,
    CardGone,
    CardNotAccepted,
    CardNotSelected,
    CardNotVerified,
    CardReadFailed,
    CardUnknownError,
    DeviceFault,
    LineDamaged,
    ReaderCommandUnknown,
    ReaderNoRandomNumber,
    ReaderNotAccepted,
    ReaderSelfTestFailed,
    ReaderUnauthorised,
    RemoteProtocolError,
    WrongCard,
)

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
LENGTH_BYTES: Final = 2
BODY_MAX_BYTES: Final = 4096
"""The longest known reply (text, photo, fingerprint) is 2,321 bytes."""
BODY_MIN_BYTES: Final = 4
"""SW1 SW2 SW3 and XOR."""


class Command(IntEnum):
    """CMD and Para of a request as one big-endian number."""

    RESET = 0x10FF
    STATUS = 0x11FF
    MODULE_ID = 0x12FF
    FIND = 0x2001
    SELECT = 0x2002
    READ_TEXT_PHOTO = 0x3001
    READ_NEW_ADDRESS = 0x3003
    READ_WITH_FINGERPRINT = 0x3010
    BAUD_115200 = 0x6000


class Outcome(IntEnum):
    """SW3 of a reply. SW1 and SW2 vary between makes and say nothing reliable."""

    OK = 0x90
    FOUND = 0x9F
    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_ALLOWED = 0x23
    UNKNOWN_ERROR = 0x24
    READER_NOT_ACCEPTED = 0x31
    CARD_NOT_ACCEPTED = 0x32
    VERIFICATION = 0x33
    FINGERPRINT_VERIFICATION = 0x37
    CONTENT_LENGTH = 0x3F
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    UNAUTHORISED = 0x66
    NONE_FOUND = 0x80
    SELECT_FAILED = 0x81
    NO_CONTENT = 0x91


ERRORS: Final[dict[Outcome, type[RemoteProtocolError] | type[DeviceFault]]] = {
    Outcome.BAD_CHECKSUM: LineDamaged,
    Outcome.BAD_LENGTH: LineDamaged,
    Outcome.BAD_COMMAND: ReaderCommandUnknown,
    Outcome.NOT_ALLOWED: ReaderUnauthorised,
    Outcome.UNKNOWN_ERROR: CardUnknownError,
    Outcome.READER_NOT_ACCEPTED: ReaderNotAccepted,
    Outcome.CARD_NOT_ACCEPTED: CardNotAccepted,
    Outcome.VERIFICATION: CardNotVerified,
    Outcome.FINGERPRINT_VERIFICATION: CardNotVerified,
    Outcome.CONTENT_LENGTH: CardReadFailed,
    Outcome.WRONG_CARD: WrongCard,
    Outcome.READ_FAILED: CardReadFailed,
    Outcome.RANDOM_FAILED: ReaderNoRandomNumber,
    Outcome.SELF_TEST_FAILED: ReaderSelfTestFailed,
    Outcome.UNAUTHORISED: ReaderUnauthorised,
    Outcome.NONE_FOUND: CardGone,
    Outcome.SELECT_FAILED: CardNotSelected,
    Outcome.NO_CONTENT: CardEmpty,
}
"""What each refusal means for the person in front of the reader: two codes share an error only
where the same is to be done. 23, 37 and 3F stand in public drivers, not in every manual.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """One checked reply.

    Attributes:
        sw: SW1 SW2 SW3.
        data: What follows; personal data after a read, so repr hides it.
    """

    sw: bytes
    data: bytes = field(repr=False)

    @property
    def outcome(self) -> Outcome:
        """The meaning of SW3.

        Raises:
            RemoteProtocolError: A code no manual lists.
        """
        try:
            return Outcome(self.sw[2])
        except ValueError as error:
            raise RemoteProtocolError(f"SW3 {self.sw[2]:02x}") from error

    def check(self) -> None:
        """Raise what the module reports, unless it reports success.

        Raises:
            RemoteProtocolError: The module did not understand us, or we do not understand it.
            DeviceFault: The card or the module cannot be used.
        """
        outcome = self.outcome
        if outcome in ERRORS:
            raise ERRORS[outcome](f"SW3 {outcome:02x} {outcome.name}")


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Bytes that began like a reply and were none."""

    reason: str


def checksum(data: bytes) -> int:
    """XOR over all bytes."""
    return reduce(xor, data, 0)


def encode_request(command: Command, data: bytes = b"") -> bytes:
    """The bytes of a request."""
    body = int(command).to_bytes(2, "big") + data
    counted = (len(body) + 1).to_bytes(LENGTH_BYTES, "big") + body
    return PREAMBLE + counted + bytes([checksum(counted)])


def encode_reply(reply: Reply) -> bytes:
    """The bytes of a reply (for round-trip tests)."""
    body = reply.sw + reply.data
    counted = (len(body) + 1).to_bytes(LENGTH_BYTES, "big") + body
    return PREAMBLE + counted + bytes([checksum(counted)])


MODULE_ID_BYTES: Final = 16


def module_id(data: bytes) -> str:
    """The number of a module as suppliers print it: 05.01-20100101-0000012345-0123456789.

    Args:
        data: What follows SW in the reply to MODULE_ID: two words of two bytes, three of four,
            all little-endian.

    Raises:
        RemoteProtocolError: Another length.
    """
    if len(data) != MODULE_ID_BYTES:
        raise RemoteProtocolError(f"module id of {len(data)} bytes")
    kind, make = (int.from_bytes(data[i : i + 2], "little") for i in (0, 2))
    day, serial, key = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8, 12))
    return f"{kind:02}.{make:02}-{day:08}-{serial:010}-{key:010}"


class ReplyDecoder:
    """Turns any pieces of a byte stream into replies; finds its way again after garbage."""

    def __init__(self) -> None:
        """Start with an empty buffer, which never holds more than one longest frame."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply | BadFrame]:
        """Take bytes as they come; give the replies (and broken frames) they complete."""
        self._buffer += data
        events: list[Reply | BadFrame] = []
        while (event := self._next()) is not None:
            events.append(event)
        return events

    def reset(self) -> None:
        """Forget a half-received frame."""
        self._buffer.clear()

    def _next(self) -> Reply | BadFrame | None:
        start = self._buffer.find(PREAMBLE)
        if start < 0:
            # The tail could be the beginning of a preamble.
            del self._buffer[: max(0, len(self._buffer) - len(PREAMBLE) + 1)]
            return None
        del self._buffer[:start]
        head = len(PREAMBLE) + LENGTH_BYTES
        if len(self._buffer) < head:
            return None
        length = int.from_bytes(self._buffer[len(PREAMBLE) : head], "big")
        if not BODY_MIN_BYTES <= length <= BODY_MAX_BYTES:
            del self._buffer[0]  # so that a true preamble right behind is still found
            return BadFrame(f"length {length}")
        if len(self._buffer) < head + length:
            return None
        frame = bytes(self._buffer[: head + length])
        if checksum(frame[len(PREAMBLE) : -1]) != frame[-1]:
            del self._buffer[0]
            return BadFrame("checksum")
        del self._buffer[: len(frame)]
        return Reply(frame[head : head + 3], frame[head + 3 : -1])
