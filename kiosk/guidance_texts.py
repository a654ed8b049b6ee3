"""Every sentence that this program may show, and which of them nobody recorded.

Read off the source itself, which lies beside us wherever the program is installed: a list that
nobody has to keep. A sentence with places to fill in can only be spoken when they are filled.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hardware.errors import HardwareError
from hardware.speech.bank import open_bank
from hardware.speech.reading import pieces
from kiosk.lang import Languages, Speech

SHOWN_BY: Final = (
    "kiosk",
    "hardware.sentences",
    "queue_server.contract.problems",
    "queue_server.paper",
)
"""Packages and modules whose sentences a kiosk shows."""
CALLS: Final[Mapping[str, int]] = MappingProxyType({"_": 1, "N_": 2, "gettext": 1, "ngettext": 2})
"""Marks of a sentence, and how many of their arguments may be one."""


@dataclass(frozen=True, slots=True, order=True)
class MissingPhrase:
    """A sentence that nobody recorded in a language.

    Attributes:
        text: In that language; still with its `{places}`.
        spoken: The voice at run time says it; False: it is not heard at all.
    """

    text: str
    spoken: bool


@cache
def sentences() -> tuple[tuple[str, ...], ...]:
    """All msgids, each as (one,) or (one, many), in the order they are found."""
    found: dict[tuple[str, ...], None] = {}
    for name in SHOWN_BY:
        for file in _files(name):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and (msgids := _msgids(node)):
                    found[msgids] = None
    return tuple(found)


def _files(name: str) -> Iterator[Path]:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    if spec.submodule_search_locations is None:
        yield origin
    else:
        yield from sorted(origin.parent.rglob("*.py"))


def _msgids(call: ast.Call) -> tuple[str, ...]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [
        arg.value
        for arg in call.args[: CALLS.get(name, 0)]
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]
    return tuple(given)


def spoken_texts(languages: Languages) -> list[tuple[str, str]]:
    """Every sentence that has no places to fill in, with its language: to be spoken ahead."""
    return [
        (text, code)
        for code in languages.codes
        for text in _texts(languages.speech(code))
        if "{" not in text
    ]


def missing_phrases(
    language: str, languages: Languages, own: Iterable[Path] = ()
) -> tuple[MissingPhrase, ...]:
    """What the phrase bank of a language lacks of this program's sentences.

    Args:
        language: Its code.
        languages: Knows its translations.
        own: Folders of the hall's own sounds.
    """
    try:
        bank = open_bank(language, *own)
    except HardwareError:
        known = frozenset[str]()
    else:
        known = frozenset(phrase.text for phrase in bank.phrases.values())
    texts = _texts(languages.speech(language))
    return tuple(sorted(MissingPhrase(text, _sayable(text, language)) for text in texts - known))


def _texts(speech: Speech) -> set[str]:
    return {
        text
        for msgids in sentences()
        for text in ((speech.gettext(msgids[0]),) if len(msgids) == 1 else _forms(speech, msgids))
        if any(sign.isalnum() for sign in text)
    }


def _forms(speech: Speech, msgids: tuple[str, ...]) -> Iterator[str]:
    """Both forms of a sentence about things that are counted, with their place still open."""
    for n in (1, 2):
        yield speech.ngettext(msgids[0], msgids[1], n).replace(str(n), "{n}")


def _sayable(text: str, language: str) -> bool:
    """Whether there is anything in it that a voice can say."""
    if language.partition("_")[0] == "zh":
        return bool(pieces(text))
    return any(sign.isalnum() for sign in text)
