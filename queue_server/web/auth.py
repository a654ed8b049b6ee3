"""Who is asking, and what a role may do.

Tokens are random and only their SHA-256 is kept. A program sends `Authorization: Bearer`, a
browser the session cookie. Signing in is throttled per account and per address with growing
delays, never with a permanent lockout.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from starlette.requests import Request

from queue_server.contract.problems import Code
from queue_server.web.deps import Hall, StaffSession
from queue_server.web.problems import Refused

SESSION_MS = 12 * 3600 * 1000
"""A working day; a session lives no longer."""
CACHE_S = 60.0
FREE_TRIES = 5
LONGEST_DELAY_S = 300.0
FORGET_S = 900.0
MAX_REMEMBERED = 10_000


class Role(StrEnum):
    """Roles of the staff, and devices: those that issue numbers, and those that only show."""

    CLERK = "clerk"
    GUIDE = "guide"
    DUTY_MANAGER = "duty_manager"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    DEVICE = "device"
    DISPLAY = "display"


SERVES = frozenset({Role.CLERK, Role.DUTY_MANAGER})
ISSUES = SERVES | {Role.GUIDE}
SEES_FIGURES = frozenset({Role.DUTY_MANAGER, Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR})
ADMINISTERS = frozenset({Role.ADMINISTRATOR})
TENDS_DEVICES = frozenset({Role.DUTY_MANAGER, Role.MANAGER, Role.ADMINISTRATOR})
"""Who changes a roll may print a ticket to see whether it came out; auditors only look."""
STAFF = frozenset(Role) - {Role.DEVICE, Role.DISPLAY}
NEVER_MS = 253_402_214_400_000
"""The end of the calendar, 9999-12-31: credentials that last until they are revoked."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `id` is a username or a device id; `expires_ms` bounds the cache."""

    role: Role
    id: str
    display_name: str
    token_hash: str
    window_id: str | None
    expires_ms: int

    @property
    def actor(self) -> str:
        """How the journal names it."""
        return f"staff:{self.id}" if self.role in STAFF else f"device:{self.id}"


OPERATOR = Principal(Role.ADMINISTRATOR, "operator", "operator", "operator", None, NEVER_MS)
"""Whoever can read the server's own files: the command line on the server's machine."""


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def cookie_name(*, secure: bool) -> str:
    """The session cookie; the prefix binds it to this host where TLS is on (RFC 6265bis, 4.1.3)."""
    return "__Host-bianmin" if secure else "bianmin"


class Authenticator:
    """Tokens to principals, with a short cache: the directory is asked once a minute a token."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._cookie = cookie_name(secure=hall.secure)
        self._known: dict[str, tuple[Principal, float]] = {}

    def token_of(self, request: Request) -> str | None:
        """The token a request carries."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return token.strip()
        return request.cookies.get(self._cookie)

    async def principal(self, request: Request) -> Principal | None:
        """Who sent this request; None when nobody is signed in or the token is worth nothing."""
        token = self.token_of(request)
        if token is None:
            return None
        digest = hash_token(token)
        if digest == self._hall.operator_hash:
            return OPERATOR
        now_ms = self._hall.wall_ms()
        known = self._known.get(digest)
        if known is not None and known[1] > time.monotonic() and known[0].expires_ms > now_ms:
            return known[0]
        found = await asyncio.to_thread(self._look_up, digest, now_ms)
        if found is None:
            self._known.pop(digest, None)
            return None
        self._remember(found)
        return found

    async def require(self, request: Request, roles: frozenset[Role]) -> Principal:
        """Who sent this request, if the role may do this.

        Raises:
            Refused: nobody is signed in, or the role may not.
        """
        principal = await self.principal(request)
        if principal is None:
            raise Refused(Code.UNAUTHENTICATED)
        if principal.role not in roles:
            raise Refused(Code.FORBIDDEN)
        return principal

    def forget(self, token_hash: str) -> None:
        """A session has ended."""
        self._known.pop(token_hash, None)

    def forget_all(self) -> None:
        """Credentials were revoked."""
        self._known.clear()

    async def move(self, principal: Principal, window_id: str | None) -> None:
        """A session is at another window now, or at none."""
        await asyncio.to_thread(self._hall.people.set_window, principal.token_hash, window_id)
        self._remember(replace(principal, window_id=window_id))

    def _remember(self, principal: Principal) -> None:
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[principal.token_hash] = (principal, time.monotonic() + CACHE_S)

    def _look_up(self, digest: str, now_ms: int) -> Principal | None:
        session: StaffSession | None = self._hall.people.session(digest, now_ms)
        if session is not None:
            return Principal(
                role=Role(session.role),
                id=session.username,
                display_name=session.display_name,
                token_hash=digest,
                window_id=session.window_id,
                expires_ms=session.expires_ms,
            )
        device = self._hall.people.device_by_token(digest)
        if device is None:
            return None
        role = Role.DISPLAY if device.kind == Role.DISPLAY else Role.DEVICE
        return Principal(role, device.device_id, device.device_id, digest, None, NEVER_MS)


class Throttle:
    """Growing delays after wrong passwords, per account and per address."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def check(self, *names: str) -> None:
        """Refuse while a delay runs.

        Raises:
            Refused: "too-many-requests", with the seconds left.
        """
        now = time.monotonic()
        for name in names:
            count, last = self._failures.get(name, (0, 0.0))
            if count < FREE_TRIES:
                continue
            delay_s = min(LONGEST_DELAY_S, 2.0 ** (count - FREE_TRIES))
            left_s = last + delay_s - now
            if left_s > 0:
                raise Refused(Code.TOO_MANY_REQUESTS, retry_s=int(left_s) + 1)

    def failed(self, *names: str) -> None:
        """A wrong password."""
        now = time.monotonic()
        if len(self._failures) >= MAX_REMEMBERED:
            self._failures = {
                name: entry for name, entry in self._failures.items() if now - entry[1] < FORGET_S
            }
        for name in names:
            count, last = self._failures.get(name, (0, 0.0))
            self._failures[name] = (1 if now - last > FORGET_S else count + 1, now)

    def passed(self, *names: str) -> None:
        """The right password."""
        for name in names:
            self._failures.pop(name, None)
