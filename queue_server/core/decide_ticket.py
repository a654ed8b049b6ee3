"""Issuing a ticket, and what happens to it away from a window."""

from queue_server.contract.ids import ClassId, GroupId, ServiceId, TicketId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core import lanes, quota
from queue_server.core.discipline import ahead
from queue_server.core.errors import (
    DuplicateTicket,
    GraceOver,
    IllegalTransition,
    NoCurrentTicket,
    NotServedHere,
    ReasonNeeded,
    RequestKnown,
    UnknownPriority,
    UnknownService,
    UnknownTicket,
    UnknownWindow,
)
from queue_server.core.estimate import predict
from queue_server.core.evolve_ticket import issued_ticket
from queue_server.core.model import Floor, Position, Ticket, TicketState
from queue_server.core.numbering import label
from queue_server.core.transitions import Act, after
from queue_server.core.window_rules import at_window

_MS = 1000


def ticket_of(floor: Floor, ticket_id: TicketId) -> Ticket:
    """A live ticket.

    Raises:
        UnknownTicket: never issued here, or already at its end.
    """
    try:
        return floor.tickets[ticket_id]
    except KeyError:
        raise UnknownTicket(ticket_id=ticket_id) from None


def group_of(floor: Floor, service_id: ServiceId) -> GroupId:
    """The group of a service item.

    Raises:
        UnknownService: this hall has no such item.
    """
    if floor.skills is None or service_id not in floor.skills.group_of:
        raise UnknownService(service_id=service_id)
    return floor.skills.group_of[service_id]


def _check_class(floor: Floor, class_id: ClassId | None) -> None:
    if class_id is not None and (floor.skills is None or class_id not in floor.skills.classes):
        raise UnknownPriority(class_id=class_id)


def issue(
    floor: Floor, command: cmd.IssueTicket, now_ms: int, slot_ms: int | None = None
) -> tuple[ev.TicketIssued, ...]:
    """A number for one matter. The wait it was promised is part of the fact.

    `slot_ms` is the start of its slot when an appointment is kept.
    """
    group_id = group_of(floor, command.service_id)
    _check_class(floor, command.class_id)
    key = command.request_key
    known = (floor.requests.get(key) or floor.earlier_requests.get(key)) if key else None
    if known is not None:  # a request that was long on its way: its paper came in meanwhile
        raise RequestKnown(number=known.label, ticket_id=known.ticket_id)
    if command.principal is not None:
        existing = floor.principals.get((command.principal, command.service_id))
        if existing is not None:
            ticket = floor.tickets[existing]
            raise DuplicateTicket(number=ticket.label, ticket_id=ticket.ticket_id)
    if not command.staffed and slot_ms is None:  # an appointment has its place already
        quota.check(floor, command.service_id)
    number = floor.counters.get(group_id, 0) + 1
    prefix = floor.skills.prefix(group_id) if floor.skills else ""
    bare = ev.TicketIssued(
        ticket_id=command.ticket_id,
        visit_id=command.visit_id,
        label=label(prefix, number),
        number=number,
        service_id=command.service_id,
        group_id=group_id,
        class_id=command.class_id,
        channel=command.channel,
        language=command.language,
        principal=command.principal,
        request_key=command.request_key,
        slot_ms=slot_ms,
    )
    return (_with_promise(floor, bare, now_ms),)


def _with_promise(floor: Floor, bare: ev.TicketIssued, now_ms: int) -> ev.TicketIssued:
    ticket = issued_ticket(bare, floor.seq + 1, now_ms)
    wait = predict(floor, ticket, now_ms)
    return ev.TicketIssued(
        ticket_id=bare.ticket_id,
        visit_id=bare.visit_id,
        label=bare.label,
        number=bare.number,
        service_id=bare.service_id,
        group_id=bare.group_id,
        class_id=bare.class_id,
        channel=bare.channel,
        language=bare.language,
        principal=bare.principal,
        request_key=bare.request_key,
        slot_ms=bare.slot_ms,
        ahead=ahead(floor, ticket),
        low_s=wait.low_s if wait else None,
        likely_s=wait.likely_s if wait else None,
        high_s=wait.high_s if wait else None,
    )


def requeue(floor: Floor, command: cmd.Requeue, now_ms: int) -> tuple[ev.Event, ...]:
    """A no-show is back: in time it stands after the next one called, later at the end."""
    ticket = ticket_of(floor, command.ticket_id)
    after(ticket, Act.REQUEUE)
    grace_s = floor.settings.grace_s if floor.settings else 0
    if now_ms - ticket.since_ms > grace_s * _MS:
        if not command.by_clerk:
            raise GraceOver(number=ticket.label)
        return (ev.TicketRequeued(ticket.ticket_id, Position(now_ms, floor.seq + 1)),)
    first = min(
        (
            entries[0].position
            for lane, entries in lanes.of_group(floor, ticket.group_id)
            if lane.appointment == (ticket.slot_ms is not None)
            and bool(lane.class_id) == bool(ticket.class_id)
            and entries[0].position.at_ms <= now_ms  # an appointment whose slot has come
        ),
        default=None,
    )
    if first is None:
        at = ticket.position
        own = at if at.at_ms <= now_ms else Position(now_ms, floor.seq + 1)
        return (ev.TicketRequeued(ticket.ticket_id, own),)
    behind_first = Position(first.at_ms, first.seq, first.sub + floor.seq + 1)
    return (ev.TicketRequeued(ticket.ticket_id, behind_first),)


def cancel(floor: Floor, command: cmd.CancelTicket, now_ms: int) -> tuple[ev.Event, ...]:
    """Void a ticket."""
    ticket = ticket_of(floor, command.ticket_id)
    after(ticket, Act.CANCEL)
    if not command.reason:
        raise ReasonNeeded
    return (ev.TicketCancelled(ticket.ticket_id, command.reason),)


def abandon(floor: Floor, command: cmd.Abandon, now_ms: int) -> tuple[ev.Event, ...]:
    """The citizen gives the number back."""
    ticket = ticket_of(floor, command.ticket_id)
    after(ticket, Act.ABANDON)
    return (ev.TicketAbandoned(ticket.ticket_id),)


def transfer(floor: Floor, command: cmd.Transfer, now_ms: int) -> tuple[ev.Event, ...]:
    """To another item or window, under the same number."""
    window = at_window(floor, command.window_id, command.clerk_id)
    ticket_id = command.ticket_id or window.ticket_id
    if ticket_id is None:
        raise NoCurrentTicket(window_id=command.window_id)
    ticket = ticket_of(floor, ticket_id)
    after(ticket, Act.TRANSFER)
    elsewhere = ticket.window_id not in (None, command.window_id)
    if elsewhere and ticket.state is not TicketState.HELD:
        raise IllegalTransition(number=ticket.label, state=ticket.state, act=Act.TRANSFER)
    service_id = command.to_service or ticket.service_id
    group_id = group_of(floor, service_id)
    _check_target(floor, service_id, command.to_window)
    if service_id != ticket.service_id:
        _check_principal(floor, ticket, service_id)
    return (
        ev.TicketTransferred(
            ticket_id=ticket.ticket_id,
            from_window=ticket.window_id,
            service_id=service_id,
            group_id=group_id,
            to_window=command.to_window,
            position=_position(floor, ticket, command.position, now_ms),
        ),
    )


def _check_target(floor: Floor, service_id: ServiceId, to_window: WindowId | None) -> None:
    if to_window is None or floor.skills is None:
        return
    if to_window not in floor.skills.serves:
        raise UnknownWindow(window_id=to_window)
    if service_id not in floor.skills.serves[to_window]:
        raise NotServedHere(window_id=to_window)


def _check_principal(floor: Floor, ticket: Ticket, service_id: ServiceId) -> None:
    """One live ticket per principal and item, also when a ticket changes its item."""
    if ticket.principal is None:
        return
    existing = floor.principals.get((ticket.principal, service_id))
    if existing is not None:
        other = floor.tickets[existing]
        raise DuplicateTicket(number=other.label, ticket_id=other.ticket_id)


def _position(floor: Floor, ticket: Ticket, wanted: str, now_ms: int) -> Position:
    if wanted == "front":
        return Position(0, floor.seq + 1)
    if wanted == "end":
        return Position(now_ms, floor.seq + 1)
    return Position(ticket.issued_ms, ticket.issue_seq)
