"""Choosing: a section of the catalogue, an item in it, a priority class."""

import math
from collections.abc import Sequence

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk import matters, shelf
from kiosk.signals import Kind
from kiosk.ui import fonts, notices, sayings
from kiosk.ui.scene import Scene, column, middle, space
from kiosk.ui.widgets import Icon, Text, Touch
from queue_server.contract.messages import CatalogueItem

LOW_PANEL_PX = 900
WIDE, NARROW = 5, 7
"""Columns of tiles on a lying panel."""
NARROW_PAD = 4


def sections(scene: Scene) -> Widget:
    """Life events, each with an icon."""
    catalogue = scene.world.catalogue
    shown = shelf.sections(catalogue) if catalogue else ()
    looking = scene.visit.inquiry.looking
    columns = _columns(scene, [_section_name(scene, section) for section in shown])
    tiles = [
        _tile(
            scene,
            Kind.PICK_SECTION,
            section.section_id,
            _section_name(scene, section),
            section.icon,
            "" if looking else notices.section_mark(scene.world, section, scene.speech),
            narrow=columns == NARROW,
        )
        for section in shown
    ]
    title = scene._("What is it about?")
    lead = _greeting(scene) if looking else notices.lead(scene, _greeting(scene))
    page = _page(scene, title, lead, _grid(scene, tiles, columns))
    page.add_widget(_search(scene))
    return page


def _search(scene: Scene) -> Touch:
    """For those who would rather type than look through the subjects."""
    return scene.button(Kind.SEARCH, scene._("Search by name"), "search")


def items(scene: Scene) -> Widget:
    """The items of a section."""
    section = shelf.section(scene.world.catalogue, scene.visit.section_id)
    shown = section.items if section else ()
    rows = [item_row(scene, item) for item in shown]
    title = _section_name(scene, section) if section else ""
    return _page(scene, title, scene._("Choose what you came for"), _list(scene, rows))


def priority(scene: Scene) -> Widget:
    """Asked with dignity: what applies, never why."""
    catalogue = scene.world.catalogue
    tiles = [
        _class_row(scene, "", scene._("The normal queue"), "people"),
        *(
            _class_row(scene, known.class_id, scene.speech.pick(known.name), "star")
            for known in (catalogue.priority_classes if catalogue else ())
        ),
    ]
    lead = scene._("Choose what applies to you. Nobody asks for reasons.")
    return _page(scene, scene._("Would you like to go first?"), lead, _list(scene, tiles))


def _section_name(scene: Scene, section: shelf.Section) -> str:
    return scene.speech.pick(section.name) or scene._("Other matters")


def _greeting(scene: Scene) -> str:
    """Who laid a card down is greeted by the hidden form of their name."""
    document = scene.visit.document
    so_far = matters.numbers(scene.visit)
    if so_far:
        numbers = scene._(", ").join(so_far)
        return scene._("One more matter. So far in this visit: {numbers}").format(numbers=numbers)
    if document is None:
        return scene._("Choose a subject; the next page shows what belongs to it")
    if not document.masked_name:
        return scene._("Your code was read. Choose a subject")
    return scene._("Good day, {name}. Choose a subject").format(name=document.masked_name)


def _page(scene: Scene, title: str, lead: str, body: Widget) -> Widget:
    theme = scene.theme
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    head = column(
        scene.title(title),
        Text(words=lead, size_px=theme.body_px, ink=scene.colours.ink_soft),
        spacing=theme.px(4),
    )
    page.add_widget(head)
    page.add_widget(body)
    return page


def _grid(scene: Scene, tiles: Sequence[Widget], columns: int) -> GridLayout:
    """Rows of equal tiles that share the room; the last row may be short."""
    theme = scene.theme
    spacing = theme.tight_px if columns == NARROW else theme.gap_px
    columns = min(columns, max(2, len(tiles)))
    grid = GridLayout(cols=columns, spacing=spacing)
    for tile in tiles:
        grid.add_widget(tile)
    for _ in range(-len(tiles) % columns):
        grid.add_widget(space())
    return grid


def _columns(scene: Scene, names: Sequence[str]) -> int:
    """On a low panel names of two lines leave room for two rows only: then in narrower tiles."""
    theme = scene.theme
    if theme.portrait:
        return 3
    if theme.height_px >= LOW_PANEL_PX or theme.text_factor > 1:
        return WIDE
    tile_px = (theme.width_px - 2 * theme.margin_px) / NARROW - theme.tight_px
    room_px = tile_px - 2 * theme.px(NARROW_PAD)
    words = (word for name in names for word in name.split())
    fits = all(fonts.width(word, theme.sp(32), bold=True) <= room_px for word in words)
    return NARROW if fits else WIDE


def _tile(
    scene: Scene,
    kind: Kind,
    value: str,
    name: str,
    icon: str,
    aside: str = "",
    *,
    narrow: bool = False,
) -> Touch:
    theme = scene.theme
    tile = Touch(
        kind,
        scene.press,
        value=value,
        orientation="vertical",
        padding=(
            theme.px(NARROW_PAD) if narrow else theme.tight_px,
            theme.px(22 if theme.portrait else 16),
            theme.px(NARROW_PAD) if narrow else theme.tight_px,
            theme.px(8),
        ),
        spacing=theme.px(6),
        radius_px=theme.radius_px,
        edge_px=theme.hairline_px,
    )
    edge_px = theme.px(104 if theme.portrait else 84)
    tile.add_widget(Icon(name=icon, edge_px=edge_px, pos_hint={"center_x": 0.5}))
    tile.add_widget(
        Text(
            words=name,
            size_px=theme.heading_px if theme.portrait else theme.sp(32),
            floor_px=theme.sp(24),
            bold_face=True,
            even=True,
            grow=False,
            halign="center",
        )
    )
    if aside:
        tile.add_widget(scene.caption(aside, halign="center"))
    return tile


def _list(scene: Scene, rows: Sequence[Widget]) -> Widget:
    """Rows of a height that suits a finger, in two columns where there is width for them."""
    theme = scene.theme
    columns = 1 if theme.portrait and len(rows) <= 9 else 2  # noqa: PLR2004 - what fits one column
    grid = GridLayout(cols=columns, spacing=theme.px(20), size_hint_y=None)
    wanted = theme.px(164)

    def fit(holder: Widget, height: float) -> None:
        lines = max(1, math.ceil(len(rows) / grid.cols))
        room = (height - theme.px(20) * (lines - 1)) / lines
        least = getattr(grid, "least_row_px", 0)  # since `kiosk.ui.needs` measured it
        grid.row_default_height = max(least, min(wanted, room))
        grid.row_force_default = True
        grid.height = grid.row_default_height * lines + theme.px(20) * (lines - 1)
        del holder

    for one in rows:
        grid.add_widget(one)
    holder = BoxLayout(orientation="vertical")
    holder.add_widget(grid)
    holder.add_widget(space())
    holder.bind(height=fit)
    return holder


def item_row(scene: Scene, item: CatalogueItem, *, short: bool = False) -> Touch:
    """An item: what people call it, what the office calls it, and who waits for it.

    `short` leaves the official name out. Who only looks something up is not told of queues.
    """
    looking = scene.visit.inquiry.looking
    plain, official = scene.speech.pick(item.plain_name), scene.speech.pick(item.name)
    board = scene.world.board
    queue = shelf.waiting_row(board.waiting if board else None, item.group_id)
    waits = sayings.waiting(queue, scene.speech) if queue and scene.theme.portrait else ""
    aside = notices.mark(scene.world, item, scene.speech) or waits
    return _row(
        scene,
        Kind.PICK_ITEM,
        item.service_id,
        item.icon,
        plain or official,
        official if plain and official != plain and not short else "",
        "" if looking else aside,
        faded=not looking and bool(notices.obstacle(scene.world, item, scene.speech)),
    )


def _class_row(scene: Scene, class_id: str, name: str, icon: str) -> Touch:
    chosen = (scene.visit.priority or "") == class_id
    aside = scene._("chosen") if chosen else ""
    return _row(scene, Kind.PICK_PRIORITY, class_id, icon, name, aside=aside, chosen=chosen)


def _row(
    scene: Scene,
    kind: Kind,
    value: str,
    icon: str,
    name: str,
    under: str = "",
    aside: str = "",
    *,
    chosen: bool = False,
    faded: bool = False,
) -> Touch:
    theme, colours = scene.theme, scene.colours
    quiet = colours.paper if faded else colours.card
    made = Touch(
        kind,
        scene.press,
        value=value,
        orientation="horizontal",
        padding=(theme.gap_px, theme.px(10)),
        spacing=theme.gap_px,
        radius_px=theme.radius_px,
        edge_px=theme.hairline_px,
        ground=colours.accent_pale if chosen else quiet,
        edge=colours.accent if chosen else colours.line,
    )
    made.add_widget(middle(Icon(name=icon, edge_px=theme.px(76))))
    words = BoxLayout(orientation="vertical")
    words.add_widget(
        Text(
            words=name,
            size_px=theme.heading_px,
            floor_px=theme.sp(24),
            bold_face=True,
            grow=False,
            valign="bottom" if under else "middle",
        )
    )
    if under:
        words.add_widget(
            Text(
                words=under,
                size_px=theme.caption_px,
                floor_px=theme.sp(19),
                grow=False,
                ink=colours.ink_soft,
                valign="top",
            )
        )
    made.add_widget(words)
    if aside:
        made.add_widget(
            Text(
                words=aside,
                size_px=theme.caption_px,
                floor_px=theme.sp(20),
                grow=False,
                halign="right",
                size_hint_x=None,
                width=theme.px(210 if theme.portrait else 160),
                ink=colours.ink_soft if faded else colours.accent,
            )
        )
    made.add_widget(middle(Icon(name="forward", edge_px=theme.px(40), tint=colours.ink_soft)))
    return made
