"""What a display's feed tells, and what a display asks of it. Frozen, so any thread may keep it."""

from dataclasses import dataclass, field
from math import inf

from queue_server.contract.ids import WindowId
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    DeviceCommand,
    WindowSnapshot,
)
from queue_server.contract.topics import DEFAULT_ZONE


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the journal. `epoch` is its lineage and weighs more than `rev`."""

    epoch: int
    rev: int


NOWHERE = Mark(-1, -1)
"""Before anything that was ever in a journal."""


@dataclass(frozen=True, slots=True)
class BoardChanged:
    """A newer board: show all of it in place of the old one."""

    board: BoardSnapshot


@dataclass(frozen=True, slots=True)
class WindowChanged:
    """A newer state of one window of interest: show all of it in place of the old one."""

    window: WindowSnapshot


@dataclass(frozen=True, slots=True)
class CallDue:
    """A call to announce, once. The announcer queues bursts; it drops none.

    Attributes:
        call: What the server said.
        until_s: On the feed's clock: it is not begun to be spoken after this.
    """

    call: CallAnnouncement
    until_s: float = field(default=inf, compare=False)


@dataclass(frozen=True, slots=True)
class StaleChanged:
    """Whether the "may be out of date" mark is to be seen."""

    stale: bool


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The server said that it is there, or went away (its will speaks for it)."""

    online: bool


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to the broker came or went. `reason` is for a log, not for a screen."""

    connected: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CommandCame:
    """The server asks something of this device; `BoardFeed.answer` says what came of it."""

    command: DeviceCommand


FeedEvent = (
    BoardChanged
    | WindowChanged
    | CallDue
    | StaleChanged
    | ServerChanged
    | LinkChanged
    | CommandCame
)


@dataclass(frozen=True, slots=True)
class FetchBoard:
    """Ask the server for `/api/v1/board` over HTTP: MQTT did not bring what the beat promised."""


Effect = FeedEvent | FetchBoard


@dataclass(frozen=True, slots=True)
class Interest:
    """What a display shows.

    A hall screen takes a zone's board; a window's display takes its own window. `calls` is for
    the zone's announcer (one a zone) and for a screen that flashes calls.
    """

    zone: str = DEFAULT_ZONE
    board: bool = True
    windows: frozenset[WindowId] = frozenset()
    calls: bool = True

    def topics(self) -> frozenset[str]:
        """The retained topics by their short names, as the beat spells them."""
        board = {f"board/{self.zone}"} if self.board else set()
        return frozenset(board | {f"window/{window_id}" for window_id in self.windows})
