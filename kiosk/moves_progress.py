"""Moves of the visitor flow: where numbers stand, and giving one back. Pure.

A number is found by its person's document or by its paper, never by a typed number: neighbours
know each other's.
"""

from dataclasses import replace

from kiosk.effects import GiveBack, LookUp
from kiosk.matters import RETURNABLE
from kiosk.moves import Step, go, with_visit
from kiosk.moves_choosing import start
from kiosk.signals import DocumentShown, GaveBack, NotFound, Signal, Stood, Tap, TicketShown
from kiosk.visit import EMPTY_VISIT, Paper, Screen, ServerHealth, Session, Visit
from queue_server.contract.messages import TicketAnswer


def ask(session: Session, _signal: Signal, now_s: float) -> Step:
    """Where does it stand? A card or the paper will tell."""
    return Step(go(session, Screen.PROGRESS, now_s, replace(EMPTY_VISIT, asks_standing=True)))


def card(session: Session, signal: DocumentShown, now_s: float) -> Step:
    """Their numbers by the document they laid down."""
    visit = Visit(document=signal.document, asks_standing=True)
    return _look_up(session, visit, LookUp(principal=signal.document.principal), now_s)


def card_on_home(session: Session, signal: DocumentShown, now_s: float) -> Step:
    """A card laid down on the first screen: numbers its person has go before a new one."""
    visit = replace(session.visit, document=signal.document)
    if session.world.server is ServerHealth.UNREACHABLE:
        return start(with_visit(session, visit), signal, now_s)
    return _look_up(session, visit, LookUp(principal=signal.document.principal), now_s)


def paper(session: Session, signal: TicketShown, now_s: float) -> Step:
    """The code of a paper: that number, and the others of its visit."""
    visit = Visit(asks_standing=True)
    return _look_up(session, visit, LookUp("", signal.ticket_id, signal.paper), now_s)


def _look_up(session: Session, visit: Visit, effect: LookUp, now_s: float) -> Step:
    return Step(go(session, Screen.FINDING, now_s, visit), (effect,))


def stood(session: Session, signal: Stood, now_s: float) -> Step:
    """One number in large, several in a list; with none a card leads on to the subjects."""
    visit = session.visit
    if not signal.tickets and not visit.asks_standing:
        return start(session, signal, now_s)
    found = replace(visit, standing=signal.tickets, ticket=None, fault="")
    if len(signal.tickets) == 1:
        shown = replace(found, ticket=signal.tickets[0])
        return Step(go(session, Screen.FOUND, now_s, shown))
    return Step(go(session, Screen.STANDING, now_s, found))


def not_found(session: Session, signal: NotFound, now_s: float) -> Step:
    """Who only laid down a card on the first screen is not held up by that."""
    if session.visit.document is not None and not session.visit.asks_standing:
        return start(session, signal, now_s)
    visit = replace(session.visit, refusal=signal.refusal)
    return Step(go(session, Screen.REFUSED, now_s, visit))


def pick(session: Session, tap: Tap, now_s: float) -> Step:
    """One of the list."""
    for ticket in session.visit.standing:
        if ticket.ticket_id == tap.value:
            visit = replace(session.visit, ticket=ticket)
            return Step(go(session, Screen.FOUND, now_s, visit))
    return Step(session)


def back(session: Session, _signal: Signal, now_s: float) -> Step:
    """From one number to the list it was chosen from."""
    visit = replace(session.visit, ticket=None)
    if len(visit.standing) > 1:
        return Step(go(session, Screen.STANDING, now_s, visit))
    return ask(session, _signal, now_s)


# --- giving a number back ------------------------------------------------------------------------


def ask_give_back(session: Session, _signal: Signal, now_s: float) -> Step:
    """One question, because it cannot be undone."""
    ticket = session.visit.ticket
    if ticket is None or ticket.state not in RETURNABLE:
        return Step(session)
    return Step(go(session, Screen.GIVE_BACK, now_s))


def keep(session: Session, _signal: Signal, now_s: float) -> Step:
    """They keep it."""
    return Step(go(session, Screen.FOUND, now_s))


def give_back(session: Session, _signal: Signal, now_s: float) -> Step:
    """It is given up."""
    ticket = session.visit.ticket
    if ticket is None:
        return Step(session)
    return Step(go(session, Screen.GIVING_BACK, now_s), (GiveBack(ticket.ticket_id),))


def gave_back(session: Session, signal: GaveBack, now_s: float) -> Step:
    """The number as it is now; a refusal and silence leave it as it was."""
    if signal.ticket is None:
        visit = replace(session.visit, refusal=signal.refusal)
        return Step(go(session, Screen.REFUSED, now_s, visit))
    return Step(go(session, Screen.FOUND, now_s, _with(session.visit, signal.ticket)))


def giving_back_expired(session: Session, _signal: Signal, now_s: float) -> Step:
    """The last resort when nobody reported back."""
    return Step(go(session, Screen.REFUSED, now_s, replace(session.visit, refusal=None)))


def _with(visit: Visit, ticket: TicketAnswer) -> Visit:
    standing = tuple(
        ticket if each.ticket_id == ticket.ticket_id else each for each in visit.standing
    )
    return replace(visit, ticket=ticket, standing=standing, paper=Paper.NOT_YET)
