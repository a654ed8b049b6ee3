"""Passwords as argon2id hashes (RFC 9106, second recommended parameters: 64 MiB, 3 passes)."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes computed at the same time, so that a burst of sign-ins cannot take the hall's memory."""


class Passwords:
    """Makes and checks hashes; from any thread."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """With the recommended costs unless a hasher is given (tests want cheap ones)."""
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """An encoded hash with a salt of its own."""
        with self._turn:
            return self._hasher.hash(password)

    def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is right.

        Without a hash (no such account) the same work is done for nothing, so that the time of the
        answer does not tell which names exist.
        """
        if self._nobody is None:  # made at the first sign-in, whoever it is: it costs as much
            self._nobody = self.hash("nobody")
        with self._turn:
            try:
                self._hasher.verify(encoded or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return encoded is not None

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other costs than those used now."""
        return self._hasher.check_needs_rehash(encoded)
