"""Search: what was typed, what it finds, and the keyboard."""

from collections.abc import Iterator, Sequence

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import search
from kiosk.look_up_state import CLEAR
from kiosk.signals import Kind
from kiosk.ui.keyboard import delete_key, keyboard
from kiosk.ui.leaflet import Leaflet
from kiosk.ui.scene import IconLabel, Scene, middle, row, space
from kiosk.ui.screens.choose import item_row
from kiosk.ui.widgets import Icon, Panel, Text, Touch
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
    line = row(field, spacing=theme.tight_px, size_hint_y=None, height=theme.touch_px)
    if not typed:
        return line
    if not theme.portrait:
        delete = delete_key(scene)
        delete.size_hint_x, delete.width = None, theme.px(250)
        line.add_widget(delete)
    clear = Touch(
        Kind.TYPE,
        scene.press,
        value=CLEAR,
        size_hint_x=None,
        width=theme.px(230 if theme.portrait else 250),
        radius_px=theme.radius_small_px,
        edge_px=theme.hairline_px,
        padding=(theme.px(4), theme.px(4)),
    )
    clear.add_widget(IconLabel(theme, "close", scene._("Clear"), colours.ink, theme.caption_px))
    line.add_widget(clear)
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
        for item in found[at : at + columns]:
            line.add_widget(item_row(scene, item))
        for _ in range(at + columns - max(len(found), at + 1) if at + columns > len(found) else 0):
            line.add_widget(space())
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
