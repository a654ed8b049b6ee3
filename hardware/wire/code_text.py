"""What a code says: bytes to text, and which text no code of ours may hold.

Codes carry no reliable word on their encoding, and in one hall UTF-8 and GBK ones come mixed. The
rule, in this order:

1. A UTF-8 byte order mark says UTF-8, and is left out.
2. Bytes that are valid UTF-8 are UTF-8, **except** where all their non-ASCII characters would be of
   two bytes (accented Latin, Greek, Cyrillic, Arabic ...) and every run of them, read as GB 2312,
   is two or more common Hanzi (level 1). 学校 in GBK is also "ѧУ" in UTF-8: here it is a school. A
   single accented letter (café) stays one.
3. Else they are GB 18030 (which contains GBK), or refused.

Nothing is ever read as Big5 or in another encoding that accepts nearly any bytes: a wrong text is
worse than none. What a code declares itself (ECI) goes before the rule: `decode_declared`.
"""

import re
from types import MappingProxyType
from typing import Final
from unicodedata import category

from hardware.errors import BadBarcode

CODE_MAX_CHARS: Final = 512
_BOM: Final = b"\xef\xbb\xbf"
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_TWO_BYTE_UTF8: Final = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf])+")
_COMMON_HANZI: Final = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe]){2,}")
"""Two or more of GB 2312-1980 level 1: rows 16 to 55."""
_ECI_ENCODINGS: Final = MappingProxyType(
    {
        3: "latin-1",
        26: "utf-8-sig",
        27: "ascii",
        28: "big5",
        29: "gb18030",
        31: "gb18030",
        32: "gb18030",
    }
)
"""AIM ITS/04-023: 29 GB 2312, 31 GBK, 32 GB 18030 (the last contains the others)."""
_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Control, format (bidi), surrogate, unassigned, private use, line and paragraph separators."""


def decode_payload(code: bytes) -> str:
    """Bytes of a code as text, by the rule above.

    Raises:
        BadBarcode: Neither encoding, too long, or it holds characters no code of ours may hold.
    """
    marked = code.startswith(_BOM)
    body = code[len(_BOM) :] if marked else code
    encodings = ("utf-8",) if marked else ("utf-8", "gb18030")
    if not marked and _rather_gbk(body):
        encodings = ("gb18030",)
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return check_text(text)
    raise BadBarcode("encoding")


def decode_declared(code: bytes, eci: int) -> str:
    """Bytes of a code that says its own encoding (AIM ECI number).

    An encoding that is not known here counts as unsaid.

    Raises:
        BadBarcode: The bytes are not in it, too long, or hold characters no code of ours may hold.
    """
    encoding = _ECI_ENCODINGS.get(eci)
    if encoding is None:
        return decode_payload(code)
    try:
        return check_text(code.decode(encoding))
    except UnicodeDecodeError as error:
        raise BadBarcode(f"ECI {eci}") from error


def _rather_gbk(code: bytes) -> bool:
    """Valid UTF-8 perhaps, but Chinese is what it says."""
    runs = _HIGH.findall(code)
    return bool(runs) and all(
        _TWO_BYTE_UTF8.fullmatch(run) and _COMMON_HANZI.fullmatch(run) for run in runs
    )


def check_text(text: str) -> str:
    """Let a code's text through, or refuse it.

    Raises:
        BadBarcode: Empty, longer than 512 characters, or with a control or invisible character.
    """
    if not 1 <= len(text) <= CODE_MAX_CHARS:
        raise BadBarcode(f"{len(text)} characters")
    for char in text:
        if category(char) in _REFUSED:
            raise BadBarcode(f"U+{ord(char):04X}")
    return text
