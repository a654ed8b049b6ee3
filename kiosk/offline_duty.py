"""Keeps a kiosk ready to be cut off, and brings in afterwards what it gave.

One task: while the server answers, first everything given is uploaded in order, then the grant is
renewed where that is due. The order matters: a grant tells which numbers are free.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from kiosk.offline_book import OfflineBook
from kiosk.server_link import RefusedError, SilentError
from queue_server.contract.messages import BoardSnapshot
from queue_server.contract.messages_offline import (
    GrantAnswer,
    OfflineTicket,
    UploadAnswer,
    UploadOutcome,
)

RENEW_EVERY_S: Final = 300.0
"""A grant is asked for anew so often: it carries the business day and the opening hours."""
PENDING_EVERY_S: Final = 2.0
"""While numbers wait to be brought in."""
CLOCK_ERROR_MIN: Final = timedelta(seconds=5)
"""Less is the time an answer takes."""

log = structlog.get_logger(__name__)


class OfflineServer(Protocol):
    """What is asked of the hall's server (`kiosk.server_link.HallServer`)."""

    async def grant(self, storage_id: str, holding: str | None, used: int) -> GrantAnswer:
        """Leave; raises RefusedError or SilentError."""
        ...

    async def upload(self, tickets: list[OfflineTicket]) -> UploadAnswer:
        """Bring numbers in; raises RefusedError or SilentError."""
        ...


class OfflineDuty:
    """See the module.

    Args:
        server: The hall's server.
        book: The kiosk's memory.
        now: The wall clock, UTC.
    """

    def __init__(
        self, server: OfflineServer, book: OfflineBook, now: Callable[[], datetime]
    ) -> None:
        self._server = server
        self._book = book
        self._now = now
        self._error = timedelta()
        self._asked_for = asyncio.Event()
        self._silent = False

    def true_now(self) -> datetime:
        """The time, corrected by what the server's clock said when it was last heard."""
        return self._now() - self._error

    def heard(self, board: BoardSnapshot) -> None:
        """A board that was made just now: the server's clock is the one that counts."""
        error = self._now() - board.at
        self._error = error if abs(error) > CLOCK_ERROR_MIN else timedelta()

    def clock_error_s(self) -> float:
        """How far this machine's clock is ahead of the server's, in seconds."""
        return self._error.total_seconds()

    def hurry(self) -> None:
        """The server answers again, or there is something to bring in: look now."""
        self._asked_for.set()

    async def run(self) -> None:
        """Bring in and renew until cancelled."""
        while True:
            self._asked_for.clear()
            await self.once()
            pause_s = PENDING_EVERY_S if self._book.waiting_count() else RENEW_EVERY_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._asked_for.wait()
            except TimeoutError:
                continue

    async def once(self) -> None:
        """One round: everything that can be brought in, then the grant."""
        try:
            if await self._bring_in():
                held, book = self._book.grant, self._book
                holding = held.grant_id if held else None
                book.keep(await self._server.grant(book.storage_id, holding, book.used()))
        except RefusedError as error:
            self._note(silent=False, reason=error.refusal.code.value)
        except SilentError as error:
            self._note(silent=True, reason=str(error))
        except (sqlite3.Error, OSError) as error:
            log.warning("offline_memory_failed", reason=str(error))
        else:
            self._note(silent=False, reason="")

    def _note(self, *, silent: bool, reason: str) -> None:
        """Once when the server goes, once when it is back; a refusal every time."""
        if silent != self._silent or (reason and not silent):
            log.warning("cut_off" if silent else "not_cut_off", reason=reason)
        self._silent = silent

    async def _bring_in(self) -> bool:
        """Whether nothing is left that a new grant could get in the way of."""
        while tickets := self._book.to_upload():
            answer = await self._server.upload(tickets)
            for settled in answer.tickets:
                if settled.outcome is UploadOutcome.REFUSED:
                    log.error("number_refused", number=settled.number, code=settled.code)
                self._book.uploaded(settled.request_key, settled.outcome.value)
            log.info("numbers_brought_in", count=len(answer.tickets))
        return self._book.waiting_count() == 0
