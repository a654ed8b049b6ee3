"""The garbage collector, kept away from fingers.

Every page is built anew, and a page is thousands of small objects. A full collection walks
everything the program ever imported as well, and took a third of a visit's processor time
(docs/performance.md). So what is there after the start is frozen, the thresholds are raised, and
the rest is looked through in full only while nobody stands at the kiosk.
"""

import gc
from collections.abc import Callable
from typing import Any, Final

THRESHOLDS: Final = (50_000, 20, 100)
SETTLE_AFTER_S: Final = 15.0
"""By then catalogue, search index and first pages are there."""
LOOK_EVERY_S: Final = 60.0


class QuietCollector:
    """See the module; lives on the UI thread.

    Args:
        nobody_here: Whether a pause of some milliseconds would go unseen.
    """

    def __init__(self, nobody_here: Callable[[], bool]) -> None:
        self._nobody_here = nobody_here
        self._settled = False

    def start(self, after: Callable[..., Any], every: Callable[..., Any]) -> None:
        """Begin; `after` and `every` schedule a function so many seconds ahead (Kivy's clock)."""
        gc.set_threshold(*THRESHOLDS)
        after(self._look, SETTLE_AFTER_S)
        every(self._look, LOOK_EVERY_S)

    def _look(self, _elapsed_s: float) -> None:
        if not self._nobody_here():
            return
        gc.collect()
        if not self._settled:
            self._settled = True
            gc.freeze()
