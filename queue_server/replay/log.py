"""One day of a logged queue, read from CSV (docs/simulate-day.md)."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from queue_server.replay.errors import ReplayError

NEEDED = ("queue", "ticket", "issued_at", "called_at")
NAMED = 40
"""Queues or days that an error names at most."""


@dataclass(frozen=True, slots=True)
class LoggedTicket:
    """A row of the log; times are the hall's local ones, without a zone.

    Attributes:
        line: where it stands in the file, from 1.
        ticket: the number the log gives it.
        issued_at: None when it was waiting already when the log began.
        called_at: None when it was never called.
        windows_open: windows that served the queue then, at least 1.
        window: the window that called it, where the log tells.
    """

    line: int
    ticket: str
    issued_at: datetime | None
    called_at: datetime | None
    windows_open: int
    window: str | None


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """The tickets of one queue and day, in the order of the file."""

    queue: str
    day: date
    tickets: tuple[LoggedTicket, ...]


def read_day(path: Path, queue: str, day: str) -> LoggedDay:
    """One day of one queue.

    Args:
        path: the log, `.csv` or `.csv.gz`.
        queue: as the log names it.
        day: YYYY-MM-DD; a ticket belongs to the day it was issued on, or called on where the log
            does not tell when it was issued.

    Raises:
        ReplayError: there is no such file, queue or day, or a row makes no sense.
    """
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise ReplayError(f"{day} is not a day (YYYY-MM-DD).") from error
    days: Counter[date] = Counter()
    queues: dict[str, None] = {}
    found = []
    for line, row in _rows(path):
        queues[row["queue"]] = None
        if row["queue"] != queue:
            continue
        ticket = _ticket(path, line, row)
        known = ticket.issued_at or ticket.called_at
        if known is None:
            continue  # nothing tells when it was there
        days[known.date()] += 1
        if known.date() == wanted:
            found.append(ticket)
    if queue not in queues:
        raise ReplayError(f"{path} has no queue {queue}; it has {_list(sorted(queues))}.")
    if not found:
        there = _list(d.isoformat() for d in sorted(days))
        raise ReplayError(f"{path} has nothing of {queue} on {wanted}; there is {there}.")
    return LoggedDay(queue, wanted, tuple(found))


def _list(names: Iterable[str]) -> str:
    every = list(names)
    rest = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return (", ".join(every[:NAMED]) or "nothing") + rest


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with path.open("rb") as raw:
            binary = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            reader = csv.DictReader(io.TextIOWrapper(binary, encoding="utf-8-sig", newline=""))
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise ReplayError(f"{path} has no column {', '.join(missing)}.")
            for row in reader:
                yield reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}
    except FileNotFoundError as error:
        raise ReplayError(f"There is no file {path}.") from error
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ReplayError(f"{path} cannot be read: {error}.") from error


def _ticket(path: Path, line: int, row: Mapping[str, str]) -> LoggedTicket:
    try:
        issued_at, called_at = _moment(row["issued_at"]), _moment(row["called_at"])
        windows_open = int(float(row.get("windows_open") or 1))
    except (ValueError, OverflowError) as error:
        raise ReplayError(f"{path} line {line}: {error}.") from error
    if issued_at is not None and called_at is not None and called_at < issued_at:
        raise ReplayError(f"{path} line {line}: called before it was issued.")
    return LoggedTicket(
        line, row["ticket"], issued_at, called_at, max(1, windows_open), row.get("window") or None
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
