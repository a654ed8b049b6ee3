"""The number ticket."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from queue_server.paper.columns import columns_of, hang, wrap
from queue_server.paper.lines import (
    COLUMNS_80_MM,
    Align,
    FeedLine,
    Line,
    QrLine,
    RuleLine,
    TextLine,
)
from queue_server.paper.wording import (
    NoEstimate,
    Translate,
    WaitRange,
    ahead_sentence,
    computed_sentence,
    wait_sentence,
    windows_sentence,
)

TICK_BOX = "□ "
RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ug", "ur"))
NUMBER_SIZE_MAX = 8
NUMBER_SHARE = 0.75
"""The number takes at most this part of the paper's width, so a tear at the edge spares it."""


class PaperKind(Enum):
    """In what form a material is brought."""

    ORIGINAL = "original"
    COPY = "copy"
    ORIGINAL_AND_COPY = "original_and_copy"
    ORIGINAL_OR_COPY = "original_or_copy"


@dataclass(frozen=True, slots=True)
class Material:
    """A paper to bring, its name in the ticket's language. `copies` counts pieces of `kind`."""

    name: str
    kind: PaperKind
    copies: int
    required: bool


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """What a ticket says, in the visitor's language.

    Attributes:
        hall_name: Name of the hall.
        number: The label, "B012".
        item_name: Plain name of the item.
        ahead: People likely to be called before; None when the server could not be asked.
        wait: The wait, or why there is none.
        windows: Numbers of the windows that may call it; empty when unknown.
        materials: Papers to bring, with boxes to tick.
        handling_hint: What cannot be finished here, in one sentence; empty when all can.
        qr_text: What the QR code says; None prints none.
        qr_is_link: The code is an address a phone can open; else staff scan it.
        wifi_name: The hall's Wi-Fi, printed where no address can be reached from outside.
        priority_name: Name of the priority class; None for a normal ticket.
        masked_name: "张*三"; None when nobody was identified.
        reprint: This is a second print of the same number.
        unconfirmed: Issued while the server could not be reached.
        issued_at: Local time of issue.
        large_type: Everything twice as big.
        columns: Columns of the paper at font A, 48 or 32.
    """

    hall_name: str
    number: str
    item_name: str
    ahead: int | None
    wait: WaitRange | NoEstimate
    windows: tuple[str, ...]
    materials: tuple[Material, ...]
    issued_at: datetime
    handling_hint: str = ""
    qr_text: str | None = None
    qr_is_link: bool = False
    wifi_name: str | None = None
    priority_name: str | None = None
    masked_name: str | None = None
    reprint: bool = False
    unconfirmed: bool = False
    large_type: bool = False
    columns: int = COLUMNS_80_MM


def ticket_lines(paper: TicketPaper, language: str, translate: Translate) -> tuple[Line, ...]:
    """Lays a ticket out.

    Args:
        paper: What it says.
        language: Language tag of the texts; a right-to-left one starts its lines on the right.
        translate: The catalogue of that language.

    Returns:
        Lines from top to bottom, each within the paper's columns.
    """
    layout = _Layout(paper, language, translate)
    return (
        *layout.head(),
        RuleLine(),
        *layout.queue(),
        *layout.materials(),
        *layout.code(),
        *layout.foot(),
        FeedLine(1),
    )


class _Size(NamedTuple):
    """Magnification across and down."""

    width: int
    height: int


NORMAL = _Size(1, 1)
TALL = _Size(1, 2)
DOUBLE = _Size(2, 2)


class _Layout:
    """The parts of one ticket."""

    def __init__(self, paper: TicketPaper, language: str, translate: Translate) -> None:
        self._paper = paper
        self._translate = translate
        right_to_left = re.split("[-_]", language.lower())[0] in RIGHT_TO_LEFT
        self._start = Align.RIGHT if right_to_left else Align.LEFT
        wide = paper.columns >= COLUMNS_80_MM
        self._key = DOUBLE if paper.large_type else NORMAL
        self._body = (DOUBLE if wide else TALL) if paper.large_type else NORMAL

    def _text(
        self, text: str, size: _Size, align: Align | None = None, *, bold: bool = False
    ) -> Iterator[Line]:
        """Breaks a text to lines at a magnification; without `align` they stand at the start."""
        for line in wrap(text, self._paper.columns // size.width):
            yield TextLine(line, size.width, size.height, align or self._start, bold)

    def _heading(self, text: str, size: _Size) -> Iterator[Line]:
        """Centres a heading; one that does not fit a line at double width is printed tall."""
        if size.width > 1 and columns_of(text) * size.width > self._paper.columns:
            size = TALL
        yield from self._text(text, size, Align.CENTRE, bold=True)

    def head(self) -> Iterator[Line]:
        """Hall, number, item and marks."""
        paper = self._paper
        yield from self._heading(paper.hall_name, self._key)
        yield FeedLine(1)
        room = int(paper.columns * NUMBER_SHARE) // max(1, columns_of(paper.number))
        size = max(1, min(NUMBER_SIZE_MAX, room))
        yield from self._text(paper.number, _Size(size, size), Align.CENTRE, bold=True)
        yield FeedLine(1)
        yield from self._heading(paper.item_name, DOUBLE)
        if paper.priority_name is not None:
            mark = self._translate.gettext("Priority: {name}").format(name=paper.priority_name)
            yield from self._heading(mark, self._key)
        if paper.reprint:
            mark = self._translate.gettext("Reprint. The number is the same.")
            yield from self._text(mark, self._body, Align.CENTRE)
        if paper.unconfirmed:
            mark = self._translate.gettext(
                "Issued without the server. The number counts; the hall will confirm it."
            )
            yield from self._text(mark, self._body, Align.CENTRE)

    def queue(self) -> Iterator[Line]:
        """Who is ahead, how long it takes, where to go."""
        paper, translate = self._paper, self._translate
        if paper.ahead is not None:
            yield from self._text(ahead_sentence(paper.ahead, translate), self._key, bold=True)
        yield from self._text(wait_sentence(paper.wait, translate), self._key, bold=True)
        if isinstance(paper.wait, WaitRange):
            yield from self._text(computed_sentence(paper.wait, translate), self._body)
        if paper.windows:
            yield from self._text(windows_sentence(paper.windows, translate), self._key, bold=True)
        if paper.handling_hint:
            yield from self._text(paper.handling_hint, self._body)

    def materials(self) -> Iterator[Line]:
        """Papers to bring, each with a box to tick."""
        paper, size = self._paper, self._body
        if not paper.materials:
            return
        yield RuleLine()
        yield from self._text(self._translate.gettext("Please have ready:"), size, bold=True)
        for material in paper.materials:
            text = self._material(material)
            for line in hang(TICK_BOX, text, paper.columns // size.width):
                yield TextLine(line, size.width, size.height, self._start)

    def _material(self, material: Material) -> str:
        translate = self._translate
        forms = {
            PaperKind.ORIGINAL: translate.gettext("original"),
            PaperKind.COPY: translate.gettext("copy"),
            PaperKind.ORIGINAL_AND_COPY: translate.gettext("original and copy"),
            PaperKind.ORIGINAL_OR_COPY: translate.gettext("original or copy"),
        }
        form = forms[material.kind]
        if material.copies > 1:
            form = translate.gettext("{form}, {n} pieces").format(form=form, n=material.copies)
        if not material.required:
            form = translate.gettext("{form}, if it applies to you").format(form=form)
        return translate.gettext("{name} ({form})").format(name=material.name, form=form)

    def code(self) -> Iterator[Line]:
        """The QR code and what it is for."""
        paper = self._paper
        if paper.qr_text is None and paper.wifi_name is None:
            return
        yield RuleLine()
        if paper.qr_text is not None:
            yield QrLine(paper.qr_text)
            caption = (
                self._translate.gettext("Scan to follow the queue on your phone")
                if paper.qr_is_link
                else self._translate.gettext("Show this code at the kiosk or the window")
            )
            yield from self._text(caption, self._body, Align.CENTRE)
        if paper.wifi_name is not None:
            sentence = self._translate.gettext(
                "To follow the queue on your phone, join the Wi-Fi {name}."
            )
            caption = sentence.format(name=paper.wifi_name)
            yield from self._text(caption, self._body, Align.CENTRE)

    def foot(self) -> Iterator[Line]:
        """When it was issued, and for whom."""
        paper, issued = self._paper, self._paper.issued_at
        yield RuleLine()
        text = self._translate.gettext("{year}-{month}-{day} {time}").format(
            year=issued.year,
            month=f"{issued.month:02d}",
            day=f"{issued.day:02d}",
            time=f"{issued:%H:%M}",
        )
        if paper.masked_name:
            text += "  " + paper.masked_name
        yield from self._text(text, self._body)
        yield from self._text(self._translate.gettext("Valid today only."), self._body)
