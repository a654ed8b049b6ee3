"""A print job as ESC/POS bytes: text in the printer's own fonts, raster only where it must be.

Written out here rather than through python-escpos, which switches Chinese on only for some
characters, never sends FS & and FS . and counts a Hanzi as one column; where it is right
(magnification, alignment, QR codes, raster images) the tests hold these bytes against its own.

Commands (Epson ESC/POS reference): ESC @ reset, ESC a align, ESC E bold, GS ! size, ESC 3 line
spacing, FS & and FS . Hanzi mode on and off, GS ( k QR code, GS v 0 raster, GS V cut.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import segno

from hardware.roles import Align, Feed, PrintJob, PrintLine, QrBlock, Rule, TextLine
from hardware.wire.escpos_layout import columns_in, in_gbk, is_ascii, printable, wrap
from hardware.wire.escpos_profile import CELL_DOTS, COLUMN_DOTS, HANZI_COLUMNS, Profile

RESET: Final = b"\x1b@"
CUT: Final = b"\x1dVB\x00"
"""GS V 66 0: feed to the cutter and cut, leaving a bridge so the ticket does not fall."""
HANZI_ON: Final = b"\x1c&"
HANZI_OFF: Final = b"\x1c."
LINE_GAP_DOTS: Final = 10
"""White between lines: 1.25 mm."""
QR_QUIET_MODULES: Final = 4
"""ISO/IEC 18004 asks for four light modules around a code."""
TEAR_OFF_LINES: Final = 4
"""Without a cutter the last line must come out past the tear bar, some 15 mm."""
LINES_MAX: Final = 300
"""Longer than any ticket: a bound on paper, memory and time."""
ESC_J_MAX_DOTS: Final = 255

_ALIGN: Final = {Align.LEFT: 0, Align.CENTRE: 1, Align.RIGHT: 2}


@dataclass(frozen=True, slots=True)
class Bitmap:
    """One-bit image, rows packed left to right, most significant bit first, 1 is black."""

    width_dots: int
    height_dots: int
    rows: bytes

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return (self.width_dots + 7) // 8


class Rasteriser(Protocol):
    """Draws what a printer cannot."""

    def text(self, text: str, *, columns: int, width: int, height: int, bold: bool) -> Bitmap:
        """A line of text in cells of 12 by 24 dots times `width` and `height`."""
        ...

    def qr(self, text: str, module_dots: int) -> Bitmap:
        """A QR code without its quiet zone."""
        ...


def encode_job(job: PrintJob, profile: Profile, raster: Rasteriser) -> bytes:
    """All bytes of a job, cut included, completion request not.

    Raises:
        ValueError: The job would be longer than any ticket, or a QR code holds too much.
    """
    paper = _Paper(profile, raster)
    for line in job.lines:
        paper.add(line)
    return paper.finish(cut=job.cut)


class _Paper:
    """Collects bytes; sends a setting only when it changes."""

    def __init__(self, profile: Profile, raster: Rasteriser) -> None:
        self._profile = profile
        self._raster = raster
        self._out = bytearray(RESET)
        self._settings: dict[bytes, int] = {b"\x1ba": 0, b"\x1bE": 0, b"\x1d!": 0, b"\x1b3": -1}
        self._lines = 0

    def add(self, line: PrintLine) -> None:
        match line:
            case TextLine():
                self._text(line)
            case QrBlock():
                self._qr(line)
            case Rule():
                self._rule()
            case Feed():
                self._feed(line.lines)

    def finish(self, *, cut: bool) -> bytes:
        if cut:
            if self._profile.cutter:
                self._out += CUT
            else:
                self._feed(TEAR_OFF_LINES)
        return bytes(self._out)

    def _count(self, lines: int = 1) -> None:
        self._lines += lines
        if self._lines > LINES_MAX:
            raise ValueError(f"more than {LINES_MAX} lines on one ticket")

    def _set(self, command: bytes, value: int) -> None:
        if self._settings[command] != value:
            self._settings[command] = value
            self._out += command + bytes([value])

    def _text(self, line: TextLine) -> None:
        # A letter must fit at all: 8-fold on 58 mm leaves four columns, which is two Hanzi.
        for text in wrap(printable(line.text), self._profile.columns // line.width):
            self._count()
            if self._native(text):
                self._native_text(text, line)
            else:
                self._raster_text(text, line)

    def _native(self, text: str) -> bool:
        return all(is_ascii(char) or (self._profile.hanzi and in_gbk(char)) for char in text)

    def _native_text(self, text: str, line: TextLine) -> None:
        self._set(b"\x1ba", _ALIGN[line.align])
        self._set(b"\x1bE", int(line.bold))
        self._set(b"\x1d!", (line.width - 1) << 4 | (line.height - 1))
        self._set(b"\x1b3", min(CELL_DOTS * line.height + LINE_GAP_DOTS, ESC_J_MAX_DOTS))
        if text.isascii():
            self._out += text.encode("ascii")
        else:
            self._out += HANZI_ON + text.encode("gbk") + HANZI_OFF
        self._out += b"\n"

    def _raster_text(self, text: str, line: TextLine) -> None:
        columns = columns_in(text)
        bitmap = self._raster.text(
            text, columns=columns, width=line.width, height=line.height, bold=line.bold
        )
        self._image(bitmap, line.align)
        self._space(LINE_GAP_DOTS)

    def _qr(self, block: QrBlock) -> None:
        self._count()
        text = printable(block.text)
        symbol = segno.make_qr(text.encode(), error="m", boost_error=False)
        modules = len(symbol.matrix) + 2 * QR_QUIET_MODULES
        module_dots = max(1, min(block.module_dots, 16, self._profile.width_dots // modules))
        self._space(QR_QUIET_MODULES * module_dots // 2)
        if self._profile.native_qr:
            self._native_qr(text.encode(), module_dots)
        else:
            self._image(self._raster.qr(text, module_dots), Align.CENTRE)
        self._space(QR_QUIET_MODULES * module_dots)

    def _native_qr(self, data: bytes, module_dots: int) -> None:
        self._set(b"\x1ba", _ALIGN[Align.CENTRE])
        for function in (
            b"\x41\x32\x00",  # 165: model 2
            b"\x43" + bytes([module_dots]),  # 167: dots a module
            b"\x45\x31",  # 169: error correction M
            b"\x50\x30" + data,  # 180: store
            b"\x51\x30",  # 181: print
        ):
            body = b"\x31" + function
            self._out += b"\x1d(k" + len(body).to_bytes(2, "little") + body

    def _rule(self) -> None:
        self._count()
        if self._profile.hanzi:
            dashes = "\u2500" * (self._profile.columns // HANZI_COLUMNS)
            self._native_text(dashes, TextLine(dashes))
        else:
            row = b"\xff" * (self._profile.columns * COLUMN_DOTS // 8)
            self._space(LINE_GAP_DOTS)
            self._image(Bitmap(len(row) * 8, 2, row * 2), Align.LEFT)
            self._space(LINE_GAP_DOTS)

    def _feed(self, lines: int) -> None:
        if lines > 0:
            self._count(lines)
            self._set(b"\x1b3", CELL_DOTS + LINE_GAP_DOTS)
            self._out += b"\x1bd" + bytes([min(lines, ESC_J_MAX_DOTS)])

    def _space(self, dots: int) -> None:
        self._out += b"\x1bJ" + bytes([min(dots, ESC_J_MAX_DOTS)])

    def _image(self, bitmap: Bitmap, align: Align) -> None:
        """Place a bitmap by white dots of its own: not every printer aligns raster images."""
        free = max(0, self._profile.width_dots - bitmap.width_dots)
        left_bytes = {Align.LEFT: 0, Align.CENTRE: free // 16, Align.RIGHT: free // 8}[align]
        row_bytes = min(bitmap.row_bytes + left_bytes, self._profile.width_dots // 8)
        rows = bytearray()
        for top in range(0, len(bitmap.rows), bitmap.row_bytes):
            row = bytes(left_bytes) + bitmap.rows[top : top + bitmap.row_bytes]
            rows += row[:row_bytes]
        self._set(b"\x1ba", _ALIGN[Align.LEFT])
        size = row_bytes.to_bytes(2, "little") + bitmap.height_dots.to_bytes(2, "little")
        self._out += b"\x1dv0\x00" + size + rows
