"""Pictures of what stands at a window: seven-segment digits, a board, a pad, a rater."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from hardware.fonts import NoFont, load

_SEGMENTS: Final = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg")
"""Which segments each digit lights, 0 to 8."""
_DIGITS: Final = {**{str(n): lit for n, lit in enumerate(_SEGMENTS)}, "9": "abcdfg", "-": "g"}
_LIT: Final = (255, 58, 40)
_UNLIT: Final = (50, 18, 18)
_GLASS: Final = (24, 10, 12)
_CASE: Final = (58, 62, 70)
_EDGE: Final = (92, 98, 108)
_KEY: Final = (226, 228, 232)
_INK: Final = (40, 44, 52)
_WALL: Final = (233, 235, 238)
_LAMP: Final = (88, 214, 120)
_GREY: Final = (148, 154, 164)


def _bar(box: tuple[float, float, float, float], thick: float) -> list[tuple[float, float]]:
    """A segment with pointed ends, lying or standing, between two points."""
    x1, y1, x2, y2 = box
    half = thick / 2
    if y1 == y2:
        inner = ((x1 + half, y1 - half), (x2 - half, y1 - half))
        outer = ((x2 - half, y1 + half), (x1 + half, y1 + half))
        return [(x1, y1), *inner, (x2, y2), *outer]
    left = ((x1 - half, y2 - half), (x1 - half, y1 + half))
    right = ((x1 + half, y1 + half), (x1 + half, y2 - half))
    return [(x2, y2), *left, (x1, y1), *right]


def _digit(draw: ImageDraw.ImageDraw, x: float, y: float, height: float, char: str) -> None:
    width, middle, gap = height * 0.5, height / 2, height * 0.015
    ends = {
        "a": (x, y, x + width, y),
        "b": (x + width, y, x + width, y + middle),
        "c": (x + width, y + middle, x + width, y + height),
        "d": (x, y + height, x + width, y + height),
        "e": (x, y + middle, x, y + height),
        "f": (x, y, x, y + middle),
        "g": (x, y + middle, x + width, y + middle),
    }
    lit = _DIGITS.get(char, "")
    for name, (x1, y1, x2, y2) in sorted(ends.items(), key=lambda end: end[0] in lit):
        lying = y1 == y2
        box = (x1 + gap, y1, x2 - gap, y2) if lying else (x1, y1 + gap, x2, y2 - gap)
        draw.polygon(_bar(box, height * 0.12), fill=_LIT if name in lit else _UNLIT)


def digits_picture(text: str, height_px: int) -> Image.Image:
    """Seven-segment digits behind dark glass; a blank is a place that is off."""
    pad, step = height_px // 3, round(height_px * 0.82)
    size = (2 * pad + step * len(text) - round(step * 0.34), 2 * pad + height_px)
    glass = Image.new("RGB", size, _GLASS)
    draw = ImageDraw.Draw(glass)
    for index, char in enumerate(text):
        _digit(draw, pad + index * step, pad, height_px, char)
    # The shine of the light on the glass around it.
    shine = glass.filter(ImageFilter.GaussianBlur(height_px / 12))
    return Image.blend(glass, Image.blend(shine, glass, 0.2), 0.35)


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return load(size_px)[0]
    except NoFont:
        return ImageFont.load_default()


def _cased(inside: Image.Image, rim: int = 18) -> Image.Image:
    """Something in a case on a wall."""
    size = (inside.width + 2 * rim + 48, inside.height + 2 * rim + 48)
    wall = Image.new("RGB", size, _WALL)
    shadow = Image.new("L", size, 0)
    box = (24, 24, size[0] - 24, size[1] - 24)
    ImageDraw.Draw(shadow).rounded_rectangle((24, 30, box[2], box[3] + 6), 16, fill=110)
    wall.paste((120, 124, 130), (0, 0), shadow.filter(ImageFilter.GaussianBlur(8)))
    ImageDraw.Draw(wall).rounded_rectangle(box, 16, fill=_CASE, outline=_EDGE, width=2)
    wall.paste(inside, (24 + rim, 24 + rim))
    return wall


def board_picture(text: str) -> Image.Image:
    """A number board."""
    return _cased(digits_picture(text, 120))


def _key(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], label: str, *, lit: bool = False
) -> None:
    draw.rounded_rectangle(box, 8, fill=_LAMP if lit else _KEY, outline=_GREY, width=2)
    middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
    draw.text(middle, label, font=_font(20), fill=_INK, anchor="mm")


def pad_picture(text: str, keys: Sequence[Sequence[str]], pressed: str = "") -> Image.Image:
    """A call pad: six digits over rows of keys."""
    digits = digits_picture(text, 54)
    wide, high, gap = 84, 46, 10
    width = max(digits.width, max(map(len, keys)) * (wide + gap) - gap)
    inside = Image.new("RGB", (width, digits.height + 16 + len(keys) * (high + gap)), _CASE)
    inside.paste(digits, ((width - digits.width) // 2, 0))
    draw = ImageDraw.Draw(inside)
    for row, labels in enumerate(keys):
        y = digits.height + 16 + row * (high + gap)
        for column, label in enumerate(labels):
            x = column * (wide + gap)
            _key(draw, (x, y, x + wide, y + high), label, lit=label == pressed)
    return _cased(inside)


def rater_picture(labels: Sequence[str], chosen: int | None, *, asking: bool) -> Image.Image:
    """A rater: a lamp that says "please rate", and its keys from the best to the worst."""
    wide, high, gap = 150, 64, 12
    inside = Image.new("RGB", (len(labels) * (wide + gap) - gap, 60 + high), _CASE)
    draw = ImageDraw.Draw(inside)
    draw.ellipse((4, 12, 28, 36), fill=_LAMP if asking else _GREY)
    said = "请您评价" if asking else "谢谢" if chosen is not None else ""
    draw.text((44, 24), said, font=_font(26), fill=_KEY, anchor="lm")
    for index, label in enumerate(labels):
        x = index * (wide + gap)
        _key(draw, (x, 60, x + wide, 60 + high), label, lit=index == chosen)
    return _cased(inside)


def save(picture: Image.Image, path: Path) -> None:
    """Put a picture in its place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    picture.save(partial, format="PNG")
    partial.replace(path)
