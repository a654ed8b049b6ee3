from pathlib import Path

import pytest

from hardware.speech.bank import BadBank, flat_texts, languages, open_bank
from hardware.speech.wording import Said, Sentence

EVERY_NUMBER = range(1, 1000)


def _said(language: str, sentence: Sentence, said: Said, reading: str = "") -> str:
    """The sentence in the bank's own words."""
    bank = open_bank(language)
    return " ".join(bank.texts[clip] for clip in bank.sentence(sentence, said, reading))


def test_a_call_in_chinese() -> None:
    said = Said("A012", "3")
    assert _said("zh_CN", Sentence.CALL, said) == "请 A 零 幺 二 号 到三号窗口办理"
    assert _said("zh_CN", Sentence.CALL, said, "plain") == "请 A 零 一 二 号 到三号窗口办理"
    assert _said("zh_CN", Sentence.RECALL, said).startswith("再次呼叫 请 A 零 幺 二 号")


def test_a_call_in_english() -> None:
    said = Said("A012", "3")
    assert _said("en", Sentence.CALL, said) == "Ticket A zero one two please go to window three"
    assert _said("en", Sentence.CALL, said, "oh").startswith("Ticket A oh one two please")


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        ("12", "到十二号窗口办理", "please go to window twelve"),
        ("23", "到 二十 三 号窗口办理", "please go to window twenty three"),
        ("40", "到 四十 号窗口办理", "please go to window forty"),
        ("105", "到 一 零 五 号窗口办理", "please go to window one zero five"),
        ("B2", "到 B 二 号窗口办理", "please go to window B two"),
        ("03", "到 零 三 号窗口办理", "please go to window zero three"),
    ],
)
def test_a_window_is_a_number_where_it_is_one(window: str, zh: str, en: str) -> None:
    assert _said("zh_CN", Sentence.CALL, Said("B007", window)).endswith(f"号 {zh}")
    assert _said("en", Sentence.CALL, Said("B007", window)).endswith(f"seven {en}")


def test_the_digits_of_a_window_keep_their_usual_reading() -> None:
    assert _said("zh_CN", Sentence.CALL, Said("A111", "101")).endswith("到 一 零 一 号窗口办理")


def test_people_are_counted_not_spelt() -> None:
    assert _said("zh_CN", Sentence.AHEAD, Said(count=2)) == "您前面还有 两 人"
    assert _said("zh_CN", Sentence.AHEAD, Said(count=21)) == "您前面还有 二十 一 人"
    assert _said("en", Sentence.AHEAD, Said(count=0)) == "People before you: none"


def test_only_ascii_letters_and_digits_of_a_label_are_said() -> None:
    bank = open_bank("en")
    assert bank.sentence(Sentence.ISSUED, Said("b-0①\n中１/..")) == (
        "your-number",
        "letter-b",
        "digit-0",
    )


@pytest.mark.parametrize("language", languages())
def test_every_sentence_of_every_language_uses_phrases_that_have_a_text(language: str) -> None:
    bank = open_bank(language)
    assert bank.wording.slots_missing() == ()
    readings = (*bank.wording.readings, "unheard-of")
    for sentence in Sentence:
        for number in EVERY_NUMBER:
            said = Said(f"Z{number:03}", str(number), number)
            for reading in readings:
                assert set(bank.sentence(sentence, said, reading)) <= set(bank.texts)


def test_a_hall_adds_a_language_by_laying_files_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "ug"
    (folder / "hall").mkdir(parents=True)
    (folder / "bank.toml").write_text(
        'voice = "hall"\n[sentences]\ncall = ["{window}", "{label}"]\n[parts]\nwindow = ["w"]\n'
        '[phrases]\nw = "دېرىزە"\n',
        "utf-8",
    )
    (folder / "hall" / "w.wav").write_bytes(b"")
    bank = open_bank("ug", tmp_path)
    assert bank.sentence(Sentence.CALL, Said("A1", "4")) == ("w", "letter-a", "digit-1")
    assert bank.phrases["w"].source == "recorded"
    assert bank.missing() == ()
    assert languages(tmp_path) == ("ug",)


def test_a_hall_s_recording_takes_the_place_of_ours(tmp_path: Path) -> None:
    ours = open_bank("zh_CN")
    own = tmp_path / "zh_CN" / next(iter(ours.phrases.values())).path.parent.name
    own.mkdir(parents=True)
    (own / "please.wav").write_bytes(b"")
    bank = open_bank("zh_CN", tmp_path)
    assert bank.phrases["please"].path == own / "please.wav"
    assert bank.phrases["please"].text == "请"
    assert bank.phrases["to"] == ours.phrases["to"]


@pytest.mark.parametrize(
    "toml",
    ["", "[sentences]\ncall = 3\n[parts]\nwindow = []", "sentences = 1", "][", "phrases = 1"],
)
def test_a_bank_that_cannot_be_understood_is_refused(tmp_path: Path, toml: str) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "bank.toml").write_text(toml, "utf-8")
    with pytest.raises(BadBank):
        open_bank("xx", tmp_path)


def test_a_language_without_a_folder_is_refused() -> None:
    with pytest.raises(BadBank):
        open_bank("qq")


def test_a_phrase_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadBank):
        flat_texts({"digit": {"1": 1}})
