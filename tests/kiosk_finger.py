"""A finger that comes down in the very moment in which a page is drawn anew: it must count.

    python -m tests.kiosk_finger

Runs as a program of its own, because Kivy allows one window a process. Prints the taps as JSON.
"""

import json
from dataclasses import replace

from kiosk.lang import Languages
from kiosk.shown import RawTap, Shown
from kiosk.signals import Kind
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.visit import Screen, Session
from tests import fakes_kiosk as fakes
from tests.gallery_frame import NOW, world

SIZE = (1024, 768)


def main() -> None:
    runtime.configure(runtime.WindowSettings(*SIZE, runtime.Screen.OFFSCREEN))
    from kivy.base import EventLoop  # noqa: PLC0415 - after configure
    from kivy.clock import Clock  # noqa: PLC0415 - after configure

    from kiosk.ui import inspection  # noqa: PLC0415 - after configure
    from kiosk.ui.app import KioskApp  # noqa: PLC0415 - after configure
    from kiosk.ui.panel import Finger  # noqa: PLC0415 - after configure

    taps: list[RawTap] = []
    app = KioskApp(Theme(*SIZE), Languages(("zh_CN", "en")), taps.append, lambda: NOW)
    home = Session(Screen.HOME, "zh_CN", "zh_CN", world=world())

    def touch(_elapsed_s: float) -> None:
        app.receive(Shown(home))
        for _ in range(3):
            EventLoop.idle()
        seen = inspection.look(app.root, SIZE[1])
        start = next(place for place in seen["touch"] if place["kind"] == Kind.START)
        x, y = start["x"] + start["w"] / 2, start["y"] + start["h"] / 2
        finger = Finger(1, x, SIZE[1] - 1 - y)
        app.receive(Shown(replace(home, world=replace(home.world, board=fakes.board(rev=8)))))
        finger.down()  # input comes between the clock's work and the frame's
        for _ in range(2):
            EventLoop.idle()
        finger.up()
        EventLoop.idle()
        print(json.dumps([tap.kind for tap in taps]))  # noqa: T201 - what the test reads
        app.stop()

    Clock.schedule_once(touch, 0.5)
    app.run()


if __name__ == "__main__":
    main()
