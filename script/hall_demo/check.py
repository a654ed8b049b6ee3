"""One citizen's whole journey without a person; every step is observed, not assumed."""

import json
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from script.hall_demo import hall as demo
from script.hall_demo import paper, sound
from script.hall_demo.processes import Crew, DemoError
from script.hall_demo.remote import Remote, texts

RARE_NAME = "䶮小𬭎"
RARE_GLYPHS = ("䶮", "𬭎")
CARD = {
    "type": " ",
    "name": RARE_NAME,
    "sex": "1",
    "ethnicity": "01",
    "birth": "19651231",
    "address": "示例州示例县示例乡二组2号",
    "number": "522631196512310044",
    "authority": "示例县公安局",
    "valid_from": "20060101",
    "valid_to": "长期",
}
PATIENCE_S = 30.0
SOUND_SPEED = 4
"""Nobody listens: the simulated loudspeaker speaks four times as fast as a real one."""
TOUCHES_MAX = 6
ROUNDING_S = 0.001


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was observed."""

    name: str
    seconds: float
    seen: str


class Journey:
    """The walk through a hall."""

    def __init__(self, crew: Crew, place: Path, pack: str) -> None:
        """Pictures go to `place`."""
        self._crew = crew
        self._place = place
        self._pack = pack
        self._steps: list[Step] = []
        self._seen = ""
        self._texts: list[str] = []

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began_s = time.monotonic()
        self._seen = ""
        sys.stderr.write(f"  … {name}\n")
        try:
            yield
        except DemoError as error:
            raise DemoError(f"{name}: {error}") from error
        self._steps.append(Step(name, time.monotonic() - began_s, self._seen))

    def walk(self) -> list[Step]:
        """All steps.

        Raises:
            DemoError: the first one that was not observed.
        """
        with self._step("a screen that takes real taps"):
            screens = demo.virtual_screen(self._crew)
            self._seen = f"Xvfb {screens.display}"
        with self._step("server, broker, devices, kiosk and displays come up"):
            quick = demo.Speaker(speed=SOUND_SPEED)
            running = demo.start(
                self._crew, self._place, self._pack, screens, fresh=True, speaker=quick
            )
            self._seen = str(running.credentials["url"])
        self._hall = running
        self._display = screens.display or ""
        self._kiosk = Remote("the kiosk", running.kiosk_control)
        self._board = Remote("the hall screen", running.hall_control)
        self._window = Remote("the window display", running.window_control)
        self._http = httpx.Client(base_url=running.credentials["url"], timeout=10)
        with self._http:
            self._citizen()
            self._clerk()
            self._manager()
            self._afterwards()
        return self._steps

    # --- the citizen ---------------------------------------------------------------------------

    def _citizen(self) -> None:
        with self._step("the kiosk shows its first screen, ready"):
            self._kiosk.wait_for_socket(demo.READY_S)
            self._kiosk.look_until("the first screen", self._is_ready, PATIENCE_S)
            self._picture(self._kiosk, "kiosk-1-first")
            self._sign_in()
        if self._hall.reader is not None:
            with self._step("an ID card is read over a serial line"):
                self._lay_card()
        with self._step("taps on the real screen lead to a ticket"):
            self._ticket = self._take_number()
            self._seen = f"{self._ticket['number']}, {self._touches} touches"
        with self._step("the ticket is printed: text, picture and QR code agree"):
            self._read_paper()

    def _is_ready(self, seen: dict[str, Any]) -> bool:
        reader = seen.get("reader_ready") or self._hall.reader is None
        return bool(
            seen.get("screen") == "home"
            and seen.get("settled")
            and seen.get("printer_ready")
            and seen.get("server") == "ok"
            and reader
        )

    def _sign_in(self) -> None:
        """The clerk sits down, so that the kiosk has a wait to tell."""
        clerk = next(
            c for c in self._hall.credentials["clerks"] if c["window_id"] == self._hall.window_id
        )
        self._clerk_headers = self._session(clerk)

    def _session(self, login: dict[str, str]) -> dict[str, str]:
        answer = self._ok(self._http.post("/api/v1/session", json=login))
        return {"Authorization": f"Bearer {answer['token']}"}

    def _ok(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_error:
            raise DemoError(f"{response.request.url.path}: {response.status_code} {response.text}")
        body: dict[str, Any] = response.json()
        return body

    def _lay_card(self) -> None:
        reader = self._hall.reader or {}
        command = json.dumps({"do": "lay", "card": CARD}, ensure_ascii=False)
        tell = [str(demo.BIN / "bianmin-hardware"), "tell", reader["control"], command]
        state = json.loads(demo.shell(tell))
        seen = self._kiosk.look_until(
            "that a card was read", lambda s: s.get("screen") != "home", PATIENCE_S
        )
        demo.shell([*tell[:3], "take"])
        self._picture(self._kiosk, "kiosk-2-card")
        self._seen = f"{state.get('state', {}).get('reads', '')} -> screen {seen['screen']}"

    def _take_number(self) -> dict[str, Any]:
        self._touches = 0
        for _ in range(TOUCHES_MAX):
            seen = self._kiosk.look_until(
                "a settled screen",
                lambda s: bool(s.get("settled")) or s.get("ticket") is not None,
                PATIENCE_S,
            )
            if seen.get("ticket"):
                break
            self._keep(seen)
            self._picture(self._kiosk, f"kiosk-{3 + self._touches}-{seen['screen']}")
            self._touch(self._next_touch(seen))
            self._touches += 1
            serial = seen["serial"]
            self._kiosk.look_until(
                "the next screen",
                lambda s, serial=serial: s.get("serial") != serial,  # type: ignore[misc]
                PATIENCE_S,
            )
        seen = self._kiosk.look_until(
            "the printed ticket", lambda s: s.get("paper") == "printed", PATIENCE_S
        )
        self._picture(self._kiosk, "kiosk-9-ticket")
        ticket: dict[str, Any] = seen["ticket"]
        if ticket["number"] not in " ".join(texts(seen)):
            raise DemoError(f"the screen does not show {ticket['number']}")
        self._keep(seen)
        return ticket

    def _next_touch(self, seen: dict[str, Any]) -> dict[str, Any]:
        """What a citizen would touch next: on towards a ticket."""
        for kind in ("confirm", "pick_item", "pick_section", "start"):
            for touch in seen["touch"]:
                if touch["kind"] == kind:
                    chosen: dict[str, Any] = touch
                    return chosen
        raise DemoError(f"nothing leads on from screen {seen['screen']}: {texts(seen)}")

    def _touch(self, place: dict[str, Any]) -> None:
        x = place["x"] + place["w"] // 2
        y = place["y"] + place["h"] // 2
        window = demo.shell(
            ["env", f"DISPLAY={self._display}", "xdotool", "search", "--pid", self._kiosk_pid()]
        ).split()[-1]
        # Without a window manager the window that came last lies on top, and takes the touch.
        press = "mousedown 1 sleep 0.08 mouseup 1"
        command = f"xdotool windowraise {window} mousemove --window {window} {x} {y} {press}"
        demo.shell(["env", f"DISPLAY={self._display}", *command.split()])

    def _kiosk_pid(self) -> str:
        return str(self._crew.pid("kiosk"))

    def _read_paper(self) -> None:
        out = Path(self._hall.printer["out"])
        records = sorted(out.glob("receipt-*.json"))
        if len(records) != 1:
            raise DemoError(f"{len(records)} receipts were printed instead of one")
        ticket = paper.read(records[0])
        shutil.copy(ticket.picture, self._place / "ticket.png")
        squeezed = "".join(ticket.text.split())
        number = self._ticket["number"]
        if number not in squeezed:
            raise DemoError(f"the paper does not say {number}:\n{ticket.text}")
        self._texts.append(ticket.text)
        item = self._item()
        name = item["plain_name"][next(iter(item["plain_name"]))]
        if "".join(name.split()) not in squeezed:
            raise DemoError(f"the paper does not name the item {name}:\n{ticket.text}")
        if not any(self._ticket["ticket_id"] in code for code in ticket.qr):
            raise DemoError(f"the QR code read from the picture says {ticket.qr}")
        self._seen = f"{number}, {name}, QR read"
        if self._hall.reader is not None:
            scores = {g: paper.shows_glyph(ticket.picture, g) for g in RARE_GLYPHS}
            if min(scores.values()) < paper.MATCH:
                raise DemoError(f"rare characters of the name are not on the paper: {scores}")
            self._seen += f", {'*'.join(RARE_GLYPHS)} drawn ({min(scores.values()):.2f})"

    def _item(self) -> dict[str, Any]:
        catalogue = self._ok(self._http.get("/api/v1/catalogue"))
        found: dict[str, Any] = next(
            i for i in catalogue["items"] if i["service_id"] == self._ticket["service_id"]
        )
        return found

    # --- the clerk -----------------------------------------------------------------------------

    def _act(self, action: str) -> dict[str, Any]:
        path = f"/api/v1/windows/{self._hall.window_id}/{action}"
        return self._ok(self._http.post(path, json={}, headers=self._clerk_headers))

    def _clerk(self) -> None:
        number = self._ticket["number"]
        with self._step("the clerk calls the next ticket, and is told why it is the next"):
            called = self._act("call-next")
            if called["ticket"]["number"] != number:
                raise DemoError(f"{called['ticket']['number']} was called instead of {number}")
            self._seen = called["reason"]["sentence"]
            self._texts.append(self._seen)
        for remote, name in ((self._board, "hall screen"), (self._window, "window display")):
            with self._step(f"the {name} shows {number}, from MQTT"):
                seen = remote.look_until(number, lambda s: number in " ".join(texts(s)), PATIENCE_S)
                self._keep(seen)
                self._picture(remote, name.replace(" ", "-"))
                self._seen = f"rev {seen.get('rev')}"
        with self._step("the call was spoken: chime, number and window, once"):
            self._listen(number)
        with self._step("start and finish"):
            time.sleep(1.0)  # a walk and a service that can be told from nothing in the figures
            self._act("start")
            time.sleep(1.0)
            self._act("finish")

    def _listen(self, number: str) -> None:
        """Every language of the hall, from what the loudspeaker was given."""
        out = Path(self._hall.sound["out"])
        languages = ["zh_CN", "en"] if self._pack == "cn-township" else ["en"]
        until_s = time.monotonic() + PATIENCE_S
        while len(records := sorted(out.glob("sound-*.json"))) < len(languages):
            if time.monotonic() > until_s:
                raise DemoError(f"{len(records)} sentences were heard")
            time.sleep(0.1)
        first = sound.heard_call(records[0], languages[0], number, self._hall.window_id)
        shutil.copy(records[0].with_suffix(".wav"), self._place / "call.wav")
        if len(records) != len(languages):
            raise DemoError(f"{len(records)} sentences were heard instead of {len(languages)}")
        self._seen = f"{' '.join(first.clips)} ({first.likeness:.2f}), call.wav"

    # --- the manager ---------------------------------------------------------------------------

    def _manager(self) -> None:
        with self._step("the manager's figures contain this wait"):
            headers = self._session(self._hall.credentials["manager"])
            figures = self._ok(self._http.get("/api/v1/statistics?by=service", headers=headers))
            total = figures["total"]
            row = next(r for r in figures["rows"] if r["key"] == self._ticket["service_id"])
            csv = self._http.get("/api/v1/statistics.csv", headers=headers).text
            self._texts.append(csv)
            cells = dict(
                zip(
                    *(line.split(",") for line in csv.lstrip("\ufeff").splitlines()[:2]),
                    strict=True,
                )
            )
            wait_s = float(cells["wait_s"])
            same = total["wait"]["count"] == row["wait"]["count"] == 1
            if (
                not same
                or abs(total["wait"]["max_s"] - wait_s) > ROUNDING_S
                or total["finished"] != 1
            ):
                raise DemoError(f"total {total}, row {row}, export says {wait_s} s")
            self._seen = f"1 ticket, wait {wait_s:.1f} s, service {row['service']['max_s']:.1f} s"

    def _afterwards(self) -> None:
        with self._step("the journal shows every fact that must hold"):
            done = subprocess.run(
                [str(demo.BIN / "bianmin-server"), "verify", "--data", str(self._place / "data")],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            if done.returncode != 0:
                raise DemoError(done.stdout + done.stderr)
            self._seen = f"{len(done.stdout.splitlines())} checks"
        if self._pack == "plain":
            with self._step("not one Chinese character anywhere"):
                self._no_han()

    def _no_han(self) -> None:
        for path in (
            "/board",
            "/sign-in",
            "/api/v1/board",
            "/api/v1/catalogue",
            "/api/openapi.json",
        ):
            self._texts.append(self._http.get(path).text)
        for path, login in (
            ("/clerk", self._hall.credentials["clerks"][1]),
            ("/manager", self._hall.credentials["manager"]),
        ):
            self._texts.append(self._http.get(path, headers=self._session(login)).text)
        everything = "\n".join(self._texts)
        han = sorted({c for c in everything if "CJK" in unicodedata.name(c, "")})
        if han:
            raise DemoError(f"found {''.join(han[:20])}")
        self._seen = f"{len(everything)} characters looked at"

    # --- pictures ------------------------------------------------------------------------------

    def _keep(self, seen: dict[str, Any]) -> None:
        self._texts += texts(seen)

    def _picture(self, remote: Remote, name: str) -> None:
        file = Path(remote.ask(do="screenshot", name=name)["file"])
        if not file.is_file() or file.stat().st_size == 0:
            raise DemoError(f"no picture {name}")


def run(crew: Crew, place: Path, pack: str, say: Callable[[str], None]) -> None:
    """Walk, and print the table.

    Raises:
        DemoError: a step was not observed.
    """
    steps = Journey(crew, place, pack).walk()
    width = max(len(step.name) for step in steps)
    say("")
    for step in steps:
        say(f"  ok  {step.name:<{width}}  {step.seconds:6.1f} s   {step.seen}")
    say(f"\n  All {len(steps)} steps were observed. Pictures: {place}")
