"""The pages of the kiosk from the confirmation on: the number, its paper, and what can go wrong."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from kiosk.visit import Paper, Refusal, Screen, Visit
from queue_server.contract.messages import TicketRequest, TicketState
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, Page, at, cut_off, ill

GOT = replace(ITEM, ticket=fakes.ticket(), paper=Paper.PRINTED)


def pages() -> Iterator[Page]:
    """From the question to the server to the number in the hand."""
    yield "issuing", at(Screen.ISSUING, ITEM), None
    yield "unsure", at(Screen.UNSURE, replace(ITEM, was_sent=True)), None
    yield from _refusals()
    yield "printing", at(Screen.PRINTING, replace(GOT, paper=Paper.NOT_YET)), None
    yield "ask-printed", at(Screen.ASK_PRINTED, GOT), None
    yield "ticket", at(Screen.TICKET, GOT), None
    yield "ticket-warning", at(Screen.TICKET, GOT), 12
    alone = replace(GOT, ticket=fakes.alone(), paper_code=fakes.PAPER_CODE)
    yield "ticket-alone", at(Screen.TICKET, alone, cut_off()), None
    broken = replace(GOT, paper=Paper.TORN, fault="paper-out")
    yield "ticket-torn", at(Screen.TICKET, broken, ill()), None
    yield "ticket-torn-cover", at(Screen.TICKET, replace(broken, fault="cover-open"), ill()), None
    failed = replace(
        GOT, paper=Paper.FAILED, fault="paper-out", ticket=fakes.ticket(masked_name="䶮*三")
    )
    yield "ticket-failed", at(Screen.TICKET, failed), None
    yield "finding", at(Screen.FINDING), None
    yield "found", at(Screen.FOUND, Visit(ticket=fakes.ticket())), None
    called = Visit(ticket=fakes.ticket(state=TicketState.NO_SHOW))
    yield "found-no-show", at(Screen.FOUND, called), None


def _refusals() -> Iterator[Page]:
    yield "refused", at(Screen.REFUSED, replace(ITEM, refusal=Refusal(Code.NOT_OPEN))), None
    silent = replace(ITEM, request=TicketRequest(service_id="B01"))
    yield "refused-silent", at(Screen.REFUSED, silent), None
    params = MappingProxyType({"number": "B012", "ticket_id": fakes.TICKET_ID})
    twice = replace(GOT, refusal=Refusal(Code.DUPLICATE_TICKET, params))
    yield "duplicate", at(Screen.DUPLICATE, twice), None
