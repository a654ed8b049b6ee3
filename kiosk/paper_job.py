"""From a ticket to a print job: the words of queue_server.paper in the printer's shapes. Pure."""

from datetime import tzinfo
from typing import Final, assert_never

from hardware import roles
from kiosk import shelf
from kiosk.guide import Guide, Mode, ModeHint, guide_of
from kiosk.lang import Speech
from queue_server.contract.messages import Catalogue, CatalogueItem, TicketAnswer, Wait
from queue_server.contract.problems import N_
from queue_server.paper.lines import (
    COLUMNS_58_MM,
    COLUMNS_80_MM,
    FeedLine,
    Line,
    QrLine,
    RuleLine,
    TextLine,
)
from queue_server.paper.sheet import Material, PaperKind
from queue_server.paper.ticket import TicketPaper, ticket_lines
from queue_server.paper.wording import NoEstimate, WaitRange

COLUMNS: Final = {58: COLUMNS_58_MM, 80: COLUMNS_80_MM}

MODE_SENTENCES: Final = {
    Mode.HERE: N_("This hall can finish it."),
    Mode.ASSIST: N_("This hall does it for you at the responsible office; you need not go there."),
    Mode.RELAY: N_(
        "This hall cannot finish it: it takes your papers and hands them on; the county decides."
    ),
    Mode.ADVICE: N_("Answers and guidance only; no papers are taken."),
}
"""For packs that name only the mode's id."""


def mode_hint(guide: Guide, speech: Speech) -> str:
    """How far the matter goes in this hall; empty where the pack does not say."""
    if isinstance(guide.handling_mode, ModeHint) and guide.handling_mode.hint:
        return speech.pick(guide.handling_mode.hint)
    sentence = MODE_SENTENCES.get(Mode(guide.mode_id)) if guide.mode_id in set(Mode) else None
    return speech.gettext(sentence) if sentence else ""


def wait_of(wait: Wait | None, windows: list[str], zone: tzinfo | None) -> WaitRange | NoEstimate:
    """A wait as the sentences want it: in the hall's local time, or why there is none."""
    if wait is None:
        return NoEstimate.UNCERTAIN if windows else NoEstimate.NO_WINDOW
    return WaitRange(wait.low_s, wait.likely_s, wait.high_s, wait.computed_at.astimezone(zone))


def ticket_code(catalogue: Catalogue, ticket: TicketAnswer) -> tuple[str, bool]:
    """What the ticket's QR code says, and whether a phone can open it."""
    if catalogue.public_url:
        return f"{catalogue.public_url.rstrip('/')}/t/{ticket.ticket_id}", True
    return f"bianmin:ticket?n={ticket.number}&t={ticket.ticket_id}", False


def ticket_job(
    ticket: TicketAnswer,
    catalogue: Catalogue,
    speech: Speech,
    *,
    job_id: str,
    reprint: bool,
    width_mm: int,
    zone: tzinfo | None = None,
    paper_code: str = "",
    large_type: bool = False,
    visit_numbers: tuple[str, ...] = (),
) -> roles.PrintJob:
    """Lay a ticket out for the printer.

    Args:
        ticket: As the server gave it.
        catalogue: For names and materials.
        speech: The visitor's language.
        job_id: Name for logs.
        reprint: The same number once more; the paper says so.
        width_mm: 58 or 80.
        zone: The hall's time zone; the machine's own by default.
        paper_code: Of a number this kiosk gave while it was cut off; else empty.
        large_type: Everything twice as big.
        visit_numbers: All numbers of the visit, where it has more than one.
    """
    item = shelf.item(catalogue, ticket.service_id)
    guide = guide_of(item) if item else Guide()
    code, is_link = (paper_code, False) if paper_code else ticket_code(catalogue, ticket)
    mode = guide.mode_id
    paper = TicketPaper(
        hall_name=speech.pick(catalogue.hall_name),
        number=ticket.number,
        item_name=item_name(item, speech) or ticket.service_id,
        ahead=None if paper_code else ticket.ahead,
        wait=NoEstimate.CUT_OFF if paper_code else wait_of(ticket.wait, ticket.windows, zone),
        windows=tuple(ticket.windows),
        materials=materials_of(guide, speech),
        issued_at=ticket.issued_at.astimezone(zone),
        handling_hint="" if mode == Mode.HERE else mode_hint(guide, speech),
        qr_text=code,
        qr_is_link=is_link,
        priority_name=_priority_name(catalogue, ticket.priority_class, speech),
        appointment=ticket.appointment_start,
        masked_name=ticket.masked_name,
        reprint=reprint,
        unconfirmed=bool(paper_code),
        large_type=large_type,
        visit_numbers=visit_numbers,
        columns=COLUMNS[width_mm],
    )
    lines = ticket_lines(paper, speech.code, speech)
    return roles.PrintJob(job_id, tuple(print_line(line) for line in lines), buzz=True)


def item_name(item: CatalogueItem | None, speech: Speech) -> str:
    """What people call the item."""
    if item is None:
        return ""
    return speech.pick(item.plain_name) or speech.pick(item.name)


def materials_of(guide: Guide, speech: Speech) -> tuple[Material, ...]:
    """The papers to bring, as paper has them."""
    return tuple(
        Material(
            speech.pick(material.name),
            PaperKind(material.kind),
            material.copies,
            material.necessity == "required",
        )
        for material in guide.materials
    )


def _priority_name(catalogue: Catalogue, class_id: str | None, speech: Speech) -> str | None:
    if class_id is None:
        return None
    named = next((c for c in catalogue.priority_classes if c.class_id == class_id), None)
    return speech.pick(named.name) if named else class_id


def print_line(line: Line) -> roles.PrintLine:
    """A line of paper in the printer's shape."""
    match line:
        case TextLine():
            return roles.TextLine(
                line.text, line.width, line.height, roles.Align(line.align.value), line.bold
            )
        case QrLine():
            return roles.QrBlock(line.text)
        case RuleLine():
            return roles.Rule()
        case FeedLine():
            return roles.Feed(line.lines)
        case _:
            assert_never(line)
