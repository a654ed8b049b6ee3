"""Draws the few lines a printer has no characters for (Pillow), and QR codes (segno)."""

from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont, features

from hardware.fonts import font_for
from hardware.wire.escpos_bidi import Piece, Shape, clusters_of, pieces_of
from hardware.wire.escpos_profile import CELL_DOTS, COLUMN_DOTS

PAPER: Final = 255
INK: Final = 0
INK_THRESHOLD: Final = 145
"""Grey level (0 ink to 255 paper) up to which a dot is burnt; thermal paper spreads a little."""
_TO_DOTS: Final = [INK if level <= INK_THRESHOLD else PAPER for level in range(256)]
_BLACK_ON_WHITE: Final = [PAPER - level for level in range(256)]
_ASCENT: Final = 0.86
"""Baseline of Noto Sans SC within a cell, so that drawn lines stand like printed ones."""
_ROOM_ABOVE: Final = 3
"""Heights of a cell above and below it that a stack of marks may take before it is made to fit."""


class FontRasteriser:
    """Draws with Noto Sans SC and what else is installed; mode "1", black on white."""

    def text(
        self,
        text: str,
        *,
        columns: int,
        width: int,
        height: int,
        bold: bool,
        is_rtl: bool = False,
    ) -> Image.Image:
        """A line of text in cells of 12 by 24 dots times `width` and `height`.

        Drawn at the larger magnification and then narrowed, so that edges stay sharp.

        Raises:
            NoFont: There is no font to draw with.
        """
        scale = max(width, height)
        cell = CELL_DOTS * scale
        canvas = Image.new("L", (max(1, columns) * COLUMN_DOTS * scale, cell), INK)
        x = 0
        for piece in pieces_of(text, is_rtl=is_rtl):
            room = piece.columns * COLUMN_DOTS * scale
            if room:
                canvas.paste(_drawn(piece, room, cell, bold=bold), (x, 0))
            x += room
        size = (max(1, columns) * COLUMN_DOTS * width, CELL_DOTS * height)
        drawn = canvas if canvas.size == size else canvas.resize(size)
        return drawn.point(_BLACK_ON_WHITE).point(_TO_DOTS, "1")

    def qr(self, text: str, module_dots: int) -> Image.Image:
        """A QR code, error correction M, without its quiet zone."""
        symbol = segno.make_qr(text.encode(), error="m", boost_error=False)
        rows = [bytes(INK if module else PAPER for module in row) for row in symbol.matrix]
        side = len(rows)
        image = Image.frombytes("L", (side, side), b"".join(rows))
        dots = (side * module_dots, side * module_dots)
        return image.resize(dots, Image.Resampling.NEAREST).point(_TO_DOTS, "1")


def _drawn(piece: Piece, room: int, cell: int, *, bold: bool) -> Image.Image:
    """A piece in a box of its own, ink 255: never cut off, made to fit where it is too large."""
    strips = [
        # Brackets alone in their cell are turned round already; libraqm would turn them back.
        _strip(text, font, cell, is_rtl=piece.is_rtl and piece.shape is Shape.RUN, bold=bold)
        for text, font in _by_font(piece, cell)
    ]
    if piece.is_rtl:
        strips.reverse()
    whole = Image.new("L", (sum(s.width for s in strips), strips[0].height), INK)
    x = 0
    for strip in strips:
        whole.paste(strip, (x, 0))
        x += strip.width
    if whole.width > room:
        whole = whole.resize((room, whole.height))
    box = Image.new("L", (room, cell), INK)
    whole = _never_faint(whole)
    free = room - whole.width
    left = free // 2 if piece.shape is Shape.CELL else free * piece.is_rtl
    box.paste(_to_height(whole, cell), (left, 0))
    return box


def _by_font(piece: Piece, cell: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """The piece cut where another font is needed; marks stay with their character."""
    parts: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for cluster in clusters_of(piece.text):
        font = font_for(cluster, cell)
        if parts and parts[-1][1] is font:
            parts[-1] = (parts[-1][0] + cluster, font)
        else:
            parts.append((cluster, font))
    return parts


def _strip(
    text: str, font: ImageFont.FreeTypeFont, cell: int, *, is_rtl: bool, bold: bool
) -> Image.Image:
    """Text with room above and below, as wide as its ink and its advance."""
    direction = None
    if features.check("raqm"):
        direction = "rtl" if is_rtl else "ltr"
    elif is_rtl:
        text = text[::-1]  # letters stay unjoined without libraqm, but stand in the right order
    left, _top, right, _bottom = font.getbbox(text, anchor="ls", direction=direction)
    shifts = bold * max(1, cell // CELL_DOTS // 3)
    advance = font.getlength(text, direction=direction)
    width = max(1, round(max(right, advance) - min(left, 0))) + shifts
    strip = Image.new("L", (width, (2 * _ROOM_ABOVE + 1) * cell), INK)
    pen = ImageDraw.Draw(strip)
    baseline = (_ROOM_ABOVE + _ASCENT) * cell
    for shift in range(1 + shifts):  # emphasis: printed twice
        at = (shift - min(left, 0), baseline)
        pen.text(at, text, fill=PAPER, font=font, anchor="ls", direction=direction)
    return strip


def _never_faint(strip: Image.Image) -> Image.Image:
    """Darkened where no dot of it would be burnt: hairlines (╎) between two columns of dots."""
    darkest = max(strip.tobytes(), default=0)
    if not 0 < darkest < PAPER - INK_THRESHOLD:
        return strip
    return strip.point([min(PAPER, level * PAPER // darkest) for level in range(256)])


def _to_height(strip: Image.Image, cell: int) -> Image.Image:
    """The cell's part of a strip; what stands out above or below is pressed into the cell."""
    start = _ROOM_ABOVE * cell
    _left, top, _right, bottom = strip.getbbox() or (0, start, 0, start)
    part = strip.crop((0, min(start, top), strip.width, max(start + cell, bottom)))
    return part if part.height == cell else part.resize((part.width, cell))
