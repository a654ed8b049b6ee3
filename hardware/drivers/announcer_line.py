"""Who waits to be said: turns in their order, bounded, each with a result for whoever gave it."""

import asyncio
from collections.abc import Callable, Iterator
from math import inf
from typing import Final

from hardware.errors import AnnouncerFull
from hardware.roles_voice import Announcement, AnnounceResult, Heard

WAITING_MAX: Final = 64
"""More than all windows of a large hall call at once."""


class Turn:
    """One announcement on its way.

    Attributes:
        announcement: What is to be said.
        deadline_s: On the loop's clock; not begun after it.
        begun: Set when its turn came, or will never come.
        result: What became of it.
        cut: It was interrupted.
    """

    def __init__(self, announcement: Announcement, now_s: float) -> None:
        """Belongs to the running loop."""
        within_s = announcement.begin_within_s
        self.announcement = announcement
        self.deadline_s = inf if within_s is None else now_s + within_s
        self.begun = asyncio.Event()
        self.result: asyncio.Future[AnnounceResult] = asyncio.get_running_loop().create_future()
        self.cut = False
        self.on_cut: Callable[[], object] = bool

    def finish(self, heard: Heard, code: str = "", languages: tuple[str, ...] = ()) -> None:
        """Tell who waits; the first word counts."""
        self.begun.set()
        if not self.result.done():
            name = self.announcement.announcement_id
            self.result.set_result(AnnounceResult(name, heard, code, languages))

    def interrupt(self) -> None:
        """Cut it off where it may be."""
        if self.announcement.interruptible and not self.result.done():
            self.cut = True
            self.on_cut()


class WaitingLine:
    """Turns that have not begun, in order."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._turns: list[Turn] = []
        self._more = asyncio.Event()

    def __iter__(self) -> Iterator[Turn]:
        return iter(tuple(self._turns))

    def put(self, turn: Turn) -> None:
        """Join the end.

        Raises:
            AnnouncerFull: Too many wait.
        """
        if len(self._turns) >= WAITING_MAX:
            raise AnnouncerFull
        self._turns.append(turn)
        self._more.set()

    def leave(self, turn: Turn) -> None:
        """Go away from wherever it stands; one that has begun stands nowhere."""
        if turn in self._turns:
            self._turns.remove(turn)

    async def next(self) -> Turn:
        """The first whose time is not over, begun with this; waits for one."""
        while True:
            while self._turns:
                turn = self._turns.pop(0)
                if asyncio.get_running_loop().time() < turn.deadline_s:
                    turn.begun.set()
                    return turn
                # Its own deadline tells whoever gave it.
            self._more.clear()
            await self._more.wait()
