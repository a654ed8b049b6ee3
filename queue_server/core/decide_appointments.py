"""Booking, moving, giving back and keeping an appointment.

Quotas hold because one writer decides: a place that a command before took is no longer there. The
journal names no person; an appointment is known by a hash of the code that its holder keeps.
"""

from datetime import date

from queue_server.contract.ids import AppointmentId
from queue_server.core import commands as cmd
from queue_server.core import decide_ticket
from queue_server.core import events as ev
from queue_server.core.appointments import (
    MINUTE_MS,
    bookable_days,
    clock_text,
    is_bookable,
    places_left,
    quotas_of,
    slot_starts,
)
from queue_server.core.errors import (
    AppointmentCancelledBefore,
    AppointmentEarly,
    AppointmentLate,
    AppointmentOtherDay,
    AppointmentUsed,
    NoAppointments,
    ReasonNeeded,
    SlotClosed,
    SlotFull,
    UnknownAppointment,
)
from queue_server.core.model import Appointment, AppointmentState, Floor
from queue_server.core.settings import HallSettings

BY_CITIZEN = "citizen"


def appointment_of(floor: Floor, appointment_id: AppointmentId) -> Appointment:
    """An appointment of today or later.

    Raises:
        UnknownAppointment: never booked here, or its day is over.
    """
    try:
        return floor.appointments[appointment_id]
    except KeyError:
        raise UnknownAppointment from None


def _settings(floor: Floor) -> HallSettings:
    if floor.settings is None:
        raise NoAppointments
    return floor.settings


def _check_slot(
    floor: Floor,
    command: cmd.BookAppointment | cmd.MoveAppointment,
    moving: Appointment | None,
    now_ms: int,
) -> None:
    """A slot that exists, is still open for booking, and has a place left."""
    settings = _settings(floor)
    service_id = command.service_id
    if not quotas_of(floor, service_id):
        raise NoAppointments(service_id=service_id)
    start = clock_text(command.start_min)
    named = {"date": command.day, "start": start}
    exists = command.day in bookable_days(floor) and command.start_min in slot_starts(
        command.day, settings
    )
    if not exists or not is_bookable(command.slot_ms, now_ms, settings):
        raise SlotClosed(**named)
    left = places_left(floor, service_id, command.day, (command.start_min,), moving)
    if left[command.start_min] < 1:
        raise SlotFull(**named)


def book(floor: Floor, command: cmd.BookAppointment, now_ms: int) -> tuple[ev.Event, ...]:
    """A place in a slot. Asked again for the same one, it is already so."""
    known = floor.appointments.get(command.appointment_id)
    if known is not None:
        return ()
    group_id = decide_ticket.group_of(floor, command.service_id)
    _check_slot(floor, command, None, now_ms)
    return (
        ev.AppointmentBooked(
            appointment_id=command.appointment_id,
            service_id=command.service_id,
            group_id=group_id,
            day=command.day,
            start_min=command.start_min,
            slot_ms=command.slot_ms,
            channel=command.channel,
            language=command.language,
        ),
    )


def move(floor: Floor, command: cmd.MoveAppointment, now_ms: int) -> tuple[ev.Event, ...]:
    """Another slot for the same item, under the same code; the old place is free at once."""
    found = appointment_of(floor, command.appointment_id)
    _check_open(found)
    if (found.day, found.start_min) == (command.day, command.start_min):
        return ()
    _check_slot(floor, command, found, now_ms)
    return (
        ev.AppointmentMoved(found.appointment_id, command.day, command.start_min, command.slot_ms),
    )


def _check_open(found: Appointment) -> None:
    """Still to come: neither kept, nor missed, nor given back."""
    match found.state:
        case AppointmentState.CANCELLED:
            raise AppointmentCancelledBefore
        case AppointmentState.ARRIVED:
            raise AppointmentUsed(ticket_id=found.ticket_id)
        case AppointmentState.MISSED:
            raise AppointmentLate(start=clock_text(found.start_min))
        case AppointmentState.BOOKED:
            return


def cancel(floor: Floor, command: cmd.CancelAppointment, now_ms: int) -> tuple[ev.Event, ...]:
    """Give the place back: by its holder, or by staff with a reason."""
    found = appointment_of(floor, command.appointment_id)
    if found.state is AppointmentState.CANCELLED:
        return ()
    if found.state is AppointmentState.ARRIVED:
        raise AppointmentUsed(ticket_id=found.ticket_id)
    if not command.reason:
        raise ReasonNeeded
    return (ev.AppointmentCancelled(found.appointment_id, command.reason),)


def check_in(floor: Floor, command: cmd.CheckIn, now_ms: int) -> tuple[ev.Event, ...]:
    """The holder is here: a ticket with the appointment's place in the order."""
    found = appointment_of(floor, command.appointment_id)
    _check_time(floor, found, now_ms)
    issued = decide_ticket.issue(
        floor,
        cmd.IssueTicket(
            ticket_id=command.ticket_id,
            visit_id=command.visit_id,
            service_id=found.service_id,
            channel=command.channel,
            language=command.language or found.language,
            staffed=command.staffed,
            request_key=command.request_key,
        ),
        now_ms,
        slot_ms=found.slot_ms,
    )
    return (*issued, ev.AppointmentKept(found.appointment_id, command.ticket_id))


def _check_time(floor: Floor, found: Appointment, now_ms: int) -> None:
    """Now is when it may be kept."""
    rules = _settings(floor).appointments
    start = clock_text(found.start_min)
    if found.state is AppointmentState.ARRIVED:
        ticket = floor.tickets.get(found.ticket_id) if found.ticket_id else None
        raise AppointmentUsed(ticket_id=found.ticket_id, number=ticket.label if ticket else "")
    if found.state is AppointmentState.CANCELLED:
        raise AppointmentCancelledBefore
    if found.day != floor.business_date:
        raise AppointmentOtherDay(date=found.day, start=start)
    if now_ms < found.slot_ms - rules.early_min * MINUTE_MS:
        opens = clock_text(max(0, found.start_min - rules.early_min))
        raise AppointmentEarly(start=start, opens=opens)
    if found.state is AppointmentState.MISSED or _is_late(found, now_ms, rules.late_min):
        raise AppointmentLate(start=start, late_min=rules.late_min)


def _is_late(found: Appointment, now_ms: int, late_min: int) -> bool:
    return now_ms > found.slot_ms + late_min * MINUTE_MS


def miss(floor: Floor, command: cmd.MissAppointment, now_ms: int) -> tuple[ev.Event, ...]:
    """Nobody came in time. Nothing else follows: a citizen who comes takes a normal number."""
    found = appointment_of(floor, command.appointment_id)
    late_min = _settings(floor).appointments.late_min
    if found.state is not AppointmentState.BOOKED or not _is_late(found, now_ms, late_min):
        return ()
    return (ev.AppointmentMissed(found.appointment_id),)


def missed_since(floor: Floor, now_ms: int) -> list[cmd.MissAppointment]:
    """What nobody kept and is too late for now, the earliest first."""
    if floor.settings is None:
        return []
    late_min = floor.settings.appointments.late_min
    found = [
        a
        for a in floor.appointments.values()
        if a.state is AppointmentState.BOOKED and _is_late(a, now_ms, late_min)
    ]
    return [
        cmd.MissAppointment(a.appointment_id)
        for a in sorted(found, key=lambda a: (a.slot_ms, a.appointment_id))
    ]


def missed_by(floor: Floor, day: date) -> tuple[ev.Event, ...]:
    """What the days before `day` leave unkept when it opens."""
    found = [
        a for a in floor.appointments.values() if a.state is AppointmentState.BOOKED and a.day < day
    ]
    ordered = sorted(found, key=lambda a: (a.slot_ms, a.appointment_id))
    return tuple(ev.AppointmentMissed(a.appointment_id) for a in ordered)


def to_carry(floor: Floor, day: date) -> tuple[Appointment, ...]:
    """What is still to come on `day` and after it, and what was given back of that."""
    found = [a for a in floor.appointments.values() if a.day >= day]
    return tuple(sorted(found, key=lambda a: (a.slot_ms, a.appointment_id)))
