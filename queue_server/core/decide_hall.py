"""Days and settings."""

from dataclasses import replace

from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_appointments import missed_by, to_carry
from queue_server.core.decide_help import ends_with_day
from queue_server.core.decide_offline import grants_to_carry, requests_to_carry
from queue_server.core.errors import DayNotOver, SettingsInvalid
from queue_server.core.model import Floor, Pace, Ticket, TicketState, Window
from queue_server.core.settings import CloseOfDay, HallSettings, Skills, faults
from queue_server.core.transitions import Act, after

_AT_HAND = frozenset({TicketState.CALLED, TicketState.SERVING})


def change_settings(floor: Floor, command: cmd.ChangeSettings, now_ms: int) -> tuple[ev.Event, ...]:
    """New settings, if they are sound and strand nobody who is in the hall now."""
    found = faults(command.settings) or _stranded(floor, command.settings)
    if found:
        raise SettingsInvalid(detail="; ".join(found))
    same = command.settings == floor.settings and command.catalogue_hash == floor.catalogue_hash
    if same:
        return ()
    version = floor.settings_version + 1
    return (ev.SettingsChanged(command.settings, version, command.catalogue_hash),)


def _stranded(floor: Floor, settings: HallSettings) -> list[str]:
    skills = Skills(settings)
    found = [
        f"window {w.window_id} is in use"
        for w in floor.windows.values()
        if w.clerk_id is not None and w.window_id not in skills.serves
    ]
    lost = {t.service_id for t in floor.tickets.values()} - set(skills.services)
    found += [f"tickets wait for item {service_id}" for service_id in sorted(lost)]
    booked = {a.service_id for a in floor.appointments.values()} - set(skills.services)
    found += [f"appointments are booked for item {service_id}" for service_id in sorted(booked)]
    pinned = {(t.pinned_window, t.service_id) for t in floor.tickets.values() if t.pinned_window}
    found += [
        f"tickets wait for item {service_id} at window {window_id}"
        for window_id, service_id in sorted(pinned)
        if service_id not in skills.serves.get(window_id, frozenset())
    ]
    return found + _series_in_use(floor, settings)


def _series_in_use(floor: Floor, settings: HallSettings) -> list[str]:
    """A series that gave numbers today keeps its prefix until the day ends, so none comes twice."""
    before = {g.group_id: g.prefix for g in floor.settings.groups} if floor.settings else {}
    now = {g.group_id: g.prefix for g in settings.groups}
    return [
        f"numbers of series {before.get(group_id, group_id)} were given today"
        for group_id in sorted(floor.counters)
        if now.get(group_id) != before.get(group_id)
    ]


def roll_day(floor: Floor, command: cmd.RollDay, now_ms: int) -> tuple[ev.Event, ...]:
    """Close the day and open the next one; the business date only ever goes forward."""
    if floor.settings is None:
        raise SettingsInvalid(detail="the hall has no settings yet")
    if floor.business_date is not None and command.business_date <= floor.business_date:
        raise DayNotOver(detail=f"the business date is already {floor.business_date}")
    at_hand = sorted(t.label for t in floor.tickets.values() if t.state in _AT_HAND)
    if at_hand and not command.force:
        raise DayNotOver(detail=f"still at a window: {', '.join(at_hand)}")
    carry = floor.settings.close_of_day is CloseOfDay.CARRY_OVER
    ended: list[ev.Event] = []
    carried: list[Ticket] = []
    for ticket in sorted(floor.tickets.values(), key=lambda t: t.issue_seq):
        if carry and ticket.state is TicketState.WAITING:
            carried.append(replace(ticket, principal=None))
            continue
        after(ticket, Act.EXPIRE)
        ended.append(ev.TicketExpired(ticket.ticket_id, ticket.state))
    ended += missed_by(floor, command.business_date)
    ended += ends_with_day(floor)
    windows = tuple(
        Window(w.window_id, w.clerk_id, w.pause_reason, since_ms=w.since_ms)
        for w in floor.windows.values()
    )
    pace = tuple((group, Pace(p.count, p.work_s, None)) for group, p in sorted(floor.pace.items()))
    grants = grants_to_carry(floor, command.business_date)
    opened = ev.DayOpened(
        business_date=command.business_date,
        settings=floor.settings,
        settings_version=floor.settings_version,
        catalogue_hash=floor.catalogue_hash,
        carried=tuple(carried),
        windows=tuple(sorted(windows, key=lambda w: w.window_id)),
        pace=pace,
        grants=grants,
        kiosk_numbers=tuple(sorted(floor.kiosk_numbers.items())),
        requests=requests_to_carry(floor, grants),
        appointments=to_carry(floor, command.business_date),
    )
    return (*ended, opened)
