"""Which clips make a sentence, in any language. Pure.

A language's `bank.toml` says in which order things are said; a number, a window or a label in it
becomes one clip where the bank has it whole ("window-3") and its parts where it has not.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WHOLE_MAX: Final = 99
"""Larger numbers are read digit by digit, as people do with the numbers of rooms."""
TEN: Final = 10


class Sentence(StrEnum):
    """A key of `[sentences]` in `bank.toml`."""

    CALL = "call"
    """Ticket `label`, please go to `window`."""
    RECALL = "recall"
    """The same, once more."""
    ISSUED = "issued"
    """Your number is `label`."""
    AHEAD = "ahead"
    """`count` people are before you."""
    SERVING = "serving"
    """`window` is serving `label`."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language puts its sentences together.

    Attributes:
        sentences: Phrase ids and slots (`{label}`, `{window}`, `{count}`) in the order of speech.
        window: What a window is made of where it is not there whole: ids and `{number}`.
        readings: Digit → phrase id, by the name of the reading, for digits not read `digit-N`.
        reading: The reading used where the hall has set none.
    """

    sentences: Mapping[str, tuple[str, ...]]
    window: tuple[str, ...]
    readings: Mapping[str, Mapping[str, str]]
    reading: str

    def slots_missing(self) -> tuple[str, ...]:
        """Names of sentences that this language does not have."""
        return tuple(name for name in Sentence if name not in self.sentences)


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence is about; a slot that the sentence lacks is not said.

    Attributes:
        label: What stands on the paper ("A012"): letters and digits, anything else is silent.
        window: The number people see over the window ("3", "12", "B2").
        count: How many people, 0 or more.
    """

    label: str = ""
    window: str = ""
    count: int = 0


def clips(
    wording: Wording, known: Container[str], sentence: Sentence, said: Said, reading: str = ""
) -> tuple[str, ...]:
    """The phrase ids of a sentence, in the order they are played.

    An id that no bank has may be among them: whoever plays decides what to do without it.

    Args:
        wording: Of the language.
        known: The ids its bank has; whole numbers and windows are taken from here.
        sentence: Which sentence.
        said: What it is about.
        reading: How digits of a label are read ("yao", "plain"); empty or unknown: the usual way.
    """
    digits = wording.readings.get(reading or wording.reading, {})
    found: list[str] = []
    for step in wording.sentences.get(sentence, ()):
        match step:
            case "{label}":
                found.extend(spelt(said.label, digits))
            case "{window}":
                found.extend(_window(wording, known, said.window))
            case "{number}":
                found.extend(_window_number(known, said.window))
            case "{count}":
                found.extend(_number(known, said.count, "count"))
            case _:
                found.append(step)
    return tuple(found)


def spelt(text: str, digits: Mapping[str, str]) -> Iterator[str]:
    """One id for each ASCII letter and digit; everything else is left out.

    Args:
        text: A label.
        digits: Digits that are not read `digit-N`.
    """
    for character in text.upper():
        if character in "0123456789":
            yield digits.get(character, f"digit-{character}")
        elif "A" <= character <= "Z":
            yield f"letter-{character.lower()}"


def _window(wording: Wording, known: Container[str], window: str) -> Iterator[str]:
    whole = f"window-{window.lower()}"
    if whole in known:
        yield whole
        return
    for step in wording.window:
        if step == "{number}":
            yield from _window_number(known, window)
        else:
            yield step


def _window_number(known: Container[str], window: str) -> Sequence[str]:
    if window.isascii() and window.isdigit() and not window.startswith("0"):
        return _number(known, int(window), "number")
    return tuple(spelt(window, {}))


def _number(known: Container[str], number: int, kind: str) -> tuple[str, ...]:
    """A number as people say it: whole, tens and unit, or digit by digit."""
    for whole in (f"{kind}-{number}", f"number-{number}"):
        if whole in known:
            return (whole,)
    tens, unit = number - number % TEN, number % TEN
    if TEN < number <= WHOLE_MAX and unit:
        return (f"number-{tens}", f"number-{unit}")
    return tuple(f"digit-{digit}" for digit in str(number))
