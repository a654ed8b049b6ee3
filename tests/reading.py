"""What somebody who cannot see hears of a page that is drawn, and what they would miss.

Used by `tests.kiosk_gallery`, whose report has it for every page, language and size.
"""

from dataclasses import asdict, replace
from typing import Any

from kiosk.call_words import SpokenWords
from kiosk.guidance import Page, Place, Role
from kiosk.guidance_words import PRIVACY, GuidanceWords
from kiosk.lang import Languages
from kiosk.shown import Guided
from kiosk.ui.theme import Theme
from kiosk.visit import Session, Voice

CODES = ("zh_CN", "en")
LANGUAGES = Languages(CODES)
SPOKEN = SpokenWords()


def reading(root: Any, session: Session, theme: Theme) -> dict[str, Any]:
    """The parts of a page in reading order, and what is said on entering and of each of them."""
    from kiosk.ui import focus  # noqa: PLC0415 - after Kivy is configured
    from kiosk.ui.widgets import Text  # noqa: PLC0415 - likewise

    title_px = theme.suited(session.comfort).title_px
    parts = tuple(stop.part for stop in focus.stops(root, session, title_px))
    page = Page(1, session.serial, session.language, parts)
    words = words_for(replace(session, voice=Voice.PRIVATE))
    return {
        "parts": [asdict(part) for part in parts],
        "captions": [
            inner.words
            for part in root.children
            if getattr(part, "is_aside", False)
            for inner in part.walk(restrict=True)
            if isinstance(inner, Text)
        ],
        "entry": [bit.text for bit in words.entry(page)],
        "said": [[bit.text for bit in words.part(page, n)] for n in range(len(parts))],
    }


def words_for(session: Session) -> GuidanceWords:
    return GuidanceWords(LANGUAGES, SPOKEN, lambda: session)


def example(page: Page, session: Session) -> Guided:
    """A focus in the middle of a page, and the longest caption that it may have."""
    words = words_for(session)
    every = [*words.greeting(page), *words.entry(page)]
    longest = max((bit.text for bit in every), key=len)
    here = page.choices()
    return Guided(page.number, here[len(here) // 2] if here else 0, longest)


def missed(page: dict[str, Any], language: str) -> list[str]:
    """What is on a page of the gallery's report and cannot be heard or reached."""
    heard = page["reading"]
    texts = {text for part in heard["parts"] for text in part["texts"]} | {*heard["captions"]}
    found = [text["text"] for text in page["look"]["texts"] if text["text"] not in texts]
    stops = [(part["kind"], part["value"]) for part in heard["parts"] if part["kind"]]
    found += [
        f"no stop: {touch['text']}"
        for touch in page["look"]["touch"]
        if (touch["kind"], touch["value"]) not in stops
    ]
    found += [f"nothing to say: {part}" for part in heard["parts"] if not "".join(part["texts"])]
    if not heard["entry"]:
        found.append("it comes in silence")
    found += [
        f"not said on entering: {text}"
        for text in _musts(heard["parts"], language)
        if text not in heard["entry"]
    ]
    return found


def _musts(parts: list[dict[str, Any]], language: str) -> list[str]:
    """Titles, notes and the privacy notice are never left to be found."""
    privacy = LANGUAGES.speech(language).gettext(PRIVACY)
    front = Place.SHEET if any(part["place"] == Place.SHEET for part in parts) else Place.PAGE
    here = [part for part in parts if part["place"] == front]
    musts = [
        text for part in here if part["role"] in {Role.TITLE, Role.NOTE} for text in part["texts"]
    ]
    return musts + [text for part in here for text in part["texts"] if text == privacy]
