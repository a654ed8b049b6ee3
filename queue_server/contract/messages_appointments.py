"""Appointments: slots, booking, and keeping one (docs/appointments.md). Nothing names a person."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from queue_server.contract.ids import SERVICE_PATTERN
from queue_server.contract.messages_base import Answer, Request, Utc
from queue_server.contract.messages_tickets import TicketAnswer

Code = Annotated[str, Field(min_length=1, max_length=40)]
Start = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A slot's start in the hall's local time."""
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]


class AppointmentState(StrEnum):
    """What has become of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"


class CheckInVerdict(StrEnum):
    """Whether an appointment can be kept now."""

    NOW = "now"
    EARLY = "early"
    LATE = "late"
    OTHER_DAY = "other_day"
    CANCELLED = "cancelled"
    USED = "used"


class SlotView(Answer):
    """One slot; `left` is 0 when it is full, or too soon to be booked (then not `bookable`)."""

    start: str
    at: Utc
    left: int
    bookable: bool


class DaySlots(Answer):
    """`GET /api/v1/appointments/slots`: the slots of a day, for one item."""

    service_id: str
    date: date
    open: bool
    slots: list[SlotView]


class BookingRequest(Request):
    """`POST /api/v1/appointments`."""

    service_id: Annotated[str, Field(pattern=SERVICE_PATTERN)]
    date: date
    start: Start
    language: Language | None = None


class MoveRequest(Request):
    """`POST /api/v1/appointments/move`."""

    code: Code
    date: date
    start: Start


class CodeRequest(Request):
    """`POST /api/v1/appointments/look-up` and `/cancel`: the code never stands in an address."""

    code: Code


class StaffCancelRequest(Request):
    """`POST /api/v1/appointments/{appointment_id}/cancel`: by staff, with a reason's code."""

    reason: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]


class AppointmentAnswer(Answer):
    """An appointment as its holder may see it.

    Attributes:
        start: the slot's start in the hall's local time; `at` is the same moment in UTC.
        opens: from when it can be kept; `closes` until when it counts; `opens_local` and
            `closes_local` are the same in the hall's local time ("09:40").
        due: its slot has come.
        ticket: what its holder has since checking in, while it is in the hall.
    """

    code: str
    hall_id: str
    service_id: str
    date: date
    start: str
    at: Utc
    opens: Utc
    closes: Utc
    opens_local: str
    closes_local: str
    due: bool
    state: AppointmentState
    verdict: CheckInVerdict
    ticket_id: str | None = None
    ticket: TicketAnswer | None = None


class AppointmentRow(Answer):
    """An appointment as staff see it: without the code that would let them use it."""

    appointment_id: str
    service_id: str
    group_id: str
    start: str
    at: Utc
    state: AppointmentState
    number: str | None = None


class AppointmentDay(Answer):
    """`GET /api/v1/appointments?date=`: a day of appointments, in the order of their slots."""

    date: date
    rows: list[AppointmentRow]
