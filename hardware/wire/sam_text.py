"""The 256 bytes of text on an identity document, in each of the four layouts.

UTF-16LE, fields padded with spaces, a type flag at byte 248 in every layout: space for a
resident's card, `J` residence permit of Hong Kong, Macau and Taiwan residents, `I` foreign
permanent resident (2017), `Y` foreign permanent resident (2023; known from one source only).
The photo behind it can only be decoded by closed libraries: it is skipped and never kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from unicodedata import category

from hardware.errors import RemoteProtocolError, UnreadableCard, WrongCard
from hardware.person_numbers import BadPersonNumber, NumberKind, parse_person_number
from hardware.roles_cards import CardKind, IdCard, Sex

TEXT_BYTES: Final = 256
PHOTO_BYTES: Final = 1024
TYPE_FLAG_OFFSET: Final = 248
_SECTION_HEADS: Final = (4, 6)
"""Two lengths (text, photo), or three (fingerprint): two bytes each, big-endian."""

Span = tuple[int, int]
"""Offset and length of a field in bytes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of one kind of document stand."""

    kind: CardKind
    fields: Mapping[str, Span]


RESIDENT: Final = Layout(
    CardKind.RESIDENT,
    MappingProxyType({
        "name": (0, 30), "sex": (30, 2), "ethnicity": (32, 4), "birth": (36, 16),
        "address": (52, 70), "number": (122, 36), "authority": (158, 30),
        "valid_from": (188, 16), "valid_to": (204, 16),
    }),
)  # fmt: skip
HK_MO_TW: Final = Layout(
    CardKind.HK_MO_TW_PERMIT,
    MappingProxyType({
        "name": (0, 30), "sex": (30, 2), "birth": (36, 16), "address": (52, 70),
        "number": (122, 36), "authority": (158, 30), "valid_from": (188, 16),
        "valid_to": (204, 16), "pass_number": (220, 18), "issue_count": (238, 4),
    }),
)  # fmt: skip
"""Bytes 32 to 35, the ethnicity of residents, are reserved."""
FOREIGNER_2017: Final = Layout(
    CardKind.FOREIGNER_2017,
    MappingProxyType({
        "latin_name": (0, 120), "sex": (120, 2), "number": (122, 30), "nationality": (152, 6),
        "name": (158, 30), "valid_from": (188, 16), "valid_to": (204, 16), "birth": (220, 16),
        "layout_version": (236, 4), "authority": (240, 8),
    }),
)  # fmt: skip
FOREIGNER_2023: Final = Layout(
    CardKind.FOREIGNER_2023,
    MappingProxyType({
        "name": (0, 30), "sex": (30, 2), "issue_count": (32, 4), "birth": (36, 16),
        "latin_name": (52, 70), "number": (122, 36), "valid_from": (188, 16),
        "valid_to": (204, 16), "latin_name_more": (220, 22), "nationality": (242, 6),
        "previous_number": (250, 6),
    }),
)  # fmt: skip
LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        " ": RESIDENT,
        "J": HK_MO_TW,
        "I": FOREIGNER_2017,
        "Y": FOREIGNER_2023,
    }
)
SEXES: Final[Mapping[str, Sex]] = MappingProxyType(
    {
        "0": Sex.UNKNOWN,
        "1": Sex.MALE,
        "2": Sex.FEMALE,
        "9": Sex.NOT_STATED,
    }
)
LONG_TERM: Final = "长期"
_NUMBERS_OF: Final[Mapping[CardKind, frozenset[NumberKind]]] = MappingProxyType(
    {
        CardKind.FOREIGNER_2017: frozenset({NumberKind.FOREIGNER_OLD}),
        CardKind.FOREIGNER_2023: frozenset({NumberKind.FOREIGNER}),
    }
)
_NUMBERS_OF_OTHERS: Final = frozenset({NumberKind.RESIDENT, NumberKind.HK_MO_TW_PERMIT})
"""Not held apart: no source says that a permit can never carry another address code."""


def text_section(data: bytes) -> bytes:
    """Cut the text out of the data of a read reply.

    Raises:
        RemoteProtocolError: The lengths inside do not fit the data.
    """
    if len(data) >= 2 and int.from_bytes(data[:2], "big") == TEXT_BYTES:  # noqa: PLR2004 - a word
        for head in _SECTION_HEADS:
            words = [int.from_bytes(data[i : i + 2], "big") for i in range(0, head, 2)]
            if head + sum(words) == len(data):
                return data[head : head + TEXT_BYTES]
    raise RemoteProtocolError(f"read reply of {len(data)} bytes")


def parse_card(text: bytes) -> IdCard:
    """Read the text of a document.

    Args:
        text: 256 bytes, UTF-16LE.

    Raises:
        WrongCard: No layout we know.
        UnreadableCard: Its fields cannot be so: it was misread.
    """
    if len(text) != TEXT_BYTES:
        raise UnreadableCard(f"{len(text)} bytes of text")
    layout = LAYOUTS.get(_string(text, (TYPE_FLAG_OFFSET, 2)) or " ")
    if layout is None:
        raise WrongCard("unknown type flag")
    found = {name: _string(text, span) for name, span in layout.fields.items()}
    _check_number(layout.kind, found["number"])
    if found.get("latin_name_more"):
        # The name runs on: a space at the end of its first part belongs to it.
        first = _decoded(text, layout.fields["latin_name"]).replace("\0", " ")
        found["latin_name"] = " ".join((first + found["latin_name_more"]).split())

    def get(name: str) -> str:
        return found.get(name, "")

    return _card(layout.kind, get)


def _check_number(kind: CardKind, number: str) -> None:
    """A card never holds a number that fails its check: if it does, it was misread.

    Not compared with today: a machine whose clock stands at 1970 must still read cards. Nor with
    the date of birth and the sex beside it, which authorities may have corrected since.
    """
    try:
        found = parse_person_number(number, today=None)
    except BadPersonNumber as error:
        raise UnreadableCard(f"number: {error.failed.value}") from error
    if found.number != number or found.kind not in _NUMBERS_OF.get(kind, _NUMBERS_OF_OTHERS):
        raise UnreadableCard("number: of another document")


def _card(kind: CardKind, get: Callable[[str], str]) -> IdCard:
    return IdCard(
        kind=kind,
        number=get("number"),
        name=get("name"),
        sex=SEXES.get(get("sex"), Sex.UNKNOWN),
        ethnicity=get("ethnicity"),
        birth=_day(get("birth")),
        address=get("address"),
        authority=get("authority"),
        valid_from=_day(get("valid_from")),
        valid_to=_day(get("valid_to")),
        latin_name=get("latin_name"),
        nationality=get("nationality"),
        pass_number=get("pass_number"),
        issue_count=get("issue_count"),
        previous_number=get("previous_number"),
        long_term=get("valid_to") == LONG_TERM,
        layout_version=get("layout_version"),
    )


def _string(text: bytes, span: Span) -> str:
    return _decoded(text, span).rstrip(" \0\u3000")


def _decoded(text: bytes, span: Span) -> str:
    offset, length = span
    try:
        value = text[offset : offset + length].decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise UnreadableCard("UTF-16") from error
    # Private-use characters stay: older cards hold rare names in them. Zeros pad like spaces.
    if any(category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in value.rstrip(" \0\u3000")):
        raise UnreadableCard("control character")
    return value


def _day(text: str) -> date | None:
    if len(text) != len("YYYYMMDD") or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
