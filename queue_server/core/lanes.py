"""Waiting tickets in order.

A lane is a sorted tuple. Joining or leaving copies pointers only (a few microseconds at a thousand
tickets), the old tuple stays valid for whoever still holds the committed state, and nothing on
the way to a call scans tickets.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator

from immutables import Map

from queue_server.contract.ids import GroupId, TicketId, WindowId
from queue_server.core.model import Entry, Floor, Lane, Position, Ticket

Lanes = Map[Lane, tuple[Entry, ...]]


def join(lanes: Lanes, ticket: Ticket) -> Lanes:
    """The lanes with a ticket at its position."""
    entry = Entry(ticket.position, ticket.ticket_id)
    there = lanes.get(ticket.lane, ())
    if not there or there[-1] < entry:
        return lanes.set(ticket.lane, (*there, entry))
    entries = list(there)
    insort(entries, entry)
    return lanes.set(ticket.lane, tuple(entries))


def leave(lanes: Lanes, ticket: Ticket) -> Lanes:
    """The lanes without a ticket.

    Raises:
        LookupError: the ticket is not where its position says: a broken invariant.
    """
    there = lanes[ticket.lane]
    at = bisect_left(there, Entry(ticket.position, ticket.ticket_id))
    if at == len(there) or there[at].ticket_id != ticket.ticket_id:
        raise LookupError(ticket.label)
    if len(there) == 1:
        return lanes.delete(ticket.lane)
    return lanes.set(ticket.lane, there[:at] + there[at + 1 :])


def open_to(floor: Floor, window_id: WindowId) -> Iterator[tuple[Lane, tuple[Entry, ...]]]:
    """The lanes that a window may call from."""
    if floor.skills is None:
        return
    serves = floor.skills.serves[window_id]
    for lane, entries in floor.lanes.items():
        if lane.service_id in serves and lane.window_id in ("", window_id):
            yield lane, entries


def head(floor: Floor, entries: tuple[Entry, ...]) -> Ticket | None:
    """The first ticket of a lane whose visitor is not at a window just now."""
    for entry in entries:
        ticket = floor.tickets[entry.ticket_id]
        if ticket.visit_id not in floor.busy_visits:
            return ticket
    return None


def of_group(floor: Floor, group_id: GroupId) -> Iterator[tuple[Lane, tuple[Entry, ...]]]:
    """The lanes of a service group."""
    if floor.skills is None:
        return
    for lane, entries in floor.lanes.items():
        if floor.skills.group_of.get(lane.service_id) == group_id:
            yield lane, entries


def count_before(entries: tuple[Entry, ...], position: Position) -> int:
    """How many entries of a lane stand before a position."""
    return bisect_left(entries, Entry(position, TicketId("")))
