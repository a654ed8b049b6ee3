"""What ESC/POS commands leave on a roll of paper: dots, and the words and codes they stand for."""

from dataclasses import dataclass, field
from typing import Final

import segno
from PIL import Image, ImageDraw

from hardware.fonts import font_for
from hardware.sim.escpos_commands import Op

COLUMN_DOTS: Final = 12
CELL_DOTS: Final = 24
DEFAULT_SPACING_DOTS: Final = 30
CUT_FEED_DOTS: Final = 96
"""From the print head to the cutter: 12 mm."""
BASELINE: Final = 0.86
_ALIGN: Final = ("left", "centre", "right")
GBK_BYTES: Final = 2


@dataclass(slots=True)
class Receipt:
    """One piece of paper.

    Attributes:
        lines: What stands on it, from top to bottom, as records for JSON.
        qr: What its QR codes say.
        unknown: Commands this printer does not know, in hex.
        raster_lines: Images printed.
        strips: The dots: images of the full width, ink 255.
        cut: It was cut off.
    """

    lines: list[dict[str, object]] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    raster_lines: int = 0
    strips: list[Image.Image] = field(default_factory=list)
    cut: bool = False

    def text(self) -> str:
        """The words, a line of paper a line."""
        return "\n".join(str(line.get("text", "")) for line in self.lines) + "\n"

    @property
    def height_dots(self) -> int:
        """Length of the paper."""
        return sum(strip.height for strip in self.strips)


@dataclass(slots=True)
class _Style:
    align: int = 0
    bold: bool = False
    width: int = 1
    height: int = 1
    spacing_dots: int = DEFAULT_SPACING_DOTS
    hanzi: bool = False


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    columns: int
    width: int
    height: int
    bold: bool


class PaperRoll:
    """Executes commands; `receipt` is the piece of paper under the head."""

    def __init__(self, width_dots: int, *, hanzi: bool) -> None:
        """A roll of so many dots; without `hanzi` there is no Chinese font."""
        self.width_dots = width_dots
        self.receipt = Receipt()
        self._has_hanzi = hanzi
        self._style = _Style()
        self._line: list[_Glyph] = []
        self._qr_data = b""
        self._qr_module = 3

    def execute(self, op: Op) -> None:
        """Do what one command says."""
        match op.name:
            case "text":
                self._print(op.data)
            case "lf":
                self._line_feed()
            case "ESC d":
                self._line_feed()
                self._feed(max(0, op.args[0] - 1) * self._style.spacing_dots)
            case "ESC J":
                self._flush()
                self._feed(op.args[0])
            case "GS (":
                self._function(op)
            case "GS v":
                self._raster(op)
            case "GS V":
                self._cut(op)
            case "unknown":
                self.receipt.unknown.append(op.args.hex())
            case _:
                self._set(op)

    def take(self) -> Receipt:
        """The receipt so far, torn off."""
        self._flush()
        done, self.receipt = self.receipt, Receipt()
        return done

    def forget_line(self) -> None:
        """Drop what waits for its line feed."""
        self._line.clear()

    def _set(self, op: Op) -> None:
        style = self._style
        match op.name:
            case "ESC @":
                self._line.clear()
                self._style = _Style()
            case "ESC a":
                style.align = op.args[0] % 48 % 3
            case "ESC E":
                style.bold = bool(op.args[0] & 1)
            case "GS !":
                style.width, style.height = (op.args[0] >> 4 & 7) + 1, (op.args[0] & 7) + 1
            case "ESC 3":
                style.spacing_dots = op.args[0]
            case "ESC 2":
                style.spacing_dots = DEFAULT_SPACING_DOTS
            case "FS &":
                style.hanzi = self._has_hanzi
            case "FS .":
                style.hanzi = False

    def _print(self, data: bytes) -> None:
        style = self._style
        position = 0
        while position < len(data):
            size = GBK_BYTES if style.hanzi and data[position] > 0x80 else 1  # noqa: PLR2004 - GBK lead
            piece = data[position : position + size]
            position += size
            if size == GBK_BYTES:
                char = piece.decode("gb18030", "replace")[:1]
            else:
                char = piece.decode("cp437")
            columns = size
            if self._columns() + columns * style.width > self.width_dots // COLUMN_DOTS:
                self._line_feed()
            self._line.append(_Glyph(char, columns, style.width, style.height, style.bold))

    def _columns(self) -> int:
        return sum(glyph.columns * glyph.width for glyph in self._line)

    def _flush(self) -> None:
        if self._line:
            self._line_feed()

    def _line_feed(self) -> None:
        glyphs, self._line = self._line, []
        height = max((glyph.height for glyph in glyphs), default=0) * CELL_DOTS
        strip = self._strip(max(height, self._style.spacing_dots))
        if not glyphs:
            self.receipt.strips.append(strip)
            return
        used = sum(glyph.columns * glyph.width for glyph in glyphs) * COLUMN_DOTS
        x = (0, (self.width_dots - used) // 2, self.width_dots - used)[self._style.align]
        for glyph in glyphs:
            cell = draw_glyph(glyph.char, glyph.columns, glyph.width, glyph.height, glyph.bold)
            strip.paste(cell, (x, height - cell.height))
            x += cell.width
        self.receipt.strips.append(strip)
        first = glyphs[0]
        self.receipt.lines.append(
            {
                "kind": "text",
                "text": "".join(glyph.char for glyph in glyphs),
                "width": first.width,
                "height": first.height,
                "align": _ALIGN[self._style.align],
                "bold": first.bold,
            }
        )

    def _feed(self, dots: int) -> None:
        if dots:
            self.receipt.strips.append(self._strip(dots))

    def _strip(self, height: int) -> Image.Image:
        return Image.new("L", (self.width_dots, max(1, height)), 0)

    def _function(self, op: Op) -> None:
        if op.args[:1] != b"k" or op.data[:1] != b"\x31":
            return  # GS ( H is the printer's own business, not the paper's
        match op.data[1]:
            case 0x43:
                self._qr_module = op.data[2]
            case 0x50:
                self._qr_data = op.data[3:]
            case 0x51:
                self._print_qr()
            case _:
                pass

    def _print_qr(self) -> None:
        symbol = segno.make_qr(self._qr_data, error="m", boost_error=False)
        rows = b"".join(bytes(255 if bit else 0 for bit in row) for row in symbol.matrix)
        side = len(symbol.matrix)
        edge = side * self._qr_module
        image = Image.frombytes("L", (side, side), rows)
        image = image.resize((edge, edge), Image.Resampling.NEAREST)
        strip = self._strip(edge)
        free = self.width_dots - edge
        strip.paste(image, ((0, free // 2, free)[self._style.align], 0))
        self.receipt.strips.append(strip)
        text = self._qr_data.decode("utf-8", "replace")
        self.receipt.qr.append(text)
        self.receipt.lines.append({"kind": "qr", "qr": text, "module_dots": self._qr_module})

    def _raster(self, op: Op) -> None:
        self._flush()
        width = int.from_bytes(op.args[2:4], "little") * 8
        height = int.from_bytes(op.args[4:6], "little")
        image = Image.frombytes("1", (width, height), op.data).convert("L")
        mode = op.args[1] % 48  # bit 0: each dot twice as wide, bit 1: twice as high
        width, height = width * (1 + mode % 2), height * (1 + mode // 2)
        image = image.resize((width, height), Image.Resampling.NEAREST)
        strip = self._strip(height)
        strip.paste(image, (0, 0))
        self.receipt.strips.append(strip)
        self.receipt.raster_lines += 1
        self.receipt.lines.append({"kind": "raster", "width_dots": width, "height_dots": height})

    def _cut(self, op: Op) -> None:
        self._flush()
        if op.args[0] in {65, 66}:
            self._feed(CUT_FEED_DOTS)
        self.receipt.cut = True


def draw_glyph(char: str, columns: int, width: int, height: int, bold: bool) -> Image.Image:  # noqa: FBT001 - positions of a picture
    """One character in its cell; emphasised means printed twice, a little to the right."""
    if char == "─":  # a printer's own font joins these without a gap
        rule = Image.new("L", (columns * COLUMN_DOTS * width, CELL_DOTS * height), 0)
        rule.paste(255, (0, rule.height // 2 - height, rule.width, rule.height // 2 + height))
        return rule
    scale = max(width, height)
    font = font_for(char, CELL_DOTS * scale)
    length = font.getlength(char)
    room = columns * COLUMN_DOTS * scale
    # Wide Latin letters are squeezed into their column, narrow ones stand in its middle.
    large = Image.new("L", (max(room, int(length) + 1), CELL_DOTS * scale), 0)
    pen = ImageDraw.Draw(large)
    x, y = max(0.0, (room - length) / 2), large.height * BASELINE
    for shift in range(1 + bold * max(1, scale // 3)):
        pen.text((x + shift, y), char, fill=255, font=font, anchor="ls")
    size = (columns * COLUMN_DOTS * width, CELL_DOTS * height)
    image = large.resize(size, Image.Resampling.LANCZOS) if large.size != size else large
    return image.point(lambda level: 255 if level > 110 else 0)  # noqa: PLR2004 - burnt or not
