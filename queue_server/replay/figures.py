"""The waits of a logged day, counted from the log alone, and what the server says of them.

Written without the server's own statistics on purpose: a figure that two programs agree on is
worth something. Waits are in seconds; percentiles are nearest-rank (domain.md).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.contract.messages import StatisticsRow
from queue_server.replay.errors import DifferenceError
from queue_server.replay.log import LoggedDay, LoggedTicket

ROUNDING_S = 0.0005
"""Two means of the same whole milliseconds differ by less."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A day in figures; a figure of nobody is None."""

    issued: int
    called: int
    mean_s: float | None
    median_s: float | None
    p90_s: float | None
    max_s: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, as the log and as the server have it."""

    name: str
    logged: float | None
    server: float | None

    @property
    def same(self) -> bool:
        """Whether they agree."""
        if self.logged is None or self.server is None:
            return self.logged is self.server
        return abs(self.logged - self.server) < ROUNDING_S


@dataclass(frozen=True, slots=True)
class Played:
    """A ticket of the server that stands for one of the log."""

    ticket_id: str
    number: str
    service_id: str
    logged: LoggedTicket


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the server's own export, its times put back on the log's own day."""

    ticket_id: str
    number: str
    service_id: str
    issued_at: datetime
    called_at: datetime | None


def of_log(day: LoggedDay) -> Waits:
    """The figures of the tickets whose issue the log knows."""
    issued = [t for t in day.tickets if t.issued_at is not None]
    waits = sorted(
        (t.called_at - t.issued_at).total_seconds() for t in issued if t.called_at and t.issued_at
    )
    if not waits:
        return Waits(len(issued), 0, None, None, None, None)
    count = len(waits)
    return Waits(
        issued=len(issued),
        called=count,
        mean_s=math.fsum(waits) / count,
        median_s=waits[math.ceil(count * 0.5) - 1],
        p90_s=waits[math.ceil(count * 9 / 10) - 1],
        max_s=waits[-1],
    )


def side_by_side(logged: Waits, server: StatisticsRow | None) -> tuple[Line, ...]:
    """The figures of both; `server` is None when it has no ticket at all."""
    wait = server.wait if server else None
    return (
        Line("tickets issued", logged.issued, server.issued if server else 0),
        Line("tickets called", logged.called, server.called if server else 0),
        Line("waits measured", logged.called, wait.count if wait else 0),
        Line("wait, mean (s)", logged.mean_s, wait.mean_s if wait else None),
        Line("wait, median (s)", logged.median_s, wait.median_s if wait else None),
        Line("wait, p90 (s)", logged.p90_s, wait.p90_s if wait else None),
        Line("wait, maximum (s)", logged.max_s, wait.max_s if wait else None),
    )


def check_lines(lines: Sequence[Line]) -> None:
    """The figures must agree.

    Raises:
        DifferenceError: naming the first that does not.
    """
    for line in lines:
        if not line.same:
            raise DifferenceError(
                f"{line.name}: {line.logged} by the log, {line.server} by the server"
            )


def check_tickets(played: Sequence[Played], found: Sequence[Found]) -> None:
    """Every ticket of the log stands once in the server's export, with its own times.

    Raises:
        DifferenceError: naming the first that is missing, doubled, strange or different.
    """
    seen = Counter(row.ticket_id for row in found)
    numbers = Counter(row.number for row in found)
    known = {ticket.ticket_id: ticket for ticket in played}
    if len(known) != len(played):
        raise DifferenceError("the server gave one ticket id twice")
    for row in found:
        if row.ticket_id not in known:
            raise DifferenceError(f"ticket {row.number}: the log has none for it")
        if seen[row.ticket_id] > 1 or numbers[row.number] > 1:
            raise DifferenceError(f"ticket {row.number}: the server has it more than once")
        _check_times(known[row.ticket_id], row)
    for ticket in played:
        if ticket.ticket_id not in seen:
            raise DifferenceError(f"ticket {ticket.number}: the server has lost it")


def _check_times(ticket: Played, row: Found) -> None:
    logged = ticket.logged
    if row.number != ticket.number or row.service_id != ticket.service_id:
        raise DifferenceError(f"ticket {ticket.number}: the export calls it {row.number}")
    pairs = [("called", logged.called_at, row.called_at)]
    if logged.issued_at is not None:
        pairs.append(("issued", logged.issued_at, row.issued_at))
    for what, by_log, by_server in pairs:
        if by_log != by_server:
            raise DifferenceError(
                f"ticket {ticket.number}: {what} {by_log} by the log, {by_server} by the server"
            )
