"""Devices: enrolling and revoking them, how they are, and asking something of them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from queue_server.contract import messages as msg
from queue_server.contract import paths
from queue_server.contract.ids import DEVICE_PATTERN
from queue_server.contract.problems import Code
from queue_server.presence.presence import (
    ErrandPendingError,
    NotLinkedError,
    UnknownDeviceError,
)
from queue_server.views import utc
from queue_server.web.api_tickets import JSON
from queue_server.web.auth import ADMINISTERS, SEES_FIGURES, TENDS_DEVICES, Authenticator, Throttle
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.problems import Refused, language_of

CODE_MS = 10 * 60 * 1000


class DeviceOffer(msg.Request):
    """`POST /api/v1/devices`."""

    device_id: Annotated[str, Field(pattern=DEVICE_PATTERN)]
    kind: Annotated[str, Field(pattern=r"^(kiosk|display)$")] = "kiosk"


class DeviceCode(msg.Answer):
    """A single-use code, shown once."""

    device_id: str
    code: str
    expires_at: msg.Utc


class DeviceRow(BaseModel):
    """A device in the list."""

    model_config = ConfigDict(frozen=True)
    device_id: str
    kind: str


class DeviceRoutes:
    """Handlers of everything about devices."""

    def __init__(self, hall: Hall, authenticator: Authenticator, streams: Streams) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._streams = streams
        self._throttle = Throttle()

    async def enrol(
        self, request: Request, wanted: Annotated[msg.EnrolRequest, Body()]
    ) -> msg.EnrolAnswer:
        """Trade a single-use code for a device's own credentials."""
        address = f"enrol:{request.client.host if request.client else '?'}"
        self._throttle.check(address)
        now_ms = self._hall.wall_ms()
        answer = await self._hall.enrolment.enrol(wanted.code, now_ms)
        if answer is None:
            self._throttle.failed(address)
            raise Refused(Code.ENROLMENT_REFUSED)
        await self._hall.devices.refresh()
        return answer

    async def offer(self, request: Request, wanted: Annotated[DeviceOffer, Body()]) -> DeviceCode:
        """A single-use enrolment code."""
        await self._authenticator.require(request, ADMINISTERS)
        now_ms = self._hall.wall_ms()
        code = await asyncio.to_thread(
            self._hall.people.offer_device, wanted.device_id, wanted.kind, now_ms
        )
        await self._hall.devices.refresh()
        return DeviceCode(device_id=wanted.device_id, code=code, expires_at=utc(now_ms + CODE_MS))

    async def devices(self, request: Request) -> list[DeviceRow]:
        """All devices."""
        await self._authenticator.require(request, ADMINISTERS)
        rows = await asyncio.to_thread(self._hall.people.devices)
        return [DeviceRow(device_id=row.device_id, kind=row.kind) for row in rows]

    async def revoke(self, request: Request, device_id: str) -> None:
        """Take a device's credentials away."""
        await self._authenticator.require(request, ADMINISTERS)
        if not await self._hall.enrolment.revoke(device_id):
            raise Refused(Code.NOT_FOUND)
        self._authenticator.forget_all()
        await self._hall.devices.refresh()

    async def status(self, request: Request) -> Response:
        """`GET /api/v1/devices/status`."""
        await self._authenticator.require(request, SEES_FIGURES)
        body = self._status_json(language_of(request, self._hall.languages))
        return Response(body, media_type=JSON, headers={"Cache-Control": "no-store"})

    async def status_stream(self, request: Request) -> Response:
        """`GET /api/v1/devices/status/stream`."""
        await self._authenticator.require(request, SEES_FIGURES)
        language = language_of(request, self._hall.languages)

        async def signed_in() -> bool:
            return await self._authenticator.principal(request) is not None

        return self._streams.stream(
            lambda: self._status_json(language), signed_in, live=self._hall.devices
        )

    async def print_test(self, request: Request, device_id: str) -> msg.ErrandAnswer:
        """Ask a kiosk to print a test ticket; what comes of it stands in the status."""
        await self._authenticator.require(request, TENDS_DEVICES)
        language = language_of(request, self._hall.languages)
        try:
            command_id = await self._hall.devices.print_test(device_id, language)
        except UnknownDeviceError:
            raise Refused(Code.NOT_FOUND) from None
        except NotLinkedError:
            raise Refused(Code.DEVICE_NOT_CONNECTED) from None
        except ErrandPendingError:
            raise Refused(Code.DEVICE_ASKED_ALREADY) from None
        return msg.ErrandAnswer(command_id=command_id)

    def _status_json(self, language: str) -> bytes:
        return self._hall.devices.status(language).model_dump_json().encode()


def device_router(routes: DeviceRoutes) -> APIRouter:
    """The routes that FastAPI documents by itself."""
    router = APIRouter()
    add = router.add_api_route
    one = f"{paths.DEVICES}/{{device_id}}"
    add(paths.ENROL, routes.enrol, methods=["POST"], response_model=msg.EnrolAnswer)
    add(paths.DEVICES, routes.devices, methods=["GET"], response_model=list[DeviceRow])
    add(paths.DEVICES, routes.offer, methods=["POST"], response_model=DeviceCode, status_code=201)
    add(one, routes.revoke, methods=["DELETE"], status_code=204)
    add(
        f"{one}/print-test",
        routes.print_test,
        methods=["POST"],
        response_model=msg.ErrandAnswer,
        status_code=202,
    )
    return router
