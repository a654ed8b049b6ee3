"""What the displays really draw: nothing cut, nothing overlapping, digits as high as promised."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from PIL import Image

from kiosk.ui.theme import DAYLIGHT
from kiosk.ui.theme_display import DisplayTheme

pytestmark = pytest.mark.screen

ROOT = Path(__file__).parents[3]
HALLS = ("1920x1080", "1080x1920", "1280x1024")
WINDOWS = ("1024x600", "1280x720")


@cache
def gallery(size: str, kind: str) -> Path:
    """Draws every state once a size; Kivy allows one window a process."""
    out = Path(mkdtemp(prefix=f"bianmin-gallery-{size}-"))
    program = [sys.executable, "-m", "tests.unit.kiosk_display.gallery"]
    done = subprocess.run(
        [*program, "--size", size, "--out", str(out), *(["--window"] if kind == "window" else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


def report(size: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((gallery(size, kind) / "report.json").read_text("utf-8"))
    return found


def largest(page: dict[str, Any], words: str) -> dict[str, int]:
    """A number at its window, not in the list of last calls."""
    found: dict[str, int] = max(
        (text for text in page["texts"] if text["text"] == words), key=lambda text: text["h"]
    )
    return found


@pytest.mark.parametrize(
    ("size", "kind"),
    [(size, "hall") for size in HALLS] + [(size, "window") for size in WINDOWS],
)
def test_no_text_is_cut_and_none_stands_on_another(size: str, kind: str) -> None:
    assert {
        name: page["faults"] for name, page in report(size, kind).items() if page["faults"]
    } == {}


def test_a_shown_number_has_digits_of_a_hundred_millimetres_in_the_picture_itself() -> None:
    """Measured in pixels of the screenshot, not computed from a font."""
    page = report("1920x1080", "hall")["stale"]
    number = largest(page, "E003")
    box = (number["x"], number["y"], number["x"] + number["w"], number["y"] + number["h"])
    picture = Image.open(gallery("1920x1080", "hall") / "stale.png").crop(box).convert("L")
    dark = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert dark is not None
    ink_px = dark[3] - dark[1]
    assert DisplayTheme(1920, 1080).millimetres(ink_px) >= 100
    assert dark[1] > 0, "the digits are cut at the top"
    assert dark[3] < picture.height, "the digits are cut at the foot"


def test_a_new_call_differs_by_colour_and_a_word_from_a_number_being_served() -> None:
    page = report("1920x1080", "hall")["busy"]
    called, served = largest(page, "A018"), largest(page, "C007")
    picture = Image.open(gallery("1920x1080", "hall") / "busy.png")

    def ground(text: dict[str, int]) -> tuple[int, ...]:
        pixel = picture.getpixel((text["x"] + text["w"] // 2, text["y"] - 8))
        assert isinstance(pixel, tuple)
        return pixel

    def near(pixel: tuple[int, ...], colour: tuple[float, ...]) -> bool:
        return all(abs(p - c * 255) <= 2 for p, c in zip(pixel, colour, strict=False))

    assert near(ground(called), DAYLIGHT.accent)
    assert near(ground(served), DAYLIGHT.card)
    assert [text["text"] for text in page["texts"]].count("请到窗口") == 2


def test_a_rev_is_told_once_and_only_after_it_was_painted() -> None:
    page = report("1920x1080", "hall")["busy"]
    assert page["rev"] == 40
    assert page["told"] == {"before": [], "after": [40]}, "two boards in one frame are one picture"
    assert report("1920x1080", "hall")["connecting"]["told"] == {"before": [], "after": []}
