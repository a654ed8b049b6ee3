"""Right-to-left text for a drawer that knows left to right only.

Kivy draws characters in the order of the string and gives each its isolated form. Here Arabic
letters take the forms in which they join, and a line that is already broken is put in the order in
which it is seen (Unicode Standard Annex 9): numbers and Latin words inside stay as they are read.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from arabic_reshaper import ArabicReshaper  # type: ignore[import-untyped]
from bidi import get_display  # type: ignore[import-untyped]

_SHAPER: Final = ArabicReshaper({"support_ligatures": False, "delete_harakat": False})
_RTL_CLASSES: Final = frozenset({"R", "AL"})
AE: Final = "\u06d5"
"""Uyghur e: joins the letter before it and never the one after; the shaper does not know it."""
HEH: Final = "\u0647"
"""Looks the same where nothing follows that it could join."""
APART: Final = "\u200c"
"""Zero-width non-joiner."""


_PAIRS: Final = (
    "()",
    "[]",
    "{}",
    "<>",
    "«»",
    "‹›",
    "（）",
    "《》",
    "〈〉",
    "「」",
    "『』",
    "【】",
    "〔〕",
)
_MIRRORED: Final = {one: pair[1 - at] for pair in _PAIRS for at, one in enumerate(pair)}
MARK: Final = "\u034f"
"""Goes where the bracket before it goes (class NSM). The library leaves brackets as they are; one
that comes after its mark has been turned round, and is drawn as its counterpart (rule L4)."""
_BRACKET: Final = re.compile(f"([{re.escape(''.join(_MIRRORED))}])")
_TURNED: Final = re.compile(f"{MARK}([{re.escape(''.join(_MIRRORED))}])")


@lru_cache(maxsize=4096)
def has_rtl(text: str) -> bool:
    """Whether any character is written from right to left."""
    return any(unicodedata.bidirectional(char) in _RTL_CLASSES for char in text)


@lru_cache(maxsize=4096)
def shaped(text: str) -> str:
    """The same letters in the forms in which they join, in the order of reading."""
    if not has_rtl(text):
        return text
    joined: str = _SHAPER.reshape(text.replace(AE, HEH + APART))
    return joined.replace(APART, "")


@lru_cache(maxsize=4096)
def in_sight(line: str, *, rtl: bool) -> str:
    """A line, shaped, in the order in which it is seen from left to right.

    Args:
        line: In the order of reading; it must not be broken any more.
        rtl: The paragraph runs from right to left.
    """
    if not rtl and not has_rtl(line):
        return line
    marked = _BRACKET.sub(rf"\1{MARK}", shaped(line))
    seen: str = get_display(marked, base_dir="R" if rtl else "L")
    turned = _TURNED.sub(lambda found: _MIRRORED[found[1]], seen)
    return turned.replace(MARK, "")
