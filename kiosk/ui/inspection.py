"""What stands on the screen, as data: for the control channel and for tests.

Rectangles are pixels of the window with the origin at the top left, as X and screenshots count.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from kivy.uix.widget import Widget

from kiosk.ui import fonts
from kiosk.ui.theme import TOUCH_MIN_PX, Theme
from kiosk.ui.widgets import Icon, Text, Touch

TOLERANCE_PX = 1.5


@dataclass(frozen=True, slots=True)
class SeenText:
    """A text and where it is."""

    text: str
    x: int
    y: int
    w: int
    h: int
    font_px: int


@dataclass(frozen=True, slots=True)
class SeenTouch:
    """Something to touch: what it does, what stands on it, where it is."""

    kind: str
    value: str
    text: str
    x: int
    y: int
    w: int
    h: int


def look(root: Widget, height_px: int) -> dict[str, list[dict[str, object]]]:
    """All texts and all things to touch, from back to front."""
    texts: list[dict[str, object]] = []
    touches: list[dict[str, object]] = []
    for widget in drawn(root):
        x, y, w, h = _rectangle(widget, height_px)
        if isinstance(widget, Text) and widget.words:
            texts.append(asdict(SeenText(widget.words, x, y, w, h, int(widget.font_size))))
        if isinstance(widget, Touch):
            touches.append(asdict(SeenTouch(widget.kind, widget.value, widget.named(), x, y, w, h)))
    return {"texts": texts, "touch": touches}


def drawn(root: Widget) -> Iterator[Widget]:
    """Everything that can be seen, from back to front; not what is on another leaf."""
    if root.opacity == 0:
        return  # on another leaf
    yield root
    for child in reversed(root.children):
        yield from drawn(child)


def _rectangle(widget: Widget, height_px: int) -> tuple[int, int, int, int]:
    left, bottom = widget.to_window(*widget.pos)
    top = height_px - bottom - widget.height
    return round(left), round(top), round(widget.width), round(widget.height)


def faults(root: Widget, theme: Theme) -> list[str]:
    """What no designer would sign: texts cut or overlapping, missing glyphs, small targets."""
    found: list[str] = []
    for widget in drawn(root):
        if isinstance(widget, Text) and widget.words:
            found.extend(_text_faults(widget, theme))
        if isinstance(widget, Icon):
            found.extend(_escapes(widget, "icon"))
        if isinstance(widget, Touch):
            found.extend(_touch_faults(widget, theme))
    found.extend(_overlaps(root, theme))
    return found


def _text_faults(text: Text, theme: Theme) -> Iterator[str]:
    wide, high = text.texture_size
    if wide > text.width + TOLERANCE_PX or high > text.height + TOLERANCE_PX:
        yield (
            f"cut: {text.words!r} is {wide}x{high} in {text.width:.0f}x{text.height:.0f} "
            f"at {text.font_size:.0f} px"
        )
    if missing := fonts.lacks(text.words):
        yield f"no glyph: {missing!r} in {text.words!r}"
    left, bottom = text.to_window(*text.pos)
    inside = (
        left >= -TOLERANCE_PX
        and bottom >= -TOLERANCE_PX
        and left + text.width <= theme.width_px + TOLERANCE_PX
        and bottom + text.height <= theme.height_px + TOLERANCE_PX
    )
    if not inside:
        yield f"outside the window: {text.words!r}"
    yield from _escapes(text, text.words)


def _escapes(part: Widget, words: str) -> Iterator[str]:
    """A part that sticks out of the box it belongs to."""
    x, y = part.to_window(*part.pos)
    box = part.parent
    while isinstance(box, Widget) and box.parent is not None and box.parent is not box:
        left, bottom = box.to_window(*box.pos)
        if (
            x < left - TOLERANCE_PX
            or y < bottom - TOLERANCE_PX
            or x + part.width > left + box.width + TOLERANCE_PX
            or y + part.height > bottom + box.height + TOLERANCE_PX
        ):
            yield f"leaves its {type(box).__name__}: {words!r}"
            return
        box = box.parent


def _touch_faults(touch: Touch, theme: Theme) -> Iterator[str]:
    least = min(touch.width, touch.height)
    if least < max(TOUCH_MIN_PX, theme.px(88)) - TOLERANCE_PX:
        yield f"small target: {touch.named()!r} is {touch.width:.0f}x{touch.height:.0f}"


def _overlaps(root: Widget, theme: Theme) -> Iterator[str]:
    """Two texts of one page on the same place (the sheet over it is another layer)."""
    page = root.children[-1] if root.children else root
    boxes = [
        (widget.words, ink(widget, theme.height_px))
        for widget in drawn(page)
        if isinstance(widget, Text) and widget.words
    ]
    for at, (words, one) in enumerate(boxes):
        for others, other in boxes[at + 1 :]:
            if _meet(one, other):
                yield f"overlap: {words!r} and {others!r}"


def ink(text: Text, height_px: int) -> tuple[float, float, float, float]:
    """Where the letters of a text really are, within its box."""
    x, y, w, h = _rectangle(text, height_px)
    wide, high = text.texture_size
    left = {"left": x, "center": x + (w - wide) / 2, "right": x + w - wide}[text.halign]
    top = {"top": y, "middle": y + (h - high) / 2, "bottom": y + h - high}[text.valign]
    return left, top, left + wide, top + high


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    slack = 2 * TOLERANCE_PX
    return (
        one[0] + slack < other[2]
        and other[0] + slack < one[2]
        and one[1] + slack < other[3]
        and other[1] + slack < one[3]
    )
