"""A whole hall on simulated devices: server, broker, devices on ptys, kiosk, two displays."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script.hall_demo.processes import Crew, DemoError

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
READY_S = 60.0
KIOSK_PX = (1080, 1920)
HALL_PX = (1920, 1080)
WINDOW_PX = (1024, 600)


@dataclass(frozen=True, slots=True)
class Screens:
    """Where windows appear: on a display (with its X name), or in memory."""

    display: str | None

    @property
    def flags(self) -> list[str]:
        """What a program is told."""
        return [] if self.display else ["--offscreen"]

    @property
    def environment(self) -> dict[str, str]:
        """For the programs that draw."""
        return {"DISPLAY": self.display} if self.display else {}


@dataclass(frozen=True, slots=True)
class Hall:
    """A running demo."""

    place: Path
    credentials: dict[str, Any]
    printer: dict[str, str]
    reader: dict[str, str] | None
    sound: dict[str, str]
    kiosk_control: Path
    hall_control: Path
    window_control: Path
    window_id: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Where the calls of a demo are heard.

    Attributes:
        url: A real sound device; empty for a simulated card, which keeps what it plays.
        speed: Of the simulated card: so many times as fast as a real one.
    """

    url: str = ""
    speed: int = 1


def virtual_screen(crew: Crew) -> Screens:
    """A screen of our own that real taps can be sent to.

    Raises:
        DemoError: Xvfb is missing or does not start.
    """
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        raise DemoError("Xvfb or xdotool is missing: run script/bootstrap")
    crew.start(
        "xvfb", ["Xvfb", "-displayfd", "1", "-screen", "0", "1920x1920x24", "-nolisten", "tcp"]
    )
    return Screens(":" + crew.first_line("xvfb", READY_S))


OF_A_RUN = ("data", "kiosk", "hall", "window", "tickets", "reader", "sound", "run")
"""What is forgotten by a fresh start, below the demo's place."""
PROGRAMS = (
    ("kiosk", "run", KIOSK_PX),
    ("hall", "display", HALL_PX),
    ("window", "window", WINDOW_PX),
)


def start(
    crew: Crew,
    place: Path,
    pack: str,
    screens: Screens,
    *,
    fresh: bool,
    programs: tuple[tuple[str, str, tuple[int, int]], ...] = PROGRAMS,
    speaker: Speaker | None = None,
) -> Hall:
    """Bring everything up, in the order it depends on each other.

    Args:
        crew: starts and ends the processes.
        place: where everything of this run is kept.
        pack: the kind of hall.
        screens: where windows appear.
        fresh: forget the tickets of earlier runs.
        programs: name, verb and size of what draws.
        speaker: where calls are heard; a simulated card where none is named.

    Raises:
        DemoError: something did not start; the end of its log is in the sentence.
    """
    data = place / "data"
    if fresh:
        for kept in OF_A_RUN:
            shutil.rmtree(place / kept, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    crew.start(
        "server",
        [str(BIN / "bianmin-server"), "serve", "--data", str(data), "--demo", "--pack", pack],
    )
    crew.first_line("server", READY_S)
    credentials: dict[str, Any] = json.loads((data / "credentials.json").read_text("utf-8"))
    printer = _device(crew, place, "printer", "printer")
    reader = _device(crew, place, "id-reader", "reader") if _has_reader(credentials) else None
    speaker = speaker or Speaker()
    sound = {"url": speaker.url} if speaker.url else _sound_card(crew, place, speaker.speed)
    window_id = credentials["windows"][0]
    controls = {name: place / "run" / f"{name}.sock" for name in ("kiosk", "hall", "window")}
    hears = f'[display]\nannouncer = true\n[speaker]\nurl = "{sound["url"]}"\n'
    _write_configs(place, credentials, _kiosk_devices(printer, reader), hears, window_id)
    for name, verb, size in programs:
        controls[name].unlink(missing_ok=True)
        crew.start(
            name,
            [
                str(BIN / "bianmin-kiosk"),
                verb,
                "--config",
                str(place / "run" / f"{name}.toml"),
                "--size",
                f"{size[0]}x{size[1]}",
                "--control",
                str(controls[name]),
                "--screenshot-dir",
                str(place),
                *screens.flags,
            ],
            environment=screens.environment,
        )
    return Hall(
        place,
        credentials,
        printer,
        reader,
        sound,
        controls["kiosk"],
        controls["hall"],
        controls["window"],
        window_id,
    )


def _has_reader(credentials: dict[str, Any]) -> bool:
    return bool(credentials["pack"] == "cn-township")


def _device(crew: Crew, place: Path, kind: str, name: str) -> dict[str, str]:
    crew.start(
        name,
        [
            str(BIN / "bianmin-hardware"),
            "sim",
            kind,
            "--pty",
            "--out",
            str(place / ("tickets" if name == "printer" else name)),
        ],
    )
    told: dict[str, str] = json.loads(crew.first_line(name, READY_S))
    return told


def _sound_card(crew: Crew, place: Path, speed: int) -> dict[str, str]:
    """A sound card that keeps what it plays as WAV files."""
    words = ["sim", "announcer", "--out", str(place / "sound"), "--option", f"speed={speed}"]
    crew.start("sound", [str(BIN / "bianmin-hardware"), *words])
    told: dict[str, str] = json.loads(crew.first_line("sound", READY_S))
    return told


def _secret(path: Path, text: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
    return path


def _write_configs(
    place: Path,
    credentials: dict[str, Any],
    kiosk_devices: str,
    hall_devices: str,
    window_id: str,
) -> None:
    run = place / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    token = _secret(run / "kiosk.token", credentials["kiosk_token"])
    languages = '["zh-CN", "en"]' if credentials["pack"] == "cn-township" else '["en"]'
    for name, device, extra in (
        ("kiosk", "kiosk-1", kiosk_devices),
        ("hall", "hall-screen", hall_devices),
        ("window", "window-screen", f'[display]\nwindow_id = "{window_id}"\n'),
    ):
        login = credentials["devices"][device]
        password = _secret(run / f"{name}.mqtt", login["password"])
        token_line = f'token_file = "{token}"\n' if name == "kiosk" else ""
        text = (
            f'device_id = "{device}"\ndemo = true\n'
            f'data_dir = "{place / name}"\n'
            f'time_zone = "{credentials["time_zone"]}"\n'
            f"languages = {languages}\n"
            f'[server]\nurl = "{credentials["url"]}"\n{token_line}'
            f'[mqtt]\nurl = "{credentials["mqtt_url"]}"\nusername = "{login["username"]}"\n'
            f'password_file = "{password}"\nhall_id = "{credentials["hall_id"]}"\n'
            "[screen]\nfullscreen = false\nshow_cursor = true\n"
            f"{extra}"
        )
        (run / f"{name}.toml").write_text(text, encoding="utf-8")


def _kiosk_devices(printer: dict[str, str], reader: dict[str, str] | None) -> str:
    text = f'[printer]\nurl = "{printer["url"]}"\n'
    return text + (f'[id_reader]\nurl = "{reader["url"]}"\n' if reader else "")


def tell(credentials: dict[str, Any], hall: Hall, screens: Screens) -> None:
    """Print what a person wants to know."""
    url = credentials["url"]
    clerk, manager = credentials["clerks"][0], credentials["manager"]
    admin = credentials["administrator"]
    shown = "in windows on this screen" if screens.display else "in memory (there is no screen)"
    mqtt = credentials["mqtt"]
    sits = f"{clerk['username']} / {clerk['password']}   at window {clerk['window_id']}"
    lines = (
        "",
        "  A hall is open. Ctrl-C closes it.",
        "",
        f"  Hall board      {url}/board",
        f"  Clerk           {url}/clerk      {sits}",
        f"  Manager         {url}/manager    {manager['username']} / {manager['password']}",
        f"  Devices         {url}/devices    {admin['username']} / {admin['password']}",
        f"  Kiosk, displays {shown}",
        f"  Printed tickets {hall.printer['out']}/",
        f"  Spoken calls    {hall.sound.get('out') or hall.sound['url']}",
        f"  All users       {hall.place}/data/credentials.json",
        f"  MQTT            {credentials['mqtt_url']}   {mqtt['username']} / {mqtt['password']}",
        "",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    if hall.reader:
        card = f"{BIN}/bianmin-hardware tell {hall.reader['control']} lay"
        sys.stdout.write(f"  Lay down a card: {card}\n\n")
    sys.stdout.flush()


def shell(command: list[str]) -> str:
    """Run a short command to its end.

    Raises:
        DemoError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise DemoError(f"{' '.join(command[:3])}…: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
