"""The few parts every screen is made of: text that is never cut, icons, panels, things to touch."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from kivy.clock import Clock
from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.image import Image
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui import bidi, fonts, manner, typeset
from kiosk.ui.theme import Rgba

ICON_SIZES_PX: Final = (96, 192)
SHRINK_STEP: Final = 0.92
"""Each try of a text that has to fit a fixed box is smaller by this factor."""
SLACK_PX: Final = 1


_POINTS: Final = {"back": "forward", "forward": "back"}
"""Signs that point the way people read."""


@cache
def icon_file(name: str, size_px: float) -> str:
    """The white picture of an icon that is at least as large as it is drawn, else the largest.

    An unknown name gives the ticket, so that a pack's mistake never shows a hole.
    """
    chosen = next((edge for edge in ICON_SIZES_PX if edge >= size_px), ICON_SIZES_PX[-1])
    folder = Path(str(files("assets") / "images" / "icons" / "png" / f"white-{chosen}"))
    wanted = folder / f"{name}.png"
    return str(wanted if wanted.is_file() else folder / "ticket.png")


class Setting(NamedTuple):
    """How a text was set: font size in pixels, and its lines."""

    size_px: int
    lines: tuple[str, ...]


@lru_cache(maxsize=4096)
def set_text(
    words: str, room: tuple[int, int], sizes: tuple[int, int], *, bold: bool, even: bool
) -> Setting:
    """Break a text into lines at the largest size that fits.

    Args:
        words: The text.
        room: Width and height in pixels; no height limit where the height is 0.
        sizes: Largest and smallest font size in pixels.
        bold: Which face.
        even: Lines of about the same length.
    """
    width_px, height_px = room
    size_px, floor_px = sizes
    setter = typeset.balanced if even else typeset.wrap
    while True:
        lines = setter(words, width_px, partial(fonts.width, size_px=size_px, bold=bold))
        tall_px = fonts.line_height(size_px, bold=bold) * len(lines)
        fits = not height_px or (tall_px <= height_px and not _torn(words, lines))
        if fits or size_px <= floor_px:
            return Setting(size_px, tuple(lines))
        size_px = max(floor_px, int(size_px * SHRINK_STEP))


@lru_cache(maxsize=4096)
def _widest_piece(words: str, size_px: int, *, bold: bool) -> float:
    return max(
        (
            fonts.width(piece.rstrip(), size_px, bold=bold)
            for line in words.split("\n")
            for piece in typeset.pieces(line)
        ),
        default=0.0,
    )


def _torn(words: str, lines: list[str]) -> bool:
    """A Latin word had to be cut between its letters."""
    whole = set(words.replace("-", "- ").split())
    return any(
        word.isascii() and word not in whole
        for line in lines
        for word in line.replace("-", "- ").split()
    )


class Text(Label):  # type: ignore[misc] # Kivy has no types
    """A text that breaks properly and is never cut.

    With `grow` its height follows the text; without, the text is made smaller until it fits the
    box it was given, down to `floor_px`. It is set once a frame, when its box has settled.
    """

    words = StringProperty("")
    height: float
    """Kivy's own; said here because mypy sees nothing of it."""

    def __init__(
        self,
        words: str = "",
        *,
        size_px: int,
        floor_px: int = 0,
        grow: bool = True,
        even: bool = False,
        bold_face: bool = False,
        ink: Rgba | None = None,
        **kwargs: Any,  # noqa: ANN401 - Kivy's properties
    ) -> None:
        given: dict[str, Any] = {
            "halign": "left",
            "valign": "middle",
            "color": ink or manner.palette().ink,
        }
        if grow:
            given |= {"size_hint_y": None, "height": fonts.line_height(size_px, bold=bold_face)}
        given |= kwargs
        given["halign"] = manner.side(given["halign"])
        super().__init__(**given)
        self.size_px = size_px
        self._rtl = manner.rtl()
        self._sizes = (size_px, floor_px or size_px)
        self._grow = grow
        self._even = even
        self._bold = bold_face
        self._soon = Clock.create_trigger(self._set, -1)
        self.words = words
        self.fbind("words", self._soon)
        self.fbind("width" if grow else "size", self._soon)
        self._soon()

    def widest_piece(self) -> float:
        """Width of the widest word at the smallest size, in pixels."""
        return _widest_piece(self.words, self._sizes[1], bold=self._bold) + SLACK_PX

    def least_height(self, width: float) -> float:
        """Height at that width: as it grows, or at the smallest size it may shrink to."""
        size_px = self._sizes[0] if self._grow else self._sizes[1]
        room = (max(2, int(width) - SLACK_PX), 0)
        done = set_text(self.words, room, (size_px, size_px), bold=self._bold, even=self._even)
        return fonts.line_height(size_px, bold=self._bold) * len(done.lines) + SLACK_PX

    def set_now(self) -> None:
        """Set the text without waiting for the next frame."""
        self._set()

    def _set(self, *_args: object) -> None:
        room = (int(self.width) - SLACK_PX, 0 if self._grow else max(1, int(self.height)))
        if room[0] <= 1:
            return
        done = set_text(self.words, room, self._sizes, bold=self._bold, even=self._even)
        drawn = "\n".join(bidi.in_sight(line, rtl=self._rtl) for line in done.lines)
        markup = fonts.marked(drawn, bold=self._bold)
        self.font_size = done.size_px
        self.markup = markup is not None
        self.bold = self._bold and markup is None
        self.text = drawn if markup is None else markup
        # Broken already: the room is only there for the alignment of lines.
        self.text_size = (self.width, None)
        if self._grow:
            line_px = fonts.line_height(done.size_px, bold=self._bold)
            self.height = float(line_px * len(done.lines) + SLACK_PX)


class Icon(Image):  # type: ignore[misc] # Kivy has no types
    """One of assets/images/icons, tinted."""

    def __init__(
        self,
        name: str,
        edge_px: float,
        tint: Rgba | None = None,
        **kwargs: Any,  # noqa: ANN401 - Kivy's properties
    ) -> None:
        super().__init__(
            source=icon_file(_POINTS.get(name, name) if manner.rtl() else name, edge_px),
            mipmap=True,
            fit_mode="contain",
            color=tint or manner.palette().accent,
            size_hint=(None, None),
            size=(edge_px, edge_px),
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and corners of a panel or of something to touch."""

    ground: Rgba = field(default_factory=lambda: manner.palette().card)
    ground_down: Rgba = field(default_factory=lambda: manner.palette().accent_pale)
    edge: Rgba = field(default_factory=lambda: manner.palette().line)
    edge_px: int = 1
    radius_px: int = 16

    @classmethod
    def taken_from(cls, kwargs: dict[str, Any]) -> tuple["Look", dict[str, Any]]:
        """Splits keyword arguments into a look and what is left for Kivy."""
        names = {each.name for each in fields(cls)}
        mine = {name: value for name, value in kwargs.items() if name in names}
        rest = {name: value for name, value in kwargs.items() if name not in names}
        return cls(**mine), rest


class Ground:
    """A shape with round corners behind a widget, with a hairline around it.

    The hairline is the outer shape showing around the inner one; both have smooth edges of their
    own, since the window has no multisampling.
    """

    def __init__(self, widget: Widget, look: Look) -> None:
        self._widget = widget
        self._edge_px = look.edge_px
        with widget.canvas.before:
            Color(*look.edge)
            self._outer = SmoothRoundedRectangle(radius=[look.radius_px])
            self._colour = Color(*look.ground)
            self._inner = SmoothRoundedRectangle(radius=[max(0, look.radius_px - look.edge_px)])
        self._soon = Clock.create_trigger(self._lay, -1)
        widget.fbind("pos", self._soon)
        widget.fbind("size", self._soon)
        self._soon()

    def fill(self, colour: Rgba) -> None:
        """Another colour inside."""
        self._colour.rgba = colour

    def _lay(self, *_args: object) -> None:
        widget, edge_px = self._widget, self._edge_px
        self._outer.pos, self._outer.size = widget.pos, widget.size
        self._inner.pos = (widget.x + edge_px, widget.y + edge_px)
        self._inner.size = (widget.width - 2 * edge_px, widget.height - 2 * edge_px)


class Panel(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A card: a ground with round corners and a hairline."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Kivy's properties and Look's
        look, given = Look.taken_from(kwargs)
        super().__init__(**given)
        self._ground = Ground(self, look)


class Touch(ButtonBehavior, BoxLayout):  # type: ignore[misc] # Kivy has no types
    """Anything to touch. It posts its `kind` and `value` once, when the finger is lifted on it.

    Attributes:
        first: Asked whether a finger counts; None: it does.
        spoken: What it is called where only a sign stands on it.
        chosen: It is the one that holds now; said where colour cannot be seen.
    """

    def __init__(
        self,
        kind: Kind,
        press: Callable[[Kind, str], None],
        value: str = "",
        **kwargs: Any,  # noqa: ANN401 - Kivy's properties and Look's
    ) -> None:
        look, given = Look.taken_from(kwargs)
        super().__init__(**given)
        self.kind = kind
        self.value = value
        self.first: Callable[[Touch], bool] | None = None
        self.chosen = False
        self.spoken = ""
        self._press = press
        self._look = look
        self._ground = Ground(self, look)

    def on_state(self, _widget: Widget, state: str) -> None:
        """Shows the finger at once."""
        self._ground.fill(self._look.ground_down if state == "down" else self._look.ground)

    def on_release(self) -> None:
        """The finger was lifted on it."""
        if self.first is None or self.first(self):
            self.act()

    def act(self) -> None:
        """Do what it is for."""
        self._press(self.kind, self.value)

    def named(self) -> str:
        """What stands on it, for the control channel; else what its sign means."""
        said = (part.words for part in self.walk(restrict=True) if isinstance(part, Text))
        return self.spoken or " ".join(said)
