"""The switches that stand on every screen: how somebody wants to see and hear it.

A new one is a line in `SWITCHES` and a move for its kind; it then stands in the strip, in the sheet
that takes its place where there is no room, and in the measured gallery.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.comfort import Wish
from kiosk.signals import Kind
from kiosk.ui.scene import Scene
from kiosk.visit import Voice
from queue_server.contract.problems import N_


@dataclass(frozen=True, slots=True)
class Switch:
    """One of them.

    Attributes:
        kind: Of its tap.
        value: Of its tap.
        icon: Its sign.
        label: Its name, an English msgid.
        on: Whether it is on.
        offered: Whether it would do anything here.
    """

    kind: Kind
    value: str
    icon: str
    label: str
    on: Callable[[Scene], bool]
    offered: Callable[[Scene], bool] = lambda _scene: True


def _wish(wish: Wish) -> Callable[[Scene], bool]:
    return lambda scene: scene.session.comfort.has(wish)


SWITCHES: Final = (
    Switch(Kind.COMFORT, Wish.LARGE, "large-type", N_("Large type"), _wish(Wish.LARGE)),
    Switch(Kind.COMFORT, Wish.CONTRAST, "contrast", N_("High contrast"), _wish(Wish.CONTRAST)),
    Switch(
        Kind.COMFORT,
        Wish.LOW,
        "low-reach",
        N_("Low reach"),
        _wish(Wish.LOW),
        lambda scene: scene.theme.lowers,
    ),
    Switch(
        Kind.VOICE,
        "",
        "sound-on",
        N_("Voice"),
        lambda scene: scene.session.voice is not Voice.OFF,
        lambda scene: scene.world.speaks,
    ),
)


def offered(scene: Scene) -> tuple[Switch, ...]:
    """Those that do something on this machine."""
    return tuple(each for each in SWITCHES if each.offered(scene))
