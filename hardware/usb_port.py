"""A USB device with two bulk end points, through pyusb and libusb: blocking, for one thread.

What libusb asks of a program and pyusb leaves to it: the kernel's own driver (usblp for printers)
is taken off the interface and given back, the interface is claimed, and a configuration that is
set already is left alone, because setting it again resets many printers.

pyusb is loaded with the first device, so that a kiosk without one never loads libusb.
"""

import errno
import importlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from hardware.errors import (
    BadDeviceUrl,
    DeviceBusy,
    HardwareError,
    NoUsbLibrary,
    Unavailable,
    UsbAccessDenied,
    UsbAmbiguous,
    UsbUnsuitable,
)

USB_OPTIONS: Final = frozenset({"serial", "port"})
PRINTER_CLASS: Final = 7
"""bInterfaceClass (USB Device Class Definition for Printing Devices 1.1)."""
READ_BYTES: Final = 4096
"""A whole number of packets at every speed (64, 512, 1024): less could overflow."""
OLD_ANSWERS_MAX: Final = 64
"""Reads before a device that never stops talking is taken as it is."""
OLD_ANSWERS_MS: Final = 20
_ENDPOINT_IN: Final = 0x80
_BULK: Final = 2
_IDS: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_PLACE: Final = re.compile(r"\d{1,3}-\d{1,3}(\.\d{1,3})*")


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """Which USB device.

    Attributes:
        vendor_id: idVendor.
        product_id: idProduct.
        serial: Its serial number; empty takes the only one there is.
        place: Where it is plugged in, as the kernel names it ("1-2.4"); empty for anywhere.
    """

    vendor_id: int
    product_id: int
    serial: str = ""
    place: str = ""


def usb_address(ids: str, options: Mapping[str, str]) -> UsbAddress:
    """Read "04b8:0e15" and the options `serial` and `port`.

    Raises:
        BadDeviceUrl: Not two numbers of four hexadecimal digits, or no such place.
    """
    match = _IDS.fullmatch(ids)
    place = options.get("port", "")
    if match is None or (place and not _PLACE.fullmatch(place)):
        raise BadDeviceUrl(repr(ids))
    return UsbAddress(int(match[1], 16), int(match[2], 16), options.get("serial", ""), place)


class UsbPort:
    """One device, from `open` to `close`; all calls from the same thread."""

    def __init__(self, address: UsbAddress, backend: Any = None) -> None:  # noqa: ANN401 - a pyusb backend, which has no types
        """Touch nothing yet; without a backend libusb is used."""
        self._address = address
        self._backend = backend
        self._device: Any = None
        self._interface = 0
        self._in = self._out = 0
        self._took_from_kernel = False

    def open(self) -> None:
        """Find the device and take its interface for us alone.

        Raises:
            Unavailable: It is not there; DeviceBusy, UsbAccessDenied and so on where known.
        """
        core = _load(self._backend)
        with _named():
            self._device = _find(core, self._address, self._backend)
            try:
                self._claim()
                self._drop_old_answers()
            except BaseException:
                self.close()
                raise

    def read(self, wait_ms: int) -> bytes:
        """What comes within a time; nothing when nothing comes.

        Raises:
            Unavailable: It has gone.
        """
        with _named():
            try:
                return bytes(self._device.read(self._in, READ_BYTES, timeout=wait_ms))
            except OSError as error:
                if error.errno == errno.ETIMEDOUT:
                    return b""
                self._end_stall(error, self._in)
                raise

    def write(self, data: bytes, wait_ms: int) -> int:
        """How many bytes the device takes within a time.

        Raises:
            Unavailable: It has gone.
        """
        with _named():
            try:
                return int(self._device.write(self._out, data, timeout=wait_ms))
            except OSError as error:
                if error.errno == errno.ETIMEDOUT:
                    return 0
                self._end_stall(error, self._out)
                raise

    def close(self) -> None:
        """Give the interface back, to the kernel's driver too; works on a device that has gone."""
        device, self._device = self._device, None
        if device is None:
            return
        util = importlib.import_module("usb.util")
        with suppress(OSError):  # unplugged: there is nothing to give back
            util.release_interface(device, self._interface)
        if self._took_from_kernel:
            with suppress(OSError):  # likewise
                device.attach_kernel_driver(self._interface)
        util.dispose_resources(device)

    def _claim(self) -> None:
        device = self._device
        try:
            configuration = device.get_active_configuration()
        except OSError as error:
            if error.errno is not None:
                raise
            device.set_configuration()  # pyusb has no number for "none is set"
            configuration = device.get_active_configuration()
        interface, self._in, self._out = _suitable(configuration)
        self._interface = interface.bInterfaceNumber
        with suppress(NotImplementedError):  # no such thing outside Linux
            if device.is_kernel_driver_active(self._interface):
                device.detach_kernel_driver(self._interface)
                self._took_from_kernel = True
        importlib.import_module("usb.util").claim_interface(device, self._interface)
        if interface.bAlternateSetting:
            device.set_interface_altsetting(self._interface, interface.bAlternateSetting)

    def _drop_old_answers(self) -> None:
        """What the device said to the program before us is no answer to us."""
        for _ in range(OLD_ANSWERS_MAX):
            if not self.read(OLD_ANSWERS_MS):
                return

    def _end_stall(self, error: OSError, endpoint: int) -> None:
        """A halted end point stays so for the next program, unless it is told to go on."""
        if error.errno == errno.EPIPE:
            with suppress(OSError):  # the connection ends in any case
                self._device.clear_halt(endpoint)


def _load(backend: object) -> Any:  # noqa: ANN401 - pyusb has no types
    try:
        core = importlib.import_module("usb.core")
        if backend is None and importlib.import_module("usb.backend.libusb1").get_backend() is None:
            raise NoUsbLibrary
    except ImportError as error:
        raise NoUsbLibrary(type(error).__name__) from error
    return core


def _find(core: Any, address: UsbAddress, backend: Any) -> Any:  # noqa: ANN401 - pyusb has no types
    devices = core.find(
        find_all=True,
        backend=backend,
        idVendor=address.vendor_id,
        idProduct=address.product_id,
    )
    found = [device for device in devices if address.place in {"", place_of(device)}]
    if address.serial:
        found = [device for device in found if _serial_of(device) == address.serial]
    if not found:
        raise Unavailable("no such usb device")
    if len(found) > 1:
        raise UsbAmbiguous(f"{len(found)} devices")
    return found[0]


def place_of(device: Any) -> str:  # noqa: ANN401 - pyusb has no types
    """Where a device is plugged in, as the kernel names it: "1-2.4"."""
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or ()))}"


def _serial_of(device: Any) -> str:  # noqa: ANN401 - pyusb has no types
    try:
        # pyusb raises ValueError for a device without any text, and for one it may not open.
        return str(importlib.import_module("usb.util").get_string(device, device.iSerialNumber))
    except ValueError:
        if device.iSerialNumber:
            raise UsbAccessDenied("serial number") from None
        return ""


def _suitable(configuration: Any) -> tuple[Any, int, int]:  # noqa: ANN401 - pyusb has no types
    """The interface to speak through, and its end points in and out; a printer's before others."""
    found: list[tuple[bool, Any, int, int]] = []
    for interface in configuration:
        bulk = [end.bEndpointAddress for end in interface if end.bmAttributes & 3 == _BULK]
        ins = [address for address in bulk if address & _ENDPOINT_IN]
        outs = [address for address in bulk if not address & _ENDPOINT_IN]
        if ins and outs:
            is_printer = interface.bInterfaceClass == PRINTER_CLASS
            found.append((is_printer, interface, ins[0], outs[0]))
    if not found:
        raise UsbUnsuitable("no bulk end points both ways")
    _is_printer, interface, way_in, way_out = max(found, key=lambda entry: entry[0])
    return interface, way_in, way_out


@contextmanager
def _named() -> Iterator[None]:
    """Errors of libusb by the names of `hardware.errors`."""
    try:
        yield
    except HardwareError:
        raise
    except OSError as error:  # usb.core.USBError is one
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise UsbAccessDenied from error
        if error.errno == errno.EBUSY:
            raise DeviceBusy("usb") from error
        raise Unavailable(errno.errorcode.get(error.errno or 0, "usb")) from error
