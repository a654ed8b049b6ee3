"""The hall's directory and broker, as the web layer and the command line need them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256

from queue_server.contract import messages as msg
from queue_server.contract.ids import DeviceId
from queue_server.store.directory import Directory
from queue_server.web.auth import hash_token
from queue_server.web.deps import Account, EnrolledDevice, StaffSession

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0 O 1 I: codes are read aloud and typed."""
CODE_LENGTH = 8
CODE_MS = 10 * 60 * 1000


def new_token() -> str:
    """A bearer token: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_code(code: str) -> str:
    """What is kept of an enrolment code; case and spaces do not matter."""
    return sha256("".join(code.split()).upper().encode()).hexdigest()


class DirectoryPeople:
    """`web.deps.People` over the store's directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def check_password(self, username: str, password: str) -> Account | None:
        """The account, if the password is right."""
        account = self._directory.check_password(username, password)
        if account is None:
            return None
        return Account(account.username, account.display_name, account.role)

    def accounts(self) -> Sequence[Account]:
        """Everyone who may sign in."""
        return [
            Account(a.username, a.display_name, a.role)
            for a in self._directory.accounts()
            if a.active
        ]

    def _known(self, username: str) -> bool:
        return any(a.username == username for a in self._directory.accounts())

    def add_account(self, account: Account, password: str) -> bool:
        """A new account; False when the name is taken."""
        if self._known(account.username):
            return False
        self._directory.add_account(account.username, account.display_name, account.role, password)
        return True

    def set_password(self, username: str, password: str) -> bool:
        """Change a password and end the account's sessions; False when there is no such account."""
        if not self._known(username):
            return False
        self._directory.set_password(username, password)
        for session in self._directory.sessions(now_ms=0):
            if session.username == username:
                self._directory.end_session(session.token_hash)
        return True

    def remove_account(self, username: str) -> bool:
        """The account may not sign in any more."""
        if not self._known(username):
            return False
        self._directory.set_active(username, active=False)
        return True

    def open_session(
        self, token_hash: str, account: Account, window_id: str | None, now_ms: int, expires_ms: int
    ) -> None:
        """Remember a session."""
        self._directory.open_session(token_hash, account.username, window_id, now_ms, expires_ms)

    def session(self, token_hash: str, now_ms: int) -> StaffSession | None:
        """A session that has not expired."""
        row = self._directory.session(token_hash, now_ms)
        if row is None:
            return None
        return StaffSession(
            row.token_hash,
            row.username,
            row.display_name,
            row.role,
            row.window_id,
            row.expires_ms,
        )

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        self._directory.end_session(token_hash)

    def set_window(self, token_hash: str, window_id: str | None) -> None:
        """The window a session is signed in to."""
        self._directory.set_session_window(token_hash, window_id)

    def device_by_token(self, token_hash: str) -> EnrolledDevice | None:
        """The device a token belongs to, unless it was revoked."""
        row = self._directory.device_by_token(token_hash)
        return None if row is None else EnrolledDevice(row.device_id, row.kind)

    def offer_device(self, device_id: str, kind: str, now_ms: int) -> str:
        """A single-use enrolment code."""
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        self._directory.add_device(device_id, kind, hash_code(code), now_ms + CODE_MS)
        return code

    def device_secret(self, device_id: str) -> str | None:
        """The hash of the token of a device that is not revoked; None when there is none."""
        rows = [r for r in self._directory.devices() if r.device_id == device_id and not r.revoked]
        return rows[0].token_hash if rows else None

    def devices(self) -> Sequence[EnrolledDevice]:
        """All devices that are not revoked."""
        rows = self._directory.devices()
        return [
            EnrolledDevice(r.device_id, r.kind, r.token_hash is None) for r in rows if not r.revoked
        ]


class Enroller:
    """`web.deps.Enrolment`: the API token and the broker login come and go together."""

    def __init__(
        self,
        directory: Directory,
        hall_id: str,
        mqtt_url: Callable[[], str],
        admit: Callable[[DeviceId], Awaitable[str]],
        expel: Callable[[DeviceId], Awaitable[None]],
    ) -> None:
        self._directory = directory
        self._hall_id = hall_id
        self._mqtt_url = mqtt_url
        self._admit = admit
        self._expel = expel

    async def enrol(self, code: str, now_ms: int) -> msg.EnrolAnswer | None:
        """Trade a single-use code for a device's own credentials; None when it is no good."""
        token = new_token()
        row = await asyncio.to_thread(
            self._directory.enrol, hash_code(code), now_ms, hash_token(token), ""
        )
        if row is None:
            return None
        password = await self._admit(DeviceId(row.device_id))
        return msg.EnrolAnswer(
            device_id=row.device_id,
            hall_id=self._hall_id,
            token=token,
            mqtt_url=self._mqtt_url(),
            mqtt_username=row.device_id,
            mqtt_password=password,
        )

    async def revoke(self, device_id: str) -> bool:
        """Take a device's credentials away; False when there is none of this id."""
        rows = await asyncio.to_thread(self._directory.devices)
        if not any(row.device_id == device_id and not row.revoked for row in rows):
            return False
        await asyncio.to_thread(self._directory.revoke_device, device_id)
        await self._expel(DeviceId(device_id))
        return True
