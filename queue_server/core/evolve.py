"""What an event makes of the floor. Pure, total, and the same for live state and replay.

Evolving decides nothing: an event that reached the journal is a fact. Days, settings and windows
are here, tickets in `evolve_ticket`, kiosks that were cut off in `evolve_offline`, appointments
in `evolve_appointments`.
"""

from collections.abc import Callable
from typing import Any

from immutables import Map

from queue_server.core import events as ev
from queue_server.core import evolve_appointments as ea
from queue_server.core import evolve_help as eh
from queue_server.core import evolve_offline as eo
from queue_server.core import evolve_ticket as et
from queue_server.core import floor_changes as fc
from queue_server.core.model import Floor, Ticket, Window, changed
from queue_server.core.numbering import number_of
from queue_server.core.settings import HallSettings, Skills


def evolve(floor: Floor, event: ev.Event, at_ms: int) -> Floor:
    """The floor after an event that happened at `at_ms`; its seq is one higher."""
    floor = changed(floor, seq=floor.seq + 1)
    return _EVOLVERS[type(event)](floor, event, at_ms)


def _configure(floor: Floor, settings: HallSettings, version: int, catalogue_hash: str) -> Floor:
    windows = floor.windows
    wanted = {w.window_id for w in settings.windows}
    for window_id in wanted - set(windows):
        windows = windows.set(window_id, Window(window_id))
    for window_id in set(windows) - wanted:
        windows = windows.delete(window_id)
    return changed(
        floor,
        settings=settings,
        skills=Skills(settings),
        settings_version=version,
        catalogue_hash=catalogue_hash,
        windows=windows,
    )


def _day_opened(floor: Floor, event: ev.DayOpened, at_ms: int) -> Floor:
    fresh = Floor(seq=floor.seq, business_date=event.business_date)
    fresh = _configure(fresh, event.settings, event.settings_version, event.catalogue_hash)
    highest = {g.group_id: _highest(g.prefix, event.carried) for g in event.settings.groups}
    fresh = changed(
        fresh,
        counters=Map({group: number for group, number in highest.items() if number}),
        windows=fresh.windows.update({w.window_id: w for w in event.windows}),
        pace=Map(dict(event.pace)),
        grants=Map({grant.grant_id: grant for grant in event.grants}),
        kiosk_numbers=Map(dict(event.kiosk_numbers)),
        earlier_requests=Map({request.key: request for request in event.requests}),
        appointments=Map({each.appointment_id: each for each in event.appointments}),
    )
    for ticket in event.carried:
        fresh = fc.put(fresh, None, ticket)
    return fresh


def _highest(prefix: str, carried: tuple[Ticket, ...]) -> int:
    """The highest number of a series that people still hold: the day goes on above it."""
    return max((number_of(prefix, ticket.label) or 0 for ticket in carried), default=0)


def _settings_changed(floor: Floor, event: ev.SettingsChanged, at_ms: int) -> Floor:
    return _configure(floor, event.settings, event.version, event.catalogue_hash)


def _signed_in(floor: Floor, event: ev.WindowSignedIn, at_ms: int) -> Floor:
    return fc.window(
        floor, event.window_id, clerk_id=event.clerk_id, pause_reason=None, since_ms=at_ms
    )


def _signed_out(floor: Floor, event: ev.WindowSignedOut, at_ms: int) -> Floor:
    return fc.window(
        floor,
        event.window_id,
        clerk_id=None,
        pause_reason=None,
        since_ms=at_ms,
    )


def _paused(floor: Floor, event: ev.WindowPaused, at_ms: int) -> Floor:
    return fc.window(floor, event.window_id, pause_reason=event.reason, since_ms=at_ms)


def _reopened(floor: Floor, event: ev.WindowReopened, at_ms: int) -> Floor:
    return fc.window(floor, event.window_id, pause_reason=None, since_ms=at_ms)


_EVOLVERS: dict[type, Callable[[Floor, Any, int], Floor]] = {
    ev.DayOpened: _day_opened,
    ev.SettingsChanged: _settings_changed,
    ev.TicketIssued: et.ticket_issued,
    ev.GrantGiven: eo.grant_given,
    ev.TicketUploaded: eo.ticket_uploaded,
    ev.TicketSuperseded: eo.ticket_superseded,
    ev.TicketConfirmed: eo.ticket_confirmed,
    ev.TicketSettled: eo.ticket_settled,
    ev.TicketCalled: et.ticket_called,
    ev.TicketRecalled: et.ticket_recalled,
    ev.CallUndone: et.call_undone,
    ev.TicketStarted: et.ticket_started,
    ev.TicketFinished: et.ticket_finished,
    ev.TicketNoShow: et.ticket_no_show,
    ev.TicketRequeued: et.ticket_requeued,
    ev.TicketHeld: et.ticket_held,
    ev.TicketResumed: et.ticket_resumed,
    ev.TicketTransferred: et.ticket_transferred,
    ev.TicketCancelled: et.ticket_gone,
    ev.TicketAbandoned: et.ticket_gone,
    ev.TicketExpired: et.ticket_gone,
    ev.AppointmentBooked: ea.appointment_booked,
    ev.AppointmentMoved: ea.appointment_moved,
    ev.AppointmentCancelled: ea.appointment_cancelled,
    ev.AppointmentKept: ea.appointment_kept,
    ev.AppointmentMissed: ea.appointment_missed,
    ev.HelpAsked: eh.asked,
    ev.HelpAnswered: eh.answered,
    ev.HelpEnded: eh.ended,
    ev.WindowSignedIn: _signed_in,
    ev.WindowSignedOut: _signed_out,
    ev.WindowPaused: _paused,
    ev.WindowReopened: _reopened,
}
