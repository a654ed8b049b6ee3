"""The real kiosk looks after itself: hangs, crashes, nobody gets out, staff do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from hardware.sim.id_cards import SAMPLE_CARDS
from kiosk import exits
from tests.care_kiosk import Supervised, device, supervised, tell
from tests.fakes_server import FakeHall, serving
from tests.system.kiosk_process import ENV, ROOT, Kiosk, write_config
from tests.x_server import x_server

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(240)]

CODE = "470915"
PERSON = SAMPLE_CARDS["resident"]


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
def config(hall: FakeHall, tmp_path: Path) -> Iterator[Path]:
    with serving(hall) as url:
        yield write_config(tmp_path, url, '[care]\nstaff_code_file = "staff-code"\n')


# --- a kiosk that hangs ------------------------------------------------------------------------


@contextmanager
def listening() -> Iterator[socket.socket]:
    """What systemd listens on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind("")
        ears.settimeout(60)
        yield ears


def named(ears: socket.socket) -> str:
    name = ears.getsockname()
    return "@" + name[1:].decode()


@pytest.mark.parametrize("stuck", [signal.SIGUSR1, signal.SIGUSR2])
def test_a_stuck_window_and_a_stuck_worker_both_end_the_signs_of_life(
    config: Path, stuck: signal.Signals
) -> None:
    program = [sys.executable, "-m", "tests.stuck_kiosk", str(config)]
    with listening() as ears:
        env = ENV | {"NOTIFY_SOCKET": named(ears), "WATCHDOG_USEC": "1500000"}
        process = subprocess.Popen(program, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            assert ears.recv(100) == b"READY=1"
            assert [ears.recv(100) for _ in range(2)] == [b"WATCHDOG=1"] * 2
            process.send_signal(stuck)
            time.sleep(1)  # a worker that hangs is noticed after half a second
            ears.settimeout(0.1)
            with suppress(TimeoutError):
                while ears.recv(100):
                    continue
            ears.settimeout(1.5)
            with pytest.raises(TimeoutError):
                ears.recv(100)
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()


# --- a kiosk that crashes ------------------------------------------------------------------------


def said(kiosk: Kiosk) -> str:
    return " ".join(text["text"] for text in kiosk.ask(do="look")["texts"])


def processor_s(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_killed_while_it_prints_for_a_person_it_forgets_them_and_says_that_the_number_counts(
    config: Path, hall: FakeHall, tmp_path: Path
) -> None:
    log = tmp_path / "kiosk.log"
    with (
        device("id-reader", tmp_path / "reader") as (reader, card),
        device("printer", tmp_path / "printer") as (printer, printer_control),
        listening() as ears,
    ):
        with config.open("a") as file:
            file.write(f'[printer]\nurl = "{printer}"\n[id_reader]\nurl = "{reader}"\n')
        env = {"NOTIFY_SOCKET": named(ears)}
        with supervised(config, "--offscreen", env=env, log=log) as running:
            assert ears.recv(100) == b"READY=1"  # systemd hears the kiosk through its supervisor
            kiosk = running.kiosk
            kiosk.until_ready()
            while not kiosk.ask(do="look")["reader_ready"]:
                time.sleep(0.2)
            tell(card, "lay")
            kiosk.on("sections")
            kiosk.tap("pick_section", "work")
            seen = kiosk.on("confirm")
            assert any("吴*" in text["text"] for text in seen["texts"])
            tell(printer_control, "silent")  # it takes bytes and reports nothing: printing lasts
            kiosk.tap("confirm")
            kiosk.on("printing")
            running.crash()
            # Five seconds where nothing else runs; on a busy machine it is the work that counts.
            assert processor_s(running.child) < 5
            kiosk = running.kiosk
            kiosk.until_ready()
            assert "B001" in said(kiosk)
            assert "仍然有效" in said(kiosk)
            assert "吴" not in said(kiosk)
            papers = len(list((tmp_path / "printer").glob("receipt-*.json")))
            tell(printer_control, "speak")
            time.sleep(2)  # nothing comes out unattended
            assert len(list((tmp_path / "printer").glob("receipt-*.json"))) == papers
    assert [ticket.number for ticket in hall.issued] == ["B001"]
    kept = [log, *(path for path in (tmp_path / "data").rglob("*") if path.is_file())]
    assert len(kept) > 2
    for file in kept:
        content = file.read_bytes()
        for secret in (PERSON["number"], PERSON["name"], PERSON["address"], "吴*"):
            assert secret.encode() not in content, file
            assert secret.encode("utf-16-le") not in content, file


# --- nobody gets out, staff do -------------------------------------------------------------------


def xdotool(display: str, *words: str) -> None:
    env = {**ENV, "DISPLAY": display}
    subprocess.run(["xdotool", *words], env=env, check=True, capture_output=True, timeout=20)


@pytest.fixture
def display() -> Iterator[str]:
    with x_server(1024, 768) as name:
        yield name


def open_staff_code(running: Supervised, display: str) -> None:
    """A finger that rests in the upper left corner."""
    xdotool(display, "mousemove", "--sync", "20", "20", "mousedown", "1")
    time.sleep(5.6)
    xdotool(display, "mouseup", "1")
    running.kiosk.on("staff_code")


def test_no_key_leads_out_but_the_corner_and_the_code_do(
    config: Path, tmp_path: Path, display: str
) -> None:
    setting = [sys.executable, "-m", "kiosk", "staff-code", "--config", str(config), "--stdin"]
    subprocess.run(setting, cwd=ROOT, env=ENV, input=CODE + "\n", text=True, check=True, timeout=60)
    env = {"DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
    with supervised(config, "--size", "1024x768", env=env) as running:
        kiosk, first = running.kiosk, running.child
        kiosk.until_ready()
        for keys in ("Escape", "F1", "F11", "alt+F4", "ctrl+c", "ctrl+q", "super+d", "ctrl+alt+t"):
            xdotool(display, "key", keys)
        closing = [sys.executable, "-m", "tests.x_close", display]
        subprocess.run(closing, cwd=ROOT, env=ENV, check=True, timeout=30)
        time.sleep(1)
        assert running.child == first
        assert kiosk.on("home")["screen"] == "home"
        xdotool(display, "mousemove", "--sync", "20", "20", "click", "1")
        assert kiosk.ask(do="look")["screen"] == "home"
        open_staff_code(running, display)
        for digit in "000001":
            kiosk.tap("staff_key", digit)
        kiosk.tap("staff_enter")
        while "密码不对" not in said(kiosk):
            time.sleep(0.1)
        for digit in CODE:
            kiosk.tap("staff_key", digit)
        kiosk.tap("staff_enter")
        kiosk.on("staff")
        with suppress(ValueError, OSError):  # it may be gone before it has answered
            kiosk.tap("staff_act", "exit")
        assert running.process.wait(30) == exits.STAFF
    log = (tmp_path / "kiosk.log").read_text()
    assert CODE not in log
    assert "right=False" in log
