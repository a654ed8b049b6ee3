"""Texts in the languages of a pack, and the error every reader of a pack raises."""

from collections.abc import Mapping

Names = Mapping[str, str]
"""Language tag to text; every language of the pack is present (a test and the loader see to it)."""

Json = None | bool | int | float | str | tuple["Json", ...] | Mapping[str, "Json"]
"""A frozen JSON value: lists are tuples, objects are read-only mappings."""


class PackError(Exception):
    """A pack that cannot be used.

    Attributes:
        file: The file at fault, relative to the pack's directory.
        key: Where in it, as a dotted path ("group.2.names.en"); empty for the whole file.
        sentence: What is wrong, in English, for the person who edits packs.
    """

    def __init__(self, file: str, key: str, sentence: str) -> None:
        super().__init__(f"{file}: {key}: {sentence}" if key else f"{file}: {sentence}")
        self.file = file
        self.key = key
        self.sentence = sentence


def localized(names: Names, language: str) -> str:
    """Picks a text: the language itself, else one that shares its first part, else the first.

    Args:
        names: The texts by language tag; never empty.
        language: A tag as "zh-CN", "zh_CN" or "en".
    """
    wanted = language.replace("_", "-").lower()
    for tag, text in names.items():
        if tag.lower() == wanted:
            return text
    for tag, text in names.items():
        if tag.lower().split("-")[0] == wanted.split("-")[0]:
            return text
    return next(iter(names.values()))
