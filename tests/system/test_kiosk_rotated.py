"""A panel that hangs turned: the picture stands upright, and a real click finds what it shows."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk.ui.theme import CLEAR_DAY, Rgba
from tests.fakes_server import FakeHall, serving
from tests.system.kiosk_process import Kiosk, running, write_config
from tests.x_server import x_server

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(180)]
WIDE, HIGH = 1024, 768


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with x_server(WIDE, HIGH) as name:
        yield name


def on_glass(x: int, y: int, turn: int) -> tuple[int, int]:
    """Where the panel's glass shows a place of the picture, origins at the top left.

    A picture turned by 90 degrees has its top at the left edge of the panel, as Kivy turns it.
    """
    return {
        0: (x, y),
        90: (y, HIGH - 1 - x),
        180: (WIDE - 1 - x, HIGH - 1 - y),
        270: (WIDE - 1 - y, x),
    }[turn]


def click(display: str, x: int, y: int) -> None:
    env = {**os.environ, "DISPLAY": display}
    move = ["xdotool", "mousemove", str(x), str(y), "sleep", "0.2", "click", "1"]
    subprocess.run(move, env=env, check=True, timeout=20)


@pytest.mark.parametrize("turn", [90, 180, 270] if os.environ.get("BIANMIN_LONG") else [90])
def test_a_turned_panel_shows_the_page_upright_and_takes_touches_where_they_are_seen(
    display: str, tmp_path: Path, turn: int
) -> None:
    with serving(FakeHall()) as url:
        config = write_config(tmp_path, url)
        env = {"DISPLAY": display, "BIANMIN_KIOSK_SCREEN__ROTATION_DEG": str(turn)}
        size = ("--size", f"{WIDE}x{HIGH}")
        pictures = ("--screenshot-dir", str(tmp_path))
        with running(config, *size, *pictures, env=env, offscreen=False) as kiosk:
            kiosk.until_ready()
            upright = [WIDE, HIGH] if turn == 180 else [HIGH, WIDE]
            assert kiosk.ask(do="look")["size"] == upright
            _press(kiosk, display, "start", turn)
            kiosk.on("sections")
            _press(kiosk, display, "home", turn)
            kiosk.on("home")
            _press(kiosk, display, "comfort", turn)  # large type: its accent is a deeper one
            while kiosk.ask(do="look")["serial"] < 3:
                pass
            kiosk.ask(do="screenshot", name="turned")
    with Image.open(tmp_path / "turned.png") as picture:
        assert picture.size == (WIDE, HIGH)
        assert near(picture.getpixel(on_glass(5, 5, turn)), CLEAR_DAY.accent)
        foot = on_glass(5, upright[1] - 6, turn)
        assert near(picture.getpixel(foot), CLEAR_DAY.card)


def near(pixel: object, colour: Rgba) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(here / 255 - there) < 0.02 for here, there in zip(pixel, colour, strict=False))


def _press(kiosk: Kiosk, display: str, kind: str, turn: int) -> None:
    x, y = kiosk.place(kind)
    click(display, *on_glass(x, y, turn))
