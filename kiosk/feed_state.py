"""What a display knows and when it may trust it: the pure half of the board feed.

MQTT may lose, repeat, delay and reorder, so nothing here depends on the order of arrival. Every
`on_…` takes one message and the time and gives the next state and what follows from it. The rules
(docs/mqtt.md):

* a snapshot is taken only when its (epoch, rev) is higher than what is shown;
* without a beat of the current lineage for 15 s the display may be out of date;
* a topic whose beat stays ahead of the shown rev for 5 s is asked for over HTTP;
* each (call_id, attempt) is announced at most once, and never after it expired.

`now_s` is the display's monotonic clock in seconds. A display's wall clock is never asked: it may
be wrong by years, and a wrong clock must neither swallow a call nor repeat an old one.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from kiosk.feed_events import (
    NOWHERE,
    BoardChanged,
    CallDue,
    Effect,
    FetchBoard,
    Interest,
    LinkChanged,
    Mark,
    ServerChanged,
    StaleChanged,
    WindowChanged,
)
from queue_server.contract.ids import CallId, WindowId
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    ServerBeat,
    ServerState,
    ServingRow,
    WindowSnapshot,
)
from queue_server.contract.topics import (
    BEHIND_AFTER_S,
    CALL_EXPIRY_S,
    PAYLOAD_VERSION,
    STALE_AFTER_S,
)

REMEMBERED_CALLS = 2048
"""Announced calls kept by name; anything as old as what was forgotten is never announced."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A topic whose shown rev is below what a beat promised."""

    promised: Mark
    since_s: float


@dataclass(frozen=True, slots=True)
class Announced:
    """The calls that were announced, bounded, and still at most once.

    `floor` is the highest mark that was forgotten; a call at or below it counts as announced.
    """

    calls: Mapping[tuple[CallId, int], Mark] = field(default_factory=lambda: MappingProxyType({}))
    floor: Mark = NOWHERE

    def has(self, call: CallAnnouncement) -> bool:
        """Whether this call was announced, or is older than anything still remembered."""
        known = (CallId(call.call_id), call.attempt) in self.calls
        return known or Mark(call.epoch, call.rev) <= self.floor

    def plus(self, call: CallAnnouncement) -> "Announced":
        """Remember a call, forgetting the oldest half when there are too many."""
        calls = {**self.calls, (CallId(call.call_id), call.attempt): Mark(call.epoch, call.rev)}
        if len(calls) <= REMEMBERED_CALLS:
            return replace(self, calls=calls)
        floor = heapq.nsmallest(REMEMBERED_CALLS // 2, calls.values())[-1]
        return Announced({key: mark for key, mark in calls.items() if mark > floor}, floor)


@dataclass(frozen=True, slots=True)
class FeedState:
    """All a display knows. Make one with the time of its start as `alive_s`."""

    interest: Interest
    alive_s: float
    board: BoardSnapshot | None = None
    windows: Mapping[WindowId, WindowSnapshot] = field(default_factory=dict)
    newest: Mark = NOWHERE
    newest_at_s: float | None = None
    announced: Announced = field(default_factory=Announced)
    behind: Mapping[str, Behind] = field(default_factory=dict)
    fetch_not_before_s: float = 0.0
    stale: bool = False
    server_online: bool | None = None
    connected: bool = False

    def shown(self, topic: str) -> Mark:
        """What is shown of a topic, by its short name ("board/main")."""
        kind, _, name = topic.partition("/")
        snapshot = self.board if kind == "board" else self.windows.get(WindowId(name))
        return NOWHERE if snapshot is None else Mark(snapshot.epoch, snapshot.rev)

    def deadline_s(self) -> float:
        """When `on_tick` has something to do at the latest."""
        times = [] if self.stale else [self.alive_s + STALE_AFTER_S]
        for behind in self.behind.values():
            times.append(max(behind.since_s + BEHIND_AFTER_S, self.fetch_not_before_s))
            if not self.stale:
                times.append(behind.since_s + STALE_AFTER_S)
        return min(times, default=float("inf"))


Step = tuple[FeedState, tuple[Effect, ...]]


def on_board(state: FeedState, board: BoardSnapshot, now_s: float) -> Step:
    """Take a board from MQTT or HTTP, and from it what it says of the windows of interest."""
    effects: tuple[Effect, ...] = ()
    mark = Mark(board.epoch, board.rev)
    if board.v != PAYLOAD_VERSION:
        return state, ()
    if mark > state.shown(f"board/{state.interest.zone}"):
        state = _seen(replace(state, board=board), mark, board.at.timestamp())
        effects = (BoardChanged(board),) if state.interest.board else ()
    state, more = _settle(state, now_s)
    return state, effects + more


def on_fetched(state: FeedState, board: BoardSnapshot, now_s: float) -> Step:
    """Take the answer of a fetch. Windows of interest are brought up to date from it too."""
    state, effects = on_board(state, board, now_s)
    for row in board.serving:
        window_id = WindowId(row.window_id)
        if window_id in state.interest.windows:
            window = _window_from(board, row, state.windows.get(window_id))
            state, more = on_window(state, window, now_s)
            effects += more
    return state, effects


def on_window(state: FeedState, window: WindowSnapshot, now_s: float) -> Step:
    """Take a window's snapshot when it is of interest and higher than the shown one."""
    effects: tuple[Effect, ...] = ()
    window_id = WindowId(window.window_id)
    mark = Mark(window.epoch, window.rev)
    if window_id not in state.interest.windows or window.v != PAYLOAD_VERSION:
        return state, ()
    if mark > state.shown(f"window/{window_id}"):
        state = replace(state, windows={**state.windows, window_id: window})
        state = _seen(state, mark, window.at.timestamp())
        effects = (WindowChanged(window),)
    state, more = _settle(state, now_s)
    return state, effects + more


def on_beat(state: FeedState, beat: ServerBeat, now_s: float) -> Step:
    """A sign of life. One of an older lineage counts for nothing."""
    if beat.epoch < state.newest.epoch:
        return state, ()
    behind = dict(state.behind)
    for topic in state.interest.topics() & beat.topics.keys():
        promised = Mark(beat.epoch, beat.topics[topic])
        if promised > state.shown(topic):
            # The first broken promise keeps its time, however many follow it.
            behind.setdefault(topic, Behind(promised, now_s))
    return _settle(replace(state, alive_s=now_s, behind=behind), now_s)


def on_server_state(state: FeedState, server: ServerState, now_s: float) -> Step:
    """The server's birth or will."""
    if server.epoch < state.newest.epoch or server.online == state.server_online:
        return state, ()
    state, effects = _settle(replace(state, server_online=server.online), now_s)
    return state, (ServerChanged(server.online), *effects)


def on_call(
    state: FeedState, call: CallAnnouncement, now_s: float, remaining_s: float | None = None
) -> Step:
    """Announce a call unless it was announced, has expired, or comes from an older lineage.

    Args:
        state: What is known.
        call: The announcement.
        now_s: Time of arrival.
        remaining_s: What the broker says is left of its life (MQTT v5 message expiry); None when
            it does not say.
    """
    if not state.interest.calls or (remaining_s is not None and remaining_s <= 0):
        return state, ()
    mark = Mark(call.epoch, call.rev)
    if mark.epoch < state.newest.epoch or state.announced.has(call) or _history(state, call):
        return state, ()
    state, effects = _settle(replace(state, announced=state.announced.plus(call)), now_s)
    left_s = CALL_EXPIRY_S if remaining_s is None else remaining_s
    return state, (CallDue(call, now_s + left_s), *effects)


def on_link(state: FeedState, *, connected: bool, reason: str | None = None) -> Step:
    """The link came or went."""
    if connected == state.connected:
        return state, ()
    return replace(state, connected=connected), (LinkChanged(connected, reason),)


def on_tick(state: FeedState, now_s: float) -> Step:
    """Time has passed: marks itself stale, or asks for a fetch."""
    return _settle(state, now_s)


def _seen(state: FeedState, mark: Mark, at_s: float) -> FeedState:
    """Remember the newest place in the journal that was seen, and the server's time of it."""
    return replace(state, newest=mark, newest_at_s=at_s) if mark > state.newest else state


def _history(state: FeedState, call: CallAnnouncement) -> bool:
    """Whether the server's own times say that a call is over, whatever the broker says.

    Only for a call from before the newest snapshot: after a clock was set back, a new call with
    a low time must still be heard.
    """
    if state.newest_at_s is None or Mark(call.epoch, call.rev) >= state.newest:
        return False
    return call.at.timestamp() + CALL_EXPIRY_S < state.newest_at_s


def _settle(state: FeedState, now_s: float) -> Step:
    """Bring behind, stale and fetch into line with what is known now."""
    effects: list[Effect] = []
    behind = {t: b for t, b in state.behind.items() if state.shown(t) < b.promised}
    if now_s >= state.fetch_not_before_s and any(
        now_s >= b.since_s + BEHIND_AFTER_S for b in behind.values()
    ):
        effects.append(FetchBoard())
        state = replace(state, fetch_not_before_s=now_s + BEHIND_AFTER_S)
    silent = now_s >= state.alive_s + STALE_AFTER_S
    stale = silent or any(now_s >= b.since_s + STALE_AFTER_S for b in behind.values())
    if stale != state.stale:
        effects.append(StaleChanged(stale))
    return replace(state, behind=behind, stale=stale), tuple(effects)


def _window_from(
    board: BoardSnapshot, row: ServingRow, known: WindowSnapshot | None
) -> WindowSnapshot:
    """A window's snapshot made of its row on a board, with the texts known so far."""
    same = known is not None and known.number == row.number and known.state == row.state
    return WindowSnapshot(
        v=board.v,
        epoch=board.epoch,
        rev=board.rev,
        window_id=row.window_id,
        name=row.name,
        number=row.number,
        call_id=row.call_id,
        attempt=row.attempt,
        state=row.state,
        text=known.text if known is not None and same else {},
        at=board.at,
    )
