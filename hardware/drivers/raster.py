"""Draws the few lines a printer has no characters for (Pillow), and QR codes (segno)."""

from typing import Final

import segno
from PIL import Image, ImageDraw

from hardware.fonts import font_for
from hardware.wire.escpos_layout import columns_of
from hardware.wire.escpos_profile import CELL_DOTS, COLUMN_DOTS
from hardware.wire.escpos_ticket import Bitmap

INK_THRESHOLD: Final = 110
"""Grey level (0 white to 255 ink) from which a dot is burnt; thermal paper spreads a little."""
_ASCENT: Final = 0.86
"""Baseline of Noto Sans SC within a cell, so that drawn lines stand like printed ones."""


def pack(image: Image.Image) -> Bitmap:
    """A grey image (ink is 255) as dots."""
    dots = image.point(lambda level: 255 if level >= INK_THRESHOLD else 0).convert("1")
    return Bitmap(dots.width, dots.height, dots.tobytes())


class FontRasteriser:
    """Draws text with Noto Sans SC."""

    def text(self, text: str, *, columns: int, width: int, height: int, bold: bool) -> Bitmap:
        """A line of text in cells of 12 by 24 dots times `width` and `height`.

        Drawn at the larger magnification and then narrowed, so that edges stay sharp.
        """
        scale = max(width, height)
        cell = CELL_DOTS * scale
        canvas = Image.new("L", (max(1, columns) * COLUMN_DOTS * scale, cell), 0)
        pen = ImageDraw.Draw(canvas)
        x = 0.0
        for char in text:
            font = font_for(char, cell)
            room = columns_of(char) * COLUMN_DOTS * scale
            at = (x + max(0.0, room - font.getlength(char)) / 2, cell * _ASCENT)
            for shift in range(1 + bold * max(1, scale // 3)):  # emphasis: printed twice
                pen.text((at[0] + shift, at[1]), char, fill=255, font=font, anchor="ls")
            x += room
        size = (max(1, columns) * COLUMN_DOTS * width, CELL_DOTS * height)
        return pack(canvas if canvas.size == size else canvas.resize(size))

    def qr(self, text: str, module_dots: int) -> Bitmap:
        """A QR code, error correction M, without its quiet zone."""
        symbol = segno.make_qr(text.encode(), error="m", boost_error=False)
        rows = [bytes(255 if module else 0 for module in row) for row in symbol.matrix]
        side = len(rows)
        image = Image.frombytes("L", (side, side), b"".join(rows))
        return pack(
            image.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)
        )
