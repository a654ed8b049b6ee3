"""Visit after visit on the real window: does memory grow, does it become slower?

    python -m tests.kiosk_visits VISITS [SIZE]

Prints one JSON object: resident memory (MiB) and CPU a visit (ms) early and late. On an X screen
when DISPLAY is set (as under Xvfb), else in memory. Every visit takes a number with its paper, in
turn by topic, in English, in large type and by way of a guide; pages are drawn as for a person.
"""

import json
import logging
import os
import sys
import time

import psutil
import structlog

from kiosk.ui import runtime
from tests.kiosk_stage import Stage

EARLY = 100
"""Visits after which the first figures are taken (fewer when there are not so many)."""
SLICE = 50
"""CPU a visit is that of so many."""
WAYS = (
    ("start", ("pick_section", "work"), "confirm"),
    (("language", "en"), "start", ("pick_section", "old-age"), ("pick_item", "B01"), "confirm"),
    (("comfort", "large"), "start", ("pick_section", "work"), "confirm"),
    ("look_up", ("pick_section", "work"), "take", "confirm"),
)


def visit(stage: Stage, way: tuple[str | tuple[str, str], ...]) -> None:
    """One person, from the first screen to the first screen."""
    stage.go(*way)
    stage.until(lambda: stage.screen == "ticket")
    stage.go("done")
    assert stage.screen == "home"
    stage.fitted.printer.jobs.clear()
    stage.hall.tickets.clear()
    stage.hall.asked.clear()


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    visits = int(sys.argv[1])
    width, height = (int(part) for part in (sys.argv[2:] or ["1080x1920"])[0].split("x"))
    on_x = bool(os.environ.get("DISPLAY"))
    stage = Stage((width, height), runtime.Screen.WINDOW if on_x else runtime.Screen.OFFSCREEN)
    early = min(EARLY, visits // 3)
    slice_ = min(SLICE, early)
    memory, cpu_ms = {}, {}
    me = psutil.Process()
    for done in range(1, visits + 1):
        if done in {early - slice_ + 1, visits - slice_ + 1}:
            began_s = time.process_time()
        visit(stage, WAYS[done % len(WAYS)])
        if done in {early, visits}:
            memory[done] = round(me.memory_info().rss / 2**20, 1)
            cpu_ms[done] = round((time.process_time() - began_s) * 1000 / slice_, 1)
        if done % 100 == 0:
            print(done, round(me.memory_info().rss / 2**20, 1), file=sys.stderr)  # noqa: T201
    print(  # noqa: T201 - what the bench reads
        json.dumps(
            {
                "visits": visits,
                "early": early,
                "memory_early_mib": memory[early],
                "memory_late_mib": memory[visits],
                "cpu_early_ms": cpu_ms[early],
                "cpu_late_ms": cpu_ms[visits],
            }
        )
    )
    stage.close()


if __name__ == "__main__":
    main()
