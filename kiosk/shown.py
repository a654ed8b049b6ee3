"""What passes between the presenter and the UI: frozen, in both directions."""

from dataclasses import dataclass

from kiosk.signals import Kind
from kiosk.visit import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """What the UI draws.

    Attributes:
        session: The state of the flow.
        warning_left_s: Seconds until this screen gives up, once it says so; else None.
    """

    session: Session
    warning_left_s: int | None = None


@dataclass(frozen=True, slots=True)
class RawTap:
    """A tap as the UI knows it.

    Of kind TOUCHED for every finger that comes down, of kind PAINTED for every new screen.
    """

    kind: Kind
    serial: int
    value: str = ""
