"""Search: what was typed, what it finds, and the keyboard."""

from collections.abc import Iterator, Sequence

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import search
from kiosk.signals import Kind
from kiosk.ui import fonts
from kiosk.ui.keyboard import clear_key, delete_key, keyboard, needed_px
from kiosk.ui.leaflet import Leaflet
from kiosk.ui.needs import Need
from kiosk.ui.scene import Scene, middle, row, space
from kiosk.ui.screens.choose import item_row
from kiosk.ui.widgets import Icon, Panel, Text
from queue_server.contract.messages import CatalogueItem

CARET = "|"
LANDSCAPE_COLUMNS = 2


def build(scene: Scene) -> Widget:
    """What was typed above, the keyboard below, what fits in between."""
    theme = scene.theme
    typed = scene.visit.inquiry.typed
    found = search.find(scene.world.catalogue, typed)
    page = BoxLayout(orientation="vertical", spacing=theme.tight_px)
    page.add_widget(_field(scene, typed))
    if not typed:
        page.add_widget(_how(scene))
    elif found:
        page.add_widget(_finds(scene, typed, found))
    else:
        page.add_widget(_nothing(scene))
    page.add_widget(keyboard(scene))
    return page


class _Line(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """One line, always: what was typed gets smaller, keys never go below it."""

    def need(self, _width: float) -> Need:
        """Its own height."""
        return Need(self.height)


def _field(scene: Scene, typed: str) -> BoxLayout:
    """What stands there so far, and the way to begin anew."""
    theme, colours = scene.theme, scene.colours
    field = scene.panel(
        orientation="horizontal",
        padding=(theme.gap_px, theme.px(8)),
        spacing=theme.gap_px,
        edge=colours.accent,
        radius_px=theme.radius_small_px,
    )
    field.add_widget(middle(Icon(name="search", edge_px=theme.px(52))))
    words = typed + CARET if typed else scene._("Type what it is about")
    field.add_widget(
        Text(
            words=words,
            size_px=theme.heading_px,
            floor_px=theme.sp(20),
            bold_face=bool(typed),
            grow=False,
            ink=colours.ink if typed else colours.ink_soft,
        )
    )
    two_px = 2 * fonts.line_height(theme.sp(20), bold=True) + 2 * theme.px(8) + theme.px(4)
    line = _Line(spacing=theme.tight_px, size_hint_y=None, height=max(theme.touch_px, two_px))
    line.add_widget(field)
    if not typed:
        return line
    for key in (delete_key(scene), clear_key(scene)):
        least_px = needed_px(theme, key.named())
        key.size_hint_x, key.width = None, max(theme.px(220 if theme.portrait else 250), least_px)
        line.add_widget(key)
    return line


def _how(scene: Scene) -> Panel:
    """What can be typed, with examples from this very catalogue."""
    theme = scene.theme
    panel = scene.panel(spacing=theme.gap_px)
    panel.add_widget(space())
    for words in _hints(scene):
        panel.add_widget(scene.body(words, halign="center", even=True))
    panel.add_widget(space())
    return panel


def _hints(scene: Scene) -> Iterator[str]:
    shown = search.examples(scene.world.catalogue, scene.speech.code)
    if not shown:
        yield scene._("Type one or two words, or only their first letters.")
        return
    yield scene._("Type it in pinyin, or only the first letter of each character.")
    for typed, name in shown:
        yield scene._("For example {typed} for {name}").format(typed=typed, name=name)


def _finds(scene: Scene, typed: str, found: Sequence[CatalogueItem]) -> Leaflet:
    """The likeliest first; the rest on further leaves."""
    theme = scene.theme
    columns = 1 if theme.portrait else LANDSCAPE_COLUMNS
    height_px = max(theme.touch_px, theme.px(128 if theme.portrait else 112))
    rows = []
    for at in range(0, len(found), columns):
        line = row(spacing=theme.px(14), size_hint_y=None, height=height_px)
        tiles = [item_row(scene, item, short=not theme.portrait) for item in found[at:][:columns]]
        for tile in [*tiles, *(space() for _ in range(columns - len(tiles)))]:
            line.add_widget(tile)
        rows.append(line)
    heading = scene.speech.ngettext("{n} found", "{n} found", len(found))
    # Another text, another list: it begins at its first leaf.
    return Leaflet(scene, f"found-{len(typed)}", heading, rows)


def _nothing(scene: Scene) -> Panel:
    """Kindly, with two ways on."""
    theme = scene.theme
    panel = scene.panel(spacing=theme.gap_px)
    panel.add_widget(space())
    panel.add_widget(scene.heading(scene._("Nothing is called like that"), halign="center"))
    panel.add_widget(
        scene.body(
            scene._("Try fewer letters, look through the subjects, or let somebody help you."),
            halign="center",
            even=True,
        )
    )
    panel.add_widget(
        row(
            scene.button(Kind.HELP, scene._("Let somebody help me"), "help-person"),
            scene.button(Kind.BACK, scene._("See all subjects"), "book"),
            spacing=theme.gap_px,
            size_hint_y=None,
            height=theme.button_px,
        )
    )
    panel.add_widget(space())
    return panel
