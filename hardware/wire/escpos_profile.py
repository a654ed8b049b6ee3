"""What one printer model can do, as data.

The numbers of dots and columns are those of the 203 dpi mechanisms (8 dots a millimetre) that
nearly all receipt printers have: 576 dots on 80 mm paper, 384 on 58 mm; font A is 12 dots wide,
a Hanzi 24 by 24.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final

COLUMN_DOTS: Final = 12
HANZI_COLUMNS: Final = 2
CELL_DOTS: Final = 24


class Completion(Enum):
    """How a printer tells that paper has been printed."""

    ASK = "ask"
    """Found out at every connection, by asking for it with nothing to print."""
    PROCESS_ID = "process-id"
    """GS ( H function 48: proof."""
    FENCE = "fence"
    """GS r: only that the data has been processed."""
    NONE = "none"


class Buzzer(Enum):
    """How a printer is made to beep."""

    NONE = "none"
    ESC_B = "esc-b"
    """ESC B n t: kitchen printers of most Chinese makers."""
    EPSON = "epson"
    """ESC ( A function 48: Epson TM with a beeper."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model, or a family of them.

    Attributes:
        name: As in the configuration.
        width_dots: Printable dots across.
        hanzi: A GBK font is built in, switched by FS & and FS .
        native_qr: GS ( k prints QR codes.
        cutter: It has one.
        completion: How it reports.
        auto_status: GS a makes it report changes by itself. Where it is not said to, this is only
            tried on printers whose maker is known to have it.
        buzzer: How it beeps; only ever asked where it is known, because others print the letters
            of such a command.
    """

    name: str
    width_dots: int
    hanzi: bool = True
    native_qr: bool = True
    cutter: bool = True
    completion: Completion = Completion.ASK
    auto_status: bool = False
    buzzer: Buzzer = Buzzer.NONE

    @property
    def columns(self) -> int:
        """Characters of font A across."""
        return self.width_dots // COLUMN_DOTS


_80MM_DOTS: Final = 576
_58MM_DOTS: Final = 384
PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("generic-80", _80MM_DOTS),
            Profile("generic-58", _58MM_DOTS, cutter=False),
            Profile("epson-80", _80MM_DOTS, completion=Completion.PROCESS_ID, auto_status=True),
            Profile("epson-58", 420, completion=Completion.PROCESS_ID, auto_status=True),
            Profile("raster-80", _80MM_DOTS, hanzi=False, native_qr=False),
            Profile("raster-58", _58MM_DOTS, hanzi=False, native_qr=False, cutter=False),
        )
    }
)
WIDTHS_MM: Final[Mapping[int, str]] = MappingProxyType({58: "generic-58", 80: "generic-80"})
"""The profile to take when only the paper is known."""


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


_SETTINGS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = MappingProxyType(
    {
        "buzzer": ("buzzer", Buzzer),
        "cutter": ("cutter", _yes),
        "hanzi": ("hanzi", _yes),
        "qr": ("native_qr", _yes),
        "autostatus": ("auto_status", _yes),
        "completion": ("completion", Completion),
    }
)
PROFILE_OPTIONS: Final = frozenset(_SETTINGS)
"""Options of an address that say how one printer differs from its profile."""


def adjusted(profile: Profile, options: Mapping[str, str]) -> Profile:
    """The profile with what the options say; others are passed over.

    Raises:
        ValueError: A value that nobody knows.
    """
    changes: dict[str, object] = {}
    for option in PROFILE_OPTIONS & set(options):
        name, read = _SETTINGS[option]
        try:
            changes[name] = read(options[option])
        except (KeyError, ValueError):
            raise ValueError(f"{option}={options[option]!r}") from None
    return replace(profile, **changes)  # type: ignore[arg-type] # the table gives each its type
