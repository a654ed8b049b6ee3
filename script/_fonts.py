"""Builds assets/fonts from Debian's fonts-noto-cjk (the files it writes are committed).

The .ttc of the package holds one face a region; opened plainly it renders Japanese forms of 直 and
返. We cut out the Simplified Chinese face by its name and keep

* NotoSansSC-Regular.ttf: every Han character of the face (rare names print right) and the Latin,
  punctuation, arrows, box and number forms we use;
* NotoSansArabic-Regular.ttf and -Bold.ttf (from fonts-noto-core): Arabic letters, also those of
  Uyghur and Kazakh, and the forms in which they join;
* NotoSansSC-Bold.ttf: the same without Han outside GB 2312 (headings, numbers, names of items).

Both are OpenType files with CFF outlines, unhinted, without layout features, byte for byte the same
on every run from the same source. Usage: ``script/fonts [--check]``; --check only compares the
committed files with what would be built (needs fonts-noto-cjk).
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from fontTools.subset import (
    Options,
    Subsetter,
    load_font,
    save_font,
)
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parent.parent
SOURCE_DIR = Path("/usr/share/fonts/opentype/noto")
FONT_DIR = ROOT / "assets" / "fonts"
FACE = "Noto Sans CJK SC"
FAMILY = "Noto Sans SC"

# Unicode blocks (The Unicode Standard, Blocks.txt) that every face of ours keeps.
COMMON_BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A: European names
    (0x01CD, 0x01DC),  # pinyin vowels with the third tone and ü
    (0x02C6, 0x02DD),  # spacing tone marks
    (0x0391, 0x03C9),  # Greek
    (0x0401, 0x0451),  # Cyrillic
    (0x2010, 0x2044),  # general punctuation
    (0x2070, 0x20AC),  # super- and subscripts, currency
    (0x2100, 0x214F),  # letter-like symbols
    (0x2150, 0x218B),  # fractions, Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2460, 0x24FF),  # numbers in circles
    (0x2500, 0x259F),  # box drawing and blocks
    (0x25A0, 0x27BF),  # shapes, boxes to tick, dingbats
    (0x3000, 0x303F),  # CJK punctuation
    (0x3040, 0x30FF),  # kana, for names in passports
    (0x3100, 0x312F),  # bopomofo
    (0x3200, 0x33FF),  # enclosed and squared CJK
    (0xFE30, 0xFE4F),  # vertical forms of punctuation
    (0xFF00, 0xFFEF),  # full-width forms
)
HAN_BLOCKS = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3400, 0x4DBF),  # Extension A
    (0x4E00, 0x9FFF),  # Unified Ideographs
    (0xF900, 0xFAFF),  # compatibility
    (0x20000, 0x3134F),  # Extensions B to G: 𠮷 𬭎 䶮 and other names
)


ARABIC_DIR = Path("/usr/share/fonts/truetype/noto")
ARABIC_BLOCKS = (
    (0x0020, 0x0020),
    (0x0600, 0x06FF),  # Arabic
    (0x0750, 0x077F),  # Arabic Supplement
    (0xFB50, 0xFDFF),  # Arabic Presentation Forms-A
    (0xFE70, 0xFEFF),  # Arabic Presentation Forms-B
)
ARABIC_LINE = (1160, -620, 0)


def gb2312_han() -> set[int]:
    """Code points of the 6,763 characters of GB 2312-1980 levels 1 and 2 (rows 16 to 87)."""
    points = set()
    for row in range(16, 88):
        for cell in range(1, 95):
            try:
                points.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue  # row 55 ends five cells early
    return points


def within(points: set[int], blocks: tuple[tuple[int, int], ...]) -> set[int]:
    """Those code points that lie in one of the blocks (ends included)."""
    return {point for point in points if any(low <= point <= high for low, high in blocks)}


def _face_index(path: Path) -> int:
    with TTCollection(path, lazy=True) as collection:
        for index, face in enumerate(collection.fonts):
            if face["name"].getDebugName(1) == FACE:
                return index
    raise SystemExit(f"{path}: no face is called {FACE}")


def _options(index: int) -> Options:
    options = Options()
    options.font_number = index
    options.hinting = False
    options.desubroutinize = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.recalc_timestamp = False
    options.drop_tables = [*options.drop_tables, "VORG", "vhea", "vmtx", "BASE"]
    return options


def _rename(font: TTFont, style: str) -> None:
    """Names the cut face, so nobody mistakes it for the whole one."""
    names = {1: FAMILY, 4: f"{FAMILY} {style}", 6: f"NotoSansSC-{style}"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


def build(style: str, target: Path) -> int:
    """Builds one face.

    Args:
        style: "Regular" (all Han) or "Bold" (Han of GB 2312).
        target: The file to write.

    Returns:
        How many characters the face has.
    """
    source = SOURCE_DIR / f"NotoSansCJK-{style}.ttc"
    if not source.exists():
        raise SystemExit(f"{source} is missing: apt-get install fonts-noto-cjk")
    options = _options(_face_index(source))
    font = load_font(str(source), options)
    available = set(font.getBestCmap())
    han = within(available, HAN_BLOCKS) if style == "Regular" else available & gb2312_han()
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=within(available, COMMON_BLOCKS) | han)
    subsetter.subset(font)
    _rename(font, style)
    save_font(font, str(target), options)
    return len(font.getBestCmap())


def build_arabic(style: str, target: Path) -> int:
    """Builds the face for Arabic letters; as `build`.

    The kiosk orders and joins the letters itself, so no layout feature is needed. Its lines are
    made as high as those of the Chinese face, so that both can stand on one line.
    """
    source = ARABIC_DIR / f"NotoSansArabic-{style}.ttf"
    if not source.exists():
        raise SystemExit(f"{source} is missing: apt-get install fonts-noto-core")
    options = _options(-1)
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=within(set(font.getBestCmap()), ARABIC_BLOCKS))
    subsetter.subset(font)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ARABIC_LINE
    save_font(font, str(target), options)
    return len(font.getBestCmap())


FACES = tuple(
    (f"{name}-{style}.ttf", builder, style)
    for name, builder in (("NotoSansSC", build), ("NotoSansArabic", build_arabic))
    for style in ("Regular", "Bold")
)


def main() -> int:
    """Builds, or compares."""
    parser = argparse.ArgumentParser(prog="script/fonts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    args = parser.parse_args()
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    FONT_DIR.mkdir(parents=True, exist_ok=True)
    different = 0
    for name, builder, style in FACES:
        target = FONT_DIR / name
        with tempfile.TemporaryDirectory() as scratch:
            fresh = Path(scratch) / target.name
            count = builder(style, fresh)
            content = fresh.read_bytes()
        same = target.exists() and target.read_bytes() == content
        print(f"{target.name}: {count} characters, {len(content) / 1e6:.1f} MB")
        if args.check:
            different += not same
        elif not same:
            target.write_bytes(content)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
