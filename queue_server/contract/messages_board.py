"""What displays show, over MQTT and HTTP."""

from datetime import date

from pydantic import Field

from queue_server.contract.messages_base import Answer, Utc
from queue_server.contract.messages_staff import WindowState
from queue_server.contract.messages_tickets import Wait


class ServingRow(Answer):
    """One window's row on a board. `number` is the ticket at the window, if any."""

    window_id: str
    name: str
    state: WindowState
    number: str | None = None
    call_id: str | None = None
    attempt: int = 0
    called_at: Utc | None = None


class WaitingRow(Answer):
    """One group's queue on a board."""

    group_id: str
    name: dict[str, str]
    count: int
    wait: Wait | None = None


class RecentCall(Answer):
    """A call that was made, newest first."""

    number: str
    window_id: str
    at: Utc


class OpenStretch(Answer):
    """A stretch in which the hall is open, half-open."""

    opens: Utc
    closes: Utc


class HallHours(Answer):
    """What a hall says of its hours; None on a board of a hall that never closes.

    Attributes:
        time_zone: the hall's, an IANA name: what people are told is local time.
        today: opening stretches of the local day.
        numbers_until: when kiosks stop giving numbers (or pause, at lunch); None while they give
            none.
        closes: when the hall closes for the day; None once it has.
        next_numbers: when kiosks give numbers next; None while they do.
        reason: the holiday the hall is closed for today, by language.
    """

    time_zone: str
    today: list[OpenStretch]
    numbers_until: Utc | None = None
    closes: Utc | None = None
    next_numbers: Utc | None = None
    reason: dict[str, str] = Field(default_factory=dict)


class BoardSnapshot(Answer):
    """`board/{zone}` over MQTT, `GET /api/v1/board`, and the SSE stream: always whole.

    `open`: kiosks give numbers. `places`: numbers still to be had today, by item; items without a
    quota are not named. `unserved`: items that no window serves just now.
    """

    v: int
    epoch: int
    rev: int
    hall_id: str
    hall_name: dict[str, str]
    business_date: date | None
    open: bool
    serving: list[ServingRow]
    waiting: dict[str, WaitingRow]
    recent: list[RecentCall]
    notice: dict[str, str]
    at: Utc
    hours: HallHours | None = None
    places: dict[str, int] = Field(default_factory=dict)
    unserved: list[str] = Field(default_factory=list)


class WindowSnapshot(Answer):
    """`window/{window_id}` over MQTT."""

    v: int
    epoch: int
    rev: int
    window_id: str
    name: str
    number: str | None
    call_id: str | None
    attempt: int
    state: WindowState
    text: dict[str, str]
    at: Utc


class CallAnnouncement(Answer):
    """`call/{zone}` over MQTT: spoken once per (call_id, attempt), never after it expired."""

    call_id: str
    attempt: int
    epoch: int
    rev: int
    number: str
    window_id: str
    language: str | None
    phrases: list[str]
    text: dict[str, str]
    at: Utc


class ServerState(Answer):
    """`server/state` over MQTT, retained; the will says `online: false`."""

    online: bool
    epoch: int
    session_id: str
    at: Utc


class ServerBeat(Answer):
    """`server/beat` over MQTT: the newest rev of every retained topic, by its short name."""

    epoch: int
    topics: dict[str, int]
