"""The live feed of a display: MQTT in, frozen events out.

Runs in the display's worker thread, in its own event loop, never in the user interface's::

    async with httpx.AsyncClient() as http:
        async with BoardFeed(settings, http=http) as feed:
            async for event in feed:   # BoardChanged | WindowChanged | CallDue | StaleChanged | ...
                post_to_screen(event)

What may be shown when is decided by `kiosk.feed_state`, the wire is `kiosk.feed_link`; this module
joins them with one deadline timer and one HTTP fetch at a time. `rendered` and `fitted` may be
called from the user interface's thread.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import httpx
import structlog
from pydantic import ValidationError

from kiosk import feed_state
from kiosk.feed_events import (
    BoardChanged,
    CallDue,
    CommandCame,
    FeedEvent,
    FetchBoard,
    Interest,
    LinkChanged,
    Mark,
    ServerChanged,
    StaleChanged,
    WindowChanged,
)
from kiosk.feed_link import BrokerLogin, FeedLink
from kiosk.feed_reading import reading, subscriptions
from kiosk.feed_state import FeedState, Step
from kiosk.feed_voice import DeviceCard, DeviceVoice
from kiosk.fittings import fault_codes
from queue_server.contract import paths
from queue_server.contract.ids import HallId
from queue_server.contract.messages import (
    BoardSnapshot,
    DeviceCommand,
    FittedDevice,
)
from queue_server.contract.topics import Topics

__all__ = [
    "BoardChanged",
    "BoardFeed",
    "BrokerLogin",
    "CallDue",
    "CommandCame",
    "DeviceCard",
    "FeedEvent",
    "FeedSettings",
    "Interest",
    "LinkChanged",
    "Mark",
    "ServerChanged",
    "StaleChanged",
    "WindowChanged",
]

EVENTS_HELD = 1024
"""Events a slow reader may leave waiting before the feed waits for it."""

COMMANDS_KNOWN = 64
"""Ids of commands that came already; they live 30 s."""

FETCH_WITHIN_S = 5.0
"""For one try to get the board over HTTP."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What a feed needs to know.

    Attributes:
        hall: The hall whose topics are read.
        login: The broker, and who we are to it.
        server_url: Base of the HTTP API without a slash at the end, for the fetch; None when there
            is none to ask (a lost snapshot then waits for the next one).
        interest: What this display shows.
        card: What this display says of itself, for its birth, will and beat; None with the
            read-only login of the demo, which may publish nothing.
    """

    hall: HallId
    login: BrokerLogin
    server_url: str | None
    interest: Interest
    card: DeviceCard | None = None


class BoardFeed:
    """The feed of one display: an async context manager and an async iterator of events."""

    def __init__(
        self,
        settings: FeedSettings,
        *,
        http: httpx.AsyncClient,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened before the context is entered.

        Args:
            settings: What to read, from where.
            http: For the fetch of the board.
            clock_s: A monotonic clock in seconds.
        """
        self._settings = settings
        self._http = http
        self._clock_s = clock_s
        self._state = FeedState(settings.interest, alive_s=clock_s())
        self._events: asyncio.Queue[FeedEvent] = asyncio.Queue(EVENTS_HELD)
        self._commands: deque[str] = deque(maxlen=COMMANDS_KNOWN)
        self._order = asyncio.Lock()
        self._moved = asyncio.Event()
        self._fetch = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        topics = Topics(settings.hall)
        self._voice = (
            DeviceVoice(topics, settings.card, clock_s) if settings.card is not None else None
        )
        self._link = FeedLink(
            settings.login,
            topics,
            subscriptions(topics, settings.interest, settings.card),
            voice=self._voice,
            listener=self,
        )

    @property
    def state(self) -> FeedState:
        """What is known now."""
        return self._state

    def rendered(self, rev: int) -> None:
        """Say what is painted; it goes out with the next beat. Any thread."""
        if self._voice is not None:
            self._voice.rendered_rev = rev

    def fitted(self, devices: tuple[FittedDevice, ...]) -> None:
        """Say what this display is fitted with and how it is (`kiosk.fittings`). Any thread."""
        if self._voice is not None:
            self._voice.report(fault_codes(devices), devices)

    async def answer(self, command_id: str, code: str, sentence: str, *, done: bool) -> None:
        """Say what came of a command; on the feed's loop."""
        if self._voice is not None:
            await self._voice.answer(command_id, code, sentence, done=done)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="board-feed")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def __aiter__(self) -> AsyncIterator[FeedEvent]:
        return self

    async def __anext__(self) -> FeedEvent:
        """The next event.

        Raises:
            RuntimeError: The feed is not entered.
            ExceptionGroup: The feed's own task broke (a fault of the program, not of the link).
        """
        if self._task is None:
            raise RuntimeError("enter the feed before reading it")
        if not self._events.empty():
            return self._events.get_nowait()
        getting = asyncio.ensure_future(self._events.get())
        try:
            await asyncio.wait({getting, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                return getting.result()
            self._task.result()
            raise RuntimeError("the feed has ended")
        finally:
            getting.cancel()

    async def on_link(self, *, connected: bool, reason: str | None) -> None:
        """The link came or went (called by the link)."""
        await self._apply(
            lambda state, _: feed_state.on_link(state, connected=connected, reason=reason)
        )

    async def on_message(self, topic: str, payload: bytes, remaining_s: float | None) -> None:
        """A message came (called by the link). One that cannot be read is logged and left."""
        try:
            if topic.startswith("device/"):
                await self._command(DeviceCommand.model_validate_json(payload))
                return
            change = reading(topic, payload, remaining_s)
        except ValidationError as error:
            log.warning("message_unreadable", topic=topic, problems=error.error_count())
            return
        if change is not None:
            await self._apply(change)

    async def _command(self, command: DeviceCommand) -> None:
        """Hand a command on, once: with QoS 1 it may come twice."""
        if command.command_id not in self._commands:
            self._commands.append(command.command_id)
            await self._events.put(CommandCame(command))

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.keep(), name="feed-link")
            tasks.create_task(self._watch_clock(), name="feed-clock")
            tasks.create_task(self._fetch_when_asked(), name="feed-fetch")

    async def _apply(self, change: Callable[[FeedState, float], Step]) -> None:
        # The lock keeps the events in the order of the states they come from.
        async with self._order:
            self._state, effects = change(self._state, self._clock_s())
            self._moved.set()
            for effect in effects:
                if isinstance(effect, FetchBoard):
                    self._fetch.set()
                else:
                    await self._events.put(effect)

    async def _watch_clock(self) -> None:
        while True:
            self._moved.clear()
            wait_s = self._state.deadline_s() - self._clock_s()
            if wait_s <= 0:
                await self._apply(feed_state.on_tick)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(None if wait_s == float("inf") else wait_s):
                    await self._moved.wait()

    async def _fetch_when_asked(self) -> None:
        while True:
            await self._fetch.wait()
            self._fetch.clear()
            if self._settings.server_url is None:
                continue
            try:
                answer = await self._http.get(
                    self._settings.server_url + paths.BOARD, timeout=FETCH_WITHIN_S
                )
                board = BoardSnapshot.model_validate_json(answer.raise_for_status().content)
            except (httpx.HTTPError, ValidationError) as error:
                # It is asked again for as long as the topic stays behind.
                log.warning("board_fetch_failed", reason=type(error).__name__)
                continue
            log.info("board_fetched", epoch=board.epoch, rev=board.rev)
            await self._apply(partial(_fetched, board))


def _fetched(board: BoardSnapshot, state: FeedState, now_s: float) -> Step:
    return feed_state.on_fetched(state, board, now_s)
