"""Several matters in one visit, where numbers stand, giving one back, and calling a guide."""

from dataclasses import replace

import pytest

from kiosk import moves
from kiosk.effects import CallHelp, EndHelp, FollowHelp, GiveBack, LookUp, Print
from kiosk.help_state import HelpCall, HelpState
from kiosk.signals import (
    DocumentShown,
    GaveBack,
    HelpTold,
    Issued,
    Kind,
    NotFound,
    PrintEnded,
    Stood,
    TicketShown,
)
from kiosk.visit import EMPTY_VISIT, Document, Paper, Refusal, Screen, ServerHealth
from queue_server.contract.ids import TicketId
from queue_server.contract.messages import TicketAnswer, TicketState
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.flow import WORLD, Person

CARD = Document("resident", "522601199001010010", "吴*朵")
OTHER = Document("resident", "520102199003074518", "欧阳**")
FIRST = fakes.ticket()
SECOND = fakes.ticket("C003", "C01", ticket_id="second")
CALLED = HelpCall(HelpState.CALLED, "h")


def take(person: Person, ticket: TicketAnswer) -> None:
    """From the confirmation to the number in the hand."""
    person.tap(Kind.CONFIRM)
    person.see(Issued(person.issues[-1].key, ticket))
    person.see(PrintEnded(ticket.ticket_id, Paper.PRINTED))
    assert person.screen is Screen.TICKET


def next_matter(person: Person) -> None:
    person.tap(Kind.ANOTHER)
    assert person.screen is Screen.SECTIONS
    person.tap(Kind.PICK_SECTION, "old-age")
    if person.screen is Screen.ITEMS:
        person.tap(Kind.PICK_ITEM, "B01")


# --- several matters ------------------------------------------------------------------------------


def test_the_next_matter_has_a_key_of_its_own_and_names_the_first_number() -> None:
    person = Person()
    person.to_confirm()
    take(person, FIRST)
    next_matter(person)
    take(person, SECOND)
    next_matter(person)
    person.tap(Kind.CONFIRM)
    assert len({issue.key for issue in person.issues}) == 3
    named = [issue.request.visit_of for issue in person.issues]
    assert named == [None, FIRST.ticket_id, FIRST.ticket_id]


def test_card_for_whom_and_class_are_kept_and_the_other_persons_card_is_not() -> None:
    person = Person()
    person.to_confirm()
    person.see(DocumentShown(CARD))
    person.taps(Kind.FOR_OTHER, (Kind.IDENTIFY, "principal"))
    person.see(DocumentShown(OTHER))
    person.taps(Kind.ASK_PRIORITY, (Kind.PICK_PRIORITY, "elderly"))
    take(person, FIRST)
    next_matter(person)
    visit = person.visit
    assert (visit.document, visit.for_other, visit.priority) == (CARD, True, "elderly")
    assert visit.principal is None


def test_a_torn_paper_comes_before_the_next_matter() -> None:
    person = Person()
    person.to_confirm()
    person.tap(Kind.CONFIRM)
    person.see(Issued(person.issues[-1].key, FIRST))
    person.see(PrintEnded(FIRST.ticket_id, Paper.TORN, "paper-out"))
    person.tap(Kind.ANOTHER)
    assert person.screen is Screen.TICKET


def test_leaving_forgets_every_number_of_the_visit() -> None:
    person = Person()
    person.to_confirm()
    person.see(DocumentShown(CARD))
    take(person, FIRST)
    next_matter(person)
    person.tap(Kind.HOME)
    assert person.visit == EMPTY_VISIT


def test_an_advice_number_belongs_to_the_visit_too() -> None:
    person = Person()
    person.to_confirm()
    take(person, FIRST)
    person.taps(Kind.HELP, (Kind.PICK_ITEM, "A03"), Kind.CONFIRM)
    assert person.issues[-1].request.visit_of == FIRST.ticket_id
    assert person.effects.count(CallHelp()) == 1  # and somebody comes


def test_the_second_paper_names_the_whole_visit() -> None:
    person = Person()
    person.to_confirm()
    take(person, FIRST)
    next_matter(person)
    take(person, SECOND)
    papers = [effect for effect in person.effects if isinstance(effect, Print)]
    assert [paper.visit_numbers for paper in papers] == [(), ("B012", "C003")]


# --- for somebody else ----------------------------------------------------------------------------


def test_the_other_persons_card_is_the_principal_and_never_needed() -> None:
    person = Person()
    person.to_confirm()
    person.see(DocumentShown(CARD))
    person.tap(Kind.FOR_OTHER)
    person.see(DocumentShown(OTHER))  # a second card needs no touch
    person.tap(Kind.CONFIRM)
    visitor = person.issues[-1].request.visitor
    assert visitor is not None
    assert (visitor.principal, visitor.name, visitor.agent) == (OTHER.principal, "吴*朵", True)


def test_back_to_myself_forgets_the_other_persons_card() -> None:
    person = Person()
    person.to_confirm()
    person.see(DocumentShown(CARD))
    person.tap(Kind.FOR_OTHER)
    person.see(DocumentShown(OTHER))
    person.tap(Kind.MYSELF)
    assert person.visit.principal is None
    person.tap(Kind.CONFIRM)
    visitor = person.issues[-1].request.visitor
    assert visitor is not None
    assert visitor.principal == CARD.principal


def test_a_card_that_is_not_asked_for_any_more_is_ones_own() -> None:
    person = Person()
    person.to_confirm()
    person.taps(Kind.FOR_OTHER, (Kind.IDENTIFY, "principal"), Kind.BACK)
    person.see(DocumentShown(CARD))
    assert (person.visit.document, person.visit.principal) == (CARD, None)


# --- where numbers stand --------------------------------------------------------------------------


def test_a_card_on_the_first_screen_shows_the_number_its_person_has() -> None:
    person = Person()
    person.see(DocumentShown(CARD))
    assert person.effects[-1] == LookUp(principal=CARD.principal)
    person.see(Stood((FIRST,)))
    assert (person.screen, person.visit.ticket) == (Screen.FOUND, FIRST)
    next_matter(person)
    take(person, SECOND)
    request = person.issues[-1].request
    assert request.visit_of == FIRST.ticket_id
    assert request.visitor is not None
    assert request.visitor.principal == CARD.principal


@pytest.mark.parametrize("answer", [Stood(()), NotFound(TicketId(""), None)])
def test_a_card_is_never_held_up_where_the_hall_knows_nothing(answer: Stood | NotFound) -> None:
    person = Person()
    person.see(DocumentShown(CARD))
    person.see(answer)
    assert (person.screen, person.visit.document) == (Screen.SECTIONS, CARD)


def test_cut_off_a_card_leads_on_at_once() -> None:
    person = Person(replace(WORLD, server=ServerHealth.UNREACHABLE))
    person.see(DocumentShown(CARD))
    assert person.screen is Screen.SECTIONS


def test_progress_listens_and_shows_several_numbers_in_a_list() -> None:
    person = Person()
    person.tap(Kind.PROGRESS)
    assert person.session.listening
    person.see(DocumentShown(CARD))
    assert not person.session.listening
    person.see(Stood((FIRST, SECOND)))
    assert person.screen is Screen.STANDING
    person.tap(Kind.PICK_TICKET, "second")
    assert (person.screen, person.visit.ticket) == (Screen.FOUND, SECOND)
    person.tap(Kind.BACK)
    assert person.screen is Screen.STANDING


def test_progress_without_a_number_says_so() -> None:
    person = Person()
    person.tap(Kind.PROGRESS)
    person.see(DocumentShown(CARD))
    person.see(Stood(()))
    assert (person.screen, person.visit.standing) == (Screen.STANDING, ())


def test_the_code_of_a_cut_off_kiosks_paper_is_looked_up_as_it_is() -> None:
    person = Person()
    person.tap(Kind.PROGRESS)
    person.see(TicketShown(TicketId(""), "paper-text"))
    assert person.effects[-1] == LookUp("", "", "paper-text")


def test_giving_back_asks_once_and_shows_what_came_of_it() -> None:
    person = Person()
    person.see(TicketShown(TicketId(FIRST.ticket_id)))
    person.see(Stood((FIRST,)))
    person.tap(Kind.GIVE_BACK)
    assert person.screen is Screen.GIVE_BACK
    assert not [effect for effect in person.effects if isinstance(effect, GiveBack)]
    person.tap(Kind.GIVE_BACK)
    assert person.effects[-1] == GiveBack(FIRST.ticket_id)
    gone = fakes.ticket(state=TicketState.ABANDONED)
    person.see(GaveBack(gone))
    assert (person.screen, person.visit.ticket) == (Screen.FOUND, gone)
    person.tap(Kind.ANOTHER)
    assert person.visit.matters == ()  # a number that was given back is none of the visit's


def test_a_number_is_kept_when_they_say_so_and_when_the_hall_refuses() -> None:
    person = Person()
    person.see(TicketShown(TicketId(FIRST.ticket_id)))
    person.see(Stood((FIRST,)))
    person.taps(Kind.GIVE_BACK, Kind.BACK)
    assert person.screen is Screen.FOUND
    person.taps(Kind.GIVE_BACK, Kind.GIVE_BACK)
    person.see(GaveBack(refusal=Refusal(Code.ILLEGAL_TRANSITION)))
    assert person.screen is Screen.REFUSED


def test_a_number_that_is_being_called_cannot_be_given_back() -> None:
    person = Person()
    person.see(TicketShown(TicketId(FIRST.ticket_id)))
    person.see(Stood((fakes.ticket(state=TicketState.CALLED),)))
    person.tap(Kind.GIVE_BACK)
    assert person.screen is Screen.FOUND


# --- help -----------------------------------------------------------------------------------------


def test_a_call_is_made_once_and_followed_until_somebody_comes() -> None:
    person = Person()
    person.taps(Kind.START, Kind.HELP, Kind.CALL_HELP, Kind.CALL_HELP)
    assert person.effects.count(CallHelp()) == 1
    person.see(HelpTold(CALLED))
    assert person.effects[-1] == FollowHelp(CALLED)
    coming = HelpCall(HelpState.COMING, "h")
    person.see(HelpTold(coming))
    assert person.visit.help == coming
    ended = HelpCall(HelpState.ENDED, "h")
    before = len(person.effects)
    person.see(HelpTold(ended))
    assert (person.visit.help, len(person.effects)) == (ended, before)


def test_the_call_goes_on_while_the_person_goes_on() -> None:
    person = Person()
    person.taps(Kind.START, Kind.HELP, Kind.CALL_HELP)
    person.see(HelpTold(CALLED))
    person.tap(Kind.BACK)
    assert person.screen is Screen.SECTIONS
    person.see(HelpTold(CALLED))
    assert person.effects[-1] == FollowHelp(CALLED)


def test_who_waits_for_help_is_given_longer() -> None:
    person = Person()
    person.taps(Kind.HELP, Kind.CALL_HELP)
    person.see(HelpTold(CALLED))
    person.wait(moves.HELP_WAITS_S - 5)
    assert person.screen is Screen.HELP
    person.wait(10)
    assert person.screen is Screen.HOME


def test_a_call_that_is_not_needed_is_taken_back() -> None:
    person = Person()
    person.taps(Kind.HELP, Kind.CALL_HELP)
    person.see(HelpTold(CALLED))
    person.tap(Kind.END_HELP)
    assert person.effects[-1] == EndHelp("h")
    person.see(HelpTold(CALLED))  # an answer that was under way
    assert person.visit.help.state is HelpState.NONE


def test_the_call_of_who_has_left_is_not_the_next_ones() -> None:
    person = Person()
    person.taps(Kind.HELP, Kind.CALL_HELP)
    person.see(HelpTold(CALLED))
    person.tap(Kind.HOME)
    person.see(HelpTold(CALLED))
    assert person.visit == EMPTY_VISIT
