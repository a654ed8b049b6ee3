"""What the events of kiosks that were cut off make of the floor."""

from dataclasses import replace

from queue_server.core import events as ev
from queue_server.core import floor_changes as fc
from queue_server.core.model import (
    Floor,
    Offline,
    Position,
    Request,
    Ticket,
    TicketState,
    changed,
)

CHANNEL = "kiosk-offline"


def grant_given(floor: Floor, event: ev.GrantGiven, at_ms: int) -> Floor:
    """A kiosk has leave."""
    grant = event.grant
    return changed(
        floor,
        grants=floor.grants.set(grant.grant_id, grant),
        kiosk_numbers=floor.kiosk_numbers.set(grant.device_id, grant.kiosk_no),
    )


def _noted(floor: Floor, event: ev.TicketUploaded | ev.TicketSuperseded) -> Floor:
    """The floor that knows of a paper."""
    request = Request(event.request_key, event.ticket_id, event.label, event.grant_id)
    return changed(
        floor,
        requests=floor.requests.set(event.request_key, request),
        paper_labels=floor.paper_labels.set(event.label, event.request_key),
    )


def ticket_uploaded(floor: Floor, event: ev.TicketUploaded, at_ms: int) -> Floor:
    """A number that was given while the kiosk was cut off: in doubt, or waiting at its place.

    Its place is that of its time of issue; among numbers of one millisecond the upload's order,
    which is the kiosk's own.
    """
    doubtful = bool(event.doubt)
    ticket = Ticket(
        ticket_id=event.ticket_id,
        visit_id=event.visit_id,
        label=event.label,
        service_id=event.service_id,
        group_id=event.group_id,
        class_id=event.class_id,
        channel=CHANNEL,
        language=event.language,
        principal=event.principal,
        issued_ms=event.issued_ms,
        issue_seq=floor.seq,
        state=TicketState.UNCONFIRMED if doubtful else TicketState.WAITING,
        since_ms=at_ms if doubtful else event.issued_ms,
        position=Position(event.issued_ms, floor.seq),
        leg_start_ms=event.issued_ms,
        offline=Offline(floor.grants[event.grant_id].device_id, at_ms, event.doubt),
    )
    noted = _noted(floor, event)
    today = floor.grants[event.grant_id].business_date == floor.business_date
    return fc.put(fc.count_given(noted, ticket) if today else noted, None, ticket)


def ticket_superseded(floor: Floor, event: ev.TicketSuperseded, at_ms: int) -> Floor:
    """The same ticket under the number on its paper; displays follow."""
    old = floor.tickets[event.ticket_id]
    recent = tuple(
        replace(call, label=event.label) if call.label == event.old_label else call
        for call in floor.recent
    )
    floor = changed(_noted(floor, event), recent=recent)
    return fc.put(floor, old, changed(old, label=event.label))


def ticket_confirmed(floor: Floor, event: ev.TicketConfirmed, at_ms: int) -> Floor:
    """It waits, at the place of its time of issue."""
    old = floor.tickets[event.ticket_id]
    return fc.put(floor, old, changed(old, state=TicketState.WAITING, since_ms=at_ms))


def ticket_settled(floor: Floor, event: ev.TicketSettled, at_ms: int) -> Floor:
    """Served while the hall was cut off, or not there."""
    old = floor.tickets[event.ticket_id]
    if event.fate == "served":
        return fc.drop(floor, old)
    return fc.put(floor, old, changed(old, state=TicketState.NO_SHOW, since_ms=at_ms))
