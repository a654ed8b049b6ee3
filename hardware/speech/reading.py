"""How a text is read aloud: which parts are Han, numbers as words, pauses. Pure.

A voice for Mandarin speaks syllables; Latin letters and figures in a Chinese sentence have to be
told apart for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

DIGITS: Final = "零一二三四五六七八九"
PLACES: Final = ((1000, "千"), (100, "百"), (10, "十"))
TEN_THOUSAND: Final = 10_000
TEN, TWENTY = 10, 20
COUNT_DIGITS_MAX: Final = 8
"""Longer figures are numbers of something (a telephone, a code), read one by one."""
UNITS: Final = {"%": "百分之", "㎡": "平方米", "m²": "平方米", "m³": "立方米", "℃": "摄氏度"}
TOKEN: Final = re.compile(
    r"(?P<year>\d{4}(?=年))"
    r"|(?P<percent>\d+(?:\.\d+)?%)"
    r"|(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<time>\d{1,2}:\d{2})"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<unit>㎡|m²|m³|℃)"
    r"|(?P<latin>[A-Za-z][A-Za-z'’.-]*)"
    r"|(?P<han>[\u3400-\u9fff\U00020000-\U0003ffff〇]+)"
    r"|(?P<pause>[,.:;?!，。：；？！、·（）()\[\]“”—…\n])"
)


class Part(Enum):
    """What a piece of text is for a voice."""

    HAN = "han"
    LATIN = "latin"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text of one part; a pause has no text."""

    part: Part
    text: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """A Chinese text as runs; figures become Han, runs of one part are one piece.

    What is neither a character, a letter, a figure nor a pause is silent.
    """
    found: list[Piece] = []
    for piece in _tokens(text):
        if not found or found[-1].part is not piece.part:
            found.append(piece)
        elif piece.part is not Part.PAUSE:
            gap = " " if piece.part is Part.LATIN else ""
            found[-1] = Piece(piece.part, f"{found[-1].text}{gap}{piece.text}")
    while found and found[-1].part is Part.PAUSE:
        found.pop()
    return tuple(found)


def _tokens(text: str) -> Iterator[Piece]:
    for match in TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group()
        match kind:
            case "han":
                yield Piece(Part.HAN, value)
            case "latin":
                yield Piece(Part.LATIN, value)
            case "pause":
                yield Piece(Part.PAUSE)
            case _:
                yield Piece(Part.HAN, _figures(kind or "", value))


def _figures(kind: str, value: str) -> str:
    match kind:
        case "year":
            return one_by_one(value)
        case "percent":
            return UNITS["%"] + _decimal(value[:-1])
        case "date":
            year, month, day = value.split("-")
            return f"{one_by_one(year)}年{han_number(int(month))}月{han_number(int(day))}日"
        case "time":
            hour, minute = value.split(":")
            return f"{han_number(int(hour))}点" + (
                f"{han_number(int(minute))}分" * (minute != "00")
            )
        case "unit":
            return UNITS[value]
        case _:
            return _decimal(value)


def _decimal(value: str) -> str:
    whole, _point, rest = value.partition(".")
    spelt = len(whole) > COUNT_DIGITS_MAX or (len(whole) > 1 and whole.startswith("0"))
    said = one_by_one(whole) if spelt else han_number(int(whole))
    return f"{said}点{one_by_one(rest)}" if rest else said


def one_by_one(figures: str) -> str:
    """Figure by figure: 2026 as 二零二六."""
    return "".join(DIGITS[int(figure)] for figure in figures)


def han_number(number: int) -> str:
    """A number from 0 as it is said in Mandarin: 12 十二, 105 一百零五, 30000 三万."""
    high, low = divmod(number, TEN_THOUSAND)
    if high:
        zero = "零" if 0 < low < TEN_THOUSAND // TEN else ""
        return f"{han_number(high)}万{zero}{_below(low) if low else ''}"
    said = _below(number)
    return said.removeprefix("一") if TEN <= number < TWENTY else said


def _below(number: int) -> str:
    """Below ten thousand, 十 always with its 一."""
    if number < TEN:
        return DIGITS[number]
    said, rest = "", number
    for value, place in PLACES:
        count, rest = divmod(rest, value)
        if count:
            said += DIGITS[count] + place
        elif said and rest and not said.endswith("零"):
            said += "零"
    return said + (DIGITS[rest] if rest else "")
