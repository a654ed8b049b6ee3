"""What can happen to a session: taps and reports. Frozen values only."""

from dataclasses import dataclass, field
from enum import StrEnum, auto

from kiosk.help_state import HelpCall
from kiosk.visit import Document, Paper, Refusal, Screen, Voice, World
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import TicketAnswer
from queue_server.contract.messages_appointments import AppointmentAnswer


class Kind(StrEnum):
    """Second half of a key of the flow's table: every tap and every report has one."""

    # taps
    START = auto()
    PICK_SECTION = auto()
    PICK_ITEM = auto()
    IDENTIFY = auto()
    NO_DOCUMENT = auto()
    MYSELF = auto()
    FOR_OTHER = auto()
    ASK_PRIORITY = auto()
    PICK_PRIORITY = auto()
    CONFIRM = auto()
    ON_SCREEN = auto()
    RETRY = auto()
    DID_PRINT = auto()
    DID_NOT_PRINT = auto()
    PRINT_AGAIN = auto()
    SHOW_NUMBER = auto()
    ANOTHER = auto()
    LOOK_UP = auto()
    SEARCH = auto()
    TYPE = auto()
    TAKE = auto()
    PRINT_GUIDE = auto()
    PROGRESS = auto()
    PICK_TICKET = auto()
    GIVE_BACK = auto()
    CHECK_IN = auto()
    NORMAL_NUMBER = auto()
    CALL_HELP = auto()
    END_HELP = auto()
    RESUME = auto()
    DONE = auto()
    BACK = auto()
    HOME = auto()
    HELP = auto()
    STAY = auto()
    LANGUAGE = auto()
    COMFORT = auto()
    VOICE = auto()
    WAKE = auto()
    STAFF = auto()
    STAFF_KEY = auto()
    STAFF_ENTER = auto()
    STAFF_ACT = auto()
    # reports
    DOCUMENT_SHOWN = auto()
    CARD_REFUSED = auto()
    TICKET_SHOWN = auto()
    APPOINTMENT_SHOWN = auto()
    APPOINTMENT_FOUND = auto()
    ISSUED = auto()
    REFUSED = auto()
    NO_ANSWER = auto()
    PRINT_ENDED = auto()
    PRINT_FAILED = auto()
    GUIDE_PRINTED = auto()
    FOUND = auto()
    NOT_FOUND = auto()
    STOOD = auto()
    GAVE_BACK = auto()
    HELP_TOLD = auto()
    WORLD = auto()
    VOICE_ASKED = auto()
    REST = auto()
    CODE_CHECKED = auto()
    STAFF_DONE = auto()
    TICK = auto()
    TOUCHED = auto()
    PAINTED = auto()


@dataclass(frozen=True, slots=True)
class Tap:
    """A finger on the panel.

    Attributes:
        kind: What was touched.
        serial: `Session.serial` of the screen that was touched.
        value: Which one: section, item, priority class, language, switch or key of the keyboard.
        new_key: A fresh request key; only CONFIRM uses it.
    """

    kind: Kind
    serial: int
    value: str = ""
    new_key: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A card was read, or a code that stands for a person."""

    document: Document
    kind: Kind = field(default=Kind.DOCUMENT_SHOWN, init=False)


@dataclass(frozen=True, slots=True)
class CardRefused:
    """A card or code that cannot be used; `code` of `hardware.errors`."""

    code: str
    kind: Kind = field(default=Kind.CARD_REFUSED, init=False)


@dataclass(frozen=True, slots=True)
class TicketShown:
    """The QR code of a ticket was scanned; `paper` is that of one a cut-off kiosk printed."""

    ticket_id: TicketId
    paper: str = ""
    kind: Kind = field(default=Kind.TICKET_SHOWN, init=False)


@dataclass(frozen=True, slots=True)
class AppointmentShown:
    """The QR code of an appointment was scanned."""

    said: AppointmentText
    kind: Kind = field(default=Kind.APPOINTMENT_SHOWN, init=False)


@dataclass(frozen=True, slots=True)
class AppointmentFound:
    """What the hall says of an appointment; `refusal` when it does not know it.

    Neither where the server did not answer.
    """

    code: str = field(repr=False)
    appointment: AppointmentAnswer | None = field(default=None, repr=False)
    refusal: Refusal | None = None
    kind: Kind = field(default=Kind.APPOINTMENT_FOUND, init=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """The server gave a number for this key (or gave it again).

    `paper_code` is set when it was this kiosk that gave it, cut off from the server.
    """

    key: RequestKey
    ticket: TicketAnswer
    paper_code: str = ""
    kind: Kind = field(default=Kind.ISSUED, init=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no; nothing was issued for this key."""

    key: RequestKey
    refusal: Refusal
    kind: Kind = field(default=Kind.REFUSED, init=False)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The server did not answer. `was_sent`: it may have got the request all the same."""

    key: RequestKey
    was_sent: bool
    kind: Kind = field(default=Kind.NO_ANSWER, init=False)


@dataclass(frozen=True, slots=True)
class PrintEnded:
    """The printer took the paper's bytes.

    Attributes:
        ticket_id: Whose.
        paper: PRINTED, PERHAPS or TORN.
        code: Of `hardware.errors`: why it is torn.
    """

    ticket_id: str
    paper: Paper
    code: str = ""
    kind: Kind = field(default=Kind.PRINT_ENDED, init=False)


@dataclass(frozen=True, slots=True)
class PrintFailed:
    """Nothing was printed, and that is certain; `code` of `hardware.errors`."""

    ticket_id: str
    code: str
    kind: Kind = field(default=Kind.PRINT_FAILED, init=False)


@dataclass(frozen=True, slots=True)
class GuidePrinted:
    """What came of the paper with a guide.

    Attributes:
        job: Which one: `PrintGuide.job`.
        paper: PRINTED, PERHAPS, TORN or FAILED.
        code: Of `hardware.errors`: why not.
    """

    job: int
    paper: Paper
    code: str = ""
    kind: Kind = field(default=Kind.GUIDE_PRINTED, init=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that was asked for by its id."""

    ticket: TicketAnswer
    kind: Kind = field(default=Kind.FOUND, init=False)


@dataclass(frozen=True, slots=True)
class NotFound:
    """That ticket cannot be shown; None where the server did not answer."""

    ticket_id: TicketId
    refusal: Refusal | None
    kind: Kind = field(default=Kind.NOT_FOUND, init=False)


@dataclass(frozen=True, slots=True)
class Stood:
    """The numbers that were looked up.

    With a card those of its person, with a paper that one and the others of its visit; none where
    the hall knows none.
    """

    tickets: tuple[TicketAnswer, ...]
    kind: Kind = field(default=Kind.STOOD, init=False)


@dataclass(frozen=True, slots=True)
class GaveBack:
    """What came of giving a number back: the ticket as it is now, or why not.

    Neither where the server did not answer.
    """

    ticket: TicketAnswer | None = None
    refusal: Refusal | None = None
    kind: Kind = field(default=Kind.GAVE_BACK, init=False)


@dataclass(frozen=True, slots=True)
class HelpTold:
    """What the hall says of the call for a guide."""

    help: HelpCall
    kind: Kind = field(default=Kind.HELP_TOLD, init=False)


@dataclass(frozen=True, slots=True)
class WorldChanged:
    """Something around the visit changed."""

    world: World
    kind: Kind = field(default=Kind.WORLD, init=False)


@dataclass(frozen=True, slots=True)
class VoiceAsked:
    """A key of the keypad, or headphones plugged in or pulled out: guidance begins or ends."""

    voice: Voice
    kind: Kind = field(default=Kind.VOICE_ASKED, init=False)


@dataclass(frozen=True, slots=True)
class Rest:
    """Nobody uses the kiosk: this is the screen to rest on."""

    screen: Screen
    kind: Kind = field(default=Kind.REST, init=False)


@dataclass(frozen=True, slots=True)
class CodeChecked:
    """Whether the staff code was right; `wait_s`: no other is tried for so long."""

    ok: bool
    wait_s: int = 0
    kind: Kind = field(default=Kind.CODE_CHECKED, init=False)


@dataclass(frozen=True, slots=True)
class StaffDone:
    """What staff asked for is done; `sentence` is an English msgid, or empty."""

    sentence: str
    kind: Kind = field(default=Kind.STAFF_DONE, init=False)


@dataclass(frozen=True, slots=True)
class Touched:
    """A finger came down somewhere on the panel, on a button or beside it."""

    kind: Kind = field(default=Kind.TOUCHED, init=False)


@dataclass(frozen=True, slots=True)
class Painted:
    """The screen of that serial can be seen now, which on a slow machine takes its time."""

    serial: int
    kind: Kind = field(default=Kind.PAINTED, init=False)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""

    kind: Kind = field(default=Kind.TICK, init=False)


Signal = (
    Tap
    | DocumentShown
    | CardRefused
    | TicketShown
    | AppointmentShown
    | AppointmentFound
    | Issued
    | Refused
    | NoAnswer
    | PrintEnded
    | PrintFailed
    | GuidePrinted
    | Found
    | NotFound
    | Stood
    | GaveBack
    | HelpTold
    | WorldChanged
    | VoiceAsked
    | Rest
    | CodeChecked
    | StaffDone
    | Touched
    | Painted
    | Tick
)
