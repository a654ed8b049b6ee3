"""Labels."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from queue_server.contract.ids import GroupId
from queue_server.core.errors import NumbersExhausted
from queue_server.core.numbering import LAST_NUMBER, label, number_of
from tests.unit.core.desk import Desk


@pytest.mark.parametrize(
    ("prefix", "number", "wanted"),
    [("B", 12, "B012"), ("B", 999, "B999"), ("B", 1000, "B1000"), ("2", 12, "2012")],
)
def test_labels_have_three_digits_and_four_past_999(prefix: str, number: int, wanted: str) -> None:
    assert label(prefix, number) == wanted


def test_numbers_go_on_past_999_without_a_gap() -> None:
    desk = Desk.opened()
    desk.floor = replace(desk.floor, counters=Map({GroupId("A"): 998}))
    assert [desk.label(desk.issue()) for _ in range(3)] == ["A999", "A1000", "A1001"]


def test_a_series_that_is_used_up_refuses_and_others_go_on() -> None:
    desk = Desk.opened()
    desk.floor = replace(desk.floor, counters=Map({GroupId("A"): LAST_NUMBER}))
    with pytest.raises(NumbersExhausted) as refused:
        desk.issue("A01")
    assert refused.value.params == {"series": "A"}
    assert desk.label(desk.issue("B01")) == "B001"


@given(st.sampled_from(["A", "B", "AB", "2", "31"]), st.integers(1, LAST_NUMBER))
def test_a_number_is_read_back_from_its_label(prefix: str, number: int) -> None:
    assert number_of(prefix, label(prefix, number)) == number


def test_a_label_of_another_series_has_no_number_here() -> None:
    assert number_of("A", "B012") is None
    assert number_of("A", "AB012") is None
    assert number_of("A", "A") is None
