"""How loud at which time of day."""

from datetime import time
from math import isclose, log10

import pytest

from hardware.volume import gain, read_volume, volume_of, write_volume

DAY = {"08:30": 80, "12:00": 40, "14:30": 80, "18:00": 0}


@pytest.mark.parametrize(
    ("now", "percent"),
    [
        ("00:00", 0), ("08:29", 0), ("08:30", 80), ("11:59", 80), ("12:00", 40), ("14:29", 40),
        ("14:30", 80), ("17:59", 80), ("18:00", 0), ("23:59", 0),
    ],
)  # fmt: skip
def test_a_volume_holds_from_its_time_until_the_next(now: str, percent: int) -> None:
    assert volume_of(DAY).percent(time.fromisoformat(now)) == percent


def test_the_last_volume_of_the_day_goes_on_over_midnight() -> None:
    late = volume_of({"06:00": 50, "22:00": 20})
    assert [late.percent(time(hour)) for hour in (21, 22, 23, 0, 5, 6)] == [50, 20, 20, 20, 20, 50]


def test_seconds_before_a_step_still_belong_to_the_time_before_it() -> None:
    assert volume_of(DAY).percent(time(8, 29, 59, 999999)) == 0


def test_one_number_holds_all_day() -> None:
    assert volume_of(70).percent(time(3)) == 70


@pytest.mark.parametrize("setting", [{}, 101, -1, {"8:30": 80}, {"24:00": 1}, {"08:30": 120}])
def test_a_volume_that_cannot_be_is_refused(setting: int | dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"write|between"):
        volume_of(setting)


@pytest.mark.parametrize("setting", [80, DAY, {"12:00": 0}])
def test_a_volume_is_the_same_after_it_was_written_in_one_line(
    setting: int | dict[str, int],
) -> None:
    assert read_volume(write_volume(volume_of(setting))) == volume_of(setting)


@pytest.mark.parametrize("text", ["", "loud", "08:30=", "08:30=80 08:30=40", "08:30=80,12:00=40"])
def test_a_line_that_is_no_volume_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_volume(text)


def test_half_the_percentage_is_half_as_loud_to_the_ear() -> None:
    assert gain(100) == 1
    assert gain(0) == 0
    for percent in (100, 80, 40):
        assert isclose(20 * log10(gain(percent) / gain(percent // 2)), 10, rel_tol=1e-9)
