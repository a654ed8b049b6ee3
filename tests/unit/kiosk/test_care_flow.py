"""A kiosk that rests, and staff at it, through the flow."""

from dataclasses import replace

import pytest

from hardware.errors import BadBarcode
from kiosk import session as flow
from kiosk.effects import CheckCode, StaffAct
from kiosk.signals import CardRefused, CodeChecked, DocumentShown, Kind, Rest, StaffDone
from kiosk.visit import EMPTY_VISIT, STAFF_CODE_MOST, Document, Screen
from tests.unit.kiosk.flow import Person

CARD = Document("resident", "522601199001010010", "吴*朵")


def resting(screen: Screen = Screen.ATTRACT) -> Person:
    person = Person()
    person.see(Rest(screen), 60)
    assert person.screen is screen
    return person


def at_staff() -> Person:
    person = resting()
    person.tap(Kind.STAFF)
    for digit in "470915":
        person.tap(Kind.STAFF_KEY, digit)
    person.tap(Kind.STAFF_ENTER)
    person.see(CodeChecked(ok=True))
    assert person.screen is Screen.STAFF
    return person


def test_a_touch_wakes_the_attract_screen() -> None:
    person = resting()
    person.tap(Kind.WAKE)
    assert person.screen is Screen.HOME


def test_the_finger_that_wakes_it_does_nothing_else() -> None:
    person = resting()
    person.tap(Kind.WAKE)
    person.tap(Kind.START, after_s=0.1)
    assert person.screen is Screen.HOME


def test_a_card_leads_on_from_the_attract_screen() -> None:
    person = resting()
    assert person.session.listening
    person.see(DocumentShown(CARD))
    assert person.screen is not Screen.ATTRACT
    assert person.visit.document == CARD


def test_a_card_that_cannot_be_read_is_said_on_the_first_screen() -> None:
    person = resting()
    person.see(CardRefused(BadBarcode.code))
    assert person.screen is Screen.HOME
    assert person.visit.fault == BadBarcode.code


def test_rest_leaves_nothing_of_anybody() -> None:
    person = Person()
    person.tap(Kind.LANGUAGE, "en")
    person.see(Rest(Screen.ATTRACT), 60)
    assert person.session.language == "zh_CN"
    assert person.visit == EMPTY_VISIT


@pytest.mark.parametrize("screen", [s for s in Screen if s not in flow.RESTING])
def test_rest_never_takes_a_screen_from_under_a_person(screen: Screen) -> None:
    person = Person()
    person.to_confirm()
    before = person.session = replace(person.session, screen=screen)
    person.see(Rest(Screen.ATTRACT))
    assert person.session == before
    assert not flow.offers(before, Kind.STAFF)


def test_out_of_service_offers_nothing_but_the_hidden_way_and_reads_no_card() -> None:
    person = resting(Screen.OUT_OF_SERVICE)
    assert not person.session.listening
    offered = {kind for kind in Kind if flow.offers(person.session, kind)} - set(flow.REPORTS)
    switches = {Kind.LANGUAGE, Kind.COMFORT, Kind.VOICE, Kind.STAY}
    assert offered - switches == {Kind.STAFF}


def test_the_right_code_opens_the_staff_screen_and_is_forgotten() -> None:
    person = at_staff()
    assert CheckCode("470915") in person.effects
    assert person.visit == EMPTY_VISIT
    assert "470915" not in repr(person.session)
    assert "470915" not in repr(person.effects)


def test_a_wrong_code_says_so_with_its_pause_and_can_be_typed_anew() -> None:
    person = resting()
    person.tap(Kind.STAFF)
    for digit in "1111119":
        person.tap(Kind.STAFF_KEY, digit)
    person.tap(Kind.STAFF_KEY, "erase")
    person.tap(Kind.STAFF_ENTER)
    assert CheckCode("111111") in person.effects
    person.see(CodeChecked(ok=False, wait_s=40))
    assert person.screen is Screen.STAFF_CODE
    assert (person.visit.staff.typed, person.visit.staff.wait_s) == ("", 40)
    person.tap(Kind.STAFF_KEY, "4")
    assert person.visit.staff.note == ""


def test_one_code_at_a_time_and_none_too_short_or_too_long() -> None:
    person = resting()
    person.tap(Kind.STAFF)
    for _ in range(STAFF_CODE_MOST + 5):
        person.tap(Kind.STAFF_KEY, "7")
    assert len(person.visit.staff.typed) == STAFF_CODE_MOST
    person.taps(Kind.STAFF_ENTER, Kind.STAFF_ENTER)
    assert [e for e in person.effects if isinstance(e, CheckCode)] == [CheckCode("7" * 12)]
    person.tap(Kind.BACK)
    person.see(CodeChecked(ok=True))  # too late: they have left
    assert person.screen is Screen.HOME


def test_the_staff_screen_does_one_thing_at_a_time_and_says_what_came_of_it() -> None:
    person = at_staff()
    person.tap(Kind.STAFF_ACT, "print-test")
    person.tap(Kind.STAFF_ACT, "exit")
    asked = [e for e in person.effects if isinstance(e, StaffAct)]
    assert asked == [StaffAct("print-test", "zh_CN")]
    person.see(StaffDone("The test ticket was printed."))
    assert person.visit.staff.note == "The test ticket was printed."
    person.tap(Kind.DONE)
    assert person.screen is Screen.HOME


def test_staff_who_walk_off_leave_the_kiosk_shut() -> None:
    person = at_staff()
    person.wait(181)
    assert person.screen is Screen.HOME
