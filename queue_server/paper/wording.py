"""Sentences that stand on paper and on screens alike, from figures.

The same words everywhere: what the kiosk shows before a number is taken is what the paper says
after it. All take a `Translate`, the catalogue of one language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

MINUTE_S = 60
STEP_MIN = 5
"""Bounds are rounded outward to 5 minutes: a finer figure would claim a precision nobody has."""
SHORT_WAIT_MIN = 5
WIDEST_RANGE_MIN = 60
"""A range wider than this is no help; the paper says so instead (design: honest waits)."""


class Translate(Protocol):
    """The catalogue of one language, as gettext's translations objects are."""

    def gettext(self, message: str, /) -> str:
        """The sentence in this language."""
        ...

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        """The sentence for `n` things; `{n}` may already be filled in."""
        ...


class NoEstimate(Enum):
    """Why no wait can be told."""

    NO_WINDOW = "no_window"
    UNCERTAIN = "uncertain"
    CUT_OFF = "cut_off"


def N_(msgid: str) -> str:  # noqa: N802 - the mark script/messages looks for
    """Mark a sentence for extraction; it is translated where it is used."""
    return msgid


_NO_WAIT = {
    NoEstimate.NO_WINDOW: N_("No estimate is possible now: no window is open for this."),
    NoEstimate.UNCERTAIN: N_("The wait cannot be told now."),
    NoEstimate.CUT_OFF: N_("The wait is not known while the number system is cut off."),
}


@dataclass(frozen=True, slots=True)
class WaitRange:
    """A wait in seconds as predicted at `computed_at` (local time of the hall)."""

    low_s: int
    likely_s: int
    high_s: int
    computed_at: datetime


def rounded_outward(wait: WaitRange) -> tuple[int, int, int]:
    """Low, likely and high in minutes.

    The bounds go outward to multiples of 5; the point is never shaded: to the nearest minute below
    10 minutes, else to the nearest 5.
    """
    low = wait.low_s // (STEP_MIN * MINUTE_S) * STEP_MIN
    high = -(-wait.high_s // (STEP_MIN * MINUTE_S)) * STEP_MIN
    step = 1 if wait.likely_s < 2 * STEP_MIN * MINUTE_S else STEP_MIN
    likely = int(wait.likely_s / (step * MINUTE_S) + 0.5) * step
    return low, likely, high


def wait_sentence(wait: WaitRange | NoEstimate, translate: Translate) -> str:
    """The honest wait in one sentence, without the time it was computed."""
    if isinstance(wait, NoEstimate):
        return translate.gettext(_NO_WAIT[wait])
    low, likely, high = rounded_outward(wait)
    if high - low > WIDEST_RANGE_MIN:
        return translate.gettext("The wait cannot be told now.")
    if wait.likely_s < SHORT_WAIT_MIN * MINUTE_S:
        if high <= SHORT_WAIT_MIN:
            return translate.gettext("Wait: under 5 minutes")
        return translate.gettext("Wait: under 5 minutes, rarely more than {high}").format(high=high)
    sentence = translate.gettext("Wait: about {likely} min, usually {low}–{high}")
    return sentence.format(likely=likely, low=low, high=high)


def appointment_sentence(start: str, translate: Translate) -> str:
    """That a ticket was given to an appointment; `start` is its slot's, "10:00"."""
    return translate.gettext(N_("Appointment at {start}")).format(start=start)


def ahead_sentence(ahead: int, translate: Translate) -> str:
    """How many people are likely to be called before."""
    if ahead == 0:
        return translate.gettext("Nobody is ahead of you")
    return translate.ngettext("{n} person ahead of you", "{n} people ahead of you", ahead).format(
        n=ahead
    )


def computed_sentence(wait: WaitRange, translate: Translate) -> str:
    """When the wait was computed, and that it can change."""
    sentence = translate.gettext("Estimated at {time}; priority visitors may go first.")
    return sentence.format(time=f"{wait.computed_at:%H:%M}")


def windows_sentence(windows: Sequence[str], translate: Translate) -> str:
    """Where the number will be called; `windows` are the numbers on the wall, one or more."""
    separator = translate.gettext(", ")
    if len(windows) == 1:
        return translate.gettext("Window {windows}").format(windows=windows[0])
    return translate.gettext("Windows {windows}").format(windows=separator.join(windows))


def mask_name(name: str) -> str:
    """Hides a name the way halls do: 张*三, 李*, O**** K****.

    Of a Han name the first and last character stay (of two, the first); of other scripts the
    first letter of each word. Dots and spaces stay, so the parts can be told apart.
    """
    words = name.split()
    return " ".join(_masked_word(word) for word in words)


def _masked_word(word: str) -> str:
    short = 2
    if word.isascii() or len(word) <= short:
        return word[:1] + "*" * (len(word) - 1) if len(word) > 1 else "*"
    middle = "".join(char if char in "·.-" else "*" for char in word[1:-1])
    return word[0] + middle + word[-1]
