"""What happens in which order when a logged day is played again. Pure.

At one instant issues come before calls. Tickets that were waiting when the log began are issued
first of all, in the order they were called in. A window keeps its ticket until just before its
next call; the window that has had its ticket longest calls next, unless the log names the window.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum

from queue_server.replay.errors import ReplayError
from queue_server.replay.log import LoggedDay, LoggedTicket

MAX_WINDOWS = 200
DAY = timedelta(days=1)


class Act(IntEnum):
    """What a step does; the order is that within one instant."""

    PRELOAD = 0
    ISSUE = 1
    CALL = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One act at a local moment; `window` counts from 0, for calls."""

    at: datetime
    act: Act
    ticket: LoggedTicket
    window: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A day to be played.

    Attributes:
        windows: how many are needed.
        roll_hour: the latest hour (0 to 23) at which the business day may begin so that the whole
            day lies within it.
    """

    steps: tuple[Step, ...]
    windows: int
    roll_hour: int

    @property
    def start(self) -> datetime:
        """The first moment."""
        return self.steps[0].at

    @property
    def end(self) -> datetime:
        """The last moment."""
        return self.steps[-1].at


def plan(day: LoggedDay) -> Plan:
    """The steps of a day.

    Raises:
        ReplayError: it is longer than a day, or needs more windows than a hall can have.
    """
    moments = [t.issued_at or t.called_at for t in day.tickets]
    start = min(moment for moment in moments if moment is not None)
    steps = _issues(day, start) + _calls(day)
    steps.sort(key=lambda step: (step.at, step.act))
    opens = datetime.combine(day.day, time(start.hour))
    if steps[-1].at >= opens + DAY:
        raise ReplayError(f"The day goes on for more than 24 hours, until {steps[-1].at}.")
    windows = max(step.window for step in steps) + 1
    if windows > MAX_WINDOWS:
        raise ReplayError(f"The log needs {windows} windows; {MAX_WINDOWS} are the most.")
    return Plan(tuple(steps), windows, start.hour)


def _issues(day: LoggedDay, start: datetime) -> list[Step]:
    early = [t for t in day.tickets if t.issued_at is None]
    early.sort(key=_turn)
    late = [t for t in day.tickets if t.issued_at is not None]
    late.sort(key=lambda t: (t.issued_at or start, t.line))
    return [Step(start, Act.PRELOAD, t) for t in early] + [
        Step(t.issued_at or start, Act.ISSUE, t) for t in late
    ]


def _calls(day: LoggedDay) -> list[Step]:
    called = [t for t in day.tickets if t.called_at is not None]
    called.sort(key=_turn)
    wanted = max(t.windows_open for t in day.tickets)
    names = {name: at for at, name in enumerate(sorted({t.window or "" for t in called}))}
    if names.keys() != {""}:
        return [Step(_at(t), Act.CALL, t, names[t.window or ""]) for t in called]
    return [Step(_at(t), Act.CALL, t, turn % wanted) for turn, t in enumerate(called)]


def _at(ticket: LoggedTicket) -> datetime:
    if ticket.called_at is None:
        raise ValueError(ticket.ticket)
    return ticket.called_at


def _turn(ticket: LoggedTicket) -> tuple[bool, str, int]:
    """Tickets in the order they were called in, the others last."""
    called_at = ticket.called_at
    return called_at is None, called_at.isoformat() if called_at else "", ticket.line
