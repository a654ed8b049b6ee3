"""Sentences in the hall's languages, from the one gettext catalogue.

Languages are BCP 47 tags ("zh-CN", "en"), as packs and messages write them; gettext's directories
use an underscore. English is the source and needs no catalogue. The .po file is read directly, so
that nothing has to be compiled to run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile
from pathlib import Path

from babel.messages.pofile import read_po

DOMAIN = "bianmin"
SOURCE_LANGUAGE = "en"


FINISHED = frozenset({"zh-CN", "en"})
"""Languages of the product itself; any other is offered once its .po names a reviewer."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ug", "ur"})


@dataclass(frozen=True, slots=True)
class About:
    """What the header of a .po says of its language.

    Attributes:
        name: What it calls itself (X-Language-Name), else its code.
        reviewer: Who answers for the translation (X-Reviewer); empty when nobody does.
        rtl: Written from right to left (X-Direction, or known).
    """

    name: str
    reviewer: str
    rtl: bool


@cache
def about(code: str, directory: Path | None = None) -> About:
    """What is known of a language, "zh-CN" or "zh_CN"; nothing but its code without a catalogue."""
    po = _po(directory or _shipped(), code)
    fields: dict[str, str] = {}
    if po.exists():
        with po.open(encoding="utf-8") as lines:
            for line in takewhile(str.strip, lines):
                name, colon, value = line.strip().strip('"').removesuffix("\\n").partition(":")
                if colon:
                    fields[name.lower()] = value.strip()
    tag = code.replace("_", "-")
    rtl = tag.split("-")[0] in RIGHT_TO_LEFT or fields.get("x-direction") == "rtl"
    own = fields.get("x-language-name") or ("English" if tag == SOURCE_LANGUAGE else tag)
    return About(own, fields.get("x-reviewer", ""), rtl)


def is_ready(code: str, directory: Path | None = None) -> bool:
    """Whether people may be offered the language outside of a demo."""
    return code.replace("_", "-") in FINISHED or bool(about(code, directory).reviewer)


def _shipped() -> Path:
    return Path(str(files("assets") / "locale"))


def _po(root: Path, code: str) -> Path:
    return root / code.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"


class Languages:
    """The hall's languages, the default first."""

    def __init__(
        self, codes: Sequence[str], directory: Path | None = None, *, demo: bool = True
    ) -> None:
        """Load the catalogues.

        Args:
            codes: tags, e.g. ("zh-CN", "en").
            directory: where `zh_CN/LC_MESSAGES/bianmin.po` lies; the shipped one by default.
            demo: offer also languages whose .po names no reviewer.

        Raises:
            FileNotFoundError: a language has no catalogue.
        """
        root = directory or _shipped()
        self.codes = tuple(code for code in codes if demo or is_ready(code, root)) or ("en",)
        self._sentences = {code: _read(root, code) for code in self.codes}

    def say(self, language: str, text: str) -> str:
        """The sentence in a language; the English one where it has no translation."""
        return self._sentences.get(language, {}).get(text) or text


def _read(root: Path, code: str) -> Mapping[str, str]:
    if code == SOURCE_LANGUAGE:
        return {}
    with _po(root, code).open("rb") as stream:
        catalogue = read_po(stream, locale=code.replace("-", "_"))
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }
