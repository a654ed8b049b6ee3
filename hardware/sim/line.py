"""The plug of a simulated device: a pseudo terminal behind a stable name, or a TCP port.

A pty's own name changes when it is made anew, so the device URL names a link that is re-pointed
on `replug`, as a udev rule does for a real serial port. The simulator keeps the far end of its
pty open, so that a driver may come and go; closing the near end hangs the driver up, like
pulling the cable.
"""

import asyncio
import os
import socket
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Protocol

from hardware.errors import HardwareError
from hardware.link import FdLink, Link
from hardware.sim.faults import Faults, FaultyPipe

LOOPBACK = "127.0.0.1"


class Plug(Protocol):
    """Where a driver can reach the device."""

    @property
    def url(self) -> str:
        """The device URL of it."""
        ...

    async def open(self) -> Link:
        """Wait for a driver to be able to talk; the stream to it."""
        ...

    def unplug(self) -> None:
        """Be no longer reachable."""
        ...

    def replug(self) -> None:
        """Be reachable again."""
        ...


class PtyPlug:
    """A pseudo terminal behind a symbolic link."""

    def __init__(self, link: Path) -> None:
        """Make the terminal and the link."""
        self._link = link.absolute()
        self._last_name = ""
        self._fds: tuple[int, int] | None = None
        self._fresh = asyncio.Event()
        self.replug()

    @property
    def url(self) -> str:
        """The device URL of the link."""
        return f"serial://{self._link}?baud=115200"

    async def open(self) -> Link:
        """The near end, once after every plugging in."""
        await self._fresh.wait()
        self._fresh.clear()
        if self._fds is None:
            return await self.open()
        return FdLink(self._fds[0], lambda: None)

    def unplug(self) -> None:
        """Close both ends; the driver reads end of file."""
        if self._fds is not None:
            for fd in self._fds:
                os.close(fd)
            self._fds = None
            self._link.unlink(missing_ok=True)

    def replug(self) -> None:
        """Make a new terminal behind the same name, as a rule of udev does.

        The kernel hands out the lowest free number, often the old one again: then a second
        terminal is taken, so that the device really comes back under another name.
        """
        if self._fds is None:
            near, far = os.openpty()
            if os.ttyname(far) == self._last_name:
                same = (near, far)
                near, far = os.openpty()
                for fd in same:
                    os.close(fd)
            self._last_name = os.ttyname(far)
            tty.setraw(far)
            os.set_blocking(near, False)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(far))
            self._fds = (near, far)
            self._fresh.set()


class TcpPlug:
    """A TCP port on the loopback address; one driver at a time, as with a network printer."""

    def __init__(self, port: int = 0) -> None:
        """Listen; port 0 takes a free one and keeps it over replugging."""
        self._port = port
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None
        self._accepting: asyncio.Task[tuple[socket.socket, object]] | None = None
        self._plugged = asyncio.Event()
        self.replug()

    @property
    def url(self) -> str:
        """The device URL of the port."""
        return f"tcp://{LOOPBACK}:{self._port}"

    async def open(self) -> Link:
        """The next connection."""
        while True:
            await self._plugged.wait()
            if self._server is None:
                self._plugged.clear()
                continue
            loop = asyncio.get_running_loop()
            self._accepting = loop.create_task(loop.sock_accept(self._server), name="sim accept")
            try:
                await asyncio.wait({self._accepting})
                if self._accepting.cancelled():  # unplugged while waiting
                    continue
                client, _ = self._accepting.result()
            except OSError:
                continue
            finally:
                self._accepting.cancel()
            client.setblocking(False)  # noqa: FBT003 - the standard library's signature
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = client
            return FdLink(client.fileno(), client.close)

    def unplug(self) -> None:
        """Stop listening and cut the connection."""
        self._plugged.clear()
        for sock in (self._server, self._client):
            if sock is not None:
                with suppress(OSError):  # not connected any more
                    sock.shutdown(socket.SHUT_RDWR)
        if self._accepting is not None:
            self._accepting.cancel()
        if self._server is not None:
            asyncio.get_running_loop().remove_reader(self._server.fileno())
            self._server.close()
        self._server = self._client = None

    def replug(self) -> None:
        """Listen again on the same port."""
        if self._server is None:
            server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.setblocking(False)  # noqa: FBT003 - the standard library's signature
            server.bind((LOOPBACK, self._port))
            server.listen(1)
            self._port = server.getsockname()[1]
            self._server = server
            self._plugged.set()


class Line:
    """Bytes from and to the driver, through faults."""

    def __init__(
        self,
        plug: Plug,
        receive: Callable[[bytes], None],
        random: Random,
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `receive` with what the driver sends, `connected` when one can talk to us."""
        self._plug = plug
        self._tell_connected = connected
        self._link: Link | None = None
        self._incoming = FaultyPipe(self._take(receive), random)
        self._outgoing = FaultyPipe(self._give, random)
        self.unplug_after: int | None = None
        """Pull the cable by itself when this many more bytes have come in."""
        self.unplug_after_sent: int | None = None
        """Likewise when this many more bytes have gone out."""

    @property
    def url(self) -> str:
        """The device URL."""
        return self._plug.url

    @property
    def connected(self) -> bool:
        """A driver is (or, on a pty, could be) at the other end."""
        return self._link is not None

    def send(self, data: bytes) -> None:
        """Say something to the driver; lost when nobody is there, as on a real line."""
        if data and self._link is not None:
            self._outgoing.put_now(data)

    def fail(self, incoming: Faults, outgoing: Faults) -> None:
        """Misbehave from now on; `Faults()` ends it."""
        self._incoming.faults = incoming
        self._outgoing.faults = outgoing

    async def unplug(self) -> None:
        """Pull the cable."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()
        self._plug.unplug()
        self._incoming.clear()
        self._outgoing.clear()

    def replug(self) -> None:
        """Put the cable back."""
        self._plug.replug()

    async def run(self) -> None:
        """Serve drivers until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._incoming.run(), name="sim incoming")
                tasks.create_task(self._outgoing.run(), name="sim outgoing")
                tasks.create_task(self._connect(), name="sim plug")
        finally:
            await self.unplug()

    async def _connect(self) -> None:
        while True:
            link = await self._plug.open()
            self._link = link
            self._tell_connected()
            try:
                while True:
                    data = await link.read()
                    if self.unplug_after is not None:
                        data = data[: self.unplug_after]
                        self.unplug_after -= len(data)
                    await self._incoming.put(data)
                    if self.unplug_after == 0:
                        await self._pull_out_after_last()
            except HardwareError:  # the driver left, or we were unplugged
                await link.close()
            finally:
                if self._link is link:
                    self._link = None

    async def _pull_out_after_last(self) -> None:
        self.unplug_after = None
        await self._incoming.empty()
        await self.unplug()

    async def _give(self, data: bytes) -> None:
        link = self._link
        if link is None:
            return
        if self.unplug_after_sent is not None:
            data = data[: self.unplug_after_sent]
            self.unplug_after_sent -= len(data)
        with suppress(HardwareError):  # nobody reads: the bytes are lost
            await link.write(data)
        if self.unplug_after_sent == 0:
            self.unplug_after_sent = None
            await self.unplug()

    @staticmethod
    def _take(receive: Callable[[bytes], None]) -> Callable[[bytes], "asyncio.Future[None]"]:
        def take(data: bytes) -> "asyncio.Future[None]":
            receive(data)
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done

        return take
