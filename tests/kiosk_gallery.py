"""Draws every page of the kiosk without server or devices, and measures what stands on it.

    python -m tests.kiosk_gallery --size 1080x1920 --out DIR [--only NAME] [--language zh_CN]
        [--mode normal,large,contrast,low,large+contrast+low] [--cover N]

Runs as a program of its own, because Kivy allows one window a process. Writes a PNG for each page
and language, and `report.json`: for each page the texts, the touch targets, and every text that is
cut or leaves its place.
"""

import argparse
import json
import pkgutil
import shutil
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from importlib import import_module
from itertools import cycle, product
from pathlib import Path

import tests
from kiosk.comfort import Comfort
from kiosk.guidance import Page as GuidedPage
from kiosk.lang import Languages
from kiosk.shown import Shown
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.visit import Session
from tests import pseudo_language
from tests.gallery_frame import NOW, Page

PREFIX = "gallery_"
OTHERS = ("gallery_frame", "gallery_measure")
"""Modules that have no pages."""
FRAMES = 3
"""Texts are set in the first frame, boxes around them in the second, what follows in the third."""


def pages() -> Iterator[Page]:
    """Every page in the states that look different: those of every `tests/gallery_<topic>.py`."""
    for found in pkgutil.iter_modules(tests.__path__):
        if found.name.startswith(PREFIX) and found.name not in OTHERS:
            yield from import_module(f"tests.{found.name}").pages()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--language", default="")
    parser.add_argument("--mode", default="normal")
    parser.add_argument(
        "--cover", type=int, default=0, help="each page once, only every Nth, languages in turn"
    )
    parser.add_argument(
        "--turns",
        type=int,
        choices=(0, 1),
        help="each page in one of the two languages, in turn; 1 begins with the other",
    )
    parser.add_argument("--no-pictures", action="store_true", help="only measure: twice as fast")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))
    hurry()
    args.out.mkdir(parents=True, exist_ok=True)
    codes = (args.language,) if args.language else ("zh_CN", "en")
    wanted = [page for page in pages() if page[0] in args.only.split(",") or not args.only]
    shots = [
        (page, code, mode) for mode in args.mode.split(",") for code in codes for page in wanted
    ]
    if args.turns is not None:
        shots = [
            shot
            for n, shot in enumerate(shots)
            if n // len(wanted) == (n % len(wanted) + args.turns) % 2
        ]
    if args.cover:
        shots = list(cover(wanted, args.mode.split(","), args.cover))
    how = How.PIXELS if args.no_pictures else How.PICTURES
    _draw(Theme(width, height), shots, args.out, How.BOXES if args.cover else how)


class How(Enum):
    """What is done with a page that stands."""

    PICTURES = "written as PNG, and measured"
    PIXELS = "measured in its pixels and boxes"
    BOXES = "measured in its boxes, three times as fast"


def cover(wanted: list[Page], modes: list[str], every: int) -> Iterator[tuple[Page, str, str]]:
    """Every page in one mode and one language, so that all of them have their turn."""
    turns = cycle(product(modes, ("zh_CN", "en", pseudo_language.LONG, pseudo_language.RTL)))
    for page, (mode, code) in zip(wanted[::every], turns, strict=False):
        yield page, code, mode


def comfort_of(mode: str) -> Comfort:
    """What "large+low" switches on; "normal" nothing."""
    return Comfort(**{name: True for name in mode.split("+") if name != "normal"})


def name_of(page: str, code: str, mode: str) -> str:
    """Of a picture."""
    return f"{page}-{code}" if mode == "normal" else f"{page}-{code}-{mode}"


def hurry() -> None:
    """No waiting for the next thirtieth of a second."""
    from kivy.config import Config  # noqa: PLC0415 - after configure

    Config.set("graphics", "maxfps", "0")


def _draw(
    theme: Theme,
    shots: list[tuple[Page, str, str]],
    out: Path,
    how: How,
) -> None:
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure
    from tests import gallery_measure, reading  # noqa: PLC0415 - after configure

    def guide(page: GuidedPage) -> None:
        """Whoever is guided has a focus and a caption."""
        app.guided.take(reading.example(page, wanted[0]))

    wanted: list[Session] = []
    app = KioskApp(theme, _languages(out, shots), lambda _tap: None, lambda: NOW, read=guide)
    report: dict[str, object] = {}
    queue = list(enumerate(shots))

    def next_one(_elapsed_s: float) -> None:
        if not queue:
            (out / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
            (out / "renderer.txt").write_text(gallery_measure.renderer())
            app.stop()
            return
        serial, ((page, session, warning), code, mode) = queue.pop(0)
        wanted[:] = [replace(session, language=code, serial=serial, comfort=comfort_of(mode))]
        app.receive(Shown(wanted[0], warning))
        for _ in range(FRAMES):
            _tick()
        name = name_of(page, code, mode)
        found: dict[str, object] = {
            "screen": wanted[0].screen.value,
            "warning": warning is not None,
            "look": inspection.look(app.root, theme.height_px),
            "faults": inspection.faults(app.root, theme),
        }
        report[name] = found
        if how is not How.BOXES:
            found["reading"] = reading.reading(app.root, wanted[0], theme)
            picture = runtime.pixels()
            found["faint"] = list(gallery_measure.faint(app.root, picture))
            found["fingerprint"] = gallery_measure.fingerprint(picture)
            if how is How.PICTURES:
                picture.save(out / f"{name}.png", compress_level=1)
        Clock.schedule_once(next_one, 0)

    Clock.schedule_once(next_one, 0)
    app.run()


def _languages(out: Path, shots: list[tuple[Page, str, str]]) -> Languages:
    """Those of the product, or all with the pseudo-languages where one of them is wanted."""
    real = ("zh_CN", "en")
    if {code for _page, code, _mode in shots} <= set(real):
        return Languages(real)
    made = out / "locale"
    pseudo_language.write(made)
    shutil.copytree(pseudo_language.SOURCE.parents[1], made / "zh_CN", dirs_exist_ok=True)
    return Languages((*real, pseudo_language.LONG, pseudo_language.RTL), made, demo=True)


def _tick() -> None:
    """A frame as Kivy's loop makes it, but for the drawing."""
    from kivy.clock import Clock  # noqa: PLC0415 - after configure
    from kivy.lang import Builder  # noqa: PLC0415 - after configure

    Clock.tick()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


if __name__ == "__main__":
    main()
