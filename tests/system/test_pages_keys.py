"""What keys and mouse must not do at the clerk's page, and what stays over a reload.

Runs against the fake hall, or against a real server whose credentials.json BIANMIN_CREDENTIALS
names.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.fakes_pages import SiteAccess, site_access
from tests.fakes_pages_browser import ClerkAtWork, chromium, clerk_at_work, new_page

WATCH_KEY = """
window.taken = null;
addEventListener('keydown', (event) => { window.taken = event.defaultPrevented; });
"""

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture(scope="module")
def access() -> Iterator[SiteAccess]:
    with site_access() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module", params=["mouse", "keyboard"])
def signed_in(
    request: pytest.FixtureRequest, browser: Browser, access: SiteAccess
) -> Iterator[ClerkAtWork]:
    with clerk_at_work(browser, access, request.param) as worker:
        yield worker


@pytest.fixture
def clerk(signed_in: ClerkAtWork) -> ClerkAtWork:
    signed_in.begin()
    return signed_in


def test_a_double_click_and_a_held_key_act_once(clerk: ClerkAtWork) -> None:
    number = clerk.issue()
    clerk.settle()
    if clerk.hand == "mouse":
        clerk.page.dblclick("#main-button")
    else:
        clerk.page.keyboard.down("Enter")
        for _ in range(20):
            clerk.page.keyboard.down("Enter")  # a held key repeats
        clerk.page.keyboard.up("Enter")
    clerk.state("calling")
    clerk.number(number)
    clerk.settle()
    assert clerk.view()["state"] == "calling"
    assert clerk.view()["call"]["attempt"] == 1


def test_a_second_press_right_after_the_answer_is_not_taken_for_the_next_step(
    browser: Browser, access: SiteAccess
) -> None:
    with clerk_at_work(browser, access, "keyboard") as worker:
        worker.begin()
        worker.page.clock.install()
        worker.page.goto("/clerk")
        worker.issue()
        worker.page.clock.pause_at("2040-01-01")  # from here on no time passes by itself
        worker.page.keyboard.press("Enter")
        worker.state("calling")
        expect(worker.page.locator("#main-button")).to_be_enabled()
        worker.page.keyboard.press("Enter")
        worker.page.click("#main-button")
        worker.page.clock.run_for(600)
        worker.settle()
        assert worker.view()["state"] == "calling"
        worker.page.keyboard.press("Enter")
        worker.state("serving")


def test_enter_alone_cancels_nobodys_number(clerk: ClerkAtWork) -> None:
    number = clerk.issue()
    clerk.press("cancel")
    clerk.page.locator("#dialog-cancel[open]").wait_for()
    if clerk.hand == "mouse":
        clerk.page.click("#dialog-cancel .confirm")
    else:
        clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#dialog-cancel")).to_have_attribute("open", "")
    clerk.page.keyboard.press("Escape")
    expect(clerk.page.locator("#dialog-cancel")).not_to_have_attribute("open", "")
    clerk.waiting(number)


def test_letters_typed_into_a_question_press_no_button(clerk: ClerkAtWork) -> None:
    clerk.issue()
    clerk.press("cancel")
    clerk.page.locator("#dialog-cancel[open]").wait_for()
    clerk.page.fill("#cancel-text", "")
    clerk.page.locator("#cancel-text").press_sequentially("hqx6")
    assert clerk.page.input_value("#cancel-text") == "hqx6"
    clerk.page.keyboard.press("Escape")
    expect(clerk.page.locator("#dialog-cancel")).not_to_have_attribute("open", "")
    clerk.state("open")
    assert clerk.page.url.endswith("/clerk")


def test_browser_keys_are_left_to_the_browser(clerk: ClerkAtWork) -> None:
    clerk.issue()
    page = clerk.page
    for key in ("Control+1", "Alt+6", "Control+Enter", "F2"):
        page.evaluate(WATCH_KEY)
        page.keyboard.press(key)
        assert page.evaluate("window.taken") is False, key
    clerk.state("open")


def test_the_papers_of_the_item_are_listed_and_ticks_survive_a_reload(clerk: ClerkAtWork) -> None:
    clerk.issue("B01")
    clerk.main()
    clerk.state("calling")
    papers = clerk.page.locator("#materials input")
    total = papers.count()
    assert total > 0
    clerk.settle()
    if clerk.hand == "mouse":
        papers.first.check()
    else:
        clerk.page.keyboard.press("m")
        clerk.page.keyboard.press("Space")
    expect(clerk.page.locator("#checklist-title")).to_have_text(f"Papers to check: 1 of {total}")
    clerk.page.reload()
    expect(papers.first).to_be_checked()


def test_the_elapsed_time_ticks(clerk: ClerkAtWork) -> None:
    clerk.issue()
    clerk.main()
    clerk.state("calling")
    shown = clerk.page.locator("#ticket-elapsed").inner_text()
    expect(clerk.page.locator("#ticket-elapsed")).not_to_have_text(shown)


def test_signing_out_ends_the_session(browser: Browser, access: SiteAccess) -> None:
    page = new_page(browser, access)
    worker = ClerkAtWork(page, access, "keyboard")
    worker.sign_in()
    worker.start_clean()
    worker.settle()
    page.keyboard.press("q")
    page.wait_for_url("**/sign-in")
    assert page.request.get("/api/v1/session").status == 401
    page.goto("/clerk")
    assert "/sign-in?next=/clerk" in page.url
    page.context.close()
