"""Where the font is that draws what a printer cannot print by itself."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from PIL import ImageFont

from hardware.errors import HardwareError

_NOTDEF: Final = "\U0010ffff"
"""No font draws this: its picture is the one for a missing character."""
_DEBIAN: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_DEBIAN_FACE_SC: Final = 2
"""Face 0 of the collection has Japanese forms of the Hanzi."""


class NoFont(HardwareError):
    """Neither our own font nor Debian's fonts-noto-cjk is there."""

    code = "no-font"


@dataclass(frozen=True, slots=True)
class FontFace:
    """One face of a font file."""

    path: Path
    index: int = 0


def candidates() -> tuple[FontFace, ...]:
    """Our own font first, then Debian's; only those that are there."""
    own = Path(str(files("assets") / "fonts" / "NotoSansSC-Regular.ttf"))
    faces = (FontFace(own), FontFace(_DEBIAN, _DEBIAN_FACE_SC))
    return tuple(face for face in faces if face.path.is_file())


@cache
def load(size_px: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    """The fonts at one size, best first; `size_px` is the height of the em square.

    Raises:
        NoFont: There is none.
    """
    fonts = tuple(ImageFont.truetype(str(f.path), size_px, index=f.index) for f in candidates())
    if not fonts:
        raise NoFont
    return fonts


@cache
def font_for(char: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The first font that has the character; the first one of all where none has."""
    fonts = load(size_px)
    for font in fonts:
        missing = font.getmask(_NOTDEF)
        mask = font.getmask(char)
        if mask.size != missing.size or bytes(mask) != bytes(missing):
            return font
    return fonts[0]
