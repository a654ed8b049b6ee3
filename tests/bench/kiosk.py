"""From the first touch to the first byte at the printer: the machine's share of it.

The real kiosk, server and simulated printer, each a process. A finger is lifted; the machine's time
begins. It ends when the next page is on the screen, after the last touch when the first byte of the
ticket is on the printer's line. What lies between is the person's: reading, and the 0.35 s in which
no tap counts. An empty tap only changes the screen: the one on the first page.
"""

import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bench.figures import Row, rank
from tests.bench.hall import hall, new_hall
from tests.bench.runs import Size
from tests.faults.test_kiosk_cut_off import config, printer
from tests.system.kiosk_process import Kiosk, running

TOUCHES = (("start", ""), ("pick_section", "old-age"), ("pick_item", "B01"), ("confirm", ""))
SCREENS = ("sections", "items", "confirm")
STATUS = b"\x10\x04"
"""Asks a printer how it is; not a ticket."""
GOAL_MS = 300.0
RATIO_MAX = 6.0
"""Four pages, a number, a paper."""
TOUCHES_MOST = 4
VISITS_MOST = 100
IDLE_S = 5.0
IDLE_MAX = 5.0
"""Per cent of a core."""


@dataclass
class Line:
    """A pty between kiosk and printer that notes when a ticket's first byte passes."""

    target: str
    path: str = ""
    began: list[float] = field(default_factory=list)

    @contextmanager
    def joined(self) -> Iterator["Line"]:
        """While it is plugged in."""
        near, far = os.openpty()
        tty.setraw(far)
        self.path = os.ttyname(far)
        other = os.open(self.target, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(other)
        ended = threading.Event()
        thread = threading.Thread(target=self._carry, args=(near, other, ended), name="line")
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()
            for one in (near, far, other):
                os.close(one)

    def _carry(self, near: int, other: int, ended: threading.Event) -> None:
        while not ended.is_set():
            for source in select.select([near, other], [], [], 0.2)[0]:
                data = os.read(source, 4096)
                if source == near and not data.startswith(STATUS):
                    self.began.append(time.monotonic())
                os.write(other if source == near else near, data)


def kiosk(directory: Path, size: Size) -> list[Row]:
    """Visits one after the other; every figure from the kiosk's own watch."""
    visits = min(VISITS_MOST, max(20, size.visits // 10))
    with (
        hall(new_hall(directory / "kiosk-hall")) as server,
        printer(directory / "kiosk-printer") as (url, _papers),
        Line(url.removeprefix("serial://").partition("?")[0]).joined() as line,
    ):
        own = f"serial://{line.path}?{url.partition('?')[2]}"
        settings = config(directory / "kiosk", server.url, server.credentials["kiosk_token"], own)
        watch = directory / "kiosk-watch.txt"
        timed = ("tests.bench.kiosk_timed", str(watch))
        with running(settings, module=timed) as one:
            one.until_ready()
            marks = [_visit(one, line) for _ in range(visits)]
            idle = psutil.Process(one.process.pid)
            idle.cpu_percent()
            time.sleep(IDLE_S)
            idle_percent = idle.cpu_percent()
        return _rows(watch, marks, idle_percent)


def _visit(one: Kiosk, line: Line) -> tuple[float, float]:
    """When it began, and when the first byte of its ticket passed."""
    one.on("home")
    while not one.ask(do="look")["printer_ready"]:
        time.sleep(0.2)
    began, papers = time.monotonic(), len(line.began)
    for (kind, value), screen in zip(TOUCHES[:-1], SCREENS, strict=False):
        one.tap(kind, value)
        one.on(screen)
    one.tap(*TOUCHES[-1])
    while one.ask(do="look")["screen"] not in {"ticket", "no_paper"}:
        time.sleep(0.1)
    if one.ask(do="look")["screen"] == "no_paper":
        raise SystemExit(f"visit {papers}: the printer answers too late: the machine is too busy")
    one.on("ticket")
    first = line.began[papers]
    one.tap("done")
    return began, first


def _rows(watch: Path, marks: list[tuple[float, float]], idle_percent: float) -> list[Row]:
    lines = [line.split() for line in watch.read_text("utf-8").splitlines()]
    ups = [float(line[1]) for line in lines if line[0] == "up"]
    pages = [(int(line[1]), float(line[2])) for line in lines if line[0] == "page"]
    empty, paper, whole = [], [], []
    for began, byte in marks:
        mine = [up for up in ups if up >= began][: len(TOUCHES)]
        shown = [_next_page(pages, up) - up for up in mine[:-1]]
        empty.append(shown[0] * 1000)
        paper.append((byte - mine[-1]) * 1000)
        whole.append((sum(shown) + byte - mine[-1]) * 1000)
    beside = f"empty tap p50 {rank(empty, 50):.3g}, p95 {rank(empty, 95):.3g} ms"
    return [
        Row(
            f"first touch to first printer byte, p95 of {len(marks)}",
            rank(whole, 95),
            "ms",
            beside,
            rank(whole, 95),
            GOAL_MS,
        ),
        Row(
            "the same, p50, in empty taps",
            rank(whole, 50),
            "ms",
            beside,
            rank(whole, 50) / rank(empty, 50),
            RATIO_MAX,
        ),
        Row(
            "of which last touch to first printer byte, p95",
            rank(paper, 95),
            "ms",
            beside,
            rank(paper, 95),
            GOAL_MS,
        ),
        Row("touches to a number", len(TOUCHES), "", "", len(TOUCHES), TOUCHES_MOST),
        Row("kiosk idle, of a core", idle_percent, "%", "", idle_percent, IDLE_MAX),
    ]


def _next_page(pages: list[tuple[int, float]], up: float) -> float:
    """When the first page with a new number was on the screen."""
    before = max((number for number, at in pages if at < up), default=-1)
    return next(at for number, at in pages if at >= up and number > before)
