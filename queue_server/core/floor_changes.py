"""Changes of the floor that keep its indexes in step: lanes, counts, visits, windows."""

from typing import Any

from immutables import Map

from queue_server.contract.ids import GroupId, WindowId
from queue_server.core import lanes
from queue_server.core.model import Floor, Ticket, TicketState, changed

AT_HAND = frozenset({TicketState.CALLED, TicketState.SERVING})


def put(floor: Floor, old: Ticket | None, new: Ticket) -> Floor:
    """The floor with a ticket changed; keeps lanes, counts, visits and principals in step."""
    all_lanes, waiting = floor.lanes, floor.waiting
    if old is not None and old.state is TicketState.WAITING:
        all_lanes = lanes.leave(all_lanes, old)
        waiting = _count(waiting, old.group_id, -1)
    if new.state is TicketState.WAITING:
        all_lanes = lanes.join(all_lanes, new)
        waiting = _count(waiting, new.group_id, 1)
    principals = floor.principals
    if new.principal is not None and (old is None or old.service_id != new.service_id):
        if old is not None:
            principals = principals.delete((new.principal, old.service_id))
        principals = principals.set((new.principal, new.service_id), new.ticket_id)
    return changed(
        floor,
        tickets=floor.tickets.set(new.ticket_id, new),
        lanes=all_lanes,
        waiting=waiting,
        busy_visits=_visits(floor, old, new),
        principals=principals,
    )


def _visits(floor: Floor, old: Ticket | None, new: Ticket) -> Any:  # noqa: ANN401 - immutables.Map
    was, now = old is not None and old.state in AT_HAND, new.state in AT_HAND
    if now and not was:
        return floor.busy_visits.set(new.visit_id, new.ticket_id)
    if was and not now:
        return floor.busy_visits.delete(new.visit_id)
    return floor.busy_visits


def _count(waiting: Map[GroupId, int], group: GroupId, step: int) -> Map[GroupId, int]:
    return waiting.set(group, waiting.get(group, 0) + step)


def count_given(floor: Floor, ticket: Ticket) -> Floor:
    """The floor in which one more number of the ticket's item was given today."""
    count = floor.given.get(ticket.service_id, 0) + 1
    return changed(floor, given=floor.given.set(ticket.service_id, count))


def drop(floor: Floor, ticket: Ticket) -> Floor:
    """The floor once a ticket reached its final state."""
    all_lanes, waiting = floor.lanes, floor.waiting
    if ticket.state is TicketState.WAITING:
        all_lanes = lanes.leave(all_lanes, ticket)
        waiting = _count(waiting, ticket.group_id, -1)
    visits = floor.busy_visits
    if ticket.state in AT_HAND:
        visits = visits.delete(ticket.visit_id)
    principals = floor.principals
    if ticket.principal is not None:
        principals = principals.delete((ticket.principal, ticket.service_id))
    return changed(
        floor,
        tickets=floor.tickets.delete(ticket.ticket_id),
        lanes=all_lanes,
        waiting=waiting,
        busy_visits=visits,
        principals=principals,
    )


def window(floor: Floor, window_id: WindowId | None, **change: Any) -> Floor:  # noqa: ANN401 - fields of Window
    """The floor with some fields of a window changed."""
    old = floor.windows.get(window_id) if window_id is not None else None
    if old is None or window_id is None:  # the window was removed from the settings since
        return floor
    return changed(floor, windows=floor.windows.set(window_id, changed(old, **change)))


def release(floor: Floor, window_id: WindowId | None, at_ms: int) -> Floor:
    """The floor with a window that has no ticket at hand any more."""
    return window(floor, window_id, ticket_id=None, since_ms=at_ms, reason=None)
