"""What a device is for, whatever its make: the Protocols every driver fulfils.

A program starts a device by running `run()` as a task of its own and cancels that task to stop
it; a driver owns every task and thread it starts and leaves none behind. All methods belong to
one asyncio loop. Streams (`cards`, `codes`) deliver only to those who listen at the moment of the
event: what nobody waited for is dropped, so a card laid down for one visitor can never appear in
the visit of the next.

Here stand what all devices share, printers and readers of codes; documents in `roles_cards`, the
devices of a window in `roles_window`, keys and voice in `roles_voice`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Protocol

MAGNIFICATION_MAX = 16
"""Four characters of this size fill 80 mm paper."""


class DeviceKind(StrEnum):
    """What a device does for a hall."""

    PRINTER = "printer"
    ID_READER = "id-reader"
    SCANNER = "scanner"
    CAMERA = "camera"
    CALL_DISPLAY = "call-display"
    CALL_PAD = "call-pad"
    RATER = "rater"
    KEYPAD = "keypad"
    ANNOUNCER = "announcer"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """Whether a device can be used now.

    Attributes:
        device_id: The id the configuration gave it.
        kind: What it is for.
        online: It is connected and answers.
        faults: Codes of `hardware.errors`, warnings (paper-near-end) included; empty when well.
        details: What else it tells about itself (module id, maker ...): name and value, for
            people; never personal data.
    """

    device_id: str
    kind: DeviceKind
    online: bool
    faults: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()


class Device(Protocol):
    """What all devices have in common."""

    async def run(self) -> None:
        """Keep the device connected until cancelled. Never ends by itself."""
        ...

    def health(self) -> DeviceHealth:
        """The last known health; never blocks."""
        ...

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change; a slow listener sees the newest only."""
        ...


class Align(Enum):
    """Where a line stands on the paper."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One paragraph of text. Too long for the paper, it is wrapped, never cut off.

    Attributes:
        text: Untrusted text; control and bidirectional format characters are not printed.
        width: Magnification across, 1 to 16; above 8 the text is drawn.
        height: Magnification down, likewise.
        align: Where it stands.
        bold: Emphasised.
    """

    text: str
    width: int = 1
    height: int = 1
    align: Align = Align.LEFT
    bold: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAGNIFICATION_MAX and 1 <= self.height <= MAGNIFICATION_MAX):
            raise ValueError(
                f"magnification {self.width}x{self.height} is outside 1..{MAGNIFICATION_MAX}"
            )


@dataclass(frozen=True, slots=True)
class QrBlock:
    """A QR code, centred.

    Attributes:
        text: What it says, at most a few hundred characters (encoded as UTF-8).
        module_dots: Edge of one module in printer dots (1/8 mm), 1 to 16.
    """

    text: str
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1


PrintLine = TextLine | QrBlock | Rule | Feed


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One piece of paper.

    Attributes:
        job_id: The caller's name for it; appears in logs, so no personal data.
        lines: From top to bottom.
        cut: Cut the paper after it.
        buzz: Beep once it is out; nothing where the printer has no buzzer that we know.
    """

    job_id: str
    lines: tuple[PrintLine, ...] = field(repr=False)
    cut: bool = True
    buzz: bool = False


class PrintResult(StrEnum):
    """What is known about a piece of paper."""

    PRINTED = "printed"
    """The printer reported that printing was completed."""
    SENT = "sent"
    """All bytes accepted and the printer was well afterwards; it cannot report completion."""
    TORN = "torn"
    """The printer stopped in the middle and said why (its health has the fault): what came out is
    not whole, and where the printer can forget, the rest will not come."""
    UNKNOWN = "unknown"
    """Some bytes left us and then something failed: ask the person in front of it."""


class PaperState(StrEnum):
    """How much paper is left."""

    OK = "ok"
    NEAR_END = "near-end"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer says about itself.

    Attributes:
        online: It would print now.
        paper: Paper sensors.
        cover_open: Cover switch.
        faults: Codes of `hardware.errors`; paper-near-end is among them but does not stop it.
    """

    online: bool
    paper: PaperState
    cover_open: bool
    faults: tuple[str, ...] = ()


class TicketPrinter(Device, Protocol):
    """A receipt printer."""

    async def status(self) -> PrinterStatus:
        """Ask the printer now.

        Raises:
            Unavailable: It cannot be reached.
            TimedOut: It does not answer.
        """
        ...

    async def print(self, job: PrintJob) -> PrintResult:
        """Print one job; jobs are printed one at a time, never retried.

        Raises:
            HardwareError: Nothing was printed, and that is certain: a DeviceFault (PaperOut,
                CoverOpen ...) when the printer refused, Unavailable or TimedOut when it could
                not be reached before the first byte. Once a byte may have reached the paper the
                answer is PrintResult.UNKNOWN, never an exception.
        """
        ...


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A barcode or QR code, checked for control characters and length.

    Attributes:
        text: Decoded text, 1 to 512 characters, no control character. May be personal data.
        symbology: "qr-code", "code-128" ... where the device tells it, else empty.
        raw: The bytes as the device gave them.
    """

    text: str = field(repr=False)
    symbology: str = ""
    raw: bytes = field(repr=False, default=b"")


class CodeScanner(Device, Protocol):
    """Anything that reads codes."""

    def codes(self) -> AsyncIterator[ScannedCode]:
        """Every code read while this is iterated; goes on through device failures."""
        ...

    def refusals(self) -> AsyncIterator[str]:
        """Code of `hardware.errors` (bad-barcode) for each code that was refused."""
        ...


class Camera(CodeScanner, Protocol):
    """A camera that reads codes; it looks only while somebody iterates `codes`."""
