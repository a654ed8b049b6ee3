"""What displays show, over MQTT and HTTP."""

from datetime import date

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


class BoardSnapshot(Answer):
    """`board/{zone}` over MQTT, `GET /api/v1/board`, and the SSE stream: always whole."""

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
