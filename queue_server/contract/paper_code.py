"""The code on a paper that a kiosk printed while it was cut off.

It says all that the server needs to take the number in, signed with a key that only the kiosk and
the server have: HMAC-SHA-256 (RFC 2104), the first 16 bytes, base64url. The key is made of the
hash of the device's token, which the server keeps anyway, so there is no further secret to lose.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

PREFIX: Final = "bianmin:paper?"
MAC_BYTES: Final = 16
_PURPOSE: Final = b"bianmin paper code 1"
_FIELDS: Final = ("d", "g", "n", "s", "k", "t", "p")


class BadPaperCodeError(ValueError):
    """The text is no such code, or nobody who may has signed it."""


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What the code says.

    Attributes:
        device_id: the kiosk.
        grant_id: its leave.
        number: the label on the paper.
        service_id: the item.
        request_key: the request it answers.
        issued_s: when, whole seconds since 1970 by the kiosk's corrected clock.
        class_id: priority class; empty for none.
    """

    device_id: str
    grant_id: str
    number: str
    service_id: str
    request_key: str
    issued_s: int
    class_id: str = ""


def paper_key(token_hash: str) -> bytes:
    """The key of a device; `token_hash` is the SHA-256 of its token, in hex."""
    return hmac.digest(bytes.fromhex(token_hash), _PURPOSE, "sha256")


def encode(code: PaperCode, key: bytes) -> str:
    """The text for the paper: ASCII, at most some 250 characters."""
    values = (
        *(code.device_id, code.grant_id, code.number, code.service_id, code.request_key),
        *(str(code.issued_s), code.class_id),
    )
    text = PREFIX + urlencode(list(zip(_FIELDS, values, strict=True)))
    return f"{text}&m={_mac(text, key)}"


def read(text: str) -> tuple[PaperCode, str]:
    """What a code says, not yet checked, and its signature.

    Raises:
        BadPaperCodeError: it is none.
    """
    if not text.startswith(PREFIX):
        raise BadPaperCodeError("no paper code")
    try:
        pairs = parse_qsl(text.removeprefix(PREFIX), keep_blank_values=True, strict_parsing=True)
        fields = dict(pairs)
        issued_s = int(fields["t"])
        mac = fields["m"]
        values = {name: fields[name] for name in _FIELDS}
    except (ValueError, KeyError) as error:
        raise BadPaperCodeError("damaged") from error
    if [name for name, _ in pairs] != [*_FIELDS, "m"]:
        raise BadPaperCodeError("damaged")
    code = PaperCode(
        device_id=values["d"],
        grant_id=values["g"],
        number=values["n"],
        service_id=values["s"],
        request_key=values["k"],
        issued_s=issued_s,
        class_id=values["p"],
    )
    return code, mac


def is_signed(text: str, key: bytes) -> bool:
    """Whether the kiosk with this key wrote the text."""
    body, _, mac = text.rpartition("&m=")
    try:
        given = urlsafe_b64decode(mac + "==")
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, urlsafe_b64decode(_mac(body, key) + "=="))


def _mac(text: str, key: bytes) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")[:MAC_BYTES]
    return urlsafe_b64encode(digest).decode().rstrip("=")
