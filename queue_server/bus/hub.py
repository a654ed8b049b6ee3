"""What changed, for everybody who shows something: after each commit, never before.

The hub lives in the server's event loop and holds no domain state. It knows the newest rev, the
rev at which each retained topic last changed, and the calls that nobody has announced yet. Who is
slow sees only the newest rev: snapshots are coalesced by back-pressure, never by a timer (a timer
costs its length on every change). Calls are never coalesced; they live 20 seconds.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from queue_server.contract.ids import WindowId
from queue_server.contract.messages import CallAnnouncement
from queue_server.contract.topics import CALL_EXPIRY_S

CALLS_HELD = 1000
"""Calls waiting for a broker. They expire after 20 s, so only an absent broker fills this."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit changed, for displays.

    Attributes:
        epoch: The journal's lineage.
        rev: The journal seq of the commit's last event.
        windows: The windows whose display changed.
        board: Whether the board changed.
        calls: The calls and recalls to announce, in their order.
    """

    epoch: int
    rev: int
    windows: frozenset[WindowId] = frozenset()
    board: bool = False
    calls: tuple[CallAnnouncement, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A call and the monotonic time, in seconds, at which it becomes history."""

    call: CallAnnouncement
    expires_s: float

    def remaining_s(self, now_s: float) -> int:
        """Whole seconds left to live, rounded up; 0 when it has expired."""
        return max(0, math.ceil(self.expires_s - now_s))


@dataclass(slots=True)
class HubCounters:
    """Plain counters for the metrics page."""

    changes: int = 0
    calls: int = 0
    calls_expired: int = 0
    calls_overflowed: int = 0
    subscribers: int = 0


class Subscription:
    """A reader of the newest rev: an async context manager that gives an async iterator.

    The first item is the rev at the time of entering; later items are each higher than the one
    before. Revs that came and went while the reader was busy are never seen. It ends when the hub
    closes.
    """

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._seen: tuple[int, int] | None = None
        self._woken = asyncio.Event()

    async def __aenter__(self) -> AsyncIterator[int]:
        self._woken.set()
        self._hub.admit(self._woken)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._hub.dismiss(self._woken)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        """The newest rev, as soon as it is newer than the last one given."""
        while not self._hub.closed:
            newest = (self._hub.epoch, self._hub.rev)
            if newest != self._seen:
                self._seen = newest
                self._woken.clear()
                return self._hub.rev
            self._woken.clear()
            await self._woken.wait()
        raise StopAsyncIteration


class Outbox:
    """What one publisher still has to say: dirty snapshots, and that calls are waiting.

    A topic that changes ten times while its publish is in flight is dirty once. The calls
    themselves stay in `Hub.calls`, so that they outlive a publisher.
    """

    def __init__(self) -> None:
        self.board = False
        self.windows: dict[WindowId, None] = {}
        self.dirty = asyncio.Event()
        self.called = asyncio.Event()

    def put(self, change: Change) -> None:
        """Note a change; O(its size)."""
        if change.calls:
            self.called.set()  # first: people walk when they hear
        if change.board or change.windows:
            self.board = self.board or change.board
            self.windows.update(dict.fromkeys(change.windows))
            self.dirty.set()

    def put_all(self, windows: Iterable[WindowId]) -> None:
        """Note that every retained topic is to be said again."""
        self.board = True
        self.windows.update(dict.fromkeys(windows))
        self.dirty.set()
        self.called.set()

    def take(self) -> tuple[bool, list[WindowId]]:
        """What is dirty (the board, and which windows); it counts as clean from here on."""
        taken = self.board, list(self.windows)
        self.board = False
        self.windows.clear()
        self.dirty.clear()
        return taken


class Hub:
    """The fan-out of committed changes."""

    def __init__(
        self, epoch: int, rev: int, *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Start from what the replay of the journal gave.

        Args:
            epoch: The journal's lineage.
            rev: The seq of its last event.
            clock_s: A monotonic clock in seconds, for the life of calls.
        """
        self.epoch = epoch
        self.rev = rev
        self.closed = False
        self.counters = HubCounters()
        self.calls: deque[PendingCall] = deque()
        self._clock_s = clock_s
        self._floor = rev
        self._board_rev = rev
        self._window_revs: dict[WindowId, int] = {}
        self._outboxes: set[Outbox] = set()
        self._woken: set[asyncio.Event] = set()

    def committed(self, change: Change) -> None:
        """Take a committed change; never blocks, never waits and, after a commit, never raises.

        Changes come in the order of the journal. One that does not is logged as the fault it is;
        what it touched is published all the same, from the newest state.
        """
        if (change.epoch, change.rev) < (self.epoch, self.rev):
            log.error("change_out_of_order", epoch=change.epoch, rev=change.rev, newest=self.rev)
        elif change.epoch > self.epoch:
            self._floor = self._board_rev = change.rev
            self._window_revs.clear()
        self.epoch, self.rev = max((self.epoch, self.rev), (change.epoch, change.rev))
        if change.board:
            self._board_rev = self.rev
        self._window_revs.update(dict.fromkeys(change.windows, self.rev))
        self._queue(change.calls)
        self.counters.changes += 1
        for outbox in self._outboxes:
            outbox.put(change)
        for woken in self._woken:
            woken.set()

    @property
    def board_rev(self) -> int:
        """The rev at which the board last changed, as far as this run of the server knows."""
        return self._board_rev

    def window_rev(self, window_id: WindowId) -> int:
        """The rev at which a window last changed, as far as this run of the server knows."""
        return self._window_revs.get(window_id, self._floor)

    def subscribe(self) -> Subscription:
        """A conflating reader of the newest rev, for an SSE stream."""
        return Subscription(self)

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        """A publisher's list of what is still to be said."""
        outbox = Outbox()
        self._outboxes.add(outbox)
        try:
            yield outbox
        finally:
            self._outboxes.discard(outbox)

    def drop_expired(self) -> None:
        """Forget calls that became history while no broker took them; the log tells each."""
        now_s = self._clock_s()
        while self.calls and self.calls[0].expires_s <= now_s:
            gone = self.calls.popleft()
            self.counters.calls_expired += 1
            log.warning("call_expired_unannounced", call_id=gone.call.call_id, rev=gone.call.rev)

    def close(self) -> None:
        """End every subscription; for a clean shutdown."""
        self.closed = True
        for woken in self._woken:
            woken.set()

    def admit(self, woken: asyncio.Event) -> None:
        """Let a subscription hear of changes."""
        self._woken.add(woken)
        self.counters.subscribers += 1

    def dismiss(self, woken: asyncio.Event) -> None:
        """Let a subscription go."""
        self._woken.discard(woken)
        self.counters.subscribers -= 1

    def _queue(self, calls: tuple[CallAnnouncement, ...]) -> None:
        if not calls:
            return
        expires_s = self._clock_s() + CALL_EXPIRY_S
        self.calls.extend(PendingCall(call, expires_s) for call in calls)
        self.counters.calls += len(calls)
        if len(self.calls) <= CALLS_HELD:
            return
        self.drop_expired()
        while len(self.calls) > CALLS_HELD:
            # More than 50 calls a second with no broker: no hall does this, but memory is finite.
            gone = self.calls.popleft()
            self.counters.calls_overflowed += 1
            log.error("call_overflowed", call_id=gone.call.call_id, held=CALLS_HELD)
