"""The USB stream: pyusb as it is, over a bus without hardware, to the simulators there are."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rig import Sim, at_work, offline, online, opener, printer_for, simulated

from hardware.errors import (
    AccessDenied,
    BadDeviceUrl,
    DeviceBusy,
    HardwareError,
    NoUsbLibrary,
    TimedOut,
    Unavailable,
    UsbAccessDenied,
    UsbAmbiguous,
    UsbUnsuitable,
)
from hardware.link import FdLink
from hardware.roles import DeviceKind, PrintJob, PrintResult, TextLine
from hardware.sample import example_ticket
from hardware.sim.usb_bus import SimUsbBus, SimUsbDevice
from hardware.sim.usb_plug import UsbPlug
from hardware.transport import parse_url
from hardware.usb_link import UsbLink, open_usb
from hardware.usb_port import UsbAddress, usb_address
from hardware.worker import Worker

ADDRESS = UsbAddress(0x0483, 0x5743)


class Wire:
    """One device on a bus, and the device's own end of the wire."""

    def __init__(self, **device: object) -> None:
        self.bus = SimUsbBus()
        self.plug = UsbPlug(self.bus, SimUsbDevice(0x0483, 0x5743, **device))  # type: ignore[arg-type]
        self.device = self.plug.device
        self._far: FdLink | None = None

    async def open(self, address: UsbAddress = ADDRESS) -> UsbLink:
        return await open_usb(address, self.bus)

    async def far(self) -> FdLink:
        if self._far is None:
            link = await self.plug.open()
            assert isinstance(link, FdLink)
            self._far = link
        return self._far

    async def close(self) -> None:
        if self._far is not None:
            await self._far.close()
        self.plug.unplug()
        self.device.put_away()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(serial="SN1")
    before = set(threading.enumerate())
    yield made
    await made.close()
    assert not [t for t in set(threading.enumerate()) - before if t.name.startswith("usb-")]


async def all_of(link: FdLink, count: int) -> bytes:
    data = b""
    async with asyncio.timeout(10):
        while len(data) < count:
            data += await link.read()
    return data


async def test_all_bytes_pass_both_ways_and_a_long_image_goes_in_pieces(wire: Wire) -> None:
    link, far = await wire.open(), await wire.far()
    every = bytes(range(256)) * 300
    sending = asyncio.create_task(link.write(every))
    assert await all_of(far, len(every)) == every
    await sending
    assert link.written_bytes == len(every)
    await far.write(every[:9000])
    data = b""
    while len(data) < 9000:
        data += await link.read(700)
    assert data == every[:9000]
    await link.close()


async def test_the_kernels_driver_is_taken_off_and_given_back_and_no_printer_reset(
    wire: Wire,
) -> None:
    link = await wire.open()
    assert wire.device.history == ["detached"]
    await link.close()
    assert wire.device.history == ["detached", "attached"]
    assert wire.device.has_kernel_driver
    again = await wire.open()
    await again.close()


async def test_what_was_said_to_the_program_before_is_not_heard(wire: Wire) -> None:
    far = await wire.far()
    await far.write(b"old" * 2000)
    link = await wire.open()
    await far.write(b"new")
    assert await link.read() == b"new"
    await link.close()


async def test_pulling_the_cable_ends_a_waiting_read_and_every_later_call(wire: Wire) -> None:
    link = await wire.open()
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0.05)
    wire.plug.unplug()
    with pytest.raises(Unavailable):
        await reading
    with pytest.raises(Unavailable):
        await link.write(b"x")
    await link.close()
    await link.close()


async def test_closing_ends_a_waiting_read_and_a_waiting_write(wire: Wire) -> None:
    link = await wire.open()
    wire.device.is_stalled = True
    waiting = [asyncio.create_task(link.read()), asyncio.create_task(link.write(b"x"))]
    await asyncio.sleep(0.05)
    await link.close()
    for task in waiting:
        with pytest.raises(Unavailable):
            await task


async def test_a_device_that_takes_nothing_times_out_and_still_is_heard(wire: Wire) -> None:
    address = UsbAddress(0x0483, 0x5743)
    probe = await open_usb(address, wire.bus)
    await probe.close()
    link = await _impatient(wire)
    far = await wire.far()
    wire.device.is_stalled = True
    writing = asyncio.create_task(link.write(bytes(5000)))
    await asyncio.sleep(0.05)
    await far.write(b"\x7e")
    assert await link.read() == b"\x7e"
    with pytest.raises(TimedOut):
        await writing
    assert link.written_bytes == 0
    wire.device.is_stalled = False
    await link.write(b"again")
    assert await all_of(far, 5) == b"again"
    await link.close()


async def _impatient(wire: Wire) -> UsbLink:
    from hardware.usb_port import UsbPort  # noqa: PLC0415 - the inside of open_usb

    worker, port = Worker("usb-test"), UsbPort(ADDRESS, wire.bus)
    await worker.call(port.open)
    return UsbLink(port, worker, stall_s=0.5)


async def test_a_cancelled_write_counts_what_may_have_left_and_sends_no_more(wire: Wire) -> None:
    link, far = await wire.open(), await wire.far()
    wire.device.is_stalled = True
    writing = asyncio.create_task(link.write(bytes(5000)))
    await asyncio.sleep(0.05)
    writing.cancel()
    await asyncio.wait({writing})
    assert link.written_bytes > 0
    await asyncio.sleep(0.5)
    assert link.written_bytes == 0
    wire.device.is_stalled = False
    await link.write(b"next")
    assert await all_of(far, 4) == b"next"
    await link.close()


async def test_each_way_not_to_open_has_its_own_name() -> None:
    cases: list[tuple[type[HardwareError], dict[str, object], UsbAddress]] = [
        (Unavailable, {}, UsbAddress(0x04B8, 0x0202)),
        (Unavailable, {"serial": "A"}, UsbAddress(0x0483, 0x5743, "B")),
        (UsbAccessDenied, {"is_denied": True}, ADDRESS),
        (UsbAccessDenied, {"is_denied": True, "serial": "A"}, UsbAddress(0x0483, 0x5743, "A")),
        (UsbUnsuitable, {"is_one_way": True}, ADDRESS),
    ]
    for error, device, address in cases:
        wire = Wire(**device)
        with pytest.raises(HardwareError) as caught:
            await wire.open(address)
        assert type(caught.value) is error
        assert wire.device.claimed_by is None
        await wire.close()
    assert issubclass(UsbAccessDenied, AccessDenied)


async def test_a_device_that_another_program_has_claimed_is_busy(wire: Wire) -> None:
    first = await wire.open()
    with pytest.raises(DeviceBusy):
        await wire.open()
    await first.close()
    second = await wire.open()
    await second.close()


async def test_of_two_equal_devices_one_has_to_be_named() -> None:
    wire = Wire(serial="A", place=(1, 4))
    other = UsbPlug(wire.bus, SimUsbDevice(0x0483, 0x5743, "B", (2,)))
    with pytest.raises(UsbAmbiguous):
        await wire.open()
    for options in ({"serial": "B"}, {"port": "1-2"}):
        link = await wire.open(usb_address("0483:5743", options))
        assert wire.bus.devices[1].claimed_by is not None
        await link.close()
    link = await wire.open(usb_address("0483:5743", {"port": "1-1.4"}))
    assert wire.bus.devices[0].claimed_by is not None
    await link.close()
    other.unplug()
    await wire.close()


@pytest.mark.parametrize("ids", ["0483", "0483:57", "0483:574g", "483:5743:1", ""])
def test_a_usb_address_has_two_numbers_of_four_digits(ids: str) -> None:
    with pytest.raises(BadDeviceUrl):
        usb_address(ids, {})


def test_a_usb_place_is_written_as_the_kernel_does() -> None:
    with pytest.raises(BadDeviceUrl):
        usb_address("0483:5743", {"port": "/dev/bus/usb/001"})
    url = parse_url("usb://04B8:0E15?serial=X%201")
    assert usb_address(url.host, url.options) == UsbAddress(0x04B8, 0x0E15, "X 1")


async def test_without_libusb_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usb.backend.libusb1.get_backend", lambda: None)
    with pytest.raises(NoUsbLibrary):
        await open_usb(ADDRESS)


async def test_libusb_itself_says_that_nothing_is_plugged_in() -> None:
    with pytest.raises(Unavailable) as caught:
        await open_usb(UsbAddress(0xFFFE, 0xFFFD))
    assert type(caught.value) is Unavailable


async def test_opening_that_is_cancelled_leaves_the_device_free(wire: Wire) -> None:
    opening = asyncio.create_task(wire.open())
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait({opening})
    assert wire.device.claimed_by is None
    assert wire.device.has_kernel_driver
    link = await wire.open()
    await link.close()


@pytest.fixture
async def printer_sim(tmp_path: Path) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.PRINTER, tmp_path, usb=True) as sim:
        yield sim


async def test_a_ticket_and_a_long_picture_come_out_of_a_usb_printer(printer_sim: Sim) -> None:
    printer = printer_for(printer_sim, "raster-80")
    picture = PrintJob("j", tuple(TextLine(f"第{n}行", width=3, height=3) for n in range(8)))
    async with at_work(printer):
        assert await printer.print(example_ticket("张*三")) is PrintResult.PRINTED
        assert await printer.print(picture) is PrintResult.PRINTED
    first, second = printer_sim.receipts()
    assert first["unknown"] == second["unknown"] == []
    assert second["raster_lines"] == 8


async def test_a_usb_printer_that_is_pulled_out_and_put_back_works_again(printer_sim: Sim) -> None:
    printer = printer_for(printer_sim)
    async with at_work(printer):
        await online(printer)
        await printer_sim.tell("unplug")
        assert (await offline(printer)).faults == ("unavailable",)
        await printer_sim.tell("replug")
        await online(printer)
        assert await printer.print(example_ticket()) is PrintResult.PRINTED


async def test_a_card_reader_speaks_the_same_frames_over_usb(tmp_path: Path) -> None:
    async with simulated(DeviceKind.ID_READER, tmp_path, usb=True) as sim:
        link = await opener(sim)()
        await link.write(bytes.fromhex("AAAAAA96690003 11FFED".replace(" ", "")))
        async with asyncio.timeout(5):
            answer = await link.read()
            while len(answer) < 11:
                answer += await link.read()
        assert answer.hex().startswith("aaaaaa9669")
        assert answer[7:10] == b"\x00\x00\x90"
        await link.close()
