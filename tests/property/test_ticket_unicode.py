"""Every code point of Unicode through the ticket layout, to bytes and back.

What goes out must be text that a printer with GB18030 reads as what was meant, or a picture as wide
as the layout says; never a command, never a character less or twice. BIANMIN_LONG=1 draws every
character with the real fonts, in several sizes, and puts every one into QR codes.
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pytest
from PIL import Image

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.roles import PrintJob, QrBlock, TextLine
from hardware.sim.escpos_commands import CommandReader, Op
from hardware.wire.escpos_bidi import is_right_to_left, pieces_of
from hardware.wire.escpos_layout import columns_in, printable
from hardware.wire.escpos_profile import PROFILES

LONG = os.environ.get("BIANMIN_LONG") == "1"
pytestmark = pytest.mark.timeout(3600 if LONG else 120)
ASSIGNED = (0, 1, 2, 3, 14)
"""Planes with characters."""
PLANES = (*ASSIGNED, 15, 16)
"""And those for private use; the others are empty."""
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
SUBSTITUTES = str.maketrans("\u00a5\u2022\u2013", "\uffe5\u00b7-")
LINE_CHARS = 40
SIZES = ((1, 1), (2, 3), (8, 8), (9, 2)) if LONG else ((1, 1), (2, 3))


def characters(step: int = 1) -> Iterator[str]:
    for plane in PLANES if LONG else ASSIGNED:
        for point in range(plane << 16, (plane + 1) << 16, step):
            yield chr(point)


def batches(chars: Iterable[str], size: int) -> Iterator[str]:
    rest = iter(chars)
    while batch := "".join(islice(rest, size)):
        yield batch


@dataclass
class Remembering:
    """A rasteriser that keeps what it was asked for, and draws a white picture of that size."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    def text(self, text: str, *, columns: int, width: int, height: int, **_: bool) -> Image.Image:
        self.asked.append((text, max(1, columns) * 12 * width))
        return Image.new("1", (max(1, columns) * 12 * width, 24 * height), 1)

    def qr(self, text: str, module_dots: int) -> Image.Image:
        raise AssertionError(text, module_dots)


def meant(text: str) -> str:
    """What must stand on paper, said without the code under test."""
    kept = (
        " " if char in "\t\n\v\f\r\u2028\u2029" else char
        for char in text
        if char in "\t\n\v\f\r\u2028\u2029" or not is_nothing(char)
    )
    return unicodedata.normalize("NFC", "".join(kept)).translate(SUBSTITUTES)


def is_nothing(char: str) -> bool:
    """No glyph: invisible by category, or Default_Ignorable, or no character at all."""
    point = ord(char)
    ignorable = (
        point in {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
        or 0xFE00 <= point <= 0xFE0F
        or 0x2060 <= point <= 0x206F
        or 0xFFF0 <= point <= 0xFFFC
        or 0xE0000 <= point <= 0xE0FFF
    )
    no_character = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return ignorable or no_character or unicodedata.category(char) in INVISIBLE


def squeezed(text: str) -> str:
    """Without the spaces, which lines may lose at their ends."""
    return "".join(text.split())


class Reader:
    """A printer with GB18030: what it prints, line by line, and how wide."""

    def __init__(self, drawn: list[tuple[str, int]]) -> None:
        self._drawn = iter(drawn)
        self.printed: list[str] = []
        self._line = ""
        self._columns = 0
        self._is_hanzi = False
        self._width = 1

    def read(self, ops: list[Op], width_dots: int) -> str:
        for op in ops:
            match op.name:
                case "text":
                    self._text(op.data)
                case "FS &" | "FS .":
                    self._is_hanzi = op.name == "FS &"
                case "GS !":
                    self._width = (op.args[0] >> 4) + 1
                case "lf":
                    assert self._columns * self._width * 12 <= width_dots
                    self.printed.append(self._line)
                    self._line, self._columns = "", 0
                case "GS v":
                    self._picture(op)
                case _:
                    assert op.name in {"ESC @", "ESC a", "ESC 3", "ESC J"}
        assert next(self._drawn, None) is None
        return "".join(self.printed)

    def _text(self, data: bytes) -> None:
        assert not any(byte < 0x20 or byte == 0x7F for byte in data)
        text = data.decode("gb18030" if self._is_hanzi else "ascii")
        assert columns_in(text) == len(data)
        self._line += text
        self._columns += len(data)

    def _picture(self, op: Op) -> None:
        text, asked_dots = next(self._drawn)
        dots = int.from_bytes(op.args[2:4], "little") * 8
        is_rtl = dots > asked_dots + 8
        assert asked_dots <= dots + 7
        assert not is_rtl or any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)
        self.printed.append(text)


def printed(lines: list[str], profile: str, width: int, height: int) -> str:
    memory = Remembering()
    job = PrintJob("j", tuple(TextLine(line, width, height) for line in lines), cut=False)
    data = TicketEncoder(PROFILES[profile], memory).encode(job)
    reader = CommandReader()
    ops = reader.feed(data)
    assert reader.unfinished_bytes == 0
    return Reader(memory.asked).read(ops, PROFILES[profile].width_dots)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_character_of_a_text_or_name_is_printed_once_and_never_a_command(
    plane: int, size: tuple[int, int]
) -> None:
    step = 1 if LONG or (plane in ASSIGNED and size == (1, 1)) else 37
    points = range(plane << 16, (plane + 1) << 16, step)
    name = "姓名"
    per_line = max(4, LINE_CHARS // size[0])
    for batch in batches(map(chr, points), per_line * (80 if size[0] < 8 else 40)):
        lines = [name + line for line in batches(batch, per_line)]
        want = "".join(meant(line) for line in lines)
        assert squeezed(printed(lines, "generic-80", *size)) == squeezed(want)


def test_what_is_left_out_is_nothing_that_could_be_seen() -> None:
    for char in characters():
        assert bool(printable(char)) != is_nothing(char) or char in "\t\n\v\f\r\u2028\u2029"


def test_pieces_of_a_drawn_line_hold_every_character_once_and_are_as_wide_as_the_line() -> None:
    for batch in batches(characters(1 if LONG else 5), 60):
        text = printable(batch)
        for is_rtl in {False, is_right_to_left(text)}:
            pieces = pieces_of(text, is_rtl=is_rtl)
            assert sum(piece.columns for piece in pieces) == columns_in(text)
            assert sum(len(piece.text) for piece in pieces) == len(text)


def test_a_qr_code_holds_the_text_and_no_command() -> None:
    for batch in batches(characters(1 if LONG else 401), 150):
        job = PrintJob("j", (QrBlock(batch),), cut=False)
        ops = CommandReader().feed(TicketEncoder(PROFILES["generic-80"], Remembering()).encode(job))
        stored = [op.data[3:] for op in ops if op.name == "GS (" and op.data[:2] == b"\x31\x50"]
        assert stored == ([printable(batch).encode()] if printable(batch) else [])
        assert {op.name for op in ops} <= {"ESC @", "ESC a", "ESC J", "GS ("}


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 8)] if LONG else [(1, 1)], ids=str)
def test_every_character_leaves_ink_in_a_picture_of_the_right_size(size: tuple[int, int]) -> None:
    """A character that no font has leaves a box: something is there, and everybody sees it."""
    raster = FontRasteriser()
    width, height = size
    step = 509 if not LONG else 1 if size == (1, 1) else 11
    for char in filter(is_assigned, characters(step)):
        text = printable(char)
        if not text or text.isspace():
            continue
        columns = columns_in(text)
        picture = raster.text(text, columns=columns, width=width, height=height, bold=False)
        assert picture.size == (max(1, columns) * 12 * width, 24 * height)
        has_ink = picture.histogram()[0] > 0
        assert has_ink or columns == 0 or is_blank(char), hex(ord(char))


def is_assigned(char: str) -> bool:
    """The rest are the same box again and again."""
    return unicodedata.category(char) not in {"Cn", "Co"} or ord(char) % 64 == 0


def is_blank(char: str) -> bool:
    """Drawn by its font as white: spaces of other scripts, the empty Braille cell."""
    return unicodedata.category(char) == "Zs" or char in "\u2800\u1680\u3000"
