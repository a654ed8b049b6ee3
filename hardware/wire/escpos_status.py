"""What an ESC/POS printer says: real-time status, automatic status back, completion, identity.

Every kind of answer has fixed bits by which it is known in a mixed stream (Epson ESC/POS
reference, "Differentiating data transmitted from the printer"):
real-time status `0xx1xx10`, first byte of automatic status `0xx1xx00` (three bytes `0xx0xxxx`
follow), GS r answers `0xx0xxxx`, blocks begin with 37 22 (process ID), 37 25 (buffers cleared) or
5F (printer ID) and end with 00.
"""

from dataclasses import dataclass
from typing import Final

from hardware.errors import (
    PAPER_NEAR_END,
    CoverOpen,
    CutterJam,
    PaperOut,
    PrinterError,
    PrinterFault,
    PrinterOffline,
)
from hardware.roles import PaperState, PrinterStatus

AUTO_STATUS_ON: Final = b"\x1d\x61\x0f"
"""GS a: report drawer, on/off line, errors and paper by yourself."""
AUTO_STATUS_OFF: Final = b"\x1d\x61\x00"
FENCE: Final = b"\x1dr\x01"
"""GS r 1: the paper sensor, answered in its turn, so after all that was sent before it."""
ASK_MAKER: Final = b"\x1dIB"
"""GS I 66: maker's name, answered as 5F name 00."""
CLEAR_BUFFERS: Final = bytes.fromhex("10140801031401060208")
"""DLE DC4 function 8: forget all that was received and not printed, at once; answered by 37 25 00.
Epson, Citizen, Bematech. No byte of it can be printed, so it harms no printer that lacks it."""
PROCESS_ID_BYTES: Final = 4
_BLOCK_MAX_BYTES: Final = 80
_PROCESS_HEAD: Final = 0x37
_PROCESS_SECOND: Final = 0x22
_CLEARED: Final = b"\x25"
_IDENTITY_HEAD: Final = 0x5F
_FIXED: Final = 0x93
_AUTO_BYTES: Final = 4


def ask_status(topic: int) -> bytes:
    """DLE EOT n: 1 printer, 2 why off line, 3 error, 4 paper. Answered at once."""
    return bytes([0x10, 0x04, topic])


def ask_completion(process_id: bytes) -> bytes:
    """GS ( H function 48: say this id when what was sent before is on paper.

    Args:
        process_id: Four bytes, each 20 to 7E hex.
    """
    if len(process_id) != PROCESS_ID_BYTES or not all(0x20 <= b <= 0x7E for b in process_id):  # noqa: PLR2004 - range given in the manual
        raise ValueError("a process id has four printable ASCII bytes")
    return b"\x1d(H\x06\x00\x30\x30" + process_id


@dataclass(frozen=True, slots=True)
class RealTime:
    """Answer to DLE EOT; it does not say to which n."""

    value: int


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """Four bytes the printer sent of its own accord."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Fence:
    """Answer to GS r 1."""

    value: int


@dataclass(frozen=True, slots=True)
class Completed:
    """What was sent before this process id has been printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """Answer to GS I."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was received and not printed has been forgotten."""


Answer = RealTime | AutoStatus | Fence | Completed | Identity | Cleared


class AnswerDecoder:
    """Sorts the bytes a printer sends; holds at most one unfinished answer."""

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes as they come; give the answers they complete. Unknown bytes are skipped."""
        self._buffer += data
        answers: list[Answer] = []
        while self._buffer:
            used, answer = self._first()
            if not used:
                break
            del self._buffer[:used]
            if answer is not None:
                answers.append(answer)
        return answers

    def _first(self) -> tuple[int, Answer | None]:
        head = self._buffer[0]
        if head in {_PROCESS_HEAD, _IDENTITY_HEAD}:
            return self._block(head)
        if head & _FIXED == 0x12:  # noqa: PLR2004 - bit pattern, see the module's text
            return 1, RealTime(head)
        if head & _FIXED == 0x10:  # noqa: PLR2004 - bit pattern, see the module's text
            return self._auto()
        if head & 0x90 == 0:
            return 1, Fence(head)
        return 1, None

    def _auto(self) -> tuple[int, Answer | None]:
        tail = self._buffer[1:_AUTO_BYTES]
        if any(byte & 0x90 for byte in tail):
            return 1, None  # a byte was lost: start again behind it
        if len(tail) < _AUTO_BYTES - 1:
            return 0, None
        return _AUTO_BYTES, AutoStatus(bytes(self._buffer[:_AUTO_BYTES]))

    def _block(self, head: int) -> tuple[int, Answer | None]:
        # Looked for in the bound only: else a longer block would count when it comes at once.
        end = self._buffer.find(0, 0, _BLOCK_MAX_BYTES + 1)
        if end < 0:
            return (1, None) if len(self._buffer) > _BLOCK_MAX_BYTES else (0, None)
        body = bytes(self._buffer[1:end])
        if head == _IDENTITY_HEAD:
            return end + 1, Identity(body)
        if len(body) == 1 + PROCESS_ID_BYTES and body[0] == _PROCESS_SECOND:
            return end + 1, Completed(body[1:])
        if body == _CLEARED:
            return end + 1, Cleared()
        return 1, None


# Bits of the answers (Epson ESC/POS reference, DLE EOT and GS a).
_OFFLINE: Final = 0x08  # n=1
_COVER: Final = 0x04  # n=2
_STOPPED_BY_PAPER: Final = 0x20  # n=2
_ERROR: Final = 0x40  # n=2
_CUTTER: Final = 0x08  # n=3
_OTHER_ERRORS: Final = 0x04 | 0x20 | 0x40  # n=3: recoverable, unrecoverable, recovers by itself
_NEAR_END: Final = 0x0C  # n=4
_OUT: Final = 0x60  # n=4


def decode_status(printer: int, offline: int, error: int, paper: int) -> PrinterStatus:
    """Put the four answers to DLE EOT 1 to 4 together."""
    return _status(
        offline=bool(printer & _OFFLINE),
        cover=bool(offline & _COVER),
        out=bool(paper & _OUT) or bool(offline & _STOPPED_BY_PAPER),
        near_end=bool(paper & _NEAR_END),
        cutter=bool(error & _CUTTER),
        error=bool(error & _OTHER_ERRORS) or bool(offline & _ERROR),
    )


def decode_auto_status(value: bytes) -> PrinterStatus:
    """Read the four bytes of automatic status back."""
    first, second, third, _ = value
    return _status(
        offline=bool(first & 0x08),
        cover=bool(first & 0x20),
        out=bool(third & 0x0C),
        near_end=bool(third & 0x03),
        cutter=bool(second & 0x08),
        error=bool(second & (0x20 | 0x40)),
    )


def _status(
    *, offline: bool, cover: bool, out: bool, near_end: bool, cutter: bool, error: bool
) -> PrinterStatus:
    faults: list[str] = []
    # The cover first: an open cover makes most printers report "no paper" too.
    for present, code in (
        (cover, CoverOpen.code),
        (out, PaperOut.code),
        (cutter, CutterJam.code),
        (error and not cutter, PrinterError.code),
    ):
        if present:
            faults.append(code)
    if offline and not faults:
        faults.append(PrinterOffline.code)
    online = not faults
    if near_end and not out:
        faults.append(PAPER_NEAR_END)
    paper = PaperState.OUT if out else PaperState.NEAR_END if near_end else PaperState.OK
    return PrinterStatus(online, paper, cover, tuple(faults))


_FAULTS: Final[dict[str, type[PrinterFault]]] = {
    fault.code: fault for fault in (CoverOpen, PaperOut, CutterJam, PrinterError, PrinterOffline)
}


def raise_fault(status: PrinterStatus) -> None:
    """Raise what keeps the printer from printing; nothing if it would print.

    Raises:
        PrinterFault: The first of its faults.
    """
    if not status.online:
        code = next(code for code in status.faults if code in _FAULTS)
        raise _FAULTS[code]
