"""What surrounds every page: header with hall, languages and time; footer; the time-out sheet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk import session as flow
from kiosk.lang import Languages
from kiosk.signals import Kind
from kiosk.ui import fonts, needs, sayings, strip
from kiosk.ui.scene import ROUNDING_PX, IconLabel, Scene, column, middle, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Screen

LANGUAGE_SHARE: Final = 0.36
LANGUAGE_SHARE_LOW: Final = 0.66
"""Parts of the window's width that the languages may take; the hall's name needs the rest."""


def header_px(theme: Theme) -> int:
    """Height of the header; landscape panels have less to spare."""
    return max(theme.px(156 if theme.portrait else 128), theme.touch_px + 2 * theme.tight_px)


def footer_px(theme: Theme) -> int:
    """Height of the footer: a finger's, and that of labels on two lines."""
    least_px = max(theme.touch_px, _two_lines_px(theme)) + 2 * theme.px(12)
    return max(theme.px(148 if theme.portrait else 128), least_px)


def _two_lines_px(theme: Theme) -> int:
    return 2 * fonts.line_height(theme.sp(1), bold=True) + 2 * theme.px(4) + 2


def switches_px(theme: Theme) -> int:
    """Height of the row of switches; landscape panels have them in the footer."""
    if not theme.portrait:
        return 0
    return max(theme.touch_px, _two_lines_px(theme)) + 2 * theme.tight_px


def header(scene: Scene, languages: Languages, now: datetime) -> Panel:
    """Hall name and date, the languages, the time."""
    theme, colours = scene.theme, scene.colours
    bar = Panel(
        orientation="horizontal",
        ground=colours.accent,
        edge=colours.accent,
        radius_px=0,
        padding=(theme.margin_px, theme.px(12)),
        spacing=theme.gap_px,
        size_hint_y=None,
        height=header_px(theme),
    )
    strip_of, clock = _languages(scene, languages), _clock(scene, now)
    if theme.low:
        bar.add_widget(Widget())
    else:
        names = _names(scene, now)
        room_px = theme.width_px - 2 * (theme.margin_px + theme.gap_px) - strip_of.width
        need_px = needs.measure(names, room_px - clock.width).px
        bar.height = max(bar.height, need_px + 2 * theme.px(12))
        bar.add_widget(names)
    bar.add_widget(strip_of)
    bar.add_widget(clock)
    return bar


def above(scene: Scene, now: datetime) -> Panel:
    """What stands out of reach: it tells things, and nothing on it can be touched."""
    theme, colours = scene.theme, scene.colours
    bar = Panel(
        ground=colours.accent,
        edge=colours.accent,
        radius_px=0,
        padding=(theme.margin_px, theme.margin_px),
        spacing=theme.gap_px,
    )
    catalogue = scene.world.catalogue
    name = scene.speech.pick(catalogue.hall_name) if catalogue else ""
    bar.add_widget(
        column(
            scene.title(name or scene._("Service hall"), ink=colours.on_accent),
            scene.body(sayings.day(now, scene.speech), ink=colours.on_accent),
            spacing=theme.tight_px,
            pos_hint={"top": 1},
        )
    )
    return bar


def _names(scene: Scene, now: datetime) -> BoxLayout:
    theme, colours = scene.theme, scene.colours
    catalogue = scene.world.catalogue
    name = scene.speech.pick(catalogue.hall_name) if catalogue else ""
    names = BoxLayout(orientation="vertical")
    for words, size_px, bold, share in (
        (name or scene._("Service hall"), theme.heading_px, True, 1.0),
        (sayings.day(now, scene.speech), theme.caption_px, False, 0.8),
    ):
        names.add_widget(
            Text(
                words=words,
                size_px=size_px,
                floor_px=theme.sp(20),
                bold_face=bold,
                ink=colours.on_accent,
                grow=False,
                valign="bottom" if bold else "top",
                size_hint_y=share,
            )
        )
    return names


def _clock(scene: Scene, now: datetime) -> Text:
    theme = scene.theme
    words = f"{now:%H:%M}"
    return Text(
        words=words,
        size_px=theme.title_px,
        bold_face=True,
        ink=scene.colours.on_accent,
        halign="right",
        grow=False,
        size_hint_x=None,
        width=round(fonts.width(words, theme.title_px, bold=True)) + theme.px(8),
    )


def _languages(scene: Scene, languages: Languages) -> BoxLayout:
    """One chip a language, or one for all of them where they are many."""
    theme = scene.theme
    chips = strip.language_chips(scene, languages)
    room_px = theme.width_px * (LANGUAGE_SHARE_LOW if theme.low else LANGUAGE_SHARE)
    if strip.needed_px(theme, chips, theme.touch_px) > room_px:
        chips = strip.gathered_languages(scene, languages)
    return strip.row_of(scene, chips, strip.on_accent(scene), theme.touch_px)


def switch_row(scene: Scene) -> Panel:
    """The switches, in a row of their own: for portrait."""
    theme, colours = scene.theme, scene.colours
    room_px = theme.width_px - 2 * theme.margin_px
    chips = strip.switch_chips(scene)
    if strip.needed_px(theme, chips, switches_px(theme) - 2 * theme.tight_px) > room_px:
        chips = strip.gathered_switches(scene)
    bar = Panel(
        ground=colours.card,
        edge=colours.line,
        edge_px=theme.hairline_px,
        radius_px=0,
        padding=(theme.margin_px, theme.tight_px),
        spacing=theme.tight_px,
        size_hint_y=None,
        height=switches_px(theme),
    )
    inner_px = switches_px(theme) - 2 * theme.tight_px - 2 * theme.px(4)
    for chip in chips:
        one = strip.button(scene, chip, strip.on_card(scene))
        one.size_hint_x = strip.chip_px(theme, chip, inner_px)
        bar.add_widget(one)
    return bar


def footer(scene: Scene) -> Panel:
    """Back, home and help, always at the same places; in landscape the switches too."""
    theme, colours = scene.theme, scene.colours
    bar = Panel(
        orientation="horizontal",
        ground=colours.card,
        edge=colours.line,
        edge_px=theme.hairline_px,
        radius_px=0,
        padding=(theme.margin_px, theme.px(12)),
        spacing=theme.gap_px if theme.portrait else theme.tight_px,
        size_hint_y=None,
        height=footer_px(theme),
    )
    places = (
        (Kind.BACK, "back", scene._("Back")),
        (Kind.HOME, "home", scene._("Start page")),
        (Kind.HELP, "help-person", scene._("Help")),
    )
    third_px = (theme.width_px - 2 * theme.margin_px - 2 * theme.gap_px) / 3
    widest_px = max(foot_px(theme, label) for _kind, _icon, label in places)
    even = theme.portrait and widest_px <= third_px
    for kind, icon, label in places:
        offered = flow.offers(scene.session, kind)
        one = _foot_button(scene, kind, icon, label) if offered else Widget()
        one.size_hint_x = 1.0 if even else foot_px(theme, label)
        bar.add_widget(one)
    if not theme.portrait:
        for chip in _foot_chips(scene, [label for _kind, _icon, label in places]):
            one = strip.button(scene, chip, strip.on_card(scene))
            one.size_hint_x = strip.chip_px(theme, chip, _foot_inner_px(theme))
            bar.add_widget(one)
    return bar


def _foot_inner_px(theme: Theme) -> int:
    return footer_px(theme) - 2 * theme.px(12) - 2 * theme.px(4)


def _foot_chips(scene: Scene, labels: Sequence[str]) -> Sequence[strip.Chip]:
    """The switches beside the buttons, or one for all of them."""
    theme = scene.theme
    chips = strip.switch_chips(scene)
    buttons_px = sum(foot_px(theme, label) + theme.tight_px for label in labels)
    room_px = theme.width_px - 2 * theme.margin_px - buttons_px
    if strip.needed_px(theme, chips, _foot_inner_px(theme)) > room_px:
        chips = strip.gathered_switches(scene)
    if strip.needed_px(theme, chips, _foot_inner_px(theme)) > room_px:
        chips = tuple(replace(chip, sign_only=True) for chip in chips)
    return chips


def foot_px(theme: Theme, label: str) -> int:
    """The least width of a button of the footer."""
    lines = strip.lines_in(_foot_inner_px(theme), theme.body_px)
    text_px = strip.label_px(label, theme.body_px, lines)
    return round(text_px + theme.px(52) + 3 * theme.tight_px + 2 * theme.px(14) + ROUNDING_PX)


def _foot_button(scene: Scene, kind: Kind, icon: str, label: str) -> Touch:
    theme, colours = scene.theme, scene.colours
    made = Touch(
        kind,
        scene.press,
        padding=(theme.px(14), theme.px(4)),
        spacing=theme.tight_px,
        radius_px=theme.radius_px,
        ground=colours.paper,
        edge=colours.line,
        edge_px=theme.hairline_px,
    )
    made.add_widget(IconLabel(theme, icon, label, colours.ink, theme.body_px))
    return made


class TimeoutSheet(FloatLayout):  # type: ignore[misc] # Kivy has no types
    """Says that the page is about to close, and lets people stay. Lies over the page."""

    def __init__(self, scene: Scene, left_s: int) -> None:
        super().__init__()
        theme, colours = scene.theme, scene.colours
        self._scene = scene
        below_px = footer_px(theme) + switches_px(theme)
        if scene.session.screen not in {Screen.TICKET, Screen.FOUND}:
            # The number and its code stay visible: somebody may be taking a photograph.
            veil = Panel(
                ground=colours.veil,
                edge=colours.clear,
                radius_px=0,
                size_hint_y=None,
                height=theme.height_px - below_px,
                y=below_px,
            )
            self.add_widget(veil)
        height_px = theme.button_px + 2 * theme.pad_px
        sheet = Panel(
            orientation="horizontal",
            ground=colours.warning_pale,
            edge=colours.warning,
            edge_px=theme.hairline_px,
            radius_px=theme.radius_px,
            padding=theme.pad_px,
            spacing=theme.gap_px,
            size_hint=(None, None),
            size=(theme.width_px - 2 * theme.margin_px, height_px),
            pos=(theme.margin_px, below_px + theme.gap_px),
        )
        sheet.add_widget(middle(Icon(name="clock", edge_px=theme.px(64), tint=colours.warning)))
        self._words = Text(
            words="",
            size_px=theme.body_px,
            floor_px=theme.sp(22),
            grow=False,
            bold_face=True,
            ink=colours.warning,
        )
        sheet.add_widget(self._words)
        stay = scene.main_button(Kind.STAY, scene._("I am still here"))
        sheet.add_widget(row(stay, size_hint_x=0.8))
        self.add_widget(sheet)
        self.count_down(left_s)
        sheet.height = max(height_px, needs.measure(sheet, sheet.width).px)

    def count_down(self, left_s: int) -> None:
        """Show the seconds left."""
        words = self._scene.speech.ngettext(
            "This page closes in {n} second.", "This page closes in {n} seconds.", left_s
        )
        self._words.words = words

    def on_touch_down(self, touch: object) -> bool:
        """The page below is out of reach while its veil is there, footer and sheet are not."""
        if super().on_touch_down(touch):
            return True
        veiled = self._scene.session.screen not in {Screen.TICKET, Screen.FOUND}
        theme = self._scene.theme
        top_px = footer_px(theme) + switches_px(theme)
        return veiled and bool(touch.y > top_px)  # type: ignore[attr-defined] # Kivy has no types
