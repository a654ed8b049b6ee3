"""What a scanned code or a card means to the kiosk. Pure."""

import contextlib
import hashlib
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from hardware.person_numbers import BadPersonNumber, NumberKind, parse_person_number
from kiosk.visit import CODE_DOCUMENT, Document
from queue_server.contract import appointment_code, paper_code
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.ids import TicketId

TICKET_PATH: Final = re.compile(
    r"/(?:t|tickets)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?$"
)
"""A ticket's address ends in its id, whatever stands before it."""
UNCHECKED: Final = frozenset({NumberKind.HK_MO_TRAVEL, NumberKind.TW_TRAVEL})
"""Numbers without a check digit: any eight digits would be one."""


def is_id_number(text: str) -> bool:
    """An identity number that holds its own check, written as a card writes it."""
    try:
        # Without today: a code is no less a person's because the kiosk's clock is wrong.
        number = parse_person_number(text, today=None)
    except BadPersonNumber:
        return False
    return number.number == text and number.kind not in UNCHECKED


@dataclass(frozen=True, slots=True)
class PaperText:
    """The code of a paper that a kiosk printed while it was cut off; the server reads it."""

    text: str


def meaning(text: str) -> TicketId | PaperText | AppointmentText | Document:
    """A ticket of a hall, an appointment, or a document of a person.

    A code other than an identity number never leaves the kiosk: only its SHA-256 does, so that the
    same code is recognised again.

    Args:
        text: As scanned, without control characters.
    """
    if text.strip().startswith(paper_code.PREFIX):
        return PaperText(text.strip())
    ticket_id = _ticket_id(text.strip())
    if ticket_id is not None:
        return ticket_id
    with contextlib.suppress(appointment_code.BadAppointmentCodeError):
        return appointment_code.read(text)
    upper = text.strip().upper()
    if is_id_number(upper):
        return Document(CODE_DOCUMENT, upper)
    return Document(CODE_DOCUMENT, hashlib.sha256(text.strip().encode()).hexdigest())


def _ticket_id(text: str) -> TicketId | None:
    if text.startswith("bianmin:"):
        named = parse_qs(urlsplit(text).query).get("t", [""])[0]
        return _ticket_id(f"/t/{named}") if named else None
    found = TICKET_PATH.search(urlsplit(text).path)
    return TicketId(found[1]) if found else None
