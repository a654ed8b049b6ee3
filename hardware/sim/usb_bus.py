"""A USB bus without hardware: a backend of pyusb that carries bytes to simulated devices.

pyusb runs as it does over libusb: finding, descriptors, kernel drivers, claiming, transfers with
time-outs. What is on the other side of the bulk end points is any simulator, by way of a plug
(`hardware.sim.usb_plug`). Only inside one process: no other program can see this bus.
"""

import array
import errno
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final

import usb.backend
import usb.core

PACKET_BYTES: Final = 512
"""wMaxPacketSize of bulk end points at high speed."""
WAY_IN: Final = 0x81
WAY_OUT: Final = 0x02
BULK: Final = 2
_LANGUAGES: Final = 0
_SERIAL: Final = 3
_DESCRIPTOR: Final = 6
"""GET_DESCRIPTOR (USB 2.0, table 9-4)."""
_STRING: Final = 3
_ENGLISH: Final = b"\x04\x03\x09\x04"


@dataclass(eq=False)
class SimUsbDevice:
    """What a device is like, and what is wrong with it.

    Attributes:
        vendor_id: idVendor.
        product_id: idProduct.
        serial: Its serial number; many cheap devices have none.
        place: Port numbers from the root hub on.
        interface_class: 7 for printers, 255 for a maker's own.
        is_one_way: It has no bulk end point towards us.
        has_kernel_driver: usblp holds it, until it is taken off.
        is_denied: The operating system does not let us open it.
        is_stalled: It takes no more bytes.
        claimed_by: Who has claimed the interface.
        wire: Our end of the wire to the simulator; None while unplugged.
        spent: Broken wires that somebody may still be reading.
        history: What was done to it, in words.
    """

    vendor_id: int
    product_id: int
    serial: str = ""
    place: tuple[int, ...] = (1,)
    interface_class: int = 7
    is_one_way: bool = False
    has_kernel_driver: bool = True
    is_denied: bool = False
    is_stalled: bool = False
    claimed_by: object = None
    wire: socket.socket | None = None
    spent: list[socket.socket] = field(default_factory=list)
    history: list[str] = field(default_factory=list)

    def cut_off(self) -> None:
        """Break the wire. It is closed when its reader has let go: its number must stay taken."""
        wire, self.wire = self.wire, None
        if wire is not None:
            with suppress(OSError):  # the other end is closed already
                wire.shutdown(socket.SHUT_RDWR)
            self.spent.append(wire)
        if self.claimed_by is None:
            self.put_away()

    def put_away(self) -> None:
        """Close broken wires."""
        while self.spent:
            self.spent.pop().close()


@dataclass(eq=False)
class _Handle:
    device: SimUsbDevice


class SimUsbBus(usb.backend.IBackend):  # type: ignore[misc] # pyusb has no types
    """All devices that are plugged in; give it to `open_usb` as the backend."""

    def __init__(self) -> None:
        """Nothing is plugged in."""
        self.devices: list[SimUsbDevice] = []

    # --- finding ---------------------------------------------------------------------------------

    def enumerate_devices(self) -> Iterable[SimUsbDevice]:
        """All of them."""
        return tuple(self.devices)

    def get_parent(self, _device: SimUsbDevice) -> None:
        """All sit at the root hub."""

    def get_device_descriptor(self, device: SimUsbDevice) -> object:
        """USB 2.0, table 9-8, and what libusb adds."""
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=device.vendor_id,
            idProduct=device.product_id, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=_SERIAL if device.serial else 0, bNumConfigurations=1,
            address=self.devices.index(device) + 1, bus=1, port_number=device.place[-1],
            port_numbers=device.place, speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, _device: SimUsbDevice, config: int) -> object:
        """USB 2.0, table 9-10."""
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(
        self, device: SimUsbDevice, intf: int, alt: int, _config: int
    ) -> object:
        """USB 2.0, table 9-12."""
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=1 if device.is_one_way else 2, bInterfaceClass=device.interface_class,
            bInterfaceSubClass=1, bInterfaceProtocol=1 if device.is_one_way else 2, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(
        self, device: SimUsbDevice, ep: int, _intf: int, _alt: int, _config: int
    ) -> object:
        """USB 2.0, table 9-13."""
        addresses = (WAY_OUT,) if device.is_one_way else (WAY_OUT, WAY_IN)
        if ep >= len(addresses):
            raise IndexError
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=addresses[ep], bmAttributes=BULK,
            wMaxPacketSize=PACKET_BYTES, bInterval=0, bRefresh=0, bSynchAddress=0,
            extra_descriptors=[],
        )  # fmt: skip

    # --- opening ---------------------------------------------------------------------------------

    def open_device(self, device: SimUsbDevice) -> _Handle:
        """A handle."""
        _need(device in self.devices, errno.ENODEV)
        _need(not device.is_denied, errno.EACCES)
        return _Handle(device)

    def close_device(self, handle: _Handle) -> None:
        """Forget the handle, and what it claimed."""
        handle.device.put_away()
        if handle.device.claimed_by is handle:
            handle.device.claimed_by = None

    def get_configuration(self, _handle: _Handle) -> int:
        """Set by the kernel when it was plugged in."""
        return 1

    def set_configuration(self, handle: _Handle, _value: int) -> None:
        """Nobody needs this here; a real printer would be reset."""
        handle.device.history.append("configured")

    def claim_interface(self, handle: _Handle, _intf: int) -> None:
        """Take it, unless somebody has it."""
        device = handle.device
        _need(not device.has_kernel_driver and device.claimed_by in {None, handle}, errno.EBUSY)
        device.claimed_by = handle

    def release_interface(self, handle: _Handle, _intf: int) -> None:
        """Give it back."""
        _need(handle.device.claimed_by is handle, errno.ENOENT)
        handle.device.claimed_by = None
        _need(handle.device in self.devices, errno.ENODEV)

    def is_kernel_driver_active(self, handle: _Handle, _intf: int) -> bool:
        """Whether usblp has it."""
        return handle.device.has_kernel_driver

    def detach_kernel_driver(self, handle: _Handle, _intf: int) -> None:
        """Take usblp off."""
        handle.device.has_kernel_driver = False
        handle.device.history.append("detached")

    def attach_kernel_driver(self, handle: _Handle, _intf: int) -> None:
        """Put usblp back on."""
        _need(handle.device in self.devices, errno.ENODEV)
        _need(handle.device.claimed_by is None, errno.EBUSY)
        handle.device.has_kernel_driver = True
        handle.device.history.append("attached")

    # --- transfers -------------------------------------------------------------------------------

    def ctrl_transfer(
        self,
        handle: _Handle,
        _kind: int,
        request: int,
        value: int,
        _index: int,
        data: "array.array[int]",
        _timeout_ms: int,
    ) -> int:
        """GET_DESCRIPTOR of texts, which is all that is asked."""
        _need(request == _DESCRIPTOR and value >> 8 == _STRING, errno.EPIPE)
        text = handle.device.serial.encode("utf-16-le")
        is_list = value & 0xFF == _LANGUAGES
        answer = _ENGLISH if is_list else bytes([len(text) + 2, _STRING]) + text
        data[: len(answer)] = array.array("B", answer)
        return len(answer)

    def bulk_write(
        self, handle: _Handle, _ep: int, _intf: int, data: "array.array[int]", timeout_ms: int
    ) -> int:
        """Bytes to the simulator."""
        wire = self._wire(handle)
        if handle.device.is_stalled:
            wire.settimeout(timeout_ms / 1000)
            with suppress(TimeoutError):
                wire.recv(1, socket.MSG_PEEK)  # waits as a device that takes nothing makes us wait
            self._wire(handle)
            raise usb.core.USBTimeoutError("timed out", None, errno.ETIMEDOUT)
        try:
            wire.settimeout(timeout_ms / 1000)
            return wire.send(data.tobytes())
        except OSError as error:
            raise self._failure(handle, error) from error

    def bulk_read(
        self, handle: _Handle, _ep: int, _intf: int, buff: "array.array[int]", timeout_ms: int
    ) -> int:
        """Bytes from the simulator."""
        _need(len(buff) % PACKET_BYTES == 0, errno.EOVERFLOW)
        wire = self._wire(handle)
        try:
            wire.settimeout(timeout_ms / 1000)
            data = wire.recv(len(buff))
        except OSError as error:
            raise self._failure(handle, error) from error
        _need(bool(data), errno.ENODEV)
        buff[: len(data)] = array.array("B", data)
        return len(data)

    def clear_halt(self, handle: _Handle, _ep: int) -> None:
        """Nothing halts here."""
        handle.device.history.append("halt cleared")

    def _wire(self, handle: _Handle) -> socket.socket:
        wire = handle.device.wire
        _need(handle.device.claimed_by is handle, errno.ENODEV)
        if wire is None:
            raise usb.core.USBError("no such device", None, errno.ENODEV)
        return wire

    def _failure(self, handle: _Handle, error: OSError) -> Exception:
        if isinstance(error, TimeoutError) and handle.device.wire is not None:
            return usb.core.USBTimeoutError("timed out", None, errno.ETIMEDOUT)  # type: ignore[no-any-return] # pyusb has no types
        return usb.core.USBError("no such device", None, errno.ENODEV)  # type: ignore[no-any-return] # pyusb has no types


def _need(holds: bool, number: int) -> None:  # noqa: FBT001 - reads like an assertion
    if not holds:
        raise usb.core.USBError(errno.errorcode[number], None, number)
