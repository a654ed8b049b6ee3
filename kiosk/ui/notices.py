"""What is said before anyone tries: hours, holidays, full quotas, a queue that is too long.

Sentences first (pure, in the language of a speech), then the notes that pages are made of.
"""

from datetime import datetime
from typing import Final

from kivy.uix.widget import Widget

from kiosk import shelf
from kiosk.care_state import Outlook
from kiosk.lang import Speech
from kiosk.ui import sayings
from kiosk.ui.scene import Scene
from kiosk.visit import Interrupted, ServerHealth, World
from queue_server.contract.messages import CatalogueItem
from queue_server.contract.problems import N_

SOON_MIN: Final = 90
"""So long before numbers stop it is worth saying when."""

AGAIN: Final = (
    N_("Numbers are given again from {time} today."),
    N_("Numbers are given again tomorrow from {time}."),
)
AGAIN_LATER: Final = N_("Numbers are given again from {time} on {day}.")
UNTIL: Final = N_("Numbers are given until {time}.")
FULL: Final = N_("All of today's numbers for this are taken.")
UNSERVED: Final = N_("No window serves this just now; your number would wait for one.")
NOBODY_SERVES: Final = N_(
    "No window has opened yet. You can take a number; it is called when one opens."
)
TOO_LATE: Final = N_(
    "The hall closes at {time}. So many people wait that you may not be called today."
)
FATE_KNOWN: Final = N_("This machine had to start anew. Number {number} counts. Is it yours?")
FATE_OPEN: Final = N_("This machine stopped while a number was being taken. Was that you?")
FATE_KNOWN_CARD: Final = N_(
    "This machine had to start anew. Number {number} counts. To have it printed, show your "
    "document again."
)
FATE_OPEN_CARD: Final = N_(
    "This machine stopped while a number was being taken. Show your document again: if there is a "
    "number for it, you get that one."
)
BOTH: Final = N_("{first} {second}")
"""Two whole sentences after each other; some languages put no space between them."""


def joined(speech: Speech, *sentences: str) -> str:
    """Whole sentences after each other; empty ones are left out."""
    said = ""
    for sentence in sentences:
        if said and sentence:
            said = speech.gettext(BOTH).format(first=said, second=sentence)
        else:
            said = said or sentence
    return said


def clock(moment: datetime) -> str:
    """The time as every clock in the hall shows it."""
    return f"{moment:%H:%M}"


def again(outlook: Outlook, speech: Speech) -> str:
    """When numbers are given next; empty where that is not known."""
    opens = outlook.opens
    if opens is None:
        return ""
    if outlook.days < len(AGAIN):
        return speech.gettext(AGAIN[outlook.days]).format(time=clock(opens))
    day = sayings.day(opens, speech)
    return speech.gettext(AGAIN_LATER).format(time=clock(opens), day=day)


def closed(outlook: Outlook, speech: Speech) -> str:
    """Why no numbers are given now, and when they are again."""
    if outlook.reason:
        reason = speech.pick(outlook.reason)
        why = speech.gettext(N_("The hall is closed today: {reason}.")).format(reason=reason)
    elif outlook.known and not outlook.today:
        why = speech.gettext(N_("The hall is closed today."))
    else:
        why = speech.gettext(N_("No numbers are given just now."))
    return joined(speech, why, again(outlook, speech))


def until(outlook: Outlook, speech: Speech) -> str:
    """When numbers stop; empty where they do not."""
    if not outlook.gives or outlook.until is None:
        return ""
    return speech.gettext(UNTIL).format(time=clock(outlook.until))


def open_today(outlook: Outlook, speech: Speech) -> str:
    """Today's opening hours; empty where the hall has none."""
    if not outlook.known:
        return ""
    if not outlook.today:
        return closed(outlook, speech)
    spans = " · ".join(f"{clock(start)}–{clock(end)}" for start, end in outlook.today)
    return speech.gettext(N_("Open today {spans}")).format(spans=spans)


def closed_now(world: World) -> bool:
    """No numbers are given, by the hall's hours; a kiosk that is cut off goes by its leave."""
    if world.server is ServerHealth.UNREACHABLE and world.gives_alone:
        return False
    outlook = world.care.outlook
    if world.board is None:
        return False
    return not (outlook.gives if outlook.known else world.board.open)


def obstacle(world: World, item: CatalogueItem, speech: Speech) -> str:
    """Why no number of an item can be had now; empty when one can."""
    if closed_now(world):
        return closed(world.care.outlook, speech)
    if item.service_id in world.care.full:
        return speech.gettext(FULL)
    return ""


def mark(world: World, item: CatalogueItem, speech: Speech) -> str:
    """Two words for a tile or a row; empty when there is nothing to say."""
    if closed_now(world):
        return speech.gettext(N_("closed now"))
    if item.service_id in world.care.full:
        return speech.gettext(N_("full today"))
    if world.board is not None and item.service_id in world.board.unserved:
        return speech.gettext(N_("not served just now"))
    return ""


def section_mark(world: World, section: shelf.Section, speech: Speech) -> str:
    """The same for a whole section: only what holds for each of its items.

    That the hall is closed, or that no window serves anything, is said once, above the tiles.
    """
    if closed_now(world) or nobody_serves(world):
        return ""
    marks = {mark(world, item, speech) for item in section.items}
    return marks.pop() if len(marks) == 1 else ""


def nobody_serves(world: World) -> bool:
    """Before the first window opens: not one item is served."""
    if world.board is None or world.catalogue is None:
        return False
    return {item.service_id for item in world.catalogue.items} <= set(world.board.unserved)


def lead(scene: Scene, otherwise: str) -> str:
    """The line below a list's title: that the hall is closed, or what the list is for."""
    if not closed_now(scene.world):
        if nobody_serves(scene.world):
            return scene.speech.gettext(NOBODY_SERVES)
        return otherwise
    tail = scene._("You can still look up what to bring.")
    return joined(scene.speech, closed(scene.world.care.outlook, scene.speech), tail)


def too_late(world: World, item: CatalogueItem, speech: Speech) -> str:
    """An honest word when the likely wait is longer than the hall is open."""
    outlook = world.care.outlook
    row = shelf.waiting_row(world.board.waiting if world.board else None, item.group_id)
    if outlook.closes is None or outlook.left_min is None or row is None or row.wait is None:
        return ""
    if row.wait.likely_s <= outlook.left_min * 60:
        return ""
    return speech.gettext(TOO_LATE).format(time=clock(outlook.closes))


def fate(stopped: Interrupted, speech: Speech) -> str:
    """What became of a number that was being taken when the program stopped."""
    known = stopped.number
    if stopped.request is not None:
        said = FATE_KNOWN if known else FATE_OPEN
    else:
        said = FATE_KNOWN_CARD if known else FATE_OPEN_CARD
    return speech.gettext(said).format(number=known)


def home(scene: Scene) -> list[Widget]:
    """The notes of the first screen."""
    world, outlook = scene.world, scene.world.care.outlook
    if closed_now(world) and world.server is ServerHealth.OK:
        tail = scene._("You can still look up what to bring.")
        words = joined(scene.speech, closed(outlook, scene.speech), tail)
        return [scene.note("clock", words, "calm")]
    if outlook.gives and outlook.until is not None and world.care.local is not None:
        left_min = (outlook.until - world.care.local).total_seconds() // 60
        if left_min <= SOON_MIN:
            return [scene.note("clock", until(outlook, scene.speech), "calm")]
    return []


def confirm(scene: Scene, item: CatalogueItem) -> list[Widget]:
    """The most serious thing to know of an item: more than one would push the page apart."""
    world = scene.world
    if said := obstacle(world, item, scene.speech):
        return [scene.note("clock" if closed_now(world) else "people", said)]
    if said := too_late(world, item, scene.speech):
        return [scene.note("clock", said)]
    if world.board is not None and item.service_id in world.board.unserved:
        return [scene.note("pause", scene._(UNSERVED), "calm")]
    return []
