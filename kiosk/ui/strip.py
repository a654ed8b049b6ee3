"""Rows of chips: switches and languages.

Where there is no room for all of them, one chip opens a sheet that has them in large; nothing is
ever squeezed below its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.lang import Languages
from kiosk.signals import Kind
from kiosk.ui import fonts, switches
from kiosk.ui.scene import Scene, column, middle, space
from kiosk.ui.theme import Rgba, Theme
from kiosk.ui.widgets import Icon, Panel, Text, Touch

LANGUAGES: Final = "languages"
COMFORT: Final = "comfort"
SHEETS: Final = (LANGUAGES, COMFORT)
"""What can lie over a page; the values of the chips that open one."""


@dataclass(frozen=True, slots=True)
class Chip:
    """What a chip says and does.

    Attributes:
        kind: Of its tap.
        value: Of its tap.
        label: What stands on it, translated.
        icon: Its sign; may be empty.
        on: It is the one that holds.
        opens: The sheet that it opens instead of posting a tap of its own.
        sign_only: There is no room for its label, only for its sign; it is spoken all the same.
    """

    kind: Kind
    value: str
    label: str
    icon: str = ""
    on: bool = False
    opens: str = ""
    sign_only: bool = False


def switch_chips(scene: Scene) -> tuple[Chip, ...]:
    """One a switch."""
    return tuple(
        Chip(each.kind, each.value, scene._(each.label), each.icon, each.on(scene))
        for each in switches.offered(scene)
    )


def language_chips(scene: Scene, languages: Languages) -> tuple[Chip, ...]:
    """One a language, each called as it calls itself."""
    return tuple(
        Chip(
            Kind.LANGUAGE,
            code,
            languages.speech(code).own_name,
            on=code == scene.session.language,
        )
        for code in languages.codes
    )


def gathered_switches(scene: Scene) -> tuple[Chip, ...]:
    """All switches behind one chip."""
    label = scene._("Accessibility")
    any_on = any(chip.on for chip in switch_chips(scene))
    return (Chip(Kind.STAY, COMFORT, label, "disability", any_on, opens=COMFORT),)


def gathered_languages(scene: Scene, languages: Languages) -> tuple[Chip, ...]:
    """The language in use, and one chip behind which all are."""
    name = languages.speech(scene.session.language).own_name
    return (Chip(Kind.STAY, LANGUAGES, name, "language", opens=LANGUAGES),)


# --- how much room chips need -------------------------------------------------------------------


def label_px(label: str, size_px: int, lines: int) -> float:
    """Width of a label on so many lines, one or two, broken at its most even space."""
    whole = fonts.width(label, size_px, bold=True)
    spaces = [at for at, char in enumerate(label) if char == " "] if lines > 1 else []
    halves = [
        max(
            fonts.width(label[:at], size_px, bold=True),
            fonts.width(label[at + 1 :], size_px, bold=True),
        )
        for at in spaces
    ]
    return min([whole, *halves]) + 4


def lines_in(height_px: float, size_px: int) -> int:
    """How many lines of a label a chip of that height takes: one or two."""
    return 2 if 2 * fonts.line_height(size_px, bold=True) <= height_px else 1


def chip_px(theme: Theme, chip: Chip, inner_px: float) -> int:
    """The least width of a chip, where `inner_px` is the height it has for its label."""
    if chip.sign_only:
        return theme.touch_px
    icon_px = theme.px(44) + theme.px(8) if chip.icon else 0
    text_px = label_px(chip.label, theme.caption_px, lines_in(inner_px, theme.caption_px))
    return max(theme.touch_px, round(2 * theme.px(14) + icon_px + text_px))


def needed_px(theme: Theme, chips: Sequence[Chip], height_px: float) -> int:
    """The least width of a row of chips."""
    inner_px = height_px - 2 * theme.px(4)
    gaps_px = theme.tight_px * max(0, len(chips) - 1)
    return sum(chip_px(theme, chip, inner_px) for chip in chips) + gaps_px


# --- how they look ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dress:
    """Colours of chips: off, under a finger, on."""

    ground: Rgba
    ink: Rgba
    down: Rgba
    ground_on: Rgba
    ink_on: Rgba
    edge: Rgba


def on_card(scene: Scene) -> Dress:
    """On the card of the footer."""
    colours = scene.colours
    return Dress(
        colours.paper,
        colours.ink,
        colours.accent_pale,
        colours.accent,
        colours.on_accent,
        colours.accent,
    )


def on_accent(scene: Scene) -> Dress:
    """On the accent of the header."""
    colours = scene.colours
    return Dress(
        colours.accent,
        colours.on_accent,
        colours.accent_down,
        colours.on_accent,
        colours.accent,
        colours.on_accent,
    )


def button(scene: Scene, chip: Chip, dress: Dress) -> Touch:
    """A chip. One that holds is filled, and bears a tick: colour alone says nothing."""
    theme = scene.theme

    def press(kind: Kind, value: str) -> None:
        if chip.opens:
            scene.open_sheet(chip.opens)
        scene.press(kind, "" if chip.opens else value)

    made = Touch(
        chip.kind,
        press,
        value=chip.value,
        padding=(theme.px(14), theme.px(4)),
        spacing=theme.px(8),
        radius_px=theme.radius_small_px,
        ground=dress.ground_on if chip.on else dress.ground,
        ground_down=dress.ground_on if chip.on else dress.down,
        edge=dress.edge,
        edge_px=theme.hairline_px,
    )
    made.chosen = chip.on
    ink = dress.ink_on if chip.on else dress.ink
    if chip.sign_only:
        made.spoken = chip.label
        made.add_widget(space())
        made.add_widget(middle(Icon(name=chip.icon, edge_px=theme.px(64), tint=ink)))
        made.add_widget(space())
        return made
    if chip.icon:
        icon = "check" if chip.on and not chip.opens else chip.icon
        made.add_widget(middle(Icon(name=icon, edge_px=theme.px(44), tint=ink)))
    made.add_widget(
        Text(
            words=chip.label,
            size_px=theme.caption_px,
            floor_px=theme.sp(1),
            bold_face=True,
            grow=False,
            even=True,
            halign="left" if chip.icon else "center",
            ink=ink,
        )
    )
    return made


def row_of(scene: Scene, chips: Sequence[Chip], dress: Dress, height_px: int) -> BoxLayout:
    """Chips beside each other, each as wide as it needs to be."""
    theme = scene.theme
    made = BoxLayout(spacing=theme.tight_px, size_hint=(None, None), pos_hint={"center_y": 0.5})
    made.height = height_px
    made.width = needed_px(theme, chips, height_px)
    inner_px = height_px - 2 * theme.px(4)
    for chip in chips:
        one = button(scene, chip, dress)
        one.size_hint_x, one.width = None, chip_px(theme, chip, inner_px)
        made.add_widget(one)
    return made


class Sheet(FloatLayout):  # type: ignore[misc] # Kivy has no types
    """All switches, or all languages, in large; lies over the page and takes every finger."""

    def __init__(self, scene: Scene, name: str, languages: Languages) -> None:
        super().__init__()
        theme, colours = scene.theme, scene.colours
        self.add_widget(Panel(ground=colours.veil, edge=colours.clear, radius_px=0))
        if name == LANGUAGES:
            title, chips = scene._("Language"), language_chips(scene, languages)
        else:
            title, chips = scene._("Accessibility"), switch_chips(scene)
        width_px = theme.width_px - 2 * theme.margin_px - 2 * theme.pad_px
        columns = _columns(theme, chips, width_px)
        grid = GridLayout(
            cols=columns,
            spacing=theme.tight_px,
            size_hint_y=None,
            row_default_height=theme.touch_px,
            row_force_default=True,
        )
        grid.height = theme.touch_px * -(-len(chips) // columns)
        grid.height += theme.tight_px * (-(-len(chips) // columns) - 1)
        for chip in chips:
            one = button(scene, chip, on_card(scene))
            one.bind(on_release=lambda _touch: scene.open_sheet(""))
            grid.add_widget(one)
        close = scene.main_button(Kind.STAY, scene._("Close"), "close")
        close.bind(on_release=lambda _touch: scene.open_sheet(""))
        panel = scene.panel(
            spacing=theme.gap_px,
            size_hint=(None, None),
            width=theme.width_px - 2 * theme.margin_px,
            pos=(theme.margin_px, theme.margin_px),
        )
        panel.bind(minimum_height=panel.setter("height"))
        panel.add_widget(column(scene.heading(title), grid, spacing=theme.tight_px))
        panel.add_widget(close)
        self.add_widget(panel)

    def on_touch_down(self, touch: object) -> bool:
        """Nothing below can be reached."""
        super().on_touch_down(touch)
        return True


def _columns(theme: Theme, chips: Sequence[Chip], width_px: int) -> int:
    inner_px = theme.touch_px - 2 * theme.px(4)
    widest_px = max((chip_px(theme, chip, inner_px) for chip in chips), default=1)
    return max(1, min(4, len(chips), width_px // (widest_px + theme.tight_px)))
