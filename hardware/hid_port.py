"""The way to a USB keyboard that is no keyboard: /dev/input/event*, for us alone.

`EVIOCGRAB` takes the device away from everybody else, so that what a scanner types reaches neither
the kiosk's screen nor a console. The kernel is asked for its steady clock, so that a time
server cannot make events go backwards, and for the state of the headphone switch at the start.

docs/adr/0010 says why this is not python-evdev.
"""

import errno
import fcntl
import os
import struct
import termios
from typing import Final

from hardware.errors import BadDeviceUrl, DeviceBusy, InputAccessDenied, Unavailable
from hardware.link import READ_LIMIT_BYTES, FdLink, Link, errno_name
from hardware.transport import DeviceUrl
from hardware.wire.input_events import SW_HEADPHONE_INSERT, EventType, InputEvent, encode_event

EVIOCGRAB: Final = 0x40044590
"""_IOW('E', 0x90, int) of linux/input.h."""
EVIOCSCLOCKID: Final = 0x400445A0
"""_IOW('E', 0xa0, int)."""
EVIOCGSW_8: Final = 0x8008451B
"""_IOC(_IOC_READ, 'E', 0x1b, 8): the switches, a bit each."""
CLOCK_MONOTONIC: Final = 1
HID_OPTIONS: Final = frozenset({"grab"})
_YES_NO: Final = frozenset({"yes", "no"})


class PrimedLink:
    """A link that gives some bytes first, as if they had just arrived."""

    def __init__(self, link: FdLink, first: bytes) -> None:
        """Put `first` before what the link gives."""
        self._link = link
        self._first = first

    @property
    def written_bytes(self) -> int:
        """See `Link`."""
        return self._link.written_bytes

    async def read(self, limit_bytes: int = READ_LIMIT_BYTES) -> bytes:
        """See `Link`."""
        first, self._first = self._first[:limit_bytes], self._first[limit_bytes:]
        return first or await self._link.read(limit_bytes)

    async def write(self, data: bytes) -> None:
        """See `Link`."""
        await self._link.write(data)

    async def discard_input(self, quiet_s: float = 0.05, limit_s: float = 1.0) -> int:
        """See `Link`."""
        dropped, self._first = len(self._first), b""
        return dropped + await self._link.discard_input(quiet_s, limit_s)

    async def close(self) -> None:
        """See `Link`."""
        await self._link.close()


def check_hid_url(url: DeviceUrl, options: frozenset[str]) -> None:
    """Refuse a URL that `open_hid` could never open.

    Args:
        url: The URL.
        options: Options the driver itself understands.

    Raises:
        BadDeviceUrl: Wrong scheme or option.
    """
    wrong = set(url.options) - options - HID_OPTIONS
    if url.scheme != "hid" or wrong or url.options.get("grab", "yes") not in _YES_NO:
        raise BadDeviceUrl(repr(url.text))


async def open_hid(url: DeviceUrl) -> Link:
    """Open an input device, and take it from everybody else unless the URL says grab=no.

    Raises:
        InputAccessDenied: This user may not.
        DeviceBusy: Another program has taken it.
        Unavailable: It is not there, or it is no input device.
    """
    try:
        fd = os.open(url.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise _refusal(error, url.path) from error
    try:
        first = _take(fd, grab=url.options.get("grab", "yes") == "yes")
    except (OSError, termios.error) as error:
        os.close(fd)
        raise _refusal(error, url.path) from error
    return PrimedLink(FdLink(fd, lambda: os.close(fd)), first)


def _refusal(error: Exception, path: str) -> Unavailable:
    if not isinstance(error, OSError):  # termios.error is none
        return Unavailable("open failed")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return InputAccessDenied(path)
    if error.errno in {errno.EBUSY, errno.EAGAIN}:
        return DeviceBusy(path)
    if error.errno in {errno.ENOTTY, errno.EINVAL}:
        return Unavailable("no input device")
    return Unavailable(errno_name(error))


def _take(fd: int, *, grab: bool) -> bytes:
    """Make the device ours; gives the state of its headphone switch as an event, if it has one.

    The lock keeps a second program of ours out where there is nothing to grab.
    """
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if grab:
        fcntl.ioctl(fd, EVIOCGRAB, 1)
        fcntl.ioctl(fd, EVIOCSCLOCKID, struct.pack("i", CLOCK_MONOTONIC))
        return _headphones(fd)
    if os.isatty(fd):  # a simulator
        attributes = termios.tcgetattr(fd)
        attributes[6][termios.VMIN] = 1  # with 0, as others may have left it, empty reads as gone
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
        termios.tcflush(fd, termios.TCIFLUSH)  # typed before we came: not for us
    return b""


def _headphones(fd: int) -> bytes:
    switches = fcntl.ioctl(fd, EVIOCGSW_8, bytes(8))
    if not int.from_bytes(switches, "little") >> SW_HEADPHONE_INSERT & 1:
        return b""  # nothing plugged in, or no jack at all
    # Time 0 lies before every real event.
    return encode_event(InputEvent(0, EventType.SW, SW_HEADPHONE_INSERT, 1))
