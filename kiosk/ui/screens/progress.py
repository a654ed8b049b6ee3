"""Where numbers stand: asking for a card or a paper, the list of them, and giving one back."""

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import shelf
from kiosk.paper_job import item_name, wait_of
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.leaflet import Leaflet
from kiosk.ui.scene import Scene, column, follow_height, middle, row
from kiosk.ui.screens.home import privacy
from kiosk.ui.screens.identify import device
from kiosk.ui.screens.message import Message, page
from kiosk.ui.widgets import Icon, Text, Touch
from queue_server.contract.messages import TicketAnswer, TicketState
from queue_server.paper.wording import ahead_sentence, wait_sentence, windows_sentence

QUEUED = frozenset({TicketState.WAITING, TicketState.UNCONFIRMED})


def ask(scene: Scene) -> Widget:
    """A card or the paper; never a typed number, because neighbours know each other's."""
    theme, world = scene.theme, scene.world
    made = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    head = column(
        scene.title(scene._("Where does your number stand?")),
        scene.body(
            scene._("Your card or the code on your paper shows it. Numbers are not typed in here."),
            ink=scene.colours.ink_soft,
        ),
        spacing=theme.tight_px,
    )
    made.add_widget(head)
    if scene.visit.fault:
        made.add_widget(scene.note("card-reader", sayings.fault(scene.visit.fault, scene.speech)))
    devices = BoxLayout(
        orientation="vertical" if theme.portrait else "horizontal", spacing=theme.gap_px
    )
    if world.reads_codes:
        words = scene._("Hold the code on your paper in front of the scanner")
        devices.add_widget(device(scene, "qr", words))
    if world.reader.ready:
        words = scene._("Or lay your ID card on the reader")
        devices.add_widget(device(scene, "card-reader", words))
    if not devices.children:
        words = scene._("This machine can read neither cards nor codes just now. Ask at the desk.")
        devices.add_widget(device(scene, "help-person", words))
    made.add_widget(devices)
    if world.reader.ready or world.reads_codes:
        made.add_widget(scene.caption(privacy(scene)))
    return made


def standing(scene: Scene) -> Widget:
    """Every number that was found, or the word that there is none."""
    found = scene.visit.standing
    if not found:
        return _none(scene)
    theme = scene.theme
    made = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    title = scene._("Your numbers today")
    made.add_widget(scene.title(title))
    hint = scene._("Touch a number for its paper, or to give it back")
    made.add_widget(Leaflet(scene, "standing", hint, [_ticket(scene, one) for one in found]))
    made.add_widget(
        _pair(
            scene,
            scene.button(Kind.ANOTHER, scene._("Take another number"), "ticket"),
            scene.main_button(Kind.DONE, scene._("Done"), "check"),
        )
    )
    return made


def _none(scene: Scene) -> Widget:
    return page(
        scene,
        Message(
            "ticket",
            scene._("No number of today was found"),
            (
                scene._(
                    "A number that was taken without a card is found by the code on its paper only."
                ),
            ),
            (scene.main_button(Kind.ANOTHER, scene._("Take a number"), "ticket"),),
        ),
    )


def _ticket(scene: Scene, ticket: TicketAnswer) -> Touch:
    """Its number, matter, and where it stands; touched for more."""
    theme, colours, speech = scene.theme, scene.colours, scene.speech
    made = Touch(
        Kind.PICK_TICKET,
        scene.press,
        value=ticket.ticket_id,
        orientation="horizontal",
        padding=(theme.gap_px, theme.px(14)),
        spacing=theme.gap_px,
        radius_px=theme.radius_px,
        edge_px=theme.hairline_px,
        size_hint_y=None,
    )
    number = Text(
        words=ticket.number,
        size_px=theme.sp(64),
        bold_face=True,
        ink=colours.accent,
        size_hint_x=None,
        width=theme.px(240),
        pos_hint={"center_y": 0.5},
    )
    item = shelf.item(scene.world.catalogue, ticket.service_id)
    words = column(
        scene.heading(item_name(item, speech) or ticket.service_id),
        scene.caption(where(scene, ticket), ink=colours.ink),
        spacing=theme.px(4),
        pos_hint={"center_y": 0.5},
    )
    made.add_widget(number)
    made.add_widget(words)
    made.add_widget(middle(Icon(name="forward", edge_px=theme.px(40), tint=colours.ink_soft)))
    follow_height(made, [number, words], at_least_px=theme.touch_px)
    return made


def where(scene: Scene, ticket: TicketAnswer) -> str:
    """State, people ahead, wait and windows of a number in one line."""
    speech = scene.speech
    if ticket.state not in QUEUED:
        return sayings.ticket_state(ticket.state, ticket.window_id, speech)
    wait = wait_of(ticket.wait, ticket.windows, None)
    said = [ahead_sentence(ticket.ahead, speech), wait_sentence(wait, speech)]
    if ticket.windows:
        said.append(windows_sentence(ticket.windows, speech))
    return " · ".join(said)


def give_back(scene: Scene) -> Widget:
    """One question before it is given up for good."""
    ticket = scene.visit.ticket
    return page(
        scene,
        Message(
            "warning",
            scene._("Give this number back?"),
            (scene._("You lose your place, and nobody can put it back. Somebody else moves up."),),
            (
                scene.main_button(Kind.BACK, scene._("No, keep it"), "check"),
                scene.button(Kind.GIVE_BACK, scene._("Yes, give it back"), "close"),
            ),
            ticket.number if ticket else "",
            tone="warning",
        ),
    )


def giving_back(scene: Scene) -> Widget:
    """A moment."""
    return page(scene, Message("ticket", scene._("Your number is being given back…")))


def _pair(scene: Scene, *buttons: Touch) -> BoxLayout:
    theme = scene.theme
    return row(*buttons, spacing=theme.gap_px, size_hint_y=None, height=theme.button_px)
