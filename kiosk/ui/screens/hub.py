"""The big things of the first screen: take a number, look something up, see where one stands."""

from kivy.uix.boxlayout import BoxLayout

from kiosk.signals import Kind
from kiosk.ui.scene import Scene, column, middle, row, space
from kiosk.ui.widgets import Icon, Text, Touch

SECOND_PX = 196
SECOND_LANDSCAPE_PX = 124
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
    height_px = max(theme.touch_px, theme.px(second_px))
    made.add_widget(row(*others, spacing=theme.gap_px, size_hint_y=None, height=height_px))
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
    if notes < SILENT:
        edge_px = theme.px(132 if theme.portrait and not notes else 100)
        tint = colours.on_accent
        tile.add_widget(Icon(name="ticket", edge_px=edge_px, tint=tint, pos_hint={"center_x": 0.5}))
    tile.add_widget(
        Text(
            words=scene._("Take a number"),
            size_px=theme.display_px,
            bold_face=True,
            ink=colours.on_accent,
            halign="center",
        )
    )
    if theme.portrait and notes < SILENT:
        words = scene._("See what to bring, then take your place in the queue")
        ink = colours.on_accent
        tile.add_widget(
            Text(words=words, size_px=theme.body_px, ink=ink, halign="center", even=True)
        )
    tile.add_widget(space())
    return tile


def _look_up(scene: Scene) -> Touch:
    words = scene._("What to bring, how long it takes, what it costs")
    return _tile(scene, Kind.LOOK_UP, "search", scene._("Look it up"), words)


def _progress(scene: Scene) -> Touch:
    words = scene._("With your ticket or your ID card")
    return _tile(scene, Kind.PROGRESS, "progress", scene._("My progress"), words)


def _tile(scene: Scene, kind: Kind, icon: str, title: str, words: str) -> Touch:
    """Icon at the left; its name, in portrait over a sentence of what it is for."""
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
    tile.add_widget(middle(Icon(name=icon, edge_px=theme.px(92 if theme.portrait else 68))))
    name = Text(
        words=title,
        size_px=theme.sp(44 if theme.portrait else 36),
        bold_face=True,
        ink=colours.accent,
    )
    told = column(name, pos_hint={"center_y": 0.5})
    if theme.portrait:
        told.add_widget(scene.caption(words))
    tile.add_widget(told)
    return tile
