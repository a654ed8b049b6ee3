"""Whether what was written down is what was said. Spelling does not count, sound does.

The ear writes 到 as 刀 and 九 as 就: syllables are compared, without their tones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from pypinyin import lazy_pinyin

from hardware.speech.reading import Part, pieces

COUNTED: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
TENS: Final = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS: Final = (
    {word: str(number) for number, word in enumerate(COUNTED)}
    | {word: str(number * 10) for number, word in enumerate(TENS, 3)}
    | {"oh": "0", "o": "0", "to": "2", "too": "2", "for": "4"}
)
SYLLABLES: Final = {
    "ling": "0",
    "yi": "1",
    "yao": "1",
    "er": "2",
    "liang": "2",
    "san": "3",
    "si": "4",
    "wu": "5",
    "liu": "6",
    "qi": "7",
    "ba": "8",
    "jiu": "9",
    "shi": "十",
}
LETTERS: Final = {"you": "U", "are": "R", "why": "Y", "tea": "T", "see": "C", "0": "O", "oh": "O"}
"""Words that sound as letters do."""
TO, NUMBER_ENDS = "dao", ("hao", "chuang")


def call_right(heard: str, language: str, label: str, window: int) -> Mapping[str, float]:
    """What was right in a call: the letter, the digits after it, the window."""
    letter, digits, number = (_english if language == "en" else _mandarin)(heard)
    return {
        "letter": float(letter == label[0]),
        # A letter taken for a digit (E and 一 sound alike) is the letter's mistake.
        "digits": float(digits.endswith(label[1:]) and len(digits) <= len(label)),
        "window": float(number == window),
    }


def _mandarin(heard: str) -> tuple[str, str, int]:
    """Letter, digits and window as they were heard; a letter between digits counts as wrong."""
    signs = list(_signs(heard))
    turn = len(signs) - 1 - signs[::-1].index(TO) if TO in signs else len(signs)
    before, after = signs[:turn], signs[turn + 1 :]
    letter = next((sign for sign in before if re.fullmatch("[A-Z]", sign)), "")
    start = before.index(letter) + 1 if letter else 0
    spelt = [sign for sign in before[start:] if re.fullmatch("[0-9A-Z十]", sign)]
    ends = next((n for n, sign in enumerate(after) if sign in NUMBER_ENDS), len(after))
    return letter, "".join(spelt), _number("".join(after[:ends]))


def _signs(heard: str) -> Iterator[str]:
    """Digits, capital letters, and every other syllable in pinyin."""
    for run in re.findall(r"[0-9０-９]+|[A-Za-z]|[\u3400-\u9fff]+", heard):
        if run[0].isdigit():
            yield from (str(int(figure)) for figure in run)
        elif run.isascii():
            yield run.upper()
        else:
            yield from (SYLLABLES.get(syllable, syllable) for syllable in lazy_pinyin(run))


def _number(said: str) -> int:
    """23 and 二十三; -1 where it is none."""
    tens, ten, units = said.partition("十")
    if not re.fullmatch("[0-9]*", tens + units) or not said:
        return -1
    return (int(tens or 1) * 10 + int(units or 0)) if ten else int(said)


def _english(heard: str) -> tuple[str, str, int]:
    """Letter, digits and window as they were heard."""
    said = re.sub(r"[,.;:!?-]+", " ", heard.lower())
    before, _please, after = said.partition("please")
    words = before.replace("ticket", " ", 1).split()
    # The ear writes "B 4 7 2", "B472" or "Be 472".
    whole = "".join(WORDS.get(word, word) for word in words[1:])
    first = words[0] if words else ""
    letter, rest = LETTERS.get(first, first[:1].upper()), first[1:]
    window = after.partition("window")[2].split()
    figures = [WORDS.get(word, word) for word in window]
    number = sum(int(each) for each in figures if each.isdigit()) if figures else -1
    return letter, (rest if rest.isdigit() else "") + whole, number


def name_right(heard: str, language: str, said: str) -> Mapping[str, float]:
    """Share of the syllables (Chinese) or words that were heard, in their order."""
    wanted, got = _sounds(said, language), _sounds(heard, language)
    matches = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in matches)
    return {"words": round(same / len(wanted), 3), "whole": float(wanted == got)}


def _sounds(text: str, language: str) -> Sequence[str]:
    if language == "en":
        return re.findall(r"[a-z]+|\d+", text.lower().replace("'", ""))
    han = "".join(piece.text for piece in pieces(text) if piece.part is not Part.PAUSE)
    return lazy_pinyin(han)
