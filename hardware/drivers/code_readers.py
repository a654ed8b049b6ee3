"""The two libraries that read codes, and how much of what they say is believed.

zxing-cpp reads everything. From pyzbar, where its library is installed, only linear codes are
taken: it finds some faint and blurred ones, but it turns Chinese QR codes into Big5 rubbish and
knows no PDF417.

A wrong text is worse than none. Both libraries give one now and then: zxing-cpp completes PDF417
codes of which it saw too little, and short linear codes are found in parts of longer ones. So a
kind of code with little redundancy (ITF, EAN-8, UPC-E ...) is not read at all, and what is not
beyond doubt must be seen twice: the second look is at the cut-out code, prepared otherwise.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import zxingcpp
from zxingcpp import BarcodeFormat

from hardware.drivers.code_picture import Picture, cut_out, scaled, sharpened, softened
from hardware.errors import BadBarcode
from hardware.wire.code_text import decode_declared, decode_payload

MATRIX: Final = (BarcodeFormat.QRCode, BarcodeFormat.DataMatrix)
LINEAR: Final = (BarcodeFormat.Code128, BarcodeFormat.Code39, BarcodeFormat.EAN13)
ALL: Final = (*MATRIX, BarcodeFormat.PDF417, *LINEAR)
_ZBAR_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"CODE128": "code-128", "CODE39": "code-39", "EAN13": "ean-13"}
)
SPARE_ENOUGH: Final = 0.5
"""Share of a PDF417 code's error correction that was not needed (zxing-cpp: UEC). With none left
anything reads as something; a wrong text with a quarter left has been seen here, none with more."""
_ECI_MARK: Final = b"\\"
_ECI_AT: Final = 3
"""Behind the AIM symbology identifier, "]Q2"."""
_ECI_DIGITS: Final = 6

_SECOND_LOOKS: Final[Sequence[Callable[[Picture], Picture]]] = (
    partial(scaled, across=0.75, down=0.75),
    partial(scaled, across=1.35, down=1.35),
    softened,
    sharpened,
)
_SECOND_LOOKS_AT_LINES: Final[Sequence[Callable[[Picture], Picture]]] = (
    partial(scaled, across=1, down=0.5),
    partial(scaled, across=1.6, down=1),
    sharpened,
)


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A code in a picture, not yet checked for what may be in it.

    Attributes:
        symbology: "qr-code", "code-128" ...
        raw: Its bytes.
        eci: The encoding that the code itself declares (AIM ECI number), or None.
    """

    symbology: str
    raw: bytes = field(repr=False)
    eci: int | None = None

    def text(self) -> str:
        """The text, for people.

        Raises:
            BadBarcode: It holds what no code of ours may hold.
        """
        return decode_payload(self.raw) if self.eci is None else decode_declared(self.raw, self.eci)

    def acceptable(self) -> bool:
        """`text` would not raise."""
        try:
            self.text()
        except BadBarcode:
            return False
        return True


Reader = Callable[[Picture], list[SeenCode]]


@dataclass(frozen=True, slots=True)
class Zxing:
    """zxing-cpp with some of its efforts left out.

    Attributes:
        formats: Of `zxingcpp.BarcodeFormat`.
        rotate: Also stand the picture on its side.
        downscale: Also look at it in half and a third of its size.
        invert: Also look for light codes on dark.
    """

    formats: tuple[Any, ...] = ALL
    rotate: bool = False
    downscale: bool = False
    invert: bool = False

    def __call__(self, picture: Picture) -> list[SeenCode]:
        """The codes in a picture that are beyond doubt."""
        return [_seen(code) for code in self._read(picture) if _certain(picture, code)]

    def _read(self, picture: Picture) -> Iterable[Any]:
        found: list[Any] = zxingcpp.read_barcodes(
            picture,
            formats=zxingcpp.BarcodeFormats(list(self.formats)),
            try_rotate=self.rotate,
            try_downscale=self.downscale,
            try_invert=self.invert,
            text_mode=zxingcpp.TextMode.HexECI,
        )
        return [code for code in found if code.bytes]


def _seen(code: Any) -> SeenCode:  # noqa: ANN401 - zxingcpp has no types
    name = str(code.format).lower().replace(" ", "-")
    return SeenCode(name, bytes(code.bytes), _declared_eci(bytes.fromhex(code.text)))


def _declared_eci(protocol: bytes) -> int | None:
    r"""The number in `]Q2\000029...` (AIM ECI protocol); None without one at the very beginning."""
    digits = protocol[_ECI_AT + 1 : _ECI_AT + 1 + _ECI_DIGITS]
    marked = protocol[_ECI_AT : _ECI_AT + 1] == _ECI_MARK
    return int(digits) if marked and len(digits) == _ECI_DIGITS and digits.isdigit() else None


def _certain(picture: Picture, code: Any) -> bool:  # noqa: ANN401 - zxingcpp has no types
    if code.format in MATRIX:
        return True
    stacked = code.format == BarcodeFormat.PDF417
    if stacked and float(code.extra.get("UEC", 0)) >= SPARE_ENOUGH:
        return True
    looks = _SECOND_LOOKS if stacked else _SECOND_LOOKS_AT_LINES
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    patch = cut_out(picture, [(corner.x, corner.y) for corner in corners])
    again = zxingcpp.BarcodeFormats([code.format])
    return any(
        other.bytes == code.bytes
        for look in looks
        for other in zxingcpp.read_barcodes(
            look(patch), formats=again, try_downscale=False, try_invert=False
        )
    )


def load_zbar() -> Reader | None:
    """Use pyzbar for linear codes; None where its library libzbar0 is missing."""
    try:
        zbar: Any = importlib.import_module("pyzbar.pyzbar")
    except ImportError:  # the wheel is there but the system library is not
        return None
    symbols = [zbar.ZBarSymbol[name] for name in _ZBAR_NAMES]

    def read(picture: Picture) -> list[SeenCode]:
        return [
            SeenCode(_ZBAR_NAMES[code.type], bytes(code.data))
            for code in zbar.decode(picture, symbols=symbols)
            if code.data.isascii()
        ]

    return read
