"""The fault matrix: what every device type is put through, and what is held against it.

A `Bench` says how one device type is used and what a right answer is; `CELLS` says what is done to
its line. `test_fault_matrix` runs every cell of every entry of the registry, and fails for an entry
without a bench.
"""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar

import serial
from rig import Sim, offline, online, until

from hardware.registry import REGISTRY, SimOptions
from hardware.roles import Device


class Got(Enum):
    """What came of using a device once."""

    RIGHT = "right"
    NOTHING = "nothing"


class WrongDataError(AssertionError):
    """A driver delivered what no device said."""


Use = Callable[[int], Awaitable[Got]]
"""Uses the device once; the number makes this use different from all others."""


class Bench(ABC):
    """How one device type is used. One instance a cell.

    Attributes:
        type_id: Of the registry.
        sim_options: For its simulator.
        pty: Its simulator is a serial port; else it finds its own way.
        recovers_s: Within this time after the fault has gone, it must work again.
        damage: In which direction lost, doubled and turned bits are tried.
        checked: Its protocol notices damage. Where it cannot (no checksum), what is delivered
            under damage is not held against the driver; `unchecked_why` says why.
        behind_proxy: It is reached over HTTP, through a proxy that can fail.
        side_by_side: How many of its cells run at a time.
        split_bytes: Size of the pieces its bytes are cut into.
        cut_after: Direction and number of bytes after which the cable is pulled in mid-use.
        not_here: Cells that make no sense for it, and why.
    """

    type_id: ClassVar[str]
    sim_options: ClassVar[Mapping[str, str]] = {}
    pty: ClassVar[bool] = True
    recovers_s: ClassVar[float] = 8.0
    damage: ClassVar[str] = "both"
    checked: ClassVar[bool] = True
    unchecked_why: ClassVar[str] = ""
    behind_proxy: ClassVar[bool] = False
    side_by_side: ClassVar[int] = 16
    split_bytes: ClassVar[int] = 1
    cut_after: ClassVar[tuple[str, int]] = ("out", 4)
    not_here: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def driver(self, url: str, device_id: str) -> Device:
        """The driver under test, with short pauses."""

    @abstractmethod
    def using(self, device: Any, sim: Sim) -> AbstractAsyncContextManager[Use]:
        """Be ready to use the device."""


@dataclass
class Cell:
    """One device type under one fault, while it runs."""

    bench: Bench
    device: Device
    sim: Sim
    port: Path
    use: Use
    uses: int = 0
    tty: Path = field(init=False)

    def __post_init__(self) -> None:
        self.tty = self.sim.out.parent / "tty"

    def terminal(self) -> str:
        """The terminal that the port's name leads to now."""
        return os.path.realpath(self.port)

    async def once(self) -> Got:
        self.uses += 1
        return await self.use(self.uses)

    async def must_work(self, within_s: float | None = None) -> None:
        async with asyncio.timeout(within_s or self.bench.recovers_s + 20):
            while True:
                if await self.once() is Got.RIGHT:
                    return
                await asyncio.sleep(0.05)

    async def damaged(self, **fault: float) -> None:
        """Use it a few times on a bad line; nothing wrong may come, and it must come back."""
        await self.sim.tell("fault", direction=self.bench.damage, **fault)
        for _ in range(2):
            try:
                await self.once()
            except WrongDataError:
                if self.bench.checked:
                    raise
        await self.sim.tell("fault")
        await asyncio.sleep(0.3)  # what is still on the line belongs to the fault
        await self._forgive()
        await self.must_work()

    async def _forgive(self) -> None:
        """Where damage cannot be noticed, one broken piece may still come behind it."""
        if not self.bench.checked:
            try:
                await self.once()
            except WrongDataError:
                return


async def late(cell: Cell) -> None:
    await cell.sim.tell("fault", delay_s=0.1)
    await cell.must_work()


async def split(cell: Cell) -> None:
    await cell.sim.tell("fault", split_bytes=cell.bench.split_bytes)
    await cell.must_work()


async def lost(cell: Cell) -> None:
    await cell.damaged(loss=0.2)


async def doubled(cell: Cell) -> None:
    await cell.damaged(doubled=1.0)


async def garbage(cell: Cell) -> None:
    await cell.damaged(garbage=0.7)


async def wrong_checksum(cell: Cell) -> None:
    await cell.damaged(flip=0.05)


async def unplugged_idle(cell: Cell) -> None:
    await cell.sim.tell("unplug")
    await offline(cell.device)
    await cell.sim.tell("replug")
    await online(cell.device)
    await cell.must_work()


async def unplugged_in_the_middle(cell: Cell) -> None:
    direction, count = cell.bench.cut_after
    await cell.sim.tell("unplug-after", bytes=count, direction=direction)
    await cell.once()
    await offline(cell.device)
    await cell.sim.tell("replug")
    await online(cell.device)
    await cell.must_work()


async def port_stolen(cell: Cell) -> None:
    """While it is unplugged another program takes the port, and keeps it for a while."""
    cell.port.unlink()
    await cell.sim.tell("unplug")
    await offline(cell.device)
    await cell.sim.tell("replug")
    with serial.Serial(str(cell.tty), exclusive=True):
        cell.port.symlink_to(cell.tty)
        await until(cell.device, lambda health: health.faults == ("device-busy",))
    await online(cell.device)
    await cell.must_work()


async def replugged_under_another_name(cell: Cell) -> None:
    before = cell.terminal()
    await cell.sim.tell("unplug")
    await offline(cell.device)
    await cell.sim.tell("replug")
    assert cell.terminal() != before
    await online(cell.device)
    await cell.must_work()


async def slow_line(cell: Cell) -> None:
    await cell.sim.tell("fault", pace_bd=9600)
    await cell.must_work()


CELLS: Mapping[str, Callable[[Cell], Awaitable[None]]] = {
    "late": late,
    "split": split,
    "lost": lost,
    "doubled": doubled,
    "garbage": garbage,
    "wrong-checksum": wrong_checksum,
    "unplugged-idle": unplugged_idle,
    "unplugged-in-the-middle": unplugged_in_the_middle,
    "port-stolen": port_stolen,
    "replugged-under-another-name": replugged_under_another_name,
    "slow-line": slow_line,
}
ONCE_EACH = frozenset(
    {
        *("unplugged-idle", "unplugged-in-the-middle", "port-stolen"),
        "replugged-under-another-name",
    }
)
"""Cells after which the log must hold exactly one line for going and one for coming back."""
UNTOUCHED = frozenset({"late", "split", "slow-line"})
"""Cells in which the device must not be given up at all."""


@asynccontextmanager
async def simulated_type(bench: Bench, place: Path) -> AsyncIterator[Sim]:
    """The simulator of a bench's device type."""
    Path.mkdir(place, parents=True)
    options = SimOptions(
        pty_link=place / "tty" if bench.pty else None,
        tcp_port=0,
        control=place / "c",
        out=place / "out",
        options=bench.sim_options,
    )
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(REGISTRY[bench.type_id].simulate(options, url.set_result))
    try:
        await asyncio.wait({task, url}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield Sim(url.result(), options)
    finally:
        task.cancel()
        await asyncio.wait({task})
