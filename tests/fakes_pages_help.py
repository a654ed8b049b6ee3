"""Calls for help at the pages' fake server: what a test says there are, and what was pressed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from queue_server.contract.messages_help import HelpCall, HelpCalls, HelpState
from tests.fakes_pages_hall import now


class Site(Protocol):
    help: "HelpScene"

    @property
    def stopping(self) -> bool: ...

    def signed_in(self, request: Request) -> None: ...


class HelpScene:
    """The open calls by id. What a test changes it tells by `rev`."""

    def __init__(self) -> None:
        self.calls: dict[str, HelpCall] = {}
        self.rev = 1
        self.pressed: list[tuple[str, str]] = []

    def ask(self, help_id: str, place: str) -> None:
        self.calls[help_id] = HelpCall(
            help_id=help_id,
            state=HelpState.OPEN,
            late=False,
            asked_at=now(),
            device_id="kiosk-1",
            place=place,
        )
        self.rev += 1

    def snapshot(self) -> HelpCalls:
        calls = list(self.calls.values())
        return HelpCalls(epoch=1, rev=self.rev, calls=calls, alert_after_s=60, at=now())

    def press(self, help_id: str, act: str) -> None:
        self.pressed.append((help_id, act))
        if act == "answer":
            told = {"state": HelpState.ANSWERED, "answered_at": now(), "answered_by": "li"}
            self.calls[help_id] = self.calls[help_id].model_copy(update=told)
        else:
            del self.calls[help_id]
        self.rev += 1


def add_help_routes(app: FastAPI, site: Site) -> None:
    """The routes of calls, as far as the pages ask them."""

    async def calls(request: Request) -> Response:
        site.signed_in(request)
        return Response(site.help.snapshot().model_dump_json(), media_type="application/json")

    async def stream(request: Request) -> Response:
        site.signed_in(request)

        async def events() -> AsyncIterator[str]:
            sent = 0
            while not site.stopping:
                if site.help.rev != sent:
                    sent = site.help.rev
                    yield f"data: {site.help.snapshot().model_dump_json()}\n\n"
                await asyncio.sleep(0.02)

        return StreamingResponse(events(), media_type="text/event-stream")

    async def press(request: Request, help_id: str, act: str) -> Response:
        site.help.press(help_id, act)
        return await calls(request)

    app.add_api_route("/api/v1/help", calls, methods=["GET"])
    app.add_api_route("/api/v1/help/stream", stream, methods=["GET"])
    app.add_api_route("/api/v1/help/{help_id}/{act}", press, methods=["POST"])
