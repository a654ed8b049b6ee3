"""What figures mean (domain.md, "Times and statistics"), in one place.

A `Leg` is one wait-walk-service stretch of a ticket: what a window or a clerk is measured by. The
first leg's wait is also the ticket's wait for the hall. Intervals are half-open; durations are
milliseconds here and become seconds at the edge. Percentiles are nearest-rank.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from queue_server.core.model import Ticket, TicketState

LIVE_OUTCOMES = frozenset({"unconfirmed", "waiting", "called", "serving", "held"})


@dataclass(frozen=True, slots=True)
class Leg:
    """One row of `ticket_leg`.

    Attributes:
        outcome: unconfirmed, waiting, called, serving, held, no_show while live; finished, no_show,
            transferred, cancelled, abandoned or expired at the end.
        start_ms: when its wait began: for an appointment the later of arrival and slot.
        wait_ms: first call - start of the leg, at least 0; None when it was never called.
        walk_ms: start - last call; None when it was never started.
        service_ms: sum of serving intervals; None until the leg was finished, or served and then
            transferred.
    """

    ticket_id: str
    leg: int
    visit_id: str
    label: str
    service_id: str
    group_id: str
    class_id: str | None
    channel: str
    window_id: str | None
    clerk_id: str | None
    outcome: str
    detail: str | None
    issued_ms: int
    start_ms: int
    first_call_ms: int | None
    started_ms: int | None
    ended_ms: int | None
    wait_ms: int | None
    walk_ms: int | None
    service_ms: int | None
    hold_ms: int
    slot_ms: int | None = None


def leg_of(
    ticket: Ticket,
    *,
    outcome: str | None = None,
    detail: str | None = None,
    ended_ms: int | None = None,
) -> Leg:
    """The leg a ticket is in; with `outcome` and `ended_ms`, as it ended."""
    served_ms = ticket.served_ms
    if ended_ms is not None and ticket.state is TicketState.SERVING:
        served_ms += ended_ms - ticket.since_ms
    hold_ms = ticket.held_ms
    if ended_ms is not None and ticket.state is TicketState.HELD:
        hold_ms += ended_ms - ticket.since_ms
    first_call_ms = ticket.first_call_ms
    return Leg(
        ticket_id=ticket.ticket_id,
        leg=ticket.leg,
        visit_id=ticket.visit_id,
        label=ticket.label,
        service_id=ticket.service_id,
        group_id=ticket.group_id,
        class_id=ticket.class_id,
        channel=ticket.channel,
        window_id=ticket.window_id,
        clerk_id=ticket.clerk_id,
        outcome=outcome or ticket.state,
        detail=detail,
        issued_ms=ticket.issued_ms,
        start_ms=ticket.leg_start_ms,
        first_call_ms=first_call_ms,
        started_ms=ticket.started_ms,
        ended_ms=ended_ms,
        # An appointment that was called before its slot did not wait.
        wait_ms=None if first_call_ms is None else max(0, first_call_ms - ticket.leg_start_ms),
        walk_ms=ticket.walk_ms,
        service_ms=served_ms if _was_served(ticket, outcome, served_ms) else None,
        hold_ms=hold_ms,
        slot_ms=ticket.slot_ms,
    )


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution in milliseconds; None is "no data", never 0."""

    count: int
    mean: float | None
    median: int | None
    p80: int | None
    p90: int | None
    p95: int | None
    maximum: int | None


NO_DATA = Distribution(0, None, None, None, None, None, None)


def _was_served(ticket: Ticket, outcome: str | None, served_ms: int) -> bool:
    """A finished leg counts whatever it took; a transferred one only if it was served at all.

    One that was served while the hall was cut off was never started here: nobody measured it.
    """
    measured = ticket.state is not TicketState.UNCONFIRMED
    return (outcome == "finished" and measured) or (outcome == "transferred" and served_ms > 0)


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile of sorted, non-empty values."""
    return ordered[max(1, ceil(len(ordered) * percent / 100)) - 1]


def distribution(values_ms: Iterable[int]) -> Distribution:
    """The figures of a set of durations."""
    ordered = sorted(values_ms)
    if not ordered:
        return NO_DATA
    return Distribution(
        count=len(ordered),
        mean=sum(ordered) / len(ordered),
        median=nearest_rank(ordered, 50),
        p80=nearest_rank(ordered, 80),
        p90=nearest_rank(ordered, 90),
        p95=nearest_rank(ordered, 95),
        maximum=ordered[-1],
    )
