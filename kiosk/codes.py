"""What a scanned code or a card means to the kiosk. Pure."""

import hashlib
import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from kiosk.visit import CODE_DOCUMENT, Document
from queue_server.contract.ids import TicketId

TICKET_PATH: Final = re.compile(
    r"/(?:t|tickets)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?$"
)
"""A ticket's address ends in its id, whatever stands before it."""
ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"


def is_id_number(text: str) -> bool:
    """An 18-character identity number with the right check digit (GB 11643-1999, MOD 11-2)."""
    if not ID_NUMBER.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == text[17]


def meaning(text: str) -> TicketId | Document:
    """A ticket of a hall, or a document of a person.

    A code other than an identity number never leaves the kiosk: only its SHA-256 does, so that the
    same code is recognised again.

    Args:
        text: As scanned, without control characters.
    """
    ticket_id = _ticket_id(text.strip())
    if ticket_id is not None:
        return ticket_id
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
