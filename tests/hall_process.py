"""The real server as a process: started, asked, killed and started again by tests.

Its standard error goes to a file beside the data directory, so that a test that fails can show it
and a pipe never fills up.
"""

import io
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queue_server.cli.app import main

SERVER = (sys.executable, "-m", "queue_server")
READY_S = 40.0
STOP_S = 20.0


class ServerDied(Exception):
    """The server ended, or did not become ready in time; says what it wrote last."""


class HallProcess:
    """One hall's data directory, and at most one server process on it."""

    program: tuple[str, ...] = SERVER

    def __init__(
        self,
        data: Path,
        *,
        options: Sequence[str] = ("--demo",),
        config: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is started yet.

        Args:
            data: the data directory; made by the server.
            options: of `serve`, besides --data and --config.
            config: TOML text, if the server needs some.
            environment: variables besides our own.
        """
        self.data = data
        self.log = data.with_name(data.name + ".log")
        self.ready_line = ""
        self._options = [*options]
        self._environment = dict(environment or {})
        if config:
            path = data.with_name(data.name + ".toml")
            path.write_text(config, encoding="utf-8")
            self._options += ["--config", str(path)]
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.ready_line.split()[1]

    @property
    def mqtt_url(self) -> str:
        """Where its broker listens."""
        return self.ready_line.split()[2]

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def credentials(self) -> dict[str, Any]:
        """What the demo wrote for its users."""
        text = (self.data / "credentials.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def start(self) -> None:
        """Start the server and wait for its line.

        Raises:
            ServerDied: it ended or said nothing in time.
        """
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*self.program, "serve", "--data", str(self.data), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=os.environ | self._environment,
            )
        self.ready_line = self._read_line()
        if not self.ready_line.startswith("ready "):
            self.kill()
            raise ServerDied(f"no ready line, but {self.ready_line!r}: {self.said()}")

    def _read_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(READY_S):
                return ""
        return self._process.stdout.readline()

    def said(self) -> str:
        """The end of what it logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def kill(self) -> None:
        """kill -9; nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> float:
        """SIGTERM, and wait; the seconds it took.

        Raises:
            ServerDied: it did not end in order.
        """
        started_s = time.monotonic()
        status = self._end(signal.SIGTERM)
        if status != 0:
            raise ServerDied(f"exit status {status} after SIGTERM: {self.said()}")
        return time.monotonic() - started_s

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        assert process is not None
        if process.poll() is None:
            process.send_signal(number)
        try:
            status = process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_S)
            raise ServerDied(f"it did not end within {STOP_S} s: {self.said()}") from None
        finally:
            if process.stdout is not None:
                process.stdout.close()
        return status

    def close(self) -> None:
        """End it, however it is; for the end of a test."""
        if self._process is not None:
            self.kill()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a verb ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run_here(*arguments: str) -> Ended:
    """One verb of `bianmin-server` in this process: a second quicker than one of its own."""
    told, wrong = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["bianmin-server", *arguments]
    try:
        with redirect_stdout(told), redirect_stderr(wrong):
            main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    else:
        status = 0
    finally:
        sys.argv = before
    return Ended(status, told.getvalue(), wrong.getvalue())


def run(*arguments: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """One verb of `bianmin-server`, to its end."""
    return subprocess.run(
        [*SERVER, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
