"""The real kiosk, with a way to hang it: SIGUSR1 hangs the window's thread, SIGUSR2 the worker's.

python -m tests.stuck_kiosk CONFIG
"""

import asyncio
import gc
import signal
import sys
import time
from pathlib import Path

from kiosk.config import load_config
from kiosk.control import RunOptions
from kiosk.wiring import run_kiosk

FOR_EVER_S = 3600


def hang_window(_number: int, _frame: object) -> None:
    """Signal handlers run on the main thread, which is the window's."""
    time.sleep(FOR_EVER_S)


def hang_worker(_number: int, _frame: object) -> None:
    """The worker's loop is the only one that runs."""
    loops = [each for each in gc.get_objects() if issubclass(type(each), asyncio.BaseEventLoop)]
    for loop in loops:
        if loop.is_running():
            loop.call_soon_threadsafe(time.sleep, FOR_EVER_S)


def main() -> int:
    """As `bianmin-kiosk run --offscreen`."""
    config = load_config(Path(sys.argv[1]))
    changes = {"offscreen": True, "fullscreen": False}
    screen = config.screen.model_copy(update=changes)
    signal.signal(signal.SIGUSR1, hang_window)
    signal.signal(signal.SIGUSR2, hang_worker)
    return run_kiosk(config.model_copy(update={"screen": screen}), RunOptions(None, None))


if __name__ == "__main__":
    sys.exit(main())
