"""The running server, as the replay speaks to it over HTTP."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx
import msgspec
from pydantic import BaseModel

from queue_server.contract import messages as msg
from queue_server.contract import paths
from queue_server.core.settings import HallSettings
from queue_server.replay.errors import ReplayError

ANSWER_WITHIN_S = 30.0
ACCOUNTS = f"{paths.API}/accounts"
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password."""

    username: str
    password: str


class Credentials(msgspec.Struct, frozen=True):
    """What the replay needs of a demo's `credentials.json`."""

    url: str
    mqtt_url: str
    hall_id: str
    mqtt: Login
    kiosk_token: str
    administrator: Login
    manager: Login


def read_credentials(path: Path) -> Credentials:
    """The demo's own file.

    Raises:
        ReplayError: there is none, or it is of something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Credentials)
    except OSError as error:
        raise ReplayError(
            f"{path} cannot be read ({error.strerror}): start the server with "
            "--demo --clock driven and name its directory with --data."
        ) from error
    except msgspec.MsgspecError as error:
        raise ReplayError(f"{path} is not the credentials.json of a demo: {error}.") from error


class RefusedError(Exception):
    """The server refused; `code` is a problem code, the text its sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class HallClient:
    """One hall's server."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        limits = httpx.Limits(max_connections=1, keepalive_expiry=None)
        self._http = httpx.AsyncClient(
            base_url=credentials.url,
            timeout=ANSWER_WITHIN_S,
            limits=limits,
            headers={"Accept-Language": "en"},
            trust_env=False,
        )
        self._administrator = ""
        self._manager = ""

    async def __aenter__(self) -> Self:
        """Sign in; sessions live in real time, whatever the driven clock says."""
        try:
            self._administrator = (await self.sign_in(self._credentials.administrator)).token
            self._manager = (await self.sign_in(self._credentials.manager)).token
        except BaseException:
            await self._http.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection; the sessions end by themselves."""
        await self._http.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of an answer.

        Raises:
            RefusedError: the server will not.
            ReplayError: it does not answer.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if method == "POST":
            headers[paths.IDEMPOTENCY_KEY] = str(uuid4())
        try:
            answer = await self._http.request(
                method, path, headers=headers, content=body, params=params
            )
        except httpx.HTTPError as error:
            raise ReplayError(
                f"The server at {self._credentials.url} does not answer "
                f"({type(error).__name__}): is it running?"
            ) from error
        if answer.is_success:
            return answer.content
        try:
            problem = msg.ProblemAnswer.model_validate_json(answer.content)
        except ValueError as error:
            raise ReplayError(
                f"{self._credentials.url}{path} answered {answer.status_code}, "
                "not as this program's server does."
            ) from error
        raise RefusedError(problem.code, problem.detail)

    async def _post(
        self, path: str, token: str | None, body: BaseModel | Mapping[str, Any]
    ) -> bytes:
        return await self._ask("POST", path, token, _encoded(body))

    async def sign_in(self, login: Login, window_id: str | None = None) -> msg.SessionAnswer:
        """A session, at a window if one is named."""
        wanted = msg.SessionRequest(
            username=login.username, password=login.password, window_id=window_id
        )
        return msg.SessionAnswer.model_validate_json(await self._post(paths.SESSION, None, wanted))

    async def sign_out(self, token: str) -> None:
        """End a session and leave its window."""
        await self._ask("DELETE", paths.SESSION, token)

    async def put_clerk(self, login: Login, name: str) -> None:
        """An account of a clerk, new or with a new password."""
        new = {"username": login.username, "display_name": name, "role": "clerk"}
        try:
            await self._post(ACCOUNTS, self._administrator, new | {"password": login.password})
        except RefusedError as refused:
            if refused.code != "name-taken":
                raise
            path = f"{ACCOUNTS}/{login.username}/password"
            body = _encoded({"password": login.password})
            await self._ask("PUT", path, self._administrator, body)

    async def drive(self, at: datetime) -> None:
        """Move the clock to an aware moment."""
        await self._ask(
            "PUT", paths.DEMO_CLOCK, self._administrator, _encoded({"at": at.isoformat()})
        )

    async def settings(self) -> HallSettings:
        """The hall's settings."""
        answer = await self._ask("GET", paths.SETTINGS, self._administrator)
        found: HallSettings = msgspec.convert(
            msgspec.json.decode(answer)["settings"], type=HallSettings
        )
        return found

    async def put_settings(self, settings: HallSettings) -> None:
        """New settings, whole."""
        await self._ask("PUT", paths.SETTINGS, self._administrator, msgspec.json.encode(settings))

    async def board(self) -> msg.BoardSnapshot:
        """The board."""
        return msg.BoardSnapshot.model_validate_json(await self._ask("GET", paths.BOARD))

    async def window(self, window_id: str) -> msg.WindowView:
        """A window."""
        answer = await self._ask("GET", paths.window(window_id), self._administrator)
        return msg.WindowView.model_validate_json(answer)

    async def issue(self, service_id: str) -> msg.TicketAnswer:
        """A ticket from the demo's kiosk."""
        wanted = msg.TicketRequest(service_id=service_id)
        answer = await self._post(paths.TICKETS, self._credentials.kiosk_token, wanted)
        return msg.TicketAnswer.model_validate_json(answer)

    async def act(
        self, window_id: str, action: str, token: str, body: Mapping[str, str]
    ) -> msg.WindowActionAnswer:
        """What a clerk does at a window."""
        answer = await self._post(paths.window_action(window_id, action), token, body)
        return msg.WindowActionAnswer.model_validate_json(answer)

    async def statistics(self, day: date) -> msg.Statistics:
        """The figures of a business day by item."""
        params = {"from": day.isoformat(), "to": day.isoformat(), "by": "service"}
        answer = await self._ask("GET", paths.STATISTICS, self._manager, params=params)
        return msg.Statistics.model_validate_json(answer)

    async def export(self, day: date) -> Iterator[dict[str, str]]:
        """The legs of a business day, as the manager downloads them."""
        params = {"from": day.isoformat(), "to": day.isoformat()}
        answer = await self._ask("GET", f"{paths.STATISTICS}.csv", self._manager, params=params)
        return csv.DictReader(io.StringIO(answer.decode("utf-8-sig")))


def _encoded(body: BaseModel | Mapping[str, Any]) -> bytes:
    if isinstance(body, BaseModel):
        return body.model_dump_json(exclude_none=True).encode()
    return json.dumps(body).encode()
