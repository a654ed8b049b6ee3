"""Speaks calls: each once, in order, never after its time.

The queue is the announcer's (`hardware.roles_voice`); what must not be spoken twice is sorted out
by the feed (`kiosk.feed_state`). What was not spoken is logged and counted, by its code.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog

from hardware.roles_voice import CHIME_CALL, Announcement, Announcer, AnnounceResult, Heard
from kiosk.call_words import SpokenWords
from kiosk.feed_events import CallDue
from queue_server.contract.ids import WindowId

log = structlog.get_logger(__name__)


class CallSpeaker:
    """Speaks the calls of a zone, or of one window.

    Args:
        announcer: The loudspeaker; run here.
        words: Finds the clips.
        clock_s: The monotonic clock of the feed, in seconds.
        window_id: Only the calls of this window; None: all.

    Attributes:
        unspoken: How many calls were not spoken, by code.
    """

    def __init__(
        self,
        announcer: Announcer,
        words: SpokenWords,
        clock_s: Callable[[], float],
        window_id: WindowId | None = None,
    ) -> None:
        self.announcer = announcer
        self.unspoken: Counter[str] = Counter()
        self._words = words
        self._clock_s = clock_s
        self._window_id = window_id
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Keep the loudspeaker until cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self.announcer.run(), name="device speaker")

    def take(self, due: CallDue) -> None:
        """Let a call be spoken when its turn comes; on the loop of `run`."""
        if self._tasks is None or self._window_id not in {None, due.call.window_id}:
            return
        self._tasks.create_task(self._speak(due), name="call")

    async def _speak(self, due: CallDue) -> None:
        call = due.call
        result = await self.announcer.announce(
            Announcement(
                f"{call.call_id}/{call.attempt}",
                self._words.call(call),
                CHIME_CALL,
                max(0.0, due.until_s - self._clock_s()),
            )
        )
        self._note(result)

    def _note(self, result: AnnounceResult) -> None:
        said = {"call": result.announcement_id, "languages": list(result.languages)}
        if result.heard is Heard.SAID:
            log.info("call_spoken", **said)
            return
        code = result.code or result.heard.value
        self.unspoken[code] += 1
        log.warning("call_unspoken", **said, code=code, total=self.unspoken[code])
