"""Every page under its Content-Security-Policy, readable, labelled, and reachable by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from queue_server.contract.messages_offline import DoubtfulTicket
from tests.fakes_pages import PEOPLE, FakeSite, SiteAccess, site_access
from tests.fakes_pages_browser import (
    KEYS,
    ClerkAtWork,
    chromium,
    new_page,
    sign_in_guide,
    sign_in_manager,
)
from tests.fakes_pages_devices import many_ills
from tests.fakes_pages_hall import ITEMS, WINDOW_NAMES, now

pytestmark = [pytest.mark.browser, pytest.mark.system]

POLICY = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
)
PAYLOAD = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>{{7*7}}'
CONTRAST_MIN = 4.5

UNREADABLE = """
() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility({ checkOpacity: true })) continue;
    if (['SCRIPT', 'NOSCRIPT'].includes(element.tagName) || element.closest('svg')) continue;
    const one = light(parts(getComputedStyle(element).color)) + 0.05;
    const other = light(ground(element)) + 0.05;
    const ratio = Math.max(one, other) / Math.min(one, other);
    const opacity = Number(getComputedStyle(element).opacity);
    const readable = opacity === 1 && ratio >= LIMIT;
    if (!readable) found.push(`${element.className} ${ratio.toFixed(2)} ${node.textContent}`);
  }
  return found;
}
""".replace("LIMIT", str(CONTRAST_MIN))

UNNAMED = """
() => [...document.querySelectorAll('button, a[href], input, select, textarea, [role=listbox]')]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length
    && [...e.labels].some((label) => label.textContent.trim())))
  .map((e) => e.outerHTML)
"""


FOCUS = """
() => {
  const at = document.activeElement, page = at === document.body || at.tagName === 'DIALOG';
  return [at.name || at.id || at.className, page || Boolean(at.closest('dialog')),
    page || getComputedStyle(at).outlineStyle !== 'none'];
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> Iterator[SiteAccess]:
    monkeypatch.delenv("BIANMIN_CREDENTIALS", raising=False)  # the hall is filled by hand
    with site_access() as found:
        yield found


@pytest.fixture
def site(access: SiteAccess) -> FakeSite:
    assert access.fake is not None
    return access.fake


def doubtful(n: int, service_id: str) -> DoubtfulTicket:
    return DoubtfulTicket(
        ticket_id=f"late-{n}",
        number=f"{service_id[0]}2-{n:02}",
        service_id=service_id,
        priority_class="elderly" if n == 1 else None,
        doubt="unprinted" if n % 2 else "late",
        device_id="kiosk-2",
        issued_at=now(),
        uploaded_at=now(),
    )


def fill_hall(site: FakeSite) -> None:
    for index in range(40):
        item = ITEMS[index * 7 % len(ITEMS)]["service_id"]
        site.hall.issue(item, "elderly" if index % 5 == 0 else None)
    for window, state in {"2": "calling", "3": "serving"}.items():
        site.hall.call(window, site.hall.listed(window, "waiting")[0].ticket_id, state)
    site.hall.windows["4"].state = "paused"
    site.hall.windows["5"].state = "open"
    site.hall.doubtful = [doubtful(n, ITEMS[n]["service_id"]) for n in range(6)]
    many_ills(site.devices)
    site.help.ask("h1", PAYLOAD)
    site.help.ask("h2", "北门")
    site.help.press("h2", "answer")


def visit(page: Page, access: SiteAccess, path: str) -> None:
    """Opens a page with someone who may, and waits until it is drawn."""
    if path == "/clerk":
        clerk = ClerkAtWork(page, access, "mouse")
        clerk.sign_in()
        clerk.post(f"{clerk.api}/open")
        clerk.state("open")
    elif path == "/manager":
        sign_in_manager(page, access)
        page.locator("#chart-wait .bars").first.wait_for(state="attached")
    elif path == "/guide":
        sign_in_guide(page)
        page.locator("#desk-title").wait_for()
        page.locator("#items button").first.wait_for()
    elif path == "/devices":
        sign_in_manager(page, access)
        page.goto(path)
        page.locator("#summary:visible, #nobody:visible").first.wait_for()
    else:
        page.goto(path)
        page.locator({"/board": ".board-row", "/sign-in": ".tile-number"}[path]).first.wait_for()


PATHS = ["/sign-in", "/clerk", "/guide", "/manager", "/devices", "/board"]


@pytest.mark.parametrize("path", PATHS)
def test_hostile_names_stay_text_and_the_policy_is_never_broken(
    browser: Browser, access: SiteAccess, site: FakeSite, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[str] = []
    monkeypatch.setitem(PEOPLE, "clerk1", ("paper-lantern-1", "clerk", PAYLOAD))
    monkeypatch.setitem(PEOPLE, "manager", ("paper-lantern-9", "manager", PAYLOAD))
    monkeypatch.setitem(WINDOW_NAMES, "1", PAYLOAD)
    site.hall.notice = {"zh-CN": PAYLOAD, "en": PAYLOAD}
    fill_hall(site)
    page = new_page(browser, access)
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, access, path)
    assert page.evaluate("window.owned") is None
    assert page.evaluate("window.violations") == []
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_pages_carry_the_policy_and_nothing_inline(
    browser: Browser, access: SiteAccess, path: str
) -> None:
    page = new_page(browser, access)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it must be a function
    visit(page, access, path)
    frame = next(answer for answer in answers if answer.url.endswith(path))
    policy = frame.headers["content-security-policy"]
    for rule in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    source = frame.text()
    assert " style=" not in source
    assert "<style" not in source
    assert " onclick=" not in source
    assert all(answer.url.startswith(access.base_url) for answer in answers)
    page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_text_is_readable_and_controls_are_named(
    browser: Browser, access: SiteAccess, site: FakeSite, path: str, language: str
) -> None:
    fill_hall(site)
    page = new_page(browser, access, language)
    visit(page, access, path)
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_every_question_is_readable_and_reached_by_tab(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    page = new_page(browser, access)
    clerk = ClerkAtWork(page, access, "keyboard")
    clerk.sign_in()
    clerk.start_clean()
    fill_hall(site)
    site.hall.put(site.hall.listed("1", "waiting")[0].ticket_id, "held", "1")
    for _ in range(2):
        site.hall.put(site.hall.listed("1", "waiting")[0].ticket_id, "no_show")
    site.hall.rev += 1
    asking = "pause call issue serve-now resume requeue cancel late paper"
    for action in asking.split():
        clerk.press(action)
        dialog = page.locator(f"#dialog-{action}")
        expect(dialog).to_have_attribute("open", "")
        assert page.evaluate(UNREADABLE) == []
        assert page.evaluate(UNNAMED) == []
        reached = set()
        for _ in range(12):
            name, is_inside, is_marked = page.evaluate(FOCUS)
            reached.add(name)
            assert is_inside
            assert is_marked
            page.keyboard.press("Tab")
        assert "confirm" in reached
        names = dialog.locator("[data-options]").evaluate_all(
            "all => all.map(e => e.dataset.options)"
        )
        assert set(names) <= reached
        page.keyboard.press("Escape")
        expect(dialog).not_to_have_attribute("open", "")
    page.context.close()


def test_every_key_is_written_on_its_button_and_none_is_the_browsers(
    browser: Browser, access: SiteAccess
) -> None:
    page = new_page(browser, access)
    ClerkAtWork(page, access, "mouse").sign_in()
    written = page.locator("button[data-code]").evaluate_all(
        "all => all.map(b => [b.dataset.act, b.dataset.code, b.querySelector('kbd').textContent])"
    )
    keys = [key for _, _, key in written]
    assert len(set(keys)) == len(keys)
    for action, code, key in written:
        assert len(key) == 1
        assert code in (key, f"Key{key}")
        assert KEYS.get(action, key.lower()) == key.lower()
    page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("width", "height"), [(1024, 640), (1024, 768), (1920, 1080), (320, 240)])
def test_the_clerk_page_keeps_its_buttons_on_the_screen(
    browser: Browser, access: SiteAccess, site: FakeSite, language: str, width: int, height: int
) -> None:
    fill_hall(site)
    page = new_page(browser, access, language, width=1024)
    visit(page, access, "/clerk")
    page.set_viewport_size({"width": width, "height": height})
    for name in ("#main-button", "#act-pause", "#ticket"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] + box["height"] <= height, name
        assert box["height"] >= 30, name
    page.context.close()


def test_the_language_link_changes_every_word_and_comes_back_here(
    browser: Browser, access: SiteAccess
) -> None:
    page = new_page(browser, access, "zh-CN")
    ClerkAtWork(page, access, "mouse").sign_in()
    expect(page.locator("#main-label")).to_have_text("开始服务")
    page.click("a[hreflang=en]")
    page.wait_for_url("**/clerk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#main-label")).to_have_text("Open the window")
    page.context.close()


def test_a_guide_issues_numbers_at_the_desk_page_and_calls_nobody(
    browser: Browser, access: SiteAccess
) -> None:
    page = new_page(browser, access)
    sign_in_guide(page)
    page.click("a[href='/clerk']")
    page.wait_for_url("**/clerk")
    expect(page.locator("#main-button")).to_be_hidden()
    page.keyboard.press("8")
    page.locator("#dialog-issue[open]").wait_for()
    page.keyboard.type("B01")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("is issued")
    page.context.close()
