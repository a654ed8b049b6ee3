"""The public pages on a phone: booking without scripts, an appointment, a ticket that is followed.

Pictures go to `BIANMIN_PICTURES`, where that is set.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appointment_hall import AppointmentHall, appointment_hall
from tests.fakes_pages_browser import WATCH_CSP, chromium

pytestmark = pytest.mark.system

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
CONFIG = '[hall]\npublic_url = "http://192.168.1.5:8765"\n'


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppointmentHall]:
    with appointment_hall(tmp_path_factory.mktemp("public") / "data", CONFIG) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def phone(
    browser: Browser,
    hall: AppointmentHall,
    *,
    scripts: bool = True,
    language: str = "en",
    viewport: dict[str, int] | None = None,
) -> Page:
    context = browser.new_context(
        base_url=hall.hall.url,
        locale=language,
        viewport=viewport or PHONE,  # type: ignore[arg-type]  # a ViewportSize
        java_script_enabled=scripts,
        device_scale_factor=2,
    )
    context.set_default_timeout(15_000)
    if scripts:
        context.add_init_script(WATCH_CSP)
    return context.new_page()


def picture(page: Page, name: str) -> None:
    """Keep a picture, and see that nothing hangs over the edge."""
    wanted = os.environ.get("BIANMIN_PICTURES")
    if wanted:
        page.screenshot(path=Path(wanted) / f"{name}.png", full_page=True)


def fits(page: Page) -> None:
    """Nothing scrolls sideways, and every target is big enough for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """[...document.querySelectorAll('a, button, input:not([type=hidden])')]
        .filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML)"""
    )
    assert small == []
    assert page.evaluate("window.violations") == []


def book(page: Page, time: str = "10:30") -> None:
    page.goto("/book")
    page.get_by_role("link", name="Join the pension scheme").click()
    page.get_by_role("link", name=re.compile(rf"^{time}")).click()
    page.get_by_role("button", name="Book this appointment").click()
    page.wait_for_url(re.compile(r"/a/[0-9A-Z]{12}"))


def test_an_appointment_is_booked_moved_and_given_back_without_scripts(
    browser: Browser, hall: AppointmentHall
) -> None:
    page = phone(browser, hall, scripts=False)
    page.goto("/book")
    expect(page.get_by_role("heading", level=1)).to_have_text("Book an appointment")
    page.get_by_role("link", name="Join the pension scheme").click()
    body = page.inner_text("main")
    assert body.index("Household register") < body.index("Choose a day"), "materials come first"
    assert "Closed" in page.inner_text("#days")
    page.get_by_role("link", name=re.compile("^Tue")).click()
    page.get_by_role("link", name=re.compile("^09:30")).click()
    page.get_by_role("button", name="Book this appointment").click()
    page.wait_for_url(re.compile(r"/a/[0-9A-Z]{12}"))
    expect(page.locator(".state")).to_have_text("Your appointment is booked.")
    expect(page.locator(".when-time")).to_have_text("09:30")
    code = page.inner_text(".code-text")
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    assert hall.slots("B01", "2026-03-03")["09:30"] == 2
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_role("link", name=re.compile("^Wed")).click()
    page.get_by_role("link", name=re.compile("^11:00")).click()
    page.get_by_role("button", name="Move the appointment here").click()
    assert page.inner_text(".code-text") == code
    expect(page.locator(".when-time")).to_have_text("11:00")
    assert hall.slots("B01", "2026-03-03")["09:30"] == 3
    page.get_by_role("link", name="Give the place back").click()
    page.get_by_role("button", name="Yes, give it back").click()
    expect(page.locator(".state")).to_have_text("This appointment was cancelled.")
    page.goto("/book")
    page.fill("#code", code.lower())
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".state")).to_have_text("This appointment was cancelled.")


def test_a_form_that_is_sent_twice_books_once(hall: AppointmentHall) -> None:
    shown = hall.http.get("/book/B01/2026-03-05/16:00").text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', shown))
    answers = [hall.http.post("/book", data=fields) for _ in range(3)]
    assert {a.status_code for a in answers} == {303}
    assert len({a.headers["location"] for a in answers}) == 1
    assert hall.slots("B01", "2026-03-05")["16:00"] == 2


def test_the_last_place_goes_to_one_and_the_other_is_told(
    browser: Browser, hall: AppointmentHall
) -> None:
    first = phone(browser, hall, scripts=False)
    for page in (first, second := phone(browser, hall, scripts=False)):
        page.goto("/book/B02/2026-03-04/14:00")
    first.get_by_role("button", name="Book this appointment").click()
    second.get_by_role("button", name="Book this appointment").click()
    expect(second.get_by_role("alert")).to_contain_text("All places of Wed, Mar 4 14:00 are taken")
    second.goto("/book/B02/2026-03-04")
    expect(second.locator(".time.shut", has_text="14:00")).to_contain_text("full")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/book/Z99", 404),
        ("/book/C01", 409),
        ("/book/B01/2026-12-24", 409),
        ("/book/B01/nonsense", 404),
        ("/book/B01/2026-03-04/03:07", 409),
        ("/a/nonsense", 404),
        ("/a/000000000000", 404),
        ("/t/nonsense", 404),
        ("/t/01950000-0000-7000-8000-000000000000", 404),
    ],
)
def test_what_is_not_there_is_said_in_a_page(hall: AppointmentHall, path: str, status: int) -> None:
    answer = hall.http.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "That did not work" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", [b"", b"%ff=%ff", b"a=" * 40, b"date=2026-03-04&start=xx"])
def test_a_form_of_nonsense_is_refused_in_words(hall: AppointmentHall, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = hall.http.post("/book", content=body, headers=headers)
    assert 400 <= answer.status_code < 500


def test_forms_are_taken_by_the_public_pages_only(hall: AppointmentHall) -> None:
    answer = httpx.post(f"{hall.hall.url}/api/v1/appointments", data={"service_id": "B01"})
    assert answer.status_code == 415
    origin = {"Origin": "https://elsewhere.example"}
    answer = httpx.post(f"{hall.hall.url}/book", data={"start": "10:00"}, headers=origin)
    assert answer.status_code == 403


def test_the_pages_tell_their_address_to_nobody(hall: AppointmentHall) -> None:
    headers = hall.http.get("/book").headers
    assert headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex"


def test_a_phone_follows_its_ticket_to_the_end(browser: Browser, hall: AppointmentHall) -> None:
    hall.http.post("/api/v1/windows/1/open", json={}, headers=hall.signed("1"))
    before, ticket = hall.issue("D01"), hall.issue("D01")
    page = phone(browser, hall)
    page.goto(f"/t/{ticket['ticket_id']}")
    expect(page.locator("#number")).to_have_text(ticket["number"])
    expect(page.locator("#ahead")).to_have_text("People ahead of you: 1")
    expect(page.locator("#wait")).to_contain_text("Wait")
    fits(page)
    page.click("#alert")
    expect(page.locator("#alert")).to_have_attribute("aria-pressed", "true")
    hall.act("1", "call-next")
    expect(page.locator("#ahead")).to_have_text("Nobody is ahead of you")
    for action in ("start", "finish", "call-next"):
        hall.act("1", action)
    expect(page.locator("#headline")).to_have_text("Please come to window 1 now.")
    expect(page.locator("#card")).to_have_attribute("data-state", "called")
    expect(page).to_have_title(f"▶ {ticket['number']}")
    expect(page.locator("#give-back")).to_be_hidden()
    picture(page, "follow-called-en")
    hall.act("1", "start")
    expect(page.locator("#headline")).to_have_text("You are being served at window 1.")
    hall.act("1", "finish")
    expect(page.locator("#headline")).to_have_text("This matter is finished. Thank you for coming.")
    expect(page.locator("#live-actions")).to_be_hidden()
    assert page.evaluate("window.violations") == []
    assert before["number"] != ticket["number"]


def test_a_lost_line_is_said_and_comes_back_by_itself(
    browser: Browser, hall: AppointmentHall
) -> None:
    ticket = hall.issue("D02")
    page = phone(browser, hall)
    page.clock.install()
    page.goto(f"/t/{ticket['ticket_id']}")
    expect(page.locator("#number")).to_have_text(ticket["number"])
    page.context.set_offline(True)
    page.clock.run_for(31_000)
    expect(page.locator("#stale")).to_be_visible()
    page.context.set_offline(False)
    page.clock.run_for(31_000)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_number_is_given_back_only_after_a_second_question(
    browser: Browser, hall: AppointmentHall
) -> None:
    ticket = hall.issue("D03")
    page = phone(browser, hall, scripts=False)
    page.goto(f"/t/{ticket['ticket_id']}")
    page.get_by_role("link", name="Give the number back").click()
    page.get_by_role("link", name="No, keep it").click()
    page.get_by_role("link", name="Give the number back").click()
    page.get_by_role("button", name="Yes, give it back").click()
    expect(page.locator("#headline")).to_contain_text("given back")
    path = f"/api/v1/tickets/{ticket['ticket_id']}"
    assert hall.http.get(path).json()["state"] == "abandoned"
    assert hall.http.post(f"{path}/give-back", json={}).status_code == 404


def test_every_page_fits_a_phone_in_both_languages(browser: Browser, hall: AppointmentHall) -> None:
    ticket = hall.issue("B01")
    code = hall.code("15:30")
    shown = {
        "book-items": "/book",
        "book-days": "/book/B01",
        "book-confirm": "/book/B01/2026-03-04/10:00",
        "appointment": f"/a/{code}",
        "appointment-cancel": f"/a/{code}/cancel",
        "follow": f"/t/{ticket['ticket_id']}",
        "trouble": "/a/000000000001",
    }
    for language in ("zh-CN", "en"):
        page = phone(browser, hall, language=language)
        for name, path in shown.items():
            page.goto(path)
            fits(page)
            assert page.locator("html").get_attribute("lang") == language
            picture(page, f"{name}-{language}")
    page = phone(browser, hall, viewport=DESK)
    for name, path in shown.items():
        page.goto(path)
        fits(page)
        picture(page, f"{name}-desk")


def test_staff_see_the_day_and_cancel_with_a_reason(
    browser: Browser, hall: AppointmentHall
) -> None:
    code = hall.code("14:30", "B03")
    page = phone(browser, hall, viewport=DESK)
    clerk = next(c for c in hall.hall.credentials["clerks"] if c["window_id"] == "1")
    page.goto("/appointments")
    assert page.url.endswith("/sign-in?next=/appointments")
    page.request.post("/api/v1/session", data=clerk)
    page.goto("/appointments")
    row = page.locator("#rows tr", has_text="B03")
    expect(row).to_contain_text("14:30")
    expect(row).to_contain_text("Booked")
    assert code not in page.content()
    row.get_by_role("button").click()
    page.locator("#cancel-reasons label").first.click()
    picture(page, "staff-cancel-en")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(row).to_contain_text("Cancelled")
    picture(page, "staff-en")
    assert page.evaluate("window.violations") == []
    assert hall.tell("look-up", code).json()["state"] == "cancelled"


def test_a_clerk_sees_the_appointment_and_its_time(browser: Browser, hall: AppointmentHall) -> None:
    """The last of this module: it moves the clock."""
    code = hall.code("10:00")
    hall.at("09:45:00")
    number = hall.check_in(code).json()["number"]
    page = phone(browser, hall, viewport=DESK)
    clerk = next(c for c in hall.hall.credentials["clerks"] if c["window_id"] == "2")
    page.request.post("/api/v1/session", data=clerk)
    page.goto("/clerk")
    expect(page.locator(f"#queue [data-number={number}]")).to_contain_text("Appointment 10:00")
    hall.at("10:00:00")
    hall.http.post("/api/v1/windows/2/open", json={}, headers=hall.signed("2"))
    called = hall.act("2", "call-next")
    assert called["ticket"]["number"] == number
    expect(page.locator("#ticket-appointment")).to_have_text("Appointment 10:00")
    expect(page.locator("#ticket-why")).to_contain_text("Appointment")
    picture(page, "clerk-en")
