"""Child processes of the demo: started with a log each, ended together, never left behind."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_WITHIN_S = 8.0
TAIL_LINES = 12
PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal a child gets when its parent dies."""


class DemoError(Exception):
    """The demo cannot go on; one sentence."""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Crew:
    """The running programs."""

    def __init__(self, logs: Path) -> None:
        """Write logs to `logs`."""
        self._logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a program; its standard error goes to its log."""
        with (self._logs / f"{name}.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads before the fork
            )
        self._running[name] = process
        return process

    def first_line(self, name: str, within_s: float) -> str:
        """The first line a program prints.

        Raises:
            DemoError: it ended, or printed nothing in time.
        """
        process = self._running[name]
        if process.stdout is None:
            raise TypeError(f"{name} was started without a pipe")
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            if select.select([process.stdout], [], [], 0.1)[0]:
                line = process.stdout.readline().strip()
                if line:
                    return line
            if process.poll() is not None:
                raise DemoError(f"{name} ended with {process.returncode}:\n{self.tail(name)}")
        raise DemoError(f"{name} was not ready within {within_s:.0f} s:\n{self.tail(name)}")

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return self._running[name].pid

    def tail(self, name: str) -> str:
        """The end of a program's log."""
        text = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join("    " + line for line in text.splitlines()[-TAIL_LINES:])

    def ended(self) -> str | None:
        """The name of a program that has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return name
        return None

    def stop(self) -> None:
        """End all, the last started first; what does not end in time is killed, and said."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.terminate()
        until_s = time.monotonic() + STOP_WITHIN_S
        for name, process in reversed(self._running.items()):
            try:
                process.wait(max(0.1, until_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                sys.stderr.write(f"demo: {name} did not end in time and was killed\n")
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._running.clear()
