"""Looking something up: subjects, search, guide, its paper. One sentence a test."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from kiosk import moves, shelf
from kiosk import session as flow
from kiosk.effects import AskPrinter, PrintGuide
from kiosk.look_up_state import CLEAR, DELETE, NO_INQUIRY, Leaflet
from kiosk.signals import GuidePrinted, Issued, Kind, PrintEnded, WorldChanged
from kiosk.visit import EMPTY_VISIT, Equipment, Paper, Screen, ServerHealth
from queue_server.contract.messages import Catalogue
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.flow import CATALOGUE, OUT_OF_PAPER, WORLD, Person, kinds_of

PLAIN = fakes.catalogue(pack_id="plain")
ICONS = Path(str(files("assets") / "images" / "icons" / "png"))
EVERYWHERE = pytest.mark.parametrize("catalogue", [CATALOGUE, PLAIN], ids=["township", "plain"])


def looking(typed: str = "") -> Person:
    person = Person()
    person.taps(Kind.LOOK_UP, Kind.SEARCH)
    for key in typed:
        person.tap(Kind.TYPE, key)
    return person


def reading(service_id: str = "C01") -> Person:
    person = looking("sqdb")
    person.tap(Kind.PICK_ITEM, service_id)
    return person


@EVERYWHERE
def test_every_item_is_two_touches_behind_the_first_one_and_four_give_its_number(
    catalogue: Catalogue,
) -> None:
    for item in catalogue.items:
        for section in shelf.sections(catalogue):
            if item not in section.items:
                continue
            person = Person(replace(WORLD, catalogue=catalogue))
            person.taps(Kind.START, (Kind.PICK_SECTION, section.section_id))
            if person.screen is Screen.ITEMS:
                person.tap(Kind.PICK_ITEM, item.service_id)
            assert (person.screen, person.visit.service_id) == (Screen.CONFIRM, item.service_id)
            assert person.keys <= 3
            person.tap(Kind.CONFIRM)
            assert person.issues[-1].request.service_id == item.service_id
            assert person.keys <= 4


@EVERYWHERE
def test_every_item_has_a_subject(catalogue: Catalogue) -> None:
    shown = {item.service_id for part in shelf.sections(catalogue) for item in part.items}
    assert shown == {item.service_id for item in catalogue.items}


@EVERYWHERE
def test_every_tile_has_an_icon_of_its_own(catalogue: Catalogue) -> None:
    """An unknown name would show the ticket instead (`kiosk.ui.widgets.icon_file`)."""
    named = {item.icon for item in catalogue.items}
    named |= {part.icon for part in shelf.sections(catalogue)}
    named |= {group.icon for group in catalogue.groups}
    for name in named:
        assert [(ICONS / f"white-{px}" / f"{name}.png").is_file() for px in (96, 192)] == [True] * 2


@EVERYWHERE
def test_every_guide_is_two_touches_behind_look_it_up(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        person = Person(replace(WORLD, catalogue=catalogue))
        section = next(part for part in shelf.sections(catalogue) if item in part.items)
        person.taps(Kind.LOOK_UP, (Kind.PICK_SECTION, section.section_id))
        if person.screen is Screen.ITEMS:
            person.tap(Kind.PICK_ITEM, item.service_id)
        assert (person.screen, person.visit.service_id) == (Screen.GUIDE, item.service_id)
        assert person.keys <= 3


def test_a_search_leads_to_the_guide_or_to_the_confirmation_as_one_came() -> None:
    assert reading().screen is Screen.GUIDE
    person = Person()
    person.taps(Kind.START, Kind.SEARCH, (Kind.TYPE, "l"), (Kind.PICK_ITEM, "C08"))
    assert person.screen is Screen.CONFIRM
    person.tap(Kind.BACK)
    assert (person.screen, person.visit.inquiry.typed) == (Screen.SEARCH, "l")


def test_keys_follow_each_other_without_a_pause() -> None:
    person = looking()
    for key in "ylbx":
        person.tap(Kind.TYPE, key, after_s=0.05 if person.visit.inquiry.typed else 1.0)
    assert person.visit.inquiry.typed == "ylbx"


def test_every_key_puts_the_time_out_off() -> None:
    person = looking()
    for _ in range(3):
        person.wait(80.0)
        person.tap(Kind.TYPE, "a")
    assert person.screen is Screen.SEARCH


def test_delete_and_clear() -> None:
    person = looking("sfz")
    person.tap(Kind.TYPE, DELETE)
    assert person.visit.inquiry.typed == "sf"
    person.tap(Kind.TYPE, CLEAR)
    assert person.visit.inquiry.typed == ""


@pytest.mark.parametrize("way", [Kind.BACK, Kind.HOME, None])
def test_what_was_typed_is_forgotten_on_leaving(way: Kind | None) -> None:
    person = looking("wubao")
    if way is None:
        person.wait(moves.TIMEOUT_S[Screen.SEARCH] or 0)
    else:
        person.tap(way)
    assert "wubao" not in str(person.session.visit.inquiry.typed)
    assert person.screen in {Screen.SECTIONS, Screen.HOME}


def test_what_was_typed_stands_in_no_repr() -> None:
    assert "wubao" not in repr(looking("wubao").visit)


def test_help_returns_to_the_search_as_it_was() -> None:
    person = looking("wubao")
    person.taps(Kind.HELP, Kind.BACK)
    assert (person.screen, person.visit.inquiry.typed) == (Screen.SEARCH, "wubao")


def test_back_leads_step_by_step_to_the_first_screen() -> None:
    person = reading()
    person.tap(Kind.TAKE)
    screens = []
    for _ in range(4):
        person.tap(Kind.BACK)
        screens.append(person.screen)
    assert screens == [Screen.GUIDE, Screen.SEARCH, Screen.SECTIONS, Screen.HOME]
    assert person.visit == EMPTY_VISIT


def test_back_from_a_guide_goes_to_the_list_it_was_chosen_from() -> None:
    person = Person()
    person.taps(Kind.LOOK_UP, (Kind.PICK_SECTION, "old-age"), (Kind.PICK_ITEM, "B01"), Kind.BACK)
    assert person.screen is Screen.ITEMS
    person.taps((Kind.PICK_ITEM, "B02"), Kind.BACK)
    assert (person.screen, person.visit.inquiry.looking) == (Screen.ITEMS, True)


def test_from_the_guide_to_a_number() -> None:
    person = reading()
    person.tap(Kind.TAKE)
    assert (person.screen, person.visit.service_id) == (Screen.CONFIRM, "C01")
    person.tap(Kind.CONFIRM)
    person.see(Issued(person.issues[-1].key, fakes.ticket("C001", "C01")))
    person.see(PrintEnded(fakes.TICKET_ID, Paper.PRINTED))
    assert (person.screen, person.visit.paper) == (Screen.TICKET, Paper.PRINTED)
    person.tap(Kind.ANOTHER)
    assert person.visit.inquiry == NO_INQUIRY


def test_guides_and_search_need_no_server() -> None:
    person = Person(replace(WORLD, server=ServerHealth.UNREACHABLE, board=None))
    person.taps(Kind.LOOK_UP, Kind.SEARCH, (Kind.TYPE, "l"), (Kind.PICK_ITEM, "C08"))
    person.tap(Kind.PRINT_GUIDE)
    assert kinds_of(person.effects)[-1] == "PrintGuide"


def test_without_a_catalogue_looking_up_says_so() -> None:
    person = Person(replace(WORLD, catalogue=None))
    person.tap(Kind.LOOK_UP)
    assert person.screen is Screen.REFUSED
    person.see(WorldChanged(WORLD))
    person.tap(Kind.RETRY)
    assert (person.screen, person.visit.inquiry.looking) == (Screen.SECTIONS, True)


def test_an_item_that_leaves_the_catalogue_leaves_its_guide() -> None:
    person = reading()
    fewer = [item for item in CATALOGUE.items if item.service_id != "C01"]
    smaller = CATALOGUE.model_copy(update={"items": fewer})
    person.see(WorldChanged(replace(WORLD, catalogue=smaller)))
    assert (person.screen, person.visit.inquiry.looking) == (Screen.SECTIONS, True)


# --- the paper ---------------------------------------------------------------------------------


def test_opening_a_guide_asks_the_printer_how_it_is() -> None:
    assert isinstance(reading().effects[-1], AskPrinter)


@pytest.mark.parametrize(
    ("paper", "leaflet"),
    [
        (Paper.PRINTED, Leaflet.PRINTED),
        (Paper.PERHAPS, Leaflet.PERHAPS),
        (Paper.TORN, Leaflet.TORN),
        (Paper.FAILED, Leaflet.FAILED),
    ],
)
def test_a_guide_is_printed_and_the_screen_says_what_came_of_it(
    paper: Paper, leaflet: Leaflet
) -> None:
    person = reading()
    person.tap(Kind.PRINT_GUIDE)
    effect = person.effects[-1]
    assert isinstance(effect, PrintGuide)
    assert (effect.service_id, effect.language) == ("C01", "zh_CN")
    assert person.visit.inquiry.leaflet is Leaflet.PRINTING
    person.see(GuidePrinted(effect.job, paper, "paper-out"), 1.0)
    assert (person.screen, person.visit.inquiry.leaflet) == (Screen.GUIDE, leaflet)


def test_a_second_tap_while_it_is_printed_prints_no_second_one() -> None:
    person = reading()
    person.taps(Kind.PRINT_GUIDE, Kind.PRINT_GUIDE)
    assert kinds_of(person.effects).count("PrintGuide") == 1


def test_without_paper_it_is_said_and_nothing_is_sent_to_the_printer() -> None:
    person = reading()
    person.see(WorldChanged(replace(WORLD, printer=OUT_OF_PAPER)))
    person.tap(Kind.PRINT_GUIDE)
    assert "PrintGuide" not in kinds_of(person.effects)
    inquiry = person.visit.inquiry
    assert (inquiry.leaflet, inquiry.leaflet_fault) == (Leaflet.FAILED, "paper-out")
    person.see(WorldChanged(WORLD))
    person.tap(Kind.PRINT_GUIDE)
    assert person.visit.inquiry.leaflet is Leaflet.PRINTING


def test_without_a_printer_nothing_happens() -> None:
    person = reading()
    person.see(WorldChanged(replace(WORLD, printer=Equipment())))
    before = person.session
    person.tap(Kind.PRINT_GUIDE)
    assert person.visit == before.visit


def test_the_report_finds_them_on_the_help_page_too() -> None:
    person = reading()
    person.tap(Kind.PRINT_GUIDE)
    job = person.visit.inquiry.leaflet_job
    person.tap(Kind.HELP)
    person.see(GuidePrinted(job, Paper.PRINTED))
    person.tap(Kind.BACK)
    assert person.visit.inquiry.leaflet is Leaflet.PRINTED


def test_a_report_for_somebody_who_left_says_nothing_to_the_next() -> None:
    person = reading()
    person.tap(Kind.PRINT_GUIDE)
    job = person.visit.inquiry.leaflet_job
    person.taps(Kind.HOME, Kind.LOOK_UP, Kind.SEARCH, (Kind.TYPE, "l"), (Kind.PICK_ITEM, "C08"))
    person.tap(Kind.PRINT_GUIDE)
    person.see(GuidePrinted(job, Paper.FAILED))
    assert person.visit.inquiry.leaflet is Leaflet.PRINTING


def test_the_next_guide_begins_without_a_paper() -> None:
    person = reading()
    person.tap(Kind.PRINT_GUIDE)
    person.see(GuidePrinted(person.visit.inquiry.leaflet_job, Paper.PRINTED))
    person.taps(Kind.BACK, (Kind.PICK_ITEM, "C02"))
    assert person.visit.inquiry.leaflet is Leaflet.NONE


def test_a_guide_is_not_a_place_to_read_cards() -> None:
    assert not reading().session.listening
    assert not looking().session.listening
    assert flow.offers(looking().session, Kind.HELP)
