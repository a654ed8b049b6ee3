"""A display as a process, looked at over its control channel."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
READY_S = 40.0
VERBS = {"hall": "display", "window": "window"}
Seen = dict[str, Any]


def write_config(
    folder: Path, *, server_url: str, mqtt_url: str, login: Mapping[str, str], more: str = ""
) -> Path:
    """A display's configuration and its password file, as an installer would write them."""
    folder.mkdir(parents=True, exist_ok=True)
    password = folder / "mqtt-password"
    password.write_text(login["password"] + "\n", encoding="utf-8")
    file = folder / "display.toml"
    file.write_text(
        f"""
device_id = "{login["username"]}"
data_dir = "data"
{more}
[server]
url = "{server_url}"
[mqtt]
url = "{mqtt_url}"
username = "{login["username"]}"
password_file = "{password.name}"
""",
        encoding="utf-8",
    )
    return file


class DisplayProcess:
    """`look` and `until` ask over TCP; nothing else is known of the process."""

    def __init__(
        self, kind: str, config: Path, size: str = "1280x720", *, on_screen: bool = False
    ) -> None:
        self.pictures = config.parent / "pictures"
        self._log = config.with_suffix(".log").open("w+", encoding="utf-8")
        program = [sys.executable, "-m", "kiosk", VERBS[kind], "--config", str(config)]
        looking = ["--control", "0", "--screenshot-dir", str(self.pictures)]
        self.process = subprocess.Popen(
            [*program, *looking, "--size", size, *([] if on_screen else ["--offscreen"])],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._socket: socket.socket | None = None
        self._answers: Any = None

    def connect(self) -> None:
        """Wait for the control channel."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("control "):
                host, _, port = line.split()[1].rpartition(":")
                self._socket = socket.create_connection((host, int(port)), timeout=READY_S)
                self._answers = self._socket.makefile("r", encoding="utf-8")
                return
        raise AssertionError(f"the display ended: {self.said()}")

    def ask(self, **request: object) -> Seen:
        assert self._socket is not None
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        answer: Seen = json.loads(self._answers.readline())
        return answer

    def look(self) -> Seen:
        return self.ask(do="look")

    def until(self, wanted: Callable[[Seen], bool], within_s: float = 10.0) -> tuple[Seen, float]:
        """What is shown as soon as it is as wanted, and the seconds that took.

        Raises:
            AssertionError: It is not so in time.
        """
        began_s = time.monotonic()
        while True:
            seen = self.look()
            took_s = time.monotonic() - began_s
            if wanted(seen):
                return seen, took_s
            if took_s > within_s:
                raise AssertionError(f"after {took_s:.1f} s: {seen}\n{self.said()}")

    def said(self) -> str:
        self._log.flush()
        self._log.seek(0)
        return self._log.read()[-3000:]

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._answers is not None:
            self._answers.close()
        if self._socket is not None:
            self._socket.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()


@contextmanager
def showing(kind: str, config: Path, size: str = "1280x720") -> Iterator[DisplayProcess]:
    """A running display that can be looked at."""
    display = DisplayProcess(kind, config, size)
    try:
        display.connect()
        yield display
    finally:
        display.close()


def words(seen: Seen) -> list[str]:
    """All texts on the screen."""
    return [text["text"] for text in seen["texts"]]


def says(*wanted: str) -> Callable[[Seen], bool]:
    """Whether all of these stand on the screen."""
    return lambda seen: all(any(each in text for text in words(seen)) for each in wanted)
