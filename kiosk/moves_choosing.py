"""Moves of the visitor flow while somebody chooses: item, document, for whom, priority. Pure."""

from dataclasses import replace
from typing import Final

from kiosk import shelf
from kiosk.moves import Step, go, unresolved, with_visit
from kiosk.signals import AskPrinter, CardRefused, DocumentShown, Signal, Tap, TicketShown
from kiosk.visit import Screen, Session, Visit
from queue_server.contract.ids import ClassId, ServiceId

HOME_NOTE_S: Final = 15.0
"""How long the first screen says that a card could not be read."""


def start(session: Session, _signal: Signal, now_s: float) -> Step:
    """Into the catalogue, or an honest word when there is none to show."""
    screen = Screen.SECTIONS if session.world.catalogue else Screen.REFUSED
    return Step(go(session, screen, now_s, replace(session.visit, fault="")))


def pick_section(session: Session, tap: Tap, now_s: float) -> Step:
    """A topic or group; one with a single item leads to that item at once."""
    chosen = shelf.section(session.world.catalogue, tap.value)
    if chosen is None:
        return Step(session)
    visit = replace(session.visit, section_id=tap.value)
    if len(chosen.items) == 1:
        return _to_item(session, visit, chosen.items[0].service_id, now_s)
    return Step(go(session, Screen.ITEMS, now_s, visit))


def pick_item(session: Session, tap: Tap, now_s: float) -> Step:
    """An item of the list."""
    if shelf.item(session.world.catalogue, tap.value) is None:
        return Step(session)
    return _to_item(session, session.visit, tap.value, now_s)


def pick_advice(session: Session, tap: Tap, now_s: float) -> Step:
    """An advice number from the help page: a new matter, whatever went before."""
    if shelf.item(session.world.catalogue, tap.value) is None:
        return Step(session)
    step = _to_item(session, Visit(document=session.visit.document), tap.value, now_s)
    return Step(step.session, unresolved(session.visit) + step.effects)


def _to_item(session: Session, visit: Visit, service_id: str, now_s: float) -> Step:
    chosen = replace(visit, service_id=ServiceId(service_id), fault="")
    return Step(go(session, Screen.CONFIRM, now_s, chosen), (AskPrinter(),))


def identify(session: Session, _signal: Signal, now_s: float) -> Step:
    """The page that explains how to show a document."""
    return Step(go(session, Screen.IDENTIFY, now_s, replace(session.visit, fault="")))


def no_document(session: Session, _signal: Signal, now_s: float) -> Step:
    """Without a document, or no longer with the one that was shown."""
    visit = replace(session.visit, document=None, fault="")
    if session.screen is Screen.CONFIRM:
        return Step(with_visit(session, visit))
    return Step(go(session, Screen.CONFIRM, now_s, visit))


def myself(session: Session, _signal: Signal, _now_s: float) -> Step:
    """本人."""
    return Step(with_visit(session, replace(session.visit, for_other=False)))


def for_other(session: Session, _signal: Signal, _now_s: float) -> Step:
    """代办."""
    return Step(with_visit(session, replace(session.visit, for_other=True)))


def ask_priority(session: Session, _signal: Signal, now_s: float) -> Step:
    """The page of priority classes."""
    return Step(go(session, Screen.PRIORITY, now_s))


def pick_priority(session: Session, tap: Tap, now_s: float) -> Step:
    """A class, or none (an empty value)."""
    known = session.world.catalogue.priority_classes if session.world.catalogue else []
    chosen = next((c.class_id for c in known if c.class_id == tap.value), None)
    visit = replace(session.visit, priority=ClassId(chosen) if chosen else None)
    return Step(go(session, Screen.CONFIRM, now_s, visit))


def document_on_home(session: Session, signal: DocumentShown, now_s: float) -> Step:
    """A card laid down on the first screen leads on."""
    visit = replace(session.visit, document=signal.document)
    return start(with_visit(session, visit), signal, now_s)


def document(session: Session, signal: DocumentShown, now_s: float) -> Step:
    """A card laid down while confirming."""
    visit = replace(session.visit, document=signal.document, fault="")
    if session.screen is Screen.CONFIRM:
        return Step(with_visit(session, visit))
    return Step(go(session, Screen.CONFIRM, now_s, visit))


def card_refused(session: Session, signal: CardRefused, now_s: float) -> Step:
    """Say so, where they are."""
    marked = with_visit(session, replace(session.visit, fault=signal.code))
    if session.screen is Screen.HOME:
        marked = replace(marked, deadline_s=now_s + HOME_NOTE_S)
    return Step(marked)


def ticket_is_no_document(session: Session, _signal: TicketShown, now_s: float) -> Step:
    """A ticket's code was shown where a person's document was asked for."""
    return card_refused(session, CardRefused("bad-barcode"), now_s)
