"""What a kiosk knows: the screen it shows, the visit under way, and the world around it.

All of it is frozen; `kiosk.session` makes a new one for every signal. `Visit` holds everything
about the person in front of the kiosk, and is replaced by an empty one the moment they leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Final

from kiosk.care_state import NO_CARE, Care
from kiosk.comfort import PLAIN, Comfort
from kiosk.help_state import NO_HELP, HelpCall
from kiosk.look_up_state import NO_INQUIRY, Inquiry
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.ids import ClassId, RequestKey, ServiceId
from queue_server.contract.messages import BoardSnapshot, Catalogue, TicketAnswer, TicketRequest
from queue_server.contract.messages import Visitor as WireVisitor
from queue_server.contract.messages_appointments import AppointmentAnswer
from queue_server.contract.problems import Code


class Screen(StrEnum):
    """What stands on the panel."""

    HOME = auto()
    SECTIONS = auto()
    ITEMS = auto()
    SEARCH = auto()
    GUIDE = auto()
    CONFIRM = auto()
    IDENTIFY = auto()
    PRIORITY = auto()
    NO_PAPER = auto()
    ISSUING = auto()
    UNSURE = auto()
    REFUSED = auto()
    DUPLICATE = auto()
    PRINTING = auto()
    ASK_PRINTED = auto()
    TICKET = auto()
    FINDING = auto()
    FOUND = auto()
    HELP = auto()
    PROGRESS = auto()
    STANDING = auto()
    GIVE_BACK = auto()
    GIVING_BACK = auto()
    ATTRACT = auto()
    OUT_OF_SERVICE = auto()
    STAFF_CODE = auto()
    STAFF = auto()
    APPOINTMENT = auto()


LISTENING: Final = frozenset(
    {Screen.HOME, Screen.ATTRACT, Screen.CONFIRM, Screen.IDENTIFY, Screen.PROGRESS}
)
"""Screens on which a card or a code is read: those that show the privacy notice."""


class Voice(StrEnum):
    """Who hears what stands on the screen."""

    OFF = auto()
    PRIVATE = auto()
    """Whoever works the keypad, through headphones only."""
    ALOUD = auto()
    """Everybody near the kiosk: the switch on the screen was pressed."""


CODE_DOCUMENT: Final = "code"
"""Document kind of a code on a phone or card; other kinds are `hardware.roles.CardKind`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was shown. Personal data: repr shows the kind only.

    Attributes:
        kind: What was shown: a `CardKind` of hardware.roles, or `CODE_DOCUMENT`.
        principal: Its number, or a digest of the code; the server keeps a keyed fingerprint only.
        masked_name: As paper shows it (张*三); empty where the document told no name.
    """

    kind: str
    principal: str = field(repr=False)
    masked_name: str = field(repr=False, default="")


class Paper(StrEnum):
    """What became of the paper ticket."""

    NOT_YET = auto()
    PRINTED = auto()
    PERHAPS = auto()
    TORN = auto()
    """The printer stopped in the middle; it is printed again when the printer is well."""
    FAILED = auto()
    NOT_WANTED = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server said no.

    Attributes:
        code: A problem code of the contract.
        params: What fills the code's sentence.
    """

    code: Code
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


STAFF_CODE_LEAST: Final = 6
STAFF_CODE_MOST: Final = 12
"""Digits of a staff code."""


@dataclass(frozen=True, slots=True)
class StaffSeat:
    """Staff at the kiosk, on screens of their own.

    Attributes:
        typed: Digits of the code so far; gone the moment they were tried.
        checking: Something is under way.
        wait_s: So long no further code is tried.
        note: What came of the last thing: "wrong-code", or an English msgid.
    """

    typed: str = field(default="", repr=False)
    checking: bool = False
    wait_s: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at the kiosk, from the first touch until they leave.

    Attributes:
        section_id: The topic or group they opened.
        service_id: The item they chose.
        document: What they showed; None is the default and always enough.
        for_other: They come for somebody else (代办).
        priority: The class they asked for; the reason is never asked.
        key: Names the one request of this confirmation, across every repetition.
        request: What was asked under that key; a repetition asks exactly the same.
        on_screen: They want the number on the screen instead of paper.
        ticket: What the server gave, or this kiosk while it is cut off.
        paper_code: The code for the paper of a number this kiosk gave itself; else empty.
        reprint: The next paper is a repetition and bears the mark 补打.
        print_attempt: Papers tried so far for this ticket.
        paper: What became of the last one.
        fault: Code of `hardware.errors` of the last card or printer failure; empty when well.
        refusal: Why the server said no.
        was_sent: The request may have reached the server (the answer is missing).
        came_from: Where the help screen returns to.
        staff: On the staff screens only.
        principal: What was shown of the person the matter is for (代办); never needed.
        for_principal: It is that person's document that is asked for.
        matters: The numbers of this visit so far, the first of them first.
        standing: Numbers that were looked up.
        asks_standing: They asked where they stand; otherwise their card led on from the first
            screen.
        help: The call for a guide, when they made one.
        inquiry: What they look up.
        scanned: What the code of their appointment said.
        appointment: What the hall says of it; None when it does not know it or was not asked.
    """

    section_id: str = ""
    service_id: ServiceId | None = None
    document: Document | None = None
    for_other: bool = False
    priority: ClassId | None = None
    key: RequestKey | None = None
    request: TicketRequest | None = field(default=None, repr=False)
    on_screen: bool = False
    ticket: TicketAnswer | None = None
    paper_code: str = field(default="", repr=False)
    reprint: bool = False
    print_attempt: int = 0
    paper: Paper = Paper.NOT_YET
    fault: str = ""
    refusal: Refusal | None = None
    was_sent: bool = False
    came_from: Screen = Screen.HOME
    staff: StaffSeat = field(default_factory=StaffSeat)
    principal: Document | None = None
    for_principal: bool = False
    matters: tuple[TicketAnswer, ...] = ()
    standing: tuple[TicketAnswer, ...] = ()
    asks_standing: bool = False
    help: HelpCall = NO_HELP
    inquiry: Inquiry = NO_INQUIRY
    scanned: AppointmentText | None = field(default=None, repr=False)
    appointment: AppointmentAnswer | None = field(default=None, repr=False)

    def wire_request(self, language: str) -> TicketRequest:
        """What is asked of the server for this visit.

        An agent's own card says nothing about the person the matter is for, so it gives no
        principal: with twelve households' papers each ticket is another principal's. That person's
        own card, where the agent has it with them, gives it.

        Raises:
            ValueError: No item was chosen.
        """
        if self.service_id is None:
            raise ValueError("no service item chosen")
        return TicketRequest(
            service_id=self.service_id,
            priority_class=self.priority,
            visitor=self._wire_visitor(),
            language=language.replace("_", "-"),
            channel="kiosk",
            visit_of=self.matters[0].ticket_id if self.matters else None,
            appointment=self.appointment.code if self.appointment else None,
        )

    def _wire_visitor(self) -> WireVisitor | None:
        own, concerned = self.document, self.principal if self.for_other else self.document
        if own is None and concerned is None:
            return WireVisitor(agent=True) if self.for_other else None
        shown = own or concerned
        return WireVisitor(
            principal=concerned.principal if concerned else None,
            document_kind=shown.kind if shown else None,
            name=(own.masked_name or None) if own else None,
            agent=self.for_other,
        )


EMPTY_VISIT: Final = Visit()


class ServerHealth(StrEnum):
    """How the server answers."""

    UNTRIED = auto()
    OK = auto()
    UNREACHABLE = auto()
    REFUSES_US = auto()
    """It answers, but does not accept this device's token."""


STOPPING_FAULTS: Final = frozenset(
    {"paper-out", "cover-open", "cutter-jam", "printer-error", "printer-offline", "device-fault"}
)


@dataclass(frozen=True, slots=True)
class Equipment:
    """A device as the visitor flow needs to know it.

    Attributes:
        fitted: The kiosk has one.
        online: It answers.
        faults: Codes of `hardware.errors`.
    """

    fitted: bool = False
    online: bool = False
    faults: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """It would work now; warnings such as paper-near-end do not stop it."""
        return self.fitted and self.online and not STOPPING_FAULTS.intersection(self.faults)

    @property
    def trouble(self) -> str:
        """The code to tell people about; empty when ready or not fitted."""
        if self.ready or not self.fitted:
            return ""
        stopping = [code for code in self.faults if code in STOPPING_FAULTS]
        return stopping[0] if stopping else "unavailable"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A request that was under way when the kiosk stopped.

    Attributes:
        key: Its key.
        request: What was asked; None where a document belonged to it, which was forgotten.
        language: The language it was asked in.
        maybe_printed: Paper may have come out already, so another one is a repetition.
        number: The number it got; empty where nobody knows of one.
    """

    key: RequestKey
    request: TicketRequest | None
    language: str
    maybe_printed: bool
    number: str = ""


@dataclass(frozen=True, slots=True)
class TornTicket:
    """A number whose paper broke off, and whose person has gone from the screen.

    Attributes:
        ticket: The number; its paper is offered on the first screen once the printer is well.
        language: Of the paper.
        paper_code: What the paper's code says, where it is no number of the server's.
        attempt: Papers tried so far.
        until_s: It is offered until then (the presenter's monotonic clock).
    """

    ticket: TicketAnswer = field(repr=False)
    language: str
    paper_code: str
    attempt: int
    until_s: float


@dataclass(frozen=True, slots=True)
class World:
    """Everything around the visit.

    `gives_alone`: numbers can be given without the server. `speaks`: a loudspeaker is fitted.
    """

    catalogue: Catalogue | None = None
    board: BoardSnapshot | None = None
    server: ServerHealth = ServerHealth.UNTRIED
    printer: Equipment = field(default_factory=Equipment)
    reader: Equipment = field(default_factory=Equipment)
    scanner: Equipment = field(default_factory=Equipment)
    camera: Equipment = field(default_factory=Equipment)
    interrupted: Interrupted | None = None
    torn: TornTicket | None = None
    gives_alone: bool = False
    care: Care = NO_CARE
    speaks: bool = False

    @property
    def reads_codes(self) -> bool:
        """A scanner or a camera would read a code now."""
        return self.scanner.ready or self.camera.ready


@dataclass(frozen=True, slots=True)
class Session:
    """The whole state of the visitor flow.

    Attributes:
        screen: What is shown.
        language: Of the texts, canonical ("zh_CN").
        default_language: What it returns to when somebody leaves.
        visit: The person.
        world: The surroundings.
        serial: Counts screens; a tap made on an older one is dropped.
        seen_s: When people could first see this screen (the presenter's monotonic clock); None
            until it is painted.
        deadline_s: When it gives up waiting for the person; None where it waits for ever.
        restless_s: When a finger last came too early: it has to pause before it counts again.
        comfort: Type, contrast and reach, as the person in front wants them.
        voice: Whether the screens are spoken, and to whom.
    """

    screen: Screen
    language: str
    default_language: str
    visit: Visit = EMPTY_VISIT
    world: World = field(default_factory=World)
    serial: int = 0
    seen_s: float | None = None
    deadline_s: float | None = None
    restless_s: float = float("-inf")
    comfort: Comfort = PLAIN
    voice: Voice = Voice.OFF

    @property
    def listening(self) -> bool:
        """Cards and codes are read now."""
        return self.screen in LISTENING
