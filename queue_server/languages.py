"""Sentences in the hall's languages, from the one gettext catalogue.

Languages are BCP 47 tags ("zh-CN", "en"), as packs and messages write them; gettext's directories
use an underscore. English is the source and needs no catalogue. The .po file is read directly, so
that nothing has to be compiled to run.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from babel.messages.pofile import read_po

DOMAIN = "bianmin"
SOURCE_LANGUAGE = "en"


class Languages:
    """The hall's languages, the default first."""

    def __init__(self, codes: Sequence[str], directory: Path | None = None) -> None:
        """Load the catalogues.

        Args:
            codes: tags, e.g. ("zh-CN", "en").
            directory: where `zh_CN/LC_MESSAGES/bianmin.po` lies; the shipped one by default.

        Raises:
            FileNotFoundError: a language has no catalogue.
        """
        root = directory or Path(str(files("assets") / "locale"))
        self.codes = tuple(codes)
        self._sentences = {code: _read(root, code) for code in self.codes}

    def say(self, language: str, text: str) -> str:
        """The sentence in a language; the English one where it has no translation."""
        return self._sentences.get(language, {}).get(text) or text


def _read(root: Path, code: str) -> Mapping[str, str]:
    if code == SOURCE_LANGUAGE:
        return {}
    with (root / code.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=code.replace("-", "_"))
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }
