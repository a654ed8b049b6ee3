"""Languages of the kiosk and the displays: gettext, switched while the program runs.

English msgids are the source; a language is a directory under `assets/locale`. Nothing here is
global: a program makes one `Languages` and hands out `Speech` objects, each of one language.
"""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN: Final = "bianmin"
SOURCE_LANGUAGE: Final = "en"
"""The language the msgids are written in; it needs no catalogue."""

SOURCE_NAME: Final = "English"
FINISHED: Final = frozenset({"zh_CN", "en"})
"""Languages of the product itself. Any other is offered to people once its .po names a reviewer."""
NAME_FIELD: Final = "x-language-name"
REVIEWER_FIELD: Final = "x-reviewer"
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ug", "ur"})
"""Languages written from right to left; a .po says it of another by `X-Direction: rtl`."""


def canonical(code: str) -> str:
    """The form of a language code that directories use: "zh-CN" and "zh_cn" become "zh_CN"."""
    language, _, region = code.replace("-", "_").partition("_")
    return f"{language.lower()}_{region.upper()}" if region else language.lower()


class Speech:
    """One language: translates msgids and picks texts that come in several languages.

    Args:
        code: Canonical.
        translations: Its catalogue.
        header: Fields of its .po, by their names in small letters; a .mo does not keep them.
    """

    def __init__(
        self, code: str, translations: NullTranslations, header: Mapping[str, str] | None = None
    ) -> None:
        self.code = code
        self._translations = translations
        self._header = header or {}

    def _field(self, name: str) -> str:
        return self._header.get(name, "")

    @property
    def own_name(self) -> str:
        """What the language calls itself: the header's X-Language-Name, else its code."""
        named = SOURCE_NAME if self.code == SOURCE_LANGUAGE else self.code
        return self._field(NAME_FIELD) or named

    @property
    def reviewer(self) -> str:
        """Who answers for the translation: the header's X-Reviewer; empty when nobody does."""
        return self._field(REVIEWER_FIELD)

    @property
    def is_ready(self) -> bool:
        """People may be offered it outside of a demo."""
        return self.code in FINISHED or bool(self.reviewer)

    @property
    def rtl(self) -> bool:
        """Written from right to left."""
        short = self.code.partition("_")[0]
        return short in RIGHT_TO_LEFT or self._field("x-direction").lower() == "rtl"

    def gettext(self, msgid: str) -> str:
        """The sentence in this language; a missing translation shows the English one."""
        return self._translations.gettext(msgid)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The sentence for `n` things, with `{n}` filled in."""
        return self._translations.ngettext(one, many, n).replace("{n}", str(n))

    def pick(self, texts: Mapping[str, str]) -> str:
        """The text in this language, else in its language without region, else in any.

        Keys may be written "zh_CN", "zh-CN" or "zh". An empty mapping gives an empty text.
        """
        by_code = {canonical(code): text for code, text in texts.items() if text}
        short = self.code.partition("_")[0]
        for code in (self.code, short):
            if code in by_code:
                return by_code[code]
        for code, text in by_code.items():
            if code.partition("_")[0] == short:
                return text
        return by_code.get(SOURCE_LANGUAGE) or next(iter(by_code.values()), "")


class Languages:
    """All languages a program may speak, loaded once.

    Args:
        codes: Language codes in the order of the language strip; the first is the default.
        locale_dir: Where `<code>/LC_MESSAGES/bianmin.po` lies; the package's own by default.
        demo: Offer also those that nobody has reviewed.

    Attributes:
        codes: What is offered, the default first.
        withheld: What is not, because its .po names no reviewer.
    """

    def __init__(
        self, codes: tuple[str, ...], locale_dir: Path | None = None, *, demo: bool = False
    ) -> None:
        if not codes:
            raise ValueError("at least one language is needed")
        directory = locale_dir or Path(str(files("assets") / "locale"))
        asked = tuple(dict.fromkeys(canonical(code) for code in codes))
        found = {
            code: Speech(code, _load(directory, code), po_header(_po(directory, code)))
            for code in asked
        }
        ready = {code: each for code, each in found.items() if demo or each.is_ready}
        self.withheld = tuple(code for code in asked if code not in ready)
        self._speeches = ready or {SOURCE_LANGUAGE: Speech(SOURCE_LANGUAGE, NullTranslations())}
        self.codes = tuple(self._speeches)

    @property
    def default(self) -> Speech:
        """The first language."""
        return self._speeches[self.codes[0]]

    def speech(self, code: str) -> Speech:
        """The language of that code, or the default one when it is not among ours."""
        return self._speeches.get(canonical(code), self.default)


def _po(directory: Path, code: str) -> Path:
    return directory / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def po_header(po: Path) -> Mapping[str, str]:
    """The header fields of a .po, by their names in small letters; none where there is no file."""
    if not po.exists():
        return {}
    with po.open(encoding="utf-8") as lines:
        head = list(takewhile(str.strip, lines))
    fields = (line.strip().strip('"').removesuffix("\\n").partition(":") for line in head)
    return {name.lower(): value.strip() for name, colon, value in fields if colon}


def _load(directory: Path, code: str) -> NullTranslations:
    """The compiled catalogue; where only the .po is there (a fresh clone) it is compiled here."""
    source = _po(directory, code)
    compiled = source.with_suffix(".mo")
    fresh = compiled.exists() and not (
        source.exists() and source.stat().st_mtime_ns > compiled.stat().st_mtime_ns
    )
    if fresh:
        with compiled.open("rb") as stream:
            return GNUTranslations(stream)
    if not source.exists():
        return NullTranslations()
    return _compile(source)


def _compile(source: Path) -> GNUTranslations:
    """Reads a .po without touching the disk: the installed package may be read-only."""
    from io import BytesIO  # noqa: PLC0415 - only a fresh clone comes here

    with source.open("rb") as stream:
        catalog = read_po(stream, domain=DOMAIN)  # its own header says how it forms plurals
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return GNUTranslations(buffer)
