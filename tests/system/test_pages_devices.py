"""The device page in a real browser: what stands on it, in words, for whom, and how it moves."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.fakes_pages import FakeSite, SiteAccess, site_access
from tests.fakes_pages_browser import chromium, new_page
from tests.fakes_pages_devices import KIOSK, VERSION, Scene, all_well, many_ills

pytestmark = [pytest.mark.browser, pytest.mark.system]

PAYLOAD = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>{{7*7}}'
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte"
CUT = """
() => [...document.querySelectorAll('.devices, .station, .fitted, .devices-head, dialog[open]')]
  .flatMap((box) => [...box.querySelectorAll('*')].filter((part) => {
    if (!part.checkVisibility() || part.closest('.unseen')) return false;
    const inner = part.getBoundingClientRect(), outer = box.getBoundingClientRect();
    return inner.right > outer.right + 1 || inner.left < outer.left - 1
      || (part.clientWidth && part.scrollWidth > part.clientWidth + 1);
  })).map((part) => `${part.className} ${part.textContent}`)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def access() -> Iterator[SiteAccess]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BIANMIN_CREDENTIALS", raising=False)  # the scene is set by hand
        with site_access() as found:
            yield found


@pytest.fixture
def site(access: SiteAccess) -> FakeSite:
    assert access.fake is not None
    access.fake.devices = Scene()
    return access.fake


def open_page(
    browser: Browser,
    access: SiteAccess,
    *,
    user: tuple[str, str] = ("admin", "paper-lantern-7"),
    language: str = "en",
    size: tuple[int, int] = (1024, 768),
) -> Page:
    page = new_page(browser, access, language, *size)
    page.request.post("/api/v1/session", data={"username": user[0], "password": user[1]})
    page.goto("/devices")
    page.locator("#summary:visible, #nobody:visible").first.wait_for()
    return page


@pytest.fixture(scope="module")
def opened(browser: Browser, access: SiteAccess) -> Iterator[Page]:
    """One page for all who only look: each test's scene comes over its live line."""
    page = open_page(browser, access)
    yield page
    page.context.close()


@pytest.fixture
def page(opened: Page, site: FakeSite) -> Iterator[Page]:
    expect(opened.locator("#nobody")).to_be_visible()
    yield opened
    assert opened.evaluate("window.violations") == []


def card(page: Page, device_id: str) -> Locator:
    return page.locator(f"[data-station='{device_id}']")


def test_an_empty_hall_says_how_to_begin(page: Page) -> None:
    expect(page.locator("#nobody")).to_contain_text("No device is enrolled yet")
    expect(page.locator("#nobody li")).to_have_count(3)
    expect(page.locator("#summary")).to_be_hidden()


def test_everything_well_is_one_line_and_quiet(page: Page, site: FakeSite) -> None:
    all_well(site.devices)
    expect(page.locator("#summary")).to_have_text("All 4 are well")
    expect(page.locator(".station")).to_have_count(4)
    expect(page.locator(".todo, .note")).to_have_count(0)
    printer = card(page, "kiosk-1").locator("[data-device='printer']")
    expect(printer).to_contain_text("Paper loaded")
    expect(printer).to_contain_text("Cover closed")
    expect(card(page, "window-3")).to_contain_text("Window 3")
    expect(card(page, "window-3").locator("[data-act='print-test']")).to_be_hidden()


def test_paper_runs_out_and_is_there_again_while_one_looks(page: Page, site: FakeSite) -> None:
    all_well(site.devices)
    printer = card(page, "kiosk-2").locator("[data-device='printer']")
    expect(printer.locator(".state")).to_have_text("works")
    site.devices.kiosk("kiosk-2", "社保窗口旁", {"printer": ("paper-near-end",)})
    expect(printer.locator(".state")).to_have_text("needs a hand soon")
    expect(printer).to_contain_text("Paper nearly used up")
    expect(page.locator("#summary")).to_have_text("1 of 4 will need a hand soon")
    site.devices.kiosk("kiosk-2", "社保窗口旁", {"printer": ("paper-out",)})
    expect(printer).to_contain_text("The printer is out of paper. Put in a new roll")
    expect(page.locator("#summary")).to_have_text("1 of 4 needs a hand")
    expect(page.locator(".station").first).to_have_attribute("data-station", "kiosk-2")
    site.devices.kiosk("kiosk-2", "社保窗口旁")
    expect(printer.locator(".todo")).to_have_count(0)
    expect(page.locator("#summary")).to_have_text("All 4 are well")


def test_every_ill_has_words_and_not_colour_alone(page: Page, site: FakeSite) -> None:
    many_ills(site.devices)
    expect(page.locator("#summary")).to_have_text("4 of 8 need a hand · 3 will need one soon")
    order = page.locator(".station").evaluate_all("all => all.map((e) => e.dataset.urgency)")
    assert order == sorted(order, key=["hand", "soon", "unknown", "well"].index)
    links = {
        "kiosk-1": "Connected",
        "kiosk-3": "Not connected",
        "kiosk-4": "No sign of life",
        "kiosk-5": "Waiting for its code",
    }
    for device_id, words in links.items():
        expect(card(page, device_id).locator(".station-link")).to_have_text(words)
    for device_id in ("kiosk-3", "kiosk-4", "kiosk-5", "kiosk-6"):
        expect(card(page, device_id).locator(".note")).to_have_count(1)
    expect(card(page, "kiosk-6")).to_contain_text("47 min behind")
    expect(card(page, "kiosk-10")).to_contain_text("version 0.2.0, the server has 0.1.0")


def test_without_the_broker_the_page_says_since_when_nothing_is_known(
    page: Page, site: FakeSite
) -> None:
    all_well(site.devices)
    site.devices.presence.on_broker(connected=False)
    expect(page.locator("#broker")).to_contain_text("The message broker has been away since")
    expect(page.locator("#summary")).to_have_text("Not known how the devices are")
    expect(page.locator(".station-link").first).to_have_text("Not known")


def test_what_a_hostile_device_sends_stays_text(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    scene = site.devices
    scene.enrol("kiosk-1")
    fault = {"code": "paper-out", "sentence": PAYLOAD}
    known = {"id": "__proto__", "kind": "constructor", "online": True, "title": PAYLOAD[:64]}
    devices = [
        known | {"faults": [fault], "details": {"__proto__": PAYLOAD[:64]}},
        known | {"id": "printer", "kind": "printer", "faults": [fault]},
    ]
    said = {"session_id": "a", "online": True, "version": VERSION, "role": "toString"}
    scene.says("kiosk-1", **said, place=PAYLOAD[:64], devices=devices)
    errors: list[str] = []
    page = open_page(browser, access)
    page.on("pageerror", lambda error: errors.append(str(error)))
    expect(card(page, "kiosk-1").locator(".fitted")).to_have_count(2)
    expect(card(page, "kiosk-1")).to_contain_text(PAYLOAD)
    scene.hears("kiosk-1", "state", b"x" * 300_000)
    expect(card(page, "kiosk-1").locator(".note")).to_contain_text("cannot read")
    assert page.evaluate("window.owned") is None
    assert page.evaluate("window.violations") == []
    assert errors == []
    page.context.close()


def test_a_test_ticket_is_asked_for_and_its_answer_shown(page: Page, site: FakeSite) -> None:
    all_well(site.devices)
    button = card(page, "kiosk-1").locator("[data-act='print-test']")
    button.focus()
    page.keyboard.press("Enter")
    errand = card(page, "kiosk-1").locator(".errand")
    expect(errand).to_contain_text("Asked to print a test ticket")
    expect(button).to_be_disabled()
    said = "Somebody is using this kiosk. Try again when nobody stands in front of it."
    ack = {"command_id": site.devices.asked[-1], "session_id": "run-1", "done": False}
    site.devices.says("kiosk-1", "ack", **ack, code="in-use", sentence=said)
    expect(errand).to_contain_text(said)
    expect(button).to_be_enabled()
    site.devices.pass_s(700)
    expect(errand).to_be_hidden()


def test_a_button_keeps_the_focus_while_its_card_changes_and_moves(
    page: Page, site: FakeSite
) -> None:
    all_well(site.devices)
    card(page, "kiosk-2").locator("[data-act='print-test']").focus()
    site.devices.kiosk("kiosk-2", "社保窗口旁", {"printer": ("cover-open",)})
    expect(page.locator(".station").first).to_have_attribute("data-station", "kiosk-2")
    at = "document.activeElement.closest('.station')?.dataset.station"
    assert page.evaluate(at) == "kiosk-2"


def test_a_device_is_added_and_taken_away_by_keys_alone(page: Page, site: FakeSite) -> None:
    page.focus("#add")
    page.keyboard.press("Enter")
    page.keyboard.type("Kiosk 2")
    page.keyboard.press("Enter")
    expect(page.locator("#add-name")).to_have_attribute("aria-invalid", "true")
    page.locator("#add-name").press("Control+a")
    page.keyboard.type("kiosk-2")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_have_text("K7RQ 2MXD")
    expect(page.locator("#code-command")).to_contain_text("enrol --config kiosk.toml K7RQ2MXD")
    page.keyboard.press("Enter")
    expect(card(page, "kiosk-2")).to_contain_text("Waiting for its code")
    card(page, "kiosk-2").locator("[data-act='remove']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-remove")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(card(page, "kiosk-2")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("kiosk-2 has no access any more.")
    expect(card(page, "kiosk-2")).to_have_count(0)


def test_who_may_only_look_has_no_buttons_to_press(
    browser: Browser, access: SiteAccess, site: FakeSite
) -> None:
    all_well(site.devices)
    page = open_page(browser, access, user=("manager", "paper-lantern-9"))
    expect(card(page, "kiosk-1").locator("[data-act='print-test']")).to_be_visible()
    expect(page.locator("[data-act='remove'], #add, dialog")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_is_cut_off_or_untranslated(
    browser: Browser, access: SiteAccess, site: FakeSite, language: str
) -> None:
    many_ills(site.devices)
    site.devices.kiosk("kiosk-8", LONG[:64], {"printer": ("paper-out",)}, kinds=KIOSK)
    page = open_page(browser, access, language=language)
    for width, height in ((1024, 768), (1920, 1080), (640, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        cut = page.evaluate(CUT)
        assert cut == [], json.dumps(cut, ensure_ascii=False)
    if language == "zh-CN":
        expect(card(page, "kiosk-1")).to_contain_text("打印机缺纸")
        words = page.locator(".devices").inner_text()
        assert "needs" not in words
        assert "Connected" not in words
    page.click("#add")
    assert page.evaluate(CUT) == []
    page.context.close()


def test_on_paper_the_buttons_are_gone_and_the_sentences_stay(page: Page, site: FakeSite) -> None:
    many_ills(site.devices)
    expect(page.locator(".station")).to_have_count(8)
    page.emulate_media(media="print")
    expect(page.locator("#add")).to_be_hidden()
    expect(page.locator("[data-act='print-test']").first).to_be_hidden()
    expect(page.locator(".todo").first).to_be_visible()
    page.emulate_media(media="screen")
