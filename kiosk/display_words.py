"""Words that both displays use: languages of the hall, what a window is doing, a wait."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from kiosk.lang import Languages, Speech, canonical
from kiosk.ui import sayings
from queue_server.contract.messages import Wait, WindowState
from queue_server.contract.problems import N_
from queue_server.paper.wording import WIDEST_RANGE_MIN, WaitRange, rounded_outward

NONE: Final = "—"
"""Where there is no figure: never a made-up one."""


class Tone(StrEnum):
    """How a window is drawn; each has its own word or sign beside its colour."""

    NEW_CALL = "new-call"
    CALLING = "calling"
    SERVING = "serving"
    FREE = "free"
    PAUSED = "paused"
    CLOSED = "closed"


WORDS: Final[Mapping[Tone, str]] = {
    Tone.NEW_CALL: N_("Please come"),
    Tone.CALLING: N_("Please come"),
    Tone.SERVING: N_("Now serving"),
    Tone.FREE: N_("Free"),
    Tone.PAUSED: N_("Paused"),
    Tone.CLOSED: N_("Closed"),
}
TONES: Final[Mapping[WindowState, Tone]] = {
    WindowState.CALLING: Tone.CALLING,
    WindowState.SERVING: Tone.SERVING,
    WindowState.OPEN: Tone.FREE,
    WindowState.PAUSED: Tone.PAUSED,
    WindowState.CLOSED: Tone.CLOSED,
}


def speeches(languages: Languages, spoken: Iterable[str]) -> tuple[Speech, ...]:
    """Our languages that the hall speaks, in our order; the hall's first one where it has none.

    Args:
        languages: Those this display may use.
        spoken: Codes that the hall's texts come in.
    """
    halls = tuple(dict.fromkeys(canonical(code) for code in spoken))
    common = tuple(languages.speech(code) for code in languages.codes if code in halls)
    return common or (_alone(halls[0]),)


@cache
def _alone(code: str) -> Speech:
    """A hall's language that this display was not told of."""
    return Languages((code,)).default


def each(said: tuple[Speech, ...], msgid: str, **parts: str) -> tuple[str, ...]:
    """A sentence in each language, equal ones once."""
    return tuple(dict.fromkeys(speech.gettext(msgid).format(**parts) for speech in said))


def picked(said: tuple[Speech, ...], texts: Mapping[str, str]) -> tuple[str, ...]:
    """A text that comes in several languages in each of ours, equal ones once."""
    return tuple(dict.fromkeys(text for speech in said if (text := speech.pick(texts))))


def tone_of(state: WindowState, *, new: bool) -> Tone:
    """How a window in that state is drawn."""
    tone = TONES[state]
    return Tone.NEW_CALL if new and tone is Tone.CALLING else tone


def wait_words(wait: Wait | None, speech: Speech) -> str:
    """The wait in two words; a dash where there is none, or none that would be of use."""
    if wait is None:
        return NONE
    span = WaitRange(wait.low_s, wait.likely_s, wait.high_s, wait.computed_at)
    low, _likely, high = rounded_outward(span)
    if high - low > WIDEST_RANGE_MIN:
        return NONE
    return sayings.short_wait(wait, speech)
