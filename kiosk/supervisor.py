"""Keeps the kiosk running: `bianmin-kiosk run --supervised`.

A small parent starts it, listens for its signs of life, and starts it again, with systemd or
without. It hears the same sd_notify messages that systemd would, hands them on where systemd
listens, and imports nothing large: it must still work when everything else does not.
"""

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from kiosk import exits

SILENT_S: Final = 20.0
"""A kiosk that gave no sign for so long is stuck."""
START_WITHIN_S: Final = 60.0
"""Its first sign may take this long: a cold disk, a slow machine."""
STEADY_S: Final = 60.0
"""Who ran for so long had begun well: the next start comes at once."""
PAUSES_S: Final = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before the first, second … start after a failure, as long as none ran steadily."""
STOP_WITHIN_S: Final = 8.0
PARENT_ENV: Final = "BIANMIN_SUPERVISOR_PID"
PR_SET_PDEATHSIG: Final = 1
"""prctl(2), <sys/prctl.h>: which signal comes when the parent dies."""


def follow_parent(env: Mapping[str, str]) -> None:
    """In the kiosk: end when the supervisor dies, so that two never run on one data directory."""
    parent = env.get(PARENT_ENV, "")
    if not parent.isdigit() or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it died before that was set
        raise SystemExit(exits.STOPPED)


def pause_s(failures: int) -> float:
    """How long to wait before the next start, after so many short lives in a row."""
    return PAUSES_S[min(max(failures - 1, 0), len(PAUSES_S) - 1)]


class Supervisor:
    """See the module.

    Args:
        command: Starts the kiosk.
        env: Its environment; NOTIFY_SOCKET in it is systemd's.
        silent_s: See `SILENT_S`.
    """

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], silent_s: float = SILENT_S
    ) -> None:
        self._command = list(command)
        self._env = dict(env)
        self._silent_s = silent_s
        self._outer = self._env.get("NOTIFY_SOCKET", "")
        self._stopping = threading.Event()
        self._was_ready = False

    def run(self) -> int:
        """Start it, again and again, until it or somebody says that it is enough.

        Returns:
            The exit code: `exits.STOPPED` after SIGTERM or SIGINT, `exits.STAFF` when staff ended
            it, or that of a kiosk that never got as far as its window.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as ears:
            ears.bind("")  # Linux chooses a free abstract name
            ears.settimeout(0)
            name = ears.getsockname()
            address = "@" + (name[1:].decode() if isinstance(name, bytes) else name[1:])
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
            return self._live(ears, address)

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping.set()

    def _live(self, ears: socket.socket, address: str) -> int:
        failures = 0
        while True:
            began_s = time.monotonic()
            status = self._one_life(ears, address)
            if self._stopping.is_set():
                return exits.STOPPED
            if status in {exits.STOPPED, exits.STAFF}:
                return status
            if status > 0 and not self._was_ready:
                return status  # a mistake in its settings, which it has said
            steady = time.monotonic() - began_s >= STEADY_S or status == exits.RESTART
            failures = 0 if steady else failures + 1
            self._say("kiosk_ended", status=status, starts_in_s=pause_s(failures))
            if self._stopping.wait(pause_s(failures)):
                return exits.STOPPED

    def _one_life(self, ears: socket.socket, address: str) -> int:
        env = self._env | {
            "NOTIFY_SOCKET": address,
            "WATCHDOG_USEC": str(int(self._silent_s * 1_000_000)),
            PARENT_ENV: str(os.getpid()),
        }
        child = subprocess.Popen(self._command, env=env)
        heard_s, ready = time.monotonic(), False
        while child.poll() is None:
            if self._stopping.is_set():
                return self._end(child)
            for message in self._hear(ears):
                heard_s = time.monotonic()
                ready = ready or b"READY=1" in message
                self._was_ready = self._was_ready or ready
            limit_s = self._silent_s if ready else START_WITHIN_S
            if time.monotonic() - heard_s > limit_s:
                self._say("kiosk_silent", for_s=round(limit_s))
                child.kill()
                child.wait()
        return child.returncode

    def _hear(self, ears: socket.socket) -> list[bytes]:
        """What the kiosk said, within a tenth of a second; systemd is told the same."""
        found: list[bytes] = []
        if select.select([ears], [], [], 0.1)[0]:
            try:
                while True:
                    found.append(ears.recv(4096))
            except BlockingIOError:
                pass
        for message in found:
            self._hand_on(message)
        return found

    def _hand_on(self, message: bytes) -> None:
        if not self._outer:
            return
        name = "\0" + self._outer[1:] if self._outer.startswith("@") else self._outer
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as mouth:
            try:
                mouth.sendto(message, name)
            except OSError as error:
                self._say("systemd_unheard", reason=str(error))

    def _end(self, child: "subprocess.Popen[bytes]") -> int:
        child.terminate()
        try:
            return child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

    @staticmethod
    def _say(event: str, **values: object) -> None:
        said = " ".join(f"{name}={value!r}" for name, value in values.items())
        sys.stderr.write(f"event={event!r} {said}\n")
        sys.stderr.flush()
