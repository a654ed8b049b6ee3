"""Every JSON message that crosses a process, over HTTP or MQTT.

Times are ISO 8601 UTC with milliseconds and "Z"; durations are whole or fractional seconds with
`_s` in the name; dates are the hall's business dates. Requests refuse unknown fields; answers may
grow, so a reader ignores what it does not know.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from queue_server.contract.ids import (
    GROUP_PATTERN,
    SERVICE_PATTERN,
    WINDOW_PATTERN,
)


def _utc_z(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Utc = Annotated[datetime, PlainSerializer(_utc_z, return_type=str, when_used="json")]


class Request(BaseModel):
    """What a client sends: unknown fields are an error, and so are control characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000)

    @model_validator(mode="after")
    def _visible(self) -> Self:
        """No text may hold C0, DEL or C1: no database, log or printer is to meet them."""
        for value in self.__dict__.values():
            if isinstance(value, str) and any(c < " " or "\x7f" <= c < "\xa0" for c in value):
                raise ValueError("a text has control characters")
        return self


class Answer(BaseModel):
    """What the server sends: a reader ignores fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# --- tickets ---------------------------------------------------------------------------------


class TicketState(StrEnum):
    """Where a ticket is in its life (domain.md, `core/transitions.py`)."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    NO_SHOW = "no_show"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    UNCONFIRMED = "unconfirmed"


class Visitor(Request):
    """Who comes, as far as the hall needs it. Never in the journal; see docs/privacy.md.

    `principal` is the number of the person the matter is for (only a keyed fingerprint is kept);
    `name` is kept masked.
    """

    principal: Annotated[str, Field(min_length=4, max_length=64)] | None = None
    document_kind: Annotated[str, Field(max_length=32)] | None = None
    name: Annotated[str, Field(max_length=64)] | None = None
    agent: bool = False


class TicketRequest(Request):
    """`POST /api/v1/tickets`."""

    service_id: Annotated[str, Field(pattern=SERVICE_PATTERN)]
    priority_class: Annotated[str, Field(max_length=32)] | None = None
    visitor: Visitor | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    channel: Literal["kiosk", "desk", "phone"] | None = None


class Wait(Answer):
    """An honest wait: a point and an 80 % interval, in seconds from `computed_at`."""

    low_s: int
    likely_s: int
    high_s: int
    computed_at: Utc


class TicketAnswer(Answer):
    """A ticket as its holder may see it. `ahead` counts people likely to be called before."""

    ticket_id: str
    visit_id: str
    number: str
    service_id: str
    group_id: str
    state: TicketState
    ahead: int
    windows: list[str]
    wait: Wait | None
    issued_at: Utc
    business_date: date
    priority_class: str | None = None
    window_id: str | None = None
    masked_name: str | None = None


# --- staff -----------------------------------------------------------------------------------


class SessionRequest(Request):
    """`POST /api/v1/session`."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    window_id: Annotated[str, Field(pattern=WINDOW_PATTERN)] | None = None


class SessionAnswer(Answer):
    """A signed-in session; `token` serves programs as `Authorization: Bearer`."""

    token: str
    role: str
    username: str
    display_name: str
    window_id: str | None = None
    expires_at: Utc


WindowAction = Literal[
    "open",
    "pause",
    "close",
    "serve-now",
    "call-next",
    "call",
    "recall",
    "start",
    "finish",
    "no-show",
    "hold",
    "resume",
    "transfer",
    "requeue",
    "undo-call",
    "cancel",
    "next-service",
]


class WindowActionRequest(Request):
    """The body of `POST /api/v1/windows/{window_id}/{action}`; every field is optional.

    Which ones an action reads: pause `reason`; call, resume, requeue, cancel `ticket_id` (call
    also `reason`); transfer `to_service`, `to_window`, `position`; serve-now and next-service
    `service_id` (and `priority_class`); finish `outcome`.
    """

    ticket_id: Annotated[str, Field(max_length=64)] | None = None
    reason: Annotated[str, Field(max_length=64)] | None = None
    text: Annotated[str, Field(max_length=500)] | None = None
    to_service: Annotated[str, Field(pattern=SERVICE_PATTERN)] | None = None
    to_window: Annotated[str, Field(pattern=WINDOW_PATTERN)] | None = None
    position: Literal["front", "by_issue_time", "end"] = "by_issue_time"
    service_id: Annotated[str, Field(pattern=SERVICE_PATTERN)] | None = None
    priority_class: Annotated[str, Field(max_length=32)] | None = None
    outcome: Literal["done", "accepted", "returned", "advice", "out_of_scope"] = "done"
    to_called: bool = False


class CallInfo(Answer):
    """One call of a ticket to a window; `attempt` counts recalls from 1."""

    call_id: str
    attempt: int


class NextReason(Answer):
    """Why this ticket was the next one: a code, its figures, and the sentence made of them."""

    code: str
    waited_s: int
    priority_streak: int
    sentence: str


class WindowActionAnswer(Answer):
    """What an action did."""

    ticket: TicketAnswer | None = None
    call: CallInfo | None = None
    reason: NextReason | None = None


class QueuedTicket(Answer):
    """A ticket in a clerk's list."""

    ticket_id: str
    number: str
    service_id: str
    state: TicketState
    priority_class: str | None
    issued_at: Utc
    since: Utc
    window_id: str | None = None


class WindowState(StrEnum):
    """What a window is doing."""

    CLOSED = "closed"
    OPEN = "open"
    CALLING = "calling"
    SERVING = "serving"
    PAUSED = "paused"


class WindowView(Answer):
    """`GET /api/v1/windows/{window_id}` and its stream: all a clerk page shows."""

    rev: int
    epoch: int
    window_id: str
    name: str
    state: WindowState
    clerk: str | None
    pause_reason: str | None
    current: TicketAnswer | None
    current_since: Utc | None
    call: CallInfo | None
    reason: NextReason | None
    services: list[str]
    waiting_count: int
    queue: list[QueuedTicket]
    held: list[QueuedTicket]
    no_shows: list[QueuedTicket]
    next_number: str | None
    own_today: dict[str, int | None]
    at: Utc


# --- board -----------------------------------------------------------------------------------


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


class DeviceState(Answer):
    """`device/{id}/state` over MQTT, retained; the will says `online: false`."""

    session_id: str
    online: bool
    version: str
    faults: list[str] = Field(default_factory=list)


class DeviceBeat(Answer):
    """`device/{id}/beat` over MQTT."""

    session_id: str
    rendered_rev: int
    uptime_s: int


# --- catalogue and settings ------------------------------------------------------------------


class CatalogueGroup(Answer):
    """A service group: the items that share a queue and a series."""

    group_id: Annotated[str, Field(pattern=GROUP_PATTERN)]
    name: dict[str, str]
    icon: str
    windows: list[str]


class CatalogueItem(Answer):
    """A service item; `extra` holds the pack's fields, already in every language of the pack."""

    service_id: str
    group_id: str
    name: dict[str, str]
    plain_name: dict[str, str]
    aliases: list[str]
    search_keys: list[str]
    icon: str
    topics: list[str]
    target_s: int | None
    extra: dict[str, object]


class CatalogueTopic(Answer):
    """A life event that items are found under."""

    topic_id: str
    name: dict[str, str]
    icon: str


class CataloguePriority(Answer):
    """A priority class a citizen may ask for. The reason is never asked."""

    class_id: str
    name: dict[str, str]


class Catalogue(Answer):
    """`GET /api/v1/catalogue`: all a kiosk needs to lead a citizen, also when cut off."""

    version: str
    hash: str
    pack: str
    hall_id: str
    hall_name: dict[str, str]
    time_zone: str = "UTC"
    languages: list[str]
    id_reader: bool
    groups: list[CatalogueGroup]
    topics: list[CatalogueTopic]
    items: list[CatalogueItem]
    priority_classes: list[CataloguePriority]
    public_url: str | None


# --- statistics ------------------------------------------------------------------------------


class Figures(Answer):
    """A distribution in seconds; every figure is null when `count` is 0 ("no data", not 0)."""

    count: int
    mean_s: float | None
    median_s: float | None
    p80_s: float | None
    p90_s: float | None
    p95_s: float | None
    max_s: float | None


class StatisticsRow(Answer):
    """The figures of one window, service, clerk, hour, priority class, or of the hall."""

    key: str
    issued: int
    called: int
    finished: int
    no_show: int
    abandoned: int
    cancelled: int
    expired: int
    transferred: int
    live: int
    wait: Figures
    walk: Figures
    service: Figures
    hold: Figures
    within_target: float | None
    no_show_rate: float | None
    abandon_rate: float | None


class Statistics(Answer):
    """`GET /api/v1/statistics`."""

    from_date: date
    to_date: date
    by: str
    total: StatisticsRow
    rows: list[StatisticsRow]
    computed_at: Utc


# --- devices ---------------------------------------------------------------------------------


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


class ProblemAnswer(Answer):
    """`application/problem+json` (RFC 9457) with our stable `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str] = Field(default_factory=dict)
