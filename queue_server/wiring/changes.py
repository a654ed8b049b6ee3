"""From commits to the hub: which displays changed, and which calls are to be announced."""

from collections.abc import Callable, Iterable

from queue_server import views
from queue_server.bus.hub import Change, Hub
from queue_server.contract import messages as msg
from queue_server.contract.ids import WindowId
from queue_server.core import events as ev
from queue_server.core.model import Floor
from queue_server.ports import Batch, Clock
from queue_server.service import HallService


class ChangeFeed:
    """A commit listener that tells the hub; the hub is set once the replay has given the rev."""

    def __init__(self, signs: Callable[[], views.Signage], say: views.Say) -> None:
        self._signs = signs
        self._say = say
        self._hub: Hub | None = None
        self._epoch: Callable[[], int] = lambda: 1

    def connect(self, hub: Hub, epoch: Callable[[], int]) -> None:
        """From now on tell this hub."""
        self._hub = hub
        self._epoch = epoch

    def committed(self, before: Floor, after: Floor, batch: Batch) -> None:
        """One commit."""
        if self._hub is None:
            return
        calls = []
        whole = not batch.rows
        for row in batch.rows:
            whole = whole or isinstance(row.event, ev.DayOpened | ev.SettingsChanged)
            call = views.announcement(
                row.event, after, self._signs(), self._epoch(), row.instant.at_ms, self._say
            )
            if call is not None:
                calls.append(call)
        windows = frozenset(after.windows) if whole else views.touched_windows(before, after)
        self._hub.committed(
            Change(
                epoch=self._epoch(), rev=after.seq, windows=windows, board=True, calls=tuple(calls)
            ),
        )


class Renderer:
    """`bus.mqtt.Render`: snapshots of committed state."""

    def __init__(
        self,
        service: HallService,
        clock: Clock,
        signs: Callable[[], views.Signage],
        say: views.Say,
        is_open: Callable[[], bool],
    ) -> None:
        self._service = service
        self._clock = clock
        self._signs = signs
        self._say = say
        self._is_open = is_open

    def board(self, zone: str) -> msg.BoardSnapshot:
        """The board as it is now."""
        return views.board(
            self._service.floor,
            self._signs(),
            self._service.epoch,
            self._clock.now().at_ms,
            is_open=self._is_open(),
        )

    def window(self, window_id: WindowId) -> msg.WindowSnapshot:
        """A window's display as it is now."""
        return views.window_snapshot(
            self._service.floor,
            self._signs(),
            self._service.epoch,
            self._clock.now().at_ms,
            window_id,
            self._say,
        )

    def window_ids(self) -> Iterable[WindowId]:
        """All windows of the hall."""
        return list(self._service.floor.windows)
