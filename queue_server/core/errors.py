"""What the domain refuses, with a stable code and the figures its sentence needs.

The codes are those of `queue_server.contract.problems`; a test keeps the two lists together. No
sentence and no HTTP status lives here.
"""


class QueueError(Exception):
    """A command was refused and nothing has changed.

    Attributes:
        code: stable, e.g. "window-busy".
        params: what the sentence names (labels, ids, figures), as text.
    """

    code = "refused"

    def __init__(self, **params: object) -> None:
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(self.code, self.params)


class NotOpen(QueueError):
    """Outside opening hours, or before the business day was opened."""

    code = "not-open"


class UnknownService(QueueError):
    """No such service item in this hall."""

    code = "unknown-service"


class UnknownTicket(QueueError):
    """No live ticket with this id."""

    code = "unknown-ticket"


class UnknownWindow(QueueError):
    """No such window in this hall."""

    code = "unknown-window"


class UnknownPriority(QueueError):
    """The pack has no such priority class."""

    code = "unknown-priority"


class IllegalTransition(QueueError):
    """The ticket's state does not allow this."""

    code = "illegal-transition"


class NothingToCall(QueueError):
    """Nobody waits for an item this window may serve."""

    code = "nothing-to-call"


class NoCurrentTicket(QueueError):
    """The window has no ticket at hand."""

    code = "no-current-ticket"


class WindowBusy(QueueError):
    """The window still has a ticket called or being served."""

    code = "window-busy"


class WindowClosed(QueueError):
    """Nobody is signed in at the window."""

    code = "window-closed"


class WindowIsPaused(QueueError):
    """The window is paused and calls nobody."""

    code = "window-paused"


class WindowTaken(QueueError):
    """Another clerk is signed in at the window."""

    code = "window-taken"


class NotYourWindow(QueueError):
    """The clerk acts at a window where someone else, or nobody, is signed in."""

    code = "not-your-window"


class NotServedHere(QueueError):
    """The window's skills do not cover the item."""

    code = "not-served-here"


class VisitorBusy(QueueError):
    """Another ticket of the same visit is called or being served."""

    code = "visitor-busy"


class ReasonNeeded(QueueError):
    """The action is allowed with a reason only."""

    code = "reason-needed"


class GraceOver(QueueError):
    """The no-show came back after the grace period."""

    code = "grace-over"


class DuplicateTicket(QueueError):
    """The same principal already has a live ticket for the item."""

    code = "duplicate-ticket"


class RequestKnown(QueueError):
    """The kiosk's request already became a ticket, under the number on its paper."""

    code = "request-known"


class UnknownGrant(QueueError):
    """The hall gave no such leave to this kiosk."""

    code = "unknown-grant"


class LabelOutsideGrant(QueueError):
    """The number is none that the grant covers."""

    code = "label-outside-grant"


class LabelTaken(QueueError):
    """Another request already has this number: two papers with one number are about."""

    code = "label-taken"


class NumbersExhausted(QueueError):
    """The series has no number left today."""

    code = "numbers-exhausted"


class QuotaFull(QueueError):
    """All numbers of the item that the hall gives in one day are given."""

    code = "quota-full"


class NoAppointments(QueueError):
    """The item takes no appointments in this hall."""

    code = "no-appointments"


class SlotClosed(QueueError):
    """There is no such slot, or it is not open for booking (closed day, too soon, too far)."""

    code = "slot-closed"


class SlotFull(QueueError):
    """Every place of the slot, or of the day, is taken."""

    code = "slot-full"


class UnknownAppointment(QueueError):
    """No appointment of today or later has this code."""

    code = "unknown-appointment"


class AppointmentCancelledBefore(QueueError):
    """It was given back."""

    code = "appointment-cancelled"


class AppointmentUsed(QueueError):
    """Its holder has checked in; names the ticket."""

    code = "appointment-used"


class AppointmentOtherDay(QueueError):
    """It is for another day."""

    code = "appointment-other-day"


class AppointmentEarly(QueueError):
    """Its holder may check in later; names when."""

    code = "appointment-early"


class AppointmentLate(QueueError):
    """Its time is over; a normal number can be taken."""

    code = "appointment-late"


class UnknownHelp(QueueError):
    """No open call for help has this id."""

    code = "unknown-help"


class HelpAnsweredBefore(QueueError):
    """Somebody else is on the way."""

    code = "help-answered"


class SettingsInvalid(QueueError):
    """Settings that contradict themselves or the tickets in the hall."""

    code = "settings-invalid"


class DayNotOver(QueueError):
    """The business day may not be rolled forward yet."""

    code = "day-not-over"


REFUSALS: tuple[type[QueueError], ...] = tuple(QueueError.__subclasses__())
