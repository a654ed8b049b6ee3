"""The garbage collector, kept off the hot path.

Full collections are the largest cause of slow answers (performance.md): what the replay made is
frozen, the thresholds are raised, and a full collection runs only in a quiet moment.
"""

import asyncio
import gc
from collections.abc import Callable

THRESHOLDS = (50_000, 20, 100)
LOOK_EVERY_S = 30.0


def settle_heap() -> None:
    """After start-up: what lives now lives for ever."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def collect_when_quiet(activity: Callable[[], int]) -> None:
    """Collect fully whenever `activity` (a counter of work) stood still for a while."""
    seen = activity()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = activity()
        if now == seen:
            gc.collect()
        seen = now
