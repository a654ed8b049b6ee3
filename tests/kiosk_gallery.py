"""Draws every page of the kiosk without server or devices, and measures what stands on it.

    python -m tests.kiosk_gallery --size 1080x1920 --out DIR [--only NAME] [--language zh_CN]

Runs as a program of its own, because Kivy allows one window a process. Writes a PNG for each page
and language, and `report.json`: for each page the texts, the touch targets, and every text that is
cut or leaves its place.
"""

import argparse
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import tests
from kiosk.lang import Languages
from kiosk.shown import Shown
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from tests.gallery_frame import NOW, Page

PREFIX = "gallery_"


def pages() -> Iterator[Page]:
    """Every page in the states that look different: those of every `tests/gallery_<topic>.py`."""
    for found in pkgutil.iter_modules(tests.__path__):
        if found.name.startswith(PREFIX) and found.name != "gallery_frame":
            yield from import_module(f"tests.{found.name}").pages()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--language", default="")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))
    args.out.mkdir(parents=True, exist_ok=True)
    codes = (args.language,) if args.language else ("zh_CN", "en")
    wanted = [page for page in pages() if page[0] in args.only.split(",") or not args.only]
    _draw(Theme(width, height), codes, wanted, args.out)


def _draw(
    theme: Theme,
    codes: tuple[str, ...],
    wanted: list[Page],
    out: Path,
) -> None:
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure

    app = KioskApp(theme, Languages(("zh_CN", "en")), lambda _tap: None, lambda: NOW)
    report = {}
    queue = [(code, index, page) for code in codes for index, page in enumerate(wanted)]

    def next_one(_elapsed_s: float) -> None:
        if not queue:
            (out / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
            app.stop()
            return
        code, index, (name, session, warning) = queue.pop(0)
        serial = index + 1000 * codes.index(code)
        app.receive(Shown(replace(session, language=code, serial=serial), warning))
        for _ in range(3):
            EventLoop.idle()
        runtime.screenshot(out / f"{name}-{code}.png")
        report[f"{name}-{code}"] = {
            "look": inspection.look(app.root, theme.height_px),
            "faults": inspection.faults(app.root, theme),
        }
        Clock.schedule_once(next_one, 0)

    Clock.schedule_once(next_one, 0)
    app.run()


if __name__ == "__main__":
    main()
