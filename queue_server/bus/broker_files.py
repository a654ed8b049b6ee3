"""What Mosquitto reads: configuration, password file and access list, as text. Pure.

Written for Mosquitto 2.0 and 2.1: 2.1 only warns that `password_file` and `acl_file` will move to
plugins in 3.0; `per_listener_settings`, deprecated in 2.1, is not used.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from queue_server.contract.ids import DeviceId
from queue_server.contract.topics import Topics

SERVER_USER = "server"
DISPLAY_USER = "display"
"""Read-only, in the demo only."""
RESERVED_USERS = frozenset({SERVER_USER, DISPLAY_USER})

PASSWORD_ITERATIONS = 1000
"""PBKDF2 rounds. Mosquitto hashes in its only thread, at each sign-in and again for every client at
each reload; our passwords are 256 random bits, which no number of rounds makes harder to guess."""
SALT_BYTES = 12
"""What mosquitto_passwd 2.0 writes; 2.0 and 2.1 read it."""
HASH_BYTES = 64
"""SHA-512"""

MAX_PACKET_BYTES = 256 * 1024
"""A board of 100 windows is some 30 kB."""
MAX_CONNECTIONS = 256
MAX_QUEUED = 1000
MAX_QUEUED_BYTES = 8 * 1024 * 1024
"""Per client that is away; a session outlives its link by 20 s."""


@dataclass(frozen=True, slots=True)
class TlsListener:
    """A second listener, for devices on other machines; TLS 1.2 or newer, always."""

    host: str
    port: int
    certificate: Path
    key: Path


def password_hash(password: str, salt: bytes) -> str:
    """A password as Mosquitto's password file has it: `$7$rounds$salt$hash` (PBKDF2-SHA512).

    Args:
        password: Clear text.
        salt: `SALT_BYTES` random bytes.
    """
    derived = hashlib.pbkdf2_hmac(
        "sha512", password.encode(), salt, PASSWORD_ITERATIONS, HASH_BYTES
    )
    encoded = (base64.b64encode(part).decode("ascii") for part in (salt, derived))
    return "$".join(("", "7", str(PASSWORD_ITERATIONS), *encoded))


def password_file(users: Mapping[str, str]) -> str:
    """The password file.

    Args:
        users: Name to hash.
    """
    return "".join(f"{name}:{hashed}\n" for name, hashed in sorted(users.items()))


def access_list(topics: Topics, devices: Iterable[DeviceId], *, display: bool) -> str:
    """Who may do what. Whatever is not named here is refused.

    Every device has a section of its own rather than a pattern with its name in it: a pattern
    would hold for every user.

    Args:
        topics: The hall's topics.
        devices: The enrolled devices; a device's user name is its id.
        display: Whether the demo's read-only user exists.
    """
    root = topics.root
    shown = [f"{root}/{kind}/+" for kind in ("server", "board", "window", "call")]
    lines = [f"user {SERVER_USER}"]
    lines += [f"topic readwrite {topic}" for topic in shown]
    lines += [f"topic write {root}/device/+/command"]
    lines += [f"topic read {root}/device/+/{kind}" for kind in ("state", "beat", "ack")]
    if display:
        lines += ["", f"user {DISPLAY_USER}", *(f"topic read {topic}" for topic in shown)]
    for device in sorted(devices):
        lines += ["", f"user {device}", *(f"topic read {topic}" for topic in shown)]
        lines += [f"topic read {topics.device_command(device)}"]
        lines += [f"topic write {root}/device/{device}/{kind}" for kind in ("state", "beat", "ack")]
    return "\n".join(lines) + "\n"


def configuration(account: str, port: int, lan: TlsListener | None = None) -> str:
    """The broker's configuration; paths are relative to its working directory.

    Args:
        account: The system account it runs as.
        port: The loopback listener.
        lan: A TLS listener for other machines.
    """
    lines = [
        "# Written by bianmin-server at every start of the broker; changes here are lost.",
        f"user {account}",
        "allow_anonymous false",
        "password_file passwords",
        "acl_file acl",
        "# The journal is the only durable thing: a broker that starts knows nothing, and the",
        "# server tells it everything again.",
        "persistence false",
        "persistent_client_expiration 1h",
        f"max_packet_size {MAX_PACKET_BYTES}",
        f"max_queued_messages {MAX_QUEUED}",
        f"max_queued_bytes {MAX_QUEUED_BYTES}",
        "max_inflight_messages 20",
        "max_keepalive 120",
        "queue_qos0_messages false",
        "set_tcp_nodelay true",
        "sys_interval 0",
        "log_dest stderr",
        "log_timestamp false",
        *(f"log_type {kind}" for kind in ("error", "warning", "notice", "information")),
        "connection_messages false",
        "",
        f"listener {port} 127.0.0.1",
        f"max_connections {MAX_CONNECTIONS}",
    ]
    if lan is not None:
        lines += [
            "",
            f"listener {lan.port} {lan.host}",
            f"max_connections {MAX_CONNECTIONS}",
            f"certfile {lan.certificate}",
            f"keyfile {lan.key}",
            "tls_version tlsv1.2",
        ]
    return "\n".join(lines) + "\n"
