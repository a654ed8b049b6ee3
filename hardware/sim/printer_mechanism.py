"""What a simulated printer's sensors see, and how it says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What a sensor could see, and which answers this model has."""

    paper: str = "ok"
    cover_open: bool = False
    cutter_jam: bool = False
    error: bool = False
    silent: bool = False
    mute: bool = False
    completes: bool = True
    fences: bool = True
    clears: bool = True

    @property
    def ready(self) -> bool:
        """It would print the next line."""
        return not (self.paper == "out" or self.cover_open or self.cutter_jam or self.error)

    def real_time(self, topic: int) -> bytes:
        """The answer to DLE EOT n."""
        out = self.paper == "out"
        value = 0x12
        match topic:
            case 1:
                value |= 0 if self.ready else 0x08
            case 2:
                value |= self.cover_open * 0x04 | out * 0x20
                value |= (self.error or self.cutter_jam) * 0x40
            case 3:
                value |= self.cutter_jam * 0x08 | self.error * 0x20
            case 4:
                value |= (self.paper != "ok") * 0x0C | out * 0x60
            case _:
                return b""
        return bytes([value])

    def auto_status(self) -> bytes:
        """What GS a makes it say at every change."""
        out = self.paper == "out"
        return bytes(
            [
                0x10 | (not self.ready) * 0x08 | self.cover_open * 0x20,
                self.cutter_jam * 0x08 | self.error * 0x20,
                (self.paper != "ok") * 0x03 | out * 0x0C,
                0x00,
            ]
        )


CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "paper-ok": {"paper": "ok"},
    "paper-near-end": {"paper": "near-end"},
    "paper-out": {"paper": "out"},
    "cover-open": {"cover_open": True},
    "cover-close": {"cover_open": False},
    "cutter-jam": {"cutter_jam": True},
    "error": {"error": True},
    "recover": {"paper": "ok", "cover_open": False, "cutter_jam": False, "error": False},
    "silent": {"silent": True},
    "mute": {"mute": True},
    "speak": {"silent": False, "mute": False},
    "no-completion": {"completes": False},
    "completion": {"completes": True},
    "no-fence": {"fences": False},
    "fence": {"fences": True},
    "no-clear": {"clears": False},
    "clear": {"clears": True},
}
"""What each command of the control socket changes in the mechanism."""
