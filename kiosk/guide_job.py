"""The guide of an item on paper: what it says, and the errand that prints it.

It is no ticket: nothing of it goes into the outbox, and nothing depends on whether it came out.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from hardware import roles
from hardware.errors import HardwareError
from hardware.roles import PrintResult
from kiosk import shelf
from kiosk.effects import PrintGuide
from kiosk.errands import PRINT_WITHIN_S, Errands
from kiosk.guide import guide_of
from kiosk.guide_words import facts
from kiosk.lang import Speech
from kiosk.paper_job import COLUMNS, item_name, materials_of, mode_hint, print_line
from kiosk.signals import GuidePrinted
from kiosk.visit import STOPPING_FAULTS, Paper
from queue_server.contract.messages import Catalogue, CatalogueItem
from queue_server.paper.guide import GuidePaper, guide_lines

PAPERS: Final = {
    PrintResult.PRINTED: Paper.PRINTED,
    PrintResult.SENT: Paper.PRINTED,
    PrintResult.TORN: Paper.TORN,
    PrintResult.UNKNOWN: Paper.PERHAPS,
}

log = structlog.get_logger(__name__)


def guide_job(
    item: CatalogueItem,
    catalogue: Catalogue,
    speech: Speech,
    *,
    printed_at: datetime,
    width_mm: int,
    large_type: bool = False,
) -> roles.PrintJob:
    """Lay a guide out for the printer.

    Args:
        item: What it is about.
        catalogue: For the hall's name and the windows.
        speech: The reader's language.
        printed_at: The hall's local time.
        width_mm: 58 or 80.
        large_type: Everything twice as big.
    """
    guide = guide_of(item)
    name, official = item_name(item, speech), speech.pick(item.name)
    paper = GuidePaper(
        hall_name=speech.pick(catalogue.hall_name),
        item_name=name,
        official_name="" if official == name else official,
        materials=materials_of(guide, speech),
        facts=tuple(facts(item, guide, catalogue, speech)),
        printed_at=printed_at,
        handling_hint=mode_hint(guide, speech),
        large_type=large_type,
        columns=COLUMNS[width_mm],
    )
    lines = guide_lines(paper, speech.code, speech)
    job_id = f"guide-{item.service_id}"
    return roles.PrintJob(job_id, tuple(print_line(line) for line in lines))


async def print_guide(
    errands: Errands, errand: PrintGuide, catalogue: Catalogue | None
) -> GuidePrinted:
    """Print one guide, and say what came of it, whatever breaks."""
    item = shelf.item(catalogue, errand.service_id)
    printer = errands.printer
    if printer is None or catalogue is None or item is None:
        return GuidePrinted(errand.job, Paper.FAILED, "unavailable")
    job = guide_job(
        item,
        catalogue,
        errands.languages.speech(errand.language),
        printed_at=errands.now().astimezone(errands.zone),
        width_mm=errands.width_mm,
        large_type=errand.large_type,
    )
    try:
        async with asyncio.timeout(PRINT_WITHIN_S):
            result = await printer.print(job)
    except HardwareError as error:
        log.warning("guide_not_printed", code=error.code)
        return GuidePrinted(errand.job, Paper.FAILED, error.code)
    except TimeoutError:
        result = PrintResult.UNKNOWN
    log.info("guide_printed", result=result.value, service=errand.service_id)
    faults = printer.health().faults if result is PrintResult.TORN else ()
    code = next((fault for fault in faults if fault in STOPPING_FAULTS), "")
    return GuidePrinted(errand.job, PAPERS[result], code)
