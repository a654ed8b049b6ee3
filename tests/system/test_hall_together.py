"""One hall, whole: a Kivy kiosk issues while a clerk works in Chromium, on one real server.

The kiosk is the real program with a simulated printer and card reader on ptys; it is touched only
through places on its panel, the clerk's page only by mouse or by keys.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from script.hall_demo import hall as demo
from script.hall_demo.processes import Crew
from script.hall_demo.remote import Remote
from tests.fakes_pages import SiteAccess
from tests.fakes_pages_browser import ClerkAtWork, chromium, clerk_at_work
from tests.kiosk_walk import WORDS, Walker, Words

pytestmark = [pytest.mark.browser, pytest.mark.screen, pytest.mark.system]
KIOSK_ONLY = demo.PROGRAMS[:1]
PATIENCE_S = 40.0
CARDS = ("resident", "rare-name")
"""Sample cards of the simulated reader; one for each walk."""


class Citizen:
    """Somebody at the kiosk who takes a number without any document."""

    def __init__(self, kiosk: Remote) -> None:
        self._kiosk = kiosk

    def take_number(self, service_id: str) -> str:
        """Touch from the first screen to a printed ticket; the label."""
        for kind, value in (
            ("start", None),
            ("pick_section", None),
            ("pick_item", service_id),
            ("confirm", None),
        ):
            self._touch(kind, value)
        seen = self._kiosk.look_until(
            "a printed ticket", lambda s: s.get("paper") == "printed", PATIENCE_S
        )
        self._touch("done", None)
        self._settled("home")
        number: str = seen["ticket"]["number"]
        return number

    def _settled(self, *screens: str) -> dict[str, Any]:
        return self._kiosk.look_until(
            f"one of {screens}" if screens else "a settled screen",
            lambda s: bool(s.get("settled")) and (not screens or s.get("screen") in screens),
            PATIENCE_S,
        )

    def _touch(self, kind: str, value: str | None) -> None:
        seen = self._settled()
        place = next(
            t for t in seen["touch"] if t["kind"] == kind and (value is None or t["value"] == value)
        )
        x, y = place["x"] + place["w"] // 2, place["y"] + place["h"] // 2
        self._kiosk.ask(do="tap", x=x, y=y)
        serial = seen["serial"]
        self._kiosk.look_until("the next screen", lambda s: s.get("serial") != serial, PATIENCE_S)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.Hall]:
    place = tmp_path_factory.mktemp("hall")
    crew = Crew(place / "log")
    try:
        yield demo.start(
            crew, place, "cn-township", demo.Screens(None), fresh=True, programs=KIOSK_ONLY
        )
    finally:
        crew.stop()


@pytest.fixture(scope="module")
def citizen(running: demo.Hall) -> Citizen:
    kiosk = Remote("the kiosk", running.kiosk_control)
    kiosk.wait_for_socket(demo.READY_S)
    kiosk.look_until(
        "its first screen, ready",
        lambda s: s.get("screen") == "home" and bool(s.get("settled")) and s.get("printer_ready"),
        PATIENCE_S,
    )
    return Citizen(kiosk)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_a_clerk_calls_recalls_serves_and_transfers_while_a_kiosk_issues(
    running: demo.Hall, citizen: Citizen, browser: Browser, hand: str
) -> None:
    found = running.credentials
    login = next(c for c in found["clerks"] if c["window_id"] == "1")
    manager = (found["manager"]["username"], found["manager"]["password"])
    access = SiteAccess(
        found["url"], (login["username"], login["password"], login["window_id"]), manager, None
    )
    with clerk_at_work(browser, access, hand) as clerk:
        first, second = citizen.take_number("B01"), citizen.take_number("B01")
        clerk.waiting(first, second)
        clerk.main()
        clerk.state("calling")
        clerk.number(first)
        clerk.press("recall")
        expect(clerk.page.locator("#ticket-times")).to_have_text("called 2×")
        third = citizen.take_number("B01")
        clerk.main()
        clerk.state("serving")
        clerk.waiting(second, third)
        clerk.main()
        clerk.state("open")
        clerk.main()
        clerk.number(second)
        clerk.main()
        clerk.state("serving")
        clerk.press("transfer")
        clerk.item("transfer", "C02")
        clerk.confirm("transfer")
        clerk.state("open")
        _serve_the_rest(clerk)


def _serve_the_rest(clerk: ClerkAtWork) -> None:
    """So that the next one begins with nobody waiting."""
    for _ in range(2):
        clerk.main()
        clerk.state("calling")
        clerk.main()
        clerk.state("serving")
        clerk.main()
        clerk.state("open")
    expect(clerk.page.locator("#queue-count")).to_have_text("0")


def test_afterwards_every_paper_is_in_the_figures_once(running: demo.Hall) -> None:
    papers = sorted(Path(running.printer["out"]).glob("receipt-*.txt"))
    with httpx.Client(base_url=running.credentials["url"]) as http:
        login = {k: running.credentials["manager"][k] for k in ("username", "password")}
        token = http.post("/api/v1/session", json=login).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        total = http.get("/api/v1/statistics", headers=headers).json()["total"]
    assert len(papers) == total["issued"] == total["finished"] == 6
    assert total["wait"]["count"] == 6
    assert total["transferred"] == 2


@pytest.mark.timeout(280)
@pytest.mark.parametrize(("words", "card"), [*zip(WORDS, CARDS, strict=True)], ids=["zh", "en"])
def test_who_only_reads_the_screen_gets_a_number_a_guide_and_an_answer(
    running: demo.Hall, citizen: Citizen, words: Words, card: str
) -> None:
    walker = Walker(Remote("the kiosk", running.kiosk_control), running)
    walker.guide(words)
    walker.choose(words)
    number = walker.number_with_card(words, card)
    walker.choose(words)
    assert walker.progress(words, card) == number
    walker.touch(words.start_page)
    walker.sees(lambda text: text == WORDS[0].take)
