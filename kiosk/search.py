"""Finding an item by what somebody types: pinyin, its initials, a mix of both, or English words.

Nobody can type a Chinese character on this kiosk, so every name and alias is turned into syllables
once a catalogue (pypinyin reads whole words, so 重度 is zhongdu and 银行 is yinhang). A keystroke
then only compares short strings. What is typed stays in the visit: nothing here keeps or logs it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from kiosk.near import one_mistake_from_start
from queue_server.contract.messages import Catalogue, CatalogueItem

MISTAKE_LETTERS: Final = 5
"""A word of at least so many letters may have one mistake."""
SOUND_LETTERS: Final = 4
"""At least so many letters are compared by sound; fewer are more likely initials."""
MISSED_LETTERS: Final = 2
"""Fewer characters are no question yet."""
FOUND_MAX: Final = 12
"""Nobody turns more leaves than that; another letter is quicker."""
LONG_INITIALS: Final = ("zh", "ch", "sh")
_HAN: Final = re.compile(r"[\u2e80-\u9fff\U00020000-\U0003ffff]")
_UNIT: Final = re.compile(r"[\u2e80-\u9fff\U00020000-\U0003ffff]|[a-z]+|[0-9]+")
_WORD: Final = re.compile(r"[a-z0-9]+")


class Tier(NamedTuple):
    """How well something fits; smaller is better, compared from the left.

    Attributes:
        how: The kind of match, see `WHOLE` and the following.
        where: PLAIN, ALIAS, OFFICIAL or TOPIC.
        start: Units of the name before the match.
        rest: Units of the name after it.
    """

    how: int
    where: int
    start: int
    rest: int


WHOLE, BEGINNING, INSIDE, APART, SOUND, MISTAKE = range(6)
"""The whole name; its beginning; a part of it; words from several names; what sounds like it; what
differs by one letter."""

PLAIN, ALIAS, OFFICIAL, TOPIC = range(4)


@dataclass(frozen=True, slots=True)
class Syllable:
    """One character of a name, or one Latin word or number in it.

    Attributes:
        whole: As it is typed ("zhong", "80").
        shorts: What is typed instead of it ("z", "zh").
        sound: `whole` as many people here say it.
    """

    whole: str
    shorts: tuple[str, ...]
    sound: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name or alias, ready to be compared.

    Attributes:
        where: PLAIN, ALIAS, OFFICIAL or TOPIC: what it is the name of.
        syllables: Of a Chinese name; else empty.
        words: Of any other name; else empty.
    """

    where: int
    syllables: tuple[Syllable, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with everything it is called."""

    item: CatalogueItem
    names: tuple[Name, ...]


Index = tuple[Entry, ...]


class _Kept:
    """The index of the newest catalogue, by identity: the one every state of the kiosk holds."""

    def __init__(self) -> None:
        self._last: tuple[Catalogue | None, Index] = (None, ())

    def index(self, catalogue: Catalogue) -> Index:
        known, found = self._last
        if known is not catalogue:
            found = tuple(_entry(catalogue, item) for item in catalogue.items)
            self._last = (catalogue, found)
        return found


_kept = _Kept()


def prepare(catalogue: Catalogue | None) -> None:
    """Make the index before it is needed: the first one takes about a second."""
    if catalogue is not None:
        _kept.index(catalogue)


def find(catalogue: Catalogue | None, typed: str) -> tuple[CatalogueItem, ...]:
    """Items that what was typed may mean, the likeliest first; none for an empty text.

    Items that fit only by sound or with a mistake are left out where others fit as typed.
    """
    wanted = " ".join(_WORD.findall(typed.casefold()))
    if catalogue is None or not wanted:
        return ()
    return _find(_Query(wanted), _kept.index(catalogue))


def missed(catalogue: Catalogue | None, typed: str) -> bool:
    """Somebody asked for something that the catalogue does not have."""
    asked = len(typed.replace(" ", "")) >= MISSED_LETTERS
    return asked and catalogue is not None and not find(catalogue, typed)


def examples(catalogue: Catalogue | None, language: str, count: int = 2) -> list[tuple[str, str]]:
    """What could be typed, and what it finds: ("lnz", "老年证"). From short names people say."""
    if catalogue is None:
        return []
    made = []
    for item in catalogue.items:
        name = item.plain_name.get(language.replace("_", "-"), "")
        syllables = _syllables(name)
        if 3 <= len(syllables) <= 5 and _HAN.sub("", name) == "":  # noqa: PLR2004 - short names
            made.append(("".join(one.shorts[0] for one in syllables), name))
    step = max(1, len(made) // count)
    return made[::step][:count]


# --- the index -----------------------------------------------------------------------------------


def _entry(catalogue: Catalogue, item: CatalogueItem) -> Entry:
    topics = {topic.topic_id: topic.name for topic in catalogue.topics}
    groups = {group.group_id: group.name for group in catalogue.groups}
    around = [topics.get(one, {}) for one in item.topics] + [groups.get(item.group_id, {})]
    names = [
        *_names(PLAIN, item.plain_name.values()),
        *_names(ALIAS, item.aliases),
        *_names(OFFICIAL, item.name.values()),
        *_names(TOPIC, [name for each in around for name in each.values()]),
    ]
    return Entry(item, tuple(dict.fromkeys(names)))


def _names(where: int, texts: Iterable[str]) -> Iterator[Name]:
    for text in texts:
        if _HAN.search(text):
            yield Name(where, syllables=_syllables(text))
        elif words := tuple(_WORD.findall(text.casefold())):
            yield Name(where, words=words)


@lru_cache(maxsize=4096)
def _syllables(text: str) -> tuple[Syllable, ...]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - half a second, and only for Chinese

    made: list[Syllable] = []
    for clause in re.split(r"[^\w]+", text.casefold()):
        units = _UNIT.findall(clause)
        said = iter(
            lazy_pinyin(
                "".join(units),
                style=Style.NORMAL,
                errors=list,  # type: ignore[arg-type] # a list gives each character its own place
                v_to_u=False,
            )
        )
        for unit in units:
            if _HAN.match(unit):
                made.append(_syllable(next(said)))
            else:
                for _char in unit:
                    next(said)
                made.append(Syllable(unit, (unit[0],), unit))
    return tuple(made)


def _syllable(whole: str) -> Syllable:
    long = tuple(whole[:2] for _ in "1" if whole.startswith(LONG_INITIALS))
    return Syllable(whole, (whole[0], *long), by_sound(whole))


def by_sound(text: str) -> str:
    """A text as it sounds where zh and z, l and n, in and ing are not told apart."""
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n")):
        text = text.replace(one, other)
    return text


# --- comparing -----------------------------------------------------------------------------------


class _Query:
    """What was typed, in the forms it is compared in."""

    def __init__(self, wanted: str) -> None:
        self.words = tuple(wanted.split())
        self.joined = wanted.replace(" ", "")
        # ü is typed as v, u or yu
        self.joined = re.sub(r"([ln])yu", r"\1v", self.joined)
        self.sound = by_sound(self.joined)


def _find(query: _Query, index: Index) -> tuple[CatalogueItem, ...]:
    ranked = [
        (best, number, entry.item)
        for number, entry in enumerate(index)
        if (best := _best(query, entry)) is not None
    ]
    if any(best.how < SOUND for best, _number, _item in ranked):
        ranked = [one for one in ranked if one[0].how < SOUND]
    ranked.sort(key=lambda one: one[:2])
    return tuple(item for _best, _number, item in ranked[:FOUND_MAX])


def _best(query: _Query, entry: Entry) -> Tier | None:
    found = [tier for name in entry.names for tier in _tiers(query, name)]
    if len(query.words) > 1 and not found:
        found.extend(_apart(query.words, entry.names))
    return min(found, default=None)


def _tiers(query: _Query, name: Name) -> Iterator[Tier]:
    if name.words:
        yield from _by_words(query.words, name)
    else:
        yield from _by_syllables(query, name)


def _by_syllables(query: _Query, name: Name) -> Iterator[Tier]:
    syllables = name.syllables
    for start in range(len(syllables)):
        end = _matched(query.joined, syllables, start)
        if end is not None:
            rest = len(syllables) - end
            how = INSIDE if start else BEGINNING if rest else WHOLE
            yield _tier(how, name.where, start, rest)
            return
    if name.where == TOPIC:
        return
    for start in range(len(syllables)):
        rest = len(syllables) - start
        if len(query.joined) >= SOUND_LETTERS and _sounds(query.sound, syllables, start):
            yield Tier(SOUND, name.where, start, rest)
        elif len(query.joined) >= MISTAKE_LETTERS:
            whole = "".join(one.whole for one in syllables[start:])
            if one_mistake_from_start(query.joined, whole):
                yield Tier(MISTAKE, name.where, start, rest)


def _matched(typed: str, syllables: Sequence[Syllable], start: int) -> int | None:
    """Where a match from that syllable ends; the last one may be typed in part. None: no match.

    Each syllable is typed whole or by its initial; all readings are followed at once.
    """
    open_ends = {0}
    for at in range(start, len(syllables)):
        one, after = syllables[at], set()
        for used in open_ends:
            left = typed[used:]
            if one.whole.startswith(left) or (one.whole.replace("v", "u")).startswith(left):
                return at + 1
            for form in (one.whole, one.whole.replace("v", "u"), *one.shorts):
                if left.startswith(form):
                    after.add(used + len(form))
        if not after:
            return None
        open_ends = after
    return None


def _sounds(sound: str, syllables: Sequence[Syllable], start: int) -> bool:
    return "".join(one.sound for one in syllables[start:]).startswith(sound)


def _by_words(wanted: Sequence[str], name: Name) -> Iterator[Tier]:
    places = _places(wanted, name.words)
    if places is None:
        if name.where != TOPIC and _places(wanted, name.words, mistakes=True) is not None:
            yield Tier(MISTAKE, name.where, 0, len(name.words))
        return
    rest = len(name.words) - len(wanted)
    in_order = list(places) == list(range(len(places)))
    if in_order and tuple(wanted) == name.words:
        yield _tier(WHOLE, name.where, 0, 0)
    else:
        yield _tier(BEGINNING if in_order else INSIDE, name.where, min(places), rest)


def _tier(how: int, where: int, start: int, rest: int) -> Tier:
    """What fits only the topic comes after what fits a name."""
    return Tier(max(how, APART) if where == TOPIC else how, where, start, rest)


def _places(
    wanted: Sequence[str], words: Sequence[str], *, mistakes: bool = False
) -> list[int] | None:
    """A word of the name for each word typed, no word twice; None where one has none."""
    places: list[int] = []
    for one in wanted:
        for at, word in enumerate(words):
            if at not in places and _begins(word, one, mistakes=mistakes):
                places.append(at)
                break
        else:
            return None
    return places


def _begins(word: str, typed: str, *, mistakes: bool) -> bool:
    if word.startswith(typed):
        return True
    return mistakes and len(typed) >= MISTAKE_LETTERS and one_mistake_from_start(typed, word)


def _apart(wanted: Sequence[str], names: Sequence[Name]) -> Iterator[Tier]:
    """Every word typed is in some name of the item."""
    pool = list(dict.fromkeys(word for name in names for word in name.words))
    if pool and _places(wanted, pool) is not None:
        yield Tier(APART, PLAIN, 0, 0)
