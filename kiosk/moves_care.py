"""Moves of a kiosk that rests, is out of service, or is in the hands of staff. Pure."""

from dataclasses import replace
from typing import Final

from kiosk import moves_choosing as choosing
from kiosk.effects import CheckCode, StaffAct
from kiosk.moves import Step, go, leave, with_visit
from kiosk.signals import CardRefused, CodeChecked, Rest, Signal, StaffDone, Tap
from kiosk.visit import (
    EMPTY_VISIT,
    STAFF_CODE_LEAST,
    STAFF_CODE_MOST,
    Screen,
    Session,
    StaffSeat,
    Voice,
)

ERASE: Final = "erase"


def rest(session: Session, signal: Rest, now_s: float) -> Step:
    """Nobody is there: the screen to rest on, with nothing of anybody left."""
    is_guided = session.voice is not Voice.OFF
    if signal.screen is session.screen or (is_guided and signal.screen is Screen.ATTRACT):
        return Step(session)
    step = leave(session, signal, now_s)
    if signal.screen is Screen.HOME:
        return step
    return Step(go(step.session, signal.screen, now_s, EMPTY_VISIT), step.effects)


def card_refused_at_rest(session: Session, signal: CardRefused, now_s: float) -> Step:
    """What a card did not do is said on the first screen."""
    awake = go(session, Screen.HOME, now_s, EMPTY_VISIT)
    return choosing.card_refused(awake, signal, now_s)


def ask_code(session: Session, _signal: Signal, now_s: float) -> Step:
    """The hidden gesture was made."""
    return Step(go(session, Screen.STAFF_CODE, now_s, EMPTY_VISIT))


def key(session: Session, tap: Tap, _now_s: float) -> Step:
    """A digit more, or the last one taken back."""
    staff = session.visit.staff
    typed = staff.typed[:-1] if tap.value == ERASE else (staff.typed + tap.value)[:STAFF_CODE_MOST]
    return _staff(session, replace(staff, typed=typed, note="", wait_s=0))


def enter(session: Session, _tap: Tap, _now_s: float) -> Step:
    """Try it. What was typed is forgotten at once, whatever comes of it."""
    staff = session.visit.staff
    if staff.checking or len(staff.typed) < STAFF_CODE_LEAST:
        return Step(session)
    asked = _staff(session, StaffSeat(checking=True)).session
    return Step(asked, (CheckCode(staff.typed),))


def checked(session: Session, signal: CodeChecked, now_s: float) -> Step:
    """Right: the staff screen. Wrong: so many seconds until another may be tried."""
    if not session.visit.staff.checking:
        return Step(session)
    if signal.ok:
        return Step(go(session, Screen.STAFF, now_s, EMPTY_VISIT))
    return _staff(session, StaffSeat(note="wrong-code", wait_s=signal.wait_s))


def act(session: Session, tap: Tap, _now_s: float) -> Step:
    """Do it; one thing at a time."""
    if session.visit.staff.checking:
        return Step(session)
    asked = _staff(session, StaffSeat(checking=True)).session
    return Step(asked, (StaffAct(tap.value, session.language),))


def done(session: Session, signal: StaffDone, _now_s: float) -> Step:
    """What came of it."""
    return _staff(session, StaffSeat(note=signal.sentence))


def _staff(session: Session, staff: StaffSeat) -> Step:
    return Step(with_visit(session, replace(session.visit, staff=staff)))
