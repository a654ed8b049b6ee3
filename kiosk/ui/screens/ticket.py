"""The number itself: while it is printed, when it is there, and when somebody shows its code."""

from io import BytesIO

import segno
from kivy.core.image import Image as CoreImage
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.image import Image
from kivy.uix.widget import Widget

from kiosk import matters, shelf
from kiosk.moves_matters import OWED
from kiosk.paper_job import item_name, ticket_code, wait_of
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import Scene, column, row, space
from kiosk.ui.widgets import Panel, Text
from kiosk.visit import Paper, Screen
from queue_server.contract.messages import TicketAnswer, TicketState
from queue_server.paper.wording import (
    NoEstimate,
    ahead_sentence,
    appointment_sentence,
    wait_sentence,
    windows_sentence,
)

ON_PAPER = frozenset({TicketState.WAITING, TicketState.UNCONFIRMED, TicketState.HELD})
"""States in which a number is printed again."""
QR_QUIET_MODULES = 4
"""Quiet zone around a QR code (ISO/IEC 18004, section 5.3.8)."""


def build(scene: Scene) -> Widget:
    """PRINTING, TICKET and FOUND look alike, so nothing jumps when the paper is out."""
    ticket = scene.visit.ticket
    if ticket is None:  # the session shows these screens with a ticket only
        return Widget()
    theme = scene.theme
    page = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    page.add_widget(_status(scene, ticket))
    page.add_widget(_card(scene, ticket))
    buttons = _buttons(scene, ticket)
    if buttons is not None:
        page.add_widget(buttons)
    return page


def _status(scene: Scene, ticket: TicketAnswer) -> Widget:
    """One sentence: what about the paper, or where the ticket is."""
    visit = scene.visit
    if scene.session.screen is Screen.FOUND:
        said = sayings.ticket_state(ticket.state, ticket.window_id, scene.speech)
        return scene.note("info", said, "calm")
    if scene.session.screen is Screen.PRINTING:
        return scene.note("printer", scene._("Your ticket is being printed. Please wait…"), "calm")
    match visit.paper:
        case Paper.PRINTED | Paper.PERHAPS | Paper.NOT_YET:
            return scene.note("check-circle", scene._("Please take your ticket."), "calm")
        case Paper.NOT_WANTED:
            words = scene._("Your number counts. Please photograph it or write it down.")
            return scene.note("check-circle", words, "calm")
        case Paper.TORN:
            return scene.note("paper-out", sayings.torn(visit.fault, scene.speech))
        case Paper.FAILED:
            why = f"{sayings.fault(visit.fault, scene.speech)} " if visit.fault else ""
            words = scene._(
                "Your number counts, but it could not be printed. {why}Please photograph it or "
                "write it down."
            )
            return scene.note("paper-out", words.format(why=why))


def _card(scene: Scene, ticket: TicketAnswer) -> Panel:
    """Number, matter, people ahead, wait, windows, code."""
    theme = scene.theme
    stacked = _stacked(scene, ticket)
    panel = scene.panel(
        orientation="vertical" if stacked else "horizontal",
        spacing=theme.gap_px,
        padding=theme.px(32 if theme.portrait else 20),
    )
    halign = "center" if stacked else "left"
    words = column(*_words(scene, ticket, halign), spacing=theme.px(12 if theme.portrait else 4))
    code = _code(scene, ticket)
    if stacked:
        for part in (space(), words, space(size_hint_y=0.6), code, space()):
            panel.add_widget(part)
        return panel
    left = BoxLayout(orientation="vertical", size_hint_x=1.5)
    for part in (space(), words, space()):
        left.add_widget(part)
    panel.add_widget(left)
    right = BoxLayout(orientation="vertical")
    for part in (space(), code, space()):
        right.add_widget(part)
    panel.add_widget(right)
    return panel


def _stacked(scene: Scene, ticket: TicketAnswer) -> bool:
    """The code below the words, not beside them.

    Lying panels have it beside; but where large words do not fit one leaf, number and words come
    first, and a page cannot be cut through two columns.
    """
    theme = scene.theme
    crowded = bool(ticket.appointment_start) or scene.session.screen is Screen.FOUND
    return theme.portrait or (theme.text_factor > 1 and crowded)


def _words(scene: Scene, ticket: TicketAnswer, halign: str) -> list[Widget]:
    theme, colours, speech = scene.theme, scene.colours, scene.speech
    item = shelf.item(scene.world.catalogue, ticket.service_id)
    made: list[Widget] = []
    slot = (
        appointment_sentence(ticket.appointment_start, speech) if ticket.appointment_start else ""
    )
    said_slot = (
        [scene.body(slot, halign=halign, ink=colours.accent, bold_face=True)] if slot else []
    )
    if theme.portrait:  # in the place of "Your number": one more line leaves no room for the code
        made += said_slot
    if not slot and theme.portrait and scene.session.screen is not Screen.FOUND:
        made.append(scene.body(scene._("Your number"), halign=halign, ink=colours.ink_soft))
    made += [
        Text(
            words=ticket.number,
            size_px=theme.number_px,
            bold_face=True,
            ink=colours.accent,
            halign=halign,
        ),
        scene.heading(item_name(item, speech) or ticket.service_id, halign=halign),
    ]
    if not theme.portrait:
        made += said_slot
    if scene.visit.paper_code:
        made.append(scene.body(wait_sentence(NoEstimate.CUT_OFF, speech), halign=halign, even=True))
        words = scene._("Issued without the server. The number counts; the hall will confirm it.")
        if scene.visit.scanned is not None:
            words = scene._(
                "This is an ordinary number: please show your appointment at the window as well."
            )
        made.append(scene.body(words, halign=halign, even=True))
    elif ticket.state in {TicketState.WAITING, TicketState.UNCONFIRMED}:
        wait = wait_of(ticket.wait, ticket.windows, None)
        made.append(scene.heading(ahead_sentence(ticket.ahead, speech), halign=halign))
        made.append(scene.body(wait_sentence(wait, speech), halign=halign, even=True))
    if ticket.windows:
        made.append(scene.body(windows_sentence(ticket.windows, speech), halign=halign, even=True))
    numbers = matters.numbers(scene.visit)
    if len(numbers) > 1 and scene.session.screen is not Screen.FOUND:
        words = scene._("This visit: {numbers}").format(numbers=scene._(", ").join(numbers))
        made.append(scene.body(words, halign=halign, even=True, ink=colours.accent))
    if ticket.masked_name:
        made.append(scene.body(ticket.masked_name, halign=halign, ink=colours.ink_soft))
    return made


def _code(scene: Scene, ticket: TicketAnswer) -> Widget:
    """The same code as on the paper, for a phone's camera."""
    catalogue = scene.world.catalogue
    theme = scene.theme
    if catalogue is None:
        return space()
    own = scene.visit.paper_code
    text, is_link = (own, False) if own else ticket_code(catalogue, ticket)
    edge_px = theme.px(_code_edge(scene))
    picture = Image(
        texture=_qr(text), size_hint=(None, None), size=(edge_px, edge_px), fit_mode="contain"
    )
    holder = AnchorLayout(size_hint_y=None, height=edge_px)
    holder.add_widget(picture)
    said = (
        scene._("Scan to follow the queue on your phone")
        if is_link
        else scene._("Show this code at the kiosk or the window")
    )
    return column(holder, scene.caption(said, halign="center", even=True), spacing=theme.tight_px)


def _code_edge(scene: Scene) -> int:
    """Smaller where more stands on the page; a phone reads the smallest as well."""
    if scene.session.screen is Screen.FOUND:
        return 180
    return 300 if len(matters.numbers(scene.visit)) < 2 else 220  # noqa: PLR2004 - more than one


def _qr(text: str) -> object:
    """A QR code as a texture with whole modules; drawn larger without blurring."""
    buffer = BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="png", scale=1, border=QR_QUIET_MODULES
    )
    buffer.seek(0)
    texture = CoreImage(buffer, ext="png").texture
    texture.mag_filter = "nearest"
    texture.min_filter = "nearest"
    return texture


def _buttons(scene: Scene, ticket: TicketAnswer) -> Widget | None:
    """Beside each other; in portrait never more than two in a row."""
    if scene.session.screen is Screen.PRINTING:
        return None
    found = scene.session.screen is Screen.FOUND
    done = scene.main_button(Kind.DONE, scene._("Done"), "check")
    made: list[Widget] = []
    if found and ticket.state in ON_PAPER and scene.world.printer.ready:
        made.append(scene.button(Kind.PRINT_AGAIN, scene._("Print it again"), "printer"))
    if found and ticket.state in matters.RETURNABLE:
        made.append(scene.button(Kind.GIVE_BACK, scene._("Give it back"), "close"))
    if found or scene.visit.paper not in OWED:
        made.append(scene.button(Kind.ANOTHER, scene._("One more matter"), "ticket"))
    made.append(done)
    theme = scene.theme
    rows = [made[at : at + 2] for at in range(0, len(made), 2)] if theme.portrait else [made]
    lines = [
        row(*one, spacing=theme.gap_px, size_hint_y=None, height=theme.button_px) for one in rows
    ]
    return column(*lines, spacing=theme.tight_px)
