"""Kiosks that were cut off: leave to give numbers, bringing them in, settling the doubtful."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from queue_server.contract.ids import SERVICE_PATTERN, UUID_PATTERN
from queue_server.contract.messages_base import Answer, Request, Utc
from queue_server.contract.messages_tickets import TicketAnswer, TicketState

OFFLINE_LABEL_PATTERN = r"^[A-Za-z0-9]{1,4}[0-9]{1,2}-[0-9]{2,3}$"
UPLOAD_MAX = 100
PAPER_TEXT_MAX = 512

Uuid = Annotated[str, Field(pattern=UUID_PATTERN)]


class GrantRequest(Request):
    """`POST /api/v1/grants`: leave to give numbers while the server cannot be reached.

    `storage_id` is made with the kiosk's memory and differs once that was put back from a copy;
    `holding` is the grant it has in its hands (the answer with a newer one may have been lost),
    `used` the highest counter used of it. What was given while cut off is uploaded before a grant
    is asked for.
    """

    storage_id: Uuid
    holding: Uuid | None = None
    used: Annotated[int, Field(ge=0, le=999)] = 0


class OpenTime(Answer):
    """When numbers are given, half-open."""

    opens: Utc
    closes: Utc


class GrantAnswer(Answer):
    """Labels are series prefix, `kiosk_no`, hyphen, counter (two digits at least).

    `open_times` says for the coming days when numbers are given, so that a cut-off kiosk keeps the
    hall's hours; `prefixes` is by group. `places`: how many numbers of an item with a quota this
    kiosk may give on `business_date`, beside those that the server has already.
    """

    grant_id: str
    kiosk_no: int
    business_date: date
    first: int
    last: int
    given_at: Utc
    prefixes: dict[str, str]
    open_times: list[OpenTime]
    places: dict[str, int] = Field(default_factory=dict)


class OfflineTicket(Request):
    """One number that a kiosk gave. `visit_of` is as in `TicketRequest`.

    `issued_at` is corrected by the known error of its clock.
    """

    request_key: Uuid
    grant_id: Uuid
    number: Annotated[str, Field(pattern=OFFLINE_LABEL_PATTERN)]
    service_id: Annotated[str, Field(pattern=SERVICE_PATTERN)]
    issued_at: Utc
    printed: bool
    priority_class: Annotated[str, Field(max_length=32)] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    visit_of: Uuid | None = None


class UploadRequest(Request):
    """`POST /api/v1/tickets/upload`: numbers in the order in which the kiosk gave them."""

    tickets: Annotated[list[OfflineTicket], Field(min_length=1, max_length=UPLOAD_MAX)]


class UploadOutcome(StrEnum):
    """What became of one number."""

    TAKEN = "taken"
    KNOWN = "known"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class UploadedTicket(Answer):
    """The answer to one number; `code` is a problem's where it was refused."""

    request_key: str
    number: str
    outcome: UploadOutcome
    ticket_id: str | None = None
    state: TicketState | None = None
    code: str | None = None


class UploadAnswer(Answer):
    """In the order of the upload. Every entry is settled: none need be sent again."""

    tickets: list[UploadedTicket]


class AdoptRequest(Request):
    """`POST /api/v1/tickets/adopt`: the text of the code on a paper that a clerk holds."""

    text: Annotated[str, Field(min_length=1, max_length=PAPER_TEXT_MAX)]


class SettleRequest(Request):
    """`POST /api/v1/tickets/{ticket_id}/settle`: what became of a doubtful number."""

    fate: Literal["served", "no_show", "waiting"]


class DoubtfulTicket(Answer):
    """A number that does not simply wait: it came late, or perhaps was never printed."""

    ticket_id: str
    number: str
    service_id: str
    priority_class: str | None
    doubt: Literal["late", "unprinted"]
    device_id: str
    issued_at: Utc
    uploaded_at: Utc


class DoubtfulTickets(Answer):
    """`GET /api/v1/tickets/doubtful`, the longest ago first."""

    tickets: list[DoubtfulTicket]


class SettledTicket(Answer):
    """Where a doubtful number stands now; `ticket` is None once it has left the hall."""

    state: TicketState
    ticket: TicketAnswer | None = None
