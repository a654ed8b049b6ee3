"""Moves of the visitor flow while somebody looks something up: search, guide, its paper. Pure."""

from dataclasses import replace
from typing import Final

from kiosk.effects import AskPrinter, PrintGuide
from kiosk.look_up_state import NO_INQUIRY, Inquiry, Leaflet, pressed
from kiosk.moves import Step, back_to_sections, go, list_before, with_visit
from kiosk.moves_choosing import start
from kiosk.signals import GuidePrinted, Signal, Tap
from kiosk.visit import Paper, Screen, Session, Visit

_ENDS: Final = {
    Paper.PRINTED: Leaflet.PRINTED,
    Paper.PERHAPS: Leaflet.PERHAPS,
    Paper.TORN: Leaflet.TORN,
}


def _told(visit: Visit, inquiry: Inquiry) -> Visit:
    return replace(visit, inquiry=inquiry)


def look_up(session: Session, signal: Signal, now_s: float) -> Step:
    """查询: the same shelves as for a number, but each item leads to its guide."""
    visit = _told(session.visit, replace(NO_INQUIRY, looking=True))
    return start(with_visit(session, visit), signal, now_s)


def search(session: Session, _signal: Signal, now_s: float) -> Step:
    """The keyboard, empty."""
    visit = _told(session.visit, replace(session.visit.inquiry, typed=""))
    return Step(go(session, Screen.SEARCH, now_s, replace(visit, section_id="")))


def type_(session: Session, tap: Tap, _now_s: float) -> Step:
    """One key. The screen stays, so the next key counts at once."""
    inquiry = session.visit.inquiry
    typed = pressed(inquiry.typed, tap.value)
    return Step(with_visit(session, _told(session.visit, replace(inquiry, typed=typed))))


def back_from_search(session: Session, signal: Signal, now_s: float) -> Step:
    """To the topics; what was typed is forgotten."""
    visit = _told(session.visit, replace(session.visit.inquiry, typed=""))
    return back_to_sections(with_visit(session, visit), signal, now_s)


def back_from_guide(session: Session, _signal: Signal, now_s: float) -> Step:
    """To the list it was chosen from."""
    inquiry = session.visit.inquiry
    plain = replace(NO_INQUIRY, looking=inquiry.looking, typed=inquiry.typed)
    return list_before(with_visit(session, _told(session.visit, plain)), now_s)


def take(session: Session, _signal: Signal, now_s: float) -> Step:
    """A number for the item of the guide."""
    return Step(go(session, Screen.CONFIRM, now_s), (AskPrinter(),))


def print_guide(session: Session, _signal: Signal, _now_s: float) -> Step:
    """The guide on paper; a printer that cannot print says so first."""
    visit, printer = session.visit, session.world.printer
    if visit.service_id is None or visit.inquiry.leaflet is Leaflet.PRINTING or not printer.fitted:
        return Step(session)
    if printer.trouble:
        failed = replace(visit.inquiry, leaflet=Leaflet.FAILED, leaflet_fault=printer.trouble)
        return Step(with_visit(session, _told(visit, failed)), (AskPrinter(),))
    job = session.serial
    waiting = replace(visit.inquiry, leaflet=Leaflet.PRINTING, leaflet_job=job, leaflet_fault="")
    effect = PrintGuide(visit.service_id, session.language, job, session.comfort.large)
    return Step(with_visit(session, _told(visit, waiting)), (effect,))


def guide_printed(session: Session, signal: GuidePrinted, _now_s: float) -> Step:
    """What came of the paper, wherever the person is by now."""
    inquiry = session.visit.inquiry
    if inquiry.leaflet is not Leaflet.PRINTING or inquiry.leaflet_job != signal.job:
        return Step(session)
    ended = replace(
        inquiry,
        leaflet=_ENDS.get(signal.paper, Leaflet.FAILED),
        leaflet_fault=signal.code,
    )
    return Step(with_visit(session, _told(session.visit, ended)))
