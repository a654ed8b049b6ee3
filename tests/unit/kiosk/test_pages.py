"""Every page, language and panel, drawn offscreen and measured (tests/kiosk_gallery.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.ui.theme import TOUCH_MIN_PX
from tests import reading

ROOT = Path(__file__).parents[3]
SIZES = ("1080x1920", "1280x1024", "1024x768")
LYING = SIZES[1:]
MILLIMETRES_20_PX = {"1080x1920": 82, "1280x1024": 75, "1024x768": 60}
"""20 mm on a 21.5", a 17" and (18 mm) a 15" panel of that many pixels."""
WAYS = {"back", "home", "done"}
MACHINE = ("issuing", "printing", "finding", "giving-back")
RESTING = ("attract", "out-of-service")
"""Nobody has begun anything: a touch leads on, or nothing can be done here."""
STAFF = "staff"

pytestmark = [pytest.mark.screen, pytest.mark.timeout(280)]
Report = dict[str, dict[str, Any]]
RENDERERS: dict[str, Path] = {}
GOLDEN = ROOT / "tests" / "golden" / "kiosk" / "pages.json"


def window(*program: str) -> str:
    """What a program with a window of its own printed."""
    done = subprocess.run(
        [sys.executable, "-m", *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=270,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def draw(size: str, out: Path) -> Report:
    """Each page in one language, in turn, lying in the other than upright; long form: in both."""
    turns = () if os.environ.get("BIANMIN_LONG") == "1" else ("--turns", str(int(size in LYING)))
    window("tests.kiosk_gallery", "--size", size, "--out", str(out), "--no-pictures", *turns)
    report: Report = json.loads((out / "report.json").read_text("utf-8"))
    return report


@pytest.fixture(scope="module", params=SIZES)
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("pages")
    RENDERERS[request.param] = out / "renderer.txt"
    return request.param, draw(request.param, out)


def test_no_text_is_cut_or_on_top_of_another_and_every_character_has_a_glyph(
    drawn: tuple[str, Report],
) -> None:
    _size, report = drawn
    assert {name: page["faults"] for name, page in report.items() if page["faults"]} == {}
    assert len(report) >= 50


def test_every_text_stands_out_from_its_ground_in_the_picture_itself(
    drawn: tuple[str, Report],
) -> None:
    _size, report = drawn
    assert {name: page["faint"] for name, page in report.items() if page["faint"]} == {}


def test_every_page_is_pixel_for_pixel_the_one_that_was_looked_at(
    drawn: tuple[str, Report],
) -> None:
    """Another Mesa may draw other pixels: the file says which one drew these."""
    size, report = drawn
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert RENDERERS[size].read_text("utf-8") == golden["renderer"], (
        "these pages were drawn by another renderer; look at them and run `script/pictures kiosk`"
    )
    now = {name: page["fingerprint"] for name, page in report.items()}
    compared = set(now) if len(now) < len(golden[size]) else now.keys() | golden[size]
    changed = sorted(name for name in compared if now.get(name) != golden[size].get(name))
    assert changed == [], "look at them, then `script/pictures kiosk`"


def test_a_finger_that_comes_down_while_a_page_is_drawn_anew_counts() -> None:
    assert json.loads(window("tests.kiosk_finger")) == ["painted", "touched", "start"]


def test_everything_to_touch_is_large_enough_for_a_finger(drawn: tuple[str, Report]) -> None:
    size, report = drawn
    least = max(TOUCH_MIN_PX, MILLIMETRES_20_PX[size] - 2)
    small = [
        (name, touch["text"], touch["w"], touch["h"])
        for name, page in report.items()
        for touch in page["look"]["touch"]
        if min(touch["w"], touch["h"]) < least
    ]
    assert small == []


def test_every_page_has_a_way_back_unless_it_is_the_first_or_waits_for_a_machine(
    drawn: tuple[str, Report],
) -> None:
    _size, report = drawn
    stuck = [
        name
        for name, page in report.items()
        if not name.startswith(("home", *MACHINE, *RESTING))
        and not WAYS.intersection(touch["kind"] for touch in page["look"]["touch"])
    ]
    assert stuck == []


def test_help_and_languages_are_on_every_page_that_waits_for_the_person(
    drawn: tuple[str, Report],
) -> None:
    _size, report = drawn
    for name, page in report.items():
        if name.startswith(RESTING):
            continue
        kinds = [touch["kind"] for touch in page["look"]["touch"]]
        assert kinds.count("language") == 2, name
        assert "help" in kinds or name.startswith(("help", STAFF, *MACHINE)), name


def test_everything_on_every_page_can_be_heard_and_reached_by_keys(
    drawn: tuple[str, Report],
) -> None:
    _size, report = drawn
    for code in reading.CODES:
        pages = {name: page for name, page in report.items() if f"-{code}" in name}
        assert pages
        missed = {name: reading.missed(page, code) for name, page in pages.items()}
        assert {name: what for name, what in missed.items() if what} == {}


def test_chinese_pages_are_chinese(drawn: tuple[str, Report]) -> None:
    _size, report = drawn
    foreign = {
        (name, text["text"])
        for name, page in report.items()
        if name.endswith("zh_CN")
        for text in page["look"]["texts"]
        if text["text"].isascii() and any(char.islower() for char in text["text"])
        # Keys of the keyboard, and what was typed on them.
        if not name.startswith("search")
    }
    assert {text for _name, text in foreign} == {"English"}
