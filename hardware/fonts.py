"""Where the font is that draws what a printer cannot print by itself."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from PIL import ImageFont

from hardware.errors import HardwareError

_NOTDEF: Final = "\U0010ffff"
"""No font draws this: its picture is the one for a missing character."""
_CHECKED_PX: Final = 24
_FONTS_KEPT: Final = 4096
"""Characters whose font is remembered; names bring ever new ones."""
_DEBIAN: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_DEBIAN_FACE_SC: Final = 2
"""Face 0 of the collection has Japanese forms of the Hanzi."""
_OTHER_SCRIPTS: Final = tuple(
    Path("/usr/share/fonts") / name
    for name in (
        "truetype/noto/NotoNaskhArabic-Regular.ttf",
        "truetype/noto/NotoSansArabic-Regular.ttf",
        "truetype/noto/NotoSerifTibetan-Regular.ttf",
        "truetype/noto/NotoSansMongolian-Regular.ttf",
        "truetype/noto/NotoSansYi-Regular.ttf",
        "truetype/noto/NotoSansThai-Regular.ttf",
        "truetype/dejavu/DejaVuSans.ttf",
        "opentype/unifont/unifont.otf",
    )
)
"""Debian's fonts-noto-core, fonts-dejavu-core and unifont, as far as they are installed."""


class NoFont(HardwareError):
    """Neither our own font nor Debian's fonts-noto-cjk is there."""

    code = "no-font"


@dataclass(frozen=True, slots=True)
class FontFace:
    """One face of a font file."""

    path: Path
    index: int = 0


def candidates() -> tuple[FontFace, ...]:
    """Our own font first, then Debian's, then those of other scripts; only what is there."""
    own = Path(str(files("assets") / "fonts" / "NotoSansSC-Regular.ttf"))
    faces = (FontFace(own), FontFace(_DEBIAN, _DEBIAN_FACE_SC), *map(FontFace, _OTHER_SCRIPTS))
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


@lru_cache(maxsize=_FONTS_KEPT)
def font_for(text: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The first font that has a character and its marks; else one that has the character.

    Where none has it, the first: it draws a box.
    """
    fonts, plain = load(size_px), _plain()
    for wanted in (text, text[:1]):
        for font, checked in zip(fonts, plain, strict=True):
            if all(_has(checked, char) for char in wanted):
                return font
    return fonts[0]


@cache
def _plain() -> tuple[ImageFont.FreeTypeFont, ...]:
    """The same fonts without shaping, in which a missing mark looks like any missing character."""
    basic = ImageFont.Layout.BASIC
    return tuple(
        ImageFont.truetype(str(face.path), _CHECKED_PX, index=face.index, layout_engine=basic)
        for face in candidates()
    )


def _has(font: ImageFont.FreeTypeFont, char: str) -> bool:
    missing, mask = font.getmask(_NOTDEF), font.getmask(char)
    return mask.size != missing.size or bytes(mask) != bytes(missing)
