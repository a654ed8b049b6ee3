"""Renders assets/images: the SVG files are the source, the PNG files are for Kivy.

An icon is an SVG on a 24×24 grid with strokes of 2 in `currentColor`. Chromium draws all of them
on one transparent page for each colour and size, and Pillow cuts the page into files:

    assets/images/icons/png/<colour>-<px>/<name>.png     colours ink and white, 96 and 192 px
    assets/images/logo/*.png                             the product mark, for paper the ticket one

White ones can be tinted in Kivy by multiplying a colour. Usage: ``script/icons [--sheet FILE]``;
--sheet also draws all icons with their names, to look at.
"""

import argparse
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ICON_DIR = ROOT / "assets" / "images" / "icons"
LOGO_DIR = ROOT / "assets" / "images" / "logo"
COLOURS = {"ink": "#24211c", "white": "#ffffff"}
SIZES_PX = (96, 192)
COLUMNS = 10
MID_GREY = 128
LOGO_SIZE_PX = {"mark": 512, "mark-plain": 512, "app": 512, "ticket": 384}


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise SystemExit("Chromium is missing: apt-get install chromium")


def _shot(page: Page, html: str, width: int, height: int, *, clear: bool = True) -> Image.Image:
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(f"<style>*{{margin:0;padding:0}}</style>{html}")
    png = page.screenshot(omit_background=clear)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def _grid(icons: list[Path], size: int, colour: str) -> str:
    cells = "".join(
        f'<div style="width:{size}px;height:{size}px">{path.read_text("utf-8")}</div>'
        for path in icons
    )
    return (
        f"<style>svg{{width:{size}px;height:{size}px;display:block}}</style>"
        f'<div style="color:{colour};display:grid;'
        f'grid-template-columns:repeat({COLUMNS},{size}px)">{cells}</div>'
    )


def render_icons(page: Page) -> int:
    """Writes the PNG files of every icon; returns how many icons there are."""
    icons = sorted(ICON_DIR.glob("*.svg"))
    rows = -(-len(icons) // COLUMNS)
    for colour, value in COLOURS.items():
        for size in SIZES_PX:
            sheet = _shot(page, _grid(icons, size, value), COLUMNS * size, rows * size)
            target = ICON_DIR / "png" / f"{colour}-{size}"
            target.mkdir(parents=True, exist_ok=True)
            for number, path in enumerate(icons):
                left, top = number % COLUMNS * size, number // COLUMNS * size
                icon = sheet.crop((left, top, left + size, top + size))
                icon.save(target / f"{path.stem}.png", optimize=True)
            for old in target.glob("*.png"):
                if not (ICON_DIR / f"{old.stem}.svg").exists():
                    old.unlink()
    return len(icons)


def render_logos(page: Page) -> None:
    """Writes the PNG files of the product mark; the ticket's is black on white, one bit."""
    for name, size in LOGO_SIZE_PX.items():
        source = LOGO_DIR / f"{name}.svg"
        style = f"<style>svg{{width:{size}px;height:auto;display:block}}</style>"
        html = f'{style}<div id="logo" style="width:{size}px">{source.read_text("utf-8")}</div>'
        _shot(page, html, size, size)
        png = page.locator("#logo").screenshot(omit_background=name != "ticket")
        image: Image.Image = Image.open(io.BytesIO(png))
        if name == "ticket":
            image = image.convert("L").point(lambda grey: 255 * (grey >= MID_GREY)).convert("1")
        image.save(LOGO_DIR / f"{name}.png", optimize=True)


def render_sheet(page: Page, target: Path) -> None:
    """Draws all icons with their names, dark on light and light on dark."""
    cells = "".join(
        f'<div class="c">{path.read_text("utf-8")}<p>{path.stem}</p></div>'
        for path in sorted(ICON_DIR.glob("*.svg"))
    )
    logos = "".join(
        f'<div class="l">{(LOGO_DIR / f"{name}.svg").read_text("utf-8")}</div>'
        for name in LOGO_SIZE_PX
    )
    html = (
        "<style>body{font:13px sans-serif}.g{display:grid;grid-template-columns:repeat(10,1fr);"
        "padding:16px;gap:8px}.c{text-align:center;padding:6px}.c svg{width:72px;height:72px}"
        ".d{background:#0b6456;color:#fff}.l{display:inline-block;margin:16px}"
        ".l svg{width:200px;height:200px}.d svg{width:36px!important;height:36px!important}</style>"
        f'<div class="g" style="color:{COLOURS["ink"]}">{cells}</div>'
        f'<div class="g d">{cells}</div><div>{logos}</div>'
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_content(html)
    target.write_bytes(page.screenshot(full_page=True))


def main() -> int:
    """Renders everything."""
    parser = argparse.ArgumentParser(prog="script/icons", description=__doc__)
    parser.add_argument("--sheet", type=Path, help="also draw a contact sheet")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        page = browser.new_page()
        count = render_icons(page)
        render_logos(page)
        if args.sheet:
            render_sheet(page, args.sheet)
        browser.close()
    print(f"{count} icons in {len(COLOURS) * len(SIZES_PX)} renders, {len(LOGO_SIZE_PX)} logos")
    return 0


if __name__ == "__main__":
    sys.exit(main())
