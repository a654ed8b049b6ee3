"""The example hall: accounts with random passwords and a kiosk, written to `credentials.json`.

Nothing here has a default secret: the first start draws every password, and the file that tells
them is readable by its owner only.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queue_server.packs import Pack
from queue_server.store.directory import Directory
from queue_server.web.auth import hash_token

FILE = "credentials.json"
KIOSK_ID = "kiosk-1"
DISPLAYS = ("hall-screen", "window-screen")
ROLES = {"admin": "administrator"}
"""What a pack calls a role, where the server calls it otherwise."""


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A seeded account with its password."""

    username: str
    password: str
    role: str
    window_id: str | None


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """All that a demo seeds; kept in `credentials.json` over restarts."""

    kiosk_token: str
    display_password: str
    users: tuple[DemoUser, ...]
    device_passwords: Mapping[str, str]


def seed(data_dir: Path, directory: Directory, pack: Pack) -> DemoSecrets:
    """The demo's accounts and devices: those of an earlier start, or new ones."""
    earlier = _earlier(data_dir / FILE)
    known = {account.username for account in directory.accounts()}
    users = []
    for user in pack.demo.users:
        role = ROLES.get(user.role, user.role)
        password = earlier.get("passwords", {}).get(user.username)
        if user.username not in known:
            password = password or secrets.token_urlsafe(9)
            name = user.names[pack.default_language]
            directory.add_account(user.username, name, role, password)
        elif password is None:
            password = secrets.token_urlsafe(9)
            directory.set_password(user.username, password)
        users.append(DemoUser(user.username, password, role, user.window_id))
    kiosk_token = earlier.get("kiosk_token") or secrets.token_urlsafe(32)
    directory.put_device(KIOSK_ID, "kiosk", hash_token(kiosk_token), "")
    for name in DISPLAYS:  # they ask the API for nothing that needs a token
        directory.put_device(name, "display", hash_token(secrets.token_urlsafe(32)), "")
    display_password = earlier.get("mqtt", {}).get("password") or secrets.token_urlsafe(18)
    devices = {name: login["password"] for name, login in earlier.get("devices", {}).items()}
    return DemoSecrets(kiosk_token, display_password, tuple(users), devices)


def _earlier(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _login(user: DemoUser) -> dict[str, str]:
    login = {"username": user.username, "password": user.password}
    return login | ({"window_id": user.window_id} if user.window_id else {})


def credentials(
    made: DemoSecrets,
    pack: Pack,
    *,
    url: str,
    mqtt_url: str,
    hall_id: str,
    display_user: str,
    devices: dict[str, str],
) -> dict[str, Any]:
    """The content of `credentials.json`; `devices` are MQTT passwords by device id."""
    staff = {user.role: _login(user) for user in reversed(made.users)}
    seated = [user for user in made.users if user.role == "clerk" and user.window_id]
    first: dict[str, DemoUser] = {}
    for user in seated:
        first.setdefault(user.window_id or "", user)
    spare = [user for user in seated if first[user.window_id or ""] is not user]
    return {
        "url": url,
        "mqtt_url": mqtt_url,
        "hall_id": hall_id,
        "pack": pack.id,
        "time_zone": pack.time_zone,
        "mqtt": {"username": display_user, "password": made.display_password},
        "kiosk_token": made.kiosk_token,
        "devices": {name: {"username": name, "password": pw} for name, pw in devices.items()},
        "clerks": [_login(user) for user in [*first.values(), *spare]],
        "manager": staff["manager"],
        "administrator": staff["administrator"],
        "windows": [window.id for window in pack.demo.windows],
        "services": [item.id for item in pack.catalogue.items],
        "passwords": {user.username: user.password for user in made.users},
    }


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
