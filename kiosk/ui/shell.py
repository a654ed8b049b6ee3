"""What surrounds every page: header with hall, languages and time; footer; the time-out sheet."""

from datetime import datetime

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk import session as flow
from kiosk.lang import Languages
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import IconLabel, Scene, middle, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Screen


def header_px(theme: Theme) -> int:
    """Height of the header; landscape panels have less to spare."""
    return theme.px(156 if theme.portrait else 128)


def footer_px(theme: Theme) -> int:
    """Height of the footer."""
    return theme.px(148 if theme.portrait else 128)


def header(scene: Scene, languages: Languages, now: datetime) -> Panel:
    """Hall name and date, the language strip, the time."""
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
    catalogue = scene.world.catalogue
    name = scene.speech.pick(catalogue.hall_name) if catalogue else ""
    names = BoxLayout(orientation="vertical")
    names.add_widget(
        Text(
            words=name or scene._("Service hall"),
            size_px=theme.heading_px,
            floor_px=theme.sp(24),
            bold_face=True,
            ink=colours.on_accent,
            grow=False,
            valign="bottom",
        )
    )
    names.add_widget(
        Text(
            words=sayings.day(now, scene.speech),
            size_px=theme.caption_px,
            floor_px=theme.sp(20),
            ink=colours.on_accent,
            grow=False,
            valign="top",
            size_hint_y=0.8,
        )
    )
    bar.add_widget(names)
    bar.add_widget(_languages(scene, languages))
    bar.add_widget(
        Text(
            words=f"{now:%H:%M}",
            size_px=theme.title_px,
            bold_face=True,
            ink=colours.on_accent,
            halign="right",
            grow=False,
            size_hint_x=None,
            width=theme.px(156),
        )
    )
    return bar


def _languages(scene: Scene, languages: Languages) -> BoxLayout:
    """One chip a language, named by itself; the one in use is filled."""
    theme, colours = scene.theme, scene.colours
    strip = BoxLayout(spacing=theme.tight_px, size_hint=(None, None), pos_hint={"center_y": 0.5})
    strip.height = theme.touch_px
    for code in languages.codes:
        speech = languages.speech(code)
        chosen = code == scene.session.language
        chip = Touch(
            Kind.LANGUAGE,
            scene.press,
            value=code,
            padding=(theme.px(10), theme.px(4)),
            radius_px=theme.radius_small_px,
            ground=colours.card if chosen else colours.accent,
            ground_down=colours.accent_down,
            edge=colours.card,
            edge_px=theme.hairline_px,
            size_hint=(None, None),
            size=(theme.px(136), theme.touch_px),
        )
        chip.add_widget(
            Text(
                words=speech.own_name,
                size_px=theme.body_px,
                floor_px=theme.sp(22),
                bold_face=True,
                grow=False,
                halign="center",
                ink=colours.accent if chosen else colours.on_accent,
            )
        )
        strip.add_widget(chip)
    count = len(languages.codes)
    strip.width = theme.px(136) * count + theme.tight_px * (count - 1)
    return strip


def footer(scene: Scene) -> Panel:
    """Back, home and help, always at the same places."""
    theme, colours = scene.theme, scene.colours
    bar = Panel(
        orientation="horizontal",
        ground=colours.card,
        edge=colours.line,
        edge_px=theme.hairline_px,
        radius_px=0,
        padding=(theme.margin_px, theme.px(12)),
        spacing=theme.gap_px,
        size_hint_y=None,
        height=footer_px(theme),
    )
    places = (
        (Kind.BACK, "back", scene._("Back")),
        (Kind.HOME, "home", scene._("Start page")),
        (Kind.HELP, "help-person", scene._("Help")),
    )
    for kind, icon, label in places:
        if flow.offers(scene.session, kind):
            bar.add_widget(_foot_button(scene, kind, icon, label))
        else:
            bar.add_widget(Widget())
    return bar


def _foot_button(scene: Scene, kind: Kind, icon: str, label: str) -> Touch:
    theme, colours = scene.theme, scene.colours
    made = Touch(
        kind,
        scene.press,
        padding=(theme.gap_px, theme.px(6)),
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
        if scene.session.screen not in {Screen.TICKET, Screen.FOUND}:
            # The number and its code stay visible: somebody may be taking a photograph.
            veil = Panel(
                ground=colours.veil,
                edge=colours.clear,
                radius_px=0,
                size_hint_y=None,
                height=theme.height_px - footer_px(theme),
                y=footer_px(theme),
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
            pos=(theme.margin_px, footer_px(theme) + theme.gap_px),
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
        top_px = footer_px(self._scene.theme)
        return veiled and bool(touch.y > top_px)  # type: ignore[attr-defined] # Kivy has no types
