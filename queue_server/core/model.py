"""The floor of a hall: its live tickets and windows, as frozen values.

The maps are persistent (`immutables.Map`): a change shares all it does not touch, so that the
committed and the pending state stand side by side at the price of a reference. A ticket leaves
the floor with its final state; what it was stands in the journal and in the `ticket_leg` rows.
Times are UTC milliseconds since 1970.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from immutables import Map

from queue_server.contract.ids import (
    AppointmentId,
    CallId,
    ClassId,
    ClerkId,
    DeviceId,
    GrantId,
    GroupId,
    HelpId,
    RequestKey,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core.settings import HallSettings, Skills


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    NO_SHOW = "no_show"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


FINAL = frozenset(
    {
        TicketState.FINISHED,
        TicketState.CANCELLED,
        TicketState.ABANDONED,
        TicketState.EXPIRED,
    },
)


class Position(NamedTuple):
    """A place in a lane: sorted by time, then by journal seq, then by the later insertion."""

    at_ms: int
    seq: int
    sub: int = 0


class Lane(NamedTuple):
    """A queue of tickets that are interchangeable to every window.

    `class_id` "" is a normal ticket; `window_id` "" means any window with the skill. Tickets of
    appointments stand in lanes of their own.
    """

    service_id: ServiceId
    class_id: str
    window_id: str
    appointment: bool = False


class Entry(NamedTuple):
    """A ticket's place in its lane."""

    position: Position
    ticket_id: TicketId


@dataclass(frozen=True)
class Ticket:
    """One live ticket. A *leg* is one wait-walk-service stretch; a transfer starts a new one.

    `slot_ms` is the start of the slot of an appointment; None for every other ticket.
    """

    ticket_id: TicketId
    visit_id: VisitId
    label: str
    service_id: ServiceId
    group_id: GroupId
    class_id: ClassId | None
    channel: str
    language: str | None
    principal: str | None
    issued_ms: int
    issue_seq: int
    state: TicketState
    since_ms: int
    position: Position
    leg: int = 1
    leg_start_ms: int = 0
    first_call_ms: int | None = None
    last_call_ms: int | None = None
    call_id: CallId | None = None
    attempt: int = 0
    window_id: WindowId | None = None
    clerk_id: ClerkId | None = None
    started_ms: int | None = None
    walk_ms: int | None = None
    served_ms: int = 0
    held_ms: int = 0
    pinned_window: WindowId | None = None
    offline: "Offline | None" = None
    slot_ms: int | None = None

    @property
    def waiting_since_ms(self) -> int:
        """Since when it has waited to be called: a no-show waits anew from its return."""
        return self.leg_start_ms if self.first_call_ms is None else self.since_ms

    @property
    def lane(self) -> Lane:
        """The lane this ticket waits in."""
        appointment = self.slot_ms is not None
        return Lane(self.service_id, self.class_id or "", self.pinned_window or "", appointment)


@dataclass(frozen=True)
class Window:
    """A window: who sits there and which ticket is at hand (called or serving).

    `priority_streak` counts the priority tickets called in a row, `streak_before` is what it was
    before the call at hand, for when that is undone; `appointment_streak` and
    `appointments_before` are the same for appointments.
    """

    window_id: WindowId
    clerk_id: ClerkId | None = None
    pause_reason: str | None = None
    ticket_id: TicketId | None = None
    since_ms: int = 0
    priority_streak: int = 0
    reason: "NextReason | None" = None
    streak_before: int = 0
    appointment_streak: int = 0
    appointments_before: int = 0

    @property
    def attended(self) -> bool:
        """Someone is signed in and the window is not paused."""
        return self.clerk_id is not None and self.pause_reason is None


class AppointmentState(StrEnum):
    """What has become of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True)
class Appointment:
    """A place in a slot of a day, for one item. It names no person.

    `start_min` is the slot's start in minutes of the local day, `slot_ms` the same as a moment;
    `ticket_id` what its holder has since checking in.
    """

    appointment_id: AppointmentId
    service_id: ServiceId
    group_id: GroupId
    day: date
    start_min: int
    slot_ms: int
    booked_ms: int
    language: str | None = None
    state: AppointmentState = AppointmentState.BOOKED
    ticket_id: TicketId | None = None


@dataclass(frozen=True, slots=True)
class Offline:
    """What is known of a number that a kiosk gave while it was cut off.

    Attributes:
        device_id: the kiosk.
        uploaded_ms: when the server heard of it.
        doubt: why it does not simply wait: "late" or "unprinted"; "" when there is none.
    """

    device_id: DeviceId
    uploaded_ms: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave for one kiosk to give numbers of its own while it is cut off (durability.md).

    Its labels are series, kiosk number, hyphen and a counter from `first` to `last`, in every
    series. A kiosk whose memory is another one than before (a disk put back from a copy) has
    another `storage_id`, and gets other counters: what the lost memory printed is out of reach.
    """

    grant_id: GrantId
    device_id: DeviceId
    kiosk_no: int
    storage_id: str
    business_date: date
    first: int
    last: int
    given_ms: int


@dataclass(frozen=True, slots=True)
class HelpCall:
    """Somebody at a kiosk asks for help. `answered_by` is a clerk's or guide's username."""

    help_id: HelpId
    device_id: DeviceId
    asked_ms: int
    answered_ms: int | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Which ticket a kiosk's request became; kept for the business day and the next.

    `grant_id` is that of a paper a cut-off kiosk gave: it is kept as long as the grant, because a
    memory put back from a copy brings its papers in once more while that serves.
    """

    key: RequestKey
    ticket_id: TicketId
    label: str
    grant_id: GrantId | None = None


@dataclass(frozen=True, slots=True)
class NextReason:
    """Why a ticket was next: a code and the figures its sentence names."""

    code: str
    waited_s: int = 0
    priority_streak: int = 0
    text_code: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a group is called: the work between two calls, in window-seconds.

    `count` and `work_s` are exponentially forgotten sums (see `core/estimate.py`).
    """

    count: float = 0.0
    work_s: float = 0.0
    last_call_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RecentCall:
    """A call as boards list it."""

    label: str
    window_id: WindowId
    at_ms: int


@dataclass(frozen=True)
class Floor:
    """Everything commands are decided on. `seq` is that of the last event it contains.

    `requests` has the requests of kiosks of this business day, `earlier_requests` those of the day
    before and of papers whose grant still serves; `paper_labels` the labels that cut-off kiosks
    gave and that are filed under this day; `given` the numbers of each item that were given
    today, for its quota. `appointments` are those of today and later, with what became of them.
    `help_calls` are the calls for somebody to come to a kiosk that are not over.

    Like tickets and windows without slots, unlike the rest: see `changed`.
    """

    seq: int = 0
    business_date: date | None = None
    settings: HallSettings | None = None
    skills: Skills | None = field(default=None, compare=False)
    settings_version: int = 0
    catalogue_hash: str = ""
    tickets: Map[TicketId, Ticket] = field(default_factory=Map)
    lanes: Map[Lane, tuple[Entry, ...]] = field(default_factory=Map)
    windows: Map[WindowId, Window] = field(default_factory=Map)
    counters: Map[GroupId, int] = field(default_factory=Map)
    given: Map[ServiceId, int] = field(default_factory=Map)
    waiting: Map[GroupId, int] = field(default_factory=Map)
    busy_visits: Map[VisitId, TicketId] = field(default_factory=Map)
    principals: Map[tuple[str, ServiceId], TicketId] = field(default_factory=Map)
    pace: Map[GroupId, Pace] = field(default_factory=Map)
    recent: tuple[RecentCall, ...] = ()
    grants: Map[GrantId, Grant] = field(default_factory=Map)
    kiosk_numbers: Map[DeviceId, int] = field(default_factory=Map)
    requests: Map[RequestKey, Request] = field(default_factory=Map)
    earlier_requests: Map[RequestKey, Request] = field(default_factory=Map)
    paper_labels: Map[str, RequestKey] = field(default_factory=Map)
    appointments: Map[AppointmentId, Appointment] = field(default_factory=Map)
    help_calls: Map[HelpId, HelpCall] = field(default_factory=Map)


Changeable = TypeVar("Changeable", Floor, Ticket, Window, Appointment)


def changed(old: Changeable, **change: Any) -> Changeable:  # noqa: ANN401 - fields of `old`
    """A floor, ticket, window or appointment with some fields changed.

    It costs a tenth of `dataclasses.replace`: every event makes several, and setting each field of
    a frozen dataclass anew was a quarter of the cost of a ticket (docs/performance.md) and most of
    a start.
    """
    new = object.__new__(type(old))
    new.__dict__.update(old.__dict__, **change)
    return new
