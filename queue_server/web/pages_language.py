"""Which language a page is shown in: the link the person touched, else what the browser asks for.

Languages are tags as the pack writes them ("zh-CN", "en"); "zh_CN", as gettext folders write it,
means the same.
"""

from collections.abc import Sequence
from typing import Final

from queue_server.languages import about

COOKIE: Final = "lang"
COOKIE_MAX_AGE_S: Final = 365 * 86_400


def html_code(language: str) -> str:
    """The language as HTML and browsers write it: "zh_CN" is "zh-CN" (RFC 5646)."""
    return language.replace("_", "-")


def native_name(language: str) -> str:
    """What the link to this language says."""
    return about(language).name


def html_dir(language: str) -> str:
    """The direction of its lines, as HTML writes it."""
    return "rtl" if about(language).rtl else "ltr"


def choose(languages: Sequence[str], cookie: str | None, accept: str | None) -> str:
    """The hall's language that suits the asker best.

    Args:
        languages: What the hall offers, the default first; not empty.
        cookie: What a language link stored, if anything.
        accept: The `Accept-Language` header (RFC 9110, section 12.5.4), if any.

    Returns:
        One of `languages`; the first when nothing fits.
    """
    if cookie in languages and cookie is not None:
        return cookie
    for wanted in _ranked(accept or ""):
        for language in languages:
            if html_code(language).lower() == wanted:
                return language
        for language in languages:
            if html_code(language).lower().split("-")[0] == wanted.split("-")[0]:
                return language
    return languages[0]


def _ranked(accept: str) -> list[str]:
    """Language ranges by falling weight; what cannot be read or has weight 0 is left out."""
    ranked: list[tuple[float, str]] = []
    for part in accept.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            ranked.append((weight, tag.strip().lower()))
    return [tag for _, tag in sorted(ranked, key=lambda pair: -pair[0])]


def local_path(candidate: str | None, fallback: str) -> str:
    """A place on this server to go on to; anything that could lead elsewhere is the fallback.

    "//host" is another site to a browser, and so it is with a backslash for the second slash;
    control characters are dropped by it before it looks, so only plain visible ASCII passes.
    """
    if not candidate or not candidate.startswith("/") or candidate.startswith("//"):
        return fallback
    if "\\" in candidate or not candidate.isascii() or not candidate.isprintable():
        return fallback
    return candidate
