"""What is said of pages, numbers, warnings, and which sentences nobody recorded."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.roles_voice import Spoken
from hardware.speech.sounds import BankSounds
from kiosk.call_words import SpokenWords
from kiosk.guidance import Bit, Hint, Page, Part, Place, Role
from kiosk.guidance_texts import missing_phrases, sentences, spoken_texts
from kiosk.guidance_words import HINTS, KEYS, PRIVACY, TOUCHING, GuidanceWords
from kiosk.lang import Languages
from kiosk.signals import Kind
from kiosk.visit import Screen, Session, Visit, Voice
from queue_server.contract.messages import ServingRow, WindowState
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.flow import WORLD

LANGUAGES = Languages(("zh_CN", "en"))
TITLE = Part(("Would you like help?",), Role.TITLE)
LONG = Part(("A sentence of the page that is rather long. " * 8,), Role.TEXT)
NOTE = Part(("It has run out of paper.",), Role.NOTE)
DONE = Part(("Done",), Role.TOUCH, kind=Kind.DONE)


def words(
    screen: Screen = Screen.HELP, voice: Voice = Voice.PRIVATE, visit: Visit | None = None
) -> GuidanceWords:
    session = Session(screen, "en", "zh_CN", visit or Visit(), WORLD, voice=voice)
    return GuidanceWords(LANGUAGES, SpokenWords(), lambda: session)


def page(*parts: Part, language: str = "en") -> Page:
    return Page(1, 1, language, parts)


def texts(said: tuple[Bit, ...]) -> list[str]:
    return [bit.text for bit in said]


def test_a_short_page_is_read_out_and_says_how_many_choices_there_are() -> None:
    short = Part(("Ask anybody at the desk.",), Role.TEXT)
    assert texts(words().entry(page(TITLE, short, DONE, DONE))) == [
        "Would you like help?",
        "Ask anybody at the desk.",
        "2 choices. Press down to hear them one by one.",
    ]


def test_of_a_long_page_the_title_and_the_notes_are_read_out() -> None:
    said = texts(words().entry(page(TITLE, LONG, NOTE, DONE)))
    assert said == [*TITLE.texts, *NOTE.texts, "One choice. Press down to hear it."]


def test_the_privacy_notice_is_never_left_out() -> None:
    privacy = Part((LANGUAGES.speech("zh_CN").gettext(PRIVACY),), Role.TEXT)
    said = words(Screen.IDENTIFY).entry(page(TITLE, LONG, privacy, language="zh_CN"))
    assert privacy.texts[0] in texts(said)


def test_the_number_is_said_twice_first_and_sign_by_sign() -> None:
    ticket = fakes.ticket("B012")
    number = Part(("B012",), Role.TEXT)
    told = words(Screen.TICKET, visit=Visit(ticket=ticket)).entry(
        page(NOTE, number, DONE, language="zh_CN")
    )
    assert texts(told[:2]) == ["您的号码是B012。"] * 2
    assert told[0].clips[:3] == ("your-number", "letter-b", "digit-0")
    assert "B012" not in texts(told)


def test_a_number_that_stands_beside_other_words_is_said_all_the_same() -> None:
    ticket = fakes.ticket("B012")
    line = Part(("B012", "3 people ahead of you"), Role.TEXT)
    told = words(Screen.TICKET, visit=Visit(ticket=ticket)).entry(page(line))
    assert texts(told) == ["Your number is B012."] * 2 + ["3 people ahead of you"]


def test_a_number_that_was_only_looked_up_is_spelt_where_it_stands() -> None:
    number = Part(("B2-07",), Role.TEXT)
    (bit,) = words(Screen.FOUND, visit=Visit(ticket=fakes.ticket("B2-07"))).entry(page(number))
    assert bit.clips == ("letter-b", "digit-2", "digit-0", "digit-7")


def test_a_choice_says_whether_it_is_chosen_and_which_one_it_is() -> None:
    chosen = Part(("The normal queue",), Role.TOUCH, kind=Kind.PICK_PRIORITY, chosen=True)
    assert texts(words().part(page(TITLE, DONE, chosen), 2)) == [
        "The normal queue",
        "chosen",
        "2 of 2",
    ]


def test_a_language_is_named_in_itself() -> None:
    chip = Part(("中文",), Role.TOUCH, Place.HEAD, Kind.LANGUAGE, "zh_CN")
    assert words().part(page(chip), 0)[0].language == "zh_CN"


def test_the_leaf_of_a_list_is_said_in_words() -> None:
    (bit,) = words().part(page(Part(("2 / 3",), Role.TEXT)), 0)
    assert bit.text == "Leaf 2 of 3"


@pytest.mark.parametrize(
    ("sentence", "aloud"),
    [
        ("您好，吴*朵。请选择办事类别", "您好，。请选择办事类别"),
        ("Good day, Wu* Duo. Choose a subject", "Good day,  Duo. Choose a subject"),
        ("Choose a subject", "Choose a subject"),
    ],
)
def test_nobodys_name_is_said_in_front_of_others(sentence: str, aloud: str) -> None:
    here = page(Part((sentence,), Role.TEXT))
    assert texts(words(voice=Voice.ALOUD).part(here, 0)) == [aloud]
    assert texts(words().part(here, 0)) == [sentence]


def test_the_first_words_tell_keys_or_fingers_how_it_works() -> None:
    assert texts(words().greeting(page())) == list(KEYS)
    assert texts(words(voice=Voice.ALOUD).greeting(page())) == list(TOUCHING)


def test_the_warning_says_how_to_get_more_time() -> None:
    sheet = (
        Part(("This page closes in 20 seconds.",), Role.TEXT, Place.WARNING),
        Part(("I am still here",), Role.TOUCH, Place.WARNING, Kind.STAY),
    )
    here = page(*sheet, TITLE)
    assert texts(words().warning(here)) == [sheet[0].texts[0], "Press any key for more time."]
    assert texts(words(voice=Voice.ALOUD).warning(here)) == [
        sheet[0].texts[0],
        "Touch “I am still here” for more time.",
    ]


def test_now_serving_names_window_and_number_from_the_board() -> None:
    def row(window: str, number: str | None) -> ServingRow:
        return ServingRow(
            window_id=window,
            name=window,
            state=WindowState.SERVING,
            number=number,
            called_at=datetime(2026, 3, 2, tzinfo=UTC),
        )

    board = fakes.board().model_copy(update={"serving": [row("1", "A004"), row("2", None)]})
    session = Session(Screen.HOME, "en", "en", world=replace(WORLD, board=board))
    guidance = GuidanceWords(LANGUAGES, SpokenWords(), lambda: session)
    (bit,) = guidance.serving(page())
    assert bit.text == "Window 1: A004"
    assert bit.clips[-4:] == ("letter-a", "digit-0", "digit-0", "digit-4")
    assert texts(words().serving(page())) == ["No number is being served just now."]


def test_every_hint_has_its_words() -> None:
    assert set(HINTS) == set(Hint)
    assert all(words().hint(page(), hint)[0].text for hint in Hint)


# --- what nobody recorded ------------------------------------------------------------------------


def test_the_sentences_of_the_program_are_read_off_its_source() -> None:
    found = sentences()
    assert ("Take a number",) in found
    assert ("{n} waiting", "{n} waiting") in found
    assert (HINTS[Hint.LOUDER],) in found
    assert len(found) > 200


def test_sentences_without_places_are_spoken_ahead_in_every_language() -> None:
    ahead = spoken_texts(LANGUAGES)
    assert ("取号", "zh_CN") in ahead
    assert ("Take a number", "en") in ahead
    assert not any("{" in text for text, _language in ahead)


def test_what_the_bank_lacks_is_listed_and_what_a_hall_recorded_is_not(tmp_path: Path) -> None:
    missing = {each.text: each.spoken for each in missing_phrases("zh_CN", LANGUAGES)}
    assert missing["取号"] is True
    voice = tmp_path / "zh_CN" / "yunxi"
    voice.mkdir(parents=True)
    (voice / "text-take.wav").write_bytes(b"")
    (voice / "index.json").write_text('{"phrases": {"text-take": {"text": "取号"}}}')
    assert "取号" not in {each.text for each in missing_phrases("zh_CN", LANGUAGES, [tmp_path])}
    assert all(each.spoken for each in missing_phrases("en", LANGUAGES))


async def test_a_text_that_the_bank_says_is_not_left_to_the_machine_s_voice() -> None:
    """Names of items are given as text; the bank has them whole."""
    sounds = BankSounds(voice=None)
    (whole,) = [
        phrase for phrase in sounds.bank("zh_CN").phrases.values() if phrase.text == "参加养老保险"
    ]
    said = await sounds.speech(Spoken("zh_CN", (), "参加养老保险"))
    named = await sounds.speech(Spoken("zh_CN", (whole.phrase_id,)))
    assert said.tolist() == named.tolist()
