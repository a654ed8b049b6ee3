"""What the pages do when the server goes away, answers late, or loses an answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes_pages import FakeSite, SiteAccess, site_access
from tests.fakes_pages_browser import ClerkAtWork, chromium, new_page

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> Iterator[SiteAccess]:
    monkeypatch.delenv("BIANMIN_CREDENTIALS", raising=False)  # faults are made in the fake
    with site_access() as found:
        yield found


@pytest.fixture
def site(access: SiteAccess) -> FakeSite:
    assert access.fake is not None
    return access.fake


@pytest.fixture
def clerk(browser: Browser, access: SiteAccess) -> Iterator[ClerkAtWork]:
    page = new_page(browser, access)
    worker = ClerkAtWork(page, access, "keyboard")
    worker.sign_in()
    worker.start_clean()
    yield worker
    page.context.close()


def new_board(browser: Browser, access: SiteAccess) -> Page:
    context = browser.new_context(
        base_url=access.base_url, viewport={"width": 1920, "height": 1080}
    )
    page = context.new_page()
    page.clock.install()
    page.goto("/board")
    page.locator(".board-row").first.wait_for()
    return page


def test_the_page_comes_back_by_itself_after_a_restart(clerk: ClerkAtWork, site: FakeSite) -> None:
    clerk.press("issue")
    clerk.page.fill("#issue-search", "医保")
    site.stop()
    expect(clerk.page.locator("#link-state")).to_be_visible()
    expect(clerk.page.locator("#link-state")).to_have_text("Reconnecting…")
    number = site.hall.issue("B01").number
    site.start()
    expect(clerk.page.locator("#link-state")).to_be_hidden()
    expect(clerk.page.locator("#queue li[data-number] .row-ticket")).to_have_text([number])
    assert clerk.page.input_value("#issue-search") == "医保"


def test_an_action_in_flight_is_repeated_with_its_key_until_answered(
    clerk: ClerkAtWork, site: FakeSite
) -> None:
    number = clerk.issue()
    keys: list[str] = []
    clerk.page.on(
        "request",
        lambda request: (
            keys.append(request.headers.get("idempotency-key", ""))
            if request.url.endswith("/call-next")
            else None
        ),
    )
    site.stop()
    clerk.main()
    expect(clerk.page.locator("#message")).to_contain_text("Not confirmed yet")
    expect(clerk.page.locator("#main-button")).to_be_disabled()
    site.start()
    clerk.state("calling")
    clerk.number(number)
    assert len(keys) > 1
    assert len(set(keys)) == 1
    assert site.hall.actions.count(("1", "call-next")) == 1


def test_lost_answers_do_not_do_it_twice(clerk: ClerkAtWork, site: FakeSite) -> None:
    clerk.issue()
    clerk.main()
    clerk.state("calling")
    site.lose_answers = 2
    clerk.press("recall")
    expect(clerk.page.locator("#ticket-times")).to_have_text("called 2×")
    expect(clerk.page.locator("#act-recall")).to_be_enabled()
    assert site.hall.actions.count(("1", "recall")) == 1


def test_a_reload_carries_the_action_in_flight_on(clerk: ClerkAtWork, site: FakeSite) -> None:
    number = clerk.issue()
    site.slow_s = 30.0
    clerk.main()
    expect(clerk.page.locator("#main-label")).to_have_text("Saving…")
    site.slow_s = 0.0
    clerk.page.reload()
    clerk.state("calling")
    clerk.number(number)
    assert site.hall.actions.count(("1", "call-next")) == 1


def test_a_slow_answer_blocks_every_button_meanwhile(clerk: ClerkAtWork, site: FakeSite) -> None:
    clerk.issue()
    clerk.settle()
    site.slow_s = 1.2
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#main-label")).to_have_text("Saving…")
    clerk.settle()
    for key in ("Enter", "6", "8", "9"):
        clerk.page.keyboard.press(key)
    clerk.state("calling")
    site.slow_s = 0.0
    assert site.hall.actions[-1] == ("1", "call-next")
    assert site.hall.actions.count(("1", "call-next")) == 1
    assert clerk.page.locator("dialog[open]").count() == 0


def test_typed_words_survive_a_reload(clerk: ClerkAtWork) -> None:
    clerk.press("issue")
    clerk.page.locator("#issue-search").press_sequentially("yanglao")
    clerk.page.reload()
    clerk.page.locator("#dialog-issue[open]").wait_for()
    assert clerk.page.input_value("#issue-search") == "yanglao"


def test_a_refusal_is_said_as_a_sentence_and_nothing_moves(
    clerk: ClerkAtWork, site: FakeSite
) -> None:
    clerk.issue()
    site.mute = True
    site.hall.tickets.clear()
    clerk.main()
    clerk.told("Nobody is waiting for this window.")
    expect(clerk.page.locator("#message")).to_have_attribute("data-kind", "problem")
    clerk.state("open")


def test_an_ended_session_leads_to_the_sign_in_page(clerk: ClerkAtWork, site: FakeSite) -> None:
    clerk.issue()
    site.sessions.clear()
    clerk.main()
    clerk.page.wait_for_url("**/sign-in?next=%2Fclerk")


def test_two_clerks_cannot_take_one_window(
    clerk: ClerkAtWork, browser: Browser, access: SiteAccess
) -> None:
    page = new_page(browser, access)
    page.fill("#username", "clerk2")
    page.fill("#password", "paper-lantern-2")
    page.locator(".window-tile:has(input[value='1'])").click()
    page.click("#submit")
    expect(page.locator("#message")).to_have_text("Window 1 is used by another clerk.")
    page.context.close()


def test_the_board_marks_itself_after_15_silent_seconds_and_recovers(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    page = new_board(browser, access)
    site.mute = True
    page.clock.fast_forward(14_000)
    expect(page.locator("#stale")).to_be_hidden()
    page.clock.fast_forward(2_000)
    expect(page.locator("#stale")).to_be_visible()
    site.mute = False
    expect(page.locator("#stale")).to_be_hidden()
    page.context.close()


def test_the_board_is_right_again_after_a_restart(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    page = new_board(browser, access)
    site.stop()
    page.clock.run_for(16_000)
    expect(page.locator("#stale")).to_be_visible()
    site.hall.windows["2"].state = "open"
    ticket = site.hall.issue("B01")
    site.hall.call("2", ticket.ticket_id)
    site.start()
    page.clock.run_for(4_000)
    expect(page.locator("[data-window='2'] .row-number")).to_have_text(ticket.number)
    expect(page.locator("#stale")).to_be_hidden()
    page.context.close()
