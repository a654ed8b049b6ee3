"""What every simulated device shares: its line, its control socket, its life.

A device module defines a class with `receive`, `state` and `command`, and gives `run_device` a way
to make one. It says things by `Desk.send` and tells watchers by `Desk.tell`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final, Protocol, cast

from hardware.registry import SimOptions
from hardware.sim.control import Command, Events, RefusedCommandError, control_socket
from hardware.sim.faults import Faults
from hardware.sim.line import Line, Plug, PtyPlug, TcpPlug

_FAULT_NUMBERS: Final = (
    *("delay_s", "split_bytes", "loss", "garbage", "garbage_bytes", "doubled", "flip", "pace_bd"),
)


class SimDevice(Protocol):
    """The inside of a simulated device."""

    def receive(self, data: bytes) -> None:
        """Bytes from the driver."""
        ...

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        ...

    async def command(self, command: Command) -> None:
        """Obey one command of its own.

        Raises:
            RefusedCommandError: It does not know it.
        """
        ...


class Desk:
    """What a simulated device may do to the world."""

    def __init__(self, send: Callable[[bytes], None], events: Events, options: SimOptions) -> None:
        """Bundle them."""
        self.send = send
        self.tell = events.tell
        self.options = options


def make_plug(options: SimOptions) -> Plug:
    """The plug that was asked for."""
    if options.plug is not None:
        return cast("Plug", options.plug)
    if options.pty_link is not None:
        return PtyPlug(options.pty_link)
    return TcpPlug(options.tcp_port)


async def run_device(
    options: SimOptions, make: Callable[[Desk], SimDevice], ready: Callable[[str], None]
) -> None:
    """Serve one simulated device until cancelled."""
    events = Events()
    device: SimDevice

    def receive(data: bytes) -> None:
        device.receive(data)

    line = Line(
        make_plug(options),
        receive,
        Random(0),  # noqa: S311 - faults, reproducible
        connected=lambda: events.tell("connected"),
    )
    device = make(Desk(line.send, events, options))

    async def handle(command: Command) -> Mapping[str, object]:
        await obey(command, line, device)
        return {"state": {"connected": line.connected, **device.state()}}

    async with control_socket(options.control, handle, events), asyncio.TaskGroup() as tasks:
        tasks.create_task(line.run(), name="sim line")
        ready(line.url)


async def obey(command: Command, line: Line, device: SimDevice) -> None:
    """Obey a command that all simulators know, or let the device do so."""
    common: Mapping[object, Callable[[], Awaitable[None]]] = {
        "state": _nothing,
        "watch": _nothing,
        "unplug": line.unplug,
        "replug": lambda: _replug(line),
        "fault": lambda: _fault(line, command),
        "unplug-after": lambda: _unplug_after(line, command),
    }
    await common.get(command.get("do"), lambda: device.command(command))()


async def _nothing() -> None:
    pass


async def _replug(line: Line) -> None:
    line.replug()


async def _unplug_after(line: Line, command: Command) -> None:
    if command.get("direction", "in") == "out":
        line.unplug_after_sent = int(command["bytes"])
    else:
        line.unplug_after = int(command["bytes"])


async def _fault(line: Line, command: Command) -> None:
    given = {name: command[name] for name in _FAULT_NUMBERS if name in command}
    unknown = set(command) - set(given) - {"do", "direction"}
    direction = command.get("direction", "both")
    if unknown or direction not in {"in", "out", "both"}:
        raise RefusedCommandError(f"unknown fault {sorted(unknown) or direction}")
    faults = Faults(**given)
    line.fail(
        incoming=faults if direction != "out" else Faults(),
        outgoing=faults if direction != "in" else Faults(),
    )
