"""A receipt as a picture that looks like the paper in one's hand."""

from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from hardware.sim.escpos_paper import Receipt

DPI: Final = 203
DOTS_PER_MM: Final = 8
_MARGIN_DOTS: Final = 32
"""80 mm paper has 72 mm of print: 4 mm stay white on each side."""
_TOP_DOTS: Final = 56
_DESK: Final = 40
_PAPER: Final = (251, 249, 243)
_INK: Final = (38, 36, 42)
_BACKGROUND: Final = (222, 220, 215)
_SHADOW: Final = (180, 177, 170)
_TOOTH_DOTS: Final = 8


def render(receipt: Receipt, width_dots: int) -> Image.Image:
    """Draw a receipt at one pixel a dot, on paper, on a desk."""
    dots = Image.new("L", (width_dots, max(1, receipt.height_dots)), 0)
    y = 0
    for strip in receipt.strips:
        dots.paste(strip, (0, y))
        y += strip.height
    paper = Image.new(
        "RGB", (width_dots + 2 * _MARGIN_DOTS, dots.height + _TOP_DOTS + _TOOTH_DOTS), _PAPER
    )
    paper.paste(_INK, (_MARGIN_DOTS, _TOP_DOTS), _burn(dots))
    outline = _outline(paper.size)
    size = (paper.width + 2 * _DESK, paper.height + 2 * _DESK)
    shadow = Image.new("L", size, 0)
    shadow.paste(outline, (_DESK, _DESK + 6))
    desk = Image.new("RGB", size, _BACKGROUND)
    desk.paste(_SHADOW, (0, 0), shadow.filter(ImageFilter.GaussianBlur(10)))
    desk.paste(paper, (_DESK, _DESK), outline)
    return desk


def _burn(dots: Image.Image) -> Image.Image:
    """Thermal dots are a little soft at the edge, and never quite black."""
    soft = dots.filter(ImageFilter.GaussianBlur(0.45))
    return soft.point(lambda level: min(255, round(level * 1.15)))


def _outline(size: tuple[int, int]) -> Image.Image:
    """Paper: a clean cut at the top, the teeth of the tear bar at the bottom."""
    width, height = size
    outline = Image.new("L", size, 0)
    foot = height - _TOOTH_DOTS
    teeth: list[tuple[int, int]] = []
    for index, x in enumerate(range(width, -_TOOTH_DOTS, -_TOOTH_DOTS)):
        teeth.append((max(0, x), foot + (_TOOTH_DOTS if index % 2 else 0)))
    ImageDraw.Draw(outline).polygon([(0, 0), (width, 0), *teeth], fill=255)
    return outline
