"""Slots, and the places that are left in them. Pure; the floor knows every appointment to come."""

from collections.abc import Iterator
from datetime import date, timedelta

from queue_server.contract.ids import ServiceId
from queue_server.core.appointment_rules import Places
from queue_server.core.hours import open_minutes
from queue_server.core.model import Appointment, AppointmentState, Floor
from queue_server.core.settings import HallSettings

MINUTE_MS = 60_000
TAKES_A_PLACE = frozenset(
    {AppointmentState.BOOKED, AppointmentState.ARRIVED, AppointmentState.MISSED}
)


def clock_text(minute: int) -> str:
    """A minute of the day as people write it: 570 is "09:30"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def quotas_of(floor: Floor, service_id: ServiceId) -> tuple[Places, ...]:
    """The quotas an appointment for an item has to fit into; none when it takes none."""
    if floor.settings is None or floor.skills is None:
        return ()
    group = floor.skills.group_of.get(service_id)
    if group is None:
        return ()
    return tuple(p for p in floor.settings.appointments.places if p.of in (group, service_id))


def bookable_services(floor: Floor) -> tuple[ServiceId, ...]:
    """The items that take appointments, in the hall's order."""
    if floor.skills is None:
        return ()
    return tuple(s for s in floor.skills.services if quotas_of(floor, s))


def bookable_days(floor: Floor) -> tuple[date, ...]:
    """Today and the days after it that may be booked, closed ones included."""
    if floor.settings is None or floor.business_date is None:
        return ()
    ahead = range(floor.settings.appointments.days_ahead + 1)
    return tuple(floor.business_date + timedelta(days=n) for n in ahead)


def slot_starts(day: date, settings: HallSettings) -> tuple[int, ...]:
    """The minutes at which slots of a day start; none on a day the hall is closed."""
    rules = settings.appointments
    return tuple(
        start
        for opens, closes in open_minutes(day, settings)
        for start in range(_first(opens, rules.first_min, rules.slot_min), closes, rules.slot_min)
        if start + rules.slot_min <= min(closes, rules.last_min)
    )


def _first(opens: int, first: int, step: int) -> int:
    """The first start of a span that is not before `first`."""
    missing = max(0, first - opens)
    return opens + -(-missing // step) * step


def _taking(floor: Floor, quota: Places, day: date) -> Iterator[Appointment]:
    for appointment in floor.appointments.values():
        if (
            appointment.day == day
            and quota.of in (appointment.group_id, appointment.service_id)
            and appointment.state in TAKES_A_PLACE
        ):
            yield appointment


def places_left(
    floor: Floor,
    service_id: ServiceId,
    day: date,
    starts: tuple[int, ...],
    without: Appointment | None = None,
) -> dict[int, int]:
    """How many places each slot of a day still has for an item.

    Args:
        floor: the hall.
        service_id: the item.
        day: the business date.
        starts: minutes at which the slots start.
        without: an appointment that is not counted, because it is the one that would move.
    """
    if floor.settings is None:
        return {}
    length = floor.settings.appointments.slot_min
    left = dict.fromkeys(starts, 0)
    quotas = quotas_of(floor, service_id)
    for at, quota in enumerate(quotas):
        taking = [a.start_min for a in _taking(floor, quota, day) if a is not without]
        rest = quota.day - len(taking) if quota.day else quota.slot
        for start in starts:
            taken = sum(start <= minute < start + length for minute in taking)
            free = max(0, min(rest, quota.slot - taken))
            left[start] = free if at == 0 else min(left[start], free)
    return left


def is_bookable(slot_ms: int, now_ms: int, settings: HallSettings) -> bool:
    """Whether a slot that starts at a moment may still be booked."""
    return now_ms <= slot_ms - settings.appointments.notice_min * MINUTE_MS
