"""How the hall's devices are, as the device page shows it."""

from enum import StrEnum

from queue_server.contract.messages_base import Answer, Utc


class Link(StrEnum):
    """Whether a kiosk or display is heard."""

    ONLINE = "online"
    OFFLINE = "offline"
    """It said goodbye, or the broker said so for it (its will)."""
    SILENT = "silent"
    """Connected as far as anybody knows, but without a sign of life for 30 s."""
    NEVER = "never"
    """Enrolled, and not heard since this server started."""
    AWAITED = "awaited"
    """Its enrolment code was not used yet."""
    UNKNOWN = "unknown"
    """The broker is away, or has only just come back."""


class Urgency(StrEnum):
    """Whether somebody has to go there."""

    HAND = "hand"
    SOON = "soon"
    UNKNOWN = "unknown"
    WELL = "well"


class ErrandState(StrEnum):
    """What became of a command."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class Said(Answer):
    """A fault or a warning, in the reader's language."""

    code: str
    text: str


class DeviceView(Answer):
    """One fitted device. `title` is in the reader's language and may be empty."""

    id: str
    kind: str
    type: str
    title: str
    online: bool
    faults: list[Said]
    warnings: list[Said]
    since: Utc | None
    details: dict[str, str]


class ErrandView(Answer):
    """The last thing the server asked of a kiosk; `text` is its answer."""

    command_id: str
    command: str
    state: ErrandState
    text: str
    asked_at: Utc


class StationView(Answer):
    """A kiosk, hall screen or window display.

    `since` says how long the link has been what it is, null where nobody knows. `clock_off_s` is
    how far its own clock is ahead of the server's, null while that is little or unknown. `twin`
    says that two programs use this device's login, `unreadable` that it sent what cannot be read;
    what stands here then is what it said before. `other_version` is about the server's version.
    """

    device_id: str
    kind: str
    role: str
    place: str
    window_id: str | None
    link: Link
    since: Utc | None
    heard_at: Utc | None
    restarted_at: Utc | None
    uptime_s: int | None
    version: str
    other_version: bool
    clock_off_s: int | None
    twin: bool
    unreadable: bool
    urgency: Urgency
    devices: list[DeviceView]
    errand: ErrandView | None


class DevicesStatus(Answer):
    """`GET /api/v1/devices/status` and its stream: always whole, those who need a hand first.

    `broker_since` is since when the broker is what `broker` says.
    """

    epoch: int
    rev: int
    at: Utc
    version: str
    broker: bool
    broker_since: Utc
    hand: int
    soon: int
    stations: list[StationView]


class ErrandAnswer(Answer):
    """202: the device was asked; what becomes of it stands in the status."""

    command_id: str
