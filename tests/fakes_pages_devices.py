"""The devices of the fake hall: a real `Presence` that hears what a test lets machines say."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from hardware.errors import WARNINGS
from hardware.sentences import sentence
from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import FaultSaid, FittedDevice
from queue_server.presence.presence import Presence
from queue_server.presence.station import Enrolled, Moment
from queue_server.presence.view import status
from queue_server.web.pages_language import choose

VERSION = "0.1.0"
TITLES = {
    "printer": ("escpos-printer", "Receipt printer (ESC/POS)"),
    "id-reader": ("sam-id-reader", "ID-card reader (SAM_V)"),
    "scanner": ("serial-scanner", "Barcode and QR code scanner"),
    "camera": ("camera", "Camera that reads codes"),
}
KIOSK = ("printer", "id-reader", "scanner", "camera")


class Site(Protocol):
    """What the routes need of the fake site."""

    devices: "Scene"
    stopping: bool

    def translate(self, language: str, text: str) -> str: ...

    def languages(self) -> Any: ...

    def signed_in(self, request: Request) -> None: ...


class Scene:
    """Machines that say what a test lets them say. Its clock is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)
        self.s = 1000.0
        self.presence = Presence(lambda: Moment(self.at, self.s))
        self.rows: dict[str, Enrolled] = {}
        self.asked: list[str] = []
        self.presence.on_broker(connected=True)

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.s += seconds
        self.presence.tick()

    def enrol(self, device_id: str, kind: str = "kiosk", *, awaited: bool = False) -> None:
        self.rows[device_id] = Enrolled(DeviceId(device_id), kind, awaited)
        self.presence.set_enrolled(self.rows.values())

    def says(self, device_id: str, part: str = "state", **content: object) -> None:
        self.hears(device_id, part, json.dumps(content).encode())

    def hears(self, device_id: str, part: str, payload: bytes) -> None:
        self.presence.on_message(device_id, part, payload, retained=False)

    def kiosk(
        self,
        device_id: str,
        place: str,
        faults: Mapping[str, tuple[str, ...]] | None = None,
        *,
        kinds: tuple[str, ...] = KIOSK,
        away: tuple[str, ...] = (),
        **more: object,
    ) -> None:
        """A kiosk says how it is; enrolled if it was not. A device that is away has a fault."""
        if device_id not in self.rows:
            self.enrol(device_id)
        devices = [self.fitted(k, (faults or {}).get(k, ()), online=k not in away) for k in kinds]
        said: dict[str, object] = {
            "session_id": "run-1",
            "online": True,
            "version": VERSION,
            "role": "kiosk",
            "place": place,
            "devices": devices,
            "at": self.at.isoformat(),
        }
        self.says(device_id, **(said | more))

    def display(self, device_id: str, role: str, place: str, window_id: str | None = None) -> None:
        self.enrol(device_id, "display")
        self.kiosk(device_id, place, kinds=(), role=role, window_id=window_id)

    def fitted(self, kind: str, codes: tuple[str, ...], *, online: bool) -> dict[str, Any]:
        said = [FaultSaid(code=code, sentence=sentence(code)) for code in codes]
        type_id, title = TITLES[kind]
        device = FittedDevice(
            id=kind,
            kind=kind,
            type=type_id,
            title=title,
            online=online,
            faults=[each for each in said if each.code not in WARNINGS],
            warnings=[each for each in said if each.code in WARNINGS],
            since=self.at - timedelta(minutes=12),
            details={"module_id": "05.01-20190301-0012345678"} if kind == "id-reader" else {},
        )
        return device.model_dump(mode="json")


def all_well(scene: Scene) -> None:
    scene.kiosk("kiosk-1", "大厅入口")
    scene.kiosk("kiosk-2", "社保窗口旁", kinds=("printer", "id-reader"))
    scene.display("hall-screen", "hall-screen", "窗口上方")
    scene.display("window-3", "window-display", "", "3")


def many_ills(scene: Scene) -> None:
    scene.kiosk(
        "kiosk-1",
        "大厅入口",
        {"printer": ("paper-out", "cover-open"), "camera": ("unavailable",)},
        away=("camera",),
    )
    scene.kiosk("kiosk-2", "社保窗口旁", {"printer": ("paper-near-end",)})
    scene.kiosk("kiosk-10", "东门", {"id-reader": ("reader-unauthorised",)}, version="0.2.0")
    scene.kiosk("kiosk-3", "二楼")
    scene.says("kiosk-3", session_id="run-1", online=False, version=VERSION, place="二楼")
    scene.enrol("kiosk-4")
    scene.says("kiosk-4", "beat", session_id="a", rendered_rev=0, uptime_s=9)
    scene.pass_s(31)
    scene.enrol("kiosk-5", awaited=True)
    scene.kiosk("kiosk-1", "大厅入口", {"printer": ("paper-out", "cover-open")}, kinds=KIOSK[:3])
    scene.kiosk("kiosk-2", "社保窗口旁", {"printer": ("paper-near-end",)})
    scene.kiosk("kiosk-10", "东门", {"id-reader": ("reader-unauthorised",)}, version="0.2.0")
    behind = (scene.at - timedelta(minutes=47)).isoformat()
    scene.kiosk("kiosk-6", "侧门", kinds=("printer",), at=behind)
    scene.display("hall-screen", "hall-screen", "窗口上方")


def add_device_routes(app: FastAPI, site: Site) -> None:
    """The device routes of the API, as far as the page asks them."""

    def snapshot(request: Request) -> str:
        cookie, accept = request.cookies.get("lang"), request.headers.get("accept-language")
        language = choose(site.languages(), cookie, accept)
        scene = site.devices
        found = status(scene.presence, VERSION, lambda text: site.translate(language, text))
        return found.model_dump_json()

    async def now(request: Request) -> Response:
        site.signed_in(request)
        return Response(snapshot(request), media_type="application/json")

    async def stream(request: Request) -> Response:
        site.signed_in(request)

        async def events() -> AsyncIterator[str]:
            # The test's thread changes the scene, so this looks instead of waiting for an event.
            sent: tuple[Presence, int] | None = None
            while not site.stopping:
                newest = (site.devices.presence, site.devices.presence.rev)
                if newest != sent:
                    sent = newest
                    yield f"data: {snapshot(request)}\n\n"
                await asyncio.sleep(0.02)

        return StreamingResponse(events(), media_type="text/event-stream")

    async def offer(request: Request) -> Response:
        wanted = await request.json()
        site.devices.enrol(wanted["device_id"], wanted["kind"], awaited=True)
        until = (site.devices.at + timedelta(minutes=10)).isoformat()
        made = {"device_id": wanted["device_id"], "code": "K7RQ2MXD", "expires_at": until}
        return JSONResponse(made, 201)

    async def remove(device_id: str) -> Response:
        del site.devices.rows[device_id]
        site.devices.presence.set_enrolled(site.devices.rows.values())
        return Response(status_code=204)

    async def print_test(device_id: str) -> Response:
        command_id = str(uuid4())
        site.devices.presence.ask(device_id, command_id, "print-test")
        site.devices.asked.append(command_id)
        return JSONResponse({"command_id": command_id}, 202)

    app.add_api_route("/api/v1/devices/status", now, methods=["GET"])
    app.add_api_route("/api/v1/devices/status/stream", stream, methods=["GET"])
    app.add_api_route("/api/v1/devices", offer, methods=["POST"])
    app.add_api_route("/api/v1/devices/{device_id}", remove, methods=["DELETE"])
    app.add_api_route("/api/v1/devices/{device_id}/print-test", print_test, methods=["POST"])
