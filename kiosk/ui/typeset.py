"""Line breaking for Chinese and Latin text. Pure.

Kivy breaks lines at spaces and, in Chinese, anywhere: a full stop may start a line. Here a line
breaks after a space or a hyphen, and between Han characters except where typography forbids it
(GB/T 15834-2011, section 5; W3C "Requirements for Chinese Text Layout", section 3.1.3).
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

Measure = Callable[[str], float]
"""Width of a string in pixels."""

NOT_FIRST: Final = frozenset("，。、；：？！）》〉」』】〕”’％…—·,.;:?!)]}%/℃～*")
"""Characters that no line starts with."""
NOT_LAST: Final = frozenset("（《〈「『【〔“‘([{¥$第约")
"""Characters that no line ends with; 第 and 约 belong to the figure after them."""

EVENNESS: Final = 40
"""Balanced lines differ by no more than this part of the room."""


def is_wide(char: str) -> bool:
    """Han and other full-width characters, between which a line may break."""
    return unicodedata.east_asian_width(char) in {"W", "F"}


def pieces(text: str) -> Iterator[str]:
    """Cuts a paragraph into the smallest parts that may stand on lines of their own.

    A trailing space belongs to the part before it.
    """
    piece = ""
    for at, here in enumerate(text):
        after = text[at + 1 : at + 2]
        piece += here
        if not after or _may_break(here, after):
            yield piece
            piece = ""


def _may_break(here: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or here in NOT_LAST:
        return False
    if here in " -":
        return True
    return is_wide(here) or is_wide(after) or (here in NOT_FIRST and is_wide(after))


def wrap(text: str, width_px: float, measure: Measure) -> list[str]:
    """Break a text into lines.

    Args:
        text: Line breaks in it are kept.
        width_px: Room for a line. A part that is wider still is cut between characters.
        measure: Width of a string in the font to be used; widths add up (no kerning).

    Returns:
        Lines without spaces at their ends; an empty text gives one empty line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph, width_px, measure))
    return lines


def _wrap_paragraph(text: str, width_px: float, measure: Measure) -> Iterator[str]:
    line, used_px = "", 0.0
    for piece in pieces(text):
        bare_px = measure(piece.rstrip())
        if line and used_px + bare_px > width_px:
            yield line.rstrip()
            line, used_px = "", 0.0
        line += piece
        used_px += measure(piece)
        while bare_px > width_px and len(line.rstrip()) > 1 and measure(line.rstrip()) > width_px:
            head, line = _cut(line, width_px, measure)
            used_px = measure(line)
            yield head
    yield line.rstrip()


def _cut(word: str, width_px: float, measure: Measure) -> tuple[str, str]:
    """As much of an overlong word as fits, at least one character."""
    count = 1
    while count < len(word) and measure(word[: count + 1]) <= width_px:
        count += 1
    return word[:count], word[count:]


def balanced(text: str, width_px: float, measure: Measure) -> list[str]:
    """Like `wrap`, with lines of about the same length, for titles and labels of buttons."""
    lines = wrap(text, width_px, measure)
    if len(lines) == 1:
        return lines
    widest_piece_px = max(measure(piece.rstrip()) for piece in pieces(text))
    low, high = max(widest_piece_px, width_px / len(lines) / 2) - 1, width_px
    while high - low > width_px / EVENNESS:
        middle = (low + high) / 2
        narrower = wrap(text, middle, measure)
        if len(narrower) > len(lines) or max(measure(line) for line in narrower) > middle:
            low = middle
        else:
            high, lines = middle, narrower
    return lines
