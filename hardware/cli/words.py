"""How the command line speaks: translated sentences, JSON lines, columns that stand straight.

Standard output is for programs and for results; what a person is told besides goes to standard
error.
"""

import gettext
import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import typer
from rich.cells import cell_len

GAP: Final = "  "
FAILED: Final = 1
USAGE: Final = 2


class FailedError(Exception):
    """The command ends here, with one sentence for the person and an exit code for programs."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        """Keep both."""
        super().__init__(text)
        self.text = text
        self.code = code


@cache
def _catalogue() -> gettext.NullTranslations:
    where = str(files("assets") / "locale")
    return gettext.translation("bianmin", where, fallback=True)


def _(msgid: str) -> str:
    """A msgid in the user's language, where the catalogue is built and has it."""
    return _catalogue().gettext(msgid)


def print_record(record: Mapping[str, object]) -> None:
    """One JSON object on a line of its own, at once."""
    typer.echo(json.dumps(record, ensure_ascii=False))
    sys.stdout.flush()


def tell(text: str) -> None:
    """A sentence for the person; programs that read our standard output do not see it."""
    typer.echo(text, err=True)


def somebody_reads() -> bool:
    """A person sits at standard error."""
    return sys.stderr.isatty()


def padded(text: str, columns: int) -> str:
    """Text filled up to a width on the screen; a Chinese character is two columns wide."""
    return text + " " * max(0, columns - cell_len(text))


def table(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Rows as lines with straight columns; the last column is not filled up."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        indent
        + GAP.join(
            [*(padded(cell, width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]
        ).rstrip()
        for row in rows
    ]
