"""The product's kiosk with a watch: when a finger was lifted, when a new page was on the screen.

    python -m tests.bench.kiosk_timed FILE run --config ...     FILE gets lines "what seconds"

Seconds are those of CLOCK_MONOTONIC, which every process of a machine shares.
"""

import sys
import time
from pathlib import Path
from typing import Any


def _watch(file: Path) -> None:
    from kivy.core.window import Window  # noqa: PLC0415 - the kiosk has configured Kivy by now

    from kiosk.ui.app import KioskApp  # noqa: PLC0415
    from kiosk.ui.panel import Finger  # noqa: PLC0415

    out = file.open("a", buffering=1)
    drawn: list[int] = []
    up, draw, flip = Finger.up, KioskApp._draw, Window.flip

    def timed_up(finger: Finger) -> None:
        out.write(f"up {time.monotonic()}\n")
        up(finger)

    def timed_draw(app: KioskApp, *args: Any) -> None:
        draw(app, *args)
        drawn.append(app._serial)

    def timed_flip() -> None:
        flip()
        if drawn:
            out.write(f"page {drawn[-1]} {time.monotonic()}\n")
            drawn.clear()

    Finger.up, KioskApp._draw = timed_up, timed_draw  # type: ignore[method-assign,assignment]
    Window.flip = timed_flip


def main() -> None:
    file, sys.argv[1:] = Path(sys.argv[1]), sys.argv[2:]
    from kiosk import wiring  # noqa: PLC0415 - after the arguments are right

    run_window = wiring._run_window

    def run_watched(*args: Any) -> int:
        _watch(file)
        return run_window(*args)

    wiring._run_window = run_watched  # type: ignore[assignment]
    from kiosk.__main__ import app  # noqa: PLC0415

    app()


if __name__ == "__main__":
    main()
