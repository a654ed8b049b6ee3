"""Reads what can be heard and worked off a page that is drawn, in the order people read it.

No page has to do anything for it: texts, things to touch and notes are the widgets themselves.
Texts that stand in one line, a name and its figures, are one stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.guidance import Part, Place, Role
from kiosk.signals import Kind
from kiosk.ui.widgets import Text, Touch
from kiosk.visit import Session, Voice

W = TypeVar("W", bound=Widget)
LINE_SIGNS: Final = 160
"""More than this in one row is no line but two columns of a page."""
LINES_HIGH: Final = 6
"""A row that is higher than so many letters of its smallest text is a part of a page likewise."""
ORDER: Final = (Place.WARNING, Place.SHEET, Place.PAGE, Place.FOOT, Place.HEAD)


@dataclass(frozen=True, slots=True)
class Stop:
    """A part, and the widget it was read off."""

    part: Part
    widget: Widget


def placed(widget: W, place: Place) -> W:
    """Mark where everything within a widget belongs."""
    widget.reading_place = place
    return widget


def as_note(widget: W) -> W:
    """Mark something that must not be missed."""
    widget.is_note = True
    return widget


def aside(widget: W) -> W:
    """Mark what is no part of a page, such as the captions of what is said about it."""
    widget.is_aside = True
    return widget


def stops(root: Widget, session: Session, title_px: int) -> list[Stop]:
    """Everything on the screen, in reading order: what lies over the page first.

    Args:
        root: Of the window.
        session: Says what is chosen.
        title_px: The size in which a page's title is set.
    """
    found = list(_within(root, Place.PAGE, session, title_px))
    return [stop for place in ORDER for stop in found if stop.part.place is place]


def _within(widget: Widget, place: Place, session: Session, title_px: int) -> Iterator[Stop]:
    place = getattr(widget, "reading_place", place)
    if widget.opacity == 0 or getattr(widget, "is_aside", False):
        return
    if isinstance(widget, Touch):
        yield Stop(_touch(widget, place, session), widget)
    elif isinstance(widget, Text):
        if widget.words.strip():
            is_title = place is Place.PAGE and widget.size_px == title_px
            role = Role.TITLE if is_title else Role.TEXT
            yield Stop(Part((widget.words,), role, place), widget)
    elif getattr(widget, "is_note", False):
        yield from _note(widget, place, session)
    elif _is_line(widget):
        yield Stop(Part(tuple(_words(widget)), Role.TEXT, place), widget)
    else:
        for child in reversed(widget.children):
            yield from _within(child, place, session, title_px)


def _touch(touch: Touch, place: Place, session: Session) -> Part:
    return Part(
        tuple(_words(touch)) or (touch.spoken,),
        Role.TOUCH,
        place,
        touch.kind,
        touch.value,
        chosen=getattr(touch, "chosen", False) or _holds(touch, session),
    )


def _holds(touch: Touch, session: Session) -> bool:
    """What only colour would tell."""
    if touch.kind is Kind.LANGUAGE:
        return bool(touch.value == session.language)
    return touch.kind is Kind.VOICE and session.voice is not Voice.OFF


def _note(widget: Widget, place: Place, session: Session) -> Iterator[Stop]:
    """Its sentences, then what can be done about it."""
    touches = [part for part in widget.walk(restrict=True) if isinstance(part, Touch)]
    on_touches = {text for touch in touches for text in _words(touch)}
    words = tuple(text for text in _words(widget) if text not in on_touches)
    if words:
        yield Stop(Part(words, Role.NOTE, place), widget)
    for touch in touches:
        yield Stop(_touch(touch, place, session), touch)


def _is_line(widget: Widget) -> bool:
    if not isinstance(widget, BoxLayout) or widget.orientation != "horizontal":
        return False
    within = widget.walk(restrict=True)
    if any(isinstance(part, Touch) or getattr(part, "is_note", False) for part in within):
        return False
    texts = list(_texts(widget))
    is_short = sum(len(text.words) for text in texts) <= LINE_SIGNS
    is_flat = widget.height <= LINES_HIGH * min((text.size_px for text in texts), default=0)
    return len(texts) > 1 and is_short and is_flat


def _texts(widget: Widget) -> Iterator[Text]:
    for part in widget.walk(restrict=True):
        if isinstance(part, Text) and part.words.strip():
            yield part


def _words(widget: Widget) -> Iterator[str]:
    return (text.words for text in _texts(widget))
