from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.speech.reading import Part, Piece, han_number, pieces

VALUES = {"零": 0} | {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}
PLACES = {"十": 10, "百": 100, "千": 1000}


def _value(said: str) -> int:
    """The number back, by the rules of the language rather than by ours."""
    high, ten_thousand, low = said.rpartition("万")
    if ten_thousand:
        return _value(high) * 10_000 + _value(low)
    total, digit = 0, None
    for sign in low:
        if sign in PLACES:
            total += PLACES[sign] * (1 if digit is None else digit)
            digit = None
        else:
            digit = VALUES[sign]
    return total + (digit or 0)


@given(st.integers(0, 99_999_999))
def test_a_number_in_words_is_that_number(number: int) -> None:
    assert _value(han_number(number)) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (112, "一百一十二"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (10500, "一万零五百"),
        (30000, "三万"),
    ],
)
def test_numbers_as_people_say_them(number: int, said: str) -> None:
    assert han_number(number) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026年11月24日", "二零二六年十一月二十四日"),
        ("2026-11-24", "二零二六年十一月二十四日"),
        ("8:30", "八点三十分"),
        ("9:00", "九点"),
        ("90%", "百分之九十"),
        ("3.5", "三点五"),
        ("30立方米", "三十立方米"),
        ("010-12345678901", "零一零一二三四五六七八九零一"),
    ],
)
def test_figures_become_words(text: str, said: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == said


def test_letters_and_pauses_are_told_apart() -> None:
    assert pieces("请按 F1，（或）USB key。") == (
        Piece(Part.HAN, "请按"),
        Piece(Part.LATIN, "F"),
        Piece(Part.HAN, "一"),
        Piece(Part.PAUSE),
        Piece(Part.HAN, "或"),
        Piece(Part.PAUSE),
        Piece(Part.LATIN, "USB key"),
    )


@given(st.text(max_size=80))
def test_any_text_is_read_without_a_mistake(text: str) -> None:
    found = pieces(text)
    assert all(piece.text or piece.part is Part.PAUSE for piece in found)
    assert all(a.part is not b.part for a, b in pairwise(found))
