"""The supervisor over real processes: small programs that behave as a kiosk would."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk import exits
from kiosk.supervisor import PAUSES_S, pause_s

ROOT = Path(__file__).parents[3]
KIOSK = """
import contextlib, os, pathlib, socket, sys, time
from kiosk.supervisor import follow_parent
follow_parent(os.environ)
lives = pathlib.Path(sys.argv[1])
count = len(lives.read_text()) if lives.exists() else 0
lives.write_text("x" * (count + 1))
(lives.parent / "pid").write_text(str(os.getpid()))
ends = sys.argv[2:]
act = ends[min(count, len(ends) - 1)]
mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
mouth.connect(chr(0) + os.environ["NOTIFY_SOCKET"][1:])
if act != "mistake":
    mouth.send(b"READY=1")
if act == "mistake":
    sys.exit(1)
if act == "crash":
    os.abort()
if act == "hang":
    time.sleep(3600)
if act == "live":
    while True:
        with contextlib.suppress(OSError):  # it would go on, were it not told to end
            mouth.send(b"WATCHDOG=1")
        time.sleep(0.1)
sys.exit(int(act))
"""
RUN = """
import os, sys
from kiosk.supervisor import Supervisor
sys.exit(Supervisor([sys.executable, *sys.argv[1:]], os.environ, silent_s=1.0).run())
"""


def begin(folder: Path, *ends: str) -> "subprocess.Popen[bytes]":
    (folder / "life.py").write_text(KIOSK)
    (folder / "run.py").write_text(RUN)
    program = [sys.executable, str(folder / "run.py"), str(folder / "life.py")]
    return subprocess.Popen(
        [*program, str(folder / "lives"), *ends],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )


def lives(folder: Path) -> int:
    file = folder / "lives"
    return len(file.read_text()) if file.exists() else 0


def until(folder: Path, count: int) -> None:
    deadline_s = time.monotonic() + 30
    while lives(folder) < count:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("ends", "status", "count"),
    [
        (("0",), exits.STOPPED, 1),
        (("10",), exits.STAFF, 1),
        (("11", "11", "10"), exits.STAFF, 3),  # it asked to be started anew
        (("crash", "7", "10"), exits.STAFF, 3),
        (("mistake",), 1, 1),  # a mistake in its settings helps nobody a second time
        (("crash", "mistake", "10"), exits.STAFF, 3),  # after it was well once, it is tried again
        (("hang", "10"), exits.STAFF, 2),
    ],
)
def test_a_kiosk_is_started_again_unless_somebody_wanted_it_to_end(
    tmp_path: Path, ends: tuple[str, ...], status: int, count: int
) -> None:
    assert begin(tmp_path, *ends).wait(60) == status
    assert lives(tmp_path) == count


def test_a_term_signal_ends_both_well(tmp_path: Path) -> None:
    process = begin(tmp_path, "live")
    until(tmp_path, 1)
    time.sleep(1.5)  # longer than its patience: signs of life were heard
    assert lives(tmp_path) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == exits.STOPPED
    gone(int((tmp_path / "pid").read_text()))


def test_a_kiosk_whose_supervisor_was_killed_ends_too(tmp_path: Path) -> None:
    process = begin(tmp_path, "live")
    until(tmp_path, 1)
    time.sleep(0.5)
    process.kill()
    process.wait()
    gone(int((tmp_path / "pid").read_text()))


def gone(pid: int) -> None:
    deadline_s = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        if state == "Z":
            return
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_who_fails_again_and_again_is_started_ever_later() -> None:
    assert [pause_s(count) for count in range(1, len(PAUSES_S) + 3)] == [*PAUSES_S, 30.0, 30.0]
    assert pause_s(0) == 0.0
