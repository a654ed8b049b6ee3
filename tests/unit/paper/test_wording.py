from datetime import datetime
from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.paper.wording import (
    NoEstimate,
    WaitRange,
    ahead_sentence,
    mask_name,
    rounded_outward,
    wait_sentence,
    windows_sentence,
)
from tests.unit.paper.golden_cases import translations

AT = datetime(2026, 11, 23, 10, 5)  # noqa: DTZ001 - local time of the hall, as printed
ENGLISH = NullTranslations()


def wait(low_min: float, likely_min: float, high_min: float) -> WaitRange:
    return WaitRange(int(low_min * 60), int(likely_min * 60), int(high_min * 60), AT)


def test_the_range_is_rounded_outward_and_the_point_to_the_nearest() -> None:
    assert rounded_outward(wait(16, 25.5, 34)) == (15, 25, 35)
    assert rounded_outward(wait(4.9, 7.4, 15)) == (0, 7, 15)


@given(st.integers(0, 7200), st.integers(0, 7200), st.integers(0, 7200))
def test_rounding_never_makes_the_range_narrower(a: int, b: int, c: int) -> None:
    low, likely, high = sorted((a, b, c))
    shown_low, shown_likely, shown_high = rounded_outward(WaitRange(low, likely, high, AT))
    assert shown_low * 60 <= low
    assert shown_high * 60 >= high
    assert abs(shown_likely * 60 - likely) <= 150


def test_a_wait_is_told_with_its_usual_range() -> None:
    assert wait_sentence(wait(16, 25, 34), ENGLISH) == "Wait: about 25 min, usually 15–35"
    assert wait_sentence(wait(16, 25, 34), translations("zh-CN")) == "约等25分钟\uff0c一般15–35分钟"


def test_a_short_wait_is_told_without_false_precision() -> None:
    assert wait_sentence(wait(1, 2, 4.5), ENGLISH) == "Wait: under 5 minutes"


def test_a_short_wait_that_can_grow_says_how_far() -> None:
    sentence = wait_sentence(wait(1, 4, 11), ENGLISH)
    assert sentence == "Wait: under 5 minutes, rarely more than 15"


@pytest.mark.parametrize("absence", [*NoEstimate, wait(10, 60, 90)])
def test_no_number_is_told_when_there_is_no_honest_one(absence: WaitRange | NoEstimate) -> None:
    assert not any(char.isdigit() for char in wait_sentence(absence, ENGLISH))


def test_without_an_open_window_the_paper_says_so() -> None:
    assert "no window is open" in wait_sentence(NoEstimate.NO_WINDOW, ENGLISH)


def test_people_ahead_are_counted_in_words_of_the_language() -> None:
    assert ahead_sentence(0, ENGLISH) == "Nobody is ahead of you"
    assert ahead_sentence(1, ENGLISH) == "1 person ahead of you"
    assert ahead_sentence(6, translations("zh-CN")) == "前面还有6人"


def test_windows_are_listed_as_the_language_lists_things() -> None:
    assert windows_sentence(["1", "3"], ENGLISH) == "Windows 1, 3"
    assert windows_sentence(["1", "3"], translations("zh-CN")).startswith("请到1、3号窗口")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小三", "张*三"),
        ("李四", "李*"),
        ("欧阳小明", "欧**明"),
        ("阿依古丽·买买提", "阿***·**提"),
        ("𠮷田一", "𠮷*一"),
        ("Maria Smith", "M**** S****"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked
