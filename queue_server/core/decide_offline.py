"""What kiosks give while they are cut off: leave to do so, and taking it in afterwards.

The rules are those of durability.md, "A kiosk that keeps issuing": the paper wins, an upload is
idempotent on its request, and nothing that comes late is announced by itself.
"""

import re
from datetime import date

from queue_server.contract.ids import DeviceId
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_ticket import group_of, ticket_of
from queue_server.core.errors import (
    IllegalTransition,
    LabelOutsideGrant,
    LabelTaken,
    NotOpen,
    NumbersExhausted,
    UnknownGrant,
    UnknownPriority,
)
from queue_server.core.model import Floor, Grant, Request, TicketState
from queue_server.core.transitions import Act, after

BLOCK = 299
"""Counters in one grant, for each series: more than a kiosk gives in a day cut off."""
RENEW_AT = 0.8
"""A grant that is used so far is replaced while the server can still be reached."""
LAST_COUNTER = 9 * 100 - 1
LABEL_MAX = 8
"""Characters: what the journal's column and the pads and panels of a hall have room for."""
GRANT_DAYS = 7
"""How long a kiosk may come back with a grant."""
_MS = 1000


def paper_label(prefix: str, kiosk_no: int, counter: int) -> str:
    """The label of a number that a cut-off kiosk gives: series, kiosk, counter (A2-07)."""
    return f"{prefix}{kiosk_no}-{counter:02d}"


def give_grant(floor: Floor, command: cmd.GiveGrant, now_ms: int) -> tuple[ev.Event, ...]:
    """Leave for a kiosk; none new while the one it holds is of today, its own, and not used up."""
    newest = newest_grant(floor, command.device_id)
    today = _today(floor)
    if newest is not None and _still_good(floor, newest, command, today):
        return ()
    first = _first_free(floor, newest, command, today)
    if first > LAST_COUNTER:
        raise NumbersExhausted(series=command.device_id)
    grant = Grant(
        grant_id=command.grant_id,
        device_id=command.device_id,
        kiosk_no=floor.kiosk_numbers.get(command.device_id, len(floor.kiosk_numbers) + 1),
        storage_id=command.storage_id,
        business_date=today,
        first=first,
        last=min(first + BLOCK - 1, LAST_COUNTER),
        # Two in one millisecond are in order all the same.
        given_ms=max(now_ms, newest.given_ms + 1) if newest else now_ms,
    )
    return (ev.GrantGiven(grant),)


def newest_grant(floor: Floor, device_id: DeviceId) -> Grant | None:
    """The grant a kiosk was given last, or None."""
    own = [grant for grant in floor.grants.values() if grant.device_id == device_id]
    return max(own, key=lambda grant: (grant.given_ms, grant.first), default=None)


def _today(floor: Floor) -> date:
    if floor.business_date is None:
        raise NotOpen(detail="")
    return floor.business_date


def _still_good(floor: Floor, newest: Grant, command: cmd.GiveGrant, today: date) -> bool:
    if newest.business_date != today or newest.storage_id != command.storage_id:
        return False
    if command.holding != newest.grant_id:
        # Its answer was lost, and the kiosk went on under the one before.
        return newest.first > _highest_today(floor, command.device_id)
    return max(0, command.used - newest.first + 1) < RENEW_AT * (newest.last - newest.first + 1)


def _first_free(floor: Floor, newest: Grant | None, command: cmd.GiveGrant, today: date) -> int:
    """Above everything that this kiosk can have printed under a number of today's.

    A lost memory may have printed all of its grant, used or not. Of a memory that is still there
    everything has been brought in: a kiosk uploads before it asks for a grant.
    """
    highest = _highest_today(floor, command.device_id)
    if newest is None:
        return highest + 1
    same_memory = newest.storage_id == command.storage_id
    if not same_memory or (newest.business_date == today and command.holding == newest.grant_id):
        return max(highest, newest.last) + 1
    return highest + 1


def _highest_today(floor: Floor, device_id: DeviceId) -> int:
    """The highest counter of a kiosk's papers that are filed under today; 0 for none."""
    number = floor.kiosk_numbers.get(device_id)
    counters = [
        counter
        for label in floor.paper_labels
        if number is not None and (counter := _counter_of(label, number)) is not None
    ]
    return max(counters, default=0)


def _counter_of(label: str, kiosk_no: int) -> int | None:
    found = re.fullmatch(rf"[A-Za-z0-9]*?{kiosk_no}-(\d{{2,3}})", label)
    return int(found[1]) if found else None


def upload(floor: Floor, command: cmd.UploadTicket, now_ms: int) -> tuple[ev.Event, ...]:
    """Take a paper in: new, already known, or in place of a number that never reached the paper."""
    known = floor.requests.get(command.request_key)
    earlier = known or floor.earlier_requests.get(command.request_key)
    if earlier is not None and earlier.label == command.label:
        return _again(floor, command, earlier)
    grant = _grant_for(floor, command)
    taken = floor.paper_labels.get(command.label)
    if taken is not None and taken != command.request_key:
        raise LabelTaken(number=command.label)
    if known is not None and known.ticket_id in floor.tickets:
        return (
            ev.TicketSuperseded(
                ticket_id=known.ticket_id,
                label=command.label,
                old_label=known.label,
                request_key=command.request_key,
                grant_id=grant.grant_id,
            ),
        )
    return (_uploaded(floor, command, grant, now_ms),)


def _again(floor: Floor, command: cmd.UploadTicket, known: Request) -> tuple[ev.Event, ...]:
    """The paper is known: nothing happens, unless the paper itself settles a doubt."""
    ticket = floor.tickets.get(known.ticket_id)
    if command.adopted and ticket is not None and ticket.state is TicketState.UNCONFIRMED:
        return (ev.TicketConfirmed(ticket.ticket_id, "paper"),)
    return ()


def _grant_for(floor: Floor, command: cmd.UploadTicket) -> Grant:
    grant = floor.grants.get(command.grant_id)
    if grant is None:
        raise UnknownGrant
    group_id = group_of(floor, command.service_id)
    prefix = floor.skills.prefix(group_id) if floor.skills else ""
    _head, _, digits = command.label.rpartition("-")
    within = digits.isascii() and digits.isdigit() and grant.first <= int(digits) <= grant.last
    if not within or command.label != paper_label(prefix, grant.kiosk_no, int(digits)):
        raise LabelOutsideGrant(number=command.label)
    if len(command.label) > LABEL_MAX:
        raise LabelOutsideGrant(number=command.label)
    return grant


def _uploaded(
    floor: Floor, command: cmd.UploadTicket, grant: Grant, now_ms: int
) -> ev.TicketUploaded:
    classes = floor.skills.classes if floor.skills else {}
    if command.class_id is not None and command.class_id not in classes:
        raise UnknownPriority(class_id=command.class_id)
    issued_ms = min(max(command.issued_ms, grant.given_ms), now_ms)
    return ev.TicketUploaded(
        ticket_id=command.ticket_id,
        visit_id=command.visit_id,
        label=command.label,
        service_id=command.service_id,
        group_id=group_of(floor, command.service_id),
        class_id=command.class_id,
        request_key=command.request_key,
        grant_id=grant.grant_id,
        issued_ms=issued_ms,
        doubt="" if command.adopted else _doubt(floor, command, grant, now_ms - issued_ms),
        language=command.language,
        principal=_free_principal(floor, command),
        adopted=command.adopted,
    )


def _doubt(floor: Floor, command: cmd.UploadTicket, grant: Grant, age_ms: int) -> str:
    late_after_s = floor.settings.late_after_s if floor.settings else 0
    if grant.business_date != floor.business_date or age_ms > late_after_s * _MS:
        return "late"
    return "" if command.printed else "unprinted"


def _free_principal(floor: Floor, command: cmd.UploadTicket) -> str | None:
    """Cut off, nobody could see that a person has a number already: both papers count."""
    if command.principal is None:
        return None
    taken = (command.principal, command.service_id) in floor.principals
    return None if taken else command.principal


def confirm(floor: Floor, command: cmd.ConfirmTicket, now_ms: int) -> tuple[ev.Event, ...]:
    """The number counts: it waits at the place of its time of issue."""
    ticket = ticket_of(floor, command.ticket_id)
    after(ticket, Act.CONFIRM)
    return (ev.TicketConfirmed(ticket.ticket_id, command.by),)


def settle(floor: Floor, command: cmd.SettleTicket, now_ms: int) -> tuple[ev.Event, ...]:
    """What became of the number meanwhile, as a clerk says."""
    ticket = ticket_of(floor, command.ticket_id)
    act = {"served": Act.SETTLE_SERVED, "no_show": Act.SETTLE_NO_SHOW}.get(command.fate)
    if act is None:
        raise IllegalTransition(number=ticket.label, state=ticket.state, act=command.fate)
    after(ticket, act)
    return (ev.TicketSettled(ticket.ticket_id, command.fate),)


def grants_to_carry(floor: Floor, day: date) -> tuple[Grant, ...]:
    """Grants that a kiosk may still come back with on a business day."""
    kept = [g for g in floor.grants.values() if (day - g.business_date).days <= GRANT_DAYS]
    return tuple(sorted(kept, key=lambda g: (g.given_ms, g.grant_id)))


def requests_to_carry(floor: Floor, grants: tuple[Grant, ...]) -> tuple[Request, ...]:
    """Today's requests, and the earlier ones whose paper may still be brought in again."""
    kept = {grant.grant_id for grant in grants}
    papers = (r for r in floor.earlier_requests.values() if r.grant_id in kept)
    found = {r.key: r for r in (*papers, *floor.requests.values())}
    return tuple(sorted(found.values(), key=lambda r: r.key))


def unprinted_since(floor: Floor, now_ms: int) -> tuple[cmd.ConfirmTicket, ...]:
    """Numbers that perhaps were not printed, and whose time of grace has passed."""
    grace_ms = (floor.settings.unprinted_grace_s if floor.settings else 0) * _MS
    due = [
        ticket
        for ticket in floor.tickets.values()
        if ticket.state is TicketState.UNCONFIRMED
        and ticket.offline is not None
        and ticket.offline.doubt == "unprinted"
        and now_ms - ticket.offline.uploaded_ms >= grace_ms
    ]
    return tuple(cmd.ConfirmTicket(t.ticket_id, "grace") for t in due)
