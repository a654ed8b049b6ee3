"""Statistics and exports, from `ticket_leg` and the journal; read-only, from any thread.

A ticket belongs to the business day it was issued on, with all its legs, also those of a later day
it was carried over to. By hall its wait is from issue (of an appointment: from the later of arrival
and slot) to first call, its service, walk and hold are the sums over its legs, and it has a service
time only when it was finished.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from queue_server.ports import JournalRow, LegRow
from queue_server.store import reading
from queue_server.store.engine import Readers
from queue_server.store.figures import By, Figures, Stretch, Tally
from queue_server.store.schema import event, hall, ticket_leg

_QUARTER_MS = 15 * 60 * 1000
"""Every offset from UTC in use is a multiple of a quarter of an hour."""

_leg = ticket_leg.c


class _Leg(NamedTuple):
    """The columns that statistics read; rows have these attributes too."""

    ticket_id: str
    leg: int
    service_id: str
    group_id: str
    class_id: str | None
    window_id: str | None
    clerk_id: str | None
    outcome: str
    issued_ms: int
    first_call_ms: int | None
    wait_ms: int | None
    walk_ms: int | None
    service_ms: int | None
    hold_ms: int
    slot_ms: int | None


_COLUMNS = tuple(ticket_leg.c[name] for name in _Leg._fields)
_KEY_OF_LEG = {
    By.WINDOW: attrgetter("window_id"),
    By.CLERK: attrgetter("clerk_id"),
    By.SERVICE: attrgetter("service_id"),
    By.GROUP: attrgetter("group_id"),
}


class Reports:
    """What managers read and export."""

    def __init__(self, readers: Readers, hall_id: str) -> None:
        self._readers = readers
        self._hall = hall_id

    def statistics(
        self,
        from_date: date,
        to_date: date,
        by: By,
        time_zone: str,
        targets_s: Mapping[str, int | None],
    ) -> tuple[Figures, tuple[Figures, ...]]:
        """The figures of the tickets issued on some business days.

        Args:
            from_date: the first day.
            to_date: the last day, included.
            by: what the rows are; by window, clerk, item and group they count legs.
            time_zone: of the hall, for the hour a ticket was issued in.
            targets_s: the promised wait by item, seconds; None or missing where none is promised.

        Returns:
            The total, per ticket, and the rows in the order of their keys.

        Raises:
            StoreError: the database cannot be read.
        """
        total = Tally()
        rows: dict[str | None, Tally] = {}
        key_of_leg = _KEY_OF_LEG.get(by)
        hour = _hours(time_zone)
        with self._readers.reading() as connection:
            for legs in _tickets(connection, from_date, to_date):
                ticket = _whole(legs)
                total.add(ticket, targets_s)
                if key_of_leg is None:
                    first = legs[0]
                    key = hour(first.issued_ms) if by is By.HOUR else first.class_id or ""
                    _tally(rows, key).add(ticket, targets_s)
                    continue
                for leg in legs:
                    _tally(rows, key_of_leg(leg)).add(_single(leg), targets_s)
        ordered = sorted(rows, key=_natural)
        return total.figures(None), tuple(rows[key].figures(key) for key in ordered)

    def rows(self, from_date: date, to_date: date) -> Iterator[LegRow]:
        """The legs behind `statistics`, by day of issue, for people who want to count again."""
        query = select(ticket_leg).where(_issued_between(from_date, to_date))
        with self._readers.reading() as connection:
            query = query.order_by(_leg.issued_ms, _leg.ticket_id, _leg.leg)
            for row in reading.stream(connection, query):
                yield reading.leg_row(row)

    def export(self, from_date: date, to_date: date) -> Iterator[tuple[int, JournalRow]]:
        """(epoch, journal row) of some business days, in the journal's order, without orphans.

        Raises:
            StoreError: unreadable, or a row cannot be understood.
        """
        with self._readers.reading() as connection:
            epoch = connection.scalar(select(hall.c.epoch).where(hall.c.hall_id == self._hall))
            for stretch in reading.whole(reading.branches(connection, self._hall), epoch or 0):
                query = select(event).where(
                    *reading.within(self._hall, stretch),
                    event.c.business_date.between(from_date.isoformat(), to_date.isoformat()),
                )
                for row in reading.stream(connection, query.order_by(event.c.seq)):
                    yield stretch.epoch, reading.journal_row(row)

    def days(self) -> list[date]:
        """The business days that have tickets, oldest first."""
        query = select(_leg.business_date).distinct().order_by(_leg.business_date)
        with self._readers.reading() as connection:
            return [date.fromisoformat(day) for day in connection.scalars(query)]


def _issued_between(from_date: date, to_date: date) -> ColumnElement[bool]:
    """Legs of tickets whose first leg lies in the days."""
    low, high = from_date.isoformat(), to_date.isoformat()
    first = ticket_leg.alias("first")
    issued = exists().where(
        first.c.ticket_id == _leg.ticket_id,
        first.c.leg == 1,
        first.c.business_date.between(low, high),
    )
    return or_(
        and_(_leg.leg == 1, _leg.business_date.between(low, high)),
        and_(_leg.leg > 1, _leg.business_date >= low, issued),
    )


def _tickets(
    connection: Connection,
    from_date: date,
    to_date: date,
) -> Iterator[tuple[_Leg, ...]]:
    """The legs of each ticket issued in the days, in order."""
    low, high = from_date.isoformat(), to_date.isoformat()
    later: dict[str, list[_Leg]] = {}
    # Second legs are few: read apart, they spare sorting all the others.
    moved = select(*_COLUMNS).where(_leg.leg > 1, _issued_between(from_date, to_date))
    for row in connection.execute(moved.order_by(_leg.leg)):
        later.setdefault(row.ticket_id, []).append(cast("_Leg", row))
    first = select(*_COLUMNS).where(_leg.leg == 1, _leg.business_date.between(low, high))
    for row in reading.stream(connection, first):
        yield (cast("_Leg", row), *later.get(row.ticket_id, ()))


def _single(leg: _Leg) -> Stretch:
    outcome = leg.outcome
    return Stretch(
        leg.service_id,
        outcome,
        leg.first_call_ms is not None,
        int(outcome == "transferred"),
        leg.wait_ms,
        leg.walk_ms,
        leg.service_ms,
        leg.hold_ms,
    )


def _whole(legs: tuple[_Leg, ...]) -> Stretch:
    """A ticket from its legs; as a leg when it has only one, which is nearly always."""
    if len(legs) == 1:
        return _single(legs[0])
    first, last = legs[0], legs[-1]
    calls = [leg.first_call_ms for leg in legs if leg.first_call_ms is not None]
    walks = [leg.walk_ms for leg in legs if leg.walk_ms is not None]
    served = [leg.service_ms for leg in legs if leg.service_ms is not None]
    came_ms = max(first.issued_ms, first.slot_ms or 0)
    return Stretch(
        service_id=first.service_id,
        outcome=last.outcome,
        called=bool(calls),
        transfers=len(legs) - 1,
        wait_ms=max(0, calls[0] - came_ms) if calls else None,
        walk_ms=sum(walks) if walks else None,
        service_ms=sum(served) if served and last.outcome == "finished" else None,
        hold_ms=sum(leg.hold_ms for leg in legs),
    )


def _tally(rows: dict[str | None, Tally], key: str | None) -> Tally:
    found = rows.get(key)
    if found is None:
        found = rows[key] = Tally()
    return found


def _hours(time_zone: str) -> Callable[[int], str]:
    zone = ZoneInfo(time_zone)
    known: dict[int, str] = {}

    def hour(at_ms: int) -> str:
        quarter = at_ms // _QUARTER_MS
        found = known.get(quarter)
        if found is None:
            moment = datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC)
            found = known[quarter] = f"{moment.astimezone(zone).hour:02d}"
        return found

    return hour


def _natural(key: str | None) -> tuple[bool, int, str]:
    """Windows 2 before 10; what has no key last."""
    if key is None:
        return True, 0, ""
    return False, int(key) if key.isdecimal() else 0, key
