"""Switches for type, contrast and reach: kept for the visit, forgotten with the person."""

from dataclasses import replace

import pytest

from kiosk import session as flow
from kiosk.comfort import PLAIN, Comfort, Wish
from kiosk.effects import Print
from kiosk.moves import HOME_LANGUAGE_S
from kiosk.signals import Kind, Painted, Tap, Tick
from kiosk.ui.theme import CAPITAL, CAPITAL_LEAST_MM, Theme
from kiosk.visit import Screen, Session
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, at

PANELS = ((1080, 1920), (1280, 1024), (1024, 768))


def touched(session: Session, wish: str, now_s: float = 100.0) -> Session:
    seen = replace(session, seen_s=now_s - 10)
    return flow.step(seen, Tap(Kind.COMFORT, seen.serial, wish), now_s).session


@pytest.mark.parametrize("screen", list(Screen))
@pytest.mark.parametrize("wish", list(Wish))
def test_every_switch_works_on_every_screen_and_back(screen: Screen, wish: Wish) -> None:
    before = at(screen, ITEM)
    on = touched(before, wish)
    assert on.comfort.has(wish)
    assert on.screen is screen
    assert touched(on, wish).comfort == PLAIN


def test_a_switch_makes_another_screen_of_it_so_a_second_tap_meets_nothing() -> None:
    on = touched(at(Screen.CONFIRM, ITEM), Wish.LARGE)
    again = flow.step(on, Tap(Kind.CONFIRM, on.serial - 1), 100.1)
    assert again.session.screen is Screen.CONFIRM
    assert again.effects == ()
    early = flow.step(
        flow.step(on, Painted(on.serial), 100.1).session, Tap(Kind.CONFIRM, on.serial), 100.2
    )
    assert early.effects == ()


def test_it_is_kept_through_the_visit_and_forgotten_with_the_person() -> None:
    large = touched(at(Screen.SECTIONS), Wish.LARGE)
    seen = replace(large, seen_s=90.0)
    home = flow.step(seen, Tap(Kind.HOME, seen.serial), 101.0).session
    assert home.comfort == PLAIN


def test_the_first_screen_does_not_stay_large_for_the_next_person() -> None:
    large = touched(at(Screen.HOME), Wish.LARGE, 100.0)
    assert flow.step(large, Tick(), 100.0 + HOME_LANGUAGE_S - 1).session.comfort.large
    assert flow.step(large, Tick(), 100.0 + HOME_LANGUAGE_S + 1).session.comfort == PLAIN


def test_a_switch_does_not_keep_a_screen_that_waits_for_a_machine() -> None:
    busy = replace(at(Screen.ISSUING, ITEM), deadline_s=105.0)
    assert touched(busy, Wish.CONTRAST).deadline_s == 105.0


def test_the_paper_is_as_large_as_the_screen() -> None:
    ticket = fakes.ticket()
    visit = replace(ITEM, ticket=ticket)
    for comfort in (PLAIN, Comfort(large=True)):
        session = replace(at(Screen.DUPLICATE, visit), comfort=comfort, seen_s=90.0)
        printed = flow.step(session, Tap(Kind.PRINT_AGAIN, session.serial), 100.0).effects
        assert [each.large_type for each in printed if isinstance(each, Print)] == [comfort.large]


def test_an_unknown_switch_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="loud"):
        PLAIN.toggled("loud")


@pytest.mark.parametrize("size", PANELS)
@pytest.mark.parametrize("large", [False, True])
def test_capitals_are_high_enough_on_every_panel(size: tuple[int, int], *, large: bool) -> None:
    theme = Theme(*size).suited(Comfort(large=large))
    for px in (theme.sp(1), theme.caption_px, theme.body_px, theme.heading_px, theme.title_px):
        least_mm = CAPITAL_LEAST_MM * (1.3 if large else 1.0)
        assert px * CAPITAL / theme.density >= least_mm


def test_low_reach_ends_at_1120_mm_above_the_floor() -> None:
    theme = Theme(1080, 1920, px_per_mm=4.0, bottom_mm=800.0)
    assert theme.lowers
    assert theme.suited(Comfort(low=True)).page_px == (1120 - 800) * 4
    assert theme.suited(PLAIN).page_px == 1920


def test_a_panel_that_hangs_low_enough_offers_no_switch_for_it() -> None:
    theme = Theme(1280, 1024, px_per_mm=3.8, bottom_mm=700.0)
    assert not theme.lowers
    assert theme.suited(Comfort(low=True)).page_px == 1024
