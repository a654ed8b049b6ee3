"""A phone's QR code before the real kiosk's scanner, at the end of a line, with the real server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queue_server.contract.appointment_code import AppointmentText, qr_text
from tests.appointment_hall import AppointmentHall, appointment_hall
from tests.system.kiosk_process import Kiosk, running

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(180)]


class Scanner:
    """What a phone is held before: one line, at one kiosk."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._line: socket.socket | None = None
        self._there = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._line, _ = self._listening.accept()
            except OSError:
                return
            self._there.set()

    def reads(self, text: str) -> None:
        """A code is held before it."""
        assert self._there.wait(30)
        assert self._line is not None
        self._line.sendall(text.encode() + b"\r")

    def close(self) -> None:
        self._listening.close()
        if self._line is not None:
            self._line.close()


@contextmanager
def kiosk_of(hall: AppointmentHall, scanner: Scanner, directory: Path) -> Iterator[Kiosk]:
    directory.mkdir(exist_ok=True)
    (directory / "token").write_text(hall.hall.credentials["kiosk_token"])
    file = directory / "kiosk.toml"
    file.write_text(
        f'device_id = "kiosk-1"\ndata_dir = "data"\ntime_zone = "Asia/Shanghai"\n'
        f'[server]\nurl = "{hall.hall.url}"\ntoken_file = "token"\n'
        f'[scanner]\nurl = "{scanner.url}"\n'
    )
    with running(file) as kiosk:
        kiosk.until_ready()
        yield kiosk


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    found = Scanner()
    yield found
    found.close()


def test_a_phone_before_the_scanner_becomes_one_number_and_the_hall_goes_down(
    tmp_path: Path, scanner: Scanner
) -> None:
    with appointment_hall(tmp_path / "hall") as hall:
        booked = [hall.book(start).json() for start in ("10:00", "11:00")]
        hall.at("09:45:00")
        texts = [AppointmentText(b["code"], b["hall_id"], b["service_id"]) for b in booked]
        said = [qr_text(text, None) for text in texts]
        with kiosk_of(hall, scanner, tmp_path / "kiosk") as kiosk:
            scanner.reads(said[1])
            seen = kiosk.on("appointment")
            assert any("11:00" in text["text"] for text in seen["texts"])
            assert [t["kind"] for t in seen["touch"]].count("check_in") == 0
            kiosk.tap("done")
            kiosk.on("home")
            scanner.reads(said[0])
            kiosk.on("appointment")
            kiosk.tap("check_in", times=5)
            seen = kiosk.on("ticket")
            assert seen["ticket"]["number"] == "B001"
            assert any("10:00" in text["text"] for text in seen["texts"])
            kiosk.tap("done")
            kiosk.on("home")
            scanner.reads(said[0])
            assert kiosk.on("found")["ticket"]["number"] == "B001"
            kiosk.tap("done")
            kiosk.on("home")
            hall.hall.kill()
            scanner.reads(said[1])
            seen = kiosk.on("appointment")
            kiosk.tap("normal_number")
            kiosk.on("confirm")
        hall.hall.start()
        hall.http.base_url = hall.hall.url
        rows = hall.http.get("/api/v1/appointments", headers=hall.signed("1")).json()["rows"]
        assert [(r["start"], r["state"], r["number"]) for r in rows] == [
            ("10:00", "arrived", "B001"),
            ("11:00", "booked", None),
        ]
