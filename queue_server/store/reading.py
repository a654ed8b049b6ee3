"""Reads journal rows along the hall's lineage of epochs, and legs and answers as records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from queue_server.core.events import Event
from queue_server.core.statistics import Leg
from queue_server.ports import Instant, JournalRow, LegRow, StoreError
from queue_server.store.event_codec import UnreadableEventError, decode
from queue_server.store.schema import event, lineage

AnyRow = Row[*tuple[Any, ...]]
_FETCH = 2000
ALL = 2**62
"""A seq that no journal reaches."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one epoch, both ends included."""

    epoch: int
    first: int
    last: int


def branches(connection: Connection, hall_id: str) -> dict[int, tuple[int, int]]:
    """(parent epoch, parent seq) of each epoch of a hall."""
    rows = connection.execute(
        select(lineage.c.epoch, lineage.c.parent_epoch, lineage.c.parent_seq)
        .where(lineage.c.hall == hall_id)
        .order_by(lineage.c.epoch),
    )
    return {epoch: (parent, seq) for epoch, parent, seq in rows}


def since_last_day(connection: Connection, hall_id: str, epoch: int) -> list[Stretch]:
    """The rows that make up the floor: from the last `DayOpened` that counts, or from the first.

    A restore may begin an epoch in the middle of a day; the day's first rows are then those of the
    parent, up to where it branched off.
    """
    parents = branches(connection, hall_id)
    found: list[Stretch] = []
    last = ALL
    while epoch > 0:
        opened = connection.scalar(
            select(func.max(event.c.seq)).where(
                event.c.hall == hall_id,
                event.c.epoch == epoch,
                event.c.seq <= last,
                event.c.kind == "DayOpened",
            ),
        )
        parent, branch = parents.get(epoch, (0, 0))
        found.insert(0, Stretch(epoch, opened or branch + 1, last))
        if opened is not None:
            break
        epoch, last = parent, branch
    return found


def whole(parents: dict[int, tuple[int, int]], epoch: int) -> list[Stretch]:
    """All rows that count, from the first event on, up to the end of an epoch."""
    found: list[Stretch] = []
    last = ALL
    while epoch > 0:
        parent, branch = parents.get(epoch, (0, 0))
        found.insert(0, Stretch(epoch, branch + 1, last))
        epoch, last = parent, branch
    return found


def within(hall_id: str, stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """The condition that picks a stretch's rows; in the order of the primary key."""
    return (
        event.c.hall == hall_id,
        event.c.epoch == stretch.epoch,
        event.c.seq.between(stretch.first, stretch.last),
    )


def events(
    connection: Connection,
    hall_id: str,
    stretches: list[Stretch],
) -> Iterator[tuple[int, Event]]:
    """(at_ms, event) in order, without a gap.

    Raises:
        StoreError: a row is missing or cannot be understood; it is named.
    """
    columns = (event.c.seq, event.c.at_ms, event.c.kind, event.c.version, event.c.body)
    for stretch in stretches:
        expected = stretch.first
        query = select(*columns).where(*within(hall_id, stretch)).order_by(event.c.seq)
        for seq, at_ms, kind, version, body in stream(connection, query):
            if seq != expected:
                raise StoreError(f"The journal has no row {stretch.epoch}/{expected}.")
            expected += 1
            try:
                fact = decode(kind, version, body)
            except UnreadableEventError as error:
                raise StoreError(f"Journal row {stretch.epoch}/{seq}: {error}.") from error
            yield at_ms, fact
        if stretch.last != ALL and expected <= stretch.last:
            raise StoreError(f"The journal has no row {stretch.epoch}/{expected}.")


def stream(connection: Connection, query: Select[Any]) -> Iterator[AnyRow]:
    """The rows of a query, never all of them in memory."""
    with connection.execute(query, execution_options={"stream_results": True}) as result:
        for part in result.partitions(_FETCH):
            yield from part


def leg_row(row: AnyRow) -> LegRow:
    """A whole row of `ticket_leg`, its columns in the schema's order."""
    ticket_id, number, day, *rest = row
    return LegRow(date.fromisoformat(day), Leg(ticket_id, number, *rest))


def journal_row(row: AnyRow) -> JournalRow:
    """A whole row of `event`, its columns in the schema's order.

    Raises:
        StoreError: it cannot be understood.
    """
    (_, epoch, seq, at_ms, day, kind, version, body, _, _, actor, boot_id, mono_ms, clock) = row
    try:
        fact = decode(kind, version, body)
    except UnreadableEventError as error:
        raise StoreError(f"Journal row {epoch}/{seq}: {error}.") from error
    instant = Instant(at_ms, mono_ms, boot_id, clock)
    return JournalRow(seq, instant, date.fromisoformat(day), fact, actor)
