"""What the prober says is harmless, to whomever it is said and at whatever speed they listen."""

import json
from pathlib import Path

import pytest
from uart import received

from hardware.sim.escpos_commands import CommandReader
from hardware.wire.call_pad import PadDecoder
from hardware.wire.questions import (
    CLEAR,
    PRINTER_SPEEDS_BD,
    QUESTIONS,
    Judgement,
    Question,
    judge_printer,
    judge_reader,
    judge_scanner,
    recognise,
)

PRINTER, READER, SCANNER = QUESTIONS
GOLDEN = Path(__file__).parents[2] / "golden" / "devices"
PRINTS = frozenset(b"\t\n\r\x0b\x0c\x13\x1b\x1d")
"""Tabs, line feed, carriage return, form feed, XOFF, and where ESC and GS commands begin."""


def transcript(last: Question | None = None) -> list[tuple[int, bytes]]:
    """All that is sent to a port that answers nothing, or nothing before `last`."""
    sent = []
    for question in QUESTIONS:
        if question is last:
            break
        for speed_bd in question.speeds_bd:
            sent.append((speed_bd, question.requests[0]))
            if not question.is_for_printers:
                sent += [(clear_bd, CLEAR) for clear_bd in PRINTER_SPEEDS_BD]
    return sent


def heard_at(read_bd: int, phase: int) -> list[bytes]:
    return [received(data, sent_bd, read_bd, phase) for sent_bd, data in transcript()]


def test_the_model_reads_what_was_sent_at_its_own_speed_and_a_known_case_at_another() -> None:
    assert received(b"\x10\x04\x01", 9600, 9600) == b"\x10\x04\x01"
    # A 0 byte at half the speed: nine low bits read as eighteen, so 00 and then a torn one.
    assert received(b"\x00", 9600, 19200)[:1] == b"\x00"
    # 55 at twice the speed: every second bit of 0101010101 is the same.
    assert received(b"\x55\x55", 19200, 9600) != b"\x55\x55"


@pytest.mark.parametrize("read_bd", PRINTER_SPEEDS_BD)
def test_no_printer_hears_a_byte_that_prints_or_begins_a_command_at_a_wrong_speed(
    read_bd: int,
) -> None:
    for phase in range(4):
        for (sent_bd, sent), heard in zip(transcript(), heard_at(read_bd, phase), strict=True):
            if sent_bd != read_bd:
                assert not PRINTS & set(heard), (sent_bd, sent.hex(), heard.hex())


@pytest.mark.parametrize("read_bd", PRINTER_SPEEDS_BD)
def test_what_a_printer_hears_makes_no_command_but_status_and_clearing(read_bd: int) -> None:
    for phase in range(4):
        heard = b"".join(heard_at(read_bd, phase))
        names = {op.name for op in CommandReader().feed(heard)}
        assert names <= {"text", "unknown", "status", "ESC @"}, names
        # DLE: 05 clears and feeds, 14 opens a drawer or switches off. FS: p prints a picture.
        for at, byte in enumerate(heard[:-1]):
            assert byte != 0x10 or heard[at + 1] not in {0x05, 0x14}
            assert byte != 0x1C or not 0x21 <= heard[at + 1] <= 0x7E


@pytest.mark.parametrize("read_bd", PRINTER_SPEEDS_BD)
def test_what_is_left_in_a_line_buffer_never_fills_a_line(read_bd: int) -> None:
    for phase in range(4):
        columns = longest = 0
        for op in CommandReader().feed(b"".join(heard_at(read_bd, phase))):
            columns = 0 if op.name == "ESC @" else columns + len(op.data)
            longest = max(longest, columns)
        assert longest < 32, longest  # 58 mm paper has 32 columns


def test_before_a_printer_has_answered_nothing_but_its_own_question_is_sent() -> None:
    assert {data for _bd, data in transcript(READER)} == {b"\x10\x04\x01"}
    assert PRINTER.requests == tuple(b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4))


@pytest.mark.parametrize("read_bd", [9600])
def test_no_pad_no_rater_and_no_number_board_hears_a_frame(read_bd: int) -> None:
    for phase in range(4):
        pieces = heard_at(read_bd, phase)
        assert not PadDecoder().feed(b"".join(pieces))
        assert b"\xff\x68" not in b"".join(pieces)
        for piece in pieces:
            for at in range(len(piece) - 3):
                board, high, low, check = piece[at : at + 4]
                assert not board or (board + high + low) % 256 != check, piece.hex()


@pytest.mark.parametrize("question", [PRINTER, READER], ids=lambda q: q.type_id)
def test_no_scanner_is_triggered_or_set(question: Question) -> None:
    for request in question.requests:
        # GM65 7E 00, Honeywell 16, Newland ~ and 01 54 04: where their commands begin.
        assert b"\x7e" not in request
        assert b"\x16" not in request
        assert b"\x01\x54" not in request


def test_the_question_to_a_scanner_is_the_manuals_and_reads_only() -> None:
    (request,) = SCANNER.requests
    manual = json.loads((GOLDEN / "serial-scanner.json").read_text("utf-8"))["speed"]
    assert request == bytes.fromhex(manual["ask"])
    assert judge_scanner(bytes.fromhex(manual["answer_9600"])) is Judgement.RIGHT
    assert request[2] == 0x07  # read zone bits (08 writes, 09 saves)


GOOD = [
    (judge_printer, "12"), (judge_printer, "16"), (judge_printer, "1a"), (judge_printer, "7e"),
    (judge_reader, "aaaaaa9669000400009094"), (judge_reader, "aaaaaa9669000400006662"),
    (judge_scanner, "020000023901c14c"),
]  # fmt: skip
BAD = [
    (judge_printer, "1212"), (judge_printer, "10"), (judge_printer, "92"),
    (judge_printer, "100401"), (judge_printer, "00"), (judge_printer, "ff"),
    (judge_reader, "aaaaaa9669000400009095"), (judge_reader, "aaaaaa966900040000909400"),
    (judge_reader, "00aaaaaa9669000400009094"), (judge_reader, "aaaaaa9669000311ffed"),
    (judge_reader, "aaaaaa9669000400005553"), (judge_reader, "12"),
    (judge_scanner, "020000023901c14d"), (judge_scanner, "020000023901c14c0d"),
    (judge_scanner, "02000001003331aa"), (judge_scanner, "7e"), (judge_scanner, b"A001".hex()),
]  # fmt: skip


@pytest.mark.parametrize(("judge", "answer"), GOOD)
def test_a_right_answer_is_right_when_it_is_whole(judge: object, answer: str) -> None:
    assert callable(judge)
    data = bytes.fromhex(answer)
    assert judge(data) is Judgement.RIGHT
    for length in range(len(data)):
        assert judge(data[:length]) is Judgement.UNFINISHED


@pytest.mark.parametrize(("judge", "answer"), BAD)
def test_anything_else_is_wrong(judge: object, answer: str) -> None:
    assert callable(judge)
    assert judge(bytes.fromhex(answer)) is Judgement.WRONG


def test_a_device_that_speaks_unasked_is_known_by_what_it_says() -> None:
    heard = {
        "FF68030368 01010C 0E16": ("call-pad", "&address=1"),
        "FF68030368 021105 1816": ("rater", "&address=2"),
        b"A001-7F3C\r".hex(): ("serial-scanner", "&framing=cr"),
        b"A001-7F3C\r\n".hex(): ("serial-scanner", "&framing=crlf"),
        "身份A001\n".encode("gb18030").hex(): ("serial-scanner", "&framing=lf"),
    }
    for text, (type_id, options) in heard.items():
        known = recognise(bytes.fromhex(text))
        assert known is not None
        assert (known.type_id, known.options) == (type_id, options)
    for unknown in (b"", b"A\r", b"A001", b"\x00\x01\x02\x03\r", b"\xff\x68\x03\x03\x68\x01\r"):
        assert recognise(unknown) is None
