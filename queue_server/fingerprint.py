"""Telling "the same person" without keeping who it was.

A document number becomes an HMAC-SHA-256 under a random key of this hall and business day. The
keys lie outside the database, one small file a day, readable by the server only; once a key is
destroyed, its fingerprints match nothing any more.
"""

import hmac
import os
import secrets
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

KEY_BYTES = 32
KEEP = timedelta(days=30)


class DayKeys:
    """The fingerprint keys of a hall."""

    def __init__(self, directory: Path) -> None:
        """Use `directory`, which is made if missing."""
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known: dict[date, bytes] = {}

    def fingerprint(self, number: str, day: date) -> str:
        """The fingerprint of a document number on a business day: 32 hexadecimal digits."""
        canonical = "".join(number.split()).upper()
        key = self._known.get(day) or self._load(day)
        return hmac.new(key, canonical.encode(), sha256).hexdigest()[:32]

    def _load(self, day: date) -> bytes:
        path = self._directory / f"{day.isoformat()}.key"
        if not path.exists():
            _write_new(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
        self._known = {day: key}
        return key

    def purge(self, today: date) -> list[date]:
        """Destroy the keys that are past their time; the days they belonged to."""
        gone = []
        for path in sorted(self._directory.glob("*.key")):
            day = date.fromisoformat(path.stem)
            if today - day > KEEP:
                path.write_bytes(secrets.token_bytes(KEY_BYTES))
                path.unlink()
                gone.append(day)
        return gone


def hall_secret(directory: Path, name: str) -> bytes:
    """A random key of this hall that lasts; made the first time it is asked for.

    Its file ends otherwise than those of days, so that `purge` leaves it alone.
    """
    path = directory / f"{name}.secret"
    if not path.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


def _write_new(path: Path, key: bytes) -> None:
    """Write durably before first use: a key that is lost would let one person appear as two."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
