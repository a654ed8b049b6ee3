"""Progress bars for people: on standard error, only where a person reads it, gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hardware.cli.words import somebody_reads

_REFRESH_PER_S: Final = 8


class Bar:
    """One bar; a bar without a person does nothing."""

    def __init__(self, progress: Progress | None, text: str, total: int | None) -> None:
        """Without a total it shows only that work is going on."""
        self._progress = progress
        self._task = progress.add_task(text, total=total) if progress else None

    def step(self, steps: int = 1) -> None:
        """So many more are done."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, steps)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Something else is written to the terminal inside this block."""
        if self._progress is None:
            yield
            return
        self._progress.stop()
        yield
        self._progress.start()


@contextmanager
def bar(text: str, total: int | None = None) -> Iterator[Bar]:
    """Show a bar for the length of a block."""
    if not somebody_reads():
        yield Bar(None, text, total)
        return
    count = [MofNCompleteColumn()] if total else []
    columns = [TextColumn("{task.description}"), BarColumn(), *count, TimeElapsedColumn()]
    progress = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        refresh_per_second=_REFRESH_PER_S,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with progress:
        yield Bar(progress, text, total)
