"""Runs the kiosk as a hall does, under its supervisor, with devices that speak the real bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.kiosk_process import ENV, ROOT, Kiosk


@contextmanager
def device(kind: str, place: Path, *options: str) -> Iterator[tuple[str, str]]:
    """A simulated device as a process of its own: its address and its control socket."""
    program = [sys.executable, "-m", "hardware", "sim", kind, "--pty", "--out", str(place)]
    for option in options:
        program += ["--option", option]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        yield said["url"], said["control"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def tell(control: str, command: str) -> None:
    """Have a simulated device do something."""
    program = [sys.executable, "-m", "hardware", "tell", control, command]
    subprocess.run(program, cwd=ROOT, check=True, capture_output=True, timeout=30)


class Supervised:
    """A supervisor and the kiosk it keeps running."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.kiosk = self._next()

    def _next(self) -> Kiosk:
        """The kiosk that runs now, once it says where it can be looked at."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("control "):
                return Kiosk(self.process, line.removeprefix("control ").strip())
        raise AssertionError(f"the supervisor ended with {self.process.wait()}")

    def follow(self) -> None:
        """Look on at the kiosk that comes after one that ended."""
        self.kiosk.close()
        self.kiosk = self._next()

    @property
    def child(self) -> int:
        """The kiosk's own process."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()[0])

    def crash(self) -> float:
        """Kill the kiosk, and wait for the first screen of the next one: seconds it took."""
        return self.crash_to("home")

    def crash_to(self, screen: str) -> float:
        """The same for a kiosk that rests on another screen."""
        began_s = time.monotonic()
        os.kill(self.child, signal.SIGKILL)
        self.follow()
        self.kiosk.on(screen)
        return time.monotonic() - began_s


@contextmanager
def supervised(
    config: Path, *args: str, env: dict[str, str] | None = None, log: Path | None = None
) -> Iterator[Supervised]:
    """`bianmin-kiosk run --supervised`; what it logs goes to a file."""
    program = [sys.executable, "-m", "kiosk", "run", "--config", str(config), "--control", "0"]
    with (log or config.parent / "kiosk.log").open("a") as errors:
        process = subprocess.Popen(
            [*program, "--supervised", *args],
            cwd=ROOT,
            env={**ENV, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        found = None
        try:
            found = Supervised(process)
            yield found
        finally:
            if found is not None:
                found.kiosk.close()
            if process.poll() is None:
                process.terminate()
            process.wait(20)
            assert process.stdout is not None
            process.stdout.close()
