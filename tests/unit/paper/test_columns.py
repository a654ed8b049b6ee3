from hypothesis import given
from hypothesis import strategies as st

from queue_server.paper.columns import (
    NEVER_FIRST,
    NEVER_LAST,
    char_columns,
    columns_of,
    hang,
    wrap,
)

TEXT = st.text(
    alphabet=st.sampled_from(
        "取号票等候分钟约aB9 ,。、()\uff0c\uff08\uff09\uff01《》“”–□.·()-𠮷\u0301"
    ),
    max_size=60,
)


def test_hanzi_and_double_byte_marks_take_two_columns() -> None:
    assert columns_of("取号B012") == 8
    assert columns_of("□–“”") == 8
    assert columns_of("𠮷") == 2


def test_combining_marks_and_controls_take_no_room() -> None:
    assert columns_of("e\u0301\u200b\x07") == 1


def test_a_full_stop_never_starts_a_line() -> None:
    assert wrap("现在无法估计\uff0c请稍候。", 12) == ("现在无法估", "计\uff0c请稍候。")


def test_an_opening_bracket_never_ends_a_line() -> None:
    assert wrap("窗口\uff08综合\uff09", 6) == ("窗口", "\uff08综", "合\uff09")


def test_latin_words_and_ranges_stay_whole() -> None:
    assert wrap("usually 15–35 min", 12) == ("usually", "15–35 min")


def test_a_word_longer_than_the_line_is_cut_and_not_lost() -> None:
    assert wrap("https://hall.example/t/1", 10) == ("https://ha", "ll.example", "/t/1")


def test_line_breaks_in_the_text_are_kept() -> None:
    assert wrap("one\ntwo", 20) == ("one", "two")


def test_the_lines_after_a_tick_box_stand_under_the_text() -> None:
    assert hang("□ ", "居民户口簿原件", 9) == ("□ 居民户", "   口簿原", "   件")


@given(TEXT, st.integers(min_value=4, max_value=48))
def test_no_line_is_wider_than_the_paper_and_nothing_but_blanks_is_lost(
    text: str, columns: int
) -> None:
    lines = wrap(text, columns)
    assert all(columns_of(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXT, st.integers(min_value=24, max_value=48))
def test_punctuation_stays_with_its_neighbour_where_the_run_fits_a_line(
    text: str, columns: int
) -> None:
    marks = NEVER_FIRST | NEVER_LAST | {"–"}
    longest = run = 0
    for char in text:
        run = run + char_columns(char) if char in marks or not char.isspace() else 0
        longest = max(longest, run)
    if longest > columns:
        return
    for line, following in zip(wrap(text, columns), wrap(text, columns)[1:], strict=False):
        at_space = text.find(line + " ") >= 0 or text.find(" " + following) >= 0
        assert at_space or following[:1] not in NEVER_FIRST
        assert at_space or line[-1:] not in NEVER_LAST
