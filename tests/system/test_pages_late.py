"""Numbers given while cut off, at the clerk's page: real server, real Chromium, a kiosk's token.

Nothing here is called, shown or announced before a clerk has said what became of it.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.cut_off_kiosk import DRIVEN, CutOffKiosk, DrivenHall
from tests.fakes_pages import SiteAccess
from tests.fakes_pages_browser import ClerkAtWork, chromium, new_page
from tests.hall_process import HallProcess

pytestmark = [pytest.mark.browser, pytest.mark.system]

HOUR = timedelta(hours=1)


class Scene:
    """The hall an hour after it was cut off, its kiosk, and the clerk of window 1 at the page."""

    def __init__(self, hall: DrivenHall, browser: Browser) -> None:
        self.hall, self.browser = hall, browser
        self.kiosk = CutOffKiosk(hall.http, hall.told["kiosk_token"])
        self.kiosk.ask_leave()
        hall.pass_time(hours=1)
        self.clerk = self.seat("1")
        self.clerk.sign_in()
        self.page = self.clerk.page

    def seat(self, window: str) -> ClerkAtWork:
        login = next(c for c in self.hall.told["clerks"] if c["window_id"] == window)
        manager = self.hall.told["manager"]
        access = SiteAccess(
            self.hall.process.url,
            (login["username"], login["password"], window),
            (manager["username"], manager["password"]),
            None,
        )
        return ClerkAtWork(new_page(self.browser, access), access, "keyboard")

    def begin(self) -> None:
        """At the window, on a fresh page, with empty lists."""
        for row in self.clerk.view()["doubtful"]:
            self.clerk.post(f"/api/v1/tickets/{row['ticket_id']}/settle", {"fate": "served"})
        self.clerk.begin()

    def late(self, count: int = 1) -> list[str]:
        """Numbers of an hour ago, brought in now."""
        given = [self.kiosk.give(self.hall.now - HOUR) for _ in range(count)]
        self.kiosk.upload(*given)
        return [each["number"] for each in given]

    def row(self, number: str, page: Page | None = None) -> Locator:
        return (page or self.page).locator(f"#late-rows li[data-number='{number}']")

    def fate(self, number: str, fate: str) -> None:
        """Press a row's button with the mouse."""
        self.clerk.settle()
        self.row(number).locator(f"[data-fate={fate}]").click()

    def confirm(self) -> None:
        self.clerk.settle()
        self.clerk.confirm("late")

    def doubtful(self) -> list[str]:
        return [row["number"] for row in self.clerk.view()["doubtful"]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    process = HallProcess(tmp_path_factory.mktemp("late") / "data", options=DRIVEN)
    process.start()
    try:
        with chromium() as browser:
            hall = DrivenHall(process)
            yield Scene(hall, browser)
            hall.http.close()
    finally:
        process.close()


@pytest.fixture
def late(scene: Scene) -> Scene:
    scene.begin()
    return scene


def test_late_numbers_come_by_themselves_and_are_on_no_board_until_settled(late: Scene) -> None:
    section = late.page.locator("#late")
    expect(section).to_be_hidden()
    board = late.browser.new_page(base_url=late.hall.process.url)
    board.goto("/board")
    board.locator(".board-row").first.wait_for()
    (number,) = late.late()
    printed = late.kiosk.give(late.hall.now)
    doubted = late.kiosk.give(late.hall.now, "C01", printed=False)
    late.kiosk.upload(doubted, printed)
    for shown, why in ((number, "came in late"), (doubted["number"], "perhaps not printed")):
        expect(late.row(shown)).to_contain_text(why)
    expect(late.row(number)).to_contain_text("09:00")
    expect(late.row(number).locator(".row-item")).to_contain_text("pension")
    expect(late.page.locator("#late-count")).to_have_text("2")
    late.clerk.waiting(printed["number"])
    late.clerk.main()  # called: what the board shows from here on is newer than the upload
    late.clerk.number(printed["number"])
    expect(board.locator(".board-recent b").first).to_have_text(printed["number"])
    for unseen in (number, doubted["number"]):
        expect(board.locator("body")).not_to_contain_text(unseen)
    board.close()
    late.page.reload()
    expect(late.row(number)).to_be_visible()
    late.fate(number, "waiting")
    late.clerk.told(number, "waits")
    late.clerk.waiting(number)
    expect(late.row(number)).to_have_count(0)
    late.fate(doubted["number"], "waiting")
    late.clerk.told(doubted["number"])
    expect(section).to_be_hidden()


def test_served_and_not_here_are_asked_first_and_a_double_press_answers_nothing(
    late: Scene,
) -> None:
    gone, absent = late.late(2)
    dialog = late.page.locator("#dialog-late")
    late.clerk.settle()
    late.row(gone).locator("[data-fate=served]").focus()
    late.page.clock.install()
    late.page.clock.pause_at("2040-01-01")  # the two presses are one after the other, however slow
    late.page.keyboard.press("Enter")
    expect(dialog).to_have_attribute("open", "")
    late.page.keyboard.press("Enter")
    expect(dialog).to_have_attribute("open", "")
    assert late.doubtful() == [gone, absent]
    late.page.clock.resume()
    late.page.keyboard.press("Escape")
    late.page.reload()
    expect(late.row(gone)).to_be_visible()
    late.fate(gone, "served")
    expect(dialog.locator("[name=ticket]:checked + kbd + span")).to_have_text(gone)
    expect(dialog.locator("[name=fate]:checked")).to_have_value("served")
    late.confirm()
    late.clerk.told(gone, "served")
    late.fate(absent, "no_show")
    late.confirm()
    late.clerk.told(absent, "not here")
    expect(late.page.locator(f"#no-shows li[data-number='{absent}']")).to_be_visible()
    assert late.doubtful() == []


def test_by_keys_a_number_and_its_fate_are_chosen_and_enter_alone_settles_nobody(
    late: Scene,
) -> None:
    first, second = late.late(2)
    expect(late.row(second)).to_be_visible()
    late.clerk.settle()
    late.page.keyboard.press("l")
    dialog = late.page.locator("#dialog-late")
    expect(dialog).to_have_attribute("open", "")
    late.page.keyboard.press("Enter")
    late.page.keyboard.press("2")  # the second number; the focus goes on to what became of it
    late.page.keyboard.press("Enter")
    expect(dialog).to_have_attribute("open", "")
    late.page.keyboard.press("3")
    late.page.keyboard.press("Enter")
    late.clerk.told(second, "not here")
    assert late.doubtful() == [first]


def test_of_two_clerks_the_second_is_told_in_one_sentence(late: Scene) -> None:
    (number,) = late.late()
    other = late.seat("2")
    other.sign_in()
    late.row(number, other.page).locator("[data-fate=no_show]").click()
    expect(other.page.locator("#dialog-late")).to_have_attribute("open", "")
    late.fate(number, "waiting")
    late.clerk.waiting(number)
    other.settle()
    other.confirm("late")
    other.told(f"{number} was settled already, by somebody else or by time.")
    late.clerk.waiting(number)
    other.page.context.close()


def test_a_lost_answer_is_asked_for_again_and_told_as_what_it_was(late: Scene) -> None:
    (number,) = late.late()
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    late.page.route("**/settle", lose)
    late.fate(number, "waiting")
    late.clerk.told(f"{number} waits")
    late.page.unroute("**/settle")
    assert len(keys) == 2
    assert len(set(keys)) == 1


def scan(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_paper_of_a_kiosk_that_is_still_cut_off_is_scanned_and_waits(late: Scene) -> None:
    given = late.kiosk.give(late.hall.now - HOUR)
    late.clerk.press("paper")
    dialog = late.page.locator("#dialog-paper")
    expect(late.page.locator("#paper-text")).to_be_focused()
    scan(late.page, "http://example.org/q?n=1")
    expect(dialog.locator(".message")).to_contain_text("not the code of a paper")
    scan(late.page, late.kiosk.code(given))
    late.clerk.told(f"{given['number']} waits for window 1", "0 ahead")
    expect(dialog).not_to_have_attribute("open", "")
    late.clerk.waiting(given["number"])
    assert [each["outcome"] for each in late.kiosk.upload(given)] == ["known"]
    late.clerk.waiting(given["number"])
    late.clerk.main()
    late.clerk.number(given["number"])
    late.clerk.press("paper")
    scan(late.page, late.kiosk.code(given))
    late.clerk.told(f"{given['number']} is called to window 1")


def test_forged_and_foreign_codes_are_refused_in_a_sentence(late: Scene) -> None:
    given = late.kiosk.give(late.hall.now)
    forged = late.kiosk.code(given, token="of somebody else")
    foreign = late.kiosk.code(given | {"grant_id": str(uuid4())})
    for text, says in (
        (forged, "was not printed by a kiosk of this hall"),
        (foreign, f"The paper with number {given['number']} is more than a week old"),
    ):
        late.clerk.press("paper")
        expect(late.page.locator("#paper-text")).to_be_focused()
        scan(late.page, text)
        late.clerk.told(says)
    late.clerk.waiting()


def test_a_scan_without_the_question_presses_no_button_and_is_taken_in(late: Scene) -> None:
    bare, in_question = (late.kiosk.give(late.hall.now) for _ in range(2))
    absent = late.clerk.issue()
    late.clerk.main()
    late.clerk.number(absent)
    late.clerk.press("no-show")
    late.clerk.state("open")
    expect(late.page.locator("#act-requeue")).to_be_enabled()  # its key is the code's first letter
    late.clerk.settle()
    late.page.clock.install()
    late.page.clock.pause_at("2040-01-01")  # a scanner is quick; a busy machine need not be
    scan(late.page, late.kiosk.code(bare))
    late.page.clock.resume()
    late.clerk.told(f"{bare['number']} waits")
    late.clerk.waiting(bare["number"])
    expect(late.page.locator(f"#no-shows li[data-number='{absent}']")).to_be_visible()
    expect(late.page.locator("dialog[open]")).to_have_count(0)
    late.clerk.press("issue")
    expect(late.page.locator("#issue-search")).to_be_focused()
    scan(late.page, late.kiosk.code(in_question))
    late.clerk.told(f"{in_question['number']} waits")
    expect(late.page.locator("dialog[open]")).to_have_count(0)
    late.clerk.waiting(bare["number"], in_question["number"])


def test_a_guide_takes_in_a_paper_without_a_window(late: Scene) -> None:
    given = late.kiosk.give(late.hall.now)
    page = late.browser.new_page(base_url=late.hall.process.url, locale="en")
    login = {"username": "guide", "password": late.hall.told["passwords"]["guide"]}
    assert page.request.post("/api/v1/session", data=login).ok
    page.goto("/clerk")
    page.click("#act-paper")
    scan(page, late.kiosk.code(given))
    expect(page.locator("#message")).to_contain_text(f"{given['number']} waits for window")
    late.clerk.waiting(given["number"])
    page.close()


@pytest.mark.parametrize(
    ("language", "width", "height"), [("en", 1024, 640), ("zh-CN", 320, 240), ("en", 320, 240)]
)
def test_with_late_numbers_every_button_stays_on_the_screen(
    late: Scene, language: str, width: int, height: int
) -> None:
    numbers = late.late(5)
    late.page.goto(f"/language/{language}?next=/clerk")
    late.page.set_viewport_size({"width": width, "height": height})
    expect(late.page.locator("#late-count")).to_have_text(str(len(numbers)))
    for name in ("#main-button", "#act-late", "#ticket", "#queue" if width > 640 else "#act-paper"):
        box = late.page.locator(name).bounding_box()
        assert box is not None, name
        assert box["y"] + box["height"] <= height, name
        assert box["height"] >= 30, name
    assert late.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    late.page.set_viewport_size({"width": 1024, "height": 768})
    late.page.goto("/language/en?next=/clerk")
