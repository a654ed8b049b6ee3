"""What the server may ask of a kiosk or display: for now, a test ticket.

A test ticket is printed only while nobody uses the kiosk. It is no ticket: no number is asked for,
nothing is written down, and the paper says so.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Protocol

import structlog

from hardware.errors import HardwareError, Unavailable
from hardware.roles import Align, PrintJob, PrintLine, PrintResult, QrBlock, Rule, TextLine
from hardware.roles import TicketPrinter as Printer
from hardware.sentences import sentence
from kiosk.lang import Languages
from queue_server.contract.messages import DeviceCommand
from queue_server.contract.problems import N_

PRINT_TEST: Final = "print-test"
PRINT_WITHIN_S: Final = 40.0
"""As for a visitor's ticket (kiosk.errands)."""

IN_USE: Final = N_("Somebody is using this kiosk. Try again when nobody stands in front of it.")
NO_PRINTER: Final = N_("This device has no printer.")
UNKNOWN: Final = N_("The program on this device is too old for this. Update it.")
RESULTS: Final = {
    PrintResult.PRINTED: N_("The test ticket was printed."),
    PrintResult.SENT: N_(
        "The test ticket was sent. This printer does not report whether paper came out: go and see."
    ),
    PrintResult.TORN: N_("The printer stopped in the middle of the test ticket."),
    PrintResult.UNKNOWN: N_("It is not certain whether the test ticket came out: go and see."),
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command; `sentence` is an English msgid."""

    done: bool
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Where this program stands, for the test paper."""

    device_id: str
    place: str
    languages: Languages
    now: Callable[[], datetime]
    zone: tzinfo | None = None


class Feed(Protocol):
    """Where the answer goes (`kiosk.board_feed.BoardFeed`)."""

    async def answer(self, command_id: str, code: str, sentence: str, *, done: bool) -> None:
        """Say what came of a command."""
        ...


class Orders:
    """Carries out commands, one at a time.

    Args:
        printer: None where none is fitted.
        idle: Nobody uses the program now.
        desk: For the test paper.
    """

    def __init__(self, printer: Printer | None, idle: Callable[[], bool], desk: Desk) -> None:
        self._printer = printer
        self._idle = idle
        self._desk = desk

    async def carry_out(self, command: DeviceCommand) -> Outcome:
        """Do it, or say why not. Never raises for a device's failure."""
        outcome = await self._answer(command)
        log.info("command", name=command.command, done=outcome.done, code=outcome.code)
        return outcome

    async def _answer(self, command: DeviceCommand) -> Outcome:
        if command.command != PRINT_TEST:
            return Outcome(done=False, code="unknown-command", sentence=UNKNOWN)
        if self._printer is None:
            return Outcome(done=False, code="no-printer", sentence=NO_PRINTER)
        if not self._idle():
            return Outcome(done=False, code="in-use", sentence=IN_USE)
        return await self._print(self._printer, command.language)

    async def _print(self, printer: Printer, language: str) -> Outcome:
        faults = printer.health().faults
        if not printer.health().online:  # said at once, not after the printer's own patience
            code = faults[0] if faults else Unavailable.code
            return Outcome(done=False, code=code, sentence=sentence(code))
        try:
            async with asyncio.timeout(PRINT_WITHIN_S):
                result = await printer.print(trial_paper(self._desk, language))
        except HardwareError as error:
            return Outcome(done=False, code=error.code, sentence=sentence(error.code))
        except TimeoutError:
            result = PrintResult.UNKNOWN
        done = result not in {PrintResult.UNKNOWN, PrintResult.TORN}
        return Outcome(done=done, code=result.value, sentence=RESULTS[result])


async def obey(feed: Feed, orders: Orders, command: DeviceCommand) -> None:
    """Carry a command out and say what came of it."""
    outcome = await orders.carry_out(command)
    await feed.answer(command.command_id, outcome.code, outcome.sentence, done=outcome.done)


def trial_paper(desk: Desk, language: str) -> PrintJob:
    """A short paper with large type, Chinese and a QR code: all that a ticket asks of a printer."""
    _ = desk.languages.speech(language).gettext
    when = desk.now().astimezone(desk.zone)
    lines: list[PrintLine] = [
        TextLine(_("Test ticket"), width=2, height=2, align=Align.CENTRE, bold=True),
        TextLine(_("This is not a queue number."), align=Align.CENTRE),
        Rule(),
        TextLine(" · ".join(part for part in (desk.place, desk.device_id) if part)),
        TextLine(f"{when:%Y-%m-%d %H:%M:%S}"),
        TextLine("打印测试 ABC 0123456789", height=2),
        QrBlock(f"bianmin:test?d={desk.device_id}"),
        TextLine(_("Can you read all of it? Then the printer is well.")),
    ]
    return PrintJob("test-ticket", tuple(lines))
