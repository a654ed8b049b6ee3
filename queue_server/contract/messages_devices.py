"""Devices and refusals.

What a device says over MQTT is bounded here, because the server believes nobody: a text is short
and holds neither control nor bidirectional format characters, a list is short, and a payload above
`DEVICE_PAYLOAD_MAX_BYTES` is not even read.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field, PlainSerializer

from queue_server.contract.ids import WINDOW_PATTERN
from queue_server.contract.messages_base import Answer, Request, utc_z

DEVICE_PAYLOAD_MAX_BYTES = 32 * 1024
"""A kiosk with a dozen ill devices says some 6 kB."""
SENTENCE_MAX = 400
FITTED_MAX = 24
FAULTS_MAX = 12
DETAILS_MAX = 8

_SEEN = "^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
_CODE = r"^[a-z0-9][a-z0-9:._-]{0,63}$"

Seen = Annotated[str, Field(max_length=64, pattern=_SEEN)]
"""A short text for people."""
Sentence = Annotated[str, Field(min_length=1, max_length=SENTENCE_MAX, pattern=_SEEN)]
"""An English msgid of the one catalogue; shown as it is where this version has no translation."""
Word = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9:._+-]*$")]
"""A name for programs."""
Moment = Annotated[AwareDatetime, PlainSerializer(utc_z, return_type=str, when_used="json")]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Code = Annotated[str, Field(pattern=_CODE)]
"""A code of `hardware.errors`, or one with the device's id before it ("printer:paper-out")."""


class EnrolRequest(Request):
    """`POST /api/v1/devices/enrol`: a single-use code for a token."""

    code: Annotated[str, Field(min_length=8, max_length=16)]


class EnrolAnswer(Answer):
    """A device's own credentials, shown once."""

    device_id: str
    hall_id: str
    token: str
    mqtt_url: str
    mqtt_username: str
    mqtt_password: str


class FaultSaid(Answer):
    """What is wrong with a device, or soon will be, and what to do about it."""

    code: Code
    sentence: Sentence


class FittedDevice(Answer):
    """One device of a kiosk or display.

    `kind` is a `hardware.roles.DeviceKind`, `type` the entry of the registry and `title` its
    English msgid, so that a server which does not know them yet can still name the device.
    `online` means that it answers; a fault stops it, a warning does not. `since` is when it
    became what it is, by the device's own clock. `details` are never personal.
    """

    id: Word
    kind: Word
    type: Word = ""
    title: Seen = ""
    online: bool
    faults: Annotated[list[FaultSaid], Field(max_length=FAULTS_MAX)] = Field(default_factory=list)
    warnings: Annotated[list[FaultSaid], Field(max_length=FAULTS_MAX)] = Field(default_factory=list)
    since: Moment | None = None
    details: Annotated[dict[Seen, Seen], Field(max_length=DETAILS_MAX)] = Field(
        default_factory=dict
    )


class DeviceState(Answer):
    """`device/{id}/state` over MQTT, retained; the will says `online: false`.

    `faults` are the codes of everything that is ill ("printer:paper-out"), for programs that need
    no more. `role` is "kiosk", "hall-screen" or "window-display". `at` is the device's own clock
    when it said this; null in a will, which is written before the end it tells of.
    """

    session_id: Word
    online: bool
    version: Word
    faults: Annotated[list[Code], Field(max_length=FITTED_MAX * FAULTS_MAX)] = Field(
        default_factory=list
    )
    role: Word = ""
    place: Seen = ""
    window_id: Annotated[str, Field(pattern=WINDOW_PATTERN)] | None = None
    devices: Annotated[list[FittedDevice], Field(max_length=FITTED_MAX)] = Field(
        default_factory=list
    )
    at: Moment | None = None


class DeviceBeat(Answer):
    """`device/{id}/beat` over MQTT."""

    session_id: Word
    rendered_rev: Count
    uptime_s: Count


class DeviceCommand(Answer):
    """`device/{id}/command` over MQTT: the server asks, the broker forgets it after 30 s.

    `command` is "print-test", or one that a later version knows; `language` is that of the paper.
    """

    command_id: Word
    command: Word
    language: Word = ""
    at: Moment


class DeviceAck(Answer):
    """`device/{id}/ack` over MQTT: what came of a command. `sentence` as in `FaultSaid`."""

    command_id: Word
    session_id: Word
    done: bool
    code: Code
    sentence: Sentence


class ProblemAnswer(Answer):
    """`application/problem+json` (RFC 9457) with our stable `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str] = Field(default_factory=dict)
