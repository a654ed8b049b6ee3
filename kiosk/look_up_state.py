"""What somebody looks up: that they only want to know, what they typed, the paper they want."""

from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Final

TYPED_MAX: Final = 24
"""So many characters say what is meant; more is a child's hand."""
DELETE: Final = "delete"
CLEAR: Final = "clear"
SPACE: Final = "space"
"""Values of the keys that are no characters."""
KEYS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
"""Characters of the keyboard on the screen."""


class Leaflet(StrEnum):
    """What became of the paper with the guide. It is no ticket: nothing depends on it."""

    NONE = auto()
    PRINTING = auto()
    PRINTED = auto()
    PERHAPS = auto()
    TORN = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The looking-up part of a visit; goes with it the moment the person leaves.

    Attributes:
        looking: They came to look something up (查询), not to take a number yet.
        typed: What they typed into the search. Never logged, stored or sent.
        leaflet: The paper they asked for.
        leaflet_job: Names that paper; a report about another one is dropped.
        leaflet_fault: Code of `hardware.errors`: why it did not come out whole.
    """

    looking: bool = False
    typed: str = field(default="", repr=False)
    leaflet: Leaflet = Leaflet.NONE
    leaflet_job: int = 0
    leaflet_fault: str = ""


NO_INQUIRY: Final = Inquiry()


def pressed(typed: str, key: str) -> str:
    """The text after one more key; what is no key of the keyboard changes nothing."""
    match key:
        case "delete":
            return typed[:-1]
        case "clear":
            return ""
        case "space":
            return f"{typed} " if typed and not typed.endswith(" ") else typed
    return typed + key if key in KEYS and len(typed) < TYPED_MAX else typed
