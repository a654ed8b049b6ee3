"""The `simulate-day` verb: a logged day through a running server (docs/simulate-day.md)."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from queue_server.replay.client import read_credentials
from queue_server.replay.errors import ReplayError
from queue_server.replay.log import read_day
from queue_server.replay.play import Result, Watch, play

__all__ = ["ReplayError", "run"]

TENTHS = 10


def run(
    log: Path, queue: str, day: str, credentials: Path, speed: float, say: Callable[[str], None]
) -> bool:
    """Replay one day of a queue through the server, print the comparison.

    Args:
        log: CSV, plain or gzipped.
        queue: as the log names it.
        day: YYYY-MM-DD.
        credentials: the running demo's `credentials.json`.
        speed: times real time; 0 is as fast as it goes.
        say: is given each line of the output.

    Returns:
        Whether the server agrees with the log; the first difference is the last line printed.

    Raises:
        ReplayError: it cannot be done; one sentence.
    """
    if not 0 <= speed < float("inf"):
        raise ReplayError("--speed is 0 (as fast as it goes) or a positive number.")
    logged = read_day(log, queue, day)
    demo = read_credentials(credentials)
    say(f"{queue} on {day}: {len(logged.tickets)} tickets of {log.name}, through {demo.url}")
    with _progress(say) as advanced:
        result = asyncio.run(play(demo, logged, speed, Watch(say, advanced)))
    for line in _table(result):
        say(line)
    if result.difference is not None:
        say(f"FAIL  {result.difference}")
        return False
    say("ok    the server agrees with the log to the second; no ticket missing or doubled")
    return True


@contextmanager
def _progress(say: Callable[[str], None]) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line every tenth elsewhere."""
    if not sys.stderr.isatty():
        yield _Tenths(say).advanced
        return

    columns = (TextColumn("steps"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("steps", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Tenths:
    """Tells every tenth of the way once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told = 0

    def advanced(self, done: int, total: int) -> None:
        """`done` of `total` steps."""
        tenths = done * TENTHS // total
        if tenths > self._told:
            self._told = tenths
            self._say(f"{tenths * 10:3d} %  {done} of {total} steps")


def _table(result: Result) -> Iterator[str]:
    yield (
        f"{result.tickets} tickets issued ({result.early} of them waiting before the log began), "
        f"{result.calls} called and seen on the display, {result.out_of_order} out of turn, "
        f"in {result.real_s:.1f} s"
    )
    yield f"      {'':<20}{'log':>12}{'server':>12}"
    for line in result.lines:
        mark = "ok  " if line.same else "FAIL"
        yield f"{mark}  {line.name:<20}{_figure(line.logged):>12}{_figure(line.server):>12}"


def _figure(value: float | None) -> str:
    if value is None:
        return "no data"
    return f"{value:.3f}".rstrip("0").rstrip(".")
