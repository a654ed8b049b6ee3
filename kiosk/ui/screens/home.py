"""The first screen: three big things; or lay down a card, or show a ticket's code."""

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui import notices, sayings
from kiosk.ui.scene import Scene, column, middle, row, space
from kiosk.ui.screens.hub import hub
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Interrupted, ServerHealth, TornTicket
from queue_server.contract.messages import WaitingRow

CROWDED = 1
"""With so many notes there is no room for hints; the notes matter more."""
ROW_PX = 50
HINT_PX = 124


def build(scene: Scene) -> Widget:
    """Portrait: one column. Landscape: what to do at the left, who waits at the right."""
    theme = scene.theme
    said = _notes(scene)
    notes = column(*said, spacing=theme.tight_px)
    hints = _hints(scene) if len(said) < CROWDED else column()
    if theme.portrait:
        page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
        for part in (notes, hub(scene, notes=len(said)), hints, _waiting(scene)):
            page.add_widget(part)
        page.add_widget(_privacy(scene))
        return page
    left = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    for part in (notes, hub(scene, notes=len(said)), hints, _privacy(scene)):
        left.add_widget(part)
    right = BoxLayout(orientation="vertical", size_hint_x=0.8)
    right.add_widget(_waiting(scene))
    return row(left, right, spacing=theme.gap_px)


def _hints(scene: Scene) -> BoxLayout:
    """What can be done without touching."""
    theme, world = scene.theme, scene.world
    hints = row(spacing=theme.gap_px, size_hint_y=None, height=0)
    if world.reader.ready:
        hints.add_widget(_hint(scene, "card-reader", scene._("Or lay your ID card on the reader")))
    if world.reads_codes:
        hints.add_widget(_hint(scene, "qr", scene._("Number or appointment? Show its code here")))
    if hints.children:
        hints.height = theme.px(HINT_PX)
    return hints


def _hint(scene: Scene, icon: str, words: str) -> Panel:
    theme, colours = scene.theme, scene.colours
    panel = scene.panel(
        orientation="horizontal",
        ground=colours.accent_pale,
        edge=colours.accent_pale,
        padding=(theme.gap_px, theme.tight_px),
        spacing=theme.gap_px,
    )
    panel.add_widget(middle(Icon(name=icon, edge_px=theme.px(64))))
    panel.add_widget(Text(words=words, size_px=theme.caption_px, floor_px=theme.sp(22), grow=False))
    return panel


def _waiting(scene: Scene) -> Panel:
    """Who waits for what, live."""
    theme = scene.theme
    pad_px = theme.px(20)
    spacing_px = theme.px(8 if theme.portrait else 4)
    panel = scene.panel(padding=(theme.pad_px, pad_px), spacing=spacing_px)
    panel.add_widget(scene.heading(scene._("Waiting now")))
    catalogue, board = scene.world.catalogue, scene.world.board
    if catalogue is None or board is None:
        panel.add_widget(space())
        panel.add_widget(
            scene.body(scene._("Nothing is known about the queues yet."), halign="center")
        )
        panel.add_widget(space())
        return panel
    if theme.portrait:
        rows_px = (theme.px(ROW_PX) + panel.spacing) * len(catalogue.groups)
        panel.size_hint_y = None
        panel.height = rows_px + theme.px(64) + 2 * pad_px
    for group in catalogue.groups:
        name = scene.speech.pick(group.name)
        panel.add_widget(_waiting_row(scene, name, group.icon, board.waiting.get(group.group_id)))
    return panel


def _waiting_row(scene: Scene, name: str, icon: str, waiting: WaitingRow | None) -> BoxLayout:
    """Portrait: name, likely wait and people in one line. Landscape: in two."""
    theme, colours = scene.theme, scene.colours
    line = row(spacing=theme.gap_px)
    line.add_widget(middle(Icon(name=icon, edge_px=theme.px(48))))
    title = Text(words=name, size_px=theme.caption_px, floor_px=theme.sp(22), grow=False)
    busy = waiting is not None and waiting.count > 0
    queue = sayings.waiting(waiting, scene.speech) if waiting else ""
    likely = sayings.short_wait(waiting.wait, scene.speech) if waiting and busy else ""
    figures = [
        Text(
            words=words,
            size_px=theme.caption_px,
            floor_px=theme.sp(22),
            bold_face=bold,
            grow=False,
            halign="right" if theme.portrait else "left",
            ink=colours.accent if bold else colours.ink_soft,
        )
        for words, bold in ((queue, busy), (likely, False))
    ]
    if theme.portrait:
        for figure in reversed(figures):
            figure.size_hint_x, figure.width = None, theme.px(180)
            line.add_widget(figure)
        line.add_widget(title, index=2)
        return line
    under = row(*figures, spacing=theme.gap_px)
    words = BoxLayout(orientation="vertical")
    words.add_widget(title)
    words.add_widget(under)
    line.add_widget(words)
    return line


def _privacy(scene: Scene) -> Widget:
    """Said before a card is read."""
    if not scene.world.reader.ready and not scene.world.reads_codes:
        return space(size_hint_y=None, height=0)
    return scene.caption(privacy(scene))


def privacy(scene: Scene) -> str:
    """The short notice."""
    return scene._(
        "A card or code is read only to find your number again today. "
        "This machine keeps nothing; the hall keeps your name in hidden form."
    )


def _notes(scene: Scene) -> list[Widget]:
    """What people must know before they begin; usually nothing."""
    world, made = scene.world, []
    unreachable = world.server is ServerHealth.UNREACHABLE
    if world.interrupted is not None:
        made.append(_resume(scene, world.interrupted))
    if world.torn is not None and world.printer.ready:
        made.append(_torn(scene, world.torn))
    if unreachable and world.gives_alone:
        words = scene._(
            "The number system is cut off. Numbers are given all the same and count; the waits "
            "shown here are not live."
        )
        made.append(scene.note("network-off", words))
    elif unreachable:
        words = scene._(
            "The number system cannot be reached just now. Please ask at the desk; you can still "
            "look up what to bring."
        )
        made.append(scene.note("network-off", words, "danger"))
    if world.server is ServerHealth.REFUSES_US:
        words = scene._("This machine is not signed in to the hall. Please ask at the desk.")
        made.append(scene.note("warning", words, "danger"))
    made += notices.home(scene)
    if world.printer.trouble and (world.gives_alone or not unreachable):
        why = sayings.fault(world.printer.trouble, scene.speech)
        words = scene._("The ticket printer cannot print. {why} Your number can be shown here.")
        made.append(scene.note("paper-out", words.format(why=why)))
    if scene.visit.fault:
        made.append(scene.note("card-reader", sayings.fault(scene.visit.fault, scene.speech)))
    return made


def _resume(scene: Scene, stopped: Interrupted) -> Panel:
    """After a crash: what became of the number that was being taken."""
    words = notices.fate(stopped, scene.speech)
    if stopped.request is None:
        return scene.note("repeat", words, "calm")
    return _offer(scene, words, scene.button(Kind.RESUME, scene._("Yes, go on")))


def _torn(scene: Scene, torn: TornTicket) -> Panel:
    words = scene._("The ticket of number {number} was not printed whole. Is it yours?")
    button = scene.button(Kind.PRINT_AGAIN, scene._("Print it again"))
    return _offer(scene, words.format(number=torn.ticket.number), button)


def _offer(scene: Scene, words: str, button: Touch) -> Panel:
    note = scene.note("repeat", words, "calm", at_least_px=button.height)
    button.size_hint_x = 0.45
    button.pos_hint = {"center_y": 0.5}
    note.add_widget(button)
    return note
