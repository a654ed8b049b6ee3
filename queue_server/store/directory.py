"""Who may sign in, who is signed in, and which devices belong to the hall.

Every call is synchronous and safe from any thread. Reads go to a read-only connection, writes are
short transactions on the one writer connection. Sessions and device tokens are asked for with every
request, so what was found is remembered until the next write; only this process writes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Delete, Select, Update, delete, insert, select, update

from queue_server.ports import StoreError
from queue_server.store.engine import Database
from queue_server.store.passwords import Passwords
from queue_server.store.reading import AnyRow
from queue_server.store.records import Account, DeviceRow, Role, SessionRow
from queue_server.store.remembered import Remembered
from queue_server.store.schema import account, catalogue, device, session

_T = TypeVar("_T")

_SESSIONS = select(
    session.c.token_hash,
    session.c.username,
    account.c.display_name,
    account.c.role,
    session.c.window_id,
    session.c.created_ms,
    session.c.expires_ms,
).join_from(session, account)


class Directory:
    """Accounts, sessions, devices and the texts of catalogue versions."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database = database
        self._passwords = passwords or Passwords()
        self._known = Remembered()

    # Accounts

    def accounts(self) -> list[Account]:
        """All of them, by username."""
        return [_account(row) for row in self._all(select(account).order_by(account.c.username))]

    def add_account(
        self, username: str, display_name: str, role: Role | str, password: str
    ) -> None:
        """A new account.

        Raises:
            StoreError: the username is taken.
            ValueError: there is no such role.
        """
        values = {
            "username": username,
            "display_name": display_name,
            "role": Role(role).value,
            "password_hash": self._passwords.hash(password),
            "active": 1,
        }
        with self._database.writing() as connection:
            taken = select(account.c.username).where(account.c.username == username)
            if connection.scalar(taken) is not None:
                raise StoreError(f"The username {username} is taken.")
            connection.execute(insert(account).values(values))
        self._known.forget()

    def check_password(self, username: str, password: str) -> Account | None:
        """The account, if the password is right and it is active; None otherwise.

        Takes as long for an unknown name as for a wrong password.
        """
        rows = self._all(select(account).where(account.c.username == username))
        row = rows[0] if rows else None
        encoded = row.password_hash if row is not None and row.active else None
        if not self._passwords.matches(encoded, password) or row is None:
            return None
        if self._passwords.outdated(row.password_hash):
            self.set_password(username, password)
        return _account(row)

    def set_password(self, username: str, password: str) -> None:
        """Replace a password; sessions stay.

        Raises:
            StoreError: there is no such account.
        """
        encoded = self._passwords.hash(password)
        self._change_account(username, {"password_hash": encoded})

    def set_active(self, username: str, *, active: bool) -> None:
        """Let an account sign in, or no longer: its sessions end at once.

        Raises:
            StoreError: there is no such account.
        """
        self._change_account(username, {"active": int(active)}, end_sessions=not active)

    def set_role(self, username: str, role: Role | str) -> None:
        """Give an account another role; its sessions have it from the next request.

        Raises:
            StoreError: there is no such account.
            ValueError: there is no such role.
        """
        self._change_account(username, {"role": Role(role).value})

    def _change_account(
        self,
        username: str,
        values: dict[str, Any],
        *,
        end_sessions: bool = False,
    ) -> None:
        with self._database.writing() as connection:
            change = update(account).where(account.c.username == username).values(values)
            if connection.execute(change).rowcount == 0:
                raise StoreError(f"There is no account {username}.")
            if end_sessions:
                connection.execute(delete(session).where(session.c.username == username))
        self._known.forget()

    # Sessions

    def open_session(
        self,
        token_hash: str,
        username: str,
        window_id: str | None,
        created_ms: int,
        expires_ms: int,
    ) -> None:
        """Remember a signed-in account; sessions that expired meanwhile are removed.

        Raises:
            StoreError: there is no such account.
        """
        with self._database.writing() as connection:
            connection.execute(delete(session).where(session.c.expires_ms <= created_ms))
            connection.execute(
                insert(session).values(
                    token_hash=token_hash,
                    username=username,
                    window_id=window_id,
                    created_ms=created_ms,
                    expires_ms=expires_ms,
                ),
            )
        self._known.forget()

    def session(self, token_hash: str, now_ms: int) -> SessionRow | None:
        """The session of a token, unless it expired."""
        query = _SESSIONS.where(session.c.token_hash == token_hash, account.c.active == 1)
        found = self._known.get(("session", token_hash), lambda: _first(self._all(query), _session))
        return None if found is None or found.expires_ms <= now_ms else found

    def end_session(self, token_hash: str) -> None:
        """Sign out; nothing happens when the session is gone already."""
        self._write(delete(session).where(session.c.token_hash == token_hash))

    def set_session_window(self, token_hash: str, window_id: str | None) -> None:
        """The window the session works at from now on."""
        change = update(session).where(session.c.token_hash == token_hash)
        self._write(change.values(window_id=window_id))

    def sessions(self, now_ms: int) -> list[SessionRow]:
        """Everyone who is signed in, the longest first."""
        query = _SESSIONS.where(session.c.expires_ms > now_ms, account.c.active == 1)
        return [_session(row) for row in self._all(query.order_by(session.c.created_ms))]

    # Devices

    def devices(self) -> list[DeviceRow]:
        """All of them, also revoked ones, by id."""
        return [_device(row) for row in self._all(_DEVICES.order_by(device.c.device_id))]

    def add_device(self, device_id: str, kind: str, code_hash: str, expires_ms: int) -> None:
        """A device that may enrol once with a code; one that exists gets a new code.

        A known device keeps its token until the code is used, so that a box can be replaced without
        a gap; a revoked one comes back only with the new token.
        """
        values = {"kind": kind, "code_hash": code_hash, "code_expires_ms": expires_ms}
        with self._database.writing() as connection:
            change = update(device).where(device.c.device_id == device_id).values(values)
            if connection.execute(change).rowcount == 0:
                new = insert(device).values(device_id=device_id, revoked=0, **values)
                connection.execute(new)
        self._known.forget()

    def enrol(
        self,
        code_hash: str,
        now_ms: int,
        token_hash: str,
        mqtt_hash: str,
    ) -> DeviceRow | None:
        """Trade a code for a token: once, and in time; None otherwise."""
        with self._database.writing() as connection:
            change = (
                update(device)
                .where(device.c.code_hash == code_hash, device.c.code_expires_ms > now_ms)
                .values(
                    token_hash=token_hash,
                    mqtt_hash=mqtt_hash,
                    code_hash=None,
                    code_expires_ms=None,
                    revoked=0,
                )
            )
            enrolled = connection.execute(change).rowcount == 1
            query = _DEVICES.where(device.c.token_hash == token_hash)
            row = connection.execute(query).first() if enrolled else None
        self._known.forget()
        return None if row is None else _device(row)

    def put_device(self, device_id: str, kind: str, token_hash: str, mqtt_hash: str) -> None:
        """A device with a token of the caller's making (the demo's own boxes)."""
        with self._database.writing() as connection:
            connection.execute(delete(device).where(device.c.device_id == device_id))
            connection.execute(
                insert(device).values(
                    device_id=device_id,
                    kind=kind,
                    token_hash=token_hash,
                    mqtt_hash=mqtt_hash,
                    revoked=0,
                ),
            )
        self._known.forget()

    def device_by_token(self, token_hash: str) -> DeviceRow | None:
        """The device a token belongs to, unless it was revoked."""
        query = _DEVICES.where(device.c.token_hash == token_hash, device.c.revoked == 0)
        return self._known.get(("device", token_hash), lambda: _first(self._all(query), _device))

    def revoke_device(self, device_id: str) -> bool:
        """Its token, its broker password and any open code are worth nothing from now on.

        Returns:
            False when there is no such device.
        """
        nothing = dict.fromkeys(("token_hash", "mqtt_hash", "code_hash", "code_expires_ms"))
        change = update(device).where(device.c.device_id == device_id)
        return self._write(change.values(revoked=1, **nothing)) > 0

    # Catalogue versions

    def put_catalogue(self, content_hash: str, version: str, body: str) -> None:
        """Keep a version of the catalogue; nothing happens when it is there already."""
        with self._database.writing() as connection:
            known = select(catalogue.c.hash).where(catalogue.c.hash == content_hash)
            if connection.scalar(known) is None:
                new = insert(catalogue).values(hash=content_hash, version=version, body=body)
                connection.execute(new)

    def catalogue(self, content_hash: str) -> str | None:
        """The body of a version."""
        rows = self._all(select(catalogue.c.body).where(catalogue.c.hash == content_hash))
        return str(rows[0].body) if rows else None

    # Shared

    def _all(self, query: Select[Any]) -> list[AnyRow]:
        with self._database.readers.reading() as connection:
            return list(connection.execute(query))

    def _write(self, statement: Update | Delete) -> int:
        with self._database.writing() as connection:
            changed = connection.execute(statement).rowcount
        self._known.forget()
        return changed


_DEVICES = select(
    device.c.device_id,
    device.c.kind,
    device.c.token_hash,
    device.c.mqtt_hash,
    device.c.code_expires_ms,
    device.c.revoked,
)


def _first(rows: list[AnyRow], of_row: Callable[[AnyRow], _T]) -> _T | None:
    return of_row(rows[0]) if rows else None


def _account(row: AnyRow) -> Account:
    return Account(row.username, row.display_name, Role(row.role), bool(row.active))


def _session(row: AnyRow) -> SessionRow:
    token_hash, username, display_name, role, window_id, created_ms, expires_ms = row
    return SessionRow(
        token_hash, username, display_name, Role(role), window_id, created_ms, expires_ms
    )


def _device(row: AnyRow) -> DeviceRow:
    device_id, kind, token_hash, mqtt_hash, code_expires_ms, revoked = row
    return DeviceRow(device_id, kind, token_hash, mqtt_hash, code_expires_ms, bool(revoked))
