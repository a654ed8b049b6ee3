"""Draws every page of the gallery for somebody who is guided, and writes down what they can hear.

    python -m tests.kiosk_reading SIZE FILE [NAME]

Runs as a program of its own, because Kivy allows one window a process. FILE gets, for each page and
language: the parts in reading order, what is said on entering and of each part, every text on the
screen, and the faults that `kiosk.ui.inspection` measures while captions are shown.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from kiosk.call_words import SpokenWords
from kiosk.guidance import Page
from kiosk.guidance_words import GuidanceWords
from kiosk.lang import Languages
from kiosk.shown import Guided, Shown
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.visit import Session, Voice
from tests.gallery_frame import NOW
from tests.kiosk_gallery import pages

CODES = ("zh_CN", "en")
CAPTION = {
    "zh_CN": "为您读出屏幕上的话。" * 2,
    "en": "What stands on the screen is read to you. " * 2,
}


def _read(
    theme: Theme, wanted: list[tuple[str, Session, int | None]], pictures: Path | None
) -> Any:
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure

    told: list[Page] = []
    languages = Languages(CODES)
    app = KioskApp(theme, languages, lambda _tap: None, lambda: NOW, read=told.append)
    report: dict[str, Any] = {}
    queue = [(code, page) for code in CODES for page in wanted]

    def next_one(_elapsed_s: float) -> None:
        if not queue:
            app.stop()
            return
        code, (name, session, warning) = queue.pop(0)
        now = replace(session, language=code, serial=len(queue), voice=Voice.PRIVATE)
        told.clear()
        app.receive(Shown(now, warning))
        while not told:
            EventLoop.idle()
        app.guided.inbox.post(Guided(told[-1].number, len(told[-1].parts) // 2, CAPTION[code]))
        for _ in range(3):
            EventLoop.idle()
        words = GuidanceWords(languages, SpokenWords(), lambda: now)
        page = told[-1]
        seen = inspection.look(app.root, theme.height_px)
        report[f"{name}-{code}"] = {
            "screen": now.screen.value,
            "parts": [asdict(part) for part in page.parts],
            "entry": [bit.text for bit in words.entry(page)],
            "said": [
                [bit.text for bit in words.part(page, index)] for index in range(len(page.parts))
            ],
            "texts": [text["text"] for text in seen["texts"] if text["text"] != CAPTION[code]],
            "touch": [[touch["kind"], touch["value"]] for touch in seen["touch"]],
            "faults": inspection.faults(app.root, theme),
        }
        if pictures is not None:
            runtime.screenshot(pictures / f"{name}-{code}.png")
        Clock.schedule_once(next_one, 0)

    Clock.schedule_once(next_one, 0)
    app.run()
    return report


def main() -> None:
    width, height = (int(part) for part in sys.argv[1].split("x"))
    only = sys.argv[3].split(",") if len(sys.argv) > 3 else []
    runtime.configure(runtime.WindowSettings(width, height, runtime.Screen.OFFSCREEN))
    wanted = [page for page in pages() if page[0] in only or not only]
    file = Path(sys.argv[2])
    report = _read(Theme(width, height), wanted, file.parent if only else None)
    file.write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
