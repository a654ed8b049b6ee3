"""Pictures of the device page: every state, both languages, for designers and for the docs.

.venv/bin/python -m tests.devices_gallery --out /tmp/pages          all states, two sizes
.venv/bin/python -m tests.devices_gallery --docs                    docs/images/pages/devices-*
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.fakes_pages import FakeSite, SiteAccess
from tests.fakes_pages_browser import chromium, new_page
from tests.fakes_pages_devices import Scene, all_well, many_ills

DOCS = Path(__file__).parents[1] / "docs" / "images" / "pages"
LOGIN = ("admin", "paper-lantern-7")
SIZES = ((1024, 768), (1920, 1080))


def nobody(scene: Scene) -> None:
    """An empty hall."""
    scene.presence.set_enrolled([])


def no_broker(scene: Scene) -> None:
    """The broker has gone."""
    many_ills(scene)
    scene.presence.on_broker(connected=False)
    scene.pass_s(300)


def hostile(scene: Scene) -> None:
    """A device that sends rubbish, and one whose words are long."""
    all_well(scene)
    scene.hears("kiosk-2", "state", b"x" * 300_000)
    scene.kiosk("kiosk-9", "W" * 64, {"printer": ("paper-out",)})


SCENES: dict[str, Callable[[Scene], None]] = {
    "well": all_well,
    "ills": many_ills,
    "empty": nobody,
    "no-broker": no_broker,
    "hostile": hostile,
}


def shot(page: Page, *, whole: bool) -> Image.Image:
    """The page once it stands still."""
    page.goto("/devices")
    page.locator("#summary:visible, #nobody:visible").first.wait_for()
    page.wait_for_timeout(700)
    return Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")


def draw(browser: Browser, site: FakeSite, out: Path, *, docs: bool) -> None:
    """All of them."""
    access = SiteAccess(site.base_url, ("", "", ""), LOGIN, site)
    for language in ("zh-CN", "en"):
        for width, height in ((1280, 800),) if docs else SIZES:
            page = new_page(browser, access, language, width, height)
            page.request.post("/api/v1/session", data={"username": LOGIN[0], "password": LOGIN[1]})
            for name, fill in {"ills": many_ills}.items() if docs else SCENES.items():
                site.devices = Scene()
                fill(site.devices)
                picture = shot(page, whole=not docs)
                if docs:
                    small = picture.resize((960, 600), Image.Resampling.LANCZOS)
                    small = small.quantize(96, dither=Image.Dither.NONE)
                    small.save(DOCS / f"devices-{language}.png", optimize=True)
                else:
                    picture.save(out / f"{name}-{language}-{width}.png")
            page.context.close()


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("/tmp/pages"))
    parser.add_argument("--docs", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    site = FakeSite()
    site.start()
    try:
        with chromium() as browser:
            draw(browser, site, args.out, docs=args.docs)
    finally:
        site.stop()


if __name__ == "__main__":
    main()
