"""A demo server with a clock that is driven and opening hours, for the tests of appointments."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.hall_process import HallProcess

MONDAY = "2026-03-02"
TUESDAY = "2026-03-03"
SUNDAY = "2026-03-08"
SHANGHAI = "+08:00"
PLACES = ({"of": "B", "slot": 3, "day": 0}, {"of": "B02", "slot": 1, "day": 2})
APPOINTMENTS = "/api/v1/appointments"


class AppointmentHall:
    """The server, asked by people without an account, its kiosk, clerks and administrator."""

    def __init__(self, hall: HallProcess) -> None:
        self.hall = hall
        self.http = httpx.Client(base_url=hall.url, timeout=20.0)
        self._tokens: dict[str, str] = {"kiosk": hall.credentials["kiosk_token"]}
        self.codes: list[str] = []

    def signed(self, who: str) -> dict[str, str]:
        """The header of "kiosk", "manager", "administrator" or the first clerk of a window."""
        if who not in self._tokens:
            told = self.hall.credentials
            login = told.get(who) or next(c for c in told["clerks"] if c["window_id"] == who)
            answer = self.http.post("/api/v1/session", json=login)
            self.http.cookies.clear()
            self._tokens[who] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def at(self, clock: str, day: str = MONDAY) -> None:
        """Drive the hall's clock to a local time."""
        answer = self.http.put(
            "/api/v1/demo/clock",
            headers=self.signed("administrator"),
            json={"at": f"{day}T{clock}{SHANGHAI}"},
        )
        assert answer.status_code == 200, answer.text

    def rules(self, **change: Any) -> None:
        """Change the hall's rules: Monday to Saturday 08:30 to 17:30, and appointments for B."""
        path, signed = "/api/v1/settings", self.signed("administrator")
        settings = self.http.get(path, headers=signed).json()["settings"]
        settings["hours"] = [{"weekday": d, "start_min": 510, "end_min": 1050} for d in range(6)]
        settings["appointments"] |= {"places": PLACES, "first_min": 540, "last_min": 1020} | change
        answer = self.http.put(path, headers=signed, json=settings)
        assert answer.status_code == 200, answer.text

    def slots(self, service: str, day: str) -> dict[str, int]:
        """Places left, by start."""
        asked = {"service_id": service, "date": day}
        answer = self.http.get(f"{APPOINTMENTS}/slots", params=asked)
        return {slot["start"]: slot["left"] for slot in answer.json()["slots"]}

    def book(
        self, start: str, service: str = "B01", day: str = MONDAY, key: str | None = None
    ) -> httpx.Response:
        """Ask for a place."""
        body = {"service_id": service, "date": day, "start": start}
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.http.post(APPOINTMENTS, json=body, headers=headers)

    def code(self, start: str, service: str = "B01", day: str = MONDAY) -> str:
        """The code of a new appointment."""
        answer = self.book(start, service, day)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["code"]
        self.codes.append(found)
        return found

    def tell(self, what: str, code: str, **more: Any) -> httpx.Response:
        """`look-up`, `move` or `cancel`, by whoever holds the code."""
        return self.http.post(f"{APPOINTMENTS}/{what}", json={"code": code} | more)

    def check_in(
        self, code: str, key: str | None = None, who: str = "kiosk", service: str = "B01"
    ) -> httpx.Response:
        """At the kiosk."""
        headers = self.signed(who) | {"Idempotency-Key": key or str(uuid4())}
        body = {"service_id": service, "appointment": code}
        return self.http.post("/api/v1/tickets", json=body, headers=headers)

    def issue(self, service: str = "B01") -> dict[str, Any]:
        """A normal number."""
        answer = self.http.post(
            "/api/v1/tickets", json={"service_id": service}, headers=self.signed("kiosk")
        )
        found: dict[str, Any] = answer.json()
        return found

    def act(self, window: str, action: str, **body: Any) -> dict[str, Any]:
        """A clerk's action."""
        answer = self.http.post(
            f"/api/v1/windows/{window}/{action}", json=body, headers=self.signed(window)
        )
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def appointment_hall(data: Path, config: str = "") -> Iterator[AppointmentHall]:
    """Run one, on a Monday at 09:00."""
    hall = HallProcess(data, options=("--demo", "--clock", "driven", "--port", "0"), config=config)
    try:
        hall.start()
        found = AppointmentHall(hall)
        found.at("09:00:00")
        found.rules()
        yield found
        found.http.close()
    finally:
        hall.close()
