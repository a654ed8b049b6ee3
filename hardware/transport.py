"""The way to a device: its address, and a serial line, TCP connection or USB device opened from it.

pyserial sets a line up and takes it for us alone (flock); its own blocking reads and writes are
not used. All three kinds become a `Link`.
"""

import asyncio
import errno
import socket
import termios
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import serial

from hardware.errors import (
    AccessDenied,
    BadDeviceUrl,
    DeviceBusy,
    Unavailable,
    UnsupportedTransport,
)
from hardware.link import FdLink, Link, errno_name
from hardware.usb_link import open_usb
from hardware.usb_port import USB_OPTIONS, usb_address

CONNECT_TIMEOUT_S: Final = 4.0
"""A device on the hall's own network answers within milliseconds."""
BAUDS_BD: Final = frozenset({1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115200, 230400})
PORT_MAX: Final = 65535

Opener = Callable[[], Awaitable[Link]]


@dataclass(frozen=True, slots=True)
class DeviceUrl:
    """Where a device is.

    Attributes:
        text: As written, for messages.
        scheme: serial, tcp, usb, or a scheme that only one driver knows (video, http, hid, alsa).
        host: TCP host, vendor and product of a USB device ("04b8:0e15"), or the name of a sound
            device ("plughw:CARD=Headset"); empty otherwise.
        port: TCP port; 0 otherwise.
        path: Serial port or video device.
        options: What stands after the question mark.
    """

    text: str
    scheme: str
    host: str
    port: int
    path: str
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def baud_bd(self) -> int:
        """The line speed in baud; 9600 where none is given.

        Raises:
            BadDeviceUrl: No number, or not a usual speed.
        """
        text = self.options.get("baud", "9600")
        if not text.isascii() or not text.isdigit() or int(text) not in BAUDS_BD:
            raise BadDeviceUrl(f"baud={text!r}")
        return int(text)


def parse_url(text: str) -> DeviceUrl:
    """Take a device URL apart.

    Raises:
        BadDeviceUrl: It cannot be understood.
    """
    try:
        parts = urlsplit(text)
        is_name = parts.scheme in {"usb", "alsa"}
        # What stands after a colon in a name is no port.
        host, port = (parts.netloc, 0) if is_name else (parts.hostname or "", parts.port or 0)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError as error:
        raise BadDeviceUrl(repr(text)) from error
    url = DeviceUrl(text, parts.scheme, host, port, parts.path, MappingProxyType(options))
    complete = {
        "serial": bool(url.path.strip("/")) and not url.host,
        "tcp": bool(url.host) and 0 < port <= PORT_MAX and not url.path.strip("/"),
        "usb": bool(url.host) and not url.path.strip("/"),
        "video": bool(url.path.strip("/")),
        "hid": bool(url.path.strip("/")) and not url.host,
        "http": bool(url.host),
        "alsa": bool(url.host) and not url.path,
    }
    if not complete.get(url.scheme, False):
        raise BadDeviceUrl(repr(text))
    return url


_PARITIES: Final = {
    "N": serial.PARITY_NONE,
    "E": serial.PARITY_EVEN,
    "O": serial.PARITY_ODD,
}
_SERIAL_OPTIONS: Final = frozenset({"baud", "parity", "flow"})
_FLOWS: Final = frozenset({"none", "rtscts", "xonxoff"})


def _tell_empty_from_gone(fd: int) -> None:
    """Let a read of an empty line fail with EAGAIN, so that no bytes can only mean "hung up".

    pyserial sets VMIN to 0, with which an empty line reads like the end of the file.
    """
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


def open_port(url: DeviceUrl) -> serial.Serial:
    """Take a serial port for us alone, set up as the URL says.

    Raises:
        BadDeviceUrl: An option nobody knows.
        Unavailable: It cannot be opened (DeviceBusy, AccessDenied where known).
    """
    parity, flow = url.options.get("parity", "N"), url.options.get("flow", "none")
    if parity not in _PARITIES or flow not in _FLOWS:
        raise BadDeviceUrl(repr(url.text))
    try:
        port = serial.Serial(
            url.path,
            baudrate=url.baud_bd,
            parity=_PARITIES[parity],
            rtscts=flow == "rtscts",
            xonxoff=flow == "xonxoff",
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )
        port.reset_input_buffer()
        _tell_empty_from_gone(port.fileno())
    except (OSError, termios.error) as error:  # SerialException is an OSError
        number = error.errno if isinstance(error, OSError) else None
        if number in {errno.EACCES, errno.EPERM}:
            raise AccessDenied(url.path) from error
        if number in {errno.EBUSY, errno.EAGAIN}:
            raise DeviceBusy(url.path) from error
        raise Unavailable(errno.errorcode.get(number or 0, "open failed")) from error
    return port


def change_speed(port: serial.Serial, baud_bd: int) -> None:
    """Go on with another speed; the port stays open, so its control lines stay as they are.

    Raises:
        Unavailable: The port has gone.
    """
    try:
        port.baudrate = baud_bd
        _tell_empty_from_gone(port.fileno())
    except (OSError, termios.error) as error:
        raise Unavailable("speed") from error


async def _open_tcp(url: DeviceUrl) -> Link:
    family = socket.AF_INET6 if ":" in url.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the standard library's signature
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(sock, (url.host, url.port))
    except TimeoutError as error:
        sock.close()
        raise Unavailable("connect timed out") from error
    except OSError as error:
        sock.close()
        raise Unavailable(errno_name(error)) from error
    except BaseException:  # cancelled: the socket must not outlive us
        sock.close()
        raise
    return FdLink(sock.fileno(), sock.close)


async def open_link(url: DeviceUrl) -> Link:
    """Open the way to a device.

    Raises:
        BadDeviceUrl: No byte stream, or an option nobody knows.
        Unavailable: It cannot be opened (DeviceBusy, AccessDenied ... where known).
    """
    if url.scheme == "serial":
        port = open_port(url)
        return FdLink(port.fileno(), port.close)
    if url.scheme == "tcp":
        return await _open_tcp(url)
    if url.scheme == "usb":
        return await open_usb(usb_address(url.host, url.options))
    raise BadDeviceUrl(repr(url.text))


SERIAL_OR_TCP: Final = frozenset({"serial", "tcp"})
OR_USB: Final = SERIAL_OR_TCP | {"usb"}
"""Devices that are also sold with a USB plug and no serial port behind it."""
_OPTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"serial": _SERIAL_OPTIONS, "tcp": frozenset(), "usb": USB_OPTIONS}
)


def check_stream_url(
    url: DeviceUrl,
    options: frozenset[str] = frozenset(),
    schemes: frozenset[str] = SERIAL_OR_TCP,
) -> None:
    """Refuse a URL that `open_link` could never open, before anything is started.

    Args:
        url: The URL.
        options: Options the driver itself understands.
        schemes: Ways to such a device.

    Raises:
        BadDeviceUrl: Wrong scheme, speed or option (UnsupportedTransport for usb://).
    """
    if url.scheme == "usb" and "usb" not in schemes:
        raise UnsupportedTransport(repr(url.text))
    if url.scheme not in schemes or set(url.options) - options - _OPTIONS[url.scheme]:
        raise BadDeviceUrl(repr(url.text))
    if url.scheme == "serial":
        _ = url.baud_bd
    if url.scheme == "usb":
        usb_address(url.host, url.options)
