"""What a search for an item compares with: names, aliases, pinyin and pinyin initials."""

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

_SEPARATORS = re.compile(r"[\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]{2,}")


def search_form(text: str) -> str:
    """Folds what somebody typed or what an item is called: lower case, no spaces or punctuation."""
    return _SEPARATORS.sub("", text.casefold())


def search_keys(texts: Iterable[str]) -> tuple[str, ...]:
    """Makes the keys of an item from its names and aliases.

    For a text with Han these are the text, its pinyin ("yanglao") and its initials ("yl"); for
    others the text and its words. A search matches when the folded input is part of a key.

    Returns:
        Folded keys without repeats, in the order of the texts.
    """
    keys: dict[str, None] = {}
    for text in texts:
        folded = search_form(text)
        keys[folded] = None
        if folded.isascii():
            keys.update(dict.fromkeys(_ASCII_WORD.findall(text.casefold())))
        else:
            keys["".join(lazy_pinyin(folded))] = None
            keys["".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))] = None
    keys.pop("", None)
    return tuple(keys)
