"""The device page and real programs: a server with its broker, a kiosk, a printer, a browser.

The kiosk is the real one without a screen, its printer a simulator that speaks the real bytes; the
page is looked at in Chromium. What a person does at the machine is done at the simulator.
"""

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from script.hall_demo import hall as demo
from script.hall_demo.processes import Crew
from script.hall_demo.remote import Remote
from tests.fakes_pages_browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.screen, pytest.mark.system]
PATIENCE_MS = 40_000
SOON_MS = 15_000
"""5 s are promised; a busy machine gets three times that."""


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    found = Crew(tmp_path_factory.mktemp("log"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def hall(crew: Crew, tmp_path_factory: pytest.TempPathFactory) -> demo.Hall:
    place = tmp_path_factory.mktemp("hall")
    kiosk_only = demo.PROGRAMS[:1]
    return demo.start(
        crew, place, "cn-township", demo.Screens(None), fresh=True, programs=kiosk_only
    )


@pytest.fixture(scope="module")
def printer(hall: demo.Hall) -> Remote:
    return Remote("the printer", Path(hall.printer["control"]))


@pytest.fixture(scope="module")
def page(hall: demo.Hall) -> Iterator[Page]:
    login = {key: hall.credentials["administrator"][key] for key in ("username", "password")}
    with chromium() as browser:
        context = browser.new_context(base_url=hall.credentials["url"], locale="en")
        context.set_default_timeout(PATIENCE_MS)
        context.request.post("/api/v1/session", data=login)
        opened = context.new_page()
        opened.goto("/devices")
        yield opened
        context.close()


@pytest.fixture
def card(page: Page) -> Locator:
    return page.locator("[data-station='kiosk-1']")


def test_a_kiosk_appears_with_what_it_is_fitted_with(card: Locator, page: Page) -> None:
    expect(card.locator(".station-link")).to_have_text("Connected", timeout=PATIENCE_MS)
    for device in ("printer", "id-reader"):
        state = card.locator(f"[data-device='{device}'] .state")
        expect(state).to_have_text("works", timeout=PATIENCE_MS)
    expect(page.locator("[data-station='hall-screen'] .station-link")).not_to_have_text("Connected")


def test_paper_out_is_told_with_what_to_do_until_the_roll_is_changed(
    card: Locator, page: Page, printer: Remote
) -> None:
    row = card.locator("[data-device='printer']")
    printer.ask(do="paper-out")
    expect(row).to_contain_text(
        "The printer is out of paper. Put in a new roll and close the cover.", timeout=SOON_MS
    )
    expect(row).to_contain_text("Paper used up")
    expect(page.locator("#summary")).to_contain_text("a hand")
    printer.ask(do="paper-near-end")
    expect(row).to_contain_text("Paper nearly used up", timeout=SOON_MS)
    printer.ask(do="paper-ok")
    expect(row.locator(".state")).to_have_text("works", timeout=SOON_MS)
    expect(row.locator(".todo")).to_have_count(0)


def test_a_test_ticket_comes_out_and_is_nothing_but_paper(card: Locator, hall: demo.Hall) -> None:
    journal = Path(hall.place / "data" / "hall.db")
    before = _rows(journal)
    papers = _papers(hall)
    card.locator("[data-act='print-test']").click()
    expect(card.locator(".errand")).to_contain_text("The test ticket was printed.", timeout=SOON_MS)
    (receipt,) = _papers(hall) - papers
    text = receipt.read_text("utf-8")
    assert "Test ticket" in text
    assert "kiosk-1" in text
    assert _rows(journal) == before


def test_a_test_ticket_waits_for_nobody_and_disturbs_nobody(card: Locator, hall: demo.Hall) -> None:
    kiosk = Remote("the kiosk", hall.kiosk_control)
    papers = _papers(hall)
    _touch(kiosk, "start", "sections")
    card.locator("[data-act='print-test']").click()
    expect(card.locator(".errand")).to_contain_text("Somebody is using this kiosk", timeout=SOON_MS)
    _touch(kiosk, "back", "home")
    assert _papers(hall) == papers


def test_a_broker_that_dies_is_said_and_everything_comes_back(
    card: Locator, crew: Crew, hall: demo.Hall
) -> None:
    (broker,) = [
        child
        for child in psutil.Process(crew.pid("server")).children(recursive=True)
        if "mosquitto" in child.name()
    ]
    broker.kill()
    expect(card.locator("[data-device='printer'] .state")).to_have_count(0, timeout=SOON_MS)
    expect(card.locator(".station-link")).to_have_text("Connected", timeout=PATIENCE_MS)
    expect(card.locator("[data-device='printer'] .state")).to_have_text("works")


def test_a_killed_kiosk_is_off_line_at_once(card: Locator, crew: Crew) -> None:
    os.kill(crew.pid("kiosk"), signal.SIGKILL)
    expect(card.locator(".station-link")).to_have_text("Not connected", timeout=SOON_MS)
    expect(card.locator(".note")).to_contain_text("Check that the machine is switched on")
    expect(card.locator("[data-act='print-test']")).to_be_hidden()


def _touch(kiosk: Remote, kind: str, then: str) -> None:
    seen = kiosk.look_until("a settled screen", lambda s: bool(s.get("settled")), 40)
    place = next(each for each in seen["touch"] if each["kind"] == kind)
    kiosk.ask(do="tap", x=place["x"] + place["w"] // 2, y=place["y"] + place["h"] // 2)
    kiosk.look_until(then, lambda s: s.get("screen") == then, 40)


def _papers(hall: demo.Hall) -> set[Path]:
    return set(Path(hall.printer["out"]).glob("receipt-*.txt"))


def _rows(journal: Path) -> int:
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as connection:
        count: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
    connection.close()
    return count
