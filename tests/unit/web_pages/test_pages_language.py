"""Which language a page is in, and where a link may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.web.pages_language import choose, html_code, local_path, native_name

HALL = ("zh-CN", "en")


@pytest.mark.parametrize(
    ("cookie", "accept", "expected"),
    [
        (None, None, "zh-CN"),
        (None, "en-GB,en;q=0.8", "en"),
        (None, "fr,de;q=0.9", "zh-CN"),
        (None, "en;q=0.3, zh-TW;q=0.8", "zh-CN"),
        (None, "zh-CN;q=0, en", "en"),
        (None, "en;q=lots, zh", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("tlh", "en", "en"),
        ("", "", "zh-CN"),
    ],
)
def test_a_link_wins_over_the_browser_and_the_browser_over_the_default(
    cookie: str | None, accept: str | None, expected: str
) -> None:
    assert choose(HALL, cookie, accept) == expected


@given(st.text(), st.text())
def test_whatever_is_sent_a_language_of_the_hall_is_chosen(cookie: str, accept: str) -> None:
    assert choose(HALL, cookie, accept) in HALL


def test_both_spellings_of_a_language_are_one() -> None:
    assert html_code("zh_CN") == "zh-CN"
    assert native_name("zh_CN") == native_name("zh-CN") == "中文"
    assert native_name("ii") == "ii"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil",
        "evil",
        "",
        None,
        "/页",
    ],
)
def test_a_link_never_leads_to_another_site(elsewhere: str | None) -> None:
    assert local_path(elsewhere, "/home") == "/home"


@pytest.mark.parametrize("here", ["/", "/clerk", "/manager?from=2026-03-02"])
def test_a_link_leads_to_a_page_of_ours(here: str) -> None:
    assert local_path(here, "/home") == here
