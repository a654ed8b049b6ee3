"""One server per hall: an advisory lock on a file of its own beside the database.

The lock is `flock`, so it belongs to the open file and vanishes with the process, however it
ends. It is not taken on the database file itself: closing any descriptor of that file would drop
the POSIX locks SQLite holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
"""

import fcntl
import os
from pathlib import Path

from queue_server.ports import StoreError

_PID_BYTES = 20


class ProcessLock:
    """Held from construction until `release`.

    Raises:
        StoreError: another process holds it (its pid is named), or the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{path} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._fd, _PID_BYTES, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            raise StoreError(
                f"Another server already runs on {path.parent} (process {holder or 'unknown'}).",
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another server start; the file stays, since removing it would race with one."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
