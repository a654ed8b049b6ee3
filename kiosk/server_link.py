"""The hall's server as the kiosk asks it, over HTTP.

Every call is bounded in time. A refusal (`RefusedError`) and silence (`SilentError`) are different
things: after a refusal nothing was issued; after silence it matters whether the request may have
reached the server.
"""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from kiosk.guide import BadItemError, check_items
from kiosk.visit import Refusal
from queue_server.contract import paths
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import (
    BoardSnapshot,
    Catalogue,
    ProblemAnswer,
    TicketAnswer,
    TicketRequest,
)
from queue_server.contract.messages_appointments import AppointmentAnswer, CodeRequest
from queue_server.contract.messages_help import HelpAnswer
from queue_server.contract.messages_offline import (
    GrantAnswer,
    GrantRequest,
    OfflineTicket,
    UploadAnswer,
    UploadRequest,
)
from queue_server.contract.messages_tickets import TicketLookUp, TicketsFound
from queue_server.contract.problems import Code

ANSWER_WITHIN_S: Final = 1.5
"""For a person who stands and waits (design note "A kiosk that keeps issuing")."""
CATALOGUE_WITHIN_S: Final = 10.0
"""Nobody waits for it."""

UPLOAD_WITHIN_S: Final = 20.0

T = TypeVar("T", bound=BaseModel)
log = structlog.get_logger(__name__)


class RefusedError(Exception):
    """The server said no; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class SilentError(Exception):
    """No answer that can be used. `was_sent`: the request may have reached the server."""

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


class HallServer:
    """See the module.

    Args:
        http: With the server's address as base and the device's token; the caller closes it.
        cache_file: Where the last catalogue is kept for a start without the server.
    """

    def __init__(self, http: httpx.AsyncClient, cache_file: Path) -> None:
        self._http = http
        self._cache_file = cache_file
        self._etag: str | None = None
        self._catalogue: Catalogue | None = None

    async def issue(self, key: RequestKey, request: TicketRequest) -> TicketAnswer:
        """Ask for a number; the same key gives the same number, however often it is asked.

        Raises:
            RefusedError: Nothing was issued under this key.
            SilentError: No answer in time, or none that can be used.
        """
        headers: dict[str, str] = {paths.IDEMPOTENCY_KEY: key}
        body = request.model_dump_json(exclude_none=True)
        answer = await self._ask("POST", paths.TICKETS, headers, body)
        return _read(TicketAnswer, answer)

    async def ticket(self, ticket_id: TicketId) -> TicketAnswer:
        """A ticket by its id.

        Raises:
            RefusedError: The server does not know or show it.
            SilentError: No usable answer in time.
        """
        return _read(TicketAnswer, await self._ask("GET", paths.ticket(ticket_id)))

    async def grant(self, storage_id: str, holding: str | None, used: int) -> GrantAnswer:
        """Leave to give numbers while the server cannot be reached.

        Raises:
            RefusedError: It gives none.
            SilentError: No usable answer in time.
        """
        body = GrantRequest(storage_id=storage_id, holding=holding, used=used).model_dump_json()
        return _read(GrantAnswer, await self._ask("POST", paths.GRANTS, body=body))

    async def upload(self, tickets: list[OfflineTicket]) -> UploadAnswer:
        """Bring in numbers that were given while the server could not be reached.

        Raises:
            RefusedError: None was taken.
            SilentError: No usable answer in time; safe to send again.
        """
        body = UploadRequest(tickets=tickets).model_dump_json()
        answer = await self._ask("POST", paths.UPLOAD, body=body, within_s=UPLOAD_WITHIN_S)
        return _read(UploadAnswer, answer)

    async def look_up(self, wanted: TicketLookUp) -> list[TicketAnswer]:
        """Today's numbers of a person, or the one of a paper and those of its visit.

        Raises:
            RefusedError: The server does not know the paper (yet).
            SilentError: No usable answer in time.
        """
        body = wanted.model_dump_json(exclude_none=True)
        answer = await self._ask("POST", paths.TICKET_LOOK_UP, body=body)
        return _read(TicketsFound, answer).tickets

    async def give_back(self, ticket_id: TicketId) -> TicketAnswer:
        """Give a number up.

        Raises:
            RefusedError: It cannot be given up any more.
            SilentError: No usable answer in time: it is given up, or not.
        """
        answer = await self._ask("POST", f"{paths.ticket(ticket_id)}/abandon", body="{}")
        return _read(TicketAnswer, answer)

    async def call_help(self) -> HelpAnswer:
        """Call a guide to this kiosk; one call at a time.

        Raises:
            RefusedError: The hall takes no calls now.
            SilentError: No usable answer in time.
        """
        return _read(HelpAnswer, await self._ask("POST", paths.HELP, body="{}"))

    async def help_call(self, help_id: str) -> HelpAnswer:
        """What has become of a call.

        Raises:
            RefusedError: The server does not know it (any more).
            SilentError: No usable answer in time.
        """
        return _read(HelpAnswer, await self._ask("GET", paths.help_call(help_id)))

    async def end_help(self, help_id: str) -> None:
        """Take a call back.

        Raises:
            RefusedError: The server does not know it (any more).
            SilentError: No usable answer in time.
        """
        await self._ask("POST", f"{paths.help_call(help_id)}/withdraw", body="{}")

    async def appointment(self, code: str) -> AppointmentAnswer:
        """An appointment by its code.

        Raises:
            RefusedError: The hall knows none of today or later with it.
            SilentError: No usable answer in time.
        """
        body = CodeRequest(code=code).model_dump_json()
        answer = await self._ask("POST", paths.APPOINTMENT_LOOK_UP, body=body)
        return _read(AppointmentAnswer, answer)

    async def board(self) -> BoardSnapshot:
        """The hall's board; also the sign that the server answers.

        Raises:
            RefusedError: It does not accept this device.
            SilentError: No usable answer in time.
        """
        return _read(BoardSnapshot, await self._ask("GET", paths.BOARD))

    async def catalogue(self) -> Catalogue:
        """The catalogue of items; kept on disk when it is new.

        Raises:
            RefusedError: It does not accept this device.
            SilentError: No usable answer in time, or a catalogue this kiosk cannot show.
        """
        headers = {"If-None-Match": self._etag} if self._etag else {}
        answer = await self._ask("GET", paths.CATALOGUE, headers, within_s=CATALOGUE_WITHIN_S)
        if answer.status_code == httpx.codes.NOT_MODIFIED and self._catalogue is not None:
            return self._catalogue
        catalogue = _read(Catalogue, answer)
        try:
            check_items(catalogue)
        except BadItemError as error:
            log.warning("catalogue_unusable", reason=str(error))
            raise SilentError("catalogue", was_sent=True) from error
        if self._catalogue is None or self._catalogue.hash != catalogue.hash:
            self._keep(answer.content)
        self._etag, self._catalogue = answer.headers.get("ETag"), catalogue
        return catalogue

    def cached_catalogue(self) -> Catalogue | None:
        """The last catalogue this kiosk had, or None; a damaged file counts as none."""
        try:
            catalogue = Catalogue.model_validate_json(self._cache_file.read_bytes())
            check_items(catalogue)
        except FileNotFoundError:
            return None
        except (OSError, ValidationError, BadItemError) as error:
            log.warning("catalogue_cache_unusable", reason=type(error).__name__)
            return None
        return catalogue

    def _keep(self, content: bytes) -> None:
        """Replace the cached catalogue whole or not at all; without it we only start poorer."""
        try:
            self._cache_file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._cache_file.parent, delete=False) as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(out.name).replace(self._cache_file)
        except OSError as error:
            log.warning("catalogue_not_cached", reason=error.strerror)

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: str | None = None,
        within_s: float = ANSWER_WITHIN_S,
    ) -> httpx.Response:
        typed = {"Content-Type": "application/json"} if body is not None else {}
        try:
            async with asyncio.timeout(within_s):
                answer = await self._http.request(
                    method, path, headers={**typed, **headers}, content=body, timeout=within_s
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SilentError(type(error).__name__, was_sent=False) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SilentError(type(error).__name__, was_sent=True) from error
        if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
            return answer
        raise _problem(answer)


def _read(shape: type[T], answer: httpx.Response) -> T:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        log.warning("answer_unusable", shape=shape.__name__, problems=error.error_count())
        raise SilentError("unusable answer", was_sent=True) from error


def _problem(answer: httpx.Response) -> RefusedError | SilentError:
    """A problem of our contract, else silence: a proxy's error page says nothing about a ticket."""
    try:
        problem = ProblemAnswer.model_validate_json(answer.content)
    except ValidationError:
        return SilentError(f"status {answer.status_code}", was_sent=True)
    try:
        code = Code(problem.code)
    except ValueError:
        log.warning("problem_code_unknown", code=problem.code)
        server_side = answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        code = Code.INTERNAL if server_side else Code.INVALID_REQUEST
    if code in {Code.OUTCOME_UNKNOWN, Code.INTERNAL}:
        return SilentError(code, was_sent=True)
    return RefusedError(Refusal(code, MappingProxyType(problem.params)))
