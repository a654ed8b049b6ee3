"""Sessions, what clerks do, and what their page shows."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from queue_server.contract.ids import SERVICE_PATTERN, WINDOW_PATTERN
from queue_server.contract.messages_base import Answer, Request, Utc
from queue_server.contract.messages_help import HelpCalls
from queue_server.contract.messages_offline import DoubtfulTicket
from queue_server.contract.messages_tickets import TicketAnswer, TicketState


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
    appointment_at: Utc | None = None


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
    doubtful: list[DoubtfulTicket] = Field(default_factory=list)
    next_number: str | None
    own_today: dict[str, int | None]
    help: HelpCalls | None = None
    at: Utc
