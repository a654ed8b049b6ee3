"""Reads barcodes and QR codes out of pictures: the cheap look first, the dear ones seldom.

Most pictures that can be read at all are read by a first look of zxing-cpp without any of its
extra efforts, in a third of its usual time. What that saves pays for the looks that follow: half
the size (against noise, moiré and for light codes on dark), busy places laid flat (papers held at
an angle), and, thoroughly, all of zxing-cpp's efforts, pyzbar, and dark-mode barcodes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hardware.drivers.code_picture import Picture, grey, levelled, scaled, upright_patches
from hardware.drivers.code_readers import (
    LINEAR,
    MATRIX,
    SeenCode,
    Zxing,
    load_zbar,
)

CODES_MAX: Final = 16
"""More codes in one picture are wallpaper, not tickets."""
THOROUGH_EVERY: Final = 3
"""Of live pictures without a code, every third is looked at thoroughly: a code is held still for
longer than that, and an empty counter costs half as much."""

_QUICK: Final = Zxing()
_SIDEWAYS: Final = Zxing(rotate=True, invert=True)
_MATRIX: Final = Zxing(MATRIX, rotate=True, downscale=True, invert=True)
_LINES: Final = Zxing(LINEAR)
_ZBAR: Final = load_zbar()


class Eye:
    """Looks at the pictures of one camera, one after the other."""

    def __init__(self) -> None:
        """The first picture is looked at thoroughly."""
        self._turn = 0

    def look(self, picture: Picture) -> list[SeenCode]:
        """The codes in the next picture."""
        thorough = self._turn % THOROUGH_EVERY == 0
        self._turn += 1
        return read_codes(picture, thorough=thorough)


def read_codes(picture: Picture, *, thorough: bool = True) -> list[SeenCode]:
    """All codes in a picture, each once; harder ways are tried only when easier ones see none."""
    plain = grey(picture)
    clear = levelled(plain)
    looks: list[Callable[[], list[SeenCode]]] = [
        lambda: _QUICK(clear),
        lambda: _SIDEWAYS(scaled(clear, 0.5, 0.5)),
        lambda: _laid_flat(clear),
    ]
    if thorough:
        looks += [
            lambda: _MATRIX(plain),
            lambda: _ZBAR(clear) if _ZBAR else [],
            lambda: _LINES(np.asarray(255 - scaled(clear, 0.5, 0.5), np.uint8)),
        ]
    for look in looks:
        found = list(dict.fromkeys(look()))[:CODES_MAX]
        if found:
            return found
    return []


def _laid_flat(picture: Picture) -> list[SeenCode]:
    for patch in upright_patches(picture):
        found = _QUICK(patch)
        if found:
            return found
    return []


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
            "text": code.text() if code.acceptable() else None,
            "bytes_hex": code.raw.hex(),
        }
        for code in read_codes(np.asarray(picture, dtype=np.uint8))
    ]
    return {"file": str(path), "codes": codes}
