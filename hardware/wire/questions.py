"""What an unknown serial device may be asked: which bytes, at which speeds, in which order.

Every question only asks how a device is. Nothing is printed, cut, beeped, lit up or set. What a
question does to a device of another kind, or of its own kind at another speed:

printer, reader and scanner listen for their own beginning of a frame (10 04, AA AA AA 96 69,
7E 00) and drop everything else. Only a printer takes unknown bytes for text. It therefore comes
first, at each of its speeds: DLE EOT is answered at once and leaves no text behind. Heard at a
wrong speed it becomes one to seven bytes that no printer prints by itself: they wait in the line
buffer for a line feed. The questions to readers and scanners are put only where no printer has
answered; a printer whose answer line is not connected would keep them as text in its line
buffer, so each is followed by `CLEAR`, as is the first answer of a printer. Tickets begin with
the same bytes, so what a printer heard at a speed that is not its own never reaches paper.

No question holds a line feed, carriage return, form feed, XOFF, or the beginning of a command
that prints, cuts, feeds or opens a drawer; `tests/unit/hardware/test_questions.py` samples the
whole transcript as every receiver at every other speed would, and looks for these. It also shows
that no four bytes of it are a frame of a simple RS-485 panel, and that none begins a call pad's
frame. Pads, raters and panels know no question that shows, beeps or changes nothing: they are not
asked (a pad is recognised when one of its keys is pressed).
"""

from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hardware.errors import BadBarcode, DeviceFault, ReaderFault, RemoteProtocolError
from hardware.wire.call_pad import RATED, PadDecoder
from hardware.wire.code_text import decode_payload
from hardware.wire.escpos_status import ask_status, decode_status
from hardware.wire.sam_card import (
    PREAMBLE,
    Command,
    Reply,
    ReplyDecoder,
    encode_reply,
    encode_request,
)

CLEAR: Final = b"\x00\x1b\x40"
"""NUL ends a half-heard command, ESC @ empties a printer's line buffer; others ignore both."""
PRINTER_SPEEDS_BD: Final = (9600, 115200, 19200, 38400, 57600, 4800)
"""Factory settings first. Printers can be set to 1200, 2400 or 14400 too, and hardly one is: it is
not asked, and where nothing else answers it may find a line of rubbish in its buffer."""
READER_SPEEDS_BD: Final = (115200, 9600, 57600, 38400, 19200)
SCANNER_SPEEDS_BD: Final = (9600, 115200)

_REAL_TIME_FIXED: Final = 0x93
_REAL_TIME: Final = 0x12
_STATUS_TOPICS: Final = (1, 2, 3, 4)
_GM65_ASK_SPEED: Final = bytes.fromhex("7E 00 07 01 00 2A 02 D8 0F")
"""Read two bytes from zone bit 002A, the line speed (GM65 User Manual V1.3)."""
_GM65_HEAD: Final = bytes.fromhex("02 00 00 02")
_GM65_ANSWER_BYTES: Final = 8


_CODE_ENDS: Final = (b"\r\n", b"\r", b"\n")
_CODE_MIN_BYTES: Final = 4
"""Shorter than any code of ours, and a stray byte may look like a letter."""


class Judgement(Enum):
    """What an answer is worth."""

    UNFINISHED = "unfinished"
    """Right so far."""
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Question:
    """How to find one type of device.

    Attributes:
        type_id: Of the registry.
        requests: Asked one after the other; each must be answered rightly.
        judge: What the bytes that came after one request are worth.
        faults: Codes of `hardware.errors` that the right answers tell of.
        speeds_bd: In the order in which they are tried.
        options: What its device URL needs besides the speed.
        is_for_printers: A printer that hears it keeps nothing of it in its line buffer.
    """

    type_id: str
    requests: tuple[bytes, ...]
    judge: Callable[[bytes], Judgement]
    faults: Callable[[tuple[bytes, ...]], tuple[str, ...]]
    speeds_bd: tuple[int, ...]
    options: str = ""
    is_for_printers: bool = False


def judge_printer(data: bytes) -> Judgement:
    """One byte 0xx1xx10 and nothing else (Epson ESC/POS reference, DLE EOT)."""
    if not data:
        return Judgement.UNFINISHED
    right = len(data) == 1 and data[0] & _REAL_TIME_FIXED == _REAL_TIME
    return Judgement.RIGHT if right else Judgement.WRONG


def _printer_faults(answers: tuple[bytes, ...]) -> tuple[str, ...]:
    return decode_status(*(answer[0] for answer in answers)).faults


def judge_reader(data: bytes) -> Judgement:
    """One whole reply with its check byte, of a code that the manual lists, and nothing else."""
    events = ReplyDecoder().feed(data)
    if not events:
        fits = PREAMBLE.startswith(data[: len(PREAMBLE)])
        return Judgement.UNFINISHED if fits else Judgement.WRONG
    reply = events[0]
    if not isinstance(reply, Reply) or encode_reply(reply) != data:
        return Judgement.WRONG
    try:
        _ = reply.outcome
    except RemoteProtocolError:
        return Judgement.WRONG
    return Judgement.RIGHT


def _reader_faults(answers: tuple[bytes, ...]) -> tuple[str, ...]:
    reply = ReplyDecoder().feed(answers[0])[0]
    try:
        if isinstance(reply, Reply):
            reply.check()
    except ReaderFault as error:
        return (error.code,)
    except (RemoteProtocolError, DeviceFault):
        return ()  # what it makes of the question says nothing of its health
    return ()


def judge_scanner(data: bytes) -> Judgement:
    """02 00 00 02, two bytes, their CRC, and nothing else (GM65 User Manual V1.3)."""
    if len(data) < _GM65_ANSWER_BYTES:
        fits = _GM65_HEAD.startswith(data[: len(_GM65_HEAD)])
        return Judgement.UNFINISHED if fits else Judgement.WRONG
    check = crc_hqx(data[1:6], 0).to_bytes(2, "big")
    whole = len(data) == _GM65_ANSWER_BYTES and data.startswith(_GM65_HEAD)
    return Judgement.RIGHT if whole and data[6:] == check else Judgement.WRONG


def _no_faults(answers: tuple[bytes, ...]) -> tuple[str, ...]:
    del answers
    return ()


QUESTIONS: Final = (
    Question(
        "escpos-printer",
        tuple(ask_status(topic) for topic in _STATUS_TOPICS),
        judge_printer,
        _printer_faults,
        PRINTER_SPEEDS_BD,
        is_for_printers=True,
    ),
    Question(
        "sam-id-reader",
        (encode_request(Command.STATUS),),
        judge_reader,
        _reader_faults,
        READER_SPEEDS_BD,
    ),
    Question(
        "serial-scanner",
        (_GM65_ASK_SPEED,),
        judge_scanner,
        _no_faults,
        SCANNER_SPEEDS_BD,
        options="&framing=cr",
    ),
)
"""In this order; see the module's text for why."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What gave itself away by speaking unasked.

    Attributes:
        type_id: Of the registry.
        options: What its device URL needs besides the speed.
    """

    type_id: str
    options: str


def recognise(data: bytes) -> Heard | None:
    """What a device said of its own accord: a key of a pad or a rater, or a scanned code.

    None where it is neither, or not whole yet. A code is known by its end mark; it is judged here
    and goes no further: it may be personal data.
    """
    for frame in PadDecoder().feed(data):
        if frame.is_press:
            return Heard("call-pad", f"&address={frame.address}")
        if frame.function == RATED:
            return Heard("rater", f"&address={frame.address}")
    for end in _CODE_ENDS:
        if data.endswith(end):
            return _code(data.removesuffix(end), end)
    return None


def _code(payload: bytes, end: bytes) -> Heard | None:
    if len(payload) < _CODE_MIN_BYTES:
        return None
    try:
        decode_payload(payload)
    except BadBarcode:
        return None
    framing = {b"\r\n": "crlf", b"\r": "cr", b"\n": "lf"}[end]
    return Heard("serial-scanner", f"&framing={framing}")
