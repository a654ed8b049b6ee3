"""A display that follows the hall over MQTT and must have shown every call."""

import asyncio
from types import TracebackType
from typing import Self
from uuid import uuid4

import aiomqtt

from queue_server.bus.address import BrokerAddress
from queue_server.bus.connection import ANSWER_WITHIN_S, KEEPALIVE_S
from queue_server.contract import messages as msg
from queue_server.contract.ids import HallId, WindowId
from queue_server.contract.topics import CALL_EXPIRY_S, Topics
from queue_server.replay.errors import DifferenceError, ReplayError


class Display:
    """Subscribes with the demo's read-only login. Entered once."""

    def __init__(self, address: BrokerAddress, hall_id: str) -> None:
        self._address = address
        self._topics = Topics(HallId(hall_id))
        self._news = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._newest: dict[str, tuple[int, int]] = {}
        self._board: msg.BoardSnapshot | None = None
        self._windows: dict[str, msg.WindowSnapshot] = {}
        self._calls: dict[tuple[str, int], tuple[str, str]] = {}
        self._revs: dict[tuple[str, int], int] = {}
        self._first_rev = 0
        self._fault: str | None = None

    async def __aenter__(self) -> Self:
        """Connect and wait until the retained board is there.

        Raises:
            ReplayError: the broker cannot be reached, or has no board.
        """
        self._task = asyncio.create_task(self._follow(), name="replay-display")
        ready = asyncio.create_task(self._ready.wait(), name="replay-display-ready")
        done, _ = await asyncio.wait(
            {self._task, ready}, timeout=CALL_EXPIRY_S, return_when=asyncio.FIRST_COMPLETED
        )
        if ready in done:
            return self
        ready.cancel()
        await self.__aexit__(None, None, None)
        raise ReplayError(f"The display has no board from {self._address.url}: {self._why()}.")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go away."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _why(self) -> str:
        task = self._task
        if task is None or not task.done() or task.cancelled():
            return "nothing came"
        return str(task.exception() or "the broker ended the connection")

    async def _follow(self) -> None:
        client = aiomqtt.Client(
            self._address.host,
            self._address.port,
            username=self._address.username,
            password=self._address.password,
            tls_context=self._address.tls_context(),
            identifier=f"replay-{uuid4()}",
            protocol=aiomqtt.ProtocolVersion.V5,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_WITHIN_S,
        )
        try:
            async with client:
                for topic in (
                    self._topics.board(),
                    self._topics.window(WindowId("+")),
                    self._topics.call(),
                ):
                    await client.subscribe(topic, qos=1)
                async for message in client.messages:
                    self._take(message)
        finally:
            self._news.set()

    def _take(self, message: aiomqtt.Message) -> None:
        topic, payload = str(message.topic), message.payload
        if not isinstance(payload, bytes) or not payload:
            return  # a retained topic that was taken away
        if topic == self._topics.call():
            call = msg.CallAnnouncement.model_validate_json(payload)
            said = call.number, call.window_id
            self._revs[call.call_id, call.attempt] = call.rev
            # The server may say a call again; a display knows it by (call_id, attempt).
            if self._calls.setdefault((call.call_id, call.attempt), said) != said:
                self._fault = self._fault or f"call {call.call_id} was told in two ways"
        elif topic == self._topics.board():
            board = msg.BoardSnapshot.model_validate_json(payload)
            if self._newer(topic, board.epoch, board.rev):
                if self._board is None:
                    self._first_rev = board.rev
                self._board = board
                self._ready.set()
        else:
            window = msg.WindowSnapshot.model_validate_json(payload)
            if self._newer(topic, window.epoch, window.rev):
                self._windows[window.window_id] = window
        self._news.set()

    def _newer(self, topic: str, epoch: int, rev: int) -> bool:
        """Whether a snapshot may be shown; one that goes back is a fault of the server."""
        known = self._newest.get(topic, (0, 0))
        if (epoch, rev) < known:
            self._fault = self._fault or f"{topic} went back from {known} to {(epoch, rev)}"
            return False
        self._newest[topic] = epoch, rev
        return True

    async def shown(self, call: msg.CallInfo, number: str, window_id: str) -> None:
        """Wait until a call was announced and stands on the board and at its window.

        Raises:
            DifferenceError: it was not while it lived, or something else was shown.
            ReplayError: the broker is gone.
        """
        try:
            async with asyncio.timeout(CALL_EXPIRY_S):
                while missing := self._missing(call, number, window_id):
                    if self._task is None or self._task.done():
                        raise ReplayError(f"The display lost its broker: {self._why()}.")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise DifferenceError(
                f"ticket {number} at window {window_id}: {missing} did not show the call"
            ) from None
        self.check()

    def _missing(self, call: msg.CallInfo, number: str, window_id: str) -> str:
        """Which of the three does not show the call yet; empty when all do."""
        if self._calls.get((call.call_id, call.attempt)) != (number, window_id):
            return self._topics.call()
        window = self._windows.get(window_id)
        if window is None or (window.call_id, window.number) != (call.call_id, number):
            return self._topics.window(WindowId(window_id))
        rows = self._board.serving if self._board else []
        shown = {(row.window_id, row.call_id, row.number) for row in rows}
        return "" if (window_id, call.call_id, number) in shown else self._topics.board()

    def check(self, calls: int | None = None) -> None:
        """Nothing wrong was shown so far.

        Args:
            calls: how many calls there were, when all have been made.

        Raises:
            DifferenceError: a call too many, told in two ways, or a topic went back.
        """
        if self._fault is not None:
            raise DifferenceError(self._fault)
        # Calls from before we came live for twenty seconds and may be repeated to us.
        announced = sum(1 for rev in self._revs.values() if rev > self._first_rev)
        if calls is not None and announced != calls:
            raise DifferenceError(f"{calls} calls were made, {announced} announced")
