"""Reading a printed ticket as a person would: from the picture and the text of the receipt.

Deliberately apart from our own printer code: text comes from the simulated printer's decoding of
the bytes, pictures are compared with a font directly, and the QR code is read from the picture.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from script.hall_demo.processes import DemoError

FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "NotoSansSC-Regular.ttf"
MATCH = 0.72
"""Normalised correlation above which a glyph is taken as found; another Hanzi stays below 0.5."""
SIZES_PX = range(18, 60)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A printed ticket."""

    picture: Path
    text: str
    qr: tuple[str, ...]


def read(record: Path) -> Ticket:
    """A receipt the simulated printer left.

    Raises:
        DemoError: the printer met bytes it does not know, or the paper was not cut.
    """
    told: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    if told.get("unknown"):
        raise DemoError(f"the printer met commands it does not know: {told['unknown']}")
    if not told.get("cut"):
        raise DemoError("the ticket was not cut")
    picture = record.with_suffix(".png")
    found = zxingcpp.read_barcodes(cv2.imread(str(picture)))
    return Ticket(
        picture,
        record.with_suffix(".txt").read_text(encoding="utf-8"),
        tuple(code.text for code in found),
    )


def shows_glyph(picture: Path, glyph: str) -> float:
    """How well a character is found anywhere in a picture, 0 to 1, at any size of text."""
    paper = 255 - np.asarray(Image.open(picture).convert("L"))
    best = 0.0
    for size_px in SIZES_PX:
        font = ImageFont.truetype(str(FONT), size_px)
        box = font.getbbox(glyph)
        cell = Image.new("L", (round(box[2] - box[0]) + 2, round(box[3] - box[1]) + 2), 0)
        ImageDraw.Draw(cell).text((1 - box[0], 1 - box[1]), glyph, font=font, fill=255)
        score = cv2.matchTemplate(paper, np.asarray(cell), cv2.TM_CCOEFF_NORMED)
        best = max(best, float(score.max()))
    return best
