"""How a text is pronounced, in the signs of the neural voice."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

OUR_WORDS: Final[Mapping[str, str]] = {
    "a": "ɐ",
    "close": "klˈOz",
    "hukou": "hˌukˈO",
    "id": "ˌIdˈi",
    "m³": "kjˈubɪk mˈiTəɹz",
    "newborn": "nˈubˌɔɹn",
    "orphans": "ˈɔɹfənz",
    "30": "θˈɜɹɾi",
    "80": "ˈATi",
}
"""What the dictionary lacks, or says otherwise than we mean it."""
ENGLISH_LETTERS: Final[Mapping[str, str]] = {"C": "sˈiː"}
"""In the English voice the ear heard "say" for a short one; in the Chinese one 四一 for this."""
PAUSES: Final = str.maketrans(dict.fromkeys("·（）()", "，"))
SOUNDS_LIKE: Final[Mapping[str, str]] = {"供养": "公养"}
"""Words that the dictionary reads with another tone."""


def pronounced(text: str, language: str) -> str:
    """Phonemes of a text. SystemExit names a word that nobody knows."""
    if language == "zh_CN":
        for written, said in SOUNDS_LIKE.items():
            text = text.replace(written, said)
        return _mandarin(text.translate(PAUSES)).rstrip(",.")
    if text in ENGLISH_LETTERS:
        return ENGLISH_LETTERS[text]
    words = re.findall(r"[\w'³]+|[.,:?!]", text.translate(PAUSES).replace("，", ", "))
    spoken = " ".join(word if word in ".,:?!" else _english(word) for word in words)
    return re.sub(r" ([.,:?!])", r"\1", spoken).rstrip(".,: ")


def _mandarin(text: str) -> str:
    """Characters by misaki; Latin letters by their English names, which is how people say them."""
    letters = re.split(r"([A-Z])", text)
    return "".join(
        _english(part) if re.fullmatch("[A-Z]", part) else _hanzi(part) for part in letters if part
    )


def _hanzi(text: str) -> str:
    # An ordinal 一 keeps its first tone, whatever follows.
    parts = re.split(r"(?<![十〇])(一)(?=号|$)", text)
    return "".join("i→" if part == "一" else str(_g2p()(part)[0]) for part in parts if part)


@cache
def _g2p() -> object:
    from misaki.zh import ZHG2P  # noqa: PLC0415 - half a second, only where it is wanted

    return ZHG2P()


def _english(word: str) -> str:
    # A letter that stands alone is one: "A" is spelt, "a" is said.
    own = word if word == "a" or len(word) > 1 else ""
    if own.lower() in OUR_WORDS:
        return OUR_WORDS[own.lower()]
    for form in (word, word.lower(), word.capitalize()):
        for table in _tables():
            if form in table:
                found = table[form]
                return found if isinstance(found, str) else str(found["DEFAULT"])
    if word.endswith(("'", "'s", "s'")):
        return _english(word.strip("'"))
    raise SystemExit(f"Nobody knows how {word!r} is said: add it to OUR_WORDS.")


@cache
def _tables() -> tuple[dict[str, str | dict[str, str]], ...]:
    folder = files("misaki") / "data"
    return tuple(
        json.loads((folder / f"us_{name}.json").read_text("utf-8")) for name in ("gold", "silver")
    )
