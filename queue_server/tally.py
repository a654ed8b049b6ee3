"""The day's figures per window for the clerk page, kept up by commits: a page asks no database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from queue_server.contract.ids import WindowId
from queue_server.core import events as ev
from queue_server.core.model import Floor
from queue_server.ports import Batch


@dataclass(frozen=True, slots=True)
class WindowDay:
    """What a window did in a business day; `service_ms` is the sum over finished tickets."""

    called: int = 0
    finished: int = 0
    no_show: int = 0
    service_ms: int = 0


class Tally:
    """A commit listener that counts what each window did today."""

    def __init__(self) -> None:
        self._days: dict[str, WindowDay] = {}

    def start_with(self, days: Mapping[str, WindowDay]) -> None:
        """What the windows did before this run of the server."""
        self._days = dict(days)

    def committed(self, before: Floor, after: Floor, batch: Batch) -> None:
        """Count a commit."""
        for row in batch.rows:
            match row.event:
                case ev.DayOpened():
                    self._days.clear()
                case ev.TicketCalled(window_id=window_id):
                    day = self._day(window_id)
                    self._days[window_id] = replace(day, called=day.called + 1)
                case ev.TicketNoShow(window_id=window_id):
                    day = self._day(window_id)
                    self._days[window_id] = replace(day, no_show=day.no_show + 1)
                case _:
                    pass
        for leg_row in batch.legs:
            leg = leg_row.leg
            if leg.outcome == "finished" and leg.window_id is not None:
                day = self._day(leg.window_id)
                self._days[leg.window_id] = replace(
                    day,
                    finished=day.finished + 1,
                    service_ms=day.service_ms + (leg.service_ms or 0),
                )

    def _day(self, window_id: str) -> WindowDay:
        return self._days.get(window_id, WindowDay())

    def own_today(self, window_id: WindowId) -> Mapping[str, int | None]:
        """The window's figures; a mean of nothing is None ("no data")."""
        day = self._day(window_id)
        mean = round(day.service_ms / day.finished / 1000) if day.finished else None
        return {
            "called": day.called,
            "finished": day.finished,
            "no_show": day.no_show,
            "mean_service_s": mean,
        }
