"""A simulated device and its driver, side by side in one test."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, Self

from hardware.drivers.escpos_encoder import Rasteriser
from hardware.drivers.escpos_printer import EscposPrinter
from hardware.drivers.escpos_session import Timing as PrinterTiming
from hardware.drivers.raster import FontRasteriser
from hardware.drivers.sam_reader import SamReader
from hardware.drivers.sam_reader import Timing as ReaderTiming
from hardware.registry import REGISTRY, SimOptions, default_for
from hardware.roles import Device, DeviceHealth, DeviceKind
from hardware.sim.control import tell, watch
from hardware.sim.usb_bus import SimUsbBus, SimUsbDevice
from hardware.sim.usb_plug import UsbPlug
from hardware.supervise import Backoff, running
from hardware.transport import open_link, parse_url
from hardware.usb_link import open_usb
from hardware.usb_port import usb_address
from hardware.wire.escpos_profile import PROFILES, Profile

DICE = Random(1)  # noqa: S311 - jitter, the same in every run
QUICK = Backoff(first_s=0.05, longest_s=0.2)
PRINTER_TIMING = PrinterTiming(
    answer_s=0.5, completion_s=2.0, poll_s=0.1, watch_s=0.05, connect_s=3.0
)
READER_TIMING = ReaderTiming(poll_s=0.02, idle_s=0.1, answer_s=0.4, read_s=0.8)


class Sim:
    """A running simulator."""

    def __init__(self, url: str, options: SimOptions, bus: SimUsbBus | None = None) -> None:
        self.url = url
        self.bus = bus
        self.out = options.out
        self.control = options.control

    async def tell(self, do: str, **details: Any) -> Mapping[str, Any]:
        answer = await tell(self.control, {"do": do, **details})
        assert answer["ok"], answer
        return answer["state"]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[AsyncIterator[Mapping[str, Any]]]:
        async with aclosing(watch(self.control)) as events:  # type: ignore[type-var]
            assert (await anext(events))["ok"]
            yield events

    def receipts(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted(self.out.glob("receipt-*.json"))]


@asynccontextmanager
async def simulated(
    kind: DeviceKind,
    place: Path,
    *,
    pty: bool = True,
    usb: bool = False,
    type_id: str = "",
    **options: str,
) -> AsyncIterator[Sim]:
    """On a pseudo terminal, on TCP, or on a USB bus of its own."""
    Path.mkdir(place, parents=True, exist_ok=True)
    bus = SimUsbBus() if usb else None
    sim_options = SimOptions(
        pty_link=place / "tty" if pty else None,
        tcp_port=0,
        control=place / "c",
        out=place / "out",
        options=options,
        plug=UsbPlug(bus, SimUsbDevice(0x0483, 0x5743, "SN0001")) if bus else None,
    )
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    entry = REGISTRY[type_id] if type_id else default_for(kind)
    task = asyncio.create_task(entry.simulate(sim_options, url.set_result))
    try:
        await asyncio.wait({task, url}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield Sim(url.result(), sim_options, bus)
    finally:
        task.cancel()
        await asyncio.wait({task})


def opener(sim: Sim) -> Callable[[], Any]:
    url = parse_url(sim.url)
    if sim.bus is not None:
        return lambda: open_usb(usb_address(url.host, url.options), sim.bus)
    return lambda: open_link(url)


def printer_for(
    sim: Sim,
    profile: str | Profile = "generic-80",
    timing: PrinterTiming = PRINTER_TIMING,
    raster: Rasteriser | None = None,
) -> EscposPrinter:
    return EscposPrinter(
        "printer-1",
        opener(sim),
        PROFILES[profile] if isinstance(profile, str) else profile,
        baud_bd=115200 if sim.url.startswith("serial") else None,
        raster=raster or FontRasteriser(),
        randomness=DICE,
        timing=timing,
        backoff=QUICK,
    )


def reader_for(sim: Sim) -> SamReader:
    return SamReader("reader-1", opener(sim), randomness=DICE, timing=READER_TIMING, backoff=QUICK)


@asynccontextmanager
async def at_work(device: Device) -> AsyncIterator[None]:
    """Run a device, and hold it to leaving no task and no thread of its own behind."""
    before, threads = asyncio.all_tasks(), set(threading.enumerate())
    async with running(device):
        yield
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    new = set(threading.enumerate()) - threads
    assert not [one for one in new if one.name.startswith(("printer-encoder", "usb-"))]
    assert not [task for task in left if "sim" not in task.get_name()], left


async def until(device: Device, good: Callable[[DeviceHealth], bool]) -> DeviceHealth:
    """The first health for which `good` holds."""
    async with asyncio.timeout(10), aclosing(device.health_changes()) as changes:  # type: ignore[type-var]
        async for health in changes:
            if good(health):
                return health
    raise AssertionError("health ended")


async def online(device: Device) -> DeviceHealth:
    return await until(device, lambda health: health.online)


async def offline(device: Device) -> DeviceHealth:
    return await until(device, lambda health: not health.online and bool(health.faults))


class Collector:
    """Listens to a stream from a task of its own, so that it listens before things happen."""

    def __init__(self, stream: AsyncIterator[Any]) -> None:
        self._stream = stream
        self._got: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._collect(), name="collector")
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _collect(self) -> None:
        async with aclosing(self._stream):  # type: ignore[type-var]
            async for item in self._stream:
                self._got.put_nowait(item)

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            return await self._got.get()

    @property
    def empty(self) -> bool:
        return self._got.empty()
