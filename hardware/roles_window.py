"""What stands at a window: its call display, the clerk's pad, the rater.

What is to be shown is set, not sent: the newest wins, a device that comes back shows it by itself,
and nobody ever waits for a panel.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.roles import Device

PAUSED_TEXT = "---"
"""What a panel shows while its window calls nobody; one that knows digits only goes dark."""


@dataclass(frozen=True, slots=True)
class PanelMessage:
    """What a call display shows until the next message.

    Attributes:
        text: A number as it stands on the ticket, or `PAUSED_TEXT`; empty: dark.
        attempt: Rises with each call of the same number; a new message above 0 catches the eye
            (blinks) where the panel can do that.
    """

    text: str = ""
    attempt: int = 0


class CallDisplay(Device, Protocol):
    """A panel at a window. Most cannot answer: online then means that the line is open."""

    def show(self, message: PanelMessage) -> None:
        """Show this from now on, at once or when the panel is back; never blocks."""
        ...

    def clear(self) -> None:
        """Be dark."""
        ...


class PadKey(StrEnum):
    """What a clerk asks for on a pad."""

    NEXT = "next"
    RECALL = "recall"
    RATE = "rate"
    PAUSE = "pause"
    TRANSFER = "transfer"
    NO_SHOW = "no-show"
    """Printed 弃号 on some pads, but said of a called number whose person did not come."""
    HOLD = "hold"
    RESUME = "resume"
    CONFIRM = "confirm"
    """The confirmation key behind digits that have no meaning of their own."""


@dataclass(frozen=True, slots=True)
class PadPress:
    """One press of a key.

    Attributes:
        key: Which.
        digits: What was typed before it, at most six digits.
    """

    key: PadKey
    digits: str = ""


class CallPad(Device, Protocol):
    """The clerk's keys, with a display of six digits."""

    def presses(self) -> AsyncIterator[PadPress]:
        """Every press while this is iterated, once; goes on through device failures."""
        ...

    def show(self, waiting: int | None, number: str) -> None:
        """Show how many wait (None: dark) and the end of a number (empty: dark); never blocks."""
        ...

    def beep(self) -> None:
        """Sound once, now; nothing is made up for later while the pad is away."""
        ...


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person chose on a rater.

    Attributes:
        level: 1 is the worst, `levels` the best.
        levels: How many the rater has keys for.
    """

    level: int
    levels: int


class Rater(Device, Protocol):
    """Keys for the citizen. Only a pressed key is a rating: silence and defaults are none."""

    async def ask(self) -> None:
        """Let the rater ask for one rating; the last asking counts.

        Raises:
            Unavailable: It cannot be reached.
        """
        ...

    def cancel(self) -> None:
        """Take no rating for the last asking any more."""
        ...

    def ratings(self) -> AsyncIterator[Rating]:
        """Every rating that was asked for while this is iterated, at most one an asking."""
        ...
