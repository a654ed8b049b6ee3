"""Whether what was written down is what was said. Spelling does not count, sound does."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from pypinyin import lazy_pinyin

from hardware.speech.reading import Part, pieces

FIGURES: Final = str.maketrans("零〇一幺妖壹二两兩三四五六七八九", "0011112223456789")
COUNTED: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
WORDS: Final = {word: str(number) for number, word in enumerate(COUNTED)} | {
    "oh": "0",
    "o": "0",
    "to": "2",
    "too": "2",
    "for": "4",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}
WINDOW: Final = {
    "zh_CN": re.compile(r"到(\d+|[零一二三四五六七八九十百]+)(?:号|號|好)"),
    "en": re.compile(r"windows? (?:number )?([\w-]+(?: \d\b)?)"),
}
LABEL_ENDS: Final = {"zh_CN": re.compile("[到刀道]"), "en": re.compile("please|window")}


def call_right(heard: str, language: str, label: str, window: int) -> Mapping[str, float]:
    """What was right in a call: the letter, the three digits, the window."""
    said = heard.lower()
    before = LABEL_ENDS[language].split(said, maxsplit=1)[0]
    figures, letters = _label(before, language)
    found = WINDOW[language].search(said.replace(",", "").replace(".", ""))
    return {
        "letter": float(label[0].lower() == letters),
        "digits": float(figures == label[1:]),
        "window": float(bool(found) and _number(str(found and found[1])) == window),
    }


def _label(before: str, language: str) -> tuple[str, str]:
    """Figures and the letter before them."""
    if language == "en":
        before = before.removeprefix("ticket").strip(" ,.:")
        letter = before[:1]
        words = re.findall(r"[a-z]+|\d", before[1:])
        return "".join(WORDS.get(word, word) for word in words), letter
    figures = re.sub(r"\D", "", before.translate(FIGURES))
    letter = re.search(r"[a-z]", before)
    return figures, letter[0] if letter else ""


def _number(said: str) -> int:
    """A number however it was written."""
    from_words = [WORDS.get(word, word) for word in re.split(r"[ -]", said)]
    if all(word.isdigit() for word in from_words):
        return sum(int(word) for word in from_words) if len(from_words) > 1 else int(from_words[0])
    tens, ten, units = said.partition("十")
    if not ten:
        return int(said.translate(FIGURES)) if said.translate(FIGURES).isdigit() else -1
    return int(tens.translate(FIGURES) or 1) * 10 + int(units.translate(FIGURES) or 0)


def name_right(heard: str, language: str, said: str) -> Mapping[str, float]:
    """Share of the syllables (Chinese) or words that were heard, in their order."""
    wanted, got = _sounds(said, language), _sounds(heard, language)
    same = sum(
        block.size
        for block in SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    )
    return {"words": round(same / len(wanted), 3), "whole": float(wanted == got)}


def _sounds(text: str, language: str) -> Sequence[str]:
    if language == "en":
        return re.findall(r"[a-z]+|\d+", text.lower().replace("'", ""))
    han = "".join(piece.text for piece in pieces(text) if piece.part is not Part.PAUSE)
    return lazy_pinyin(han)
