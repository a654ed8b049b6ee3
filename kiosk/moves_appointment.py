"""Moves of the visitor flow: checking in with an appointment. Pure.

The code is looked up first, so that everything that can be said (too early, late, another day) is
said before anything is asked for. Checking in is then a request like any other, with a key of its
own: a code that is scanned twice, or a finger that taps twice, never makes two numbers. Without an
answer from the server the person gets an ordinary number, and is told so.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk import moves, shelf
from kiosk import moves_ticket as ticket
from kiosk.effects import LookUpAppointment
from kiosk.moves import Step, go, with_visit
from kiosk.moves_choosing import start
from kiosk.signals import AppointmentFound, AppointmentShown, Signal, Tap
from kiosk.visit import Screen, Session, Visit
from queue_server.contract.ids import ServiceId
from queue_server.contract.messages_appointments import CheckInVerdict

Move = Callable[[Session, Tap, float], Step]


def shown(session: Session, signal: AppointmentShown, now_s: float) -> Step:
    """A code of this hall is looked up; another hall's is only said to be one."""
    effects = moves.unresolved(session.visit)
    visit = Visit(scanned=signal.said, help=session.visit.help)
    if is_elsewhere(session, visit):
        return Step(go(session, Screen.APPOINTMENT, now_s, visit), effects)
    look_up = LookUpAppointment(signal.said.code)
    return Step(go(session, Screen.FINDING, now_s, visit), (*effects, look_up))


def is_elsewhere(session: Session, visit: Visit) -> bool:
    """The appointment is with another hall."""
    catalogue, said = session.world.catalogue, visit.scanned
    if catalogue is None or said is None or not said.hall_id:
        return False
    return said.hall_id != catalogue.hall_id


def found(session: Session, signal: AppointmentFound, now_s: float) -> Step:
    """What can be said of it; a number that it has already is shown again."""
    said = session.visit.scanned
    if said is None or said.code != signal.code:
        return Step(session)
    visit = replace(session.visit, appointment=signal.appointment, refusal=signal.refusal)
    known = signal.appointment
    if known is not None and known.verdict is CheckInVerdict.USED and known.ticket is not None:
        again = replace(
            visit,
            appointment=None,
            scanned=None,
            ticket=known.ticket,
            standing=(known.ticket,),
            asks_standing=True,
        )
        return Step(go(session, Screen.FOUND, now_s, again))
    return Step(go(session, Screen.APPOINTMENT, now_s, visit))


def check_in(session: Session, tap: Tap, now_s: float) -> Step:
    """Ask for the number, as a confirmation does."""
    appointment = session.visit.appointment
    if appointment is None or appointment.verdict is not CheckInVerdict.NOW:
        return Step(session)
    visit = replace(session.visit, service_id=ServiceId(appointment.service_id))
    return ticket.confirm(with_visit(session, visit), tap, now_s)


def normal_number(session: Session, signal: Signal, now_s: float) -> Step:
    """To the item's own page, or to the subjects where it is not known here."""
    visit = session.visit
    named = visit.appointment.service_id if visit.appointment else ""
    named = named or (visit.scanned.service_id if visit.scanned else "")
    fresh = Visit(help=visit.help)
    if is_elsewhere(session, visit):
        return start(with_visit(session, fresh), signal, now_s)
    if shelf.item(session.world.catalogue, ServiceId(named)) is None:
        return start(with_visit(session, fresh), signal, now_s)
    return Step(go(session, Screen.CONFIRM, now_s, replace(fresh, service_id=ServiceId(named))))


def back_or(otherwise: Move) -> Move:
    """The way back from a request: to the appointment it was for, else as ever."""

    def back(session: Session, tap: Tap, now_s: float) -> Step:
        visit = session.visit
        if visit.scanned is None:
            return otherwise(session, tap, now_s)
        fresh = Visit(scanned=visit.scanned, help=visit.help)
        effects = (*moves.unresolved(visit), LookUpAppointment(visit.scanned.code))
        return Step(go(session, Screen.FINDING, now_s, fresh), effects)

    return back
