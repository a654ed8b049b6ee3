"""What our chain reads of a generated set of pictures, against its libraries alone.

BIANMIN_LONG=1 takes sixty pictures a class instead of two. How long it takes is `script/bench`'s.
"""

import os

import pytest

from tests.code_pictures import DRAW, SPOILS, drawn
from tests.code_rates import Scores, measure, ours

LONG = os.environ.get("BIANMIN_LONG") == "1"
CLASSES = [(symbology, spoil) for symbology in DRAW for spoil in SPOILS]


@pytest.fixture(scope="module")
def scores() -> Scores:
    return measure(60 if LONG else 2)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("symbology", "spoil"), CLASSES)
def test_our_chain_reads_at_least_what_each_library_reads_alone(
    symbology: str, spoil: str, scores: Scores
) -> None:
    score = scores[symbology, spoil]
    assert score["ours"].right >= score["zxing-cpp"].right
    assert score["ours"].right >= score["pyzbar"].right


def test_no_wrong_text_is_ever_delivered(scores: Scores) -> None:
    wrong = [name for score in scores.values() for name in score["ours"].wrong]
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("symbology", "spoil", "number", "seed"),
    [
        ("pdf417", "noise", 17, 2), ("pdf417", "glare", 26, 2), ("pdf417", "rotation", 48, 2),
        ("pdf417", "noise", 99, 5), ("pdf417", "low-contrast", 61, 2), ("code-128", "glare", 11, 1),
        ("code-128", "rotation", 149, 5),
    ],
)  # fmt: skip
def test_pictures_that_were_once_read_wrongly_are_read_rightly_or_not_at_all(
    symbology: str, spoil: str, number: int, seed: int
) -> None:
    picture = drawn(symbology, spoil, number, seed)
    assert set(ours(picture.picture)) <= {picture.raw}


@pytest.mark.parametrize("symbology", ["code-128", "pdf417"])
@pytest.mark.parametrize("spoil", ["rotation", "moire", "low-contrast"])
def test_what_a_library_alone_loses_is_read(symbology: str, spoil: str) -> None:
    """Papers held at any angle, phones, faint print: five of six at least."""
    seen = [drawn(symbology, spoil, number, 2) for number in range(6)]
    assert sum(picture.raw in ours(picture.picture) for picture in seen) >= 5


def test_the_set_is_the_same_in_every_run() -> None:
    first, again = (drawn("qr", "moire", 3, 1) for _ in range(2))
    assert first.raw == again.raw
    assert (first.picture == again.picture).all()


def test_the_libraries_alone_do_read_most_clear_pictures(scores: Scores) -> None:
    """Else the comparison would show nothing."""
    assert scores["qr", "rotation"]["zxing-cpp"].right == scores["qr", "rotation"]["ours"].pictures
    assert scores["code-128", "glare"]["pyzbar"].right >= 1
