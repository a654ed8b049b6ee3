"""Pages in large type, high contrast and low reach, in every language, measured.

CI draws a selection in which every page has its turn in large type and high contrast, and every
language too. BIANMIN_LONG=1 draws every page in every mode, language and panel.
"""

import json
import os
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from kiosk.ui.theme import CAPITAL, TOUCH_MIN_PX, Theme
from tests.pseudo_language import LONG, RTL
from tests.unit.kiosk.test_pages import SIZES, window

pytestmark = [pytest.mark.screen, pytest.mark.timeout(900)]
Report = dict[str, dict[str, Any]]
IS_LONG = os.environ.get("BIANMIN_LONG") == "1"
MODES = ("normal", "large", "contrast", "low", "large+contrast+low")
IN_TURN = (("1024x768", "large+contrast", "1"), ("1080x1920", "low,large+contrast+low", "4"))
ALL = tuple(product(SIZES, MODES, ("zh_CN", "en", LONG, RTL)))
NOBODY = ("attract", "out-of-service")
"""Pages that stand while nobody is there to have asked for anything."""


def report(out: Path, *args: str) -> Report:
    window("tests.kiosk_gallery", "--out", str(out), "--no-pictures", *args)
    made: Report = json.loads((out / "report.json").read_text("utf-8"))
    return {name: page for name, page in made.items() if not name.startswith(NOBODY)}


def faulty(pages: Report) -> dict[str, list[str]]:
    found = {name: page["faults"] + page.get("faint", []) for name, page in pages.items()}
    return {name: faults for name, faults in found.items() if faults}


def small(pages: Report, size: str) -> list[tuple[str, str]]:
    """Targets a finger misses, and capitals below 4.8 mm."""
    width, height = (int(part) for part in size.split("x"))
    theme = Theme(width, height)
    least_px = max(TOUCH_MIN_PX, 20 * theme.density if height > width else 0)
    fingers = [
        (name, touch["text"])
        for name, page in pages.items()
        for touch in page["look"]["touch"]
        if min(touch["w"], touch["h"]) < least_px - 1
    ]
    letters = [
        (name, text["text"])
        for name, page in pages.items()
        for text in page["look"]["texts"]
        if text["font_px"] * CAPITAL / theme.density < 4.75
    ]
    return fingers + letters


@pytest.mark.parametrize(("size", "modes", "every"), IN_TURN)
def test_pages_fit_whatever_somebody_asked_for_in_every_language(
    tmp_path: Path, size: str, modes: str, every: str
) -> None:
    pages = report(tmp_path, "--size", size, "--mode", modes, "--cover", every)
    assert faulty(pages) == {}
    assert small(pages, size) == []
    assert {name.split("-")[-2] for name in pages} >= {"zh_CN", "en", LONG, RTL}


@pytest.mark.parametrize("size", ["1024x768", *(SIZES[:2] if IS_LONG else ())])
def test_more_languages_than_there_is_room_for_stand_on_a_sheet(tmp_path: Path, size: str) -> None:
    for name, faults, kinds in json.loads(window("tests.kiosk_sheets", size, str(tmp_path))):
        assert faults == []
        assert kinds.count("stay") == 1
        if name == "languages":
            assert kinds.count("language") == 6
        else:
            assert kinds.count("comfort") >= 2
            assert "voice" in kinds


if IS_LONG:

    @pytest.mark.parametrize(("size", "mode", "code"), ALL)
    def test_every_page_in_every_mode_and_language_on_every_panel(
        tmp_path: Path, size: str, mode: str, code: str
    ) -> None:
        pages = report(tmp_path, "--size", size, "--mode", mode, "--language", code)
        assert faulty(pages) == {}
        assert small(pages, size) == []
