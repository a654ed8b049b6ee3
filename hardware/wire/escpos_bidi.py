"""The order in which the characters of a drawn line stand on paper, from left to right.

The parts of the Unicode Bidirectional Algorithm (UAX #9) that a line of a ticket can need: strong
characters of both directions, numbers, separators inside numbers, what is neutral between them,
and mirrored brackets. Explicit embeddings and isolates are not among them: their characters are
removed from all text before (`escpos_layout.printable`).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final
from unicodedata import bidirectional

from hardware.wire.escpos_layout import columns_of, is_ascii, is_zero_width

_STRONG: Final = {"L": 0, "R": 1, "AL": 1}
_NUMBERS: Final = frozenset({"EN", "AN"})
_JOINS_NUMBERS: Final = frozenset({"CS", "ES"})
_BESIDE_NUMBERS: Final = frozenset({"ET"})
_NUMBER: Final = 2
_MIRRORED: Final = dict(
    zip("()[]{}<>«»‹›（）《》〈〉【】", ")(][}{><»«›‹）（》《〉〈】【", strict=True)
)


class Shape(Enum):
    """How a piece is drawn."""

    CELL = "cell"
    """One character in the middle of its cell: Latin letters, Hanzi."""
    RUN = "run"
    """Several characters as one picture, because their shapes depend on each other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line.

    Attributes:
        text: In the order of reading.
        columns: Its width in columns of font A.
        shape: How it is drawn.
        is_rtl: It is read from right to left.
    """

    text: str
    columns: int
    shape: Shape
    is_rtl: bool = False


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph begins at the right: its first strong character does (rules P2, P3)."""
    for char in text:
        if bidirectional(char) in _STRONG:
            return _STRONG[bidirectional(char)] == 1
    return False


def pieces_of(text: str, *, is_rtl: bool = False) -> tuple[Piece, ...]:
    """A line of visible text as pieces from left to right; together as wide as its columns.

    Args:
        text: In the order of reading.
        is_rtl: The paragraph it belongs to begins at the right.
    """
    clusters = clusters_of(text)
    levels = _levels([cluster[0] for cluster in clusters], base=int(is_rtl))
    order = _visual_order(levels)
    pieces: list[Piece] = []
    for index in order:
        piece = _piece(clusters[index], is_rtl=levels[index] % 2 == 1)
        before = pieces[-1] if pieces else None
        if before is not None and _joins(before, piece):
            both = piece.text + before.text if piece.is_rtl else before.text + piece.text
            columns = before.columns + piece.columns
            pieces[-1] = Piece(both, columns, Shape.RUN, piece.is_rtl)
        else:
            pieces.append(piece)
    return tuple(pieces)


def clusters_of(text: str) -> list[str]:
    """Each character with the marks that belong to it."""
    clusters: list[str] = []
    for char in text:
        if clusters and is_zero_width(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _piece(cluster: str, *, is_rtl: bool) -> Piece:
    base = cluster[0]
    columns = sum(map(columns_of, cluster))
    if columns_of(base) == 1 and not is_ascii(base):
        return Piece(cluster, columns, Shape.RUN, is_rtl)
    text = _MIRRORED.get(base, base) + cluster[1:] if is_rtl else cluster
    return Piece(text, columns, Shape.CELL, is_rtl)


def _joins(before: Piece, after: Piece) -> bool:
    return before.shape is after.shape is Shape.RUN and before.is_rtl == after.is_rtl


def _levels(chars: list[str], base: int) -> list[int]:
    """Embedding level of each character: even is left to right, odd right to left."""
    kinds = [bidirectional(char) or "L" for char in chars]
    if not any(kind in {"R", "AL"} for kind in kinds) and not base:
        return [0] * len(kinds)
    _join_numbers(kinds)
    directions = _directions(kinds, base)
    levels = []
    for direction in directions:
        if direction == _NUMBER:
            levels.append(2)
        else:
            levels.append(base if direction == base else base + 1)
    return levels


def _join_numbers(kinds: list[str]) -> None:
    """Rules W4 and W5: 12:30, 1,200 and 5% are one number each."""
    for index, kind in enumerate(kinds):
        before = kinds[index - 1] if index else ""
        after = kinds[index + 1] if index + 1 < len(kinds) else ""
        between = kind in _JOINS_NUMBERS and before in _NUMBERS and after in _NUMBERS
        beside = kind in _BESIDE_NUMBERS and (before in _NUMBERS or after in _NUMBERS)
        if between or beside:
            kinds[index] = "EN"


def _directions(kinds: list[str], base: int) -> list[int]:
    """0, 1, or `_NUMBER` for each: rules W7, N1 and N2."""
    strong = base
    known: list[int | None] = []
    for kind in kinds:
        if kind in _STRONG:
            strong = _STRONG[kind]
            known.append(strong)
        elif kind in _NUMBERS:
            known.append(_NUMBER if strong == 1 else 0)
        else:
            known.append(None)
    sides = (_between(known, index, base) for index in range(len(known)))
    return [side if one is None else one for one, side in zip(known, sides, strict=True)]


def _between(known: list[int | None], index: int, base: int) -> int:
    """The direction on both sides of a neutral character, where it is the same; else the base."""
    before = next((one for one in reversed(known[:index]) if one is not None), base)
    after = next((one for one in known[index:] if one is not None), base)
    sides = {1 if side == _NUMBER else side for side in (before, after)}
    return sides.pop() if len(sides) == 1 else base


def _visual_order(levels: list[int]) -> list[int]:
    """Rule L2: from the highest level down to the lowest odd one, turn runs around."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end
    return order
