"""`script/pictures`: see there."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from script.hall_demo import hall as demo
from script.hall_demo.processes import Crew, DemoError
from script.hall_demo.remote import Remote

OUT = demo.ROOT / "docs" / "images"
CHECK = demo.ROOT / "var" / "demo" / "check"
FROM_CHECK = (
    ("kiosk-1-first.png", "readme/kiosk-home.png", 400),
    ("kiosk-5-confirm.png", "readme/kiosk-item.png", 400),
    ("ticket.png", "readme/ticket.png", 400),
    ("hall-screen.png", "readme/hall-screen.png", 900),
)
ITEMS = ("B01", "B05", "C01", "D01", "B02", "E03", "B01", "A01", "C03", "B07", "F01", "D03", "B04")
PAGE_PX = (1280, 800)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def small(source: Path, target: Path, width_px: int) -> None:
    """A picture as the docs want it: scaled, and in few colours."""
    target.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(source).convert("RGB")
    height_px = round(picture.height * width_px / picture.width)
    scaled = picture.resize((width_px, height_px), Image.Resampling.LANCZOS)
    scaled.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
    sys.stdout.write(f"{target.relative_to(demo.ROOT)}  {target.stat().st_size // 1024} kB\n")


class Hall:
    """A hall at ten in the morning, over HTTP."""

    def __init__(self, found: dict[str, Any]) -> None:
        """`found` is credentials.json."""
        self.found = found
        self._http = httpx.Client(base_url=found["url"], timeout=20)
        self._kiosk = {"Authorization": f"Bearer {found['kiosk_token']}"}

    def issue(self, service_id: str, **more: str) -> None:
        """Somebody takes a number."""
        body = {"service_id": service_id, **more}
        self._http.post("/api/v1/tickets", json=body, headers=self._kiosk).raise_for_status()

    def at(self, window_id: str, *actions: str) -> None:
        """A clerk works."""
        login = next(c for c in self.found["clerks"] if c["window_id"] == window_id)
        token = self._http.post("/api/v1/session", json=login).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        for action in actions:
            body = {"reason": "break"} if action == "pause" else {}
            path = f"/api/v1/windows/{window_id}/{action}"
            self._http.post(path, json=body, headers=headers).raise_for_status()
            time.sleep(0.4)

    def fill(self) -> None:
        """People come, windows call."""
        for service_id in ITEMS:
            self.issue(service_id)
        self.at("2", "call-next", "start", "finish", "call-next", "start", "finish", "call-next")
        self.at("3", "call-next", "start", "finish", "call-next", "start")
        self.at("4", "call-next", "no-show", "call-next")
        self.at("5", "call-next", "start")
        self.at("6", "open", "pause")
        for service_id in ITEMS:
            self.issue(service_id)
        self.issue("B01", priority_class="elderly")


def sign_in(page: Page, url: str, login: dict[str, str]) -> None:
    """Through the form, as people do."""
    page.goto(f"{url}/sign-in")
    page.fill("#username", login["username"])
    page.fill("#password", login["password"])
    if "window_id" in login:
        page.locator(f".window-tile:has(input[value='{login['window_id']}'])").click()
    else:
        page.locator(".no-window").click()
    page.click("#submit")
    page.wait_for_url("**/clerk" if "window_id" in login else "**/manager")


def shoot_pages(found: dict[str, Any]) -> None:
    """Clerk, manager and board, in Chromium."""
    clerk = next(c for c in found["clerks"] if c["window_id"] == "1")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        size = {"width": PAGE_PX[0], "height": PAGE_PX[1]}
        for language in ("zh-CN", "en"):
            for name, login in (("clerk", clerk), ("manager", found["manager"]), ("board", None)):
                page = browser.new_context(locale=language, viewport=size).new_page()
                if login is None:
                    page.goto(f"{found['url']}/board")
                else:
                    sign_in(page, found["url"], login)
                if name == "clerk" and page.locator("#main-button").is_enabled():
                    page.keyboard.press("Enter")
                page.wait_for_timeout(2500)
                shot = Path(place) / f"{name}-{language}.png"
                page.screenshot(path=shot)
                small(shot, OUT / "pages" / f"{name}-{language}.png", 960)
                page.context.close()
        browser.close()
    (OUT / "readme" / "clerk.png").write_bytes((OUT / "pages" / "clerk-en.png").read_bytes())


def main() -> int:
    """All of them."""
    for source, target, width_px in FROM_CHECK:
        small(CHECK / source, OUT / target, width_px)
    with tempfile.TemporaryDirectory() as place:
        crew = Crew(Path(place) / "log")
        try:
            running = demo.start(
                crew,
                Path(place),
                "cn-township",
                demo.Screens(None),
                fresh=True,
                programs=demo.PROGRAMS[1:2],
            )
            hall = Hall(running.credentials)
            hall.fill()
            shoot_pages(running.credentials)
            remote = Remote("the hall screen", running.hall_control)
            remote.wait_for_socket(demo.READY_S)
            hall.at("2", "start", "finish", "call-next")
            time.sleep(2)
            shot = Path(remote.ask(do="screenshot", name="hall")["file"])
            small(shot, OUT / "readme" / "hall-screen.png", 900)
        except DemoError as error:
            sys.stderr.write(f"pictures: {error}\n")
            return 1
        finally:
            crew.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
