"""The hot path: what one batch writes, as a few hand-written multi-row statements.

Hand-written because SQLAlchemy Core costs a third of the throughput here (performance.md).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from queue_server.core.events import GIVES_LABEL
from queue_server.ports import AnswerRow, Batch, JournalRow, LegRow, RemarkRow, VisitorRow
from queue_server.store.event_codec import VERSIONS, encode
from queue_server.store.schema import answer, event, remark, ticket_leg, visitor

ROWS = 64
"""Rows in one SQLite statement at most: 64 x 23 values stay far below its limit of 32,766."""

EVENT_COLUMNS = tuple(c.name for c in event.columns)
LEG_COLUMNS = tuple(c.name for c in ticket_leg.columns)
ANSWER_COLUMNS = tuple(c.name for c in answer.columns)
VISITOR_COLUMNS = tuple(c.name for c in visitor.columns)
REMARK_COLUMNS = tuple(c.name for c in remark.columns)

_KEPT_OF_LEG = ("ticket_id", "leg", "business_date")
"""The key, and the day a leg was first written: a later write does not move it."""
_LEG_CONFLICT = " ON CONFLICT (ticket_id, leg) DO UPDATE SET " + ", ".join(
    f"{c} = excluded.{c}" for c in LEG_COLUMNS if c not in _KEPT_OF_LEG
)
_VISITOR_CONFLICT = " ON CONFLICT (ticket_id) DO UPDATE SET " + ", ".join(
    f"{c} = excluded.{c}" for c in VISITOR_COLUMNS if c != "ticket_id"
)
_CONFLICT = {"ticket_leg": _LEG_CONFLICT, "visitor": _VISITOR_CONFLICT}
_COLUMNS = {
    "event": EVENT_COLUMNS,
    "ticket_leg": LEG_COLUMNS,
    "answer": ANSWER_COLUMNS,
    "visitor": VISITOR_COLUMNS,
    "remark": REMARK_COLUMNS,
}

_encoder = msgspec.json.Encoder()
_leg_rest = attrgetter(*LEG_COLUMNS[3:])

Statement = tuple[str, list[Any]]
Values = Sequence[Any]


def statements(batch: Batch, hall: str, epoch: int, dialect: str) -> Iterator[Statement]:
    """What to execute for a batch, in order, between BEGIN and COMMIT.

    Args:
        batch: what the commands of one commit made.
        hall: whose journal.
        epoch: its lineage.
        dialect: "sqlite" or "postgresql".
    """
    write = _multi_row if dialect == "sqlite" else _json
    yield from write("event", [event_values(row, hall, epoch) for row in batch.rows])
    # PostgreSQL refuses to touch a row twice in one statement: the last state, the first day.
    legs: dict[tuple[str, int], list[Any]] = {}
    for leg in batch.legs:
        values = leg_values(leg)
        earlier = legs.get((leg.leg.ticket_id, leg.leg.leg))
        if earlier is not None:
            values[2] = earlier[2]
        legs[leg.leg.ticket_id, leg.leg.leg] = values
    yield from write("ticket_leg", list(legs.values()))
    yield from write("answer", [answer_values(row) for row in batch.answers])
    visitors = {row.ticket_id: visitor_values(row) for row in batch.visitors}
    yield from write("visitor", list(visitors.values()))
    yield from write("remark", [remark_values(row) for row in batch.remarks])


def _multi_row(table: str, rows: Sequence[Values]) -> Iterator[Statement]:
    for start in range(0, len(rows), ROWS):
        chunk = rows[start : start + ROWS]
        yield _insert_values(table, len(chunk)), [v for row in chunk for v in row]


@lru_cache(maxsize=4 * ROWS)
def _insert_values(table: str, rows: int) -> str:
    # Names come from the schema, never from outside.
    columns = _COLUMNS[table]
    one = f"({', '.join('?' * len(columns))})"
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - see above
        f"VALUES {', '.join([one] * rows)}{_CONFLICT.get(table, '')}"
    )


def _json(table: str, rows: Sequence[Values]) -> Iterator[Statement]:
    """All rows as one JSON parameter.

    PostgreSQL plans one short statement once instead of parsing a thousand placeholders: about
    twice the throughput (docs/adr/0005).
    """
    if rows:
        columns = _COLUMNS[table]
        body = _encoder.encode([dict(zip(columns, map(_plain, row), strict=True)) for row in rows])
        yield _insert_json(table), [body.decode()]


@lru_cache
def _insert_json(table: str) -> str:
    # Names come from the schema, never from outside.
    columns = ", ".join(_COLUMNS[table])
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - see above
        f"FROM json_populate_recordset(NULL::{table}, %s::json){_CONFLICT.get(table, '')}"
    )


def _plain(value: object) -> object:
    """Bytes in the form in which PostgreSQL reads them as bytea; the rest as it is."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def event_values(row: JournalRow, hall: str, epoch: int) -> tuple[Any, ...]:
    """The values of EVENT_COLUMNS."""
    fact, instant = row.event, row.instant
    kind = type(fact).__name__
    return (
        hall,
        epoch,
        row.seq,
        instant.at_ms,
        row.business_date.isoformat(),
        kind,
        VERSIONS[kind],
        encode(fact),
        fact.label if isinstance(fact, GIVES_LABEL) else None,
        getattr(fact, "ticket_id", None),
        row.actor,
        instant.boot_id,
        instant.mono_ms,
        instant.quality,
    )


def leg_values(row: LegRow) -> list[Any]:
    """The values of LEG_COLUMNS."""
    leg = row.leg
    return [leg.ticket_id, leg.leg, row.business_date.isoformat(), *_leg_rest(leg)]


def answer_values(row: AnswerRow) -> tuple[Any, ...]:
    """The values of ANSWER_COLUMNS."""
    return row.digest, row.body_hash, row.status, row.body, row.business_date.isoformat()


def visitor_values(row: VisitorRow) -> tuple[Any, ...]:
    """The values of VISITOR_COLUMNS."""
    return (
        row.ticket_id,
        row.business_date.isoformat(),
        row.document_kind,
        row.masked_name,
        int(row.agent),
    )


def remark_values(row: RemarkRow) -> tuple[Any, ...]:
    """The values of REMARK_COLUMNS."""
    return row.seq, row.ticket_id, row.business_date.isoformat(), row.text
