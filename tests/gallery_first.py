"""The pages of the kiosk up to the confirmation, in the states that look different."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.visit import Equipment, Interrupted, Screen, TornTicket, Visit, World
from queue_server.contract.ids import ClassId, RequestKey, ServiceId
from queue_server.contract.messages import TicketRequest
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, LONGEST_ITEM, NO_PAPER, PERSON, Page, at, cut_off, ill, world


def pages() -> Iterator[Page]:
    """From the first screen to the confirmation."""
    yield from _first_screen()
    yield "sections", at(Screen.SECTIONS), None
    yield "sections-person", at(Screen.SECTIONS, Visit(document=PERSON)), 18
    yield "items", at(Screen.ITEMS, ITEM), None
    yield "confirm", at(Screen.CONFIRM, ITEM), None
    long = Visit(
        section_id="relief",
        service_id=LONGEST_ITEM,
        document=PERSON,
        for_other=True,
        priority=ClassId("soldier"),
    )
    yield "confirm-long", at(Screen.CONFIRM, long, replace(world(), printer=NO_PAPER)), None
    yield "confirm-fee", at(Screen.CONFIRM, replace(ITEM, service_id=ServiceId("D03"))), 15
    yield "identify", at(Screen.IDENTIFY, ITEM), None
    no_reader = replace(world(), reader=Equipment(), scanner=Equipment())
    yield "identify-none", at(Screen.IDENTIFY, replace(ITEM, document=PERSON), no_reader), None
    yield "priority", at(Screen.PRIORITY, replace(ITEM, priority=ClassId("elderly"))), None
    yield "no-paper", at(Screen.NO_PAPER, ITEM, ill()), None
    yield "help", at(Screen.HELP, ITEM), None


def _first_screen() -> Iterator[Page]:
    well = world()
    closed = replace(well, board=fakes.board(is_open=False))
    stopped = replace(
        well,
        interrupted=Interrupted(
            RequestKey("k"), TicketRequest(service_id="B01"), "zh_CN", maybe_printed=False
        ),
    )
    torn = replace(well, torn=TornTicket(fakes.ticket(), "zh_CN", "", 1, 0.0))
    yield "home", at(Screen.HOME), None
    yield "home-bare", at(Screen.HOME, around=World()), None
    yield "home-ill", at(Screen.HOME, Visit(fault="card-read-failed"), ill()), None
    yield "home-cut-off", at(Screen.HOME, around=cut_off()), None
    yield "home-closed", at(Screen.HOME, around=closed), None
    yield "home-stopped", at(Screen.HOME, around=stopped), None
    yield "home-torn", at(Screen.HOME, around=torn), None
