"""Tickets: asked for, given, and looked up."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from queue_server.contract.ids import SERVICE_PATTERN, UUID_PATTERN
from queue_server.contract.messages_base import Answer, Request, Utc


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
    """`POST /api/v1/tickets`.

    `visit_of` names an earlier ticket of the same visit by its id, or by the key of its request
    where a kiosk gave it while cut off: the visit goes on.
    `appointment`: the code of an appointment for the item, which is kept by this.
    """

    service_id: Annotated[str, Field(pattern=SERVICE_PATTERN)]
    priority_class: Annotated[str, Field(max_length=32)] | None = None
    visitor: Visitor | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    channel: Literal["kiosk", "desk", "phone"] | None = None
    visit_of: Annotated[str, Field(pattern=UUID_PATTERN)] | None = None
    appointment: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class Wait(Answer):
    """An honest wait: a point and an 80 % interval, in seconds from `computed_at`."""

    low_s: int
    likely_s: int
    high_s: int
    computed_at: Utc


class TicketAnswer(Answer):
    """A ticket as its holder may see it. `ahead` counts people likely to be called before.

    `appointment_at` is the start of the slot of an appointment, `appointment_start` the same on the
    hall's clock ("10:00").
    """

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
    appointment_at: Utc | None = None
    appointment_start: str = ""


class TicketLookUp(Request):
    """`POST /api/v1/tickets/look-up`: exactly one of the three.

    `principal` is the number a card or code gave, never one that was typed; only its keyed
    fingerprint is compared. `paper` is the code on the paper of a kiosk that was cut off.
    """

    principal: Annotated[str, Field(min_length=4, max_length=64)] | None = None
    ticket_id: Annotated[str, Field(pattern=UUID_PATTERN)] | None = None
    paper: Annotated[str, Field(min_length=1, max_length=512)] | None = None


class TicketsFound(Answer):
    """The answer to `TicketLookUp`.

    With a document its person's live tickets, the first given first; with a paper its ticket,
    whatever has become of it, and the live ones of the same visit. Fields are added beside
    `tickets`: once cases exist, they stand there.
    """

    tickets: list[TicketAnswer]
