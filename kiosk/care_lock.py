"""The staff code: a hash in a file of its own, and pauses that grow with every wrong code.

The code is digits, because a kiosk has no keyboard. It is kept as an scrypt hash (RFC 7914) with a
random salt; there is none until somebody sets one (`bianmin-kiosk staff-code`). How many wrong
codes there were is kept beside it, so that pulling the plug wins nothing.
"""

import asyncio
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final

import structlog

from kiosk.signals import CodeChecked
from kiosk.visit import STAFF_CODE_LEAST, STAFF_CODE_MOST

FREE_TRIES: Final = 2
"""So many slips of the finger cost nothing."""
PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 900.0

SCRYPT_N: Final = 2**15
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
SCRYPT_BYTES: Final = 64 * 1024 * 1024
"""Room for N × r × 128 bytes, with as much again to spare."""

log = structlog.get_logger(__name__)


class StaffCodeError(Exception):
    """A code that may not be set; the text says why."""


def make_hash(code: str, salt: bytes | None = None) -> str:
    """The line that stands for a code.

    Raises:
        StaffCodeError: It is too short, no digits, or the first that anybody would try.
    """
    if not code.isascii() or not code.isdigit():
        raise StaffCodeError("The staff code is made of digits only: the kiosk has no other keys.")
    if not STAFF_CODE_LEAST <= len(code) <= STAFF_CODE_MOST:
        raise StaffCodeError(f"The staff code has {STAFF_CODE_LEAST} to {STAFF_CODE_MOST} digits.")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(code)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise StaffCodeError("Anybody would try this code first. Choose another.")
    salt = salt or secrets.token_bytes(16)
    return f"scrypt {SCRYPT_N} {SCRYPT_R} {SCRYPT_P} {salt.hex()} {_derive(code, salt).hex()}"


def _derive(
    code: str, salt: bytes, n: int = SCRYPT_N, r: int = SCRYPT_R, p: int = SCRYPT_P
) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=n, r=r, p=p, maxmem=SCRYPT_BYTES, dklen=32)


def matches(code: str, line: str) -> bool:
    """Whether a line stands for a code; a damaged line stands for none."""
    try:
        scheme, n, r, p, salt, wanted = line.split()
        if scheme != "scrypt":
            return False
        found = _derive(code, bytes.fromhex(salt), int(n), int(r), int(p))
        return hmac.compare_digest(found, bytes.fromhex(wanted))
    except ValueError:
        return False


def write_code(file: Path, code: str) -> None:
    """Set the code; the file is readable by its owner only, and replaced whole or not at all.

    Raises:
        StaffCodeError: See `make_hash`.
        OSError: It cannot be written.
    """
    line = make_hash(code)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


class StaffLock:
    """Checks codes, one at a time.

    Args:
        file: Where the hash stands; None where the configuration names none.
        tally: Where wrong codes are counted.
        wall_s: Seconds since 1970; unlike a monotonic clock it goes on through a restart.
    """

    def __init__(self, file: Path | None, tally: Path, wall_s: Callable[[], float]) -> None:
        """Nothing is read yet."""
        self._file = file
        self._tally = tally
        self._wall_s = wall_s

    def is_set(self) -> bool:
        """Whether there is a code at all."""
        return self._file is not None and self._file.is_file()

    async def check(self, code: str) -> CodeChecked:
        """Whether it is the code; while a pause lasts nothing is tried, the right one neither."""
        wrong, since_s = self._read()
        left_s = self._left_s(wrong, since_s)
        if left_s > 0:
            return CodeChecked(ok=False, wait_s=left_s)
        if self._file is None:
            return CodeChecked(ok=False)
        try:
            line = self._file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            log.warning("staff_code_unreadable")
            return CodeChecked(ok=False)
        # Written before it is tried: a pulled plug does not give the try back.
        self._write(wrong + 1)
        if await asyncio.to_thread(matches, code, line):
            self._write(0)
            log.info("staff_code", right=True)
            return CodeChecked(ok=True)
        log.warning("staff_code", right=False, wrong=wrong + 1)
        return CodeChecked(ok=False, wait_s=self._left_s(wrong + 1, self._wall_s()))

    def _left_s(self, wrong: int, since_s: float) -> int:
        """Seconds of the pause that are left; a clock that was set back begins it anew."""
        if wrong <= FREE_TRIES:
            return 0
        pause_s: float = min(LONGEST_PAUSE_S, PAUSE_S * 2 ** min(wrong - FREE_TRIES - 1, 12))
        gone_s = self._wall_s() - since_s
        return max(0, round(pause_s - gone_s)) if gone_s >= 0 else round(pause_s)

    def _read(self) -> tuple[int, float]:
        try:
            found = json.loads(self._tally.read_text("ascii"))
            return max(0, int(found["wrong"])), float(found["at_s"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0.0

    def _write(self, wrong: int) -> None:
        try:
            self._tally.write_text(json.dumps({"wrong": wrong, "at_s": self._wall_s()}), "ascii")
        except OSError as error:
            log.warning("staff_tally_failed", reason=str(error))
