"""The big things of the first screen: take a number, look something up, see where one stands."""

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui.scene import Scene, column, middle, space
from kiosk.ui.theme import Rgba
from kiosk.ui.widgets import Icon, Text, Touch

SECOND_PX = 196
SECOND_LANDSCAPE_PX = 166


SILENT = 2
"""With so many notes above, the first thing says its name only."""


def hub(scene: Scene, notes: int) -> BoxLayout:
    """The first thing over the two others.

    Args:
        scene: The page's.
        notes: So many sentences stand above: the more, the simpler.
    """
    theme = scene.theme
    made = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    made.add_widget(_take(scene, notes))
    others = [_look_up(scene)]
    if asks_standing(scene):
        others.append(_progress(scene))
    second_px = SECOND_PX if theme.portrait else SECOND_LANDSCAPE_PX
    below = BoxLayout(spacing=theme.gap_px, size_hint_y=None, height=theme.px(second_px))
    for tile in others:
        below.add_widget(tile)
    made.add_widget(below)
    return made


def asks_standing(scene: Scene) -> bool:
    """A card or a paper could be read here, so a number can be found again."""
    world = scene.world
    return world.reader.fitted or world.scanner.fitted or world.camera.fitted


def _take(scene: Scene, notes: int) -> Touch:
    """Filled with the accent: what most people came for."""
    theme, colours = scene.theme, scene.colours
    tile = Touch(
        Kind.START,
        scene.press,
        orientation="vertical",
        padding=(theme.pad_px, theme.tight_px),
        spacing=theme.tight_px,
        radius_px=theme.radius_px,
        ground=colours.accent,
        ground_down=colours.accent_down,
        edge=colours.accent,
    )
    tile.add_widget(space())
    if notes < (SILENT if theme.portrait else 1):
        edge_px = theme.px(100 if notes or not theme.portrait else 132)
        tile.add_widget(
            Icon(
                name="ticket",
                edge_px=edge_px,
                tint=colours.on_accent,
                pos_hint={"center_x": 0.5},
            )
        )
    words = scene._("See what to bring, then take your place in the queue")
    tile.add_widget(_centred(scene._("Take a number"), theme.display_px, colours.on_accent))
    tile.add_widget(
        Text(words=words, size_px=theme.body_px, ink=colours.on_accent, halign="center", even=True)
    )
    tile.add_widget(space())
    return tile


def _look_up(scene: Scene) -> Touch:
    title, words = scene._("Look it up"), scene._("What to bring, how long it takes, what it costs")
    return _tile(scene, Kind.LOOK_UP, "search", title, words)


def _progress(scene: Scene) -> Touch:
    title, words = scene._("My progress"), scene._("With your ticket or your ID card")
    return _tile(scene, Kind.PROGRESS, "progress", title, words)


def _tile(scene: Scene, kind: Kind, icon: str, title: str, words: str) -> Touch:
    """Icon at the left; its name over a sentence of what it is for."""
    theme, colours = scene.theme, scene.colours
    tile = Touch(
        kind,
        scene.press,
        padding=(theme.gap_px, theme.tight_px),
        spacing=theme.gap_px,
        radius_px=theme.radius_px,
        edge=colours.accent,
        edge_px=theme.hairline_px,
    )
    tile.add_widget(middle(Icon(name=icon, edge_px=theme.px(92 if theme.portrait else 76))))
    told = column(
        Text(
            words=title,
            size_px=theme.sp(44 if theme.portrait else 36),
            bold_face=True,
            ink=colours.accent,
        ),
        scene.caption(words),
        pos_hint={"center_y": 0.5},
    )
    tile.add_widget(told)
    return tile


def _centred(words: str, size_px: int, ink: Rgba) -> Widget:
    return Text(words=words, size_px=size_px, bold_face=True, ink=ink, halign="center")
