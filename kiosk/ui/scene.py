"""What a page is drawn from, and the parts pages have in common.

A page is built anew for every state it shows; nothing on it is changed in place. That keeps pages
free of state: whatever the session says is what stands there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.lang import Speech
from kiosk.shown import Shown
from kiosk.signals import Kind
from kiosk.ui import fonts
from kiosk.ui.focus import as_note
from kiosk.ui.needs import Need
from kiosk.ui.theme import Palette, Rgba, Theme
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Session, Visit, World

ROUNDING_PX = 4
"""So that a label measured on one line is not broken for a fraction of a pixel."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a page needs.

    Attributes:
        shown: The state.
        speech: The language of the texts.
        theme: Tokens for this window.
        press: Takes a tap: kind and value.
        leaves: Which leaf of a long list is open, by the list's name; forgotten with the screen.
        open_sheet: Lays a sheet of `kiosk.ui.strip` over the page; an empty name takes it away.
    """

    shown: Shown
    speech: Speech
    theme: Theme
    press: Callable[[Kind, str], None]
    leaves: dict[str, int]
    open_sheet: Callable[[str], None] = lambda _name: None

    @property
    def session(self) -> Session:
        """The state of the flow."""
        return self.shown.session

    @property
    def visit(self) -> Visit:
        """The person."""
        return self.session.visit

    @property
    def world(self) -> World:
        """The surroundings."""
        return self.session.world

    @property
    def colours(self) -> Palette:
        """The palette."""
        return self.theme.palette

    def _(self, msgid: str) -> str:
        """A sentence in the language of the scene."""
        return self.speech.gettext(msgid)

    # --- text --------------------------------------------------------------------------------

    def title(self, words: str, **kwargs: Any) -> Text:  # noqa: ANN401 - Kivy's properties
        """What this screen asks."""
        size_px = self.theme.title_px
        return Text(words=words, size_px=size_px, bold_face=True, even=True, **kwargs)

    def heading(self, words: str, **kwargs: Any) -> Text:  # noqa: ANN401
        """A name, or the label of a part."""
        return Text(words=words, size_px=self.theme.heading_px, bold_face=True, **kwargs)

    def body(self, words: str, **kwargs: Any) -> Text:  # noqa: ANN401
        """Running text."""
        return Text(words=words, size_px=self.theme.body_px, **kwargs)

    def caption(self, words: str, **kwargs: Any) -> Text:  # noqa: ANN401
        """Small text."""
        ink = kwargs.pop("ink", self.colours.ink_soft)
        return Text(words=words, size_px=self.theme.caption_px, ink=ink, **kwargs)

    # --- things to touch ----------------------------------------------------------------------

    def main_button(self, kind: Kind, label: str, icon: str = "", value: str = "") -> Touch:
        """The next right thing: filled with the accent, one a screen."""
        colours = self.colours
        made = self._button(
            kind,
            label,
            icon,
            value,
            colours.on_accent,
            ground=colours.accent,
            ground_down=colours.accent_down,
            edge=colours.accent,
        )
        made.is_main = True
        return made

    def button(self, kind: Kind, label: str, icon: str = "", value: str = "") -> Touch:
        """Anything else to do."""
        return self._button(kind, label, icon, value, self.colours.accent, edge=self.colours.accent)

    def _button(
        self,
        kind: Kind,
        label: str,
        icon: str,
        value: str,
        ink: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> Touch:
        theme = self.theme
        made = Touch(
            kind,
            self.press,
            value=value,
            orientation="horizontal",
            padding=(theme.gap_px, theme.tight_px),
            spacing=theme.tight_px,
            size_hint_y=None,
            height=theme.button_px,
            radius_px=theme.radius_px,
            edge_px=theme.hairline_px,
            **kwargs,
        )
        made.add_widget(IconLabel(self.theme, icon, label, ink))
        return made

    # --- boxes ---------------------------------------------------------------------------------

    def panel(self, **kwargs: Any) -> Panel:  # noqa: ANN401
        """A card on the paper."""
        theme = self.theme
        given: dict[str, Any] = {
            "orientation": "vertical",
            "padding": theme.pad_px,
            "spacing": theme.tight_px,
            "radius_px": theme.radius_px,
            "edge_px": theme.hairline_px,
        }
        return Panel(**(given | kwargs))

    def note(
        self, icon: str, words: str, tone: str = "warning", *, at_least_px: float = 0
    ) -> Panel:
        """A sentence that must be seen: a warning, a fault, or plain information.

        `at_least_px` leaves room for something as high as that beside it.
        """
        theme, colours = self.theme, self.colours
        ink, ground = {
            "warning": (colours.warning, colours.warning_pale),
            "danger": (colours.danger, colours.danger_pale),
            "calm": (colours.ink, colours.accent_pale),
        }[tone]
        made = self.panel(
            orientation="horizontal",
            ground=ground,
            edge=ground,
            spacing=theme.gap_px,
            padding=(theme.gap_px, theme.px(20 if theme.portrait else 14)),
            size_hint_y=None,
            radius_px=theme.radius_small_px,
        )
        tint = colours.accent if tone == "calm" else ink
        made.add_widget(middle(Icon(name=icon, edge_px=theme.px(52), tint=tint)))
        size_px = theme.body_px if theme.portrait else theme.caption_px
        text = Text(words=words, size_px=size_px, ink=ink, pos_hint={"center_y": 0.5})
        made.add_widget(text)
        follow_height(made, [text], at_least_px=max(theme.px(52), at_least_px))
        return as_note(made)


class IconLabel(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """An icon and a label beside it, centred together in the room there is."""

    def __init__(self, theme: Theme, icon: str, label: str, ink: Rgba, size_px: int = 0) -> None:
        super().__init__(orientation="horizontal", spacing=theme.tight_px)
        self._icon_px = theme.px(52) + theme.tight_px if icon else 0
        self._text = Text(
            words=label,
            size_px=size_px or theme.heading_px,
            floor_px=theme.sp(22),
            bold_face=True,
            grow=False,
            even=True,
            ink=ink,
            halign="left" if icon else "center",
            size_hint_x=None,
        )
        self.add_widget(Widget())
        if icon:
            self.add_widget(middle(Icon(name=icon, edge_px=theme.px(52), tint=ink)))
        self.add_widget(self._text)
        self.add_widget(Widget())
        self.fbind("size", self._lay)

    def need(self, width: float) -> Need:
        """The label at its smallest beside the icon."""
        room = width - self._icon_px - 2 * self.spacing
        text = self._text
        return Need(max(text.least_height(room), self._icon_px), text.widest_piece() > room)

    def _lay(self, *_args: object) -> None:
        """As wide as the label on one line, or as wide as there is room."""
        text = self._text
        natural_px = fonts.width(text.words, text.size_px, bold=True) + ROUNDING_PX
        text.width = max(1, min(natural_px, self.width - self._icon_px - 2 * self.spacing))


def middle(widget: Widget) -> AnchorLayout:
    """Keeps a widget of fixed size at the left, centred in height."""
    holder = AnchorLayout(size_hint_x=None, width=widget.width)
    holder.add_widget(widget)
    return holder


def column(*children: Widget, spacing: float = 0, **kwargs: Any) -> BoxLayout:  # noqa: ANN401
    """A column that is as high as what it holds."""
    made = BoxLayout(orientation="vertical", spacing=spacing, size_hint_y=None, height=0, **kwargs)
    made.bind(minimum_height=made.setter("height"))
    made.follows = True
    for child in children:
        made.add_widget(child)
    return made


def row(*children: Widget, spacing: float = 0, **kwargs: Any) -> BoxLayout:  # noqa: ANN401
    """A row."""
    made = BoxLayout(orientation="horizontal", spacing=spacing, **kwargs)
    for child in children:
        made.add_widget(child)
    return made


def space(**kwargs: Any) -> Widget:  # noqa: ANN401
    """Room that takes what is left, or as much as it is told."""
    return Widget(**kwargs)


def follow_height(box: BoxLayout, texts: Sequence[Widget], at_least_px: float = 0) -> None:
    """Make a row as high as the highest of some of its children."""

    def follow(*_args: object) -> None:
        if box.orientation == "vertical":
            return  # stacked since, for want of width: `needs` says how high
        _left, top, _right, bottom = box.padding
        box.height = max([at_least_px, *(text.height for text in texts)]) + top + bottom

    for text in texts:
        text.fbind("height", follow)
    follow()
