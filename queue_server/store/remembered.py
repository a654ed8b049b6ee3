"""What was read once and holds until somebody writes."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")
MOST = 4096
"""Entries at most; what does not fit is read each time."""


class Remembered:
    """A read-through memory for rows asked for with every request; from any thread.

    Right only where every write passes through the owner: one process writes a hall's database.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], Any] = {}
        self._writes = 0

    def get(self, key: tuple[str, str], read: Callable[[], _T | None]) -> _T | None:
        """What is remembered under a key, or else what `read` finds; None is not remembered."""
        with self._lock:
            found: _T | None = self._found.get(key)
            writes = self._writes
        if found is not None:
            return found
        fresh = read()
        with self._lock:
            # What was read before a write that ended meanwhile may be old.
            if fresh is not None and writes == self._writes and len(self._found) < MOST:
                self._found[key] = fresh
        return fresh

    def forget(self) -> None:
        """Something was written."""
        with self._lock:
            self._writes += 1
            self._found.clear()
