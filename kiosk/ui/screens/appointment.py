"""An appointment that was shown: what it is for, and whether it can be kept now."""

from datetime import datetime, time

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import shelf
from kiosk.guide import guide_of
from kiosk.moves_appointment import is_elsewhere
from kiosk.paper_job import item_name
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.ui.scene import Scene, column, row
from kiosk.ui.screens.confirm import materials
from kiosk.ui.screens.message import Message, page
from kiosk.ui.widgets import Touch
from queue_server.contract.messages_appointments import AppointmentAnswer, CheckInVerdict


def build(scene: Scene) -> Widget:
    """To be kept now, with its materials; or one page that says why not."""
    found = scene.visit.appointment
    if found is None:
        return page(scene, _not_known(scene))
    if found.verdict is CheckInVerdict.NOW:
        return _now(scene, found)
    return page(scene, _not_now(scene, found))


def _now(scene: Scene, found: AppointmentAnswer) -> Widget:
    """The item, its time, what to bring, and the button."""
    theme = scene.theme
    item = shelf.item(scene.world.catalogue, found.service_id)
    whole = BoxLayout(orientation="vertical", spacing=theme.gap_px)
    title = scene.title(scene._("Your appointment at {start}").format(start=found.start))
    name = scene.heading(item_name(item, scene.speech) or found.service_id)
    said = scene._(
        "Check in and you get your number. You are called first once it is {start}, and sooner "
        "when nobody else is waiting."
    )
    if found.due:
        said = scene._("Check in and you get your number. You are among the next to be called.")
    note = scene.note("calendar", said.format(start=found.start), "calm")
    whole.add_widget(column(title, name, note, spacing=theme.tight_px))
    if item is not None:
        whole.add_widget(materials(scene, guide_of(item)))
    go = scene.main_button(Kind.CHECK_IN, scene._("Check in"), "check")
    no = scene.button(Kind.BACK, scene._("Not my appointment"), "back")
    if theme.portrait:
        whole.add_widget(column(go, no, spacing=theme.gap_px))
    else:
        whole.add_widget(
            row(no, go, spacing=theme.gap_px, size_hint_y=None, height=theme.button_px)
        )
    return whole


def _normal(scene: Scene, label: str = "") -> Touch:
    words = label or scene._("Take a normal number")
    return scene.main_button(Kind.NORMAL_NUMBER, words, "ticket")


def _thanks(scene: Scene, *, main: bool = False) -> Touch:
    made = scene.main_button if main else scene.button
    return made(Kind.DONE, scene._("Good, thank you"), "check")


def _not_now(scene: Scene, found: AppointmentAnswer) -> Message:
    """Why it cannot be kept now, and what can be done instead."""
    item = item_name(shelf.item(scene.world.catalogue, found.service_id), scene.speech)
    start = found.start
    day = sayings.day(datetime.combine(found.date, time()), scene.speech)
    match found.verdict:
        case CheckInVerdict.EARLY:
            words = scene._("You can check in from {opens}. Or take a normal number and wait.")
            return Message(
                "clock",
                scene._("Your appointment is at {start}").format(start=start),
                (item, words.format(opens=found.opens_local)),
                (_thanks(scene, main=True), _other(scene)),
            )
        case CheckInVerdict.OTHER_DAY:
            words = scene._("Your appointment is on {day} at {start}")
            return Message(
                "calendar",
                words.format(day=day, start=start),
                (item, scene._("You can check in on that day, or take a normal number today.")),
                (_thanks(scene, main=True), _other(scene)),
            )
        case CheckInVerdict.CANCELLED:
            return Message(
                "calendar",
                scene._("This appointment was cancelled"),
                (item, scene._("You can take a normal number instead.")),
                (_normal(scene), _thanks(scene)),
                tone="warning",
            )
        case CheckInVerdict.USED:
            return Message(
                "check-circle",
                scene._("This appointment was used already"),
                (item, scene._("If that was not you, please ask at the desk.")),
                (_thanks(scene, main=True), _other(scene)),
            )
        case _:
            return Message(
                "clock",
                scene._("The appointment at {start} is over").format(start=start),
                (item, scene._("You are still welcome: take a normal number instead.")),
                (_normal(scene), _thanks(scene)),
                tone="warning",
            )


def _other(scene: Scene) -> Touch:
    return scene.button(Kind.NORMAL_NUMBER, scene._("Take a normal number"), "ticket")


def _not_known(scene: Scene) -> Message:
    """Another hall's, an unknown one, or nobody to ask."""
    if is_elsewhere(scene.session, scene.visit):
        return Message(
            "calendar",
            scene._("This appointment is with another hall"),
            (scene._("Please go there, or take a normal number here."),),
            (_normal(scene), _thanks(scene)),
            tone="warning",
        )
    if scene.visit.refusal is not None:
        return Message(
            "calendar",
            scene._("This appointment is not known here"),
            (
                sayings.refusal(scene.visit.refusal, scene.speech),
                scene._("You can take a normal number instead."),
            ),
            (_normal(scene), _thanks(scene)),
            tone="warning",
        )
    return Message(
        "network-off",
        scene._("Your appointment cannot be checked just now"),
        (
            scene._(
                "The number system cannot be reached. Take an ordinary number and show your "
                "appointment at the window."
            ),
        ),
        (_normal(scene, scene._("Take an ordinary number")), _thanks(scene)),
        tone="danger",
    )
