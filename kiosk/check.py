"""`bianmin-kiosk check`: one line a thing, for the person who sets a kiosk up."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError
from hardware.roles import Device, DeviceKind
from hardware.sentences import sentence
from kiosk.config import ConfigError, KioskConfig, device_token, load_config
from kiosk.demand import tally
from kiosk.lang import Speech
from kiosk.server_link import HallServer, RefusedError, SilentError
from kiosk.wiring import http_client
from kiosk.wiring_devices import build_device

DEVICE_WITHIN_S: Final = 6.0
"""A reader answers its first status within a second; slow converters need a few."""
SCREEN_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `well` is None for a thing that is not there and need not be."""

    thing: str
    well: bool | None
    said: str

    def line(self) -> str:
        """As printed."""
        sign = {True: "ok", False: "ILL", None: "-"}[self.well]
        return f"{self.thing:<10} {sign:<4} {self.said}"


def run_check(
    file: Path,
    adjust: Callable[[KioskConfig], KioskConfig],
    say: Callable[[str], None],
    speech: Speech,
) -> int:
    """Check everything, as far as the configuration can be read.

    Args:
        file: The configuration.
        adjust: Applies what the command line overrides.
        say: Takes each line.
        speech: For the sentences of device faults.

    Returns:
        0 when nothing is ill, else 1.
    """
    try:
        config = adjust(load_config(file))
    except ConfigError as error:
        say(Finding("config", well=False, said=str(error)).line())
        return 1
    say(Finding("config", well=True, said=str(file)).line())
    ill = False
    with asyncio.Runner() as runner:
        for finding in runner.run(_gather(config, speech)):
            ill |= finding.well is False
            say(finding.line())
    for finding in (_searches(config), _fonts(), _screen(config)):
        ill |= finding.well is False
        say(finding.line())
    return 1 if ill else 0


async def _gather(config: KioskConfig, speech: Speech) -> list[Finding]:
    return [finding async for finding in _findings(config, speech)]


async def _findings(config: KioskConfig, speech: Speech) -> AsyncIterator[Finding]:
    for finding in await _server(config):
        yield finding
    devices = (
        ("printer", DeviceKind.PRINTER, config.printer),
        ("id-reader", DeviceKind.ID_READER, config.id_reader),
        ("scanner", DeviceKind.SCANNER, config.scanner),
        ("camera", DeviceKind.CAMERA, config.camera),
        ("keypad", DeviceKind.KEYPAD, config.keypad),
        ("speaker", DeviceKind.ANNOUNCER, config.speaker),
        ("headphones", DeviceKind.ANNOUNCER, config.headphones),
    )
    for name, kind, section in devices:
        if section is None:
            yield Finding(name, well=None, said="not configured")
        else:
            yield await _device(name, kind, section.url, speech)


async def _server(config: KioskConfig) -> list[Finding]:
    """The board is public, the catalogue needs the token: so the two can be told apart."""
    url = config.server.url
    no_token: Finding | None = None
    token = ""
    try:
        token = device_token(config)
    except ConfigError as error:
        no_token = Finding("token", well=False, said=str(error))
    async with http_client(config, token) as http:
        server = HallServer(http, config.data_dir / "catalogue.json")
        try:
            board = await server.board()
        except (RefusedError, SilentError) as error:
            ill = Finding("server", well=False, said=f"{url} does not answer ({error})")
            return [ill, no_token or Finding("token", well=None, said="not tried")]
        well = Finding("server", well=True, said=f"{url}, hall {board.hall_id}")
        if no_token is not None:
            return [well, no_token]
        try:
            catalogue = await server.catalogue()
        except (RefusedError, SilentError) as error:
            return [well, Finding("token", well=False, said=f"the server refuses it ({error})")]
        said = f"accepted; catalogue {catalogue.version} with {len(catalogue.items)} items"
        return [well, Finding("token", well=True, said=said)]


async def _device(name: str, kind: DeviceKind, url: str, speech: Speech) -> Finding:
    try:
        device = build_device(name, kind, url)
    except HardwareError as error:
        return Finding(name, well=False, said=f"{url}: {speech.gettext(sentence(error.code))}")
    running = asyncio.create_task(device.run(), name=f"{name}-run")
    try:
        codes = await _health(device)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    if codes is None:
        return Finding(name, well=False, said=f"{url}: {speech.gettext(sentence('timed-out'))}")
    if codes:
        said = " ".join(speech.gettext(sentence(code)) for code in codes)
        return Finding(name, well=False, said=f"{url}: {said}")
    return Finding(name, well=True, said=url)


async def _health(device: Device) -> tuple[str, ...] | None:
    """Its faults once it answers; None when it stays silent."""
    last: tuple[str, ...] | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(DEVICE_WITHIN_S):
            async for health in device.health_changes():
                last = health.faults or last
                if health.online:
                    return health.faults
    return last


def _searches(config: KioskConfig) -> Finding:
    """How often people searched here for what the catalogue does not have."""
    months = tally(config).months()
    said = ", ".join(f"{month}: {n}" for month, n in sorted(months.items())[-3:])
    return Finding("searches", well=None, said=f"without a find: {said or 'none counted'}")


def _fonts() -> Finding:
    from kiosk.ui.runtime import font_path  # noqa: PLC0415 - nothing of Kivy before it is needed

    missing = [path.name for path in _font_files(font_path) if not path.is_file()]
    if missing:
        return Finding("fonts", well=False, said=f"missing: {', '.join(missing)}")
    return Finding("fonts", well=True, said=", ".join(p.name for p in _font_files(font_path)))


def _font_files(font_path: Callable[..., Path]) -> Iterator[Path]:
    yield font_path(bold=False)
    yield font_path(bold=True)


def _screen(config: KioskConfig) -> Finding:
    """Opens a window in a process of its own: a graphics driver that crashes is a finding too."""
    screen = config.screen
    where = "offscreen" if screen.offscreen else "on screen"
    size = f"{screen.width_px}x{screen.height_px}"
    program = [sys.executable, "-m", "kiosk.ui.probe", size, where.replace(" ", "-")]
    try:
        done = subprocess.run(
            program, capture_output=True, text=True, timeout=SCREEN_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding("screen", well=False, said=f"no picture within {SCREEN_WITHIN_S:.0f} s")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Finding("screen", well=False, said=f"no window of {size} {where}: {last}")
    return Finding("screen", well=True, said=f"{size} {where}, {done.stdout.strip()}")
