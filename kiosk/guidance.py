"""Guidance by voice and keypad: where somebody is on a page, and what a key does there. Pure.

A page is known as the list of its parts, in reading order, as the UI read them off what it has
drawn (`kiosk.ui.focus`); so every page can be heard and worked, whoever built it. The focus is on
one part, or at the head of the page, where it begins: a key that is pressed twice can choose
nothing on a page that has not been walked through.
"""

from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Final, Protocol

from hardware.roles_voice import GuideKey
from kiosk.signals import Kind

HEAD: Final = -1
"""Before the first part."""
HAN: Final = 0x2E80
"""From here on a character is a syllable (Unicode's first block of East Asian signs)."""
HAN_SIGNS: Final = 3
"""A syllable takes as long as three letters."""


class Place(StrEnum):
    """Which layer of the screen a part belongs to."""

    WARNING = auto()
    """Lies over everything: the page is about to close."""
    SHEET = auto()
    """Lies over the page, which cannot be reached meanwhile."""
    PAGE = auto()
    FOOT = auto()
    HEAD = auto()


class Role(StrEnum):
    """What a part is."""

    TITLE = auto()
    NOTE = auto()
    """A warning, a fault, or something else that must not be missed."""
    TEXT = auto()
    TOUCH = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """One stop on the way through a page.

    Attributes:
        texts: What stands on it, in reading order.
        role: What it is.
        place: Where it belongs.
        kind: Of something to touch; None for what can only be read.
        value: Of something to touch.
        chosen: It is the one that holds now.
    """

    texts: tuple[str, ...]
    role: Role
    place: Place = Place.PAGE
    kind: Kind | None = None
    value: str = ""
    chosen: bool = False

    @property
    def signs(self) -> int:
        """How long it takes to say, counted in Latin letters."""
        return sum(HAN_SIGNS if ord(sign) >= HAN else 1 for text in self.texts for sign in text)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the screen.

    Attributes:
        number: Counts what was read; a part is named by this and its index.
        serial: `Session.serial` of its screen.
        language: Of its texts.
        parts: In reading order.
    """

    number: int
    serial: int
    language: str
    parts: tuple[Part, ...]

    def choices(self) -> tuple[int, ...]:
        """The parts to touch of the page itself, or of the sheet over it, by index."""
        return tuple(
            index
            for index, part in enumerate(self.parts)
            if part.role is Role.TOUCH and part.place is self.front
        )

    @property
    def front(self) -> Place:
        """What people have before them: the page, or a sheet that lies over it."""
        is_covered = any(part.place is Place.SHEET for part in self.parts)
        return Place.SHEET if is_covered else Place.PAGE

    def warned(self) -> bool:
        """The warning before a time-out lies over it."""
        return any(part.place is Place.WARNING for part in self.parts)


@dataclass(frozen=True, slots=True)
class Bit:
    """One sentence, as it is said and as its caption reads.

    Attributes:
        text: In words.
        language: Which language they are.
        clips: Ids of the phrase bank that say the same; empty: only the words are there.
    """

    text: str
    language: str
    clips: tuple[str, ...] = ()


Utterance = tuple[Bit, ...]


class Words(Protocol):
    """What is said of what (`kiosk.guidance_words`)."""

    def greeting(self, page: Page) -> Utterance:
        """How the keys work, or how touching works."""
        ...

    def entry(self, page: Page) -> Utterance:
        """A page that has just come."""
        ...

    def part(self, page: Page, index: int) -> Utterance:
        """One part, and how it stands."""
        ...

    def warning(self, page: Page) -> Utterance:
        """The page is about to close."""
        ...

    def serving(self, page: Page) -> Utterance:
        """The numbers that are being served."""
        ...

    def hint(self, page: Page, what: "Hint") -> Utterance:
        """Why a key did nothing, or what it did."""
        ...


class Hint(StrEnum):
    """What is said of a key itself."""

    NOTHING_CHOSEN = auto()
    NO_WAY = auto()
    NO_SUCH_CHOICE = auto()
    LOUDER = auto()
    SOFTER = auto()
    LOUDEST = auto()
    SOFTEST = auto()
    MORE_TIME = auto()


@dataclass(frozen=True, slots=True)
class Pilot:
    """Where somebody is.

    Attributes:
        page: What was read last; None before anything was.
        at: The part in focus, or `HEAD`.
        said: What was said last, for the repeat key.
        greeted: They know how it works.
        reads: Texts are stops too; without a voice only what can be touched is.
        acted: They chose something on this page, which may have changed a part of it.
    """

    page: Page | None = None
    at: int = HEAD
    said: Utterance = ()
    greeted: bool = False
    reads: bool = True
    acted: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What comes of a key or a page.

    Attributes:
        say: To be said now, in place of anything else; empty: nothing new.
        press: The part to be touched, by index.
        tap: What to ask of the flow, where it offers it.
    """

    say: Utterance = ()
    press: int | None = None
    tap: Kind | None = None


SHORT_SIGNS: Final = 240
"""So much is read out without being asked: some twenty seconds."""

_WAYS: Final = {GuideKey.BACK: Kind.BACK, GuideKey.HOME: Kind.HOME, GuideKey.HELP: Kind.HELP}
_STEPS: Final = {GuideKey.DOWN: 1, GuideKey.UP: -1}
_DIGITS: Final = {GuideKey(str(digit)): digit for digit in range(10)}


def turned(pilot: Pilot, page: Page, words: Words) -> tuple[Pilot, Act]:
    """The UI has drawn something: a new screen, or the same one with something changed."""
    old = pilot.page
    if old is None or (old.serial, old.language) != (page.serial, page.language):
        said = words.entry(page)
        if page.warned():
            said = (*words.warning(page), *said)
        if not pilot.greeted:
            said = (*words.greeting(page), *said)
        fresh = replace(pilot, page=page, at=HEAD, said=said, greeted=True, acted=False)
        return fresh, Act(say=said)
    kept = replace(pilot, page=page, at=_found_again(pilot, page))
    if page.warned() and not old.warned():
        return kept, Act(say=words.warning(page))
    known = {part.texts for part in old.parts}
    new = [
        index
        for index, part in enumerate(page.parts)
        if part.texts not in known and part.place is page.front
    ]
    if pilot.acted and new:
        said = _those(page, new, words)
        return replace(kept, at=new[0], said=said, acted=False), Act(say=said)
    notes = [index for index in new if page.parts[index].role is Role.NOTE]
    if notes:
        said = tuple(bit for index in notes for bit in words.part(page, index))
        return replace(kept, said=said), Act(say=said)
    return kept, Act()


def _those(page: Page, new: list[int], words: Words) -> Utterance:
    """Everything that is new, where it is not too much; else its beginning."""
    if sum(page.parts[index].signs for index in new) > SHORT_SIGNS:
        new = new[:1]
    return tuple(bit for index in new for bit in words.part(page, index))


def _found_again(pilot: Pilot, page: Page) -> int:
    """The part that was in focus, on the page as it is now."""
    if pilot.page is None or pilot.at == HEAD:
        return HEAD
    was = pilot.page.parts[pilot.at]
    for same in (
        lambda part: part == was,
        lambda part: part.kind is not None and (part.kind, part.value) == (was.kind, was.value),
    ):
        found = [index for index, part in enumerate(page.parts) if same(part)]
        if found:
            return min(found, key=lambda index: abs(index - pilot.at))
    return min(pilot.at, len(page.parts) - 1)


def key(pilot: Pilot, pressed: GuideKey, words: Words) -> tuple[Pilot, Act]:
    """A key of the keypad; loudness is none of the page's business and comes elsewhere."""
    page = pilot.page
    if page is None:
        return pilot, Act()
    if page.warned():
        return pilot, Act(say=words.hint(page, Hint.MORE_TIME), tap=Kind.STAY)
    return _key(pilot, page, pressed, words)


def _key(pilot: Pilot, page: Page, pressed: GuideKey, words: Words) -> tuple[Pilot, Act]:
    if pressed in _STEPS:
        return _walk(pilot, page, _STEPS[pressed], words)
    if pressed in _DIGITS:
        return _jump(pilot, page, _DIGITS[pressed], words)
    if pressed in _WAYS:
        return pilot, Act(tap=_WAYS[pressed])
    if pressed is GuideKey.SELECT:
        return _choose(pilot, page, words)
    return _tell(pilot, page, pressed, words)


def no_way(pilot: Pilot, pressed: GuideKey, words: Words) -> tuple[Pilot, Act]:
    """The flow does not offer here what a key asked for."""
    page = pilot.page
    if page is None:
        return pilot, Act()
    if pressed is GuideKey.HELP:
        said = words.greeting(page)
    elif pressed is GuideKey.HOME:
        return _to(pilot, page, HEAD, words)
    else:
        said = words.hint(page, Hint.NO_WAY)
    return replace(pilot, said=said), Act(say=said, tap=Kind.STAY)


def touched(pilot: Pilot, index: int, words: Words) -> tuple[Pilot, Act]:
    """A finger on a part that is not in focus: it is told, and chosen by the next touch."""
    if pilot.page is None or index >= len(pilot.page.parts):
        return pilot, Act()
    return _to(pilot, pilot.page, index, words)


def _tell(pilot: Pilot, page: Page, pressed: GuideKey, words: Words) -> tuple[Pilot, Act]:
    """Keys that only ask: what was said, who is being served; any other explains the keys."""
    match pressed:
        case GuideKey.REPEAT:
            said = pilot.said or words.entry(page)
        case GuideKey.NOW_SERVING:
            said = words.serving(page)
        case _:
            said = words.greeting(page)
    return replace(pilot, said=said), Act(say=said, tap=Kind.STAY)


def _walk(pilot: Pilot, page: Page, by: int, words: Words) -> tuple[Pilot, Act]:
    """To the next stop; past the last one is the head of the page again."""
    covered = page.front is Place.SHEET
    stops = [HEAD] + [
        index
        for index, part in enumerate(page.parts)
        if (pilot.reads or part.role is Role.TOUCH) and (not covered or part.place is page.front)
    ]
    here = stops.index(pilot.at) if pilot.at in stops else 0
    return _to(pilot, page, stops[(here + by) % len(stops)], words)


def _jump(pilot: Pilot, page: Page, digit: int, words: Words) -> tuple[Pilot, Act]:
    """To the choice of that number; 0 is the head of the page."""
    choices = page.choices()
    if digit > len(choices):
        said = words.hint(page, Hint.NO_SUCH_CHOICE)
        return replace(pilot, said=said), Act(say=said, tap=Kind.STAY)
    return _to(pilot, page, choices[digit - 1] if digit else HEAD, words)


def _to(pilot: Pilot, page: Page, index: int, words: Words) -> tuple[Pilot, Act]:
    said = words.entry(page) if index == HEAD else words.part(page, index)
    return replace(pilot, at=index, said=said), Act(say=said, tap=Kind.STAY)


def _choose(pilot: Pilot, page: Page, words: Words) -> tuple[Pilot, Act]:
    """Touch what is in focus; where nothing to touch is, say so."""
    if pilot.at == HEAD or page.parts[pilot.at].role is not Role.TOUCH:
        said = words.hint(page, Hint.NOTHING_CHOSEN)
        return replace(pilot, said=said), Act(say=said, tap=Kind.STAY)
    return replace(pilot, acted=True), Act(press=pilot.at)
