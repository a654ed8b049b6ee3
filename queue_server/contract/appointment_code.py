"""The code of an appointment: who has it may keep, move or give back the appointment.

Twelve characters of Crockford's base 32 (60 random bits), in three groups of four where people
read it. The journal and the floor know a hash of it only: neither a backup nor the prefecture can
use an appointment. On paper and screens it stands in a QR code, as an address under the hall's
`public_url` or, without one, as a text of ours; both name the hall.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from typing import Final
from urllib.parse import parse_qs, urlsplit

from queue_server.contract.ids import HALL_PATTERN, SERVICE_PATTERN, AppointmentId

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
PREFIX: Final = "bianmin:appointment?"
PATH: Final = "/a"
"""Where the page of an appointment is; a ticket's is `/t`."""
_CODE: Final = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_PATH: Final = re.compile(rf"{PATH}/([^/]+)/?$")
_LOOKS_LIKE: Final = str.maketrans("OIL", "011", " -")
_BITS: Final = 5
_PURPOSE: Final = b"bianmin appointment code 1"


class BadAppointmentCodeError(ValueError):
    """The text is no code of an appointment."""


@dataclass(frozen=True, slots=True)
class AppointmentText:
    """What a QR code says: the code, and hall and item it is for ("" where it names none)."""

    code: str
    hall_id: str = ""
    service_id: str = ""


def made_from(secret: bytes, request: str) -> str:
    """The code of a request to book: the same request gives the same code.

    Args:
        secret: the hall's own, at least 16 random bytes; without it nobody can guess a code.
        request: a UUID that the asker was given.
    """
    value = int.from_bytes(digest(secret, _PURPOSE + request.encode(), "sha256"), "big")
    return "".join(ALPHABET[value >> (_BITS * at) & 31] for at in range(LENGTH))


def normal(text: str) -> str:
    """A code as somebody typed it, in the one form that counts.

    Raises:
        BadAppointmentCodeError: it cannot be one.
    """
    code = text.strip().upper().translate(_LOOKS_LIKE)
    if _CODE.fullmatch(code) is None:
        raise BadAppointmentCodeError(text[:40])
    return code


def spaced(code: str) -> str:
    """A code as people read it: K7QM-2RTX-9D4V."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def id_of(code: str) -> AppointmentId:
    """What the hall knows an appointment by: 32 hexadecimal digits that do not give the code."""
    return AppointmentId(sha256(b"bianmin appointment 1 " + code.encode()).hexdigest()[:32])


def qr_text(said: AppointmentText, public_url: str | None) -> str:
    """What the QR code of an appointment says.

    Hall and item stand in it so that a kiosk can tell another hall's, and lead on while it is cut
    off from the server.
    """
    where = f"h={said.hall_id}&s={said.service_id}"
    if public_url:
        return f"{public_url.rstrip('/')}{PATH}/{said.code}?{where}"
    return f"{PREFIX}c={said.code}&{where}"


def read(text: str) -> AppointmentText:
    """What a scanned text says.

    Raises:
        BadAppointmentCodeError: it is no appointment's.
    """
    text = text.strip()
    parts = urlsplit(text)
    query = parse_qs(parts.query)
    hall_id, service_id = query.get("h", [""])[0], query.get("s", [""])[0]
    if hall_id and re.fullmatch(HALL_PATTERN, hall_id) is None:
        raise BadAppointmentCodeError(text[:40])
    if service_id and re.fullmatch(SERVICE_PATTERN, service_id) is None:
        raise BadAppointmentCodeError(text[:40])
    if text.startswith(PREFIX):
        return AppointmentText(normal(query.get("c", [""])[0]), hall_id, service_id)
    found = _PATH.search(parts.path)
    if found is None or parts.scheme not in ("http", "https"):
        raise BadAppointmentCodeError(text[:40])
    return AppointmentText(normal(found[1]), hall_id, service_id)
