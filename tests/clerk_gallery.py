"""Pictures of the clerk's page with numbers given while cut off, from a real demo hall.

python -m tests.clerk_gallery [--out DIR] [--docs]     --docs renews docs/images/pages/clerk*.png
"""

import argparse
import io
import tempfile
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.cut_off_kiosk import DRIVEN, MORNING, CutOffKiosk, DrivenHall
from tests.fakes_pages import SiteAccess
from tests.fakes_pages_browser import ClerkAtWork, chromium, new_page
from tests.hall_process import HallProcess

DOCS = Path(__file__).resolve().parent.parent / "docs" / "images" / "pages"
SIZES = ((1280, 800), (1024, 768), (1920, 1080), (320, 240))
QUEUE = ("B02", "C03", "A01", "B05", "D02", "E01", "B06", "F01")
STILL_MS = 600


def fill(hall: DrivenHall, kiosk: CutOffKiosk, clerk: ClerkAtWork) -> None:
    """Somebody is being served, one did not come, some wait."""
    for service_id in QUEUE:
        body = {"service_id": service_id}
        hall.http.post("/api/v1/tickets", headers=kiosk.signed, json=body).raise_for_status()
        hall.pass_time(minutes=1)
    for action in ("open", "call-next", "no-show", "call-next", "start"):
        clerk.post(f"{clerk.api}/{action}")


def bring_in(hall: DrivenHall, kiosk: CutOffKiosk) -> None:
    """Three late numbers, and one that perhaps was not printed."""
    late = [
        kiosk.give(MORNING + timedelta(minutes=4), "B01"),
        kiosk.give(MORNING + timedelta(minutes=11), "D01", priority_class="elderly"),
        kiosk.give(MORNING + timedelta(minutes=17), "F02"),
    ]
    kiosk.upload(*late, kiosk.give(hall.now - timedelta(minutes=3), "C01", printed=False))


def shot(page: Page, width: int, height: int) -> Image.Image:
    """The page at a size, once it stands still."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(STILL_MS)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def draw(pages: dict[str, Page], name: str, out: Path, *, docs: bool) -> None:
    """All sizes in all languages; for the documents one, made small."""
    for language, page in pages.items():
        for width, height in SIZES[:1] if docs else SIZES:
            picture = shot(page, width, height)
            if docs:
                small = picture.resize((960, 600), Image.Resampling.LANCZOS)
                small = small.quantize(128, dither=Image.Dither.NONE)
                small.save(DOCS / f"{name}-{language}.png", optimize=True)
            else:
                picture.save(out / f"{name}-{language}-{width}.png")


def visit(hall: DrivenHall, browser: Browser, out: Path, *, docs: bool) -> None:
    """The hall's morning, seen from window 1."""
    kiosk = CutOffKiosk(hall.http, hall.told["kiosk_token"])
    kiosk.ask_leave()
    hall.pass_time(minutes=58)
    login = next(c for c in hall.told["clerks"] if c["window_id"] == "1")
    person = (login["username"], login["password"], "1")
    access = SiteAccess(hall.process.url, person, ("", ""), None)
    seats = {
        language: ClerkAtWork(new_page(browser, access, language), access, "mouse")
        for language in ("zh-CN", "en")
    }
    for seat in seats.values():
        seat.sign_in()
    pages = {language: seat.page for language, seat in seats.items()}
    fill(hall, kiosk, seats["en"])
    draw(pages, "clerk", out, docs=docs)
    bring_in(hall, kiosk)
    for page in pages.values():
        page.locator("#late-count", has_text="4").wait_for()
    draw(pages, "clerk-late", out, docs=docs)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("/tmp/pages"))
    parser.add_argument("--docs", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        process = HallProcess(Path(place) / "data", options=DRIVEN)
        process.start()
        try:
            with chromium() as browser:
                visit(DrivenHall(process), browser, args.out, docs=args.docs)
        finally:
            process.close()


if __name__ == "__main__":
    main()
