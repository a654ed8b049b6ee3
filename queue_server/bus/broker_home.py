"""The broker's files on disk, and who owns them.

`devices.json` (the server's own record: device → password hash) and `port` stay with the server's
account. `run/` holds what Mosquitto reads, made anew from them, owned by the account Mosquitto runs
as: newer versions refuse a password file that others own or may read.
"""

import json
import os
import pwd
import re
import secrets
import socket
from pathlib import Path

from queue_server.bus import broker_files
from queue_server.bus.broker_files import DISPLAY_USER, RESERVED_USERS, SERVER_USER, TlsListener
from queue_server.bus.errors import BrokerError
from queue_server.contract.ids import DEVICE_PATTERN, DeviceId, HallId
from queue_server.contract.topics import Topics

DISTRIBUTION_PORT = 1883
"""Left to the distribution's own broker; used only when asked for by number."""
PASSWORD_BYTES = 32
ACCOUNTS = ("mosquitto", "nobody")
"""Who the broker runs as when the server is root; Debian's package makes the first."""


class BrokerHome:
    """The broker's directory."""

    config_name = "mosquitto.conf"

    def __init__(
        self,
        directory: Path,
        hall: HallId,
        *,
        display_password: str | None,
        lan: TlsListener | None,
    ) -> None:
        """Nothing is written yet.

        Args:
            directory: Where the files are kept.
            hall: Whose topics the access list names.
            display_password: The read-only user's password; None for no such user.
            lan: A TLS listener for other machines.
        """
        self._directory = directory
        self._topics = Topics(hall)
        self._lan = lan
        self._entry = _account()
        self.run_directory = directory / "run"
        self.server_password = secrets.token_urlsafe(PASSWORD_BYTES)
        self._fixed = {SERVER_USER: _hashed(self.server_password)}
        if display_password is not None:
            self._fixed[DISPLAY_USER] = _hashed(display_password)

    @property
    def account_to_become(self) -> str | None:
        """The account to give up root for; None when we are not root."""
        return self._entry.pw_name if os.geteuid() == 0 else None

    def choose_port(self, asked: int | None) -> int:
        """The port asked for, else that of the last run, else a free one that is not 1883.

        Raises:
            BrokerError: The port asked for is taken.
        """
        if asked is not None:
            if not _is_free(asked):
                raise BrokerError(
                    f"port {asked}, asked for as --mqtt-port, is used by another program"
                )
            return asked
        last = self._last_port()
        if last is not None and last != DISTRIBUTION_PORT and _is_free(last):
            return last
        while (port := _free_port()) == DISTRIBUTION_PORT:
            continue
        return port

    def write_all(self, port: int) -> None:
        """Write everything the broker reads.

        Raises:
            OSError: The directory cannot be written.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.run_directory.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.run_directory, self._entry.pw_uid, self._entry.pw_gid)
        _write(self._directory / "port", f"{port}\n")
        self._write_run(
            self.config_name, broker_files.configuration(self._entry.pw_name, port, self._lan)
        )
        self._write_users(self._devices())

    def admit(self, device_id: DeviceId) -> str:
        """Add a device or change its password; the new password.

        Raises:
            BrokerError: The id is not one a device may have.
        """
        if not re.fullmatch(DEVICE_PATTERN, device_id) or device_id in RESERVED_USERS:
            raise BrokerError(f"{device_id!r} cannot be the id of a device")
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        self._keep(self._devices() | {device_id: _hashed(password)})
        return password

    def knows(self, device_id: DeviceId) -> bool:
        """Whether a device has a login."""
        return device_id in self._devices()

    def expel(self, device_id: DeviceId) -> bool:
        """Remove a device; whether it was there."""
        devices = self._devices()
        if devices.pop(device_id, None) is None:
            return False
        self._keep(devices)
        return True

    def _keep(self, devices: dict[DeviceId, str]) -> None:
        _write(self._directory / "devices.json", json.dumps(devices, indent=1, sort_keys=True))
        self._write_users(devices)

    def _devices(self) -> dict[DeviceId, str]:
        path = self._directory / "devices.json"
        if not path.exists():
            return {}
        try:
            stored = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise BrokerError(f"{path} is damaged: {error}") from error
        return {DeviceId(name): str(hashed) for name, hashed in dict(stored).items()}

    def _write_users(self, devices: dict[DeviceId, str]) -> None:
        # The list first: a name without rights is harmless, rights need a name.
        display = DISPLAY_USER in self._fixed
        self._write_run("acl", broker_files.access_list(self._topics, devices, display=display))
        users = self._fixed | {str(device): hashed for device, hashed in devices.items()}
        self._write_run("passwords", broker_files.password_file(users))

    def _write_run(self, name: str, text: str) -> None:
        owner = self._entry if os.geteuid() == 0 else None
        _write(self.run_directory / name, text, owner)

    def _last_port(self) -> int | None:
        try:
            return int((self._directory / "port").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise BrokerError("as root, the broker needs an account to run as: mosquitto or nobody")


def _hashed(password: str) -> str:
    return broker_files.password_hash(password, secrets.token_bytes(broker_files.SALT_BYTES))


def _write(path: Path, text: str, owner: pwd.struct_passwd | None = None) -> None:
    """Replace a file at once, readable by its owner only."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if owner is not None:
            os.fchown(file.fileno(), owner.pw_uid, owner.pw_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
