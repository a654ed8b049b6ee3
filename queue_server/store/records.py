"""What the hall's directory hands out: accounts, sessions, devices.

Secrets never leave the store: of tokens and codes it keeps SHA-256 digests (hexadecimal, made by
the caller), of passwords an argon2id hash. Times are UTC milliseconds.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; the pages and the API decide by it."""

    CLERK = "clerk"
    GUIDE = "guide"
    DUTY_MANAGER = "duty_manager"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may sign in. An inactive account may not, and keeps its name in the journal."""

    username: str
    display_name: str
    role: Role
    active: bool = True


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in account; `window_id` is the window it works at, if any."""

    token_hash: str
    username: str
    display_name: str
    role: Role
    window_id: str | None
    created_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A kiosk, display or window box.

    Attributes:
        kind: what it is for, e.g. "kiosk", "display", "window".
        token_hash: digest of its token; None until it was enrolled.
        mqtt_hash: the broker's own password hash for it, as the broker's password file wants it.
        code_expires_ms: until when its enrolment code works; None when it has none.
    """

    device_id: str
    kind: str
    token_hash: str | None
    mqtt_hash: str | None
    code_expires_ms: int | None
    revoked: bool
