"""The part of `verify` that reads the journal and what is derived from it."""

from typing import Any

from sqlalchemy import Connection, func, select

from queue_server.core.evolve import evolve
from queue_server.core.model import Floor
from queue_server.core.statistics import Leg
from queue_server.ports import StoreError
from queue_server.store import reading
from queue_server.store.event_codec import UnreadableEventError, decode
from queue_server.store.schema import event, ticket_leg
from queue_server.store.verify_walk import BrokenOffError, Step, Walk, same_state

_LEGS_AT_ONCE = 400
"""Tickets whose legs are compared by one query."""
_STEPS = (
    event.c.epoch,
    event.c.seq,
    event.c.at_ms,
    event.c.business_date,
    event.c.label,
    event.c.ticket_id,
    event.c.kind,
    event.c.version,
    event.c.body,
)
WALKED = {
    "sequence": "no row is missing",
    "events": "every event can be read",
    "replay": "every day replays, and a start finds the same state",
    "days": "business days and times only go forward",
    "labels": "every number was issued once and numbers rise",
    "tickets": "each ticket issued has one end or is live",
    "windows": "no ticket was at two windows and no window had two tickets",
    "appointments": "no slot had more appointments than places, and each was kept once at most",
    "legs": "the statistics' rows are those the journal gives",
}
"""The checks of the walk, and what holds when one finds nothing."""


def take_walk(connection: Connection, hall_id: str, epoch: int, walk: Walk) -> int:
    """Walk through all rows that count, and compare what is derived from them.

    Args:
        connection: one snapshot.
        hall_id: whose rows.
        epoch: the hall's newest.
        walk: keeps what is found, under the names of `WALKED`.

    Returns:
        How many rows count.
    """
    parents = reading.branches(connection, hall_id)
    rows = 0
    try:
        for stretch in reading.whole(parents, epoch):
            rows += _stretch(connection, hall_id, stretch, walk)
        _compare_legs(connection, walk, everything=True)
        _strangers_among_legs(connection, walk)
        _same_start(connection, hall_id, epoch, walk)
    except BrokenOffError:
        first = next(iter(walk.breaches.values()))
        for name in WALKED:
            walk.breach(name, f"Not checked to the end. {first}")
    _orphans(connection, hall_id, parents, walk)
    return rows


def _stretch(connection: Connection, hall_id: str, stretch: reading.Stretch, walk: Walk) -> int:
    expected = stretch.first
    query = select(*_STEPS).where(*reading.within(hall_id, stretch)).order_by(event.c.seq)
    for row in reading.stream(connection, query):
        if row.seq != expected:
            walk.breach("sequence", f"Row {stretch.epoch}/{expected} is missing.")
            # Go on where the journal does; what the gap took will show as breaches of its own.
            walk.skip_to(row.seq)
        expected = row.seq + 1
        walk.step(_decoded(row, walk))
        if walk.ripe() >= _LEGS_AT_ONCE:
            _compare_legs(connection, walk, everything=False)
    if stretch.last != reading.ALL and expected <= stretch.last:
        walk.breach("sequence", f"Row {stretch.epoch}/{expected} is missing.")
    return expected - stretch.first


def _decoded(row: Any, walk: Walk) -> Step:  # noqa: ANN401 - a row of _STEPS
    try:
        fact = decode(row.kind, row.version, row.body)
    except UnreadableEventError as error:
        walk.breach("events", f"Row {row.epoch}/{row.seq}: {error}.")
        raise BrokenOffError from error
    return Step(row.epoch, row.seq, row.at_ms, row.business_date, row.label, row.ticket_id, fact)


def _orphans(
    connection: Connection,
    hall_id: str,
    parents: dict[int, tuple[int, int]],
    walk: Walk,
) -> None:
    """Rows that a restore left behind do not count, but must be readable too."""
    for parent, branch in parents.values():
        stretch = reading.Stretch(parent, branch + 1, reading.ALL)
        query = select(*_STEPS).where(*reading.within(hall_id, stretch)).order_by(event.c.seq)
        for row in reading.stream(connection, query):
            try:
                decode(row.kind, row.version, row.body)
            except UnreadableEventError as error:
                walk.breach("events", f"Row {row.epoch}/{row.seq}: {error}.")
                return


def _compare_legs(connection: Connection, walk: Walk, *, everything: bool) -> None:
    made = walk.take_legs(everything=everything)
    wanted = list(made)
    for start in range(0, len(wanted), _LEGS_AT_ONCE):
        part = wanted[start : start + _LEGS_AT_ONCE]
        stored: dict[str, dict[int, tuple[str, Leg]]] = {ticket_id: {} for ticket_id in part}
        query = select(ticket_leg).where(ticket_leg.c.ticket_id.in_(part))
        for row in connection.execute(query):
            kept = reading.leg_row(row)
            leg = kept.leg
            stored[leg.ticket_id][leg.leg] = (kept.business_date.isoformat(), leg)
        for ticket_id in part:
            if stored[ticket_id] != made[ticket_id]:
                walk.breach("legs", _difference(ticket_id, made[ticket_id], stored[ticket_id]))


def _difference(
    ticket_id: str,
    made: dict[int, tuple[str, Leg]],
    stored: dict[int, tuple[str, Leg]],
) -> str:
    for number in sorted(made.keys() | stored.keys()):
        if number not in stored:
            return f"Leg {number} of the ticket {ticket_id} is missing."
        if number not in made:
            return f"Leg {number} of the ticket {ticket_id} is not in the journal."
        if made[number][0] != stored[number][0]:
            return f"Leg {number} of the ticket {ticket_id} has another business date."
        for column in Leg.__match_args__:
            right, found = (getattr(legs[number][1], column) for legs in (made, stored))
            if right != found:
                return (
                    f"Leg {number} of the ticket {ticket_id} has {column} {found!r}, the journal "
                    f"gives {right!r}."
                )
    return f"The legs of the ticket {ticket_id} differ."


def _strangers_among_legs(connection: Connection, walk: Walk) -> None:
    """Legs of tickets that the journal does not know."""
    count = connection.scalar(select(func.count()).select_from(ticket_leg))
    if count == walk.leg_count:
        return
    for ticket_id in connection.scalars(select(ticket_leg.c.ticket_id)):
        if ticket_id not in walk.seen:
            walk.breach("legs", f"A leg of the ticket {ticket_id} stands there; it was not issued.")
            return


def _same_start(connection: Connection, hall_id: str, epoch: int, walk: Walk) -> None:
    """The floor that a start replays is the one the whole journal gives."""
    stretches = reading.since_last_day(connection, hall_id, epoch)
    floor = Floor(seq=stretches[0].first - 1)
    try:
        for at_ms, fact in reading.events(connection, hall_id, stretches):
            floor = evolve(floor, fact, at_ms)
    except (StoreError, LookupError) as error:
        walk.breach("replay", f"A start fails: {error}")
        return
    if not same_state(floor, walk.floor):
        walk.breach("replay", "A start from the last opened day gives another state.")
