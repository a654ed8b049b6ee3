"""Text in printer columns: how wide it is and where it may be broken.

A receipt printer in Chinese mode gives every double-byte character two columns, and that includes
the ones Unicode calls ambiguous (–, □, →, “”): UAX #11 leaves them to the context, and ours is
GB 18030.
Breaking follows GB/T 15834 and CLReq: closing punctuation never starts a line, opening punctuation
never ends one; a Latin word or a number stays whole as long as it fits a line at all.
"""

import unicodedata
from collections.abc import Iterator

FULL_WIDTH_CLOSING = "\uff0c\uff1b\uff1a\uff1f\uff01\uff09\uff3d\uff5d\uff05\uff0e"
"""Full-width , ; : ? ! ) ] } % . as code points, because they are easily mistaken for ASCII."""
FULL_WIDTH_OPENING = "\uff08\uff3b\uff5b\uffe5\uff04"
"""Full-width ( [ { and the signs of yuan and dollar."""
NEVER_FIRST = frozenset("。、》〉」』】〕〗〞’”…—·‰℃,.;:?!%)]}~" + FULL_WIDTH_CLOSING)
"""Characters that may not start a line (closing and pause marks, CLReq 3.1.3)."""
NEVER_LAST = frozenset("《〈「『【〔〖〝‘“([{\u00a5$#" + FULL_WIDTH_OPENING)
"""Characters that may not end a line (opening marks)."""
HOLDS_BOTH_SIDES = "–"
"""The dash of a range: "15–35" is never torn apart."""
_ZERO_WIDTH = frozenset(("Mn", "Me", "Cf", "Cc"))
_DOUBLE = frozenset("WFA")


def char_columns(char: str) -> int:
    """Columns one character takes: 0 for marks and controls, 2 for double-byte, else 1."""
    if unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    if char < "\u0100":
        return 1
    return 2 if unicodedata.east_asian_width(char) in _DOUBLE else 1


def columns_of(text: str) -> int:
    """Columns a text takes on one line."""
    return sum(char_columns(char) for char in text)


def _pieces(text: str) -> Iterator[str]:
    """Cuts a text into what cannot be broken: a run of narrow characters, a wide one, a space."""
    run = ""
    for char in text:
        if char_columns(char) == 0 or (char_columns(char) == 1 and not char.isspace()):
            run += char
            continue
        if run:
            yield run
            run = ""
        if char.isspace():
            yield " "
        else:
            run = ""
            yield char
    if run:
        yield run


def _bound(pieces: Iterator[str]) -> list[str]:
    """Binds closing marks to the piece before them and opening marks to the one after."""
    bound: list[str] = []
    for piece in pieces:
        glue = bool(bound) and bound[-1] != " " and piece != " "
        first, last = piece[0], bound[-1][-1] if bound else ""
        if glue and (
            first in NEVER_FIRST or last in NEVER_LAST or HOLDS_BOTH_SIDES in {first, last}
        ):
            bound[-1] += piece
        else:
            bound.append(piece)
    return bound


def _split_wide(piece: str, columns: int) -> Iterator[str]:
    """Cuts a piece that no line can hold."""
    part = ""
    for char in piece:
        if part and columns_of(part) + char_columns(char) > columns:
            yield part
            part = ""
        part += char
    if part:
        yield part


def _wrap_paragraph(text: str, columns: int) -> Iterator[str]:
    line = ""
    for piece in _bound(_pieces(text)):
        if columns_of(line) + columns_of(piece.rstrip()) <= columns:
            line += piece if line or piece != " " else ""
            continue
        if line.strip():
            yield line.rstrip()
        line = ""
        if columns_of(piece) > columns:
            *full, line = _split_wide(piece, columns)
            yield from full
        elif piece != " ":
            line = piece
    yield line.rstrip()


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Breaks a text into lines of at most `columns`; nothing is ever cut off.

    Args:
        text: Line breaks in it are kept; other control characters take no room.
        columns: Columns of a line, at least 2.

    Raises:
        ValueError: A double-byte character would not fit a line.
    """
    double = 2
    if columns < double:
        raise ValueError(f"{columns} columns cannot hold a Chinese character")
    return tuple(line for part in text.split("\n") for line in _wrap_paragraph(part, columns))


def hang(first: str, text: str, columns: int) -> tuple[str, ...]:
    """Breaks a text behind a mark ("□ "), with the following lines set in under the text."""
    indent = columns_of(first)
    head, *rest = wrap(text, columns - indent)
    return (first + head, *(" " * indent + line for line in rest))
