"""What is measured in the very pixels of a page: contrast of every text, and a fingerprint.

Not `pages()` of its own: see `tests.kiosk_gallery`.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from kivy.uix.widget import Widget
from PIL.Image import Image

from kiosk.ui import inspection
from kiosk.ui.shell import TimeoutSheet
from kiosk.ui.strip import Sheet
from kiosk.ui.theme import contrast
from kiosk.ui.widgets import Text

LEAST = 4.5
"""WCAG 2.2 AA for text of any size."""
SELDOM_PX = 3
"""A colour of fewer pixels is an accident of anti-aliasing."""


def renderer() -> str:
    """What draws here: the same program draws the same pixels."""
    from kivy.graphics.opengl import GL_VERSION, glGetString  # noqa: PLC0415 - after configure

    return str(glGetString(GL_VERSION).decode())


def fingerprint(picture: Image) -> str:
    """The same for the same pixels only."""
    return sha256(picture.tobytes()).hexdigest()[:20]


def faint(root: Widget, picture: Image) -> Iterator[str]:
    """Texts that do not stand out from what is behind them, or are not there at all.

    The ground is the commonest colour around the letters, the ink the one farthest from it: both
    taken from the picture, so a text under a veil or in the wrong colour shows as it is.
    """
    for text in _uppermost(root):
        left, top, right, bottom = inspection.ink(text, picture.height)
        letters = picture.crop((round(left), round(top), round(right), round(bottom)))
        colours: Any = letters.getcolors(1 << 20)
        if not colours:
            continue  # outside the window: `inspection.faults` says so
        ground = max(colours)[1]
        inks = [colour for count, colour in colours if count >= SELDOM_PX]
        ratio = max((_ratio(ground, colour) for colour in inks), default=1.0)
        if ratio < LEAST:
            yield f"faint: {text.words!r} at {ratio:.2f}:1 on {ground}"


def _ratio(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return contrast(
        (one[0] / 255, one[1] / 255, one[2] / 255, 1.0),
        (other[0] / 255, other[1] / 255, other[2] / 255, 1.0),
    )


def _uppermost(root: Widget) -> list[Text]:
    """Texts that are meant to be read now: with a sheet over the page, those of the sheet."""
    sheets = [child for child in root.children if isinstance(child, TimeoutSheet | Sheet)]
    seen = inspection.drawn((sheets or [root])[0])
    return [each for each in seen if isinstance(each, Text) and each.words]
