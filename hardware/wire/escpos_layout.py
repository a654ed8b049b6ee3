"""Text into lines that fit the paper.

Untrusted text loses everything that is no visible character here: control characters could be
commands, and bidirectional format characters could make a number read differently from what it
is. Nothing visible is ever cut off: a long paragraph becomes several lines.
"""

import re
from typing import Final
from unicodedata import category, combining, east_asian_width, normalize

from hardware.wire.escpos_profile import HANZI_COLUMNS

TEXT_MAX_CHARS: Final = 2000
"""One paragraph on a ticket; 2,000 Hanzi are already two metres of paper."""

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN: Final = (
    range(0x034F, 0x0350), range(0x115F, 0x1161), range(0x17B4, 0x17B6), range(0x2060, 0x2070),
    range(0x3164, 0x3165), range(0xFDD0, 0xFDF0), range(0xFE00, 0xFE10), range(0xFFA0, 0xFFA1),
    range(0xFFF0, 0xFFFD), range(0xE0000, 0xE1000),
)  # fmt: skip
"""Drawn by no font, whatever their category: Default_Ignorable_Code_Point (DerivedCoreProperties),
variation selectors among them; the noncharacters of the Basic Multilingual Plane; and the place of
an object that is not there (U+FFFC)."""
_PLANE_END: Final = 0xFFFE
"""This and the next are noncharacters in every plane."""
_SPACES: Final = frozenset("\t\n\r\v\f\u2028\u2029")
_SAME: Final = str.maketrans(
    {
        "\u00a5": "\uffe5",  # yen sign: GBK has the full-width one only
        "\u00a0": " ",
        "\u2022": "\u00b7",  # bullet: GBK has the middle dot
        "\u2013": "-",
    }
)
_RAISED_UNIT: Final = re.compile(r"(?<=m)[²³](?!\w)")
_LIST_MARK: Final = re.compile(r"[□☐■·•\-] ")
_HANGS_FROM: Final = 16
"""In fewer columns the box would leave no room for the words."""
_NOT_FIRST: Final = frozenset("、，。．！？：；）】》」』〉〕”’…％·,.!?:;)]}%")
_NOT_LAST: Final = frozenset("（【《「『〈〔“‘([{")


def printable(text: str) -> str:
    """The text without anything invisible, in composed form.

    Raises:
        ValueError: Longer than any ticket.
    """
    if len(text) > TEXT_MAX_CHARS:
        raise ValueError(f"{len(text)} characters in one line of a ticket")
    spaced = "".join(" " if char in _SPACES else char for char in text)
    kept = "".join(char for char in spaced if is_visible(char))
    return normalize("NFC", kept).translate(_SAME)


def plain_units(text: str) -> str:
    """m² and m³ as m2 and m3, as units are written where there are no raised figures.

    Printers have a raised two or three in no character set that can be relied on, and drawing a
    line for it takes as long as the rest of the ticket. Raised figures behind anything else stay.
    """
    return _RAISED_UNIT.sub(lambda found: {"²": "2", "³": "3"}[found[0]], text)


def is_visible(char: str) -> bool:
    """Whether a character leaves something on paper, or is a space.

    One that this Python does not know yet is visible: names are written with characters younger
    than any program, and a box in their place is better than nothing.
    """
    point = ord(char)
    if point & _PLANE_END == _PLANE_END or category(char) in _DROPPED:
        return False
    return not any(point in unseen for unseen in _UNSEEN)


def is_ascii(char: str) -> bool:
    """Printable in font A."""
    return " " <= char <= "~"


def in_gbk(char: str) -> bool:
    """The two-byte part of GB18030 that built-in fonts hold, where both codecs agree."""
    try:
        code = char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return len(code) == HANZI_COLUMNS and code.decode("gb18030", "replace") == char


def columns_of(char: str) -> int:
    """Columns of font A a character takes at magnification 1."""
    if is_ascii(char):
        return 1
    if is_zero_width(char):
        return 0
    if in_gbk(char) or east_asian_width(char) in "WF":
        return HANZI_COLUMNS
    return 1


def is_zero_width(char: str) -> bool:
    """It stands on, under or around the character before it."""
    return bool(combining(char)) or category(char) in {"Mn", "Me"}


def columns_in(text: str) -> int:
    """Columns a text takes at magnification 1."""
    return sum(map(columns_of, text))


def wrap(text: str, columns: int) -> list[str]:
    """Break printable text into lines of at most `columns`.

    Latin words stay whole where they fit a line; Hanzi break anywhere but before closing and
    after opening punctuation. Behind a box to tick the text stands in a block of its own, and a
    line that fits keeps the spaces it is set in by: it belongs to such a block already.
    """
    columns = max(columns, HANZI_COLUMNS)
    if text.strip() and columns_in(text.rstrip()) <= columns:
        return [text.rstrip()]
    mark = _LIST_MARK.match(text.strip())
    if mark is not None and columns >= _HANGS_FROM:
        indent = columns_in(mark[0])
        first, *others = _broken(text.strip()[mark.end() :], columns - indent)
        return [mark[0] + first, *(" " * indent + other for other in others)]
    return _broken(text, columns)


def _broken(text: str, columns: int) -> list[str]:
    lines: list[str] = []
    rest = text.strip()
    while columns_in(rest) > columns:
        cut = _break_before(rest, _fitting(rest, columns))
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    lines.append(rest)
    return lines


def _fitting(text: str, columns: int) -> int:
    used = 0
    for index, char in enumerate(text):
        used += columns_of(char)
        if used > columns:
            return index
    return len(text)


def _break_before(text: str, limit: int) -> int:
    """The best place at or before `limit`; `limit` itself when there is no good one."""
    for cut in range(limit, max(limit // 2, 0), -1):
        if _may_break(text[cut - 1], text[cut]):
            return cut
    return max(limit, 1)


def _may_break(before: str, after: str) -> bool:
    if combining(after) or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before == " " or after == " ":
        return True
    latin = is_ascii(before) and is_ascii(after)
    return not latin or before == "-"
