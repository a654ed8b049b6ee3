"""Every route with every role: nobody gets in by a route that was forgotten."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from queue_server.web.app import build
from queue_server.web.auth import Role
from queue_server.web.deps import Hall
from tests.hall_process import HallProcess

pytestmark = pytest.mark.system

NOBODY = "nobody"
WHO = (NOBODY, *Role)
PASSWORD = "role-matrix-1"
ALL = frozenset(WHO)
STAFF = ALL - {NOBODY, Role.DEVICE, Role.DISPLAY}
SERVES = frozenset({Role.CLERK, Role.DUTY_MANAGER})
ISSUES = SERVES | {Role.GUIDE}
FIGURES = frozenset({Role.DUTY_MANAGER, Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR})
ADMIN = frozenset({Role.ADMINISTRATOR})
TENDS = FIGURES - {Role.AUDITOR}

MAY: dict[str, frozenset[str]] = {
    "POST /api/v1/tickets": ISSUES | {Role.DEVICE},
    "POST /api/v1/tickets/{ticket_id}/abandon": ISSUES | {Role.DEVICE},
    "POST /api/v1/grants": frozenset({Role.DEVICE}),
    "POST /api/v1/tickets/upload": frozenset({Role.DEVICE}),
    "POST /api/v1/tickets/adopt": ISSUES,
    "POST /api/v1/tickets/paper": ISSUES | {Role.DEVICE},
    "POST /api/v1/tickets/look-up": frozenset({Role.DEVICE}),
    "POST /api/v1/help": frozenset({Role.DEVICE}),
    "GET /api/v1/help": ISSUES | FIGURES,
    "GET /api/v1/help/stream": ISSUES | FIGURES,
    "GET /api/v1/help/{help_id}": frozenset({Role.DEVICE}),
    "POST /api/v1/help/{help_id}/withdraw": frozenset({Role.DEVICE}),
    "POST /api/v1/help/{help_id}/answer": ISSUES,
    "POST /api/v1/help/{help_id}/end": ISSUES,
    "GET /api/v1/tickets/doubtful": ISSUES,
    "POST /api/v1/tickets/{ticket_id}/settle": ISSUES,
    "GET /api/v1/tickets/{ticket_id}": ALL,
    "GET /api/v1/tickets/{ticket_id}/follow": ALL,
    "GET /api/v1/tickets/{ticket_id}/stream": ALL,
    "POST /api/v1/tickets/{ticket_id}/give-back": ALL,
    "GET /api/v1/appointments/slots": ALL,
    "POST /api/v1/appointments": ALL,
    "POST /api/v1/appointments/look-up": ALL,
    "POST /api/v1/appointments/move": ALL,
    "POST /api/v1/appointments/cancel": ALL,
    "GET /api/v1/appointments": ISSUES | FIGURES,
    "POST /api/v1/appointments/{appointment_id}/cancel": ISSUES | TENDS,
    "POST /api/v1/windows/{window_id}/{action}": SERVES,
    "GET /api/v1/windows/{window_id}": ISSUES | FIGURES,
    "GET /api/v1/windows/{window_id}/stream": ISSUES | FIGURES,
    "GET /api/v1/board": ALL,
    "GET /api/v1/board/stream": ALL,
    "GET /api/v1/catalogue": ALL,
    "GET /healthz": ALL,
    "GET /readyz": ALL,
    "GET /metrics": ALL,
    "GET /api/openapi.json": ALL,
    "POST /api/v1/session": ALL,
    "GET /api/v1/session": STAFF,
    "POST /api/v1/devices/enrol": ALL,
    "GET /api/v1/devices": ADMIN,
    "POST /api/v1/devices": ADMIN,
    "DELETE /api/v1/devices/{device_id}": ADMIN,
    "GET /api/v1/devices/status": FIGURES,
    "GET /api/v1/devices/status/stream": FIGURES,
    "POST /api/v1/devices/{device_id}/print-test": TENDS,
    "GET /api/v1/accounts": ADMIN,
    "POST /api/v1/accounts": ADMIN,
    "PUT /api/v1/accounts/{username}/password": ADMIN,
    "DELETE /api/v1/accounts/{username}": ADMIN,
    "GET /api/v1/statistics": FIGURES,
    "GET /api/v1/statistics.csv": FIGURES,
    "GET /api/v1/settings": ADMIN,
    "PUT /api/v1/settings": ADMIN,
    "PUT /api/v1/demo/clock": ADMIN,
    "DELETE /api/v1/session": STAFF,  # the last: it ends the session it is asked with
}
"""Who may; whoever is not named gets 401 (nobody) or 403."""

UUID = "01950000-0000-7000-8000-000000000000"
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/grants": {"storage_id": UUID},
    "POST /api/v1/tickets/upload": {
        "tickets": [
            {
                "request_key": UUID,
                "grant_id": UUID,
                "number": "Z1-01",
                "service_id": "Z99",
                "issued_at": "2026-03-02T09:00:00Z",
                "printed": True,
            }
        ]
    },
    "POST /api/v1/tickets/look-up": {"ticket_id": UUID},
    "POST /api/v1/help/{help_id}/end": {"how": "helped"},
    "POST /api/v1/tickets/adopt": {"text": "nonsense"},
    "POST /api/v1/tickets/paper": {"text": "nonsense"},
    "POST /api/v1/tickets/{ticket_id}/settle": {"fate": "served"},
    "POST /api/v1/tickets": {"service_id": "Z99"},
    "POST /api/v1/appointments": {"service_id": "Z99", "date": "2026-03-02", "start": "09:00"},
    "POST /api/v1/appointments/look-up": {"code": "nonsense"},
    "POST /api/v1/appointments/move": {"code": "nonsense", "date": "2026-03-02", "start": "09:00"},
    "POST /api/v1/appointments/cancel": {"code": "nonsense"},
    "POST /api/v1/appointments/{appointment_id}/cancel": {"reason": "other"},
    "POST /api/v1/accounts": {
        "username": "new",
        "display_name": "N",
        "role": "guide",
        "password": PASSWORD,
    },
    "PUT /api/v1/accounts/{username}/password": {"password": PASSWORD},
    "POST /api/v1/devices": {"device_id": "box-1"},
    "POST /api/v1/devices/enrol": {"code": "AAAAAAAA"},
    "PUT /api/v1/demo/clock": {"at": "2026-03-02T09:00:00Z"},
    "POST /api/v1/session": {"username": "nobody-here", "password": "x"},
}


def routes() -> list[str]:
    """Every route of the application but the pages', from its own router."""
    stub = SimpleNamespace(secure=False, live=None, languages=("en",), say=None)
    guard, _ = build(cast("Hall", stub), lambda _: APIRouter())
    app = guard._app  # type: ignore[attr-defined]  # a Guard keeps the application it guards
    found = []
    for route in _flat(app.router.routes):
        assert isinstance(route, Route | APIRoute), route
        methods = (route.methods or set()) - {"HEAD"}
        found += [f"{method} {route.path}" for method in sorted(methods)]
    return found


def _flat(found: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Routes, also those inside routers that were included."""
    for route in found:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _flat(included.routes)


def test_the_matrix_names_every_route_and_no_other() -> None:
    assert sorted(routes()) == sorted(MAY)


@pytest.fixture(scope="module")
def tokens(demo_hall: HallProcess) -> dict[str, str]:
    """A token of every role."""
    told = demo_hall.credentials
    found = {Role.DEVICE: told["kiosk_token"]}
    with httpx.Client(base_url=demo_hall.url, timeout=30.0) as http:
        admin = http.post("/api/v1/session", json=told["administrator"]).json()["token"]
        signed = {"Authorization": f"Bearer {admin}"}
        offer = {"device_id": "screen-1", "kind": "display"}
        code = http.post("/api/v1/devices", headers=signed, json=offer).json()["code"]
        screen = http.post("/api/v1/devices/enrol", json={"code": code}).json()
        found[Role.DISPLAY] = screen["token"]
        for role in STAFF:
            account = {"username": f"m-{role}", "display_name": role, "role": role}
            http.post("/api/v1/accounts", headers=signed, json=account | {"password": PASSWORD})
            login = {"username": f"m-{role}", "password": PASSWORD}
            found[role] = http.post("/api/v1/session", json=login).json()["token"]
    return dict(found)


def ask(http: httpx.Client, route: str, token: str | None) -> tuple[int, str | None]:
    """Status and code of a harmless request; streams are not read."""
    method, path = route.split()
    path = path.replace("{ticket_id}", "01950000-0000-7000-8000-000000000000")
    path = path.replace("{window_id}", "1").replace("{action}", "recall")
    path = path.replace("{username}", "no-such-user").replace("{device_id}", "no-such-box")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body: Any = BODIES.get(route, {}) if method in ("POST", "PUT") else None
    with http.stream(method, path, headers=headers, json=body) as answer:
        problem = (
            answer.headers["content-type"].startswith("application/problem")
            if ("content-type" in answer.headers)
            else False
        )
        if not problem:
            return answer.status_code, None
        answer.read()
        return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("who", WHO)
def test_each_route_admits_whom_it_should_and_nobody_else(
    demo_hall: HallProcess, tokens: dict[str, str], who: str
) -> None:
    wrong = []
    with httpx.Client(base_url=demo_hall.url, timeout=30.0) as http:
        for route, may in MAY.items():
            status, code = ask(http, route, tokens.get(who))
            http.cookies.clear()
            turned_away = code in ("unauthenticated", "forbidden")
            wanted = None if who in may else "unauthenticated" if who == NOBODY else "forbidden"
            if status >= 500 or turned_away != (wanted is not None) or (wanted and code != wanted):
                wrong.append(f"{route}: {status} {code}")
    assert wrong == []


def test_the_operator_s_token_may_administer_and_serves_no_citizen(demo_hall: HallProcess) -> None:
    operator = json.loads((demo_hall.data / "operator.json").read_text())
    assert (demo_hall.data / "operator.json").stat().st_mode & 0o077 == 0
    with httpx.Client(base_url=demo_hall.url, timeout=30.0) as http:
        assert ask(http, "GET /api/v1/session", operator["token"]) == (200, None)
        assert ask(http, "GET /api/v1/accounts", operator["token"]) == (200, None)
        assert ask(http, "POST /api/v1/tickets", operator["token"]) == (403, "forbidden")
