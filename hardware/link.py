"""An open byte stream to a device: what every driver speaks through, and the one over a descriptor.

A read returns what is there; a write that makes no progress for `stall_s` fails, so an unread line
(a pty stops after some 18 kB, a switched-off printer at once) can never hold a program for ever.
`FdLink` is driven by its file descriptor from the asyncio loop, without a thread; a USB device has
a stream of its own in `hardware.usb_link`.
"""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from hardware.errors import TimedOut, Unavailable

STALL_S: Final = 5.0
"""Longest time a write may make no progress: paper is fed or cut in less."""
READ_LIMIT_BYTES: Final = 4096
WRITE_CHUNK_BYTES: Final = 1024
"""Long images in one piece time out on USB bridges; small pieces also show progress."""


class Link(Protocol):
    """An open byte stream to a device: one reader and one writer at a time.

    Attributes:
        written_bytes: How many bytes may have left us so far: never fewer than the device has.
    """

    @property
    def written_bytes(self) -> int:
        """See the class."""
        ...

    async def read(self, limit_bytes: int = READ_LIMIT_BYTES) -> bytes:
        """Wait for at least one byte.

        Raises:
            Unavailable: The other end has gone.
        """
        ...

    async def write(self, data: bytes) -> None:
        """Hand all of `data` over; see `written_bytes` for how far it came.

        Raises:
            Unavailable: The other end has gone.
            TimedOut: No progress for the stall time.
        """
        ...

    async def discard_input(self, quiet_s: float = 0.05, limit_s: float = 1.0) -> int:
        """Throw away what arrives until the line is quiet, within `limit_s`; the number of bytes.

        Raises:
            Unavailable: The other end has gone.
        """
        ...

    async def close(self) -> None:
        """Let go of the device; whoever still waits on it gets Unavailable."""
        ...


async def discard_until_quiet(
    read: Callable[[], Awaitable[bytes]], quiet_s: float, limit_s: float
) -> int:
    """Read until nothing comes for `quiet_s`, or `limit_s` is over; the number of bytes.

    Raises:
        Unavailable: The other end has gone.
    """
    dropped = 0
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + limit_s
    while loop.time() < deadline_s:
        try:
            async with asyncio.timeout(quiet_s):
                dropped += len(await read())
        except TimeoutError:
            break
    return dropped


class FdLink:
    """A `Link` over a non-blocking descriptor."""

    def __init__(
        self,
        fd: int,
        close: Callable[[], None],
        *,
        stall_s: float = STALL_S,
    ) -> None:
        """Take over a non-blocking descriptor; `close` releases it."""
        self._fd = fd
        self._release = close
        self._stall_s = stall_s
        self._closed = False
        self._waiters: set[asyncio.Future[None]] = set()
        self.written_bytes = 0

    async def read(self, limit_bytes: int = READ_LIMIT_BYTES) -> bytes:
        """Wait for at least one byte.

        Raises:
            Unavailable: The other end has gone.
        """
        while True:
            self._check_open()
            try:
                data = os.read(self._fd, limit_bytes)
            except (BlockingIOError, InterruptedError):
                loop = asyncio.get_running_loop()
                await self._ready(loop.add_reader, loop.remove_reader)
                continue
            except OSError as error:
                raise Unavailable(errno_name(error)) from error
            if not data:
                raise Unavailable("EOF")
            return data

    async def write(self, data: bytes) -> None:
        """Hand all of `data` to the operating system; see `written_bytes` for how far it came.

        Raises:
            Unavailable: The other end has gone.
            TimedOut: No progress for the stall time.
        """
        view = memoryview(data)
        while view:
            self._check_open()
            try:
                count = os.write(self._fd, view[:WRITE_CHUNK_BYTES])
            except (BlockingIOError, InterruptedError):
                loop = asyncio.get_running_loop()
                try:
                    async with asyncio.timeout(self._stall_s):
                        await self._ready(loop.add_writer, loop.remove_writer)
                except TimeoutError as error:
                    raise TimedOut("write stalled") from error
                continue
            except OSError as error:
                raise Unavailable(errno_name(error)) from error
            self.written_bytes += count
            view = view[count:]

    async def discard_input(self, quiet_s: float = 0.05, limit_s: float = 1.0) -> int:
        """Throw away what arrives until the line is quiet, within `limit_s`; the number of bytes.

        Raises:
            Unavailable: The other end has gone.
        """
        return await discard_until_quiet(self.read, quiet_s, limit_s)

    async def close(self) -> None:
        """Release the descriptor; whoever still waits on it gets Unavailable."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        for waiter in tuple(self._waiters):
            if not waiter.done():
                waiter.set_exception(Unavailable("closed"))
        self._release()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("closed")

    async def _ready(
        self,
        add: Callable[[int, Callable[[], None]], object],
        remove: Callable[[int], object],
    ) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        add(self._fd, lambda: None if waiter.done() else waiter.set_result(None))
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)
            if not self._closed:  # a closed descriptor's number may already be someone else's
                remove(self._fd)


def errno_name(error: OSError) -> str:
    """EIO, ECONNRESET ...: what a log may say of an operating system's error."""
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
