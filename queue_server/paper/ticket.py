"""The number ticket."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from queue_server.paper.columns import columns_of
from queue_server.paper.lines import (
    COLUMNS_80_MM,
    Align,
    FeedLine,
    Line,
    QrLine,
    RuleLine,
)
from queue_server.paper.sheet import DOUBLE, Material, Sheet, Size
from queue_server.paper.wording import (
    NoEstimate,
    Translate,
    WaitRange,
    ahead_sentence,
    appointment_sentence,
    computed_sentence,
    wait_sentence,
    windows_sentence,
)

NUMBER_SIZE_MAX = 8
NUMBER_SHARE = 0.75
"""The number takes at most this part of the paper's width, so a tear at the edge spares it."""


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
        appointment: Start of the slot of an appointment, "10:00"; empty for every other ticket.
        masked_name: "张*三"; None when nobody was identified.
        reprint: This is a second print of the same number.
        unconfirmed: Issued while the server could not be reached.
        issued_at: Local time of issue.
        large_type: Everything twice as big.
        visit_numbers: All numbers of the visit, the first first; empty when this is the only one.
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
    appointment: str = ""
    masked_name: str | None = None
    reprint: bool = False
    unconfirmed: bool = False
    large_type: bool = False
    visit_numbers: tuple[str, ...] = ()
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


class _Layout:
    """The parts of one ticket."""

    def __init__(self, paper: TicketPaper, language: str, translate: Translate) -> None:
        self._paper = paper
        self._translate = translate
        sheet = Sheet(paper.columns, language, translate, large_type=paper.large_type)
        self._sheet = sheet
        self._key, self._body = sheet.key, sheet.body
        self._text, self._heading = sheet.text, sheet.heading

    def head(self) -> Iterator[Line]:
        """Hall, number, item and marks."""
        paper = self._paper
        yield from self._heading(paper.hall_name, self._key)
        yield FeedLine(1)
        room = int(paper.columns * NUMBER_SHARE) // max(1, columns_of(paper.number))
        size = max(1, min(NUMBER_SIZE_MAX, room))
        yield from self._text(paper.number, Size(size, size), Align.CENTRE, bold=True)
        yield FeedLine(1)
        yield from self._heading(paper.item_name, DOUBLE)
        if paper.priority_name is not None:
            mark = self._translate.gettext("Priority: {name}").format(name=paper.priority_name)
            yield from self._heading(mark, self._key)
        if paper.appointment:
            mark = appointment_sentence(paper.appointment, self._translate)
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
        if paper.visit_numbers:
            numbers = translate.gettext(", ").join(paper.visit_numbers)
            words = translate.gettext("This visit: {numbers}").format(numbers=numbers)
            yield from self._text(words, self._key, bold=True)
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
            yield from self._sheet.to_tick(material)

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
