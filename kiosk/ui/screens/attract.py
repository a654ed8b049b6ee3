"""The resting screen: who waits for what, the hour, when the hall is open; a touch leads on.

It stands for hours, so nothing on it stays at one place: the whole page drifts by some pixels a
minute and its two halves change places every ten minutes. Outside the hall's hours it goes dark.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.care_state import Night
from kiosk.signals import Kind
from kiosk.ui import needs, notices, sayings
from kiosk.ui.scene import Scene, column, follow_height, middle, row, space
from kiosk.ui.screens.home import privacy
from kiosk.ui.theme import Rgba, rgba
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import ServerHealth
from queue_server.contract.messages import WaitingRow

DRIFT_PX: Final = 20
"""To each side, at the reference: wider than the strokes of letters and the edges of panels."""
SWAP_MIN: Final = 10
FACTORS: Final = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
NIGHT_GROUND: Final[Rgba] = rgba("#000000")
NIGHT_INK: Final[Rgba] = rgba("#8C887F")
"""5.9:1 on black: readable, and a tenth of the light of paper."""


class Everywhere(Touch):
    """A touch anywhere on the screen is a touch on it."""

    def collide_point(self, x: float, y: float) -> bool:
        """Wherever the finger came down."""
        del x, y
        return True


def drift(minute: int, reach_px: int) -> tuple[int, int]:
    """Where the page stands in a minute of the day, as an offset in pixels.

    The two sides go up and down in steps of a fifth of the reach and at different speeds, so that
    in the course of hours every offset within the reach is taken.
    """
    across = _there_and_back(minute, 10)
    along = _there_and_back(minute // 3, 10)
    return round(across * reach_px), round(along * reach_px)


def _there_and_back(step: int, half: int) -> float:
    """From -1 to 1 in `half` steps, and back in as many."""
    at = step % (2 * half)
    return (at if at <= half else 2 * half - at) / half * 2 - 1


def _minute(scene: Scene) -> int:
    local = scene.world.care.local
    return local.hour * 60 + local.minute if local else 0


def afloat(scene: Scene, page: Widget, ground: Rgba) -> Widget:
    """The whole window in one colour, with a page that drifts on it."""
    theme = scene.theme
    reach_px = theme.px(DRIFT_PX)
    across_px, along_px = drift(_minute(scene), reach_px)
    margin_px = theme.margin_px + reach_px
    frame = Panel(ground=ground, edge=ground, radius_px=0)
    frame.padding = (
        margin_px + across_px,
        margin_px + along_px,
        margin_px - across_px,
        margin_px - along_px,
    )
    frame.add_widget(page)
    return frame


def build(scene: Scene) -> Widget:
    """By day or by night."""
    night = scene.world.care.night
    if night is not Night.OFF:
        return _night(scene, black=night is Night.BLACK)
    return afloat(scene, _fitting(scene, _day), scene.colours.paper)


def _fitting(scene: Scene, page: Callable[[Scene], Widget]) -> Widget:
    """A resting page has no leaves to turn: where words are long, its letters are smaller."""
    theme = scene.theme
    edge_px = 2 * (theme.margin_px + theme.px(DRIFT_PX))
    for factor in FACTORS:
        smaller = replace(scene, theme=replace(theme, text_factor=theme.text_factor * factor))
        made = page(smaller)
        need = needs.measure(made, theme.width_px - edge_px)  # and gives each part its own
        if need.px <= theme.height_px - edge_px and not need.torn:
            break
    return made


def _day(scene: Scene) -> Widget:
    theme = scene.theme
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    about, waiting = _about(scene), _waiting(scene)
    swapped = _minute(scene) // SWAP_MIN % 2 == 1
    if theme.portrait:
        for part in (waiting, about) if swapped else (about, waiting):
            page.add_widget(part)
    else:
        halves = row(spacing=2 * theme.gap_px)
        for part in (waiting, about) if swapped else (about, waiting):
            halves.add_widget(part)
        page.add_widget(halves)
    page.add_widget(_call(scene))
    if scene.world.reader.ready or scene.world.reads_codes:
        page.add_widget(scene.caption(privacy(scene)))
    return page


def _about(scene: Scene) -> Widget:
    """The hall, the hour, when it is open, what it has to say."""
    theme, colours, world = scene.theme, scene.colours, scene.world
    local, catalogue = world.care.local, world.catalogue
    made: list[Widget] = []
    if catalogue is not None:
        name = scene.speech.pick(catalogue.hall_name)
        made.append(scene.title(name, ink=colours.accent))
    if local is not None:
        made.append(_big(scene, notices.clock(local), theme.number_px if theme.portrait else 0))
        made.append(scene.heading(sayings.day(local, scene.speech)))
    hours = notices.open_today(world.care.outlook, scene.speech)
    if hours:
        made.append(_line(scene, "clock", hours))
    if notices.closed_now(world) and world.care.outlook.today:
        made.append(_line(scene, "info", notices.closed(world.care.outlook, scene.speech)))
    elif until := notices.until(world.care.outlook, scene.speech):
        made.append(_line(scene, "ticket", until))
    notice = scene.speech.pick(world.board.notice) if world.board else ""
    if notice:
        made.append(_line(scene, "bell", notice))
    if not theme.portrait:
        made = [*_not_live(scene), *made]
    about = column(*made, spacing=theme.tight_px)
    if theme.portrait:
        return about
    holder = BoxLayout(orientation="vertical")
    for part in (space(), about, space()):
        holder.add_widget(part)
    return holder


def _big(scene: Scene, words: str, size_px: int) -> Text:
    size = size_px or scene.theme.sp(120)
    return Text(words=words, size_px=size, bold_face=True, ink=scene.colours.ink)


def _line(scene: Scene, icon: str, words: str) -> BoxLayout:
    theme = scene.theme
    text = scene.body(words)
    line = row(spacing=theme.gap_px, size_hint_y=None)
    line.add_widget(middle(Icon(name=icon, edge_px=theme.px(48), tint=scene.colours.accent)))
    line.add_widget(text)
    follow_height(line, [text], at_least_px=theme.px(48))
    return line


def _not_live(scene: Scene) -> list[Widget]:
    """Figures that nobody keeps up to date."""
    if scene.world.server is ServerHealth.OK or scene.world.board is None:
        return []
    return [scene.note("network-off", scene._("Cut off: these figures are not live."))]


def _waiting(scene: Scene) -> Widget:
    """Who waits for what, large; and whether that is live."""
    theme, world = scene.theme, scene.world
    tall = theme.portrait
    panel = scene.panel(padding=theme.pad_px if tall else theme.gap_px)
    panel.spacing = theme.tight_px if tall else 0
    heading = scene.heading if tall else scene.caption
    panel.add_widget(heading(scene._("Waiting now")))
    if tall:
        for note in _not_live(scene):
            panel.add_widget(note)
    catalogue, board = world.catalogue, world.board
    if catalogue is None or board is None:
        panel.add_widget(space())
        words = scene._("Nothing is known about the queues yet.")
        panel.add_widget(scene.body(words, halign="center"))
        panel.add_widget(space())
        return panel
    for group in catalogue.groups:
        name = scene.speech.pick(group.name)
        panel.add_widget(_queue(scene, name, group.icon, board.waiting.get(group.group_id)))
    return panel


def _queue(scene: Scene, name: str, icon: str, waiting: WaitingRow | None) -> BoxLayout:
    """Portrait: name, people and likely wait in one line. Landscape: in two."""
    theme, colours = scene.theme, scene.colours
    busy = waiting is not None and waiting.count > 0
    queue = sayings.waiting(waiting, scene.speech) if waiting else ""
    likely = sayings.short_wait(waiting.wait, scene.speech) if waiting and busy else ""
    align = "right" if theme.portrait else "left"
    ink = colours.accent if busy else colours.ink_soft
    figures = [
        _fitted(scene, queue, theme.caption_px, bold_face=busy, ink=ink, halign=align),
        _fitted(scene, likely, theme.caption_px, ink=colours.ink_soft, halign=align),
    ]
    line = row(spacing=theme.gap_px)
    line.add_widget(middle(Icon(name=icon, edge_px=theme.px(60))))
    title = _fitted(scene, name, theme.caption_px, bold_face=not theme.portrait)
    if not theme.portrait:
        words = BoxLayout(orientation="vertical")
        words.add_widget(title)
        words.add_widget(row(*figures, spacing=theme.gap_px))
        line.add_widget(words)
        return line
    line.add_widget(title)
    for figure in figures:
        figure.size_hint_x, figure.width = None, theme.px(196)
        line.add_widget(figure)
    return line


def _fitted(scene: Scene, words: str, size_px: int, **kwargs: Any) -> Text:  # noqa: ANN401
    return Text(words=words, size_px=size_px, floor_px=scene.theme.sp(22), grow=False, **kwargs)


def _call(scene: Scene) -> Touch:
    """What to do; a touch anywhere does it."""
    theme, colours = scene.theme, scene.colours
    made = Everywhere(
        Kind.WAKE,
        scene.press,
        orientation="horizontal",
        padding=(theme.gap_px, theme.tight_px),
        size_hint_y=None,
        height=theme.button_px if theme.portrait else theme.touch_px,
        radius_px=theme.radius_px,
        ground=colours.accent,
        ground_down=colours.accent_down,
        edge=colours.accent,
    )
    made.add_widget(
        Text(
            words=scene._("Touch the screen to begin"),
            size_px=theme.heading_px,
            floor_px=theme.sp(24),
            bold_face=True,
            grow=False,
            halign="center",
            ink=colours.on_accent,
        )
    )
    return made


def _night(scene: Scene, *, black: bool) -> Widget:
    """Nearly no light; where it is black, none at all until somebody touches it."""
    theme = scene.theme
    page = Everywhere(
        Kind.WAKE,
        scene.press,
        orientation="vertical",
        ground=NIGHT_GROUND,
        ground_down=NIGHT_GROUND,
        edge=NIGHT_GROUND,
        radius_px=0,
    )
    if black:
        return afloat(scene, page, NIGHT_GROUND)
    local, minute = scene.world.care.local, _minute(scene)
    said = [notices.clock(local)] if local else []
    said += [notices.closed(scene.world.care.outlook, scene.speech)]
    said += [scene._("Touch the screen to begin")]
    sizes = (theme.display_px, theme.body_px, theme.body_px)[-len(said) :]
    texts = [
        Text(words=words, size_px=size_px, ink=NIGHT_INK, halign="center", even=True)
        for words, size_px in zip(said, sizes, strict=True)
    ]
    # It wanders from the top to the bottom and back in half an hour.
    above = (_there_and_back(minute, 15) + 1) / 2
    page.add_widget(space(size_hint_y=0.1 + above))
    page.add_widget(column(*texts, spacing=theme.gap_px))
    page.add_widget(space(size_hint_y=1.1 - above))
    return afloat(scene, page, NIGHT_GROUND)


def out_of_service(scene: Scene) -> Widget:
    """Staff have taken this kiosk out of service."""
    return afloat(scene, _fitting(scene, _stopped), scene.colours.paper)


def _stopped(scene: Scene) -> Widget:
    theme, colours = scene.theme, scene.colours
    words = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    words.add_widget(space())
    icon = Icon(name="pause", edge_px=theme.px(140), pos_hint={"center_x": 0.5})
    icon.color = colours.ink_soft
    words.add_widget(icon)
    words.add_widget(scene.title(scene._("This machine is out of service"), halign="center"))
    said = scene._("Please ask at the desk, or use another machine. Numbers already given count.")
    words.add_widget(scene.body(said, halign="center", even=True))
    words.add_widget(space())
    return words
