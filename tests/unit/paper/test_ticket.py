from dataclasses import replace

import pytest

from queue_server.paper.columns import columns_of
from queue_server.paper.lines import Align, Line, QrLine, TextLine
from queue_server.paper.ticket import ticket_lines
from tests.unit.paper.golden_cases import GOLDEN_DIR, cases, full_ticket, rendered, translations

CASES = cases()


def lines_of(stem: str) -> tuple[Line, ...]:
    language, paper = CASES[stem]
    return ticket_lines(paper, language, translations(language))


@pytest.mark.parametrize("stem", sorted(CASES))
def test_a_ticket_reads_as_its_golden_file(stem: str) -> None:
    language, paper = CASES[stem]
    assert rendered(language, paper) == (GOLDEN_DIR / f"{stem}.txt").read_text("utf-8")


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN_DIR.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize("stem", sorted(CASES))
def test_no_line_is_wider_than_the_paper(stem: str) -> None:
    columns = CASES[stem][1].columns
    for line in lines_of(stem):
        if isinstance(line, TextLine):
            assert columns_of(line.text) * line.width <= columns
            assert 1 <= line.width <= 8
            assert 1 <= line.height <= 8


@pytest.mark.parametrize("stem", sorted(CASES))
def test_the_number_is_the_biggest_thing_on_the_paper(stem: str) -> None:
    texts = [line for line in lines_of(stem) if isinstance(line, TextLine)]
    biggest = max(texts, key=lambda line: line.height)
    assert biggest.text == CASES[stem][1].number
    assert all(line.height < biggest.height for line in texts if line is not biggest)


def test_large_type_has_no_small_line() -> None:
    for line in lines_of("large-zh-CN-48"):
        assert not isinstance(line, TextLine) or line.height > 1


def test_the_qr_code_says_what_it_was_given() -> None:
    codes = [line.text for line in lines_of("full-en-48") if isinstance(line, QrLine)]
    assert codes == ["https://hall.example/t/0198f3c0#C012"]


def test_a_long_label_still_fits_the_narrow_paper() -> None:
    paper = replace(full_ticket("en", 32), number="AB10000")
    for line in ticket_lines(paper, "en", translations("en")):
        assert not isinstance(line, TextLine) or columns_of(line.text) * line.width <= 32


def test_a_right_to_left_language_starts_its_lines_on_the_right() -> None:
    lines = ticket_lines(full_ticket("en", 48), "ug", translations("en"))
    body = [line for line in lines if isinstance(line, TextLine) and "ahead" in line.text]
    assert [line.align for line in body] == [Align.RIGHT]


def test_a_paper_of_several_matters_names_the_whole_visit() -> None:
    def said(numbers: tuple[str, ...]) -> list[str]:
        paper = replace(full_ticket("en", 48), visit_numbers=numbers)
        lines = ticket_lines(paper, "en", translations("en"))
        return [line.text for line in lines if isinstance(line, TextLine)]

    assert "This visit: B012, C003" in said(("B012", "C003"))
    assert not [text for text in said(()) if "This visit" in text]
