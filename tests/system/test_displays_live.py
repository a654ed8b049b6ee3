"""The displays on the real server and its real Mosquitto: calls, outages, the mark of old news."""

import os
import re
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
import pytest

from tests.hall_process import HallProcess
from tests.unit.kiosk_display.rig import (
    DisplayProcess,
    Seen,
    says,
    showing,
    words,
    write_config,
)

pytestmark = pytest.mark.system

RIGHT_AGAIN_S = 5.0
"""How long a display may be wrong after its link is back (experience.md)."""
STALE_S = 25.0
"""More than the 15 s without a beat after which a display marks itself."""
HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")


class Floor:
    """A clerk at window 2 of the demo, and a kiosk, over HTTP."""

    def __init__(self, hall: HallProcess) -> None:
        self._made = hall.credentials
        self.http = httpx.Client(base_url=hall.url, timeout=10)
        clerk = next(c for c in self._made["clerks"] if c.get("window_id") == "2")
        answer = self.http.post("/api/v1/session", json=clerk)
        if answer.is_error:
            self.http.close()
        answer.raise_for_status()
        self._clerk = {"Authorization": f"Bearer {answer.json()['token']}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def issue(self) -> str:
        answer = self.http.post(
            "/api/v1/tickets",
            json={"service_id": "B01"},
            headers={
                "Authorization": f"Bearer {self._made['kiosk_token']}",
                "Idempotency-Key": str(uuid.uuid4()),
            },
        ).raise_for_status()
        return str(answer.json()["number"])

    def act(self, action: str) -> dict[str, Any]:
        headers = self._clerk | {"Idempotency-Key": str(uuid.uuid4())}
        answer = self.http.post(f"/api/v1/windows/2/{action}", json={}, headers=headers)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


def config_of(hall: HallProcess, folder: Path, device: str, more: str = "") -> Path:
    made = hall.credentials
    login = made["mqtt"] if device == "mqtt" else made["devices"][device]
    return write_config(folder, server_url=hall.url, mqtt_url=hall.mqtt_url, login=login, more=more)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    process = HallProcess(tmp_path / "hall")
    try:
        process.start()
        yield process
    finally:
        process.close()


@pytest.fixture
def floor(hall: HallProcess) -> Iterator[Floor]:
    with Floor(hall) as made:
        made.act("open")
        yield made


@pytest.fixture
def screen(hall: HallProcess, tmp_path: Path) -> Iterator[DisplayProcess]:
    with showing("hall", config_of(hall, tmp_path / "screen", "hall-screen")) as display:
        display.until(lambda seen: seen["screen"] == "board")
        yield display


def fresh(seen: Seen) -> bool:
    return not seen["stale"] and bool(seen["connected"])


def test_a_call_made_over_http_stands_on_the_hall_screen_and_at_the_window(
    hall: HallProcess, floor: Floor, screen: DisplayProcess, tmp_path: Path
) -> None:
    at_window = config_of(hall, tmp_path / "w", "window-screen", '[display]\nwindow_id = "2"')
    with showing("window", at_window, "1024x600") as window:
        window.until(says("Window free"))
        number = floor.issue()
        assert floor.act("call-next")["ticket"]["number"] == number
        seen, took_s = screen.until(says(number, "请到窗口", "Please come"))
        assert took_s < 2
        assert seen["rev"] > 0
        seen, _ = window.until(says(number))
        assert seen["screen"] == "new-call"
        assert any("window 2" in text for text in words(seen))
        floor.act("start")
        window.until(lambda seen: seen["screen"] == "serving")
        screen.until(lambda seen: not says("Please come")(seen) and says(number)(seen))
        floor.act("finish")
        window.until(lambda seen: seen["screen"] == "free")
        file = Path(screen.ask(do="screenshot", name="hall")["file"])
        assert file.read_bytes().startswith(b"\x89PNG")
        assert window.stop() == 0


def test_after_the_broker_is_killed_the_screen_is_right_again_within_five_seconds(
    hall: HallProcess, floor: Floor, screen: DisplayProcess
) -> None:
    screen.until(fresh)
    server = psutil.Process(hall.pid)
    broker = next(c for c in server.children(recursive=True) if "mosquitto" in c.name())
    os.kill(broker.pid, signal.SIGKILL)
    screen.until(lambda seen: not seen["connected"])
    number = floor.issue()
    floor.act("call-next")
    # The board is never blank meanwhile.
    assert screen.look()["screen"] == "board"
    screen.until(lambda seen: bool(seen["connected"]), within_s=30)
    seen, took_s = screen.until(says(number))
    assert took_s < RIGHT_AGAIN_S
    assert not seen["stale"]


def test_without_the_server_the_screen_marks_itself_and_is_right_again_after_its_return(
    hall: HallProcess, floor: Floor, tmp_path: Path
) -> None:
    # The demo draws new passwords for its devices with each start; its read-only login stays.
    with showing("hall", config_of(hall, tmp_path / "screen", "mqtt")) as screen:
        outage(hall, floor, screen)


def outage(hall: HallProcess, floor: Floor, screen: DisplayProcess) -> None:
    number = floor.issue()
    floor.act("call-next")
    screen.until(says(number))
    port = hall.url.rpartition(":")[2]
    mqtt_port = hall.mqtt_url.rpartition(":")[2]
    hall.kill()
    seen, _ = screen.until(lambda seen: bool(seen["stale"]), within_s=STALE_S)
    assert says("信息可能不是最新", "May be out of date", number)(seen)
    hall._options += ["--port", port, "--mqtt-port", mqtt_port]
    hall.start()
    seen, took_s = screen.until(fresh)
    assert took_s < RIGHT_AGAIN_S
    assert says(number)(seen)
    assert not says("May be out of date")(seen)


def test_an_english_hall_shows_no_han_character_at_any_time(tmp_path: Path) -> None:
    hall = HallProcess(tmp_path / "hall", options=("--demo", "--pack", "plain"))
    try:
        hall.start()
        with Floor(hall) as floor:
            floor.act("open")
            number = floor.issue()
            floor.act("call-next")
        at_window = config_of(hall, tmp_path / "w", "window-screen", '[display]\nwindow_id = "2"')
        looks: list[Seen] = []
        for kind, config in (
            ("hall", config_of(hall, tmp_path / "s", "mqtt")),
            ("window", at_window),
        ):
            with showing(kind, config) as display:

                def shown(seen: Seen) -> bool:
                    looks.append(seen)
                    return says(number)(seen)

                display.until(shown)
        said = [text for seen in looks for text in words(seen)]
        assert any("Please" in text for text in said)
        assert [text for text in said if HAN.search(text)] == []
    finally:
        hall.close()


def test_a_display_that_starts_before_the_server_says_so_and_comes_right_by_itself(
    hall: HallProcess, tmp_path: Path
) -> None:
    config = config_of(hall, tmp_path / "screen", "mqtt", 'languages = ["zh_CN", "en"]')
    port, mqtt_port = hall.url.rpartition(":")[2], hall.mqtt_url.rpartition(":")[2]
    hall.stop()
    with showing("hall", config) as display:
        seen, _ = display.until(lambda seen: seen["screen"] == "connecting")
        assert says("正在连接叫号系统", "Connecting to the queue system")(seen)
        hall._options += ["--port", port, "--mqtt-port", mqtt_port]
        hall.start()
        display.until(lambda seen: seen["screen"] == "board" and fresh(seen))
