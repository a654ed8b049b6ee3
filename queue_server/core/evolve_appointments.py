"""What the events of appointments make of the floor."""

from queue_server.core import events as ev
from queue_server.core.model import Appointment, AppointmentState, Floor, changed


def appointment_booked(floor: Floor, event: ev.AppointmentBooked, at_ms: int) -> Floor:
    """A place is taken."""
    return _put(
        floor,
        Appointment(
            appointment_id=event.appointment_id,
            service_id=event.service_id,
            group_id=event.group_id,
            day=event.day,
            start_min=event.start_min,
            slot_ms=event.slot_ms,
            booked_ms=at_ms,
            language=event.language,
        ),
    )


def appointment_moved(floor: Floor, event: ev.AppointmentMoved, at_ms: int) -> Floor:
    """The place is another one."""
    old = floor.appointments[event.appointment_id]
    new = changed(old, day=event.day, start_min=event.start_min, slot_ms=event.slot_ms)
    return _put(floor, new)


def appointment_cancelled(floor: Floor, event: ev.AppointmentCancelled, at_ms: int) -> Floor:
    """The place is free; its holder is told so until the day is over."""
    old = floor.appointments[event.appointment_id]
    return _put(floor, changed(old, state=AppointmentState.CANCELLED))


def appointment_kept(floor: Floor, event: ev.AppointmentKept, at_ms: int) -> Floor:
    """Its holder is here, with a ticket."""
    old = floor.appointments[event.appointment_id]
    return _put(floor, changed(old, state=AppointmentState.ARRIVED, ticket_id=event.ticket_id))


def appointment_missed(floor: Floor, event: ev.AppointmentMissed, at_ms: int) -> Floor:
    """Nobody came in time."""
    old = floor.appointments[event.appointment_id]
    return _put(floor, changed(old, state=AppointmentState.MISSED))


def _put(floor: Floor, appointment: Appointment) -> Floor:
    appointments = floor.appointments.set(appointment.appointment_id, appointment)
    return changed(floor, appointments=appointments)
