"""Draws the few lines a printer has no characters for (Pillow), and QR codes (segno)."""

from typing import Final

import segno
from PIL import Image, ImageDraw

from hardware.fonts import font_for
from hardware.wire.escpos_layout import columns_of
from hardware.wire.escpos_profile import CELL_DOTS, COLUMN_DOTS

PAPER: Final = 255
INK: Final = 0
INK_THRESHOLD: Final = 145
"""Grey level (0 ink to 255 paper) up to which a dot is burnt; thermal paper spreads a little."""
_TO_DOTS: Final = [INK if level <= INK_THRESHOLD else PAPER for level in range(256)]
_ASCENT: Final = 0.86
"""Baseline of Noto Sans SC within a cell, so that drawn lines stand like printed ones."""


class FontRasteriser:
    """Draws with Noto Sans SC; every picture has mode "1", black on white."""

    def text(self, text: str, *, columns: int, width: int, height: int, bold: bool) -> Image.Image:
        """A line of text in cells of 12 by 24 dots times `width` and `height`.

        Drawn at the larger magnification and then narrowed, so that edges stay sharp.

        Raises:
            NoFont: There is no font to draw with.
        """
        scale = max(width, height)
        cell = CELL_DOTS * scale
        canvas = Image.new("L", (max(1, columns) * COLUMN_DOTS * scale, cell), PAPER)
        pen = ImageDraw.Draw(canvas)
        x = 0.0
        for char in text:
            font = font_for(char, cell)
            room = columns_of(char) * COLUMN_DOTS * scale
            at = (x + max(0.0, room - font.getlength(char)) / 2, cell * _ASCENT)
            for shift in range(1 + bold * max(1, scale // 3)):  # emphasis: printed twice
                pen.text((at[0] + shift, at[1]), char, fill=INK, font=font, anchor="ls")
            x += room
        size = (max(1, columns) * COLUMN_DOTS * width, CELL_DOTS * height)
        drawn = canvas if canvas.size == size else canvas.resize(size)
        return drawn.point(_TO_DOTS, "1")

    def qr(self, text: str, module_dots: int) -> Image.Image:
        """A QR code, error correction M, without its quiet zone."""
        symbol = segno.make_qr(text.encode(), error="m", boost_error=False)
        rows = [bytes(INK if module else PAPER for module in row) for row in symbol.matrix]
        side = len(rows)
        image = Image.frombytes("L", (side, side), b"".join(rows))
        dots = (side * module_dots, side * module_dots)
        return image.resize(dots, Image.Resampling.NEAREST).point(_TO_DOTS, "1")
