"""Tells systemd, or our own supervisor, that the kiosk is alive (sd_notify).

The sign comes from the UI's clock, and only while the worker has shown itself lately: a window that
no longer draws and a worker that no longer works both end it, and whoever listens starts the kiosk
again. Source: sd_notify(3), "READY=1", "WATCHDOG=1"; WATCHDOG_USEC in sd_watchdog_enabled(3).
"""

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog

EVERY_S: Final = 10.0
"""Between two signs, unless the listener wants them more often."""
LIFE_S: Final = 0.25
WORKER_WITHIN_S: Final = 10.0
"""A worker that was not heard of for so long is stuck: it shows itself four times a second."""

log = structlog.get_logger(__name__)


class Watchdog:
    """See the module.

    Args:
        env: The environment; NOTIFY_SOCKET names the listener's socket. Without it nothing is sent.
        clock_s: Monotonic seconds.
    """

    def __init__(
        self, env: Mapping[str, str], clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock_s = clock_s
        self._worker_s = clock_s()
        self._stuck = False
        self._socket = _connect(env.get("NOTIFY_SOCKET", ""))
        limit_s = _limit_s(env.get("WATCHDOG_USEC", ""))
        self.every_s = min(EVERY_S, limit_s / 3) if limit_s else EVERY_S
        self._worker_within_s = min(WORKER_WITHIN_S, limit_s / 3) if limit_s else WORKER_WITHIN_S

    def start(self, every: Callable[[Callable[[float], None], float], object]) -> None:
        """The window is there: say READY, and from now on that it is alive.

        Args:
            every: Calls a function again and again on the UI thread: (function, seconds).
        """
        if self._socket is not None:
            self._send(b"READY=1")
            every(lambda _elapsed_s: self.sign(), self.every_s)

    def worker_alive(self) -> None:
        """From the worker's loop, with every tick."""
        self._worker_s = self._clock_s()

    async def show_life(self) -> None:
        """As a task of the worker's loop, where nothing else ticks there; until cancelled."""
        while True:
            self.worker_alive()
            await asyncio.sleep(LIFE_S)

    def sign(self) -> None:
        """On the UI thread: the sign of life, unless the worker is stuck."""
        stuck = self._clock_s() - self._worker_s > self._worker_within_s
        if stuck and not self._stuck:
            log.error("worker_stuck")
        self._stuck = stuck
        if not stuck:
            self._send(b"WATCHDOG=1")

    def close(self) -> None:
        """The program ends: no more signs."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(message)
        except OSError as error:  # whoever listened is gone; the kiosk works without
            log.warning("watchdog_unheard", reason=str(error))


def _connect(address: str) -> socket.socket | None:
    if not address:
        return None
    # A leading "@" means an abstract socket, which Python spells with a zero byte.
    name = "\0" + address[1:] if address.startswith("@") else address
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    sock.connect(name)
    sock.settimeout(0)
    return sock


def _limit_s(microseconds: str) -> float:
    return int(microseconds) / 1_000_000 if microseconds.isdigit() else 0.0
