"""Server-sent events: whole snapshots, never deltas (WHATWG HTML, section 9.2).

A reader that is slow skips snapshots. A `beat` event every three seconds tells an idle line from a
dead one. The number of public streams is capped.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.responses import StreamingResponse

from queue_server.contract.problems import Code
from queue_server.contract.topics import SERVER_BEAT_S
from queue_server.web.deps import Live
from queue_server.web.problems import Refused

MAX_STREAMS = 500
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Still = Callable[[], Awaitable[bool]]
BEAT = b"event: beat\ndata: {}\n\n"


class Streams:
    """Hands out streams, and counts them.

    Args:
        live: what says that there is something new.
        most: so many at once.
        pause_s: the least time between two events of a stream, seconds.
        closing: set when the server goes away.
    """

    def __init__(
        self,
        live: Live,
        most: int | None = None,
        pause_s: float = 0.0,
        closing: asyncio.Event | None = None,
    ) -> None:
        self._live = live
        self._most = most
        self._pause_s = pause_s
        self._closing = closing or asyncio.Event()
        self.open = 0

    def share(self, most: int, pause_s: float) -> "Streams":
        """Streams with a bound of their own, which end with these."""
        return Streams(self._live, most, pause_s, self._closing)

    def close(self) -> None:
        """End all streams: the server is going away."""
        self._closing.set()

    def stream(
        self,
        snapshot: Callable[[], bytes],
        still: Still | None = None,
        live: Live | None = None,
    ) -> StreamingResponse:
        """A stream of what `snapshot` returns, now and after each commit that changes it.

        Args:
            snapshot: the data of an event.
            still: asked before each event; the stream ends once its reader may not see it any more.
            live: what says that there is something new; the hall's commits by default.

        Raises:
            Refused: "overloaded", too many streams are open.
        """
        if self.open >= (MAX_STREAMS if self._most is None else self._most):
            raise Refused(Code.OVERLOADED)
        return StreamingResponse(
            self._events(snapshot, still, live or self._live),
            media_type="text/event-stream",
            headers=HEADERS,
        )

    async def _events(
        self, snapshot: Callable[[], bytes], still: Still | None, live: Live
    ) -> AsyncIterator[bytes]:
        self.open += 1
        closing = asyncio.create_task(self._closing.wait(), name="stream-closing")
        try:
            async with live.subscribe() as revs:
                async for event in self._paced(revs, snapshot, closing):
                    if still is not None and not await still():
                        return
                    yield event
        finally:
            self.open -= 1
            closing.cancel()

    async def _paced(
        self,
        revs: AsyncIterator[int],
        snapshot: Callable[[], bytes],
        closing: asyncio.Task[bool],
    ) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        waiting: asyncio.Future[int] | None = None
        try:
            while not closing.done():
                waiting = waiting or asyncio.ensure_future(anext(revs))
                watched: set[asyncio.Future[Any]] = {waiting, closing}
                await asyncio.wait(
                    watched,
                    timeout=SERVER_BEAT_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if waiting.done():
                    try:
                        rev = waiting.result()
                    except StopAsyncIteration:
                        return
                    waiting = None
                    yield b"id: %d\ndata: %b\n\n" % (rev, snapshot())
                    if self._pause_s:
                        await asyncio.wait({closing}, timeout=self._pause_s)
                elif not closing.done():
                    yield BEAT
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
