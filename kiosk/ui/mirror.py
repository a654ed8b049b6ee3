"""Turns a built page over for languages that are written from right to left.

Pages are built as for Chinese and English. What stands side by side changes places here; texts and
the signs for back and forward look to the manner in use by themselves (`kiosk.ui.manner`).
"""

from typing import Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.ui import manner

GRID: Final = "rl-tb"


def turned(widget: Widget) -> Widget:
    """The widget, mirrored where the language in use runs from right to left; once only."""
    if manner.rtl():
        for part in list(widget.walk(restrict=True)):
            _turn(part)
    return widget


def _turn(part: Widget) -> None:
    if getattr(part, "is_turned", False):
        return
    part.is_turned = True
    if isinstance(part, GridLayout):
        part.orientation = GRID
    elif isinstance(part, BoxLayout):
        left, top, right, bottom = part.padding
        part.padding = (right, top, left, bottom)
        if part.orientation == "horizontal":
            part.children = part.children[::-1]
