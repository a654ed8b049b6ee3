"""People help people: somebody comes to this machine, or there is a number for advice."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from kivy.uix.widget import Widget

from kiosk.guide import advice_item
from kiosk.help_state import OPEN, HelpState
from kiosk.signals import Kind
from kiosk.ui.scene import Scene
from kiosk.ui.screens.message import Message, page
from kiosk.ui.widgets import Touch
from kiosk.visit import ServerHealth
from queue_server.contract.problems import N_

DESK: Final = N_("Ask anybody at the desk or at a window; they will gladly help.")


class _Words(NamedTuple):
    icon: str
    title: str
    sentences: tuple[str, ...] = ()
    tone: str = "calm"


WORDS: Final[Mapping[HelpState, _Words]] = MappingProxyType(
    {
        HelpState.NONE: _Words(
            "help-person",
            N_("Would you like help?"),
            (
                N_("Somebody can come to this machine and help you."),
                N_("Or take a number for advice: a clerk will sit down with you and listen."),
            ),
        ),
        HelpState.CALLING: _Words("help-person", N_("The hall is being told…")),
        HelpState.CALLED: _Words(
            "bell",
            N_("The hall knows that you need help"),
            (N_("Please wait here. This page tells you when somebody is on the way."),),
        ),
        HelpState.LATE: _Words(
            "bell",
            N_("Nobody could come yet"),
            (N_("The manager has been told. You can wait here, or go to the desk."), DESK),
            "warning",
        ),
        HelpState.COMING: _Words(
            "check-circle",
            N_("Somebody is on the way to you"),
            (N_("Please wait here at this machine."),),
        ),
        HelpState.ENDED: _Words(
            "help-person",
            N_("Would you like more help?"),
            (N_("You can call somebody again at any time."),),
        ),
        HelpState.NO_WAY: _Words(
            "network-off",
            N_("Nobody can be called from here just now"),
            (N_("Please go to the desk."), DESK),
            "danger",
        ),
    }
)


def build(scene: Scene) -> Widget:
    """What has become of the call, or the offer to make one."""
    state = scene.visit.help.state
    if state is HelpState.NONE and scene.world.server is ServerHealth.UNREACHABLE:
        state = HelpState.NO_WAY
    words = WORDS[state]
    said = [scene._(each) for each in words.sentences]
    buttons = _buttons(scene, state)
    return page(scene, Message(words.icon, scene._(words.title), said, buttons, tone=words.tone))


def _buttons(scene: Scene, state: HelpState) -> list[Touch]:
    if state in OPEN:
        words = scene._("I need no help any more")
        return [scene.main_button(Kind.BACK, scene._("Go on"), "forward"), _end(scene, words)]
    if state is HelpState.CALLING:
        return []
    buttons: list[Touch] = []
    if state is HelpState.NO_WAY:
        again = scene._("Try again")
        buttons.append(scene.main_button(Kind.CALL_HELP, again, "repeat"))
    else:
        words = scene._("Call somebody to this machine")
        buttons.append(scene.main_button(Kind.CALL_HELP, words, "help-person"))
    item = advice_item(scene.world.catalogue)
    if item is not None:
        label = scene._("Take a number for advice")
        buttons.append(scene.button(Kind.PICK_ITEM, label, "ticket", item.service_id))
    return buttons


def _end(scene: Scene, words: str) -> Touch:
    return scene.button(Kind.END_HELP, words, "close")
