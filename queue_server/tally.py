"""The day's figures per window for the clerk page, kept up by commits: a page asks no database.

They are counted from the same `ticket_leg` rows as the statistics, so the two never differ: a call
that is taken back or a no-show that returns takes its count along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from queue_server.contract.ids import WindowId
from queue_server.core import events as ev
from queue_server.core.model import Floor
from queue_server.core.statistics import Leg
from queue_server.ports import Batch, LegRow

_S = 1000


@dataclass(slots=True)
class _WindowDay:
    """What a window did in a business day; `service_ms` is the sum over finished tickets."""

    called: int = 0
    finished: int = 0
    no_show: int = 0
    service_ms: int = 0

    def count(self, leg: Leg, sign: int) -> None:
        self.called += sign * (leg.first_call_ms is not None)
        self.no_show += sign * (leg.outcome == "no_show")
        if leg.outcome == "finished":
            self.finished += sign
            self.service_ms += sign * (leg.service_ms or 0)


class Tally:
    """A commit listener that counts what each window did today."""

    def __init__(self) -> None:
        self._days: dict[str, _WindowDay] = {}
        self._legs: dict[tuple[str, int], Leg] = {}

    def start_with(self, rows: Iterable[LegRow]) -> None:
        """The day's legs before this run of the server."""
        for row in rows:
            self._take(row.leg)

    def committed(self, before: Floor, after: Floor, batch: Batch) -> None:
        """Count a commit."""
        if any(isinstance(row.event, ev.DayOpened) for row in batch.rows):
            self._days.clear()
            self._legs.clear()
        day = after.business_date
        for row in batch.legs:
            if row.business_date == day:
                self._take(row.leg)

    def _take(self, leg: Leg) -> None:
        key = leg.ticket_id, leg.leg
        old = self._legs.get(key)
        if old is not None and old.window_id is not None:
            self._days[old.window_id].count(old, -1)
        if leg.ended_ms is None:
            self._legs[key] = leg
        else:  # never changes again
            self._legs.pop(key, None)
        if leg.window_id is not None:
            self._days.setdefault(leg.window_id, _WindowDay()).count(leg, 1)

    def own_today(self, window_id: WindowId) -> Mapping[str, int | None]:
        """The window's figures; a mean of nothing is None ("no data")."""
        day = self._days.get(window_id, _WindowDay())
        mean = round(day.service_ms / day.finished / _S) if day.finished else None
        return {
            "called": day.called,
            "finished": day.finished,
            "no_show": day.no_show,
            "mean_service_s": mean,
        }
