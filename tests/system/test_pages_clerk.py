"""A clerk's day on the page, once with the mouse and once with the keyboard.

Runs against the fake hall, or against a real server whose credentials.json BIANMIN_CREDENTIALS
names.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.fakes_pages import SiteAccess, site_access
from tests.fakes_pages_browser import ClerkAtWork, chromium, clerk_at_work, new_page

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


def test_a_wrong_password_is_said_in_a_sentence_and_the_name_stays(
    browser: Browser, access: SiteAccess
) -> None:
    page = new_page(browser, access)
    page.fill("#username", access.clerk[0])
    page.fill("#password", "not this one")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("The user name or the password is wrong.")
    assert page.input_value("#username") == access.clerk[0]
    expect(page.locator("#submit")).to_be_enabled()
    page.context.close()


def test_the_big_button_leads_through_call_start_and_finish(clerk: ClerkAtWork) -> None:
    first, second = clerk.issue("B01"), clerk.issue("C01")
    clerk.main()
    clerk.state("calling")
    clerk.number(first)
    expect(clerk.page.locator("#ticket-why")).to_contain_text("Why this ticket:")
    clerk.waiting(second)
    clerk.main()
    clerk.state("serving")
    clerk.main()
    clerk.state("open")
    clerk.told(first, "finished")
    assert clerk.view()["current"] is None


def test_nobody_waiting_leaves_nothing_to_press(clerk: ClerkAtWork) -> None:
    expect(clerk.page.locator("#main-button")).to_be_disabled()
    expect(clerk.page.locator("#main-label")).to_have_text("Nobody is waiting")


def test_a_recall_counts_and_keeps_the_ticket(clerk: ClerkAtWork) -> None:
    number = clerk.issue()
    clerk.main()
    clerk.number(number)
    clerk.press("recall")
    expect(clerk.page.locator("#ticket-times")).to_have_text("called 2×")
    clerk.press("recall")
    expect(clerk.page.locator("#ticket-times")).to_have_text("called 3×")
    assert clerk.view()["call"]["attempt"] == 3


def test_a_no_show_can_come_back_to_the_queue(clerk: ClerkAtWork) -> None:
    number = clerk.issue()
    clerk.main()
    clerk.state("calling")
    clerk.press("no-show")
    clerk.state("open")
    expect(clerk.page.locator("#no-shows-count")).to_have_text("1")
    clerk.press("requeue")
    clerk.waiting(number)
    expect(clerk.page.locator("#no-shows-count")).to_have_text("0")


def test_a_held_ticket_is_resumed_at_the_window_or_called_again(clerk: ClerkAtWork) -> None:
    number = clerk.issue()
    for called_again, state in ((False, "serving"), (True, "calling")):
        if not called_again:
            clerk.main()
            clerk.state("calling")
            clerk.main()
        clerk.state("serving")
        clerk.press("hold")
        expect(clerk.page.locator("#held-count")).to_have_text("1")
        clerk.press("resume")
        clerk.page.locator("#dialog-resume[open]").wait_for()
        if called_again:
            clerk.page.check("#dialog-resume [name=to_called]")
            clerk.page.focus("#dialog-resume .confirm")
        clerk.confirm("resume")
        clerk.state(state)
        clerk.number(number)


def test_a_transfer_to_another_item_leaves_the_window_free(clerk: ClerkAtWork) -> None:
    number = clerk.issue("B01")
    clerk.main()
    clerk.state("calling")
    clerk.main()
    clerk.state("serving")
    clerk.press("transfer")
    clerk.item("transfer", "C02")
    clerk.confirm("transfer")
    clerk.state("open")
    clerk.told(number, "transferred")
    moved = [each for each in clerk.view()["queue"] if each["number"] == number]
    assert [each["service_id"] for each in moved] == ["C02"]


def test_a_transfer_to_another_window_takes_the_ticket_out_of_this_queue(
    clerk: ClerkAtWork,
) -> None:
    number = clerk.issue("B01")
    clerk.main()
    clerk.state("calling")
    clerk.press("transfer")
    clerk.choose("transfer", "window", "2")
    clerk.choose("transfer", "position", "front")
    clerk.confirm("transfer")
    clerk.state("open")
    clerk.told(number, "transferred")
    assert clerk.view()["queue"] == []


def test_an_undone_call_goes_back_to_its_place(clerk: ClerkAtWork) -> None:
    first, second = clerk.issue(), clerk.issue()
    clerk.main()
    clerk.number(first)
    clerk.press("undo-call")
    clerk.state("open")
    clerk.waiting(first, second)


def test_a_pause_has_a_reason_and_enter_ends_it(clerk: ClerkAtWork) -> None:
    clerk.press("pause")
    clerk.page.locator("#dialog-pause[open]").wait_for()
    clerk.choose("pause", "reason", "meal")
    clerk.confirm("pause")
    clerk.state("paused")
    assert clerk.view()["pause_reason"] == "meal"
    expect(clerk.page.locator("#ticket-why")).to_have_text("Paused: Meal")
    clerk.main()
    clerk.state("open")


def test_serving_at_once_needs_only_the_item(clerk: ClerkAtWork) -> None:
    clerk.press("serve-now")
    clerk.item("serve-now", "B02")
    clerk.confirm("serve-now")
    clerk.state("serving")
    assert clerk.view()["current"]["service_id"] == "B02"
    clerk.main()
    clerk.state("open")


def test_a_number_issued_at_the_desk_joins_the_queue(clerk: ClerkAtWork) -> None:
    clerk.press("issue")
    clerk.item("issue", "D01")
    clerk.choose("issue", "priority", "elderly")
    clerk.confirm("issue")
    expect(clerk.page.locator("#queue-count")).to_have_text("1")
    queue = clerk.view()["queue"]
    assert [(each["service_id"], each["priority_class"]) for each in queue] == [("D01", "elderly")]
    clerk.told(queue[0]["number"], "issued")


def test_a_given_ticket_is_called_only_with_a_reason(clerk: ClerkAtWork) -> None:
    clerk.issue()
    second = clerk.issue()
    ticket_id = clerk.view()["queue"][1]["ticket_id"]
    if clerk.hand == "mouse":
        clerk.settle()
        clerk.page.click(f"#queue li[data-number='{second}'] button")
    else:
        clerk.press("call")
        clerk.choose("call", "ticket", ticket_id)
    clerk.choose("call", "reason", "bus")
    clerk.confirm("call")
    clerk.state("calling")
    clerk.number(second)


def test_another_outcome_another_matter_and_a_cancelled_number(clerk: ClerkAtWork) -> None:
    clerk.issue("B01")
    clerk.main()
    clerk.state("calling")
    clerk.main()
    clerk.state("serving")
    clerk.press("next-service")
    clerk.item("next-service", "B02")
    clerk.confirm("next-service")
    expect(clerk.page.locator("#ticket-number")).not_to_be_empty()
    clerk.state("serving")
    clerk.press("finish-as")
    clerk.choose("finish-as", "outcome", "returned")
    clerk.confirm("finish-as")
    clerk.state("open")
    number = clerk.issue("B01")
    clerk.press("cancel")
    clerk.choose("cancel", "ticket", clerk.view()["queue"][0]["ticket_id"])
    clerk.choose("cancel", "reason", "duplicate")
    clerk.confirm("cancel")
    clerk.told(number, "cancelled")
    clerk.waiting()


def test_closing_the_window_and_opening_it_again(clerk: ClerkAtWork) -> None:
    clerk.press("close")
    clerk.state("closed")
    expect(clerk.page.locator("#main-label")).to_have_text("Open the window")
    clerk.main()
    clerk.state("open")


def test_a_closed_window_is_taken_again_without_the_password(clerk: ClerkAtWork) -> None:
    clerk.press("close")
    clerk.state("closed")
    clerk.page.reload()
    seat = clerk.page.locator("#seats button", has_text=clerk.window_id).first
    seat.wait_for()
    if clerk.hand == "mouse":
        seat.click()
    else:
        expect(seat).to_be_focused()
        clerk.page.keyboard.press("Enter")
    clerk.state("open")
    clerk.number("")
