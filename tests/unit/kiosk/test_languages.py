"""Languages: what a .po says of itself, who may be offered, and lines from right to left."""

from pathlib import Path

import pytest

from kiosk.lang import Languages
from kiosk.ui import bidi
from queue_server.languages import Languages as ServerLanguages
from queue_server.languages import about
from queue_server.translations import all_gaps, gaps
from queue_server.web.pages_language import html_dir, native_name
from tests import pseudo_language as pseudo

WELCOME = "\u062e\u0648\u0634"  # three letters; the second joins no letter after it
QUEUE = "\u0626\u06c6\u0686\u0649\u0631\u06d5\u062a"


def po(directory: Path, code: str, *fields: str) -> None:
    folder = directory / code / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = "".join(f'"{field}\\n"\n' for field in fields)
    entry = 'msgid "Back"\nmsgstr "Qaytish"\n'
    (folder / "bianmin.po").write_text(f'msgid ""\nmsgstr ""\n{head}\n{entry}', "utf-8")


CHARSET = "Content-Type: text/plain; charset=utf-8"


def test_a_language_without_a_reviewer_is_offered_in_a_demo_only(tmp_path: Path) -> None:
    po(tmp_path, "uz", CHARSET, "X-Reviewer:", "X-Language-Name: O'zbek")
    shy = Languages(("en", "uz"), tmp_path)
    assert shy.codes == ("en",)
    assert shy.withheld == ("uz",)
    assert shy.speech("uz").code == "en"
    shown = Languages(("en", "uz"), tmp_path, demo=True)
    assert shown.codes == ("en", "uz")
    assert shown.speech("uz").own_name == "O'zbek"
    assert shown.speech("uz").gettext("Back") == "Qaytish"
    assert ServerLanguages(("en", "uz"), tmp_path, demo=False).codes == ("en",)
    assert ServerLanguages(("en", "uz"), tmp_path).codes == ("en", "uz")


def test_a_reviewer_in_the_header_is_enough(tmp_path: Path) -> None:
    po(tmp_path, "uz", CHARSET, "X-Reviewer: A. Karimova, 2026-10-01")
    assert Languages(("en", "uz"), tmp_path).codes == ("en", "uz")
    assert ServerLanguages(("en", "uz"), tmp_path, demo=False).codes == ("en", "uz")
    assert about("uz", tmp_path).reviewer == "A. Karimova, 2026-10-01"


def test_with_nobody_to_answer_for_any_of_them_english_is_left(tmp_path: Path) -> None:
    po(tmp_path, "uz", CHARSET)
    assert Languages(("uz",), tmp_path).codes == ("en",)


def test_the_languages_of_the_product_call_themselves_by_their_own_names() -> None:
    both = Languages(("zh-CN", "en"))
    assert [both.speech(code).own_name for code in both.codes] == ["中文", "English"]
    assert [native_name(code) for code in ("zh-CN", "en")] == ["中文", "English"]


def test_the_direction_is_known_of_a_language_or_said_by_its_po(tmp_path: Path) -> None:
    po(tmp_path, "xx", CHARSET, "X-Direction: rtl")
    assert Languages(("xx", "en"), tmp_path, demo=True).default.rtl
    assert about("xx", tmp_path).rtl
    assert [html_dir(code) for code in ("ug", "zh-CN")] == ["rtl", "ltr"]


def test_what_a_language_lacks_is_listed_sentences_and_phrases(tmp_path: Path) -> None:
    po(tmp_path / "locale", "uz", CHARSET)
    po(tmp_path / "locale", "zh_CN", CHARSET)
    more = (tmp_path / "locale" / "zh_CN" / "LC_MESSAGES" / "bianmin.po").open("a")
    with more:
        more.write('\nmsgid "Help"\nmsgstr "Bangzhu"\n')
    for code, voice in (("zh_CN", "a"), ("uz", "b")):
        folder = tmp_path / "sounds" / code / voice
        folder.mkdir(parents=True)
        text = f'voice = "{voice}"\n[phrases]\nagain = "Yana"\n[phrases.digit]\n1 = "bir"\n'
        (folder.parent / "bank.toml").write_text(text)
        (folder / "digit-1.wav").touch()
    uz = gaps("uz", tmp_path / "locale", tmp_path / "sounds")
    assert uz.sentences == ("Help",)
    assert (uz.of_sentences, uz.of_phrases) == (2, 2)
    assert uz.phrases == ("Yana",)
    assert not uz.ready
    nobody = gaps("kk", tmp_path / "locale", tmp_path / "sounds")
    assert len(nobody.sentences) == 2
    assert nobody.phrases == ("again", "digit-1")
    found = [each.code for each in all_gaps(tmp_path / "locale", tmp_path / "sounds")]
    assert found == ["en", "uz", "zh_CN"]


def test_letters_join_and_the_line_is_seen_from_the_right() -> None:
    assert bidi.in_sight(WELCOME, rtl=True) == "\ufeb5\ufeee\ufea7"
    assert bidi.shaped("\u0644\u06d5") == "\ufedf\ufeea"
    assert not set(bidi.shaped(QUEUE)) & set(QUEUE)


def test_numbers_and_latin_words_inside_stay_as_they_are_read() -> None:
    seen = bidi.in_sight(f"{WELCOME} B012 (12)", rtl=True)
    assert seen.startswith("B012 (12) ")
    assert seen.endswith("\ufea7")
    assert bidi.in_sight(f"12 ({WELCOME})", rtl=True) == "(\ufeb5\ufeee\ufea7) 12"


def test_brackets_open_towards_what_they_hold() -> None:
    assert bidi.in_sight("Register (hukou)", rtl=True) == "Register (hukou)"
    assert bidi.in_sight(f"{WELCOME} (hukou)", rtl=True) == "(hukou) \ufeb5\ufeee\ufea7"
    assert bidi.in_sight(f"[{WELCOME}]", rtl=True) == "[\ufeb5\ufeee\ufea7]"


@pytest.mark.parametrize("line", ["取号", "Take a number", ""])
def test_a_line_without_such_letters_is_left_alone(line: str) -> None:
    assert bidi.in_sight(line, rtl=False) is line


def test_the_long_language_is_at_least_60_percent_longer_and_keeps_its_placeholders() -> None:
    sentence = "Your number is {number} in {n} minutes"
    grown = pseudo.longer(sentence)
    assert len(grown) >= 1.5 * len(sentence)
    assert "{number}" in grown
    assert "{n}" in pseudo.arabic(sentence)
