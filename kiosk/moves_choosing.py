"""Moves of the visitor flow while somebody chooses: item, document, for whom, priority. Pure."""

from dataclasses import replace
from typing import Final

from kiosk import shelf
from kiosk.effects import AskPrinter
from kiosk.matters import next_matter
from kiosk.moves import Step, go, unresolved, with_visit
from kiosk.signals import CardRefused, DocumentShown, Signal, Tap, TicketShown
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
    visit = next_matter(session.visit)
    step = _to_item(session, visit, tap.value, now_s)
    return Step(step.session, unresolved(session.visit) + step.effects)


def _to_item(session: Session, visit: Visit, service_id: str, now_s: float) -> Step:
    chosen = replace(visit, service_id=ServiceId(service_id), fault="")
    screen = Screen.GUIDE if visit.inquiry.looking else Screen.CONFIRM
    return Step(go(session, screen, now_s, chosen), (AskPrinter(),))


PRINCIPAL: Final = "principal"
"""Value of a tap that is about the document of the person the matter is for."""


def identify(session: Session, tap: Tap, now_s: float) -> Step:
    """The page that explains how to show a document: one's own, or the other person's."""
    visit = replace(session.visit, fault="", for_principal=tap.value == PRINCIPAL)
    return Step(go(session, Screen.IDENTIFY, now_s, visit))


def no_document(session: Session, tap: Tap, now_s: float) -> Step:
    """Without a document, or no longer with the one that was shown."""
    visit = session.visit
    about_other = visit.for_principal or tap.value == PRINCIPAL
    without = replace(visit, principal=None) if about_other else replace(visit, document=None)
    return _identified(session, without, now_s)


def _identified(session: Session, visit: Visit, now_s: float) -> Step:
    told = replace(visit, fault="", for_principal=False)
    if session.screen is Screen.CONFIRM:
        return Step(with_visit(session, told))
    return Step(go(session, Screen.CONFIRM, now_s, told))


def myself(session: Session, _signal: Signal, _now_s: float) -> Step:
    """本人: what was shown of somebody else is forgotten."""
    return Step(with_visit(session, replace(session.visit, for_other=False, principal=None)))


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


def document(session: Session, signal: DocumentShown, now_s: float) -> Step:
    """A card laid down while confirming.

    Who comes for somebody else and has shown their own card lays down the other person's next.
    """
    visit, shown = session.visit, signal.document
    own = visit.document
    is_second = visit.for_other and own is not None and own.principal != shown.principal
    if visit.for_principal or (session.screen is Screen.CONFIRM and is_second):
        return _identified(session, replace(visit, principal=shown), now_s)
    return _identified(session, replace(visit, document=shown), now_s)


def card_refused(session: Session, signal: CardRefused, now_s: float) -> Step:
    """Say so, where they are."""
    marked = with_visit(session, replace(session.visit, fault=signal.code))
    if session.screen is Screen.HOME:
        marked = replace(marked, deadline_s=now_s + HOME_NOTE_S)
    return Step(marked)


def ticket_is_no_document(session: Session, _signal: TicketShown, now_s: float) -> Step:
    """A ticket's code was shown where a person's document was asked for."""
    return card_refused(session, CardRefused("bad-barcode"), now_s)
