"""What stands in the files of the pages: one palette with the kiosk, no word that is not marked."""

import re

import pytest

from kiosk.ui.theme import DAYLIGHT, contrast, rgba
from queue_server.web import pages_words
from queue_server.web.pages_static import WEB_ROOT

STATIC = WEB_ROOT / "static"
CSS = (STATIC / "app.css").read_text("utf-8")
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", CSS))
SHARED = [
    "paper", "card", "line", "ink", "ink-soft", "accent", "accent-down", "accent-pale",
    "on-accent", "warning", "warning-pale", "danger", "danger-pale",
]  # fmt: skip
SCRIPTS = sorted(STATIC.glob("*.js"))
WORDS = {
    "sign_in.js": (pages_words.SIGN_IN_WORDS, ["base.js", "sign_in.js"]),
    "clerk.js": (
        pages_words.CLERK_WORDS,
        ["base.js", "clerk.js", "clerk_view.js", "clerk_dialogs.js", "clerk_late.js", "actions.js"],
    ),
    "manager.js": (
        pages_words.MANAGER_WORDS,
        ["base.js", "manager.js", "charts.js", "figures.js"],
    ),
}


@pytest.mark.parametrize("token", SHARED)
def test_the_pages_have_the_kiosks_colours(token: str) -> None:
    assert rgba(TOKENS[token]) == getattr(DAYLIGHT, token.replace("-", "_"))


def test_borders_of_controls_stand_out() -> None:
    assert contrast(rgba(TOKENS["edge"]), DAYLIGHT.card) >= 3
    assert contrast(rgba(TOKENS["edge"]), DAYLIGHT.paper) >= 3


def test_the_charts_have_the_pages_colours() -> None:
    source = (STATIC / "charts.js").read_text("utf-8")
    used = set(re.findall(r"#[0-9A-F]{6}", source))
    assert used <= set(TOKENS.values())


@pytest.mark.parametrize("page", WORDS)
def test_every_word_a_script_says_is_handed_to_its_page(page: str) -> None:
    words, scripts = WORDS[page]
    for script in scripts:
        source = (STATIC / script).read_text("utf-8")
        said = set(re.findall(r"\b(?:say|tile)\('([\w.-]+)'", source))
        assert said <= set(words), f"{script}: {said - set(words)}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_speak_no_language_of_their_own(script: object) -> None:
    source = script.read_text("utf-8")  # type: ignore[attr-defined]  # a Path
    assert source.count("\n") <= 300
    assert not re.search(r"[\u4e00-\u9fff]", source)
    for forbidden in ("eval(", "new Function", "innerHTML", "outerHTML", "document.write"):
        assert forbidden not in source


def test_templates_have_no_inline_script_style_or_handler() -> None:
    for template in (WEB_ROOT / "templates").glob("*.html"):
        source = template.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", source), template.name
        scripts = re.findall(r"<script([^>]*)>", source)
        assert all("src=" in each or "application/json" in each for each in scripts), template.name
