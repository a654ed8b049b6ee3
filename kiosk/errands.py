"""What the presenter runs for a session: asking the server, printing, looking up.

Each errand ends in exactly one report, whatever breaks. The order of commits and bytes is the
order of the design note "A kiosk that keeps issuing": the key before the request, the note before
the paper's first byte.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Protocol

import structlog

from hardware.errors import HardwareError
from hardware.roles import PrintResult, TicketPrinter
from kiosk import errands_appointment
from kiosk.effects import Issue, Print
from kiosk.lang import Languages
from kiosk.offline_book import NoGrantError
from kiosk.offline_giver import OfflineGiver
from kiosk.outbox import Outbox, OutboxError, PaperState
from kiosk.paper_job import ticket_job
from kiosk.server_link import RefusedError, SilentError
from kiosk.signals import Found, Issued, NoAnswer, NotFound, PrintEnded, PrintFailed, Refused
from kiosk.visit import STOPPING_FAULTS, Paper, Refusal
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import BoardSnapshot, Catalogue, TicketAnswer, TicketRequest
from queue_server.contract.problems import Code

ASK_TIMES: Final = 3
"""The same key is asked so often before the person hears that there is no answer."""
ASK_PAUSE_S: Final = 0.3
PRINT_WITHIN_S: Final = 40.0
"""A raster ticket at 9600 baud takes no longer (design note "Devices"); then we ask the person."""

FATES: Final = {
    PrintResult.PRINTED: (PaperState.PRINTED, Paper.PRINTED),
    PrintResult.SENT: (PaperState.PRINTED, Paper.PRINTED),
    PrintResult.TORN: (PaperState.TORN, Paper.TORN),
    PrintResult.UNKNOWN: (PaperState.UNKNOWN, Paper.PERHAPS),
}
"""What a driver's answer is to the outbox and to the person."""

log = structlog.get_logger(__name__)


class Server(errands_appointment.Server, Protocol):
    """What the kiosk asks of the hall's server (`kiosk.server_link.HallServer`)."""

    async def issue(self, key: RequestKey, request: TicketRequest) -> TicketAnswer:
        """A number; raises RefusedError or SilentError."""
        ...

    async def ticket(self, ticket_id: TicketId) -> TicketAnswer:
        """A ticket; raises RefusedError or SilentError."""
        ...

    async def board(self) -> BoardSnapshot:
        """The board; raises RefusedError or SilentError."""
        ...

    async def catalogue(self) -> Catalogue:
        """The catalogue; raises RefusedError or SilentError."""
        ...

    def cached_catalogue(self) -> Catalogue | None:
        """The last one on disk."""
        ...


@dataclass(frozen=True, slots=True)
class Errands:
    """See the module.

    Attributes:
        server: The hall's server.
        outbox: The kiosk's own memory.
        printer: None where none is fitted.
        languages: For the paper.
        width_mm: Of the paper.
        now: The wall clock, UTC.
        zone: Of the times on paper; the machine's own by default.
        alone: Gives numbers while the server cannot be reached.
        ask_pause_s: Between two tries of one request.
    """

    server: Server
    outbox: Outbox
    printer: TicketPrinter | None
    languages: Languages
    width_mm: int
    now: Callable[[], datetime]
    zone: tzinfo | None = None
    alone: OfflineGiver | None = None
    ask_pause_s: float = ASK_PAUSE_S

    async def issue(
        self, errand: Issue, language: str, catalogue: Catalogue | None = None
    ) -> Issued | Refused | NoAnswer:
        """Ask for a number until there is an answer, or give one of the kiosk's own."""
        try:
            self.outbox.ask(errand.key, errand.request, language, self.now())
            earlier = self.alone.earlier(errand.key) if self.alone else None
        except (OutboxError, sqlite3.Error) as error:
            log.warning("outbox_failed", reason=str(error))
            return Refused(errand.key, Refusal(Code.STORE_UNAVAILABLE))
        if earlier is not None:
            return earlier
        answer = await self._ask(errand)
        if self.alone is None or not _is_unclear(answer):
            return answer
        return self._give_alone(self.alone, errand, catalogue) or answer

    async def _ask(self, errand: Issue) -> Issued | Refused | NoAnswer:
        times = 1 if self.alone is not None and self.alone.ready() else ASK_TIMES
        was_sent = False
        for turn in range(times):
            try:
                ticket = await self.server.issue(errand.key, errand.request)
            except RefusedError as error:
                log.info("ticket_refused", code=error.refusal.code.value)
                self._note(self.outbox.refused, errand.key, error.refusal.code)
                return Refused(errand.key, error.refusal)
            except SilentError as error:
                was_sent = was_sent or error.was_sent
                log.warning("server_silent", reason=str(error), turn=turn, was_sent=error.was_sent)
                if turn + 1 < times:
                    await asyncio.sleep(self.ask_pause_s)
            else:
                log.info("ticket_issued", number=ticket.number, service=ticket.service_id)
                self._note(self.outbox.issued, errand.key, ticket)
                return Issued(errand.key, ticket)
        return NoAnswer(errand.key, was_sent)

    def _give_alone(
        self, alone: OfflineGiver, errand: Issue, catalogue: Catalogue | None
    ) -> Issued | None:
        """A number of the kiosk's own; None where it may not or cannot."""
        try:
            issued = alone.give(errand, catalogue)
        except NoGrantError as error:
            log.warning("no_number_without_server", reason=str(error))
            return None
        except (sqlite3.Error, OSError) as error:
            log.warning("offline_memory_failed", reason=str(error))
            return None
        log.info("ticket_given_alone", number=issued.ticket.number)
        return issued

    async def print(self, errand: Print, catalogue: Catalogue | None) -> PrintEnded | PrintFailed:
        """Print one paper; never more than one for one errand."""
        ticket = errand.ticket
        if self.printer is None or catalogue is None:
            return PrintFailed(ticket.ticket_id, "unavailable")
        job = ticket_job(
            ticket,
            catalogue,
            self.languages.speech(errand.language),
            job_id=f"{ticket.number}/{errand.attempt}",
            reprint=errand.reprint,
            width_mm=self.width_mm,
            zone=self.zone,
            paper_code=errand.paper_code,
            large_type=errand.large_type,
            visit_numbers=errand.visit_numbers,
        )
        try:
            self.outbox.printing(
                ticket, errand.key, errand.attempt, reprint=errand.reprint, at=self.now()
            )
        except OutboxError as error:
            log.warning("outbox_failed", reason=str(error))
            return PrintFailed(ticket.ticket_id, "device-fault")
        try:
            async with asyncio.timeout(PRINT_WITHIN_S):
                result = await self.printer.print(job)
        except HardwareError as error:
            log.warning("print_failed", code=error.code, number=ticket.number)
            self._paper(errand, PaperState.FAILED, error.code)
            return PrintFailed(ticket.ticket_id, error.code)
        except TimeoutError:
            result = PrintResult.UNKNOWN
        log.info("printed", result=result.value, number=ticket.number, attempt=errand.attempt)
        torn = result is PrintResult.TORN
        faults = self.printer.health().faults if torn else ()
        code = next((fault for fault in faults if fault in STOPPING_FAULTS), "")
        state, paper = FATES[result]
        self._paper(errand, state, code)
        return PrintEnded(ticket.ticket_id, paper, code)

    async def fetch(self, ticket_id: TicketId) -> Found | NotFound:
        """A ticket by its id."""
        try:
            return Found(await self.server.ticket(ticket_id))
        except RefusedError as error:
            return NotFound(ticket_id, error.refusal)
        except SilentError:
            return NotFound(ticket_id, None)

    def abandon(self, key: RequestKey) -> None:
        """Nobody waits for this key any more."""
        self._note(self.outbox.abandoned, key)

    def finished(self, key: RequestKey) -> None:
        """The number has been handed over; nothing of the request is needed again."""
        self._note(self.outbox.finished, key)

    def _paper(self, errand: Print, state: PaperState, fault: str = "") -> None:
        self._note(self.outbox.printed, errand.ticket.ticket_id, errand.attempt, state, fault)

    @staticmethod
    def _note(write: Callable[..., None], *args: object) -> None:
        """Write down what has happened already; a full disk must not undo it for the person."""
        try:
            write(*args)
        except OutboxError as error:
            log.warning("outbox_failed", reason=str(error))


NOT_NOW: Final = frozenset({Code.STARTING, Code.STORE_UNAVAILABLE})
"""Refusals that say nothing about the request: the server itself cannot work."""


def _is_unclear(answer: Issued | Refused | NoAnswer) -> bool:
    """No clear answer about this request: it may be given a number without the server."""
    if isinstance(answer, Refused):
        return answer.refusal.code in NOT_NOW
    return isinstance(answer, NoAnswer)
