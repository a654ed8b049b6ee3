"""What one printer model can do, as data.

The numbers of dots and columns are those of the 203 dpi mechanisms (8 dots a millimetre) that
nearly all receipt printers have: 576 dots on 80 mm paper, 384 on 58 mm; font A is 12 dots wide,
a Hanzi 24 by 24.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
        auto_status: GS a makes it report changes by itself.
    """

    name: str
    width_dots: int
    hanzi: bool = True
    native_qr: bool = True
    cutter: bool = True
    completion: Completion = Completion.ASK
    auto_status: bool = False

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
