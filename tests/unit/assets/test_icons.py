import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
ICONS = ROOT / "assets" / "images" / "icons"
LOGO = ROOT / "assets" / "images" / "logo"
SOURCES = sorted(ICONS.glob("*.svg"))
RENDERS = [("ink", 96), ("ink", 192), ("white", 96), ("white", 192)]
NEEDED = {
    "pension",
    "medical",
    "household",
    "housing",
    "forest",
    "relief",
    "disability",
    "veterans",
    "farming",
    "animals",
    "family",
    "legal",
    "help",
    "ticket",
    "search",
    "progress",
    "home",
    "back",
    "id-card",
    "qr",
    "no-document",
    "printer",
    "paper-out",
    "warning",
    "network-off",
    "language",
    "large-type",
    "sound-on",
    "sound-off",
    "person",
    "clock",
    "check",
    "help-person",
    "window",
}


def opened(path: Path, mode: str | None = None) -> Image.Image:
    """The picture, with its file closed again."""
    with Image.open(path) as image:
        return image.convert(mode) if mode else image.copy()


def test_every_icon_the_product_needs_is_drawn() -> None:
    assert NEEDED - {path.stem for path in SOURCES} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_an_icon_keeps_to_the_set(path: Path) -> None:
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke-width") == "2"
    assert root.get("stroke") == "currentColor"
    assert not [node for node in root.iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(("colour", "size"), RENDERS)
def test_every_icon_is_rendered_and_nothing_else(colour: str, size: int) -> None:
    directory = ICONS / "png" / f"{colour}-{size}"
    assert {path.stem for path in directory.glob("*.png")} == {path.stem for path in SOURCES}


@pytest.mark.parametrize(("colour", "size"), RENDERS)
def test_a_render_has_its_colour_and_leaves_no_icon_touching_the_edge(
    colour: str, size: int
) -> None:
    expected = {"ink": (0x24, 0x21, 0x1C), "white": (255, 255, 255)}[colour]
    for path in (ICONS / "png" / f"{colour}-{size}").glob("*.png"):
        image = opened(path, "RGBA")
        assert image.size == (size, size)
        left, top, right, bottom = image.getchannel("A").getbbox() or (0, 0, 0, 0)
        assert min(left, top) >= size // 48, path
        assert max(right, bottom) <= size - size // 48, path
        colours = image.getcolors(size * size) or []
        solid = [colour[:3] for _, colour in colours if colour[3] == 255]
        assert solid, path
        assert all(max(abs(a - b) for a, b in zip(p, expected, strict=True)) < 3 for p in solid)


def test_the_mark_is_there_with_and_without_characters() -> None:
    for name in ("mark", "mark-plain", "app", "ticket"):
        assert (LOGO / f"{name}.svg").exists()
        assert opened(LOGO / f"{name}.png").width >= 384
    assert "<text" not in (LOGO / "mark.svg").read_text("utf-8")


def test_the_logo_on_paper_is_black_and_white_and_a_whole_number_of_bytes_wide() -> None:
    image = opened(LOGO / "ticket.png")
    assert image.mode == "1"
    assert image.width % 8 == 0
