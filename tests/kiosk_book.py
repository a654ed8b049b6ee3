"""The picture book of the kiosk, and the fingerprints that its pages are compared with.

    script/pictures kiosk

Draws every page anew (tests/kiosk_gallery.py), in both languages, normal and in large type, upright
and on the smallest panel; writes docs/images/kiosk/book/, docs/kiosk-screens.md and
tests/golden/kiosk/pages.json. To be run whenever a page is meant to look different.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "docs" / "images" / "kiosk" / "book"
PAGE = ROOT / "docs" / "kiosk-screens.md"
GOLDEN = ROOT / "tests" / "golden" / "kiosk" / "pages.json"
SIZES = ("1080x1920", "1280x1024", "1024x768")
BOOK_SIZES = {"1080x1920": 270, "1024x768": 400}
"""Width of a picture in the book."""
LANGUAGES = ("zh_CN", "en")
COLOURS = 32
HEAD = """# Every screen of the kiosk

Made by `script/pictures kiosk`: every screen in Chinese and English, as everybody finds it and in
large type, on an upright 1080×1920 panel and on the smallest one (1024×768). Screens that look
different in several states are shown in one of them; the tests draw and measure all of them on
three panels ([how](kiosk.md)), and compare them byte by byte with the last ones looked at.
"""


def gallery(size: str, out: Path, *options: str) -> dict[str, dict[str, str]]:
    """Draw pages; the report."""
    program = [sys.executable, "-m", "tests.kiosk_gallery", "--size", size, "--out", str(out)]
    subprocess.run([*program, *options], cwd=ROOT, check=True)
    report: dict[str, dict[str, str]] = json.loads((out / "report.json").read_text("utf-8"))
    return report


def screens(report: dict[str, dict[str, str]]) -> list[str]:
    """One page of each screen, the plainest: nothing warned of, and the shortest name."""
    ending = f"-{LANGUAGES[0]}"
    plainest: dict[str, str] = {}
    names = [name.removesuffix(ending) for name in report if name.endswith(ending)]
    for name in sorted(names, key=lambda name: (bool(report[name + ending]["warning"]), len(name))):
        plainest.setdefault(report[name + ending]["screen"], name)
    return sorted(plainest.values(), key=names.index)


def small(source: Path, target: Path, width_px: int) -> None:
    """As the book wants it: scaled, and in few colours."""
    with Image.open(source) as picture:
        height_px = round(picture.height * width_px / picture.width)
        scaled = picture.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS)
        scaled.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def draw(place: Path) -> tuple[dict[str, object], list[str]]:
    """Every page: what they are compared with, and which are in the book."""
    found: dict[str, object] = {}
    book: list[str] = []
    for size in SIZES:
        in_book = size in BOOK_SIZES
        report = gallery(size, place / size, *(() if in_book else ("--no-pictures",)))
        found["renderer"] = (place / size / "renderer.txt").read_text("utf-8")
        found[size] = {name: page["fingerprint"] for name, page in report.items()}
        book = book or screens(report)
        if in_book:
            gallery(size, place / f"{size}-large", "--mode", "large", "--only", ",".join(book))
    return found, book


def write_book(place: Path, book: list[str]) -> None:
    """The pictures, and the page around them."""
    BOOK.mkdir(parents=True, exist_ok=True)
    for old in BOOK.glob("*.png"):
        old.unlink()
    lines = [HEAD]
    for page in book:
        lines += ["", f"## {page}", ""]
        for size, width_px in BOOK_SIZES.items():
            for mode in ("normal", "large"):
                row = []
                for code in LANGUAGES:
                    name = f"{page}-{code}" if mode == "normal" else f"{page}-{code}-{mode}"
                    folder = size if mode == "normal" else f"{size}-{mode}"
                    target = BOOK / f"{name}-{size}.png"
                    small(place / folder / f"{name}.png", target, width_px)
                    alt = f"{page}, {code}, {mode}, {size}"
                    row.append(f"![{alt}](images/kiosk/book/{target.name})")
                lines.append(" ".join(row))
                lines.append("")
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        found, book = draw(Path(directory))
        write_book(Path(directory), book)
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    pictures = list(BOOK.glob("*.png"))
    size_kb = sum(picture.stat().st_size for picture in pictures) // 1024
    print(f"{len(pictures)} pictures, {size_kb} kB; {GOLDEN.relative_to(ROOT)}")  # noqa: T201


if __name__ == "__main__":
    main()
