"""Which characters our faces have, and how wide they are.

SDL draws a character that a face lacks as a box and knows no fallback. Bold has the Han characters
of GB 2312 only, so a rare name in bold text is set as a run of Regular (`marked`).
"""

import struct
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from kivy.core.text import Label as CoreLabel
from kivy.utils import escape_markup

from kiosk.ui import bidi, manner
from kiosk.ui.runtime import arabic_path, font_path

_SFNT_TABLES_AT: Final = 12
_WINDOWS: Final = 3
_LAST_OF_PLANE: Final = 0xFFFF


class BadFontError(Exception):
    """A font file that we cannot read."""


def read_cmap(data: bytes) -> frozenset[int]:
    """Code points of a font: the "cmap" subtables of platform 3, formats 4 and 12.

    Source: ISO/IEC 14496-22 (Open Font Format), "cmap".

    Raises:
        BadFontError: There is no such subtable.
    """
    table = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    points: set[int] = set()
    for at in range(4, 4 + 8 * count, 8):
        platform, _encoding, offset = struct.unpack_from(">HHL", table, at)
        (form,) = struct.unpack_from(">H", table, offset)
        if platform == _WINDOWS and form in _READERS:
            points.update(_READERS[form](table, offset))
    if not points:
        raise BadFontError("no Unicode cmap of format 4 or 12")
    return frozenset(points)


def _table(data: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", data, 4)
    for at in range(_SFNT_TABLES_AT, _SFNT_TABLES_AT + 16 * count, 16):
        name, _checksum, offset, length = struct.unpack_from(">4sLLL", data, at)
        if name == tag:
            return data[offset : offset + length]
    raise BadFontError(f"no table {tag.decode()}")


def _format_4(table: bytes, offset: int) -> Iterator[int]:
    """Segments of the basic plane. A segment may map some of its points to no glyph."""
    (double,) = struct.unpack_from(">H", table, offset + 6)
    ends_at = offset + 14
    starts_at = ends_at + double + 2
    for at in range(0, double, 2):
        (end,) = struct.unpack_from(">H", table, ends_at + at)
        (start,) = struct.unpack_from(">H", table, starts_at + at)
        (delta,) = struct.unpack_from(">H", table, starts_at + double + at)
        range_at = starts_at + 2 * double + at
        (jump,) = struct.unpack_from(">H", table, range_at)
        for point in range(start, min(end, _LAST_OF_PLANE - 1) + 1):
            if jump:
                (glyph,) = struct.unpack_from(">H", table, range_at + jump + 2 * (point - start))
            else:
                glyph = (point + delta) & _LAST_OF_PLANE
            if glyph:
                yield point


def _format_12(table: bytes, offset: int) -> Iterator[int]:
    """Groups of any plane."""
    (groups,) = struct.unpack_from(">L", table, offset + 12)
    rows = table[offset + 16 : offset + 16 + 12 * groups]
    for start, end, _glyph in struct.iter_unpack(">LLL", rows):
        yield from range(start, end + 1)


_READERS: Final = {4: _format_4, 12: _format_12}


@cache
def charset(*, bold: bool) -> frozenset[int]:
    """What Bold or Regular can draw."""
    return read_cmap(font_path(bold=bold).read_bytes())


@cache
def arabic() -> frozenset[int]:
    """What the face for Arabic letters can draw."""
    return read_cmap(arabic_path().read_bytes())


def lacks(text: str) -> str:
    """Characters of a text that no face of ours has; empty for every text we ship."""
    known = charset(bold=False)
    return "".join(
        c for c in text if ord(c) not in known and not c.isspace() and ord(c) not in arabic()
    )


@lru_cache(maxsize=20_000)
def face(char: str, *, bold: bool) -> Path:
    """The file a character is drawn from: Bold, where it lacks it Regular, else the Arabic one."""
    point = ord(char)
    if char.isspace() or point in charset(bold=bold):
        return font_path(bold=bold)
    if point in charset(bold=False) or point not in arabic():
        return font_path()
    return arabic_path(bold=bold)


@lru_cache(maxsize=4096)
def marked(text: str, *, bold: bool) -> str | None:
    """The text as Kivy markup with runs of other faces where the main one lacks a character.

    Returns:
        None where no run is needed, so that the text can be drawn without markup.
    """
    main = font_path(bold=bold)
    if all(face(char, bold=bold) == main for char in text):
        return None
    parts = []
    for file, run in groupby(text, lambda char: face(char, bold=bold)):
        plain = escape_markup("".join(run))
        own = f"[b]{plain}[/b]" if bold else plain
        parts.append(own if file == main else f"[font={escape_font(file)}]{plain}[/font]")
    return "".join(parts)


def escape_font(path: Path) -> str:
    """A font file as markup names it."""
    return str(path)


@lru_cache(maxsize=128)
def _face(file: Path, size_px: int) -> CoreLabel:
    return CoreLabel(font_size=size_px, font_name=str(file))


@lru_cache(maxsize=20_000)
def _advance(char: str, size_px: int, *, bold: bool) -> int:
    width, _height = _face(face(char, bold=bold), size_px).get_extents(char)
    return int(width)


def width(text: str, size_px: int, *, bold: bool) -> float:
    """Width of one line in pixels, rounded up per character, so never too small.

    Our faces carry no kerning and no ligatures, so widths add up. Letters that join are measured in
    the forms they take.
    """
    return sum(_advance(char, size_px, bold=bold) for char in bidi.shaped(text))


def line_height(size_px: int, *, bold: bool) -> int:
    """Height of one line in pixels, whatever stands on it."""
    return _line_height(size_px, bold=bold, rtl=manner.rtl())


@lru_cache(maxsize=128)
def _line_height(size_px: int, *, bold: bool, rtl: bool) -> int:
    heights = [
        _face(file, size_px).get_extents(sample)[1]
        for file, sample in ((font_path(bold=bold), "国Ég"), *_tall(bold=bold, rtl=rtl))
    ]
    return int(max(heights))


def _tall(*, bold: bool, rtl: bool) -> tuple[tuple[Path, str], ...]:
    """Where lines of Arabic are drawn they are a little higher."""
    return ((arabic_path(bold=bold), "\u06d0"),) if rtl else ()
