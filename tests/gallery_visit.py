"""The pages of a visit with several matters, of progress and of help."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.help_state import HelpCall, HelpState
from kiosk.visit import Document, Equipment, Paper, Refusal, Screen, Visit
from queue_server.contract.ids import ClassId
from queue_server.contract.messages import TicketState
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, PERSON, Page, at, cut_off, ill, world

FIRST = fakes.ticket()
SECOND = fakes.ticket("C003", "C01", ticket_id="second", ahead=0)
THIRD = fakes.ticket("D017", "D03", ticket_id="third", state=TicketState.CALLED)
OTHER_PERSON = Document("resident", "520102199003074518", "欧阳**")


def pages() -> Iterator[Page]:
    """Several matters, where they stand, and help."""
    yield from _matters()
    yield from _standing()
    for state in HelpState:
        yield f"help-{state}", at(Screen.HELP, replace(ITEM, help=HelpCall(state, "h"))), None
    yield "help-cut-off", at(Screen.HELP, ITEM, cut_off()), None


def _matters() -> Iterator[Page]:
    second = replace(ITEM, ticket=SECOND, matters=(FIRST,), paper=Paper.PRINTED)
    yield "ticket-second", at(Screen.TICKET, second), None
    many = tuple(fakes.ticket(f"B{n:03}", ticket_id=str(n)) for n in range(101, 113))
    yield "ticket-twelfth", at(Screen.TICKET, replace(second, matters=many)), None
    agent = replace(
        ITEM,
        document=PERSON,
        for_other=True,
        principal=OTHER_PERSON,
        matters=(FIRST,),
        priority=ClassId("elderly"),
    )
    yield "confirm-agent", at(Screen.CONFIRM, agent), None
    yield "identify-principal", at(Screen.IDENTIFY, replace(agent, for_principal=True)), None


def _standing() -> Iterator[Page]:
    asked = Visit(asks_standing=True)
    yield "progress", at(Screen.PROGRESS, asked), None
    no_ears = replace(world(), reader=Equipment(), scanner=Equipment())
    yield "progress-deaf", at(Screen.PROGRESS, asked, no_ears), None
    bad = replace(asked, fault="card-read-failed")
    yield "progress-bad-card", at(Screen.PROGRESS, bad, ill()), None
    found = replace(asked, document=PERSON, standing=(FIRST, SECOND, THIRD))
    yield "standing", at(Screen.STANDING, found), None
    many = tuple(
        fakes.ticket(f"B{n:03}", "C01", ticket_id=str(n), state=state)
        for n, state in enumerate(TicketState, 12)
    )
    yield "standing-many", at(Screen.STANDING, replace(found, standing=many)), None
    yield "standing-none", at(Screen.STANDING, asked), None
    yield "found-called", at(Screen.FOUND, replace(asked, ticket=THIRD)), None
    gone = fakes.ticket(state=TicketState.ABANDONED)
    yield "found-given-back", at(Screen.FOUND, replace(asked, ticket=gone)), None
    yield "give-back", at(Screen.GIVE_BACK, replace(asked, ticket=FIRST)), None
    yield "giving-back", at(Screen.GIVING_BACK, replace(asked, ticket=FIRST)), None
    refused = replace(asked, refusal=Refusal(Code.PAPER_NOT_IN))
    yield "refused-standing", at(Screen.REFUSED, refused), None
    yield "refused-standing-silent", at(Screen.REFUSED, asked), None
