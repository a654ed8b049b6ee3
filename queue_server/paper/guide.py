"""The guide of an item on paper: what to bring, how long it takes, what it costs, where to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from queue_server.paper.lines import COLUMNS_80_MM, FeedLine, Line, RuleLine
from queue_server.paper.sheet import DOUBLE, Material, Sheet
from queue_server.paper.wording import Translate


@dataclass(frozen=True, slots=True)
class GuidePaper:
    """What the paper says, in the reader's language; an empty text is left out.

    Attributes:
        hall_name: Name of the hall.
        item_name: What people call the item.
        official_name: What the office calls it; empty where it is the same.
        materials: Papers to bring, with boxes to tick.
        facts: Label and words of everything else, in order.
        handling_hint: How far the matter goes in this hall.
        printed_at: Local time.
        large_type: Everything twice as big.
        columns: Columns of the paper at font A, 48 or 32.
    """

    hall_name: str
    item_name: str
    official_name: str
    materials: tuple[Material, ...]
    facts: tuple[tuple[str, str], ...]
    printed_at: datetime
    handling_hint: str = ""
    large_type: bool = False
    columns: int = COLUMNS_80_MM


def guide_lines(paper: GuidePaper, language: str, translate: Translate) -> tuple[Line, ...]:
    """Lays a guide out.

    Args:
        paper: What it says.
        language: Language tag of the texts.
        translate: The catalogue of that language.

    Returns:
        Lines from top to bottom, each within the paper's columns.
    """
    sheet = Sheet(paper.columns, language, translate, large_type=paper.large_type)
    return (
        *_head(paper, sheet),
        RuleLine(),
        *_materials(paper, sheet),
        RuleLine(),
        *_facts(paper, sheet),
        RuleLine(),
        *_foot(paper, sheet),
        FeedLine(1),
    )


def _head(paper: GuidePaper, sheet: Sheet) -> Iterator[Line]:
    """Hall and item."""
    yield from sheet.heading(paper.hall_name, sheet.key)
    yield FeedLine(1)
    yield from sheet.heading(paper.item_name, DOUBLE)
    if paper.official_name:
        yield from sheet.heading(paper.official_name, sheet.body)


def _materials(paper: GuidePaper, sheet: Sheet) -> Iterator[Line]:
    """Papers to bring, each with a box to tick."""
    if not paper.materials:
        yield from sheet.text(sheet.translate.gettext("Nothing needs to be brought."), sheet.body)
        return
    yield from sheet.text(sheet.translate.gettext("What to bring"), sheet.body, bold=True)
    for material in paper.materials:
        yield from sheet.to_tick(material)


def _facts(paper: GuidePaper, sheet: Sheet) -> Iterator[Line]:
    """One a line, its label before it."""
    for label, words in paper.facts:
        said = sheet.translate.gettext("{label}: {words}").format(label=label, words=words)
        yield from sheet.text(said, sheet.body)
    if paper.handling_hint:
        yield from sheet.text(paper.handling_hint, sheet.body, bold=True)


def _foot(paper: GuidePaper, sheet: Sheet) -> Iterator[Line]:
    """That it is no number, and of which day it is."""
    when, translate = paper.printed_at, sheet.translate
    text = translate.gettext("{year}-{month}-{day} {time}").format(
        year=when.year, month=f"{when.month:02d}", day=f"{when.day:02d}", time=f"{when:%H:%M}"
    )
    yield from sheet.text(text, sheet.body)
    yield from sheet.text(
        translate.gettext("For information only. This is not a queue number."), sheet.body
    )
