"""Checking in with an appointment: where each code leads to, and never to two numbers."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from kiosk import codes
from kiosk.effects import Fetch, Issue, LookUpAppointment
from kiosk.signals import AppointmentFound, AppointmentShown, Issued, Kind, NoAnswer, Refused
from kiosk.visit import LISTENING, Refusal, Screen, World
from queue_server.contract import appointment_code
from queue_server.contract.appointment_code import AppointmentText, BadAppointmentCodeError
from queue_server.contract.ids import RequestKey
from queue_server.contract.messages_appointments import CheckInVerdict
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.gallery_appointment import CODE, SAID, appointment
from tests.unit.kiosk.flow import OUT_OF_PAPER, WORLD, Person

NOT_NOW = [verdict for verdict in CheckInVerdict if verdict is not CheckInVerdict.NOW]


def shown(verdict: CheckInVerdict = CheckInVerdict.NOW, world: World = WORLD) -> Person:
    """Somebody whose code was looked up."""
    person = Person(world)
    person.see(AppointmentShown(SAID))
    assert person.screen is Screen.FINDING
    assert person.effects == [LookUpAppointment(CODE)]
    person.see(AppointmentFound(CODE, appointment(verdict)))
    return person


def test_checking_in_is_one_request_with_the_code() -> None:
    person = shown()
    assert person.screen is Screen.APPOINTMENT
    person.tap(Kind.CHECK_IN)
    assert person.screen is Screen.ISSUING
    (issue,) = person.issues
    assert issue.request.appointment == CODE
    assert issue.request.service_id == "B01"
    assert issue.request.visitor is None
    person.see(Issued(issue.key, fakes.ticket()))
    assert person.screen is Screen.PRINTING


def test_a_hasty_finger_checks_in_once() -> None:
    person = shown()
    serial = person.session.serial
    for _ in range(4):
        person.tap(Kind.CHECK_IN, after_s=0.05 if person.session.serial > serial else 1.0)
    assert len(person.issues) == 1


def test_a_code_scanned_again_while_the_number_is_on_its_way_changes_nothing() -> None:
    person = shown()
    person.tap(Kind.CHECK_IN)
    person.see(AppointmentShown(SAID))
    assert person.screen is Screen.ISSUING
    assert len(person.issues) == 1


def test_a_retry_asks_the_same_under_the_same_key() -> None:
    person = shown()
    person.tap(Kind.CHECK_IN)
    person.see(NoAnswer(person.issues[0].key, was_sent=True))
    person.tap(Kind.RETRY)
    first, second = person.issues
    assert (first.key, first.request) == (second.key, second.request)


@pytest.mark.parametrize("verdict", NOT_NOW)
def test_what_cannot_be_kept_now_offers_a_normal_number(verdict: CheckInVerdict) -> None:
    person = shown(verdict)
    assert person.screen is Screen.APPOINTMENT
    person.tap(Kind.CHECK_IN)
    assert person.screen is Screen.APPOINTMENT
    assert person.issues == []
    person.tap(Kind.NORMAL_NUMBER)
    assert person.screen is Screen.CONFIRM
    person.tap(Kind.CONFIRM)
    (issue,) = person.issues
    assert issue.request.appointment is None
    assert issue.request.service_id == "B01"


def test_a_number_it_has_already_is_shown_again() -> None:
    person = Person()
    person.see(AppointmentShown(SAID))
    used = appointment(CheckInVerdict.USED).model_copy(update={"ticket": fakes.ticket()})
    person.see(AppointmentFound(CODE, used))
    assert person.screen is Screen.FOUND
    assert person.visit.ticket == fakes.ticket()


def test_the_same_code_at_two_kiosks_shows_the_first_ones_number() -> None:
    person = shown()
    person.tap(Kind.CHECK_IN)
    params = MappingProxyType({"number": "B012", "ticket_id": fakes.TICKET_ID})
    person.see(Refused(person.issues[0].key, Refusal(Code.APPOINTMENT_USED, params)))
    assert person.screen is Screen.DUPLICATE
    assert isinstance(person.effects[-1], Fetch)


def test_an_unknown_code_leads_to_the_item_that_stands_in_it() -> None:
    person = Person()
    person.see(AppointmentShown(SAID))
    person.see(AppointmentFound(CODE, refusal=Refusal(Code.UNKNOWN_APPOINTMENT)))
    assert person.screen is Screen.APPOINTMENT
    person.tap(Kind.NORMAL_NUMBER)
    assert (person.screen, person.visit.service_id) == (Screen.CONFIRM, "B01")


def test_a_code_without_an_item_leads_to_the_subjects() -> None:
    person = Person()
    person.see(AppointmentShown(AppointmentText(CODE)))
    person.see(AppointmentFound(CODE))
    person.tap(Kind.NORMAL_NUMBER)
    assert person.screen is Screen.SECTIONS


def test_another_halls_code_is_not_looked_up() -> None:
    person = Person()
    person.see(AppointmentShown(AppointmentText(CODE, "another-hall", "B01")))
    assert person.screen is Screen.APPOINTMENT
    assert person.effects == []
    person.tap(Kind.NORMAL_NUMBER)
    assert person.screen is Screen.SECTIONS


def test_without_the_server_an_ordinary_number_is_given_and_said_to_be_one() -> None:
    person = shown()
    person.tap(Kind.CHECK_IN)
    key = person.issues[0].key
    person.see(Issued(key, fakes.alone(), fakes.PAPER_CODE))
    assert person.visit.scanned is not None
    assert person.visit.paper_code == fakes.PAPER_CODE


def test_the_way_back_from_a_refusal_looks_again() -> None:
    person = shown()
    person.tap(Kind.CHECK_IN)
    person.see(Refused(person.issues[0].key, Refusal(Code.APPOINTMENT_LATE)))
    assert person.screen is Screen.REFUSED
    person.tap(Kind.BACK)
    assert person.screen is Screen.FINDING
    assert person.effects[-1] == LookUpAppointment(CODE)
    assert person.visit.key is None


def test_without_paper_the_number_is_shown_or_the_way_leads_back() -> None:
    person = shown(world=replace(WORLD, printer=OUT_OF_PAPER))
    person.tap(Kind.CHECK_IN)
    assert person.screen is Screen.NO_PAPER
    person.tap(Kind.BACK)
    assert person.screen is Screen.FINDING
    person.see(AppointmentFound(CODE, appointment()))
    person.tap(Kind.CHECK_IN)
    person.tap(Kind.ON_SCREEN)
    assert person.issues[0].request.appointment == CODE


def test_an_answer_for_the_person_before_is_dropped() -> None:
    person = Person()
    person.see(AppointmentShown(SAID))
    other = appointment()
    person.see(AppointmentFound("000000000000", other))
    assert person.screen is Screen.FINDING


def test_leaving_forgets_the_appointment() -> None:
    person = shown()
    person.tap(Kind.BACK)
    assert person.screen is Screen.HOME
    assert person.visit.appointment is None
    assert person.visit.scanned is None


def test_a_code_counts_on_every_screen_that_listens() -> None:
    for screen in LISTENING:
        person = Person()
        person.session = replace(person.session, screen=screen)
        person.see(AppointmentShown(SAID))
        assert person.screen is Screen.FINDING


def test_a_request_under_way_is_given_up_for_the_appointment() -> None:
    person = Person()
    person.to_confirm()
    visit = replace(person.visit, key=RequestKey("key-of-before"))
    person.session = replace(person.session, visit=visit)
    person.see(AppointmentShown(SAID))
    assert [type(e).__name__ for e in person.effects[-2:]] == ["Abandon", "LookUpAppointment"]
    assert not any(isinstance(effect, Issue) for effect in person.effects)


# --- what a code says


@pytest.mark.parametrize("public_url", [None, "http://192.168.1.5:8765", "https://hall.example/q/"])
def test_what_a_code_says_is_read_again(public_url: str | None) -> None:
    text = appointment_code.qr_text(SAID, public_url)
    assert codes.meaning(text) == SAID


@pytest.mark.parametrize(
    "text",
    [
        "bianmin:appointment?c=K7QM2RTX9D4&h=demo",
        "bianmin:appointment?h=demo",
        "bianmin:appointment?c=K7QM2RTX9D4V&h=Not%20a%20hall",
        "bianmin:appointment?c=K7QM2RTX9D4V&s=B1",
        "https://hall.example/a/K7QM2RTX9D4Ü",
        "ftp://hall.example/a/K7QM2RTX9D4V",
        f"https://hall.example/t/{fakes.TICKET_ID}",
        "K7QM2RTX9D4V",
        "",
    ],
)
def test_what_is_no_appointment_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(BadAppointmentCodeError):
        appointment_code.read(text)
    assert not isinstance(codes.meaning(text), AppointmentText)


def test_a_ticket_is_never_taken_for_an_appointment_nor_the_other_way_round() -> None:
    ticket = codes.meaning(f"https://hall.example/t/{fakes.TICKET_ID}")
    assert ticket == fakes.TICKET_ID
    assert codes.meaning(f"bianmin:ticket?n=B012&t={fakes.TICKET_ID}") == fakes.TICKET_ID
    assert codes.meaning("https://hall.example/a/K7QM2RTX9D4V?h=demo&s=B01") == SAID


def test_codes_are_read_as_people_type_them_and_cannot_be_told_from_the_id() -> None:
    code = appointment_code.made_from(b"s" * 32, "01950000-0000-7000-8000-000000000000")
    assert appointment_code.normal(appointment_code.spaced(code).lower()) == code
    assert appointment_code.normal("oil0 0000-0000") == "011000000000"
    assert code not in appointment_code.id_of(code)
    other = appointment_code.made_from(b"t" * 32, "01950000-0000-7000-8000-000000000000")
    assert code != other
