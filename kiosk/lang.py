"""Languages of the kiosk and the displays: gettext, switched while the program runs.

English msgids are the source; a language is a directory under `assets/locale`. Nothing here is
global: a program makes one `Languages` and hands out `Speech` objects, each of one language.
"""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN: Final = "bianmin"
SOURCE_LANGUAGE: Final = "en"
"""The language the msgids are written in; it needs no catalogue."""

OWN_NAMES: Final[Mapping[str, str]] = {"zh_CN": "中文", "en": "English"}
"""How a language calls itself on the language strip; others show their code."""


def canonical(code: str) -> str:
    """The form of a language code that directories use: "zh-CN" and "zh_cn" become "zh_CN"."""
    language, _, region = code.replace("-", "_").partition("_")
    return f"{language.lower()}_{region.upper()}" if region else language.lower()


class Speech:
    """One language: translates msgids and picks texts that come in several languages."""

    def __init__(self, code: str, translations: NullTranslations) -> None:
        self.code = code
        self._translations = translations

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return OWN_NAMES.get(self.code, self.code)

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
    """

    def __init__(self, codes: tuple[str, ...], locale_dir: Path | None = None) -> None:
        if not codes:
            raise ValueError("at least one language is needed")
        directory = locale_dir or Path(str(files("assets") / "locale"))
        self.codes = tuple(dict.fromkeys(canonical(code) for code in codes))
        self._speeches = {code: Speech(code, _load(directory, code)) for code in self.codes}

    @property
    def default(self) -> Speech:
        """The first language."""
        return self._speeches[self.codes[0]]

    def speech(self, code: str) -> Speech:
        """The language of that code, or the default one when it is not among ours."""
        return self._speeches.get(canonical(code), self.default)


def _load(directory: Path, code: str) -> NullTranslations:
    """The compiled catalogue; where only the .po is there (a fresh clone) it is compiled here."""
    folder = directory / code / "LC_MESSAGES"
    compiled, source = folder / f"{DOMAIN}.mo", folder / f"{DOMAIN}.po"
    fresh = compiled.exists() and not (
        source.exists() and source.stat().st_mtime_ns > compiled.stat().st_mtime_ns
    )
    if fresh:
        with compiled.open("rb") as stream:
            return GNUTranslations(stream)
    if not source.exists():
        return NullTranslations()
    return _compile(source, code)


def _compile(source: Path, code: str) -> GNUTranslations:
    """Reads a .po without touching the disk: the installed package may be read-only."""
    from io import BytesIO  # noqa: PLC0415 - only a fresh clone comes here

    with source.open("rb") as stream:
        catalog = read_po(stream, locale=code, domain=DOMAIN)
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return GNUTranslations(buffer)
