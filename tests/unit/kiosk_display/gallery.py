"""Draws the displays without server or broker, and measures what stands on them.

    python -m tests.unit.kiosk_display.gallery --size 1920x1080 --out DIR [--only NAME]

Runs as a program of its own, because Kivy allows one window a process. Writes a PNG for each state
and `report.json`: for each state its texts and every fault (`kiosk.ui.inspection.faults`).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.display_state import DisplayState
from kiosk.feed_events import BoardChanged, FeedEvent, WindowChanged
from kiosk.lang import Languages
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from tests.unit.kiosk_display import fakes
from tests.unit.kiosk_display.fakes import CALLING, CLOSED, OPEN, PAUSED, SERVING

if TYPE_CHECKING:
    from kiosk.ui.display_app import Picture

NOW = fakes.AT.astimezone(ZoneInfo("Asia/Shanghai"))
WIDE_NUMBERS = ("W888", "M012", "B1012", "AB123", "2012", "G004", "Q777", "H008")


def halls() -> Iterator[tuple[str, list[FeedEvent], float]]:
    """Name, events, and the time at which it is looked at."""
    busy = fakes.board()
    yield "busy", fakes.busy_hall(busy), 1.0
    yield "busy-en", fakes.busy_hall(busy), 10.5
    yield "stale", [*fakes.busy_hall(busy), *fakes.STALE], 25.0
    nobody = fakes.board(states=((OPEN, None),) * 2 + ((CLOSED, None),) * 5, recents=0, counts={})
    yield "empty", [BoardChanged(nobody)], 1.0
    shut = fakes.board(states=((CLOSED, None),) * 7, is_open=False, counts={})
    yield "closed", [BoardChanged(shut)], 1.0
    yield "after-hours", [BoardChanged(fakes.board(is_open=False))], 1.0
    yield "no-windows", [BoardChanged(fakes.board(rows=[]))], 1.0
    yield "connecting", [], 1.0
    yield "connecting-long", list(fakes.STALE), 1.0
    wide = tuple((SERVING, number) for number in WIDE_NUMBERS)
    yield "wide", [BoardChanged(fakes.board(states=wide))], 1.0
    yield "few", fakes.busy_hall(fakes.board(states=fakes.BUSY[:3])), 1.0
    yield "one", fakes.busy_hall(fakes.board(states=fakes.BUSY[:1])), 10.5
    many = tuple((SERVING if n % 3 else CALLING, f"B{n:03}") for n in range(14))
    yield "many", [BoardChanged(fakes.board(states=many))], 1.0
    plain = fakes.board("plain")
    yield "plain", fakes.busy_hall(plain), 1.0
    yield "plain-stale", [*fakes.busy_hall(plain), *fakes.STALE], 1.0


def windows() -> Iterator[tuple[str, list[FeedEvent], float]]:
    yield "calling", fakes.calling_window(), 1.0
    yield "called", fakes.calling_window(), 30.0
    for name, state, number in (
        ("serving", SERVING, "B012"),
        ("open", OPEN, None),
        ("paused", PAUSED, None),
        ("closed", CLOSED, None),
    ):
        yield name, [WindowChanged(fakes.window(state, number))], 1.0
    yield "stale", [*fakes.calling_window(), *fakes.STALE], 1.0
    yield "closed-stale", [WindowChanged(fakes.window(CLOSED, None)), *fakes.STALE], 1.0
    english = fakes.window(PAUSED, None, text={"en": "Back in a moment"})
    name = {"name": "Pension and medical insurance"}
    yield "plain", [WindowChanged(english.model_copy(update=name))], 1.0
    bare = fakes.window(CALLING, "W888", text={})
    yield "untold", [WindowChanged(bare)], 1.0
    yield "connecting", [], 1.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--window", action="store_true")
    asked = parser.parse_args()
    width, height = (int(edge) for edge in asked.size.split("x"))
    asked.out.mkdir(parents=True, exist_ok=True)
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))
    report = draw(asked.out, width, height, asked.only, window=asked.window)
    (asked.out / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


class Stage:
    """One window, in which one display after another is drawn at a time of our own."""

    def __init__(self, width: int, height: int, *, window: bool) -> None:
        self._window = window
        self._languages = Languages(("zh_CN", "en"))
        self._theme = Theme(width, height)
        self._now_s = 0.0

    def picture(self, width: int, height: int) -> "Picture":
        from kiosk.ui.display_app import HallPicture, WindowPicture  # noqa: PLC0415 - see below

        if self._window:
            return WindowPicture(width, height, self._languages, "2")
        return HallPicture(width, height, self._languages)

    def show(self, events: list[FeedEvent], look_s: float, file: Path) -> dict[str, object]:
        """Draw a display that heard some events at once and is looked at later."""
        # Kivy must be configured before it is imported.
        from kivy.base import EventLoop  # noqa: PLC0415
        from kivy.core.window import Window  # noqa: PLC0415

        from kiosk.ui import inspection  # noqa: PLC0415
        from kiosk.ui.display_app import Clocks, DisplayApp  # noqa: PLC0415

        self._now_s = 0.0
        wall = lambda: NOW + timedelta(seconds=self._now_s)  # noqa: E731 - two clocks, one time
        clocks = Clocks(lambda: self._now_s, wall)
        told: list[int] = []
        first = DisplayState(spoken=("zh_CN", "en"))
        app = DisplayApp(self.picture, first, clocks, told.append)
        for child in list(Window.children):
            Window.remove_widget(child)
        app.root = app.build()
        Window.add_widget(app.root)
        for event in events:
            app.receive(event)
        too_soon = list(told)
        self._now_s = look_s
        app._tick(0)
        for _ in range(4):
            EventLoop.idle()
        runtime.screenshot(file)
        seen = app.seen()
        faults = inspection.faults(app.root, self._theme)
        return {
            "screen": seen["screen"],
            "rev": seen["rev"],
            "texts": seen["texts"],
            "faults": faults,
            "told": {"before": too_soon, "after": told},
        }


def draw(out: Path, width: int, height: int, only: str, *, window: bool) -> dict[str, object]:
    stage = Stage(width, height, window=window)
    return {
        name: stage.show(events, look_s, out / f"{name}.png")
        for name, events, look_s in (windows() if window else halls())
        if only in {"", name}
    }


if __name__ == "__main__":
    sys.exit(main())
