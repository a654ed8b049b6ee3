"""The pages of looking something up: the search, the guides, what became of their paper."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.look_up_state import Inquiry, Leaflet
from kiosk.visit import Screen, Session, Visit, World
from queue_server.contract.ids import ServiceId
from tests.gallery_frame import ITEM, Page, at, ill

LOOKING = Inquiry(looking=True)


def pages() -> Iterator[Page]:
    """From the subjects to the printed guide."""
    yield "look-up-sections", at(Screen.SECTIONS, Visit(inquiry=LOOKING)), None
    yield "look-up-items", at(Screen.ITEMS, replace(ITEM, inquiry=LOOKING)), None
    yield "search", at(Screen.SEARCH), 18
    yield "search-found", _typed("y"), None
    yield "search-few", _typed("ylbx"), None
    yield "search-words", _typed("id card"), None
    yield "search-nothing", _typed("qqqqqqqqqqqqqqqqqqqqqqqq"), None
    yield "guide", _guide("B01"), 20
    yield "guide-long", _guide("C02"), None
    yield "guide-nothing-to-bring", _guide("A03"), None
    yield "guide-fee", _guide("D03", Leaflet.PRINTED), None
    yield "guide-printing", _guide("C07", Leaflet.PRINTING), None
    yield "guide-perhaps", _guide("E02", Leaflet.PERHAPS), None
    yield "guide-torn", _guide("C01", Leaflet.TORN, ill(), "paper-out"), None
    yield "guide-no-paper", _guide("C02", around=ill()), None


def _typed(typed: str) -> Session:
    return at(Screen.SEARCH, Visit(inquiry=replace(LOOKING, typed=typed)))


def _guide(
    service_id: str, leaflet: Leaflet = Leaflet.NONE, around: World | None = None, fault: str = ""
) -> Session:
    inquiry = replace(LOOKING, leaflet=leaflet, leaflet_fault=fault)
    visit = replace(ITEM, service_id=ServiceId(service_id), inquiry=inquiry)
    return at(Screen.GUIDE, visit, around)
