"""Runs the real `bianmin-kiosk` and looks on through its control channel."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes_server import TOKEN

ROOT = Path(__file__).parents[2]
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
Look = dict[str, Any]


def write_config(directory: Path, url: str, extra: str = "") -> Path:
    (directory / "token").write_text(TOKEN)
    file = directory / "kiosk.toml"
    file.write_text(
        f'device_id = "kiosk-1"\ndata_dir = "data"\n'
        f'[server]\nurl = "{url}"\ntoken_file = "token"\n{extra}'
    )
    return file


class Kiosk:
    """One running kiosk."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), 90)
        self._file = self._socket.makefile("rw", encoding="utf-8")

    def ask(self, **request: object) -> Look:
        self._file.write(json.dumps(request) + "\n")
        self._file.flush()
        answer: Look = json.loads(self._file.readline())
        return answer

    def on(self, screen: str, timeout_s: float = 60) -> Look:
        seen = self.ask(do="wait", screen=screen, timeout_s=timeout_s)
        assert "error" not in seen, seen
        return seen

    def place(self, kind: str, value: str = "") -> tuple[int, int]:
        touches = self.ask(do="look")["touch"]
        one = next(t for t in touches if t["kind"] == kind and value in {"", t["value"]})
        return one["x"] + one["w"] // 2, one["y"] + one["h"] // 2

    def tap(self, kind: str, value: str = "", times: int = 1) -> None:
        x, y = self.place(kind, value)
        assert self.ask(do="tap", x=x, y=y, times=times) == {"tapped": times}

    def until_ready(self) -> None:
        """The catalogue is there: the hall's name stands in the header."""
        while True:
            seen = self.on("home")
            if any("示例乡" in text["text"] for text in seen["texts"]):
                return

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@contextmanager
def running(
    config: Path,
    *args: str,
    env: dict[str, str] | None = None,
    offscreen: bool = True,
    module: tuple[str, ...] = ("kiosk",),
) -> Iterator[Kiosk]:
    """Starts the program; a test may end it by itself."""
    program = [sys.executable, "-m", *module, "run", "--config", str(config), "--control", "0"]
    program += ["--offscreen"] if offscreen else []
    process = subprocess.Popen(
        [*program, *args],
        cwd=ROOT,
        env={**ENV, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    kiosk = None
    try:
        kiosk = Kiosk(process, _address(process))
        yield kiosk
    finally:
        if kiosk is not None:
            kiosk.close()
        if process.poll() is None:
            process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("control "):
            return line.removeprefix("control ").strip()
    raise AssertionError(f"the kiosk ended with {process.wait()}")


def stop(kiosk: Kiosk) -> int:
    kiosk.process.send_signal(signal.SIGTERM)
    return kiosk.process.wait(20)
