"""The real window program with a number board, a call pad and a rater, over a real hall."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from hardware.sim.control import tell
from tests.hall_process import HallProcess
from tests.system.test_displays_live import Floor, config_of
from tests.unit.kiosk_display.rig import says, showing

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
RIGHT_AGAIN_S = 5.0
"""How long a panel may be wrong after it is back (issue: "Every device a hall has")."""


class SimProcess:
    """A simulated device as a process of its own."""

    def __init__(self, kind: str, out: Path, *options: str) -> None:
        more = [word for option in options for word in ("--option", option)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hardware", "sim", kind, "--pty", "--out", str(out), *more],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self.url, self._control = str(told["url"]), Path(told["control"])

    def tell(self, do: str, **details: Any) -> Mapping[str, Any]:
        answer = asyncio.run(tell(self._control, {"do": do, **details}))
        assert answer["ok"], answer
        state: Mapping[str, Any] = answer["state"]
        return state

    def until(self, good: Callable[[Mapping[str, Any]], bool], within_s: float = 15.0) -> float:
        """The seconds until its state is good."""
        began_s = time.monotonic()
        while not good(state := self.tell("state")):
            took_s = time.monotonic() - began_s
            assert took_s < within_s, state
            time.sleep(0.05)
        return time.monotonic() - began_s

    def shows(self, text: str, within_s: float = 15.0) -> float:
        return self.until(lambda state: state["shown"] == text, within_s)

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(20) == 0
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def simulated(kind: str, out: Path, *options: str) -> Iterator[SimProcess]:
    made = SimProcess(kind, out, *options)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    process = HallProcess(tmp_path / "hall")
    try:
        process.start()
        yield process
    finally:
        process.close()


def digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())[-3:]


def waiting(floor: Floor) -> int:
    board = floor.http.get("/api/v1/board").raise_for_status().json()
    return sum(int(row["count"]) for row in board["waiting"].values())


def test_panel_and_pad_show_the_call_and_are_right_again_after_every_outage(
    hall: HallProcess, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        panel = stack.enter_context(simulated("call-display", tmp_path / "panel", "blank=65535"))
        pad = stack.enter_context(simulated("call-pad", tmp_path / "pad", "rater=yes"))
        floor = stack.enter_context(Floor(hall))
        floor.act("open")
        tables = (
            '[display]\nwindow_id = "2"\n'
            f'[panel]\nurl = "{panel.url}&blank=65535"\n'
            f'[pad]\nurl = "{pad.url}"\nbeep = true\n'
            f'[rater]\nurl = "{pad.url}"\n'
        )
        config = config_of(hall, tmp_path / "w", "window-screen", tables)
        window = stack.enter_context(showing("window", config, "1024x600"))
        window.until(says("Window free"))
        pad.until(lambda state: state["shown"] == f"{waiting(floor):03}   ")

        number = floor.issue()
        pad.until(lambda state: state["beeps"] == 1)
        floor.act("call-next")
        panel.shows(digits(number))
        pad.shows(f"{waiting(floor):03}{digits(number)}")

        panel.tell("unplug")
        floor.act("start")
        floor.act("finish")
        second = floor.issue()
        floor.act("call-next")
        panel.tell("replug")
        assert panel.shows(digits(second)) < RIGHT_AGAIN_S

        pad.tell("press", key="rate")
        pad.tell("rate", value=1)
        pad.until(lambda state: state["echoed"] == 1 and state["rater"]["answered"] == 1)

        floor.act("recall")
        floor.act("no-show")
        panel.shows("")
        assert window.stop() == 0
