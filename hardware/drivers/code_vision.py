"""Reads barcodes and QR codes out of a picture.

zxing-cpp first: it keeps the bytes of GBK codes and reads faint and inverted ones. pyzbar second,
where its library is installed: it is better with blurred linear codes, but it turns Chinese QR
codes into something else, so from it only plain ASCII is believed.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.errors import BadBarcode
from hardware.wire.scanner import decode_payload

Picture = NDArray[np.uint8]
"""Rows by columns (grey) or rows by columns by 3 (BGR)."""

CODES_MAX: Final = 16
"""More codes in one picture are wallpaper, not tickets."""
CLAHE_CLIP: Final = 3.0
CLAHE_TILES: Final = (8, 8)
_ZBAR_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "QRCODE": "qr-code",
        "CODE128": "code-128",
        "CODE39": "code-39",
        "EAN13": "ean-13",
        "EAN8": "ean-8",
        "I25": "itf",
    }
)


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A code in a picture, not yet checked for what may be in it.

    Attributes:
        symbology: "qr-code", "code-128" ...
        raw: Its bytes.
    """

    symbology: str
    raw: bytes = field(repr=False)

    def text(self) -> str:
        """The text, for people.

        Raises:
            BadBarcode: It holds what no code of ours may hold.
        """
        return decode_payload(self.raw)


Reader = Callable[[Picture], Iterable[SeenCode]]


def read_codes(picture: Picture) -> list[SeenCode]:
    """All codes in a picture, each once; harder ways are tried only when easier ones see none."""
    grey = np.asarray(
        cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim > 2 else picture,  # noqa: PLR2004 - colour has a third axis
        dtype=np.uint8,
    )
    for reader in (_zxing, _zxing_evened, *_ZBAR):
        found = list(dict.fromkeys(reader(grey)))[:CODES_MAX]
        if found:
            return found
    return []


def is_acceptable(code: SeenCode) -> bool:
    """The code holds only what `decode_payload` lets through."""
    try:
        code.text()
    except BadBarcode:
        return False
    return True


def _zxing(grey: Picture) -> Iterable[SeenCode]:
    for code in zxingcpp.read_barcodes(grey):
        name = str(code.format).lower().replace(" ", "-")
        if code.bytes:
            yield SeenCode(name, bytes(code.bytes))


def _zxing_evened(grey: Picture) -> Iterable[SeenCode]:
    even = cv2.createCLAHE(clipLimit=CLAHE_CLIP, tileGridSize=CLAHE_TILES).apply(grey)
    return _zxing(np.asarray(even, dtype=np.uint8))


def _load_zbar() -> tuple[Reader, ...]:
    try:
        zbar: Any = importlib.import_module("pyzbar.pyzbar")
    except ImportError:  # the wheel is there but the system library libzbar0 is not
        return ()
    symbols = [zbar.ZBarSymbol[name] for name in _ZBAR_NAMES]

    def read(grey: Picture) -> Iterable[SeenCode]:
        for code in zbar.decode(grey, symbols=symbols):
            if code.data.isascii():
                yield SeenCode(_ZBAR_NAMES[code.type], bytes(code.data))

    return (read,)


_ZBAR: Final = _load_zbar()


def codes_in_file(path: Path) -> Mapping[str, object]:
    """The codes in a picture file, as a record for `bianmin-hardware test camera`.

    Raises:
        OSError: No picture, or none that can be read.
    """
    picture = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise OSError(f"no picture: {path}")
    codes = [
        {
            "symbology": code.symbology,
            "text": code.text() if is_acceptable(code) else None,
            "bytes_hex": code.raw.hex(),
        }
        for code in read_codes(np.asarray(picture, dtype=np.uint8))
    ]
    return {"file": str(path), "codes": codes}
