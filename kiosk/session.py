"""The visitor flow of a kiosk: one table of (screen, signal), and one function that applies it.

    HOME → SECTIONS → ITEMS → CONFIRM → ISSUING → PRINTING → TICKET → HOME

Pure: the time is an argument (any monotonic clock, in seconds), request keys come with the tap.
Two guards stand before the table. A tap carries the serial of the screen it was made on and is
dropped on any other; and until `SETTLE_S` after a screen could be seen no tap counts, because a
finger that taps twice means the screen that was there before. A touch in that pause, wherever it
lands, starts it anew, so a finger that goes on tapping cannot wave its own number away. One
confirmation is one request, however impatient the finger.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from kiosk import moves, moves_care, moves_comfort
from kiosk import moves_appointment as appointment
from kiosk import moves_choosing as choosing
from kiosk import moves_help as help_
from kiosk import moves_look_up as look_up
from kiosk import moves_matters as matters
from kiosk import moves_progress as progress
from kiosk import moves_ticket as ticket
from kiosk import moves_voice as voice
from kiosk.moves import Step
from kiosk.signals import Kind, Painted, Signal, Tap, Tick, Touched
from kiosk.visit import LISTENING, Screen, Session, Voice

SETTLE_S: Final = 0.35
"""Longer than the pause between the taps of a double tap (toolkits use 0.25 to 0.3 s), shorter than
a person needs to read anything."""
WARNING_S: Final = 20.0
"""The warning before a time-out comes at least so early (experience.md)."""

BUSY: Final = moves.BUSY

Move = Callable[[Session, Any, float], Step]
Key = tuple[Screen, Kind]

_HUMAN: Final = tuple(screen for screen in Screen if screen not in BUSY)
RESTING: Final = (Screen.HOME, Screen.ATTRACT, Screen.OUT_OF_SERVICE)
"""Screens on which nobody has begun anything."""
_NO_HELP: Final = (
    Screen.HELP,
    Screen.ATTRACT,
    Screen.OUT_OF_SERVICE,
    Screen.STAFF_CODE,
    Screen.STAFF,
)

_FLOW: Final[Mapping[Key, Move]] = {
    (Screen.HOME, Kind.START): choosing.start,
    (Screen.HOME, Kind.LOOK_UP): look_up.look_up,
    (Screen.HOME, Kind.RESUME): ticket.resume,
    (Screen.HOME, Kind.PRINT_AGAIN): ticket.print_torn,
    (Screen.HOME, Kind.PROGRESS): progress.ask,
    (Screen.HOME, Kind.DOCUMENT_SHOWN): progress.card_on_home,
    (Screen.HOME, Kind.CARD_REFUSED): choosing.card_refused,
    (Screen.HOME, Kind.TICKET_SHOWN): progress.paper,
    (Screen.SECTIONS, Kind.PICK_SECTION): choosing.pick_section,
    (Screen.SECTIONS, Kind.SEARCH): look_up.search,
    (Screen.SECTIONS, Kind.BACK): moves.leave,
    (Screen.ITEMS, Kind.PICK_ITEM): choosing.pick_item,
    (Screen.ITEMS, Kind.BACK): moves.back_to_sections,
    (Screen.SEARCH, Kind.TYPE): look_up.type_,
    (Screen.SEARCH, Kind.PICK_ITEM): choosing.pick_item,
    (Screen.SEARCH, Kind.BACK): look_up.back_from_search,
    (Screen.GUIDE, Kind.TAKE): look_up.take,
    (Screen.GUIDE, Kind.PRINT_GUIDE): look_up.print_guide,
    (Screen.GUIDE, Kind.BACK): look_up.back_from_guide,
    (Screen.CONFIRM, Kind.CONFIRM): ticket.confirm,
    (Screen.CONFIRM, Kind.MYSELF): choosing.myself,
    (Screen.CONFIRM, Kind.FOR_OTHER): choosing.for_other,
    (Screen.CONFIRM, Kind.IDENTIFY): choosing.identify,
    (Screen.CONFIRM, Kind.NO_DOCUMENT): choosing.no_document,
    (Screen.CONFIRM, Kind.ASK_PRIORITY): choosing.ask_priority,
    (Screen.CONFIRM, Kind.DOCUMENT_SHOWN): choosing.document,
    (Screen.CONFIRM, Kind.CARD_REFUSED): choosing.card_refused,
    (Screen.CONFIRM, Kind.TICKET_SHOWN): choosing.ticket_is_no_document,
    (Screen.CONFIRM, Kind.BACK): moves.back_from_confirm,
    (Screen.IDENTIFY, Kind.NO_DOCUMENT): choosing.no_document,
    (Screen.IDENTIFY, Kind.DOCUMENT_SHOWN): choosing.document,
    (Screen.IDENTIFY, Kind.CARD_REFUSED): choosing.card_refused,
    (Screen.IDENTIFY, Kind.TICKET_SHOWN): choosing.ticket_is_no_document,
    (Screen.IDENTIFY, Kind.BACK): moves.back_to_confirm,
    (Screen.PRIORITY, Kind.PICK_PRIORITY): choosing.pick_priority,
    (Screen.PRIORITY, Kind.BACK): moves.back_to_confirm,
    (Screen.NO_PAPER, Kind.ON_SCREEN): ticket.on_screen,
    (Screen.NO_PAPER, Kind.BACK): appointment.back_or(ticket.back_from_no_paper),
    (Screen.ISSUING, Kind.ISSUED): ticket.issued,
    (Screen.ISSUING, Kind.REFUSED): ticket.refused,
    (Screen.ISSUING, Kind.NO_ANSWER): ticket.no_answer,
    # An answer that comes after we gave up waiting is still the truth about this request.
    (Screen.UNSURE, Kind.ISSUED): ticket.issued,
    (Screen.UNSURE, Kind.REFUSED): ticket.refused,
    (Screen.UNSURE, Kind.RETRY): ticket.retry,
    (Screen.REFUSED, Kind.RETRY): ticket.retry,
    (Screen.REFUSED, Kind.BACK): appointment.back_or(moves.back_to_confirm),
    (Screen.DUPLICATE, Kind.FOUND): ticket.found_duplicate,
    (Screen.DUPLICATE, Kind.PRINT_AGAIN): ticket.print_again,
    (Screen.DUPLICATE, Kind.SHOW_NUMBER): ticket.show_number,
    (Screen.DUPLICATE, Kind.DONE): moves.leave,
    (Screen.DUPLICATE, Kind.BACK): moves.back_to_confirm,
    (Screen.PRINTING, Kind.PRINT_ENDED): ticket.print_ended,
    (Screen.PRINTING, Kind.PRINT_FAILED): ticket.print_failed,
    (Screen.PRINTING, Kind.HOME): moves.leave,
    (Screen.ASK_PRINTED, Kind.PRINT_ENDED): ticket.print_ended,
    (Screen.ASK_PRINTED, Kind.DID_PRINT): ticket.did_print,
    (Screen.ASK_PRINTED, Kind.DID_NOT_PRINT): ticket.did_not_print,
    (Screen.TICKET, Kind.WORLD): ticket.printer_well_again,
    (Screen.TICKET, Kind.DONE): moves.leave,
    (Screen.TICKET, Kind.ANOTHER): matters.another,
    (Screen.DUPLICATE, Kind.ANOTHER): matters.another,
    (Screen.FINDING, Kind.STOOD): progress.stood,
    (Screen.FINDING, Kind.NOT_FOUND): progress.not_found,
    (Screen.FINDING, Kind.HOME): moves.leave,
    (Screen.FOUND, Kind.PRINT_AGAIN): ticket.print_again,
    (Screen.FOUND, Kind.DONE): moves.leave,
    (Screen.FOUND, Kind.ANOTHER): matters.another,
    (Screen.FOUND, Kind.GIVE_BACK): progress.ask_give_back,
    (Screen.FOUND, Kind.BACK): progress.back,
    (Screen.STANDING, Kind.PICK_TICKET): progress.pick,
    (Screen.STANDING, Kind.ANOTHER): matters.another,
    (Screen.STANDING, Kind.DONE): moves.leave,
    (Screen.STANDING, Kind.BACK): progress.ask,
    (Screen.PROGRESS, Kind.DOCUMENT_SHOWN): progress.card,
    (Screen.PROGRESS, Kind.TICKET_SHOWN): progress.paper,
    (Screen.PROGRESS, Kind.CARD_REFUSED): choosing.card_refused,
    (Screen.PROGRESS, Kind.BACK): moves.leave,
    (Screen.GIVE_BACK, Kind.GIVE_BACK): progress.give_back,
    (Screen.GIVE_BACK, Kind.BACK): progress.keep,
    (Screen.GIVING_BACK, Kind.GAVE_BACK): progress.gave_back,
    (Screen.GIVING_BACK, Kind.HOME): moves.leave,
    (Screen.HELP, Kind.CALL_HELP): help_.call,
    (Screen.HELP, Kind.END_HELP): help_.no_longer,
    (Screen.HELP, Kind.PICK_ITEM): help_.advice,
    (Screen.HELP, Kind.BACK): moves.back_from_help,
    (Screen.ATTRACT, Kind.WAKE): moves.leave,
    (Screen.ATTRACT, Kind.DOCUMENT_SHOWN): progress.card_on_home,
    (Screen.ATTRACT, Kind.CARD_REFUSED): moves_care.card_refused_at_rest,
    (Screen.ATTRACT, Kind.TICKET_SHOWN): progress.paper,
    (Screen.STAFF_CODE, Kind.STAFF_KEY): moves_care.key,
    (Screen.STAFF_CODE, Kind.STAFF_ENTER): moves_care.enter,
    (Screen.STAFF_CODE, Kind.CODE_CHECKED): moves_care.checked,
    (Screen.STAFF_CODE, Kind.BACK): moves.leave,
    (Screen.STAFF, Kind.STAFF_ACT): moves_care.act,
    (Screen.STAFF, Kind.STAFF_DONE): moves_care.done,
    (Screen.STAFF, Kind.DONE): moves.leave,
    (Screen.FINDING, Kind.APPOINTMENT_FOUND): appointment.found,
    (Screen.APPOINTMENT, Kind.CHECK_IN): appointment.check_in,
    (Screen.APPOINTMENT, Kind.NORMAL_NUMBER): appointment.normal_number,
    (Screen.APPOINTMENT, Kind.DONE): moves.leave,
    (Screen.APPOINTMENT, Kind.BACK): moves.leave,
    **{(screen, Kind.APPOINTMENT_SHOWN): appointment.shown for screen in LISTENING},
    **{(screen, Kind.REST): moves_care.rest for screen in RESTING},
    **{(screen, Kind.STAFF): moves_care.ask_code for screen in RESTING},
}

_EVERYWHERE: Final[Mapping[Key, Move]] = (
    {(screen, Kind.LANGUAGE): moves.language for screen in Screen}
    | {(screen, Kind.COMFORT): moves_comfort.switch for screen in Screen}
    | {(screen, Kind.VOICE): voice.switch for screen in Screen}
    | {(screen, Kind.VOICE_ASKED): voice.asked for screen in Screen}
    | {(screen, Kind.WORLD): moves.world for screen in Screen}
    | {(screen, Kind.GUIDE_PRINTED): look_up.guide_printed for screen in Screen}
    | {(screen, Kind.HELP_TOLD): help_.told for screen in Screen}
    | {(screen, Kind.STAY): moves.stay for screen in _HUMAN}
    | {(screen, Kind.HOME): moves.leave for screen in _HUMAN if screen not in RESTING}
    | {(screen, Kind.HELP): moves.help_ for screen in _HUMAN if screen not in _NO_HELP}
)

REPORTS: Final = (
    Kind.DOCUMENT_SHOWN,
    Kind.CARD_REFUSED,
    Kind.TICKET_SHOWN,
    Kind.APPOINTMENT_SHOWN,
    Kind.APPOINTMENT_FOUND,
    Kind.ISSUED,
    Kind.REFUSED,
    Kind.NO_ANSWER,
    Kind.PRINT_ENDED,
    Kind.PRINT_FAILED,
    Kind.GUIDE_PRINTED,
    Kind.FOUND,
    Kind.NOT_FOUND,
    Kind.STOOD,
    Kind.GAVE_BACK,
    Kind.HELP_TOLD,
    Kind.WORLD,
    Kind.VOICE_ASKED,
    Kind.REST,
    Kind.CODE_CHECKED,
    Kind.STAFF_DONE,
    Kind.TICK,
    Kind.TOUCHED,
    Kind.PAINTED,
)
"""Kinds that no finger makes."""
_LATE: Final[Mapping[Key, Move]] = {
    (screen, kind): moves.drop for screen in Screen for kind in REPORTS
}

TABLE: Final[Mapping[Key, Move]] = MappingProxyType({**_LATE, **_EVERYWHERE, **_FLOW})
"""The whole flow. A tap that is not in it cannot be offered by a screen, so it raises."""

EXPIRY: Final[Mapping[Screen, Move]] = MappingProxyType(
    {
        **dict.fromkeys(Screen, moves.leave),
        Screen.ISSUING: ticket.issuing_expired,
        Screen.PRINTING: ticket.printing_expired,
        Screen.GIVING_BACK: progress.giving_back_expired,
        Screen.OUT_OF_SERVICE: voice.fall_silent,
    }
)
"""What happens when a screen's time is over."""


class UnexpectedTapError(Exception):
    """A screen offered something that the table does not know: a mistake in the program."""


def opening(default_language: str, now_s: float) -> Session:
    """The first screen, before anything is known."""
    return Session(
        screen=Screen.HOME,
        language=default_language,
        default_language=default_language,
        seen_s=now_s - SETTLE_S,
    )


def offers(session: Session, kind: Kind) -> bool:
    """Whether this screen has that control."""
    return (session.screen, kind) in TABLE


def settled(session: Session, now_s: float) -> bool:
    """Whether taps count yet."""
    seen_s = session.seen_s
    return seen_s is not None and now_s - max(seen_s, session.restless_s) >= SETTLE_S


def warning_left_s(session: Session, now_s: float) -> int | None:
    """Seconds until this screen gives up, once it should say so; else None."""
    if session.deadline_s is None or session.screen in {*BUSY, *RESTING}:
        return None
    left_s = session.deadline_s - now_s
    return max(0, math.ceil(left_s)) if left_s <= WARNING_S else None


def step(session: Session, signal: Signal, now_s: float) -> Step:
    """Apply one signal.

    Args:
        session: The state before.
        signal: What happened.
        now_s: The time, on the same monotonic clock as ever, in seconds.

    Returns:
        The state after, and what has to be done.

    Raises:
        UnexpectedTapError: The tap belongs to no control of this screen.
    """
    if isinstance(signal, Tick):
        fresh = moves.forget_torn(session, now_s)
        over = fresh.deadline_s is not None and now_s >= fresh.deadline_s
        return EXPIRY[fresh.screen](fresh, signal, now_s) if over else Step(fresh)
    if isinstance(signal, Painted):
        is_new = signal.serial == session.serial and session.seen_s is None
        return Step(replace(session, seen_s=now_s) if is_new else session)
    if isinstance(signal, Touched):
        calm = settled(session, now_s)
        return Step(session if calm else replace(session, restless_s=now_s))
    if isinstance(signal, Tap):
        return _tap(session, signal, now_s)
    return TABLE[session.screen, signal.kind](session, signal, now_s)


def _tap(session: Session, tap: Tap, now_s: float) -> Step:
    # Asking for more time chooses nothing, so it need not wait: with a keypad every step through a
    # page asks for it, and what is chosen after quick steps counts.
    harmless = tap.kind is Kind.STAY and tap.serial == session.serial
    if not harmless and (tap.serial != session.serial or not settled(session, now_s)):
        return Step(replace(session, restless_s=now_s))
    move = TABLE.get((session.screen, tap.kind))
    if move is None or tap.kind in REPORTS:
        raise UnexpectedTapError(f"{tap.kind} on {session.screen}")
    after, effects = move(session, tap, now_s)
    keeps_time = after.screen not in RESTING or after.voice is not Voice.OFF
    if after.serial == session.serial and keeps_time:
        timeout_s = moves.time_s(after, after.screen)
        after = replace(after, deadline_s=None if timeout_s is None else now_s + timeout_s)
    return Step(after, effects)
