"""The guide on paper."""

import pytest

from queue_server.paper.columns import columns_of
from queue_server.paper.guide import guide_lines
from queue_server.paper.lines import QrLine, TextLine
from tests.unit.paper.golden_cases import translations
from tests.unit.paper.guide_cases import GOLDEN_DIR, cases, full_guide, rendered

CASES = cases()


@pytest.mark.parametrize("stem", sorted(CASES))
def test_a_guide_reads_as_its_golden_file(stem: str) -> None:
    language, paper = CASES[stem]
    assert rendered(language, paper) == (GOLDEN_DIR / f"{stem}.txt").read_text("utf-8")


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN_DIR.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize("stem", sorted(CASES))
def test_no_line_is_wider_than_the_paper(stem: str) -> None:
    language, paper = CASES[stem]
    for line in guide_lines(paper, language, translations(language)):
        if isinstance(line, TextLine):
            assert columns_of(line.text) * line.width <= paper.columns


def test_large_type_has_no_small_line() -> None:
    language, paper = CASES["large-zh-CN-48"]
    for line in guide_lines(paper, language, translations(language)):
        assert not isinstance(line, TextLine) or line.height > 1


def test_it_has_a_box_for_each_paper_says_that_it_is_no_number_and_has_no_code() -> None:
    paper = full_guide("en", 48)
    lines = guide_lines(paper, "en", translations("en"))
    texts = [line.text for line in lines if isinstance(line, TextLine)]
    assert sum(text.startswith("□ ") for text in texts) == len(paper.materials)
    assert "This is not a queue number." in " ".join(texts)
    assert not any(isinstance(line, QrLine) for line in lines)
