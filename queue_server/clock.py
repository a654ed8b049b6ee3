"""Clocks: the machine's, and one that a replay drives (demo only).

Journal time never goes back. When the machine's wall clock is behind the last moment seen (a dead
battery, a wrong correction), time goes on from that floor by the monotonic clock and is marked
"unsynced", so that durations stay true and nothing is reset.
"""

import time
from pathlib import Path
from uuid import uuid4

from queue_server.ports import Instant

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MS_NS = 1_000_000


def boot_id() -> str:
    """The id of this boot of the machine; a fresh one where the system tells none."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())


class SystemClock:
    """Wall time with a floor."""

    def __init__(self) -> None:
        self._boot_id = boot_id()
        self._last_ms = 0
        self._last_mono_ms = time.monotonic_ns() // _MS_NS

    def not_before(self, floor_ms: int) -> None:
        """Start above the last moment the journal has seen (UTC milliseconds)."""
        self._last_ms = max(self._last_ms, floor_ms)

    def now(self) -> Instant:
        """This instant, never before the one given last."""
        wall_ms = time.time_ns() // _MS_NS
        mono_ms = time.monotonic_ns() // _MS_NS
        quality = "ntp"
        if wall_ms < self._last_ms:
            wall_ms = self._last_ms + max(0, mono_ms - self._last_mono_ms)
            quality = "unsynced"
        self._last_ms, self._last_mono_ms = wall_ms, mono_ms
        return Instant(wall_ms, mono_ms, self._boot_id, quality)


class DrivenClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._at_ms = 0
        self._boot_id = boot_id()

    def not_before(self, floor_ms: int) -> None:
        """Start at the last moment the journal has seen (UTC milliseconds)."""
        self._at_ms = max(self._at_ms, floor_ms)

    def move_to(self, at_ms: int) -> None:
        """Set the time.

        Raises:
            ValueError: it would go back.
        """
        if at_ms < self._at_ms:
            raise ValueError(f"time cannot go back from {self._at_ms} to {at_ms}")
        self._at_ms = at_ms

    def now(self) -> Instant:
        """The moment it was set to."""
        return Instant(self._at_ms, self._at_ms, self._boot_id, "driven")
