"""A call for a guide, as the person at the kiosk needs to know it."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final


class HelpState(StrEnum):
    """What has become of the call."""

    NONE = auto()
    CALLING = auto()
    """On its way to the server."""
    CALLED = auto()
    """The hall has it; nobody has answered yet."""
    LATE = auto()
    """Nobody answered for so long that the manager was told."""
    COMING = auto()
    """Somebody is on the way."""
    ENDED = auto()
    """Somebody was here, or it was taken back."""
    NO_WAY = auto()
    """The server cannot be reached: people have to go to the desk."""


OPEN: Final = frozenset({HelpState.CALLED, HelpState.LATE, HelpState.COMING})
"""States in which the hall goes on knowing of the call."""


@dataclass(frozen=True, slots=True)
class HelpCall:
    """One call.

    Attributes:
        state: What has become of it.
        help_id: Its id at the server; empty before it has one.
    """

    state: HelpState = HelpState.NONE
    help_id: str = ""


NO_HELP: Final = HelpCall()
