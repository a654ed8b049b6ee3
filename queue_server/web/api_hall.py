"""What can be read of a hall: board, windows, catalogue, statistics, settings, health."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from queue_server import views
from queue_server.contract import messages as msg
from queue_server.contract import paths
from queue_server.contract.ids import WindowId
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core.settings import HallSettings
from queue_server.web.api_help import help_calls
from queue_server.web.api_tickets import JSON, json_body, key_of
from queue_server.web.auth import ADMINISTERS, ISSUES, SEES_FIGURES, Authenticator
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.problems import Refused, language_of

By = Literal["window", "service", "group", "clerk", "hour", "priority"]
MAX_DAYS = 3660


class DriveTo(msg.Request):
    """`PUT /api/v1/demo/clock`."""

    at: msg.Utc


class HallRoutes:
    """Handlers of everything about the hall as a whole."""

    def __init__(self, hall: Hall, authenticator: Authenticator, streams: Streams) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._streams = streams
        self._board: tuple[tuple[int, bool, int], bytes] | None = None

    def _board_json(self) -> bytes:
        """The board, encoded once per (rev, second): waits move with the clock."""
        hall = self._hall
        now_ms = hall.clock.now().at_ms
        is_open = hall.keeper.is_open()
        mark = (hall.service.floor.seq, is_open, now_ms // 1000)
        if self._board is None or self._board[0] != mark:
            board = views.board(
                hall.service.floor, hall.signs(), hall.service.epoch, now_ms, is_open=is_open
            )
            self._board = mark, board.model_dump_json().encode()
        return self._board[1]

    async def board(self, request: Request) -> Response:
        """`GET /api/v1/board`: public."""
        return Response(self._board_json(), media_type=JSON, headers={"Cache-Control": "no-store"})

    async def board_stream(self, request: Request) -> Response:
        """`GET /api/v1/board/stream`: public, capped."""
        return self._streams.stream(self._board_json)

    async def _window_json(self, request: Request, window_id: WindowId) -> Any:  # noqa: ANN401
        hall = self._hall
        await self._authenticator.require(request, ISSUES | SEES_FIGURES)
        if window_id not in hall.service.floor.windows:
            raise Refused(Code.UNKNOWN_WINDOW, window_id=window_id)
        language = language_of(request, hall.languages)

        def snapshot() -> bytes:
            floor = hall.service.floor
            if window_id not in floor.windows or floor.business_date is None:
                return b"{}"
            own = hall.own_today(window_id)
            now_ms = hall.clock.now().at_ms
            view = views.window_view(
                floor, hall.signs(), hall.service.epoch, now_ms, window_id, own, language, hall.say
            )
            help_ = help_calls(hall)
            return view.model_copy(update={"help": help_}).model_dump_json().encode()

        return snapshot

    async def window(self, request: Request) -> Response:
        """`GET /api/v1/windows/{window_id}`."""
        window_id = WindowId(request.path_params["window_id"])
        snapshot = await self._window_json(request, window_id)
        return Response(snapshot(), media_type=JSON, headers={"Cache-Control": "no-store"})

    async def window_stream(self, request: Request) -> Response:
        """`GET /api/v1/windows/{window_id}/stream`."""
        window_id = WindowId(request.path_params["window_id"])
        snapshot = await self._window_json(request, window_id)

        async def signed_in() -> bool:
            return await self._authenticator.principal(request) is not None

        return self._streams.stream(snapshot, signed_in)

    async def catalogue(self, request: Request) -> Response:
        """`GET /api/v1/catalogue`: public, with an entity tag."""
        body, tag = self._hall.catalogue.json()
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=JSON, headers=headers)

    def _range(self, first: date | None, last: date | None) -> tuple[date, date]:
        today = self._hall.service.floor.business_date
        if today is None:
            raise Refused(Code.NOT_OPEN)
        last = last or today
        first = first or last
        if first > last:
            raise Refused(Code.INVALID_REQUEST, detail="from must not be after to")
        if (last - first).days > MAX_DAYS:
            raise Refused(Code.INVALID_REQUEST, detail=f"at most {MAX_DAYS} days at once")
        return first, last

    async def statistics(
        self,
        request: Request,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        by: By = "window",
    ) -> msg.Statistics:
        """Figures of a range of business days, today by default."""
        await self._authenticator.require(request, SEES_FIGURES)
        days = self._range(first, last)
        return await asyncio.to_thread(self._hall.figures.statistics, *days, by)

    async def statistics_csv(
        self,
        request: Request,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
    ) -> Response:
        """The tickets behind the figures, a row per leg, for a spreadsheet."""
        await self._authenticator.require(request, SEES_FIGURES)
        days = self._range(first, last)
        rows = self._hall.figures.csv_rows(*days)
        name = f"bianmin-{days[0]}-{days[1]}.csv"
        return StreamingResponse(
            _csv(rows),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def settings(self, request: Request) -> Response:
        """The hall's settings, whole."""
        await self._authenticator.require(request, ADMINISTERS)
        floor = self._hall.service.floor
        body = msgspec.json.encode({"version": floor.settings_version, "settings": floor.settings})
        return Response(body, media_type=JSON)

    async def change_settings(self, request: Request) -> Response:
        """New settings, whole; in force from the next command."""
        principal = await self._authenticator.require(request, ADMINISTERS)
        body = await json_body(request)
        try:
            given = msgspec.json.decode(body)
            settings = msgspec.convert(given, HallSettings)
        except msgspec.ValidationError as error:
            raise Refused(Code.INVALID_REQUEST, detail=str(error)) from None
        except (msgspec.DecodeError, RecursionError):
            raise Refused(Code.MALFORMED_JSON) from None
        unknown = _unknown(given, msgspec.to_builtins(settings))
        if unknown is not None:
            raise Refused(Code.INVALID_REQUEST, detail=f"{unknown}: there is no such setting")
        reply = await self._hall.service.handle(
            cmd.ChangeSettings(settings, self._hall.service.floor.catalogue_hash),
            actor=principal.actor,
            render=lambda before, after, events: (
                200,
                msgspec.json.encode({"version": after.settings_version}),
            ),
            key=key_of(request, principal, body),
        )
        return Response(reply.body, reply.status, media_type=JSON)

    async def drive_clock(self, request: Request, wanted: DriveTo) -> dict[str, str]:
        """Move the clock of a demo server that was started with `--clock driven`."""
        await self._authenticator.require(request, ADMINISTERS)
        try:
            await self._hall.keeper.drive_to(int(wanted.at.timestamp() * 1000))
        except LookupError:
            raise Refused(Code.CLOCK_NOT_DRIVEN) from None
        except ValueError as error:
            raise Refused(Code.INVALID_REQUEST, detail=str(error)) from None
        return {"at": wanted.at.isoformat()}

    async def healthz(self, request: Request) -> Response:
        """The process lives."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """Commands are taken, and what else is well or ill."""
        ready = self._hall.service.ready
        health: Mapping[str, object] = self._hall.health()
        body = json.dumps({"ready": ready, **health})
        return Response(body, 200 if ready else 503, media_type=JSON)

    async def metrics(self, request: Request) -> Response:
        """Prometheus text; for this machine only."""
        if request.client is None or request.client.host not in ("127.0.0.1", "::1"):
            raise Refused(Code.FORBIDDEN)
        return Response(self._hall.metrics(), media_type="text/plain; version=0.0.4")


def _unknown(given: Any, known: Any, path: str = "") -> str | None:  # noqa: ANN401 - any JSON
    """The first key that was given and that these settings do not have."""
    if isinstance(given, dict):
        for key, value in given.items():
            here = f"{path}.{key}".removeprefix(".")
            inner = _unknown(value, known[key], here) if key in known else here
            if inner is not None:
                return inner
    elif isinstance(given, list):
        for at, (value, has) in enumerate(zip(given, known, strict=True)):
            inner = _unknown(value, has, f"{path}[{at}]")
            if inner is not None:
                return inner
    return None


def _csv(rows: Iterator[Any]) -> Iterator[bytes]:
    """CSV with a byte order mark: the spreadsheets of Chinese offices need it for UTF-8."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(["" if cell is None else _safe(cell) for cell in row])
        yield line.getvalue().encode()


def _safe(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is quoted (OWASP, "CSV Injection")."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + cell
    return cell


def hall_router(routes: HallRoutes) -> APIRouter:
    """The routes that FastAPI documents by itself."""
    router = APIRouter()
    add = router.add_api_route
    add(paths.STATISTICS, routes.statistics, methods=["GET"], response_model=msg.Statistics)
    add(f"{paths.STATISTICS}.csv", routes.statistics_csv, methods=["GET"])
    add(paths.SETTINGS, routes.settings, methods=["GET"])
    add(paths.SETTINGS, routes.change_settings, methods=["PUT"])
    add(paths.DEMO_CLOCK, routes.drive_clock, methods=["PUT"])
    return router
