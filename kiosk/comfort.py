"""How somebody wants the screen: larger, in strong contrast, within low reach. Pure.

Set by the switches that stand on every screen, kept for the whole visit, forgotten with the person.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

BOTTOM_MM: Final = 760.0
"""How high above the floor the picture of a kiosk begins, as they are commonly mounted."""


class Wish(StrEnum):
    """A switch. Its value is that of a COMFORT tap."""

    LARGE = "large"
    CONTRAST = "contrast"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Comfort:
    """What is switched on.

    Attributes:
        large: Large type, on the paper too.
        contrast: Strong contrast.
        low: Everything to touch stands within reach from a wheelchair.
    """

    large: bool = False
    contrast: bool = False
    low: bool = False

    def has(self, wish: str) -> bool:
        """Whether that switch is on.

        Raises:
            ValueError: There is no such switch.
        """
        return bool(getattr(self, Wish(wish).value))

    def toggled(self, wish: str) -> "Comfort":
        """With that switch turned over.

        Raises:
            ValueError: There is no such switch.
        """
        return replace(self, **{Wish(wish).value: not self.has(wish)})


PLAIN: Final = Comfort()
"""As the screen is for everybody who has not asked for anything."""
