"""Pages of one sign, one or two sentences, and what can be done next."""

from collections.abc import Sequence
from dataclasses import dataclass

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.moves_ticket import RETRYABLE
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import Scene, column, space
from kiosk.ui.widgets import Icon, Text, Touch
from queue_server.contract.messages import TicketAnswer
from queue_server.paper.wording import ahead_sentence


@dataclass(frozen=True, slots=True)
class Message:
    """What stands on such a page.

    Attributes:
        icon: The sign.
        title: What happened, or is happening.
        sentences: Whether the number counts, and what can be done.
        buttons: At most three; the first is the main one.
        number: A ticket's number, in large.
    """

    icon: str
    title: str
    sentences: Sequence[str] = ()
    buttons: Sequence[Touch] = ()
    number: str = ""
    tone: str = "calm"


def no_paper(scene: Scene) -> Widget:
    """Known before anything was promised."""
    why = sayings.fault(scene.world.printer.trouble, scene.speech)
    return page(
        scene,
        Message(
            "paper-out",
            scene._("The ticket printer cannot print"),
            (
                why,
                scene._(
                    "No number has been taken. Your number can be shown on this screen for you to "
                    "photograph or write down, or you can ask at the desk."
                ),
            ),
            (
                scene.main_button(Kind.ON_SCREEN, scene._("Show the number here"), "ticket"),
                scene.button(Kind.BACK, scene._("Not now"), "back"),
            ),
            tone="warning",
        ),
    )


def issuing(scene: Scene) -> Widget:
    """A moment."""
    return page(scene, Message("ticket", scene._("Your number is being taken…")))


def finding(scene: Scene) -> Widget:
    """A moment."""
    return page(scene, Message("search", scene._("Looking your number up…")))


def unsure(scene: Scene) -> Widget:
    """The request was sent and no answer came."""
    return page(
        scene,
        Message(
            "network-off",
            scene._("The number system does not answer"),
            (
                scene._(
                    "It is not certain whether a number was taken for you. Trying again never "
                    "takes a second one."
                ),
                scene._("If you would rather not wait, please ask at the desk."),
            ),
            (scene.main_button(Kind.RETRY, scene._("Try again"), "repeat"),),
            tone="danger",
        ),
    )


def refused(scene: Scene) -> Widget:
    """A clear no, or nobody to ask."""
    why = scene.visit.refusal
    can_retry = scene.visit.request is not None or scene.visit.service_id is None
    if scene.visit.asks_standing:
        return _not_shown(scene)
    if why is None:
        title = scene._("The number system cannot be reached")
        first = scene._("No number was taken. Please try again in a moment, or ask at the desk.")
        icon = "network-off"
    else:
        title = scene._("No number was taken")
        first = sayings.refusal(why, scene.speech)
        icon = "warning"
        can_retry = why.code in RETRYABLE and scene.visit.request is not None
    buttons = [scene.main_button(Kind.RETRY, scene._("Try again"), "repeat")] if can_retry else []
    buttons.append(scene.button(Kind.BACK, scene._("Back"), "back"))
    return page(scene, Message(icon, title, (first,), buttons, tone="danger"))


def _not_shown(scene: Scene) -> Widget:
    """A number that was looked up, or was to be given back."""
    why = scene.visit.refusal
    title = scene._("That did not work")
    if why is None:
        title = scene._("The number system cannot be reached")
        said = scene._("Nothing is known of your number just now. Please ask at the desk.")
    else:
        said = sayings.refusal(why, scene.speech)
    back = scene.main_button(Kind.BACK, scene._("Back"), "back")
    icon = "network-off" if why is None else "warning"
    return page(scene, Message(icon, title, (said,), (back,), tone="danger"))


def duplicate(scene: Scene) -> Widget:
    """They have a number for this already."""
    ticket = scene.visit.ticket
    why = scene.visit.refusal
    number = ticket.number if ticket else (why.params.get("number", "") if why else "")
    sentences = [scene._("You have this number for the same matter already. It still counts.")]
    if ticket is not None:
        sentences.append(_place(scene, ticket))
    buttons: list[Touch] = []
    if ticket is not None and scene.world.printer.ready:
        buttons.append(scene.main_button(Kind.PRINT_AGAIN, scene._("Print it again"), "printer"))
    if ticket is not None and not scene.world.printer.ready:
        buttons.append(scene.main_button(Kind.SHOW_NUMBER, scene._("Show it in large"), "ticket"))
    done = scene.button if buttons else scene.main_button
    if ticket is not None:
        buttons.append(scene.button(Kind.ANOTHER, scene._("One more matter"), "ticket"))
    buttons.append(done(Kind.DONE, scene._("Good, thank you"), "check"))
    title = scene._("You already have a number")
    return page(scene, Message("ticket", title, sentences, buttons, number))


def ask_printed(scene: Scene) -> Widget:
    """The printer cannot say; the person can."""
    ticket = scene.visit.ticket
    return page(
        scene,
        Message(
            "printer",
            scene._("Did your ticket come out?"),
            (scene._("The printer did not report back. Your number counts in any case."),),
            (
                scene.main_button(Kind.DID_PRINT, scene._("Yes, I have it"), "check"),
                scene.button(Kind.DID_NOT_PRINT, scene._("No, print it again"), "repeat"),
            ),
            ticket.number if ticket else "",
        ),
    )


def _place(scene: Scene, ticket: TicketAnswer) -> str:
    return ahead_sentence(ticket.ahead, scene.speech)


def page(scene: Scene, message: Message) -> Widget:
    """A page of that message."""
    theme, colours = scene.theme, scene.colours
    tint = {"calm": colours.accent, "warning": colours.warning, "danger": colours.danger}
    made = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    panel = scene.panel(spacing=theme.gap_px, padding=theme.px(56 if theme.portrait else 32))
    panel.add_widget(space())
    if theme.portrait or not message.number:
        panel.add_widget(
            Icon(
                name=message.icon,
                edge_px=theme.px(150),
                tint=tint[message.tone],
                pos_hint={"center_x": 0.5},
            )
        )
    words: list[Widget] = [scene.title(message.title, halign="center")]
    if message.number:
        words.append(
            Text(
                words=message.number,
                size_px=theme.sp(130),
                bold_face=True,
                halign="center",
                ink=colours.accent,
            )
        )
    words.extend(scene.body(one, halign="center", even=True) for one in message.sentences if one)
    panel.add_widget(column(*words, spacing=theme.gap_px))
    panel.add_widget(space())
    made.add_widget(panel)
    if message.buttons:
        made.add_widget(_buttons(scene, message.buttons))
    return made


def _buttons(scene: Scene, buttons: Sequence[Touch]) -> BoxLayout:
    """Below each other in portrait; beside each other, the main one at the right, in landscape."""
    theme = scene.theme
    if theme.portrait:
        return column(*buttons, spacing=theme.gap_px)
    made = BoxLayout(spacing=theme.gap_px, size_hint_y=None, height=theme.button_px)
    for button in reversed(buttons):
        made.add_widget(button)
    return made
