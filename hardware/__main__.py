"""bianmin-hardware: list, probe, test and simulate the devices of a hall."""

import asyncio
import gettext
import importlib
import json
import logging
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import structlog
import typer
from serial.tools.list_ports import comports

from hardware.errors import PAPER_NEAR_END, HardwareError
from hardware.registry import REGISTRY, DeviceType, Settings, SimOptions, Trial, default_for
from hardware.roles import Device, DeviceHealth, DeviceKind, PrintResult
from hardware.sentences import sentence
from hardware.sim.control import RefusedCommandError
from hardware.sim.control import tell as tell_simulator
from hardware.supervise import running
from hardware.transport import parse_url

PROBE_S: Final = 8.0
"""Longer than one connection attempt and one question asked twice in vain."""
WIDTH_MM: Final = 80
SOCKET_PATH_MAX: Final = 100
"""Linux allows 107 characters for the path of a Unix socket."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _(msgid: str) -> str:
    """A msgid in the user's language, where the catalogue is built and has it."""
    where = str(files("assets") / "locale")
    return gettext.translation("bianmin", where, fallback=True).gettext(msgid)


Kind = Annotated[DeviceKind, typer.Argument(help=_("What the device is for"))]
Url = Annotated[str, typer.Option(help=_("Where the device is: serial:///dev/… or tcp://…"))]


class SickDeviceError(Exception):
    """The device is there or not there, and cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code of `hardware.errors`."""
        super().__init__(code)
        self.code = code


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; a sick device or a wrong address becomes one sentence and exit code 1."""
    try:
        asyncio.run(work)
    except (HardwareError, SickDeviceError) as error:
        raise _fail(_(sentence(error.code))) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _print(record: Mapping[str, object]) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False))
    sys.stdout.flush()


def _device(kind: DeviceKind, url: str, options: Mapping[str, str]) -> tuple[DeviceType, Device]:
    entry = default_for(kind)
    settings = Settings(entry.type_id, parse_url(url), MappingProxyType(dict(options)))
    return entry, entry.build(settings)


@app.command("list")
def list_devices() -> None:
    """List the types of device this version knows, and the serial ports of this machine."""
    for entry in REGISTRY.values():
        typer.echo(f"{entry.type_id:16} {entry.url_example:46} {_(entry.title)}")
    ports = sorted(port.device for port in comports())
    if ports:
        typer.echo(_("Serial ports of this machine: {ports}").format(ports=" ".join(ports)))
    else:
        typer.echo(_("This machine has no serial port."))


@app.command()
def probe(kind: Kind, url: Url) -> None:
    """Ask a device whether it is well, without printing or reading anything."""
    _run(_probe(kind, url))


async def _probe(kind: DeviceKind, url: str) -> None:
    entry, device = _device(kind, url, {})
    async with running(device):
        health = await _first_answer(device)
    _print(
        {
            "type": entry.type_id,
            "online": health.online,
            "faults": list(health.faults),
            **({"details": dict(health.details)} if health.details else {}),
        }
    )
    _refuse_sick(health)


async def _first_answer(device: Device) -> DeviceHealth:
    """The health as soon as the device has answered or failed once."""
    try:
        async with asyncio.timeout(PROBE_S):
            async for health in device.health_changes():
                if health.online or health.faults:
                    return health
    except TimeoutError:
        pass
    return device.health()


def _refuse_sick(health: DeviceHealth) -> None:
    faults = [fault for fault in health.faults if fault != PAPER_NEAR_END]
    if faults or not health.online:
        raise SickDeviceError(faults[0] if faults else "timed-out")


@app.command("test")
def try_out(
    kind: Kind,
    url: Url = "",
    width_mm: Annotated[int, typer.Option(help=_("Width of the paper: 58 or 80"))] = WIDTH_MM,
    name: Annotated[str, typer.Option(help=_("A name to print on the example ticket"))] = "",
    image: Annotated[list[Path] | None, typer.Option(help=_("Pictures, for camera"))] = None,
    more: Annotated[list[Path] | None, typer.Argument(help=_("More pictures"))] = None,
    count: Annotated[int, typer.Option(help=_("Stop after so many records; 0: never"))] = 0,
) -> None:
    """Try a device out; answers one JSON object a line."""
    if kind is DeviceKind.CAMERA and image:
        _pictures([*image, *(more or [])])
    elif more or image:
        raise _fail(_("Pictures can only be given to a camera."))
    elif not url:
        raise _fail(_("Say where the device is with --url; bianmin-hardware list shows examples."))
    else:
        _run(_test(kind, url, {"width_mm": str(width_mm)}, Trial(name), count))


def _pictures(paths: list[Path]) -> None:
    read = importlib.import_module("hardware.drivers.code_vision").codes_in_file
    for path in paths:
        try:
            _print(read(path))
        except OSError:
            raise _fail(_("This picture cannot be read: {path}").format(path=path)) from None


async def _test(
    kind: DeviceKind, url: str, options: Mapping[str, str], trial: Trial, count: int
) -> None:
    entry, device = _device(kind, url, options)
    async with running(device):
        health = await _first_answer(device)
        if not health.online:
            _refuse_sick(health)
        work = asyncio.create_task(_records(entry.trial(device, trial), count), name="trial")
        lost = asyncio.create_task(_lost(device), name="health")
        # A printer's own answer says more than its health does: let it finish.
        ends = {work} if kind is DeviceKind.PRINTER else {work, lost}
        try:
            done, _waiting = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (work, lost):
                task.cancel()
            await asyncio.wait({work, lost})


async def _records(records: AsyncIterator[Mapping[str, object]], count: int) -> None:
    number = 0
    async for record in records:
        _print(record)
        number += 1
        if record.get("result") == PrintResult.UNKNOWN:
            raise SickDeviceError(str(record.get("fault", "timed-out")))
        if number == count:
            return


async def _lost(device: Device) -> None:
    """Wait until the device has gone."""
    async for health in device.health_changes():
        if not health.online:
            raise SickDeviceError(health.faults[0] if health.faults else "unavailable")


@app.command()
def sim(
    kind: Kind,
    pty: Annotated[bool, typer.Option("--pty", help=_("Be a serial port"))] = False,  # noqa: FBT002 - a flag of the command line
    tcp: Annotated[bool, typer.Option("--tcp", help=_("Be a network device"))] = False,  # noqa: FBT002 - a flag of the command line
    port: Annotated[int, typer.Option(help=_("TCP port; 0 takes a free one"))] = 0,
    out: Annotated[Path | None, typer.Option(help=_("Where receipts and sockets go"))] = None,
    control: Annotated[Path | None, typer.Option(help=_("Path of the control socket"))] = None,
    link: Annotated[Path | None, typer.Option(help=_("Path of the serial port"))] = None,
    option: Annotated[list[str] | None, typer.Option(help=_("name=value, see the docs"))] = None,
) -> None:
    """Run a simulated device until Ctrl-C; first prints where it is and how to control it."""
    if pty and tcp:
        raise _fail(_("Choose --pty or --tcp, not both."))
    place = (out or Path(tempfile.mkdtemp(prefix="bianmin-sim-"))).absolute()
    place.mkdir(parents=True, exist_ok=True)
    socket_path = (control or place / "control.sock").absolute()
    if len(str(socket_path)) > SOCKET_PATH_MAX:
        socket_path = Path(tempfile.mkdtemp(prefix="bianmin-sim-")) / "control.sock"
    pairs = [text.partition("=") for text in option or []]
    options = SimOptions(
        pty_link=(link or place / "tty") if pty else None,
        tcp_port=port,
        control=socket_path,
        out=place,
        options=MappingProxyType({name: value for name, _equals, value in pairs}),
    )
    try:
        _run(_simulate(default_for(kind), options))
    except (RefusedCommandError, ValueError, OSError) as error:
        raise _fail(_("The simulator cannot start: {why}").format(why=error)) from None


async def _simulate(entry: DeviceType, options: SimOptions) -> None:
    def ready(url: str) -> None:
        _print({"url": url, "control": str(options.control), "out": str(options.out)})

    work = asyncio.create_task(entry.simulate(options, ready), name="simulator")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


@app.command()
def tell(
    control: Annotated[Path, typer.Argument(help=_("Control socket of a simulator"))],
    command: Annotated[str, typer.Argument(help=_('A word like paper-out, or {"do": …}'))],
) -> None:
    """Tell a simulated device to do something; prints its state."""
    try:
        order = json.loads(command) if command.startswith("{") else {"do": command}
        answer = asyncio.run(tell_simulator(control, order))
    except ValueError:
        raise _fail(_("The command is no JSON object.")) from None
    except OSError:
        raise _fail(_("No simulator listens there.")) from None
    _print(answer)
    if not answer.get("ok"):
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the console script."""
    # A person at a terminal gets one sentence; the log of connecting and waiting is for programs.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    app()


if __name__ == "__main__":
    main()
