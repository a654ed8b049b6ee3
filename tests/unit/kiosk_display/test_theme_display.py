"""Sizes and places: legible from ten metres in every arrangement, nothing on top of anything."""

from itertools import combinations

import pytest

from kiosk.display_words import Tone
from kiosk.ui.screens.hall_cell import look_of
from kiosk.ui.theme import contrast
from kiosk.ui.theme_display import (
    MARGIN_PX,
    NUMBER_PX,
    SHIFT_MOST_PX,
    SHIFTS,
    DisplayTheme,
    Rect,
    hall_grid,
    hall_places,
)

SIZES = ((1920, 1080), (1080, 1920), (3840, 2160), (1280, 720), (1366, 768), (1280, 1024))
LEGIBLE_MM = 100


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.right <= other.x
        or other.right <= one.x
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


@pytest.mark.parametrize("size", SIZES)
def test_digits_of_a_number_are_a_hundred_millimetres_high_on_a_55_inch_panel(
    size: tuple[int, int],
) -> None:
    theme = DisplayTheme(*size)
    assert theme.millimetres(theme.px(NUMBER_PX)) >= LEGIBLE_MM


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("windows", [1, 2, 4, 5, 7, 8, 9, 14, 40])
def test_parts_of_a_hall_screen_stand_apart_and_inside_the_margin(
    size: tuple[int, int], windows: int
) -> None:
    theme = DisplayTheme(*size)
    grid = hall_grid(theme, windows, 7)
    places = hall_places(theme, grid, windows, 7)
    parts = [places.header, *places.cells, places.waiting, places.recent, places.notice]
    for one, other in combinations(parts, 2):
        assert apart(one, other), (one, other)
    for part in parts:
        assert part.x >= theme.px(MARGIN_PX)
        assert part.top >= theme.px(MARGIN_PX)
        assert part.right <= size[0] - theme.px(MARGIN_PX)
        assert part.bottom <= size[1] - theme.px(MARGIN_PX)
    assert all(cell.height > theme.px(NUMBER_PX) for cell in places.cells)
    assert grid.capacity >= min(windows, 6 if min(size) < 1080 or size[0] < 1400 else 8)


def test_the_picture_never_wanders_further_than_its_margin() -> None:
    assert max(abs(step) for shift in SHIFTS for step in shift) <= SHIFT_MOST_PX


@pytest.mark.parametrize("tone", list(Tone))
def test_text_of_every_tone_can_be_read_on_its_ground(tone: Tone) -> None:
    look = look_of(tone, DisplayTheme(1920, 1080))
    assert contrast(look.ink, look.ground) >= 4.5
    assert contrast(look.soft, look.ground) >= 4.5
    assert contrast(look.on_badge, look.badge) >= 4.5
