"""What a piece of paper is made of.

The same shapes as the printer role of `hardware` has; the kiosk maps one to the other. Previews,
pages and printers are made from the same lines, so what a test reads is what comes out.
"""

from dataclasses import dataclass
from enum import Enum

COLUMNS_80_MM = 48
"""Columns of a 72 mm print line at font A (12 dots of 1/8 mm): 576 / 12."""
COLUMNS_58_MM = 32
"""Columns of a 48 mm print line at font A: 384 / 12."""


class Align(Enum):
    """Where a line stands on the paper."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line, already broken to fit: `columns × width` never exceeds the paper.

    `width` and `height` are magnifications from 1 to 8.
    """

    text: str
    width: int = 1
    height: int = 1
    align: Align = Align.LEFT
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrLine:
    """A QR code, centred."""

    text: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """Blank lines."""

    lines: int = 1


Line = TextLine | QrLine | RuleLine | FeedLine
