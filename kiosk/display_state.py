"""What a display knows and what of it is new: the pure half of the hall screen and window display.

Events of the board feed go in; `display_view` makes words of what comes out. `now_s` is the
display's monotonic clock in seconds. A call is marked as new for `NEW_S` whichever of the two
messages about it (snapshot, announcement) comes first, and once only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from kiosk.feed_events import (
    BoardChanged,
    CallDue,
    FeedEvent,
    LinkChanged,
    Mark,
    StaleChanged,
    WindowChanged,
)
from queue_server.contract.messages import (
    BoardSnapshot,
    ServingRow,
    WindowSnapshot,
    WindowState,
)

NEW_S: Final = 10.0
"""How long a new call stands out more than a call that is waiting for its person."""
SLOW_CLOCK_S: Final = 60.0
"""A box without a battery wakes up in the past. Beyond this the server's time is shown."""

CallKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that stands out, at its window."""

    key: CallKey
    number: str
    until_s: float


@dataclass(frozen=True, slots=True)
class DisplayState:
    """All a display knows.

    Attributes:
        board: The newest board; a hall screen has one after its first message.
        window: The newest state of the window; only a window's display has one.
        stale: What is shown may be out of date.
        connected: The link to the broker is there.
        new_calls: The latest call of each window, by window.
        ahead: How far this box's clock is behind the server's, zero when it is right.
        spoken: Codes of the languages the hall speaks, as far as is known.
    """

    board: BoardSnapshot | None = None
    window: WindowSnapshot | None = None
    stale: bool = False
    connected: bool = False
    new_calls: Mapping[str, NewCall] = field(default_factory=lambda: MappingProxyType({}))
    ahead: timedelta = timedelta(0)
    spoken: tuple[str, ...] = ("en",)

    @property
    def mark(self) -> Mark | None:
        """Which state of the hall is known."""
        shown = self.board or self.window
        return Mark(shown.epoch, shown.rev) if shown is not None else None

    def is_new(self, window_id: str, number: str | None, now_s: float) -> bool:
        """Whether the number at a window was called a moment ago."""
        call = self.new_calls.get(window_id)
        return call is not None and call.number == number and now_s < call.until_s


def take(state: DisplayState, event: FeedEvent, now_s: float, clock: datetime) -> DisplayState:
    """The next state.

    Args:
        state: What is known.
        event: From the feed.
        now_s: The monotonic clock.
        clock: The box's own wall clock, with its time zone.
    """
    match event:
        case BoardChanged(board):
            return _take_board(state, board, now_s, clock)
        case WindowChanged(window):
            return _take_window(state, window, now_s)
        case CallDue(call):
            key = (call.call_id, call.attempt)
            return _with_call(state, call.window_id, NewCall(key, call.number, now_s + NEW_S))
        case StaleChanged(stale):
            return replace(state, stale=stale)
        case LinkChanged(connected, _):
            return replace(state, connected=connected)
        case _:
            return state


def _take_board(
    state: DisplayState, board: BoardSnapshot, now_s: float, clock: datetime
) -> DisplayState:
    known = state.board
    slow = board.at - clock
    ahead = slow if slow.total_seconds() > SLOW_CLOCK_S else timedelta(0)
    after = replace(state, board=board, ahead=ahead, spoken=tuple(board.hall_name) or state.spoken)
    if known is None:
        # Just started: what is called now may have been called minutes ago.
        return replace(after, new_calls=_silent(board.serving, now_s))
    before = {(row.call_id, row.attempt) for row in known.serving}
    for row in board.serving:
        key = (row.call_id or "", row.attempt)
        if row.state is WindowState.CALLING and row.number and key not in before:
            after = _with_call(after, row.window_id, NewCall(key, row.number, now_s + NEW_S))
    return after


def _silent(rows: Iterable[ServingRow], now_s: float) -> Mapping[str, NewCall]:
    """Calls that are known and do not stand out."""
    return MappingProxyType(
        {
            row.window_id: NewCall((row.call_id, row.attempt), row.number, now_s)
            for row in rows
            if row.call_id and row.number
        }
    )


def _take_window(state: DisplayState, window: WindowSnapshot, now_s: float) -> DisplayState:
    known = state.window
    # A window's state that was made of a fetched board comes without texts.
    after = replace(state, window=window, spoken=tuple(window.text) or state.spoken)
    if window.state is not WindowState.CALLING or not window.number:
        return after
    until_s = now_s if known is None else now_s + NEW_S
    key = (window.call_id or "", window.attempt)
    return _with_call(after, window.window_id, NewCall(key, window.number, until_s))


def _with_call(state: DisplayState, window_id: str, call: NewCall) -> DisplayState:
    known = state.new_calls.get(window_id)
    if known is not None and known.key == call.key:
        return state
    return replace(state, new_calls=MappingProxyType({**state.new_calls, window_id: call}))


def page_of(
    rows: tuple[ServingRow, ...], pinned: frozenset[str], capacity: int, turn: int
) -> tuple[tuple[ServingRow, ...], int, int]:
    """The windows on the screen when there are more than fit.

    Windows that are calling stand on every page, so that no call flashes past; the others take
    turns in the room that is left.

    Args:
        rows: All windows in their order.
        pinned: Ids of those that are calling.
        capacity: How many fit, at least 1.
        turn: Rises by one with each turn of the page.

    Returns:
        The rows of this page, its number from 0, and how many pages there are.
    """
    if len(rows) <= capacity:
        return rows, 0, 1
    first = tuple(row for row in rows if row.window_id in pinned)
    others = tuple(row for row in rows if row.window_id not in pinned)
    room = capacity - len(first)
    if room < 1:
        first, others, room = (), first + others, capacity
    pages = -(-len(others) // room)
    at = turn % pages
    return first + others[at * room : (at + 1) * room], at, pages
