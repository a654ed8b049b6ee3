"""The visitor flow, one sentence a test."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from kiosk import moves, shelf
from kiosk import session as flow
from kiosk.effects import Abandon, Fetch, ForgetInterrupted, Print
from kiosk.moves_ticket import PRINT_ATTEMPTS_MAX
from kiosk.signals import (
    CardRefused,
    DocumentShown,
    Found,
    Issued,
    Kind,
    NoAnswer,
    NotFound,
    Painted,
    PrintEnded,
    PrintFailed,
    Refused,
    Stood,
    Tap,
    Tick,
    TicketShown,
    Touched,
    WorldChanged,
)
from kiosk.visit import (
    EMPTY_VISIT,
    Document,
    Equipment,
    Interrupted,
    Paper,
    Refusal,
    Screen,
    World,
)
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import TicketRequest
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.flow import BOARD, CATALOGUE, OUT_OF_PAPER, WELL, WORLD, Person, kinds_of

CARD = Document("resident", "522601199001010010", "吴*朵")
TICKET = fakes.ticket()


def asked(person: Person) -> Person:
    person.to_confirm()
    person.tap(Kind.CONFIRM)
    return person


def printing(person: Person) -> Person:
    asked(person)
    person.see(Issued(person.issues[-1].key, TICKET))
    return person


def test_a_visit_goes_from_the_first_screen_to_the_ticket_and_back() -> None:
    person = printing(Person())
    assert person.screen is Screen.PRINTING
    person.see(PrintEnded(TICKET.ticket_id, Paper.PRINTED))
    assert person.screen is Screen.TICKET
    person.tap(Kind.DONE)
    assert person.screen is Screen.HOME
    assert person.visit == EMPTY_VISIT


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda item: item.service_id)
def test_every_item_is_asked_for_without_a_card_in_at_most_four_touches(item: object) -> None:
    person = Person()
    person.to_confirm(item.service_id)  # type: ignore[attr-defined] # parametrised with items
    assert person.screen is Screen.CONFIRM
    person.tap(Kind.CONFIRM)
    assert person.keys <= 4
    assert person.issues[0].request.service_id == item.service_id  # type: ignore[attr-defined] # as above


def test_every_item_of_the_catalogue_lies_in_a_section() -> None:
    found = {item.service_id for section in shelf.sections(CATALOGUE) for item in section.items}
    assert found == {item.service_id for item in CATALOGUE.items}


def test_items_without_a_topic_lie_under_other_matters() -> None:
    lonely = CATALOGUE.items[0].model_copy(update={"topics": []})
    made = shelf.sections(CATALOGUE.model_copy(update={"items": [lonely]}))
    assert [section.section_id for section in made] == [shelf.OTHER]


def test_a_catalogue_without_topics_shows_its_groups() -> None:
    made = shelf.sections(CATALOGUE.model_copy(update={"topics": []}))
    assert [section.section_id for section in made] == [g.group_id for g in CATALOGUE.groups]


def test_the_preset_is_myself_without_document_and_priority() -> None:
    request = asked(Person()).issues[0].request
    assert request.visitor is None
    assert request.priority_class is None
    assert request.channel == "kiosk"
    assert request.language == "zh-CN"


def test_a_card_on_the_first_screen_leads_on_and_is_used() -> None:
    person = Person()
    person.see(DocumentShown(CARD))
    person.see(Stood(()))
    assert person.screen is Screen.SECTIONS
    person.taps((Kind.PICK_SECTION, "work"), Kind.CONFIRM)
    visitor = person.issues[0].request.visitor
    assert visitor is not None
    assert (visitor.principal, visitor.name) == (CARD.principal, "吴*朵")


def test_an_agents_own_card_is_not_the_principal() -> None:
    person = Person()
    person.to_confirm()
    person.see(DocumentShown(CARD))
    person.taps(Kind.FOR_OTHER, Kind.CONFIRM)
    visitor = person.issues[0].request.visitor
    assert visitor is not None
    assert visitor.agent
    assert visitor.principal is None


def test_a_card_is_not_read_where_no_notice_stands() -> None:
    person = Person()
    person.tap(Kind.START)
    assert not person.session.listening
    person.see(DocumentShown(CARD))
    assert person.visit.document is None


def test_priority_is_a_class_and_can_be_taken_back() -> None:
    person = Person()
    person.to_confirm()
    person.taps(Kind.ASK_PRIORITY, (Kind.PICK_PRIORITY, "elderly"))
    assert person.visit.priority == "elderly"
    person.taps(Kind.ASK_PRIORITY, (Kind.PICK_PRIORITY, ""))
    assert person.visit.priority is None


def test_an_unknown_priority_class_is_none() -> None:
    person = Person()
    person.to_confirm()
    person.taps(Kind.ASK_PRIORITY, (Kind.PICK_PRIORITY, "emperor"))
    assert person.visit.priority is None


def test_a_double_tap_on_confirm_asks_once() -> None:
    person = Person()
    person.to_confirm()
    serial = person.session.serial
    for after_s in (1.0, 0.1, 0.4):
        person.see(Tap(Kind.CONFIRM, serial, "", RequestKey("any")), after_s)
    assert kinds_of(person.effects).count("Issue") == 1


def test_the_second_tap_of_a_double_tap_does_not_touch_the_next_screen() -> None:
    person = Person()
    person.tap(Kind.START)
    person.tap(Kind.PICK_SECTION, "old-age", after_s=0.2)
    assert person.screen is Screen.SECTIONS
    person.tap(Kind.PICK_SECTION, "old-age", after_s=0.4)
    assert person.screen is Screen.ITEMS


def test_a_finger_that_goes_on_tapping_does_not_wave_its_number_away() -> None:
    person = Person(replace(WORLD, printer=Equipment()))
    asked(person)
    person.see(Issued(person.issues[0].key, TICKET))
    for _ in range(20):
        person.see(Touched(), 0.2)
        person.tap(Kind.DONE, after_s=0.1)
    assert person.screen is Screen.TICKET
    person.tap(Kind.DONE, after_s=flow.SETTLE_S)
    assert person.screen is Screen.HOME


def test_a_tap_made_before_the_screen_could_be_seen_does_not_count() -> None:
    person = Person()
    slow, _effects = flow.step(person.session, Tap(Kind.START, 0), person.now_s)
    tap = Tap(Kind.PICK_SECTION, slow.serial, "old-age")
    assert flow.step(slow, tap, person.now_s + 5).session.screen is Screen.SECTIONS
    seen = flow.step(slow, Painted(slow.serial), person.now_s + 5).session
    assert flow.step(seen, tap, person.now_s + 5.4).session.screen is Screen.ITEMS


def test_a_tap_that_no_screen_offers_is_a_mistake_of_the_program() -> None:
    person = Person()
    with pytest.raises(flow.UnexpectedTapError, match="did_print on home"):
        person.tap(Kind.DID_PRINT)


def test_out_of_paper_is_said_before_a_number_is_asked_for() -> None:
    person = Person(replace(WORLD, printer=OUT_OF_PAPER))
    person.to_confirm()
    person.tap(Kind.CONFIRM)
    assert person.screen is Screen.NO_PAPER
    assert person.issues == []


def test_going_back_from_there_asks_the_printer_anew() -> None:
    """One answer that came too late is told by no change of its health afterwards."""
    person = Person(replace(WORLD, printer=OUT_OF_PAPER))
    person.to_confirm()
    person.tap(Kind.CONFIRM)
    person.effects.clear()
    person.tap(Kind.BACK)
    assert person.screen is Screen.CONFIRM
    assert kinds_of(person.effects) == ["AskPrinter"]


def test_without_paper_the_number_can_be_shown_on_the_screen() -> None:
    person = Person(replace(WORLD, printer=OUT_OF_PAPER))
    person.to_confirm()
    person.taps(Kind.CONFIRM, Kind.ON_SCREEN)
    person.see(Issued(person.issues[0].key, TICKET))
    assert person.screen is Screen.TICKET
    assert person.visit.paper is Paper.NOT_WANTED
    assert "Print" not in kinds_of(person.effects)


def test_new_paper_brings_the_person_back_to_the_confirmation() -> None:
    person = Person(replace(WORLD, printer=OUT_OF_PAPER))
    person.to_confirm()
    person.tap(Kind.CONFIRM)
    person.see(WorldChanged(WORLD))
    assert person.screen is Screen.CONFIRM


def test_paper_near_its_end_stops_nothing() -> None:
    near = Equipment(fitted=True, online=True, faults=("paper-near-end",))
    person = asked(Person(replace(WORLD, printer=near)))
    assert person.screen is Screen.ISSUING


def test_a_kiosk_without_a_printer_shows_the_number() -> None:
    person = printing(Person(replace(WORLD, printer=Equipment())))
    assert person.screen is Screen.TICKET


def test_nothing_is_promised_when_the_server_was_never_reached() -> None:
    person = asked(Person())
    key = person.issues[0].key
    person.see(NoAnswer(key, was_sent=False))
    assert person.screen is Screen.REFUSED
    assert person.visit.refusal is None
    person.tap(Kind.RETRY)
    assert [issue.key for issue in person.issues] == [key, key]


def test_a_lost_answer_is_asked_for_again_under_the_same_key() -> None:
    person = asked(Person())
    first = person.issues[0]
    person.see(NoAnswer(first.key, was_sent=True))
    assert person.screen is Screen.UNSURE
    person.tap(Kind.RETRY)
    assert person.issues[1] == first
    person.see(Issued(first.key, TICKET))
    assert person.screen is Screen.PRINTING


def test_once_sent_a_request_stays_uncertain_until_it_is_answered() -> None:
    person = asked(Person())
    key = person.issues[0].key
    person.see(NoAnswer(key, was_sent=True))
    person.tap(Kind.RETRY)
    person.see(NoAnswer(key, was_sent=False))
    assert person.screen is Screen.UNSURE


def test_an_uncertain_request_cannot_be_changed_only_repeated_or_left() -> None:
    person = asked(Person())
    person.see(NoAnswer(person.issues[0].key, was_sent=True))
    assert not flow.offers(person.session, Kind.BACK)
    person.tap(Kind.HOME)
    assert Abandon(person.issues[0].key) in person.effects


def test_an_answer_after_all_is_taken_on_the_uncertain_screen() -> None:
    person = asked(Person())
    person.wait(moves.TIMEOUT_S[Screen.ISSUING] or 0)
    assert person.screen is Screen.UNSURE
    person.see(Issued(person.issues[0].key, TICKET))
    assert person.screen is Screen.PRINTING


def test_an_answer_for_somebody_who_left_shows_nothing() -> None:
    person = asked(Person())
    key = person.issues[0].key
    person.see(NoAnswer(key, was_sent=True))
    person.tap(Kind.HOME)
    person.see(Issued(key, TICKET))
    assert person.screen is Screen.HOME
    assert person.visit == EMPTY_VISIT


def test_a_refusal_is_said_and_the_next_try_has_a_new_key() -> None:
    person = asked(Person())
    person.see(Refused(person.issues[0].key, Refusal(Code.NOT_OPEN)))
    assert person.screen is Screen.REFUSED
    person.taps(Kind.BACK, Kind.CONFIRM)
    assert person.issues[0].key != person.issues[1].key


def test_a_refusal_that_will_pass_is_tried_again_under_the_same_key() -> None:
    person = asked(Person())
    person.see(Refused(person.issues[0].key, Refusal(Code.OVERLOADED)))
    person.tap(Kind.RETRY)
    assert person.issues[0] == person.issues[1]


def test_a_live_ticket_for_the_same_matter_is_offered_again() -> None:
    person = asked(Person())
    params = MappingProxyType({"number": "B012", "ticket_id": TICKET.ticket_id})
    person.see(Refused(person.issues[0].key, Refusal(Code.DUPLICATE_TICKET, params)))
    assert person.screen is Screen.DUPLICATE
    assert Fetch(TicketId(TICKET.ticket_id)) in person.effects
    person.see(Found(TICKET))
    person.tap(Kind.PRINT_AGAIN)
    effect = person.effects[-1]
    assert isinstance(effect, Print)
    assert effect.reprint
    assert effect.ticket == TICKET


def test_an_unknown_print_asks_the_person_and_a_reprint_bears_the_same_label() -> None:
    person = printing(Person())
    person.see(PrintEnded(TICKET.ticket_id, Paper.PERHAPS))
    assert person.screen is Screen.ASK_PRINTED
    person.tap(Kind.DID_NOT_PRINT)
    effect = person.effects[-1]
    assert isinstance(effect, Print)
    assert (effect.ticket.number, effect.reprint, effect.attempt) == ("B012", True, 2)


def test_after_some_papers_nobody_saw_the_number_stays_on_the_screen() -> None:
    person = printing(Person())
    for _ in range(PRINT_ATTEMPTS_MAX):
        person.see(PrintEnded(TICKET.ticket_id, Paper.PERHAPS))
        person.tap(Kind.DID_NOT_PRINT)
    assert person.screen is Screen.TICKET
    assert person.visit.paper is Paper.FAILED
    assert kinds_of(person.effects).count("Print") == PRINT_ATTEMPTS_MAX


def test_a_failed_print_shows_the_number_that_counts_all_the_same() -> None:
    person = printing(Person())
    person.see(PrintFailed(TICKET.ticket_id, "paper-out"))
    assert person.screen is Screen.TICKET
    assert (person.visit.paper, person.visit.fault) == (Paper.FAILED, "paper-out")


def test_a_printer_that_never_reports_leads_to_the_question() -> None:
    person = printing(Person())
    person.wait(moves.TIMEOUT_S[Screen.PRINTING] or 0)
    assert person.screen is Screen.ASK_PRINTED


def test_an_unreadable_card_is_said_where_the_person_is() -> None:
    person = Person()
    person.see(CardRefused("card-read-failed"))
    assert (person.screen, person.visit.fault) == (Screen.HOME, "card-read-failed")
    person.wait(60)
    assert person.visit.fault == ""


def test_a_scanned_ticket_shows_its_place() -> None:
    person = Person()
    person.see(TicketShown(TicketId(TICKET.ticket_id)))
    assert person.screen is Screen.FINDING
    person.see(Stood((TICKET,)))
    assert person.screen is Screen.FOUND


def test_an_unknown_scanned_ticket_is_refused_in_words() -> None:
    person = Person()
    person.see(TicketShown(TicketId("x")))
    person.see(NotFound(TicketId("x"), Refusal(Code.UNKNOWN_TICKET)))
    assert person.screen is Screen.REFUSED
    person.tap(Kind.BACK)
    assert person.screen is Screen.PROGRESS


def test_a_tickets_code_is_no_document() -> None:
    person = Person()
    person.to_confirm()
    person.see(TicketShown(TicketId("x")))
    assert (person.screen, person.visit.fault) == (Screen.CONFIRM, "bad-barcode")


def test_what_was_interrupted_is_taken_up_under_its_old_key() -> None:
    stopped = Interrupted(
        RequestKey("old"), TicketRequest(service_id="B01"), "en", maybe_printed=True
    )
    person = Person(replace(WORLD, interrupted=stopped))
    person.tap(Kind.RESUME)
    assert person.issues[0].key == "old"
    assert person.session.language == "en"
    assert ForgetInterrupted() in person.effects
    person.see(Issued(RequestKey("old"), TICKET))
    effect = person.effects[-1]
    assert isinstance(effect, Print)
    assert effect.reprint


def test_without_a_catalogue_the_first_touch_says_so() -> None:
    person = Person(World())
    person.tap(Kind.START)
    assert person.screen is Screen.REFUSED
    person.tap(Kind.RETRY)
    assert person.screen is Screen.REFUSED


def test_an_item_that_left_the_catalogue_leads_back_to_the_sections() -> None:
    person = Person()
    person.to_confirm("B07")
    rest = [item for item in CATALOGUE.items if item.service_id != "B07"]
    fewer = CATALOGUE.model_copy(update={"items": rest, "hash": "other"})
    person.see(WorldChanged(replace(WORLD, catalogue=fewer)))
    assert person.screen is Screen.SECTIONS


def test_the_language_changes_on_the_spot_and_is_forgotten_with_the_person() -> None:
    person = Person()
    person.to_confirm()
    person.tap(Kind.LANGUAGE, "en")
    assert (person.screen, person.session.language) == (Screen.CONFIRM, "en")
    person.tap(Kind.HOME)
    assert person.session.language == "zh_CN"


def test_a_language_chosen_on_the_first_screen_is_given_up_when_nobody_uses_it() -> None:
    person = Person()
    person.tap(Kind.LANGUAGE, "en")
    person.wait(moves.HOME_LANGUAGE_S)
    assert person.session.language == "zh_CN"


def test_help_returns_to_where_it_was_asked_for() -> None:
    person = Person()
    person.to_confirm()
    before = person.visit
    person.taps(Kind.HELP, Kind.BACK)
    assert person.screen is Screen.CONFIRM
    assert replace(person.visit, came_from=before.came_from) == before


def test_advice_taken_from_help_is_a_matter_of_its_own() -> None:
    person = asked(Person())
    key = person.issues[0].key
    person.see(NoAnswer(key, was_sent=True))
    person.taps(Kind.HELP, (Kind.PICK_ITEM, "A03"))
    assert Abandon(key) in person.effects
    person.tap(Kind.CONFIRM)
    assert person.issues[-1].key != key


@pytest.mark.parametrize("screen", [s for s in Screen if s not in flow.RESTING])
def test_every_screen_has_a_way_back_or_waits_for_a_machine_and_has_a_time_out(
    screen: Screen,
) -> None:
    session = replace(Person().session, screen=screen)
    assert moves.TIMEOUT_S[screen] is not None
    assert screen in flow.EXPIRY
    assert flow.offers(session, Kind.HOME) or screen is Screen.ISSUING


@pytest.mark.parametrize(
    "screen", [s for s in Screen if s not in flow.BUSY and s not in flow.RESTING]
)
def test_the_warning_comes_twenty_seconds_ahead_and_can_be_put_off(screen: Screen) -> None:
    person = Person()
    person.to_confirm()
    person.session = moves.go(
        replace(person.session, visit=replace(person.visit, ticket=TICKET)), screen, person.now_s
    )
    limit_s = moves.TIMEOUT_S[screen]
    assert limit_s is not None
    person.wait(limit_s - flow.WARNING_S - 1)
    assert flow.warning_left_s(person.session, person.now_s) is None
    person.wait(1)
    assert flow.warning_left_s(person.session, person.now_s) == flow.WARNING_S
    person.tap(Kind.STAY)
    assert flow.warning_left_s(person.session, person.now_s) is None
    person.see(Tick(), limit_s)
    assert person.screen is Screen.HOME
    assert person.visit == EMPTY_VISIT


def test_boards_and_devices_do_not_disturb_a_visit() -> None:
    person = Person()
    person.to_confirm()
    serial = person.session.serial
    person.see(WorldChanged(replace(WORLD, board=BOARD, reader=WELL)))
    assert (person.screen, person.session.serial) == (Screen.CONFIRM, serial)
