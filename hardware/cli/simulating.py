"""`bianmin-hardware sim` and `tell`: devices that are not there."""

import asyncio
import json
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer

from hardware.cli.devices import run, types_of
from hardware.cli.words import FAILED, USAGE, FailedError, _, print_record
from hardware.registry import DeviceType, SimOptions, sim_options
from hardware.sim.control import RefusedCommandError
from hardware.sim.control import tell as tell_simulator

SOCKET_PATH_MAX: Final = 100
"""Linux allows 107 characters for the path of a Unix socket."""


def sim(
    kind: Annotated[str, typer.Argument(help=_("What the device is for, or its type"))],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=_("TCP port; 0 takes a free one"))
    ] = 0,
    out: Annotated[Path | None, typer.Option(help=_("Where receipts and sockets go"))] = None,
    control: Annotated[Path | None, typer.Option(help=_("Path of the control socket"))] = None,
    link: Annotated[Path | None, typer.Option(help=_("Path of the serial port"))] = None,
    option: Annotated[list[str] | None, typer.Option(help=_("name=value, see the docs"))] = None,
    *,
    pty: Annotated[bool, typer.Option("--pty", help=_("Be a serial port"))] = False,
    tcp: Annotated[bool, typer.Option("--tcp", help=_("Be a network device"))] = False,
    usb: Annotated[bool, typer.Option("--usb", hidden=True)] = False,
) -> None:
    """Entry of the command; its help stands in `app`."""
    if usb:
        raise FailedError(
            _("A simulated device cannot be on USB. Choose --pty (serial port) or --tcp."), USAGE
        )
    if pty and tcp:
        raise FailedError(_("Choose --pty or --tcp, not both."))
    entry = types_of(kind)[0]
    settings = _settings(entry, option or [])
    place = (out or Path(tempfile.mkdtemp(prefix="bianmin-sim-"))).absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
        socket_path = (control or place / "control.sock").absolute()
        if len(str(socket_path)) > SOCKET_PATH_MAX:
            socket_path = Path(tempfile.mkdtemp(prefix="bianmin-sim-")) / "control.sock"
        options = SimOptions(
            pty_link=(link or place / "tty") if pty else None,
            tcp_port=port,
            control=socket_path,
            out=place,
            options=settings,
        )
        run(_simulate(entry, options))
    except (RefusedCommandError, ValueError, OSError) as error:
        raise FailedError(_("The simulator cannot start: {why}").format(why=error)) from None


def _settings(entry: DeviceType, given: list[str]) -> Mapping[str, str]:
    """The settings of a simulator, from name=value.

    Raises:
        FailedError: It has no such setting, or not with this value.
    """
    known = sim_options(entry)
    settings: dict[str, str] = {}
    for text in given:
        name, _equals, value = text.partition("=")
        if name not in known:
            raise FailedError(
                _("The simulator has no option {name}. It knows: {known}.").format(
                    name=name, known=" ".join(sorted(known)) or "-"
                ),
                USAGE,
            )
        if known[name] and value not in known[name]:
            raise FailedError(
                _("Option {name} is one of: {values}.").format(
                    name=name, values=" ".join(known[name])
                ),
                USAGE,
            )
        settings[name] = value
    return MappingProxyType(settings)


async def _simulate(entry: DeviceType, options: SimOptions) -> None:
    def ready(url: str) -> None:
        print_record({"url": url, "control": str(options.control), "out": str(options.out)})

    work = asyncio.create_task(entry.simulate(options, ready), name="simulator")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


def tell(
    control: Annotated[Path, typer.Argument(help=_("Control socket of a simulator"))],
    command: Annotated[str, typer.Argument(help=_('A word like paper-out, or {"do": …}'))],
) -> None:
    """Entry of the command; its help stands in `app`."""
    try:
        order = json.loads(command) if command.startswith("{") else {"do": command}
        answer = asyncio.run(tell_simulator(control, order))
    except ValueError:
        raise FailedError(_("The command is no JSON object.")) from None
    except OSError:
        raise FailedError(_("No simulator listens there.")) from None
    print_record(answer)
    if not answer.get("ok"):
        raise typer.Exit(FAILED)
