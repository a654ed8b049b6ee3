"""Stable codes of everything that can be refused, and their sentences.

A problem crosses the wire as `application/problem+json` with `code`, `status` and a `detail` in
the asker's language. The sentence is an English gettext msgid; `{name}` parts are filled with the
problem's parameters after translation. Codes are part of the contract: they are added, never
renamed.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

PROBLEM_TYPE_ROOT = "https://bianmin.example/problems/"
"""An identifier, not an address: nothing is ever fetched from it (RFC 9457, section 3.1.1)."""


def N_(text: str) -> str:  # noqa: N802 - the conventional name of gettext's no-op marker
    """Mark a sentence for extraction; it is translated where it is shown."""
    return text


class Code(StrEnum):
    """What went wrong, for programs."""

    NOT_OPEN = "not-open"
    UNKNOWN_SERVICE = "unknown-service"
    UNKNOWN_TICKET = "unknown-ticket"
    UNKNOWN_WINDOW = "unknown-window"
    UNKNOWN_PRIORITY = "unknown-priority"
    ILLEGAL_TRANSITION = "illegal-transition"
    NOTHING_TO_CALL = "nothing-to-call"
    NO_CURRENT_TICKET = "no-current-ticket"
    WINDOW_BUSY = "window-busy"
    WINDOW_CLOSED = "window-closed"
    WINDOW_PAUSED = "window-paused"
    WINDOW_TAKEN = "window-taken"
    NOT_YOUR_WINDOW = "not-your-window"
    NOT_SERVED_HERE = "not-served-here"
    VISITOR_BUSY = "visitor-busy"
    REASON_NEEDED = "reason-needed"
    GRACE_OVER = "grace-over"
    DUPLICATE_TICKET = "duplicate-ticket"
    NUMBERS_EXHAUSTED = "numbers-exhausted"
    QUOTA_FULL = "quota-full"
    REQUEST_KNOWN = "request-known"
    UNKNOWN_GRANT = "unknown-grant"
    LABEL_OUTSIDE_GRANT = "label-outside-grant"
    LABEL_TAKEN = "label-taken"
    PAPER_REFUSED = "paper-refused"
    PAPER_NOT_IN = "paper-not-in"
    NO_APPOINTMENTS = "no-appointments"
    SLOT_CLOSED = "slot-closed"
    SLOT_FULL = "slot-full"
    UNKNOWN_APPOINTMENT = "unknown-appointment"
    APPOINTMENT_CANCELLED = "appointment-cancelled"
    APPOINTMENT_USED = "appointment-used"
    APPOINTMENT_OTHER_DAY = "appointment-other-day"
    APPOINTMENT_EARLY = "appointment-early"
    APPOINTMENT_LATE = "appointment-late"
    UNKNOWN_HELP = "unknown-help"
    HELP_ANSWERED = "help-answered"
    SETTINGS_INVALID = "settings-invalid"
    DAY_NOT_OVER = "day-not-over"
    KEY_REUSED = "idempotency-key-reused"
    KEY_INVALID = "idempotency-key-invalid"
    OUTCOME_UNKNOWN = "outcome-unknown"
    STORE_UNAVAILABLE = "store-unavailable"
    OVERLOADED = "overloaded"
    STARTING = "starting"
    UNAUTHENTICATED = "unauthenticated"
    WRONG_CREDENTIALS = "wrong-credentials"
    FORBIDDEN = "forbidden"
    CROSS_ORIGIN = "cross-origin"
    INVALID_REQUEST = "invalid-request"
    MALFORMED_JSON = "malformed-json"
    BODY_TOO_LARGE = "body-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    TOO_MANY_REQUESTS = "too-many-requests"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    ENROLMENT_REFUSED = "enrolment-refused"
    DEVICE_NOT_CONNECTED = "device-not-connected"
    DEVICE_ASKED_ALREADY = "device-asked-already"
    CLOCK_NOT_DRIVEN = "clock-not-driven"
    NAME_TAKEN = "name-taken"
    INTERNAL = "internal"


class Problem(NamedTuple):
    """How a code looks over HTTP."""

    status: int
    sentence: str


PROBLEMS = MappingProxyType(
    {
        Code.NOT_OPEN: Problem(409, N_("The hall is not taking numbers now. {detail}")),
        Code.UNKNOWN_SERVICE: Problem(404, N_("This hall has no service item {service_id}.")),
        Code.UNKNOWN_TICKET: Problem(404, N_("This ticket is not known here.")),
        Code.UNKNOWN_WINDOW: Problem(404, N_("This hall has no window {window_id}.")),
        Code.UNKNOWN_PRIORITY: Problem(422, N_("There is no priority class {class_id}.")),
        Code.ILLEGAL_TRANSITION: Problem(
            409, N_("Ticket {number} cannot do that now: its state is {state}.")
        ),
        Code.NOTHING_TO_CALL: Problem(409, N_("Nobody is waiting for this window.")),
        Code.NO_CURRENT_TICKET: Problem(409, N_("Window {window_id} has no ticket at hand.")),
        Code.WINDOW_BUSY: Problem(
            409, N_("Window {window_id} still has ticket {number}; finish it first.")
        ),
        Code.WINDOW_CLOSED: Problem(409, N_("Nobody has signed in at window {window_id}.")),
        Code.WINDOW_PAUSED: Problem(409, N_("Window {window_id} is paused; open it first.")),
        Code.WINDOW_TAKEN: Problem(409, N_("Window {window_id} is used by another clerk.")),
        Code.NOT_YOUR_WINDOW: Problem(403, N_("You are not signed in at window {window_id}.")),
        Code.NOT_SERVED_HERE: Problem(409, N_("Window {window_id} does not serve this item.")),
        Code.VISITOR_BUSY: Problem(
            409, N_("The same visitor is being served with another ticket just now.")
        ),
        Code.REASON_NEEDED: Problem(422, N_("Please give a reason.")),
        Code.GRACE_OVER: Problem(
            409, N_("Ticket {number} was called too long ago to come back to the queue.")
        ),
        Code.DUPLICATE_TICKET: Problem(
            409, N_("You already have ticket {number} for this item; it still counts.")
        ),
        Code.NUMBERS_EXHAUSTED: Problem(409, N_("All numbers of series {series} are used today.")),
        Code.QUOTA_FULL: Problem(
            409, N_("All of today's numbers for this matter are taken. Please ask at the desk.")
        ),
        Code.REQUEST_KNOWN: Problem(
            409, N_("This request already has the number {number}; the paper counts.")
        ),
        Code.UNKNOWN_GRANT: Problem(
            409, N_("This kiosk was not given leave to give numbers of its own.")
        ),
        Code.LABEL_OUTSIDE_GRANT: Problem(
            409, N_("Number {number} is none of those this kiosk may give while it is cut off.")
        ),
        Code.LABEL_TAKEN: Problem(
            409,
            N_("Number {number} was already given to somebody else today. Call the administrator."),
        ),
        Code.PAPER_REFUSED: Problem(
            422, N_("This paper was not printed by a kiosk of this hall, or it cannot be read.")
        ),
        Code.PAPER_NOT_IN: Problem(
            409,
            N_(
                "Number {number} counts, but its kiosk could not bring it in yet. Please show the "
                "paper at a window."
            ),
        ),
        Code.NO_APPOINTMENTS: Problem(
            409, N_("This hall takes no appointments for this item. Please take a number.")
        ),
        Code.SLOT_CLOSED: Problem(
            409, N_("{date} {start} cannot be booked. Please choose another time.")
        ),
        Code.SLOT_FULL: Problem(
            409, N_("All places of {date} {start} are taken. Please choose another time.")
        ),
        Code.UNKNOWN_APPOINTMENT: Problem(
            404, N_("No appointment here has this code, or its day is over.")
        ),
        Code.APPOINTMENT_CANCELLED: Problem(409, N_("This appointment was cancelled.")),
        Code.APPOINTMENT_USED: Problem(
            409, N_("This appointment was used already, for the number {number}.")
        ),
        Code.APPOINTMENT_OTHER_DAY: Problem(409, N_("This appointment is for {date} at {start}.")),
        Code.APPOINTMENT_EARLY: Problem(
            409, N_("Your appointment is at {start}; you can check in from {opens}.")
        ),
        Code.APPOINTMENT_LATE: Problem(
            409,
            N_("The appointment at {start} is over. Please take a normal number instead."),
        ),
        Code.UNKNOWN_HELP: Problem(404, N_("This call for help is over.")),
        Code.HELP_ANSWERED: Problem(409, N_("{by} is on the way already.")),
        Code.SETTINGS_INVALID: Problem(422, N_("These settings do not fit together: {detail}")),
        Code.DAY_NOT_OVER: Problem(409, N_("The business day cannot be closed yet: {detail}")),
        Code.KEY_REUSED: Problem(422, N_("This idempotency key was used for a different request.")),
        Code.KEY_INVALID: Problem(422, N_("An idempotency key must be a UUID.")),
        Code.OUTCOME_UNKNOWN: Problem(
            503, N_("It is not known whether this was saved. Ask again with the same key.")
        ),
        Code.STORE_UNAVAILABLE: Problem(
            503, N_("The server cannot save anything at the moment. Nothing was changed.")
        ),
        Code.OVERLOADED: Problem(503, N_("Too much at once. Please try again in a moment.")),
        Code.STARTING: Problem(503, N_("The server is starting. Please try again in a moment.")),
        Code.UNAUTHENTICATED: Problem(401, N_("Please sign in.")),
        Code.WRONG_CREDENTIALS: Problem(401, N_("The user name or the password is wrong.")),
        Code.FORBIDDEN: Problem(403, N_("Your role may not do this.")),
        Code.CROSS_ORIGIN: Problem(403, N_("This request came from another site and was refused.")),
        Code.INVALID_REQUEST: Problem(422, N_("The request is not valid: {detail}")),
        Code.MALFORMED_JSON: Problem(400, N_("The request body is not valid JSON.")),
        Code.BODY_TOO_LARGE: Problem(413, N_("The request is larger than {limit_kib} KiB.")),
        Code.UNSUPPORTED_MEDIA_TYPE: Problem(415, N_("Send the request as application/json.")),
        Code.TOO_MANY_REQUESTS: Problem(
            429, N_("Too many attempts. Please try again in {retry_s} seconds.")
        ),
        Code.NOT_FOUND: Problem(404, N_("There is nothing at this address.")),
        Code.METHOD_NOT_ALLOWED: Problem(405, N_("This address does not take {method} requests.")),
        Code.ENROLMENT_REFUSED: Problem(403, N_("This enrolment code is wrong, used or too old.")),
        Code.DEVICE_NOT_CONNECTED: Problem(
            409, N_("This device is not connected now, so it cannot be asked anything.")
        ),
        Code.DEVICE_ASKED_ALREADY: Problem(
            409, N_("This device was asked a moment ago. Wait for its answer.")
        ),
        Code.CLOCK_NOT_DRIVEN: Problem(
            409, N_("This server follows the real clock; start it with --demo --clock driven.")
        ),
        Code.NAME_TAKEN: Problem(409, N_("There is already an account {username}.")),
        Code.INTERNAL: Problem(
            500, N_("Something went wrong in the server. It was written to its log.")
        ),
    }
)
