"""Guidance by voice in the visitor flow: who is guided has more time, and takes nothing along."""

from dataclasses import replace

from kiosk import moves
from kiosk.signals import DocumentShown, Kind, Rest, Tick, VoiceAsked
from kiosk.visit import Document, Screen, Voice
from tests.unit.kiosk.flow import WORLD, Person

ALOUD = replace(WORLD, speaks=True)


def voice_of(person: Person) -> Voice:
    return person.session.voice


def screen_of(person: Person) -> Screen:
    return person.screen


def test_the_switch_speaks_aloud_where_there_is_a_loudspeaker_and_is_silent_elsewhere() -> None:
    person = Person(ALOUD)
    person.tap(Kind.VOICE)
    assert voice_of(person) is Voice.ALOUD
    person.tap(Kind.VOICE)
    assert voice_of(person) is Voice.OFF
    silent = Person()
    silent.tap(Kind.VOICE)
    assert voice_of(silent) is Voice.OFF


def test_the_switch_ends_what_a_key_began() -> None:
    person = Person(ALOUD)
    person.see(VoiceAsked(Voice.PRIVATE))
    assert voice_of(person) is Voice.PRIVATE
    person.tap(Kind.VOICE)
    assert voice_of(person) is Voice.OFF


def test_who_is_guided_has_three_times_as_long_on_every_screen_that_waits_for_them() -> None:
    for screen, usual_s in moves.TIMEOUT_S.items():
        session = replace(Person().session, screen=screen)
        plain = moves.time_s(session, screen)
        assert plain == usual_s
        guided_s = moves.time_s(replace(session, voice=Voice.PRIVATE), screen)
        if screen in moves.BUSY:
            assert guided_s == usual_s
        elif usual_s is not None:
            assert guided_s is not None
            assert guided_s >= 3 * usual_s


def test_guidance_that_begins_in_the_middle_of_a_visit_gives_the_full_time_at_once() -> None:
    person = Person()
    person.tap(Kind.START)
    person.wait(50)
    person.see(VoiceAsked(Voice.PRIVATE))
    person.wait(170)
    assert screen_of(person) is Screen.SECTIONS
    person.wait(20)
    assert screen_of(person) is Screen.HOME


def test_guidance_that_nobody_uses_ends_by_itself_and_forgets_the_language() -> None:
    person = Person(ALOUD)
    person.taps(Kind.VOICE, (Kind.LANGUAGE, "en"))
    person.wait(moves.HOME_VOICE_S - 2)
    assert voice_of(person) is Voice.ALOUD
    person.tap(Kind.STAY)
    person.wait(moves.HOME_VOICE_S - 2)
    assert voice_of(person) is Voice.ALOUD
    person.wait(3)
    assert (person.session.voice, person.session.language) == (Voice.OFF, "zh_CN")


def test_who_goes_back_to_the_first_screen_stays_guided_but_is_forgotten() -> None:
    person = Person(ALOUD)
    person.see(VoiceAsked(Voice.PRIVATE))
    person.tap(Kind.LANGUAGE, "en")
    person.see(DocumentShown(Document("resident", "522601199001010010", "吴*朵")))
    person.tap(Kind.HOME)
    assert (person.session.voice, person.session.language) == (Voice.PRIVATE, "en")
    assert person.visit.document is None
    person.see(Tick(), moves.HOME_VOICE_S + 1)
    assert voice_of(person) is Voice.OFF


def test_who_is_done_or_walks_off_leaves_no_voice_behind() -> None:
    person = Person(ALOUD)
    person.taps(Kind.VOICE, Kind.START)
    person.wait(1000)
    assert screen_of(person) is Screen.HOME
    assert voice_of(person) is Voice.OFF


def test_a_key_wakes_a_kiosk_that_rests_and_it_does_not_rest_while_somebody_is_guided() -> None:
    person = Person()
    person.see(Rest(Screen.ATTRACT))
    assert screen_of(person) is Screen.ATTRACT
    person.see(VoiceAsked(Voice.PRIVATE))
    assert screen_of(person) is Screen.HOME
    person.see(Rest(Screen.ATTRACT))
    assert screen_of(person) is Screen.HOME
    person.wait(moves.HOME_VOICE_S + 1)
    person.see(Rest(Screen.ATTRACT))
    assert screen_of(person) is Screen.ATTRACT


def test_a_kiosk_out_of_service_says_so_and_falls_silent_where_it_is() -> None:
    person = Person()
    person.see(Rest(Screen.OUT_OF_SERVICE))
    person.see(VoiceAsked(Voice.PRIVATE))
    person.wait(moves.HOME_VOICE_S + 1)
    assert (person.screen, person.session.voice) == (Screen.OUT_OF_SERVICE, Voice.OFF)
    assert person.session.deadline_s is None


def test_quick_steps_through_a_page_do_not_make_the_next_choice_too_early() -> None:
    person = Person()
    person.see(VoiceAsked(Voice.PRIVATE))
    person.tap(Kind.START)
    person.now_s += 1.0
    for _ in range(6):
        person.tap(Kind.STAY, after_s=0.15)
    person.tap(Kind.HOME, after_s=0.15)
    assert person.screen is Screen.HOME


def test_a_step_on_a_page_just_shown_does_not_open_it_to_a_key_still_held() -> None:
    person = Person()
    person.tap(Kind.START)
    shown = person.session.serial
    person.tap(Kind.STAY, after_s=0.1)
    person.tap(Kind.HOME, after_s=0.1)
    assert person.session.serial == shown
