"""Puts the caretaker together."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from hardware.roles import TicketPrinter
from kiosk.care import CareSettings, Caretaker, Surroundings
from kiosk.care_lock import StaffLock
from kiosk.config import KioskConfig
from kiosk.offline_book import OfflineBook
from kiosk.orders import PRINT_TEST, Desk, Orders
from queue_server.contract.messages import DeviceCommand

FLAG: Final = "out-of-service"
TALLY: Final = "staff-tries.json"


def build_caretaker(
    config: KioskConfig,
    book: OfflineBook,
    true_now: Callable[[], datetime],
    printer: TicketPrinter | None,
    desk: Desk,
    version: str,
    end: Callable[[int], None],
) -> Caretaker:
    """The caretaker of one kiosk.

    Args:
        config: Its configuration.
        book: The memory of numbers given while cut off.
        true_now: The time by the server's clock, as far as that is known.
        printer: For a test ticket; None where none is fitted.
        desk: For the test paper.
        version: Of the program.
        end: Ends the program with an exit code; called on the worker's loop.
    """
    orders = Orders(printer, lambda: True, desk)

    async def print_test(language: str) -> str:
        command = DeviceCommand(
            command_id="staff", command=PRINT_TEST, language=language, at=desk.now()
        )
        return (await orders.carry_out(command)).sentence

    care = config.care
    return Caretaker(
        CareSettings(care.attract_after_s, care.night, care.restart_time, version),
        Surroundings(
            now=true_now,
            clock_s=time.monotonic,
            book=book,
            flag=config.data_dir / FLAG,
            lock=StaffLock(care.staff_code_file, config.data_dir / TALLY, time.time),
            end=end,
            print_test=print_test,
        ),
    )
