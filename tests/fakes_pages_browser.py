"""A person at the pages: real Chromium, driven by mouse or by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.fakes_pages import SiteAccess

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
KEYS = {
    "recall": "1",
    "no-show": "2",
    "hold": "3",
    "transfer": "4",
    "undo-call": "5",
    "pause": "6",
    "call": "7",
    "issue": "8",
    "serve-now": "9",
    "close": "0",
    "finish-as": "f",
    "next-service": "v",
    "resume": "r",
    "requeue": "b",
    "cancel": "x",
    "late": "l",
    "paper": "p",
}
WATCH_CSP = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_page(
    browser: Browser, access: SiteAccess, language: str = "en", width: int = 1024, height: int = 768
) -> Page:
    context = browser.new_context(
        base_url=access.base_url,
        locale=language,
        viewport={"width": width, "height": height},
    )
    context.set_default_timeout(15_000)
    context.add_init_script(WATCH_CSP)
    page = context.new_page()
    page.goto("/sign-in")
    if not page.locator("html").get_attribute("lang").startswith(language):
        page.click(f".languages [hreflang^='{language}']")
    return page


class ClerkAtWork:
    """One clerk with one way of pressing buttons."""

    def __init__(self, page: Page, access: SiteAccess, hand: str) -> None:
        self.page, self.hand = page, hand
        self.username, self.password, self.window_id = access.clerk
        self.api = f"/api/v1/windows/{self.window_id}"

    # --- getting to work ---
    def sign_in(self) -> None:
        page = self.page
        page.goto("/sign-in")
        tile = page.locator(f".window-tile:has(input[value='{self.window_id}'])")
        tile.wait_for()
        if self.hand == "mouse":
            page.fill("#username", self.username)
            page.fill("#password", self.password)
            tile.click()
            page.click("#submit")
        else:
            page.focus("#username")
            page.keyboard.type(self.username)
            page.keyboard.press("Tab")
            page.keyboard.type(self.password)
            page.keyboard.press("Tab")
            while page.locator("input[name=window]:checked").input_value() != self.window_id:
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        page.wait_for_url("**/clerk")
        expect(page.locator("#main-label")).not_to_be_empty()

    def begin(self) -> None:
        """A test's beginning: at the window, on a fresh page, with empty lists."""
        self.post(f"{self.api}/open")
        self.page.goto("/clerk")
        self.start_clean()

    def start_clean(self) -> None:
        """Brings the window to "open" with nobody in its lists, whatever was there before."""
        view = self.view()
        if view["state"] == "calling":
            self.post(f"{self.api}/no-show")
        elif view["state"] == "serving":
            self.post(f"{self.api}/finish")
        self.post(f"{self.api}/open")
        view = self.view()
        for ticket in [*view["queue"], *view["held"], *view["no_shows"]]:
            body = {"ticket_id": ticket["ticket_id"], "reason": "test"}
            self.post(f"{self.api}/cancel", body)
        self.state("open")
        expect(self.page.locator("#queue-count")).to_have_text("0")

    def view(self) -> dict:
        answer = self.page.request.get(self.api)
        assert answer.ok, answer.text()
        return answer.json()

    def post(self, path: str, body: dict | None = None) -> dict:
        answer = self.page.request.post(
            path, data=body or {}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.ok, answer.text()
        return answer.json()

    def issue(self, service_id: str = "B01", **more: str) -> str:
        """A number from elsewhere; gives its label, once the clerk's page shows it."""
        answer = self.post("/api/v1/tickets", {"service_id": service_id, "channel": "desk", **more})
        self.page.locator(f"#queue li[data-number='{answer['number']}']").wait_for()
        return answer["number"]

    # --- working ---
    def settle(self) -> None:
        """Waits until the page takes the next press."""
        self.page.locator("body:not([data-settling])").wait_for()

    def main(self) -> None:
        self.settle()
        expect(self.page.locator("#main-button")).to_be_enabled()
        if self.hand == "mouse":
            self.page.click("#main-button")
        else:
            self.page.keyboard.press("Enter")

    def press(self, action: str) -> None:
        self.settle()
        expect(self.page.locator(f"#act-{action}")).to_be_enabled()
        if self.hand == "mouse":
            self.page.click(f"#act-{action}")
        else:
            self.page.keyboard.press(KEYS[action])

    def choose(self, dialog: str, name: str, value: str) -> None:
        """Chooses a line of a question: by click, or by its digit once its list has the focus."""
        line = self.page.locator(f"#dialog-{dialog} label:has(input[name={name}][value='{value}'])")
        line.wait_for()
        if self.hand == "mouse":
            line.click()
            return
        first = self.page.locator(f"#dialog-{dialog} input[name={name}]").first
        first.evaluate("input => input.focus()")  # test_pages_access.py goes by Tab
        self.page.keyboard.press(line.locator("kbd").inner_text())

    def item(self, dialog: str, service_id: str) -> None:
        search = self.page.locator(f"#{dialog}-search")
        search.wait_for()
        if self.hand == "mouse":
            self.page.click(f"#{dialog}-items-{service_id}")
        else:
            self.page.keyboard.type(service_id)
        expect(self.page.locator(f"#{dialog}-items-{service_id}")).to_have_attribute(
            "aria-selected", "true"
        )

    def confirm(self, dialog: str) -> None:
        if self.hand == "mouse":
            self.page.click(f"#dialog-{dialog} .confirm")
        else:
            self.page.keyboard.press("Enter")
        expect(self.page.locator(f"#dialog-{dialog}")).not_to_have_attribute("open", "")

    # --- what is seen ---
    def state(self, state: str) -> None:
        expect(self.page.locator("#window-state")).to_have_attribute("data-state", state)

    def number(self, number: str) -> None:
        expect(self.page.locator("#ticket-number")).to_have_text(number)

    def told(self, *parts: str) -> None:
        for part in parts:
            expect(self.page.locator("#message")).to_contain_text(part)

    def waiting(self, *numbers: str) -> None:
        expect(self.page.locator("#queue li[data-number] .row-ticket")).to_have_text(list(numbers))


@contextmanager
def clerk_at_work(browser: Browser, access: SiteAccess, hand: str) -> Iterator[ClerkAtWork]:
    """A clerk who has signed in, for a module's tests."""
    clerk = ClerkAtWork(new_page(browser, access), access, hand)
    clerk.sign_in()
    yield clerk
    clerk.page.context.close()


def sign_in_manager(page: Page, access: SiteAccess) -> None:
    username, password = access.manager
    page.goto("/sign-in")
    page.fill("#username", username)
    page.fill("#password", password)
    page.locator(".no-window").click()
    page.click("#submit")
    page.wait_for_url("**/manager")


def sign_in_guide(page: Page) -> None:
    """The guide of the fake hall, at the guide's own page."""
    page.goto("/sign-in")
    page.fill("#username", "guide")
    page.fill("#password", "paper-lantern-5")
    page.locator(".no-window").click()
    page.click("#submit")
    page.wait_for_url("**/guide")
