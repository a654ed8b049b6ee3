"""The keyboard on the screen: letters and digits, as large as a finger.

Nobody can type Chinese characters on it; pinyin needs no space, English does. Portrait panels have
the digits in a row above, landscape ones beside the letters, where there is more width than height.
"""

from collections.abc import Sequence
from typing import Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.look_up_state import CLEAR, DELETE, SPACE
from kiosk.signals import Kind
from kiosk.ui import fonts
from kiosk.ui.needs import Need
from kiosk.ui.scene import IconLabel, Scene
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import Text, Touch

GAP_PX: Final = 9
LETTERS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS: Final = "1234567890"
PAD: Final = ("789", "456", "0123")
"""The digits beside the letters; the 0 fills what the last row of letters leaves."""
COLUMNS: Final = 10
PAD_COLUMNS: Final = 3


class Keyboard(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """All rows; as high as they need to be, never less."""

    def __init__(self, scene: Scene) -> None:
        theme = scene.theme
        gap_px = theme.px(GAP_PX)
        super().__init__(orientation="vertical", spacing=gap_px, size_hint_y=None)
        rows = _portrait(scene) if theme.portrait else _landscape(scene)
        row_px = max(theme.touch_px, _two_lines_px(scene)) if _breaks(rows) else theme.touch_px
        self.height = len(rows) * row_px + gap_px * (len(rows) - 1)
        for one in rows:
            self.add_widget(one)

    def need(self, _width: float) -> Need:
        """Its own height: keys are laid out in pixels and never go below each other."""
        return Need(self.height)


def _breaks(rows: Sequence[Widget]) -> bool:
    """A word on a key needs a second line."""
    texts = [(key, part) for one in rows for key in one.children for part in key.children]
    return any(
        isinstance(part, Text) and part.widest_piece() > key.width - sum(key.padding[::2])
        for key, part in texts
    )


def _two_lines_px(scene: Scene) -> int:
    theme = scene.theme
    return 2 * fonts.line_height(theme.sp(1), bold=True) + 2 * theme.px(4) + 2


def needed_px(theme: Theme, label: str) -> int:
    """Width of a key with a sign and this label on one line."""
    text_px = fonts.width(label, theme.caption_px, bold=True)
    return round(text_px + theme.px(52) + 6 * theme.tight_px)


class _Drawer:
    """The keyboard of the screen that is shown: every key draws the page anew, but not the keys.

    It knows nothing of what was typed, so it is the same for as long as its screen is.
    """

    def __init__(self) -> None:
        self._made: tuple[object, Keyboard] | None = None

    def take(self, scene: Scene) -> Keyboard:
        key = (scene.session.serial, scene.speech.code, scene.theme)
        if self._made is None or self._made[0] != key:
            self._made = (key, Keyboard(scene))
        board = self._made[1]
        if board.parent is not None:
            board.parent.remove_widget(board)
        return board


_drawer = _Drawer()


def keyboard(scene: Scene) -> Keyboard:
    """The keyboard, ready to be put on a page."""
    return _drawer.take(scene)


def types_spaces(scene: Scene) -> bool:
    """Words are told apart by spaces in this language."""
    return not scene.speech.code.startswith("zh")


def delete_key(scene: Scene) -> Touch:
    """Takes the last character away."""
    return _worded(scene, DELETE, "backspace", scene._("Delete"))


def clear_key(scene: Scene) -> Touch:
    """Takes all of it away."""
    return _worded(scene, CLEAR, "close", scene._("Clear"))


def _worded(scene: Scene, value: str, icon: str, label: str) -> Touch:
    made = _touch(scene, value)
    theme = scene.theme
    made.add_widget(IconLabel(theme, icon, label, scene.colours.ink, theme.caption_px))
    return made


def _portrait(scene: Scene) -> list[Widget]:
    first, second, third = LETTERS
    beside = (COLUMNS - len(third)) / 2
    last = [(Widget(), beside), *_keys(scene, third), (Widget(), beside)]
    if types_spaces(scene):
        last = [*_keys(scene, third), (_space_key(scene), 2 * beside)]
    return [
        _row(scene, _keys(scene, DIGITS)),
        _row(scene, _keys(scene, first)),
        _row(scene, [(Widget(), 0.5), *_keys(scene, second), (Widget(), 0.5)]),
        _row(scene, last),
    ]


def _landscape(scene: Scene) -> list[Widget]:
    rows = []
    for letters, digits in zip(LETTERS, PAD, strict=True):
        free = float(COLUMNS + PAD_COLUMNS - len(letters) - len(digits))
        between: Widget = Widget()
        if len(digits) > PAD_COLUMNS and types_spaces(scene):
            between = _space_key(scene)
        filled = [(between, free)] if free else []
        rows.append(_row(scene, [*_keys(scene, letters), *filled, *_keys(scene, digits)]))
    return rows


def _row(scene: Scene, parts: Sequence[tuple[Widget, float]]) -> BoxLayout:
    """Keys beside each other; each is so many columns wide, the gaps within it included."""
    theme = scene.theme
    gap_px = theme.px(GAP_PX)
    width_px = theme.width_px - 2 * theme.margin_px
    columns = COLUMNS if theme.portrait else COLUMNS + PAD_COLUMNS
    one_px = (width_px + gap_px) / columns
    line = BoxLayout(spacing=gap_px)
    for part, share in parts:
        part.size_hint_x, part.width = None, one_px * share - gap_px
        line.add_widget(part)
    return line


def _keys(scene: Scene, characters: str) -> list[tuple[Widget, float]]:
    return [(_key(scene, character), 1.0) for character in characters]


def _key(scene: Scene, character: str) -> Touch:
    theme, colours = scene.theme, scene.colours
    made = _touch(scene, character, digit=character.isdigit())
    made.add_widget(
        Text(
            words=character,
            size_px=theme.heading_px,
            floor_px=theme.sp(24),
            bold_face=True,
            grow=False,
            halign="center",
            ink=colours.accent if character.isdigit() else colours.ink,
        )
    )
    return made


def _space_key(scene: Scene) -> Touch:
    made = _touch(scene, SPACE)
    made.add_widget(
        Text(
            words=scene._("Space"),
            size_px=scene.theme.caption_px,
            floor_px=scene.theme.sp(1),
            bold_face=True,
            grow=False,
            halign="center",
        )
    )
    return made


def _touch(scene: Scene, value: str, *, digit: bool = False) -> Touch:
    theme, colours = scene.theme, scene.colours
    return Touch(
        Kind.TYPE,
        scene.press,
        value=value,
        radius_px=theme.radius_small_px,
        edge_px=theme.hairline_px,
        padding=(theme.px(4), theme.px(4)),
        ground=colours.accent_pale if digit else colours.card,
    )
