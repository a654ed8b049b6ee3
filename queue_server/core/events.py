"""The facts a journal holds.

An event says what happened, never why it was allowed; it names no person. Fields are added with a
default, or the event gets a new version and an upcast (`store/event_codec.py`). The time, the
actor and the clock's quality stand in the journal row beside it.
"""

from dataclasses import dataclass
from datetime import date

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
from queue_server.core.model import (
    Appointment,
    Grant,
    NextReason,
    Pace,
    Position,
    Request,
    Ticket,
    Window,
)
from queue_server.core.settings import HallSettings


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A business day begins; carries whatever crosses days, so replay starts here."""

    business_date: date
    settings: HallSettings
    settings_version: int
    catalogue_hash: str
    carried: tuple[Ticket, ...] = ()
    windows: tuple[Window, ...] = ()
    pace: tuple[tuple[GroupId, Pace], ...] = ()
    grants: tuple[Grant, ...] = ()
    kiosk_numbers: tuple[tuple[DeviceId, int], ...] = ()
    requests: tuple[Request, ...] = ()
    appointments: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The hall's settings, whole."""

    settings: HallSettings
    version: int
    catalogue_hash: str


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """A number was given. `principal` is a fingerprint keyed per hall and day, or None.

    `slot_ms` is the start of the slot when it was given to an appointment.
    """

    ticket_id: TicketId
    visit_id: VisitId
    label: str
    number: int
    service_id: ServiceId
    group_id: GroupId
    class_id: ClassId | None
    channel: str
    language: str | None = None
    principal: str | None = None
    low_s: int | None = None
    likely_s: int | None = None
    high_s: int | None = None
    ahead: int | None = None
    request_key: RequestKey | None = None
    slot_ms: int | None = None


@dataclass(frozen=True, slots=True)
class GrantGiven:
    """A kiosk may give numbers of its own while it is cut off."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class TicketUploaded:
    """A number that a kiosk gave while it was cut off became known.

    `issued_ms` is when it was given; the row's time is when the server heard of it. `doubt` is
    "late" or "unprinted" while it does not simply wait, else "".
    """

    ticket_id: TicketId
    visit_id: VisitId
    label: str
    service_id: ServiceId
    group_id: GroupId
    class_id: ClassId | None
    request_key: RequestKey
    grant_id: GrantId
    issued_ms: int
    doubt: str
    language: str | None = None
    principal: str | None = None
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class TicketSuperseded:
    """The server had given the request another number than its paper bears: the paper wins."""

    ticket_id: TicketId
    label: str
    old_label: str
    request_key: RequestKey
    grant_id: GrantId


@dataclass(frozen=True, slots=True)
class TicketConfirmed:
    """A doubtful number waits now; `by` is "clerk", "paper" or "grace"."""

    ticket_id: TicketId
    by: str


@dataclass(frozen=True, slots=True)
class TicketSettled:
    """A clerk said what became of a doubtful number: "served" or "no_show"."""

    ticket_id: TicketId
    fate: str


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """A waiting ticket was called to a window."""

    ticket_id: TicketId
    label: str
    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId
    reason: NextReason


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    """The same call again; `attempt` counts from 2."""

    ticket_id: TicketId
    label: str
    window_id: WindowId
    call_id: CallId
    attempt: int


@dataclass(frozen=True, slots=True)
class CallUndone:
    """A call was taken back within seconds; the ticket is at its old place."""

    ticket_id: TicketId
    window_id: WindowId


@dataclass(frozen=True, slots=True)
class TicketStarted:
    """The citizen is at the window."""

    ticket_id: TicketId
    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class TicketFinished:
    """Served; `outcome` is done, accepted, returned, advice or out_of_scope."""

    ticket_id: TicketId
    window_id: WindowId
    outcome: str


@dataclass(frozen=True, slots=True)
class TicketNoShow:
    """Called and did not come."""

    ticket_id: TicketId
    window_id: WindowId


@dataclass(frozen=True, slots=True)
class TicketRequeued:
    """A no-show is back in the queue, at `position`."""

    ticket_id: TicketId
    position: Position


@dataclass(frozen=True, slots=True)
class TicketHeld:
    """Parked by the clerk; the window is free again."""

    ticket_id: TicketId
    window_id: WindowId


@dataclass(frozen=True, slots=True)
class TicketResumed:
    """Back from hold: served at once, or called when the citizen had left the window."""

    ticket_id: TicketId
    window_id: WindowId
    clerk_id: ClerkId
    to_called: bool
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """Waiting again, for another item or window, under the same number: a new leg."""

    ticket_id: TicketId
    from_window: WindowId | None
    service_id: ServiceId
    group_id: GroupId
    to_window: WindowId | None
    position: Position


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    """Voided by staff."""

    ticket_id: TicketId
    reason: str


@dataclass(frozen=True, slots=True)
class TicketAbandoned:
    """The citizen gave up."""

    ticket_id: TicketId


@dataclass(frozen=True, slots=True)
class TicketExpired:
    """The day ended and nobody was served. `was` is the state it was left in."""

    ticket_id: TicketId
    was: str


@dataclass(frozen=True, slots=True)
class AppointmentBooked:
    """A place in a slot was taken. `channel` is "page" or "desk"."""

    appointment_id: AppointmentId
    service_id: ServiceId
    group_id: GroupId
    day: date
    start_min: int
    slot_ms: int
    channel: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    """The same appointment in another slot."""

    appointment_id: AppointmentId
    day: date
    start_min: int
    slot_ms: int


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    """Given back: `reason` is "citizen", or the code of staff's reason."""

    appointment_id: AppointmentId
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentKept:
    """Its holder checked in and got a ticket, which the event before this one issued."""

    appointment_id: AppointmentId
    ticket_id: TicketId


@dataclass(frozen=True, slots=True)
class AppointmentMissed:
    """Nobody came in time."""

    appointment_id: AppointmentId


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """Somebody at a kiosk wants somebody to come; who they are is not known."""

    help_id: HelpId
    device_id: DeviceId


@dataclass(frozen=True, slots=True)
class HelpAnswered:
    """One of the staff is on the way."""

    help_id: HelpId
    by: str


@dataclass(frozen=True, slots=True)
class HelpEnded:
    """`how` is helped, nobody_there, withdrawn or day_over."""

    help_id: HelpId
    how: str


@dataclass(frozen=True, slots=True)
class WindowSignedIn:
    """A clerk took a window; it is open."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class WindowSignedOut:
    """The window is closed."""

    window_id: WindowId


@dataclass(frozen=True, slots=True)
class WindowPaused:
    """The window stopped calling, with a reason (whereabouts)."""

    window_id: WindowId
    reason: str


@dataclass(frozen=True, slots=True)
class WindowReopened:
    """The window calls again."""

    window_id: WindowId


Event = (
    DayOpened
    | SettingsChanged
    | TicketIssued
    | GrantGiven
    | TicketUploaded
    | TicketSuperseded
    | TicketConfirmed
    | TicketSettled
    | TicketCalled
    | TicketRecalled
    | CallUndone
    | TicketStarted
    | TicketFinished
    | TicketNoShow
    | TicketRequeued
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | TicketCancelled
    | TicketAbandoned
    | TicketExpired
    | AppointmentBooked
    | AppointmentMoved
    | AppointmentCancelled
    | AppointmentKept
    | AppointmentMissed
    | HelpAsked
    | HelpAnswered
    | HelpEnded
    | WindowSignedIn
    | WindowSignedOut
    | WindowPaused
    | WindowReopened
)

EVENT_TYPES: tuple[type[Event], ...] = (
    DayOpened,
    SettingsChanged,
    TicketIssued,
    GrantGiven,
    TicketUploaded,
    TicketSuperseded,
    TicketConfirmed,
    TicketSettled,
    TicketCalled,
    TicketRecalled,
    CallUndone,
    TicketStarted,
    TicketFinished,
    TicketNoShow,
    TicketRequeued,
    TicketHeld,
    TicketResumed,
    TicketTransferred,
    TicketCancelled,
    TicketAbandoned,
    TicketExpired,
    AppointmentBooked,
    AppointmentMoved,
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMissed,
    HelpAsked,
    HelpAnswered,
    HelpEnded,
    WindowSignedIn,
    WindowSignedOut,
    WindowPaused,
    WindowReopened,
)

GIVES_LABEL = (TicketIssued, TicketUploaded, TicketSuperseded)
"""Events that put a number on a ticket: no two of a business day have the same."""
