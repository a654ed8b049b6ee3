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
class Guided:
    """What guidance shows of itself.

    Attributes:
        number: Of the page (`kiosk.guidance.Page`) that the focus is on.
        at: The part in focus, by index; negative where none is.
        caption: What is being said; empty in silence.
    """

    number: int
    at: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A key chose a part: it is to be touched.

    Attributes:
        number: Of the page it was chosen on; on any other it is dropped.
        index: Of the part.
    """

    number: int
    index: int


@dataclass(frozen=True, slots=True)
class RawTap:
    """A tap as the UI knows it.

    Of kind TOUCHED for every finger that comes down, of kind PAINTED for every new screen.
    """

    kind: Kind
    serial: int
    value: str = ""
