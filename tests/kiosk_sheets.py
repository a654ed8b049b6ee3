"""The sheets of languages and switches over a page, with more languages than chips have room for.

    python -m tests.kiosk_sheets 1080x1920 DIR

Prints as JSON what is wrong with each, and which kinds of touches it offers.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.comfort import Comfort
from kiosk.lang import Languages
from kiosk.shown import Shown
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.visit import Screen, Session
from tests import pseudo_language as pseudo
from tests.gallery_frame import NOW, at, world
from tests.kiosk_gallery import hurry

MORE = ("de", "kk")
FRAMES = 4


def languages(folder: Path) -> Languages:
    """Six of them."""
    pseudo.write(folder)
    shutil.copytree(pseudo.SOURCE.parents[1], folder / "zh_CN", dirs_exist_ok=True)
    for code in MORE:
        shutil.copytree(folder / pseudo.LONG, folder / code, dirs_exist_ok=True)
    return Languages(("zh_CN", "en", pseudo.LONG, pseudo.RTL, *MORE), folder, demo=True)


def states() -> Iterator[tuple[str, Session]]:
    """A sheet's name, and the page below it."""
    below = at(Screen.HOME, around=replace(world(), speaks=True))
    for code, large in (("zh_CN", False), (pseudo.LONG, True), (pseudo.RTL, True)):
        for name in ("languages", "comfort"):
            yield name, replace(below, language=code, comfort=Comfort(large=large))


def main() -> None:
    size, folder = sys.argv[1], Path(sys.argv[2])
    width, height = (int(part) for part in size.split("x"))
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))

    hurry()
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure

    theme = Theme(width, height)
    app = KioskApp(theme, languages(folder), lambda _tap: None, lambda: NOW)
    told = []

    def draw(_elapsed_s: float) -> None:
        for serial, (name, session) in enumerate(states()):
            app.receive(Shown(replace(session, serial=serial), None))
            for _ in range(FRAMES):
                EventLoop.idle()
            app.lay_sheet(name)
            for _ in range(FRAMES):
                EventLoop.idle()
            sheet = inspection.look(app.root.children[0], theme.height_px)
            kinds = [touch["kind"] for touch in sheet["touch"]]
            told.append((name, inspection.faults(app.root, theme), kinds))
        app.stop()

    Clock.schedule_once(draw, 0)
    app.run()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
