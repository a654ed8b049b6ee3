import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from queue_server.packs import shipped_pack, shipped_pack_ids

ROOT = Path(__file__).resolve().parents[3]
FONTS = ROOT / "assets" / "fonts"
REGULAR = FONTS / "NotoSansSC-Regular.ttf"
BOLD = FONTS / "NotoSansSC-Bold.ttf"
COLLECTION = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
RARE = "䶮𬭎𠮷㛃䥑𫖯"
"""Characters of real names that GB 2312 does not have."""


def characters_of(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def outline(path: Path, char: str, face: int = -1) -> list[object]:
    with TTFont(path, lazy=True, fontNumber=face) as font:
        pen = RecordingPen()
        font.getGlyphSet()[font.getBestCmap()[ord(char)]].draw(pen)
        return list(pen.value)


@pytest.fixture(scope="module")
def regular() -> set[int]:
    return characters_of(REGULAR)


@pytest.fixture(scope="module")
def bold() -> set[int]:
    return characters_of(BOLD)


def gb2312() -> Iterator[str]:
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            if (row, cell) < (0xD7, 0xFA) or row >= 0xD8:
                yield bytes((row, cell)).decode("gb2312")


def ink(path: Path, text: str) -> bytes:
    image = Image.new("L", (160, 160), 255)
    font = ImageFont.truetype(str(path), 128)
    ImageDraw.Draw(image).text((10, 0), text, font=font, fill=0)
    return image.tobytes()


def test_the_fonts_are_of_a_size_to_commit() -> None:
    assert REGULAR.stat().st_size <= 7_600_000
    assert BOLD.stat().st_size <= 3_000_000


def test_both_faces_have_all_of_gb2312(regular: set[int], bold: set[int]) -> None:
    characters = list(gb2312())
    assert len(characters) == 6763
    for cmap in (regular, bold):
        assert [char for char in characters if ord(char) not in cmap] == []


def test_the_regular_face_has_the_han_of_rare_names(regular: set[int]) -> None:
    assert [char for char in RARE if ord(char) not in regular] == []


@pytest.mark.parametrize("char", RARE)
def test_a_rare_name_is_drawn_and_not_an_empty_box(char: str) -> None:
    assert ink(REGULAR, char) != ink(REGULAR, "\U000f0000")


@pytest.mark.parametrize("char", "直返")
def test_han_have_their_simplified_chinese_forms(char: str) -> None:
    japanese, chinese = outline(COLLECTION, char, 0), outline(COLLECTION, char, 2)
    assert japanese != chinese
    assert outline(REGULAR, char) == chinese


def test_both_faces_have_what_screens_and_paper_are_drawn_with(
    regular: set[int], bold: set[int]
) -> None:
    needed = "□■✓←→↑↓–—…·×“”‘’、。《》〈〉㎡¥€°′①②③─│┌┐└┘éüñß\uff0c\uff1a\uff08\uff09"
    for cmap in (regular, bold):
        assert [char for char in needed if ord(char) not in cmap] == []


def test_every_translated_sentence_can_be_drawn(regular: set[int]) -> None:
    for po in (ROOT / "assets" / "locale").glob("*/LC_MESSAGES/*.po"):
        with po.open("rb") as stream:
            for message in read_po(stream):
                texts = message.string if isinstance(message.string, tuple) else [message.string]
                missing = {char for text in texts for char in text if ord(char) not in regular}
                assert missing - {"\n"} == set(), message.id


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_every_text_of_a_pack_can_be_drawn(pack_id: str, regular: set[int]) -> None:
    directory = shipped_pack(pack_id)
    with (directory / "pack.toml").open("rb") as stream:
        settings = json.dumps(tomllib.load(stream), ensure_ascii=False, default=str)
    catalogue = json.loads((directory / "catalogue.json").read_text("utf-8"))
    items = json.dumps(catalogue["items"], ensure_ascii=False)
    assert {char for char in settings + items if ord(char) not in regular} == set()


def test_the_licence_lies_beside_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text("utf-8")
    assert "Adobe" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
