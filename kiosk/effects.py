"""What a session asks to be done: each effect runs as an errand whose report is a signal again.

Frozen values only.
"""

from dataclasses import dataclass, field

from kiosk.help_state import HelpCall
from queue_server.contract.ids import RequestKey, ServiceId, TicketId
from queue_server.contract.messages import TicketAnswer, TicketRequest


@dataclass(frozen=True, slots=True)
class Issue:
    """Ask the server for a number under this key, and say what came of it.

    `on_screen`: no paper will be printed; the person reads the number from the screen.
    """

    key: RequestKey
    request: TicketRequest = field(repr=False)
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """Print this ticket and say what came of it.

    `paper_code` stands on the paper of a number that this kiosk gave while it was cut off.
    `large_type`: the paper is set as large as the screen of who asked for it. `visit_numbers` are
    those of the whole visit, where it has more than one.
    """

    ticket: TicketAnswer
    service_id: ServiceId
    language: str
    attempt: int
    reprint: bool
    key: RequestKey | None
    paper_code: str = ""
    large_type: bool = False
    visit_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintGuide:
    """Print what an item asks for. It is no ticket: nothing is written down about it.

    `job` names it in the report. `large_type`: as for `Print`.
    """

    service_id: ServiceId
    language: str
    job: int
    large_type: bool = False


@dataclass(frozen=True, slots=True)
class Abandon:
    """Nobody waits for this request any more; it is never repeated."""

    key: RequestKey


@dataclass(frozen=True, slots=True)
class Fetch:
    """Get a ticket by its id."""

    ticket_id: TicketId


@dataclass(frozen=True, slots=True)
class LookUpAppointment:
    """Ask what the hall knows of an appointment."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find the numbers of today: by a person's document, a ticket's id or the code of a paper."""

    principal: str = field(default="", repr=False)
    ticket_id: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give a number up, for good."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Call a guide to this kiosk, and say what came of it."""


@dataclass(frozen=True, slots=True)
class FollowHelp:
    """After a moment, say what has become of the call."""

    call: HelpCall


@dataclass(frozen=True, slots=True)
class EndHelp:
    """Nobody need come any more."""

    help_id: str


@dataclass(frozen=True, slots=True)
class AskPrinter:
    """Ask the printer how it is, before anything is promised."""


@dataclass(frozen=True, slots=True)
class ForgetInterrupted:
    """The interrupted request is taken up or out of date."""


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Whether that is the staff code."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffAct:
    """Do something for staff: a name that `kiosk.care.Caretaker.act` knows."""

    act: str
    language: str


Effect = (
    Issue
    | Print
    | PrintGuide
    | Abandon
    | Fetch
    | LookUp
    | LookUpAppointment
    | GiveBack
    | CallHelp
    | FollowHelp
    | EndHelp
    | AskPrinter
    | ForgetInterrupted
    | CheckCode
    | StaffAct
)
