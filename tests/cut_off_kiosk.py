"""A kiosk's side of the offline protocol over HTTP, and the hall's clock: for tests of the server.

The real kiosk has its own tests (tests/faults/test_kiosk_cut_off.py). This one does as it is told,
also what a real one would never do.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx

from queue_server.contract import paper_code, paths
from tests.hall_process import HallProcess

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""9:00 of a Tuesday in the demo's hall."""
DRIVEN = ("--demo", "--clock", "driven", "--port", "0")


class CutOffKiosk:
    """An enrolled kiosk with a memory of its own; `now` is what its clock says."""

    def __init__(self, http: httpx.Client, token: str, device_id: str = "kiosk-1") -> None:
        self._http = http
        self._token = token
        self.device_id = device_id
        self.storage_id = str(uuid4())
        self.grant: dict[str, Any] = {}
        self.used = 0

    @property
    def signed(self) -> dict[str, str]:
        """The header of a request by this kiosk."""
        return {"Authorization": f"Bearer {self._token}"}

    def ask_leave(self) -> None:
        """Ask for a grant; the kiosk has brought in everything before."""
        held = {"holding": self.grant["grant_id"], "used": self.used} if self.grant else {}
        body = {"storage_id": self.storage_id, **held}
        answer = self._http.post(paths.GRANTS, headers=self.signed, json=body)
        grant = answer.raise_for_status().json()
        if grant["grant_id"] != self.grant.get("grant_id"):
            self.grant, self.used = grant, grant["first"] - 1

    def give(self, issued_at: datetime, service_id: str = "B01", **more: Any) -> dict[str, Any]:
        """The next number, as the kiosk remembers it."""
        self.used += 1
        prefix = self.grant["prefixes"][service_id[0]]
        return {
            "request_key": str(uuid4()),
            "grant_id": self.grant["grant_id"],
            "number": f"{prefix}{self.grant['kiosk_no']}-{self.used:02d}",
            "service_id": service_id,
            "issued_at": issued_at.isoformat(),
            "printed": True,
            **more,
        }

    def upload(self, *given: dict[str, Any]) -> list[dict[str, Any]]:
        """Bring numbers in; what became of each."""
        answer = self._http.post(paths.UPLOAD, headers=self.signed, json={"tickets": given})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["tickets"]
        return found

    def code(self, given: dict[str, Any], token: str | None = None) -> str:
        """The text of the code on the paper; with another token it is a forgery."""
        code = paper_code.PaperCode(
            device_id=self.device_id,
            grant_id=given["grant_id"],
            number=given["number"],
            service_id=given["service_id"],
            request_key=given["request_key"],
            issued_s=int(datetime.fromisoformat(given["issued_at"]).timestamp()),
            class_id=given.get("priority_class", ""),
        )
        token_hash = sha256((token or self._token).encode()).hexdigest()
        return paper_code.encode(code, paper_code.paper_key(token_hash))


class DrivenHall:
    """A demo server whose clock stands still until a test moves it."""

    def __init__(self, process: HallProcess) -> None:
        self.process = process
        self.told = process.credentials
        self.http = httpx.Client(base_url=process.url, timeout=20, trust_env=False)
        self.now = MORNING
        self._signed: dict[str, dict[str, str]] = {}
        self.pass_time()

    def pass_time(self, **more: float) -> datetime:
        """Move the clock by this much (as `timedelta`)."""
        self.now += timedelta(**more)
        body = {"at": self.now.isoformat()}
        headers = self.signed("administrator")
        self.http.put(paths.DEMO_CLOCK, headers=headers, json=body).raise_for_status()
        return self.now

    def signed(self, who: str) -> dict[str, str]:
        """The header of a clerk, by window, or of the administrator."""
        if who not in self._signed:
            clerks = {clerk["window_id"]: clerk for clerk in reversed(self.told["clerks"])}
            login = clerks.get(who) or self.told[who]
            answer = self.http.post(paths.SESSION, json=login).raise_for_status()
            self._signed[who] = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self._signed[who]
