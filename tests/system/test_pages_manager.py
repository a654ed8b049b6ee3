"""The manager's page and the hall board in a real browser.

Runs against the fake hall, or against a real server whose credentials.json BIANMIN_CREDENTIALS
names; then figures are compared with what its API says.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes_pages import SiteAccess, site_access
from tests.fakes_pages_browser import ClerkAtWork, chromium, new_page, sign_in_manager

pytestmark = [pytest.mark.browser, pytest.mark.system]

FIGURES = ("count", "mean_s", "median_s", "p90_s", "max_s")


@pytest.fixture(scope="module")
def access() -> Iterator[SiteAccess]:
    with site_access() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def served(browser: Browser, access: SiteAccess) -> Iterator[ClerkAtWork]:
    """A clerk with one ticket served and one waiting."""
    clerk = ClerkAtWork(new_page(browser, access), access, "keyboard")
    clerk.sign_in()
    clerk.start_clean()
    clerk.issue("B01")
    clerk.main()
    clerk.state("calling")
    clerk.main()
    clerk.state("serving")
    clerk.main()
    clerk.state("open")
    clerk.issue("B01")
    yield clerk
    clerk.page.context.close()


@pytest.fixture(scope="module")
def manager(browser: Browser, access: SiteAccess, served: ClerkAtWork) -> Iterator[Page]:
    page = new_page(browser, access, width=1920, height=1080)
    sign_in_manager(page, access)
    page.locator("#table-wait tbody tr").first.wait_for(state="attached")
    yield page
    page.context.close()


def asked_statistics(page: Page, by: str) -> dict:
    """What the page is showing, asked again from the API for the same days."""
    days = {name: page.input_value(f"#{name}") for name in ("from", "to")}
    answer = page.request.get("/api/v1/statistics", params={**days, "by": by})
    assert answer.ok
    return answer.json()


def shown_cells(page: Page, measure: str) -> list[list[float | None]]:
    """Exact values by row, the whole hall last; None where the page says "no data"."""
    rows = page.locator(f"#table-{measure} tbody tr").evaluate_all(
        """rows => rows.map(row => [...row.cells].slice(1).map(
             cell => cell.querySelector('data')?.value ?? cell.textContent))"""
    )
    return [[None if text == "no data" else float(text) for text in row] for row in rows]


@pytest.mark.parametrize("by", ["window", "service", "group", "hour", "clerk", "priority"])
def test_every_figure_is_the_one_of_the_api(manager: Page, by: str) -> None:
    with manager.expect_response(lambda r: "/api/v1/statistics?" in r.url and f"by={by}" in r.url):
        if manager.locator(f"input[name=by][value={by}]").is_checked():
            other = "hour" if by == "window" else "window"
            manager.locator(f"input[name=by][value={other}]").check(force=True)
        manager.locator(f"input[name=by][value={by}]").check(force=True)
    expect(manager.locator("#charts")).to_have_attribute("data-by", by)
    statistics = asked_statistics(manager, by)
    for measure in ("wait", "service", "walk"):
        wanted = [
            [row[measure][name] for name in FIGURES]
            for row in [*statistics["rows"], statistics["total"]]
        ]
        assert shown_cells(manager, measure) == wanted


def test_nobody_counted_is_no_data_and_not_zero(manager: Page) -> None:
    manager.fill("#from", "2031-01-01")
    manager.fill("#to", "2031-01-01")
    expect(manager.locator("[data-tile=median_wait] dd")).to_have_text("no data")
    expect(manager.locator("#chart-wait")).to_have_text("no data")
    assert shown_cells(manager, "wait") == [[0, None, None, None, None]]
    manager.locator("input[value=today]").check(force=True)
    expect(manager.locator("#chart-wait .bars").first).to_be_attached()


def test_charts_are_svg_with_a_name_and_a_table_behind_each(manager: Page) -> None:
    for measure in ("wait", "service", "walk"):
        chart = manager.locator(f"#chart-{measure}")
        expect(chart.locator("svg.main-svg").first).to_be_visible()
        assert manager.locator(f"#chart-{measure} canvas").count() == 0
        assert "median" in (chart.get_attribute("aria-label") or "")
        assert manager.locator(f"#card-{measure} table").count() == 1


def test_charts_break_no_content_security_policy(manager: Page) -> None:
    manager.locator("#chart-wait .main-svg").first.hover()
    assert manager.evaluate("window.violations") == []


def test_the_csv_is_for_the_chosen_days(manager: Page) -> None:
    link = manager.locator("#csv").get_attribute("href") or ""
    answer = manager.request.get(link)
    assert answer.ok
    assert answer.headers["content-type"].startswith("text/csv")
    assert f"from={manager.input_value('#from')}" in link


def test_on_paper_every_table_is_open_and_controls_are_gone(manager: Page) -> None:
    manager.evaluate("dispatchEvent(new Event('beforeprint'))")
    manager.emulate_media(media="print")
    assert manager.locator(".chart-card details:not([open])").count() == 0
    expect(manager.locator("#report-form")).to_be_hidden()
    expect(manager.locator(".now")).to_be_hidden()
    wide = manager.locator("#chart-wait .main-svg").first.evaluate("svg => svg.clientWidth")
    assert wide <= 700
    manager.emulate_media(media="screen")
    manager.evaluate("dispatchEvent(new Event('afterprint'))")
    assert manager.locator(".chart-card details[open]").count() == 0


def test_the_hall_now_follows_the_windows(manager: Page, served: ClerkAtWork) -> None:
    row = manager.locator(f"#windows-rows [data-window='{served.window_id}']")
    expect(row.locator(".chip")).to_have_attribute("data-state", "open")
    served.main()
    served.state("calling")
    number = served.view()["current"]["number"]
    expect(row.locator(".chip")).to_have_attribute("data-state", "calling")
    expect(row).to_contain_text(number)
    served.press("no-show")
    expect(row.locator(".chip")).to_have_attribute("data-state", "open")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920)])
def test_the_board_shows_a_call_in_its_row_and_marks_it(
    browser: Browser, access: SiteAccess, served: ClerkAtWork, width: int, height: int
) -> None:
    board = browser.new_context(
        base_url=access.base_url, viewport={"width": width, "height": height}
    ).new_page()
    board.goto("/board")
    row = board.locator(f"[data-window='{served.window_id}']")
    row.wait_for()
    number = served.issue("B02")
    served.main()
    served.state("calling")
    expect(row.locator(".row-number")).to_have_text(number)
    expect(row).to_have_attribute("data-fresh", "true")
    expect(board.locator("#recent li").first).to_contain_text(number)
    height_px = row.locator(".row-number").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert height_px >= 84  # capitals ≥ 60 px: 38 mm on a 55" panel, read at 10 m
    served.press("no-show")
    expect(row.locator(".row-number")).to_have_count(0)
    board.context.close()


def test_the_board_cuts_no_text_off(browser: Browser, access: SiteAccess) -> None:
    for width, height in ((1920, 1080), (1080, 1920), (1280, 720)):
        context = browser.new_context(
            base_url=access.base_url, viewport={"width": width, "height": height}
        )
        board = context.new_page()
        board.goto("/board")
        board.locator(".wait-row").first.wait_for()
        cut = board.evaluate(
            """() => [...document.querySelectorAll('.wait-row, .board-row, .board-side section')]
              .flatMap((box) => [...box.querySelectorAll('*')].filter((part) => {
                if (!part.checkVisibility()) return false;
                const inner = part.getBoundingClientRect(), outer = box.getBoundingClientRect();
                return inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1
                  || inner.right > outer.right + 1
                  || part.clientWidth && part.scrollWidth > part.clientWidth + 1;
              })).map((part) => `${part.parentNode.className} ${part.textContent}`)"""
        )
        assert cut == [], json.dumps(cut, ensure_ascii=False)
        context.close()


def test_the_manager_signs_out(browser: Browser, access: SiteAccess) -> None:
    page = new_page(browser, access)
    sign_in_manager(page, access)
    page.click("#sign-out")
    page.wait_for_url("**/sign-in")
    page.goto("/manager")
    assert "/sign-in?next=/manager" in page.url
    page.context.close()
