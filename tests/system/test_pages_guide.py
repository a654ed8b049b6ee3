"""Calls for help on the pages of the guide, the clerk and the manager; numbers from the guide."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from queue_server.contract.messages import TicketRequest
from tests.fakes_pages import FakeSite, SiteAccess, site_access
from tests.fakes_pages_browser import (
    ClerkAtWork,
    chromium,
    new_page,
    sign_in_guide,
    sign_in_manager,
)

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def access() -> Iterator[SiteAccess]:
    with site_access() as found:
        yield found


@pytest.fixture
def site(access: SiteAccess) -> FakeSite:
    if access.fake is None:
        pytest.fail("these tests fill the fake hall by hand")
    access.fake.help.calls.clear()
    access.fake.help.pressed.clear()
    access.fake.help.rev += 1
    return access.fake


@pytest.fixture
def guide(browser: Browser, access: SiteAccess) -> Iterator[Page]:
    page = new_page(browser, access)
    sign_in_guide(page)
    page.locator("#items button").first.wait_for()
    yield page
    page.context.close()


def test_a_call_is_seen_heard_answered_and_ended(guide: Page, site: FakeSite) -> None:
    expect(guide.locator("#nobody-calls")).to_be_visible()
    guide.mouse.click(5, 400)  # a browser lets a page sound only after it was touched
    expect(guide.locator("#help-sound")).to_be_hidden()
    site.help.ask("h1", "北门")
    row = guide.locator("#help-rows li")
    expect(row).to_contain_text("北门")
    expect(row).to_have_attribute("data-state", "open")
    assert guide.title().startswith("(1) ")
    guide.wait_for_function("document.body.dataset.rang === '1'")
    row.get_by_text("I am going").click()
    expect(row).to_have_attribute("data-state", "answered")
    expect(row).to_contain_text("li is on the way")
    row.get_by_text("Helped").click()
    expect(guide.locator("#help-calls")).to_be_hidden()
    assert site.help.pressed == [("h1", "answer"), ("h1", "end")]
    assert guide.evaluate("window.violations") == []


def test_a_call_that_nobody_answers_becomes_an_alert_also_for_the_manager(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    page = new_page(browser, access)
    sign_in_manager(page, access)
    site.help.ask("h1", "北门")
    long_ago = site.help.calls["h1"].asked_at.replace(year=2020)
    site.help.calls["h1"] = site.help.calls["h1"].model_copy(update={"asked_at": long_ago})
    site.help.rev += 1
    expect(page.locator("#help-rows li[data-state=late]")).to_contain_text("北门")
    expect(page.locator("#help-calls[data-late]")).to_be_visible()
    expect(page.locator("#help-rows button")).to_have_count(0)  # managers look on
    page.context.close()


def test_a_clerk_sees_calls_by_the_windows_own_line(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    page = new_page(browser, access)
    clerk = ClerkAtWork(page, access, "mouse")
    clerk.sign_in()
    site.help.ask("h1", "北门")
    site.hall.rev += 1
    page.locator("#help-rows").get_by_text("I am going").click()
    expect(page.locator("#help-rows li")).to_have_attribute("data-state", "answered")
    page.context.close()


def test_the_guide_gives_numbers_of_one_visit(guide: Page, site: FakeSite) -> None:
    asked: list[TicketRequest] = []
    guide.on("request", lambda request: asked.extend(_body(request)))
    guide.fill("#find", "B01")
    guide.keyboard.press("Enter")
    expect(guide.locator("#given-number")).to_have_text(re.compile("B[0-9]{3}"))
    guide.click("#one-more")
    guide.fill("#find", "C01")
    guide.keyboard.press("Enter")
    expect(guide.locator("#given-visit")).to_contain_text("This visit: ")
    guide.click("#next-person")
    guide.fill("#find", "A01")
    guide.keyboard.press("Enter")
    expect(guide.locator("#given-visit")).to_be_hidden()
    named = [bool(request.visit_of) for request in asked]
    assert named == [False, True, False]
    assert {request.channel for request in asked} == {"desk"}


def _body(request: object) -> list[TicketRequest]:
    method, url = request.method, request.url  # type: ignore[attr-defined] # playwright's Request
    if method != "POST" or not url.endswith("/api/v1/tickets"):
        return []
    return [TicketRequest.model_validate(json.loads(request.post_data))]  # type: ignore[attr-defined]
