"""Several devices on one RS-485 line: opened once, heard by all, spoken on by one at a time.

Each device has a driver, a health and a supervisor of its own; they meet in a `SharedLine`. The
first driver opens the line and the last one closes it. When it breaks, all of them learn of it.

Some adapters hear what they send. A driver therefore asks `Tap.is_own` of every frame it hears.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from hardware.errors import BadDeviceUrl, HardwareError, Unavailable
from hardware.link import Link
from hardware.transport import DeviceUrl, Opener, open_link

HEARD_MAX: Final = 256
"""Pieces kept for a driver that is busy; the oldest goes first."""
SAID_MAX: Final = 32
OWN_WITHIN_S: Final = 0.25
"""An adapter that hears itself gives a frame back within its length (16 ms at 9600 baud), the 16 ms
of a USB bridge, and the frames that were waiting before it."""
GAP_S: Final = 0.02
"""Silence between two frames, by which devices without a frame head tell them apart."""
BITS_PER_BYTE: Final = 10


class Tap:
    """One driver's place on a shared line; like a `Link`, but writes are whole frames."""

    def __init__(self, line: "SharedLine") -> None:
        """Made by `SharedLine.open`."""
        self._line = line
        self._heard: deque[tuple[bytes, float]] = deque(maxlen=HEARD_MAX)
        self._heard_s = 0.0
        self._fresh = asyncio.Event()
        self._said: deque[tuple[bytes, float, float]] = deque(maxlen=SAID_MAX)
        self._error: HardwareError | None = None

    async def read(self) -> bytes:
        """Wait for at least one byte.

        Raises:
            Unavailable: The line is gone.
        """
        while not self._heard:
            if self._error is not None:
                raise self._error
            self._fresh.clear()
            await self._fresh.wait()
        data, self._heard_s = self._heard.popleft()
        return data

    async def write(self, frame: bytes) -> None:
        """Say one frame, and leave a pause behind it.

        Raises:
            HardwareError: The line is gone, or takes nothing any more.
        """
        if self._error is not None:
            raise self._error
        await self._line.say(frame)

    def is_own(self, frame: bytes) -> bool:
        """Whether the frame that the last read completed is one that was said here before it.

        Each frame that was said is given away once. A driver that is slow may read a frame only
        after another has answered it: times of hearing are compared, not those of reading.
        """
        for entry in self._said:
            said, from_s, until_s = entry
            if said == frame and from_s <= self._heard_s <= until_s:
                self._said.remove(entry)
                return True
        return False

    async def close(self) -> None:
        """Leave the line."""
        self.fail(Unavailable("closed"))
        await self._line.leave(self)

    def hear(self, data: bytes, now_s: float) -> None:
        """Bytes from the line."""
        self._heard.append((data, now_s))
        self._fresh.set()

    def note(self, frame: bytes, from_s: float, until_s: float) -> None:
        """A frame is being said by one of us; it may be heard until then."""
        self._said.append((frame, from_s, until_s))

    def fail(self, error: HardwareError) -> None:
        """The line is gone."""
        self._error = self._error or error
        self._fresh.set()


class SharedLine:
    """One line, while at least one driver is on it."""

    def __init__(self, opener: Opener, baud_bd: int = 9600, gap_s: float = GAP_S) -> None:
        """Open nothing yet."""
        self._opener = opener
        self._bytes_per_s = baud_bd / BITS_PER_BYTE
        self._gap_s = gap_s
        self._taps: set[Tap] = set()
        self._link: Link | None = None
        self._reading: asyncio.Task[None] | None = None
        self._coming_and_going = asyncio.Lock()
        self._speaking = asyncio.Lock()

    async def open(self) -> Tap:
        """A place on the line, which is opened for the first.

        Raises:
            HardwareError: It cannot be opened.
        """
        async with self._coming_and_going:
            await self._away_with_the_dead()
            if self._link is None:
                self._link = await self._opener()
                self._reading = asyncio.create_task(self._hand_out(self._link), name="shared line")
            tap = Tap(self)
            self._taps.add(tap)
            return tap

    async def say(self, frame: bytes) -> None:
        """Send a frame for one of the drivers.

        Raises:
            HardwareError: It could not be sent; the line is then gone for all.
        """
        async with self._speaking:
            link = self._link
            if link is None:
                raise Unavailable("closed")
            sending_s = len(frame) / self._bytes_per_s
            now_s = asyncio.get_running_loop().time()
            for tap in self._taps:
                tap.note(frame, now_s, now_s + sending_s + OWN_WITHIN_S)
            try:
                await link.write(frame)
            except HardwareError as error:
                self._fail(error)
                raise
            await asyncio.sleep(sending_s + self._gap_s)

    async def leave(self, tap: Tap) -> None:
        """A driver goes; the last one closes the line."""
        async with self._coming_and_going:
            self._taps.discard(tap)
            if not self._taps:
                await self._close()

    async def _hand_out(self, link: Link) -> None:
        try:
            while True:
                data = await link.read()
                now_s = asyncio.get_running_loop().time()
                for tap in self._taps:
                    tap.hear(data, now_s)
        except HardwareError as error:
            self._fail(error)

    def _fail(self, error: HardwareError) -> None:
        for tap in self._taps:
            tap.fail(error)
        self._taps.clear()

    async def _away_with_the_dead(self) -> None:
        """A broken line is closed when the first of its drivers comes again."""
        if not self._taps:
            await self._close()

    async def _close(self) -> None:
        link, self._link = self._link, None
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            await asyncio.wait({reading})
        if link is not None:
            await link.close()


class SharedLines:
    """The lines of one program, by their address."""

    def __init__(self, opener: Callable[[DeviceUrl], Awaitable[Link]] = open_link) -> None:
        """Know no line yet."""
        self._opener = opener
        self._lines: dict[tuple[str, str, int, str], tuple[int, SharedLine]] = {}

    def line(self, url: DeviceUrl) -> SharedLine:
        """The line that an address lies on; devices with the same port get the same one.

        Raises:
            BadDeviceUrl: Another device wants another speed on that line.
        """
        place = (url.scheme, url.host, url.port, url.path)
        baud_bd = url.baud_bd
        if place not in self._lines:
            line = SharedLine(lambda: self._opener(url), baud_bd)
            self._lines[place] = (baud_bd, line)
        known_bd, line = self._lines[place]
        if known_bd != baud_bd:
            raise BadDeviceUrl(repr(url.text))
        return line
