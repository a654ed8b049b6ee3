"""What may be asked of a hall. Ids and times are given: deciding draws nothing at random."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from queue_server.contract.ids import (
    AppointmentId,
    CallId,
    ClassId,
    ClerkId,
    DeviceId,
    GrantId,
    HelpId,
    RequestKey,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core.settings import HallSettings


@dataclass(frozen=True, slots=True)
class IssueTicket:
    """Give a number. `principal` is a keyed fingerprint; `staffed` overrides hours and quota."""

    ticket_id: TicketId
    visit_id: VisitId
    service_id: ServiceId
    class_id: ClassId | None = None
    channel: str = "kiosk"
    language: str | None = None
    principal: str | None = None
    staffed: bool = False
    request_key: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class GiveGrant:
    """Leave for a kiosk to give numbers while it is cut off; the same one while it still serves.

    `holding` is the grant the kiosk has in its hands, `used` the highest counter used of it.
    """

    grant_id: GrantId
    device_id: DeviceId
    storage_id: str
    holding: GrantId | None = None
    used: int = 0


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """A number that a kiosk gave while it was cut off.

    `issued_ms` is the kiosk's time, corrected by what it knows of its clock's error; `printed`
    whether its printer said so; `adopted` when a clerk holds the paper in hand.
    """

    request_key: RequestKey
    ticket_id: TicketId
    visit_id: VisitId
    grant_id: GrantId
    label: str
    service_id: ServiceId
    issued_ms: int
    printed: bool
    class_id: ClassId | None = None
    language: str | None = None
    principal: str | None = None
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmTicket:
    """A doubtful number counts: the person is here, or the time of grace has passed."""

    ticket_id: TicketId
    by: str


@dataclass(frozen=True, slots=True)
class SettleTicket:
    """What became of a doubtful number while the hall was cut off: "served" or "no_show"."""

    ticket_id: TicketId
    fate: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Take a window."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """Call again after a pause, or take a closed window."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class PauseWindow:
    """Stop calling, with a reason."""

    window_id: WindowId
    clerk_id: ClerkId
    reason: str


@dataclass(frozen=True, slots=True)
class CloseWindow:
    """Leave the window."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class CallNext:
    """Call whoever is next for this window."""

    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class CallTicket:
    """Call a given ticket out of order, with a reason."""

    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId
    ticket_id: TicketId
    reason: str


@dataclass(frozen=True, slots=True)
class ServeNow:
    """Issue, call and start in one step, at the desk."""

    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId
    ticket_id: TicketId
    visit_id: VisitId
    service_id: ServiceId
    class_id: ClassId | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NextService:
    """Finish, and give the same visit a ticket for another item; served at once if possible."""

    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId
    ticket_id: TicketId
    service_id: ServiceId
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Recall:
    """Call the current ticket again."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class UndoCall:
    """Take the call back."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class Start:
    """The citizen is here."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class Finish:
    """The matter is dealt with."""

    window_id: WindowId
    clerk_id: ClerkId
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class NoShow:
    """Nobody came."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class Hold:
    """Park the current ticket."""

    window_id: WindowId
    clerk_id: ClerkId


@dataclass(frozen=True, slots=True)
class Resume:
    """Take a held ticket back (the only one held here when `ticket_id` is None)."""

    window_id: WindowId
    clerk_id: ClerkId
    call_id: CallId
    ticket_id: TicketId | None = None
    to_called: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send a ticket (the current one when None) to another item and/or window."""

    window_id: WindowId
    clerk_id: ClerkId
    ticket_id: TicketId | None
    to_service: ServiceId | None
    to_window: WindowId | None
    position: Literal["front", "by_issue_time", "end"] = "by_issue_time"


@dataclass(frozen=True, slots=True)
class Requeue:
    """A no-show is back. A clerk may take it back also after the grace period."""

    ticket_id: TicketId
    by_clerk: bool = False


@dataclass(frozen=True, slots=True)
class CancelTicket:
    """Void a ticket, with a reason."""

    ticket_id: TicketId
    reason: str


@dataclass(frozen=True, slots=True)
class Abandon:
    """The citizen gives the number back."""

    ticket_id: TicketId


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """Take a place in the slot that starts at `start_min` of `day`: the moment `slot_ms`."""

    appointment_id: AppointmentId
    service_id: ServiceId
    day: date
    start_min: int
    slot_ms: int
    channel: str = "page"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MoveAppointment:
    """Take a place in another slot instead. `service_id` is the appointment's own."""

    appointment_id: AppointmentId
    service_id: ServiceId
    day: date
    start_min: int
    slot_ms: int


@dataclass(frozen=True, slots=True)
class CancelAppointment:
    """Give the place back; `reason` is "citizen", or the code of staff's reason."""

    appointment_id: AppointmentId
    reason: str


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The holder of an appointment is here."""

    appointment_id: AppointmentId
    ticket_id: TicketId
    visit_id: VisitId
    channel: str = "kiosk"
    language: str | None = None
    staffed: bool = False
    request_key: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class MissAppointment:
    """Note that nobody came in time; nothing when somebody did."""

    appointment_id: AppointmentId


@dataclass(frozen=True, slots=True)
class AskHelp:
    """Somebody is to come to this kiosk."""

    help_id: HelpId
    device_id: DeviceId


@dataclass(frozen=True, slots=True)
class AnswerHelp:
    """`by` (a username) is on the way."""

    help_id: HelpId
    by: str


@dataclass(frozen=True, slots=True)
class EndHelp:
    """The call is over; `how` is helped, nobody_there or withdrawn."""

    help_id: HelpId
    how: str


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """New settings, whole."""

    settings: HallSettings
    catalogue_hash: str


@dataclass(frozen=True, slots=True)
class RollDay:
    """Close the business day, if any, and open another. `force` also expires tickets at hand."""

    business_date: date
    force: bool = False


Command = (
    IssueTicket
    | GiveGrant
    | UploadTicket
    | ConfirmTicket
    | SettleTicket
    | SignIn
    | OpenWindow
    | PauseWindow
    | CloseWindow
    | CallNext
    | CallTicket
    | ServeNow
    | NextService
    | Recall
    | UndoCall
    | Start
    | Finish
    | NoShow
    | Hold
    | Resume
    | Transfer
    | Requeue
    | CancelTicket
    | Abandon
    | BookAppointment
    | MoveAppointment
    | CancelAppointment
    | CheckIn
    | MissAppointment
    | AskHelp
    | AnswerHelp
    | EndHelp
    | ChangeSettings
    | RollDay
)
