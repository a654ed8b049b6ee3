"""A `Link` to a USB device: one thread that writes and reads in turn, in short steps.

libusb's calls block, so each waits some milliseconds only: whoever cancels, closes or pulls the
cable waits no longer than one step. A long image goes out in pieces, and between two pieces the
thread listens, so that "out of paper" is heard while the printer takes nothing any more.
"""

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from hardware.errors import HardwareError, TimedOut, Unavailable
from hardware.link import READ_LIMIT_BYTES, STALL_S, discard_until_quiet
from hardware.usb_port import UsbAddress, UsbPort
from hardware.worker import Worker

PIECE_BYTES: Final = 2048
"""A full-speed bus carries this in some 2 ms, a busy printer takes it before `WRITE_MS`."""
WRITE_MS: Final = 200
LISTEN_MS: Final = 20
"""Longest wait of an idle line before something is sent; fifty wake-ups a second cost nothing."""
GLANCE_MS: Final = 2
"""Likewise while something waits to be sent."""
HEARD_MAX_BYTES: Final = 65_536


@dataclass(eq=False)
class _Piece:
    """Bytes on their way; `done` belongs to the loop."""

    data: bytes
    done: asyncio.Future[None]
    is_dropped: bool = False
    waited_since_s: float = 0.0


class UsbLink:
    """An open USB device; see `open_usb`."""

    def __init__(self, port: UsbPort, worker: Worker, *, stall_s: float = STALL_S) -> None:
        """Take over an open port and the thread that opened it."""
        self._port = port
        self._worker = worker
        self._stall_s = stall_s
        self._loop = asyncio.get_running_loop()
        self._guard = threading.Lock()
        self._pieces: deque[_Piece] = deque()
        self._sent_bytes = 0
        self._sending_bytes = 0
        self._heard = bytearray()
        self._fresh = asyncio.Event()
        self._closing = threading.Event()
        self._error: HardwareError | None = None
        self._pumping = asyncio.ensure_future(worker.call(self._pump))
        self._pumping.set_name("usb pump")

    @property
    def written_bytes(self) -> int:
        """Bytes the device has taken, and those it may be taking now."""
        with self._guard:
            return self._sent_bytes + self._sending_bytes

    async def read(self, limit_bytes: int = READ_LIMIT_BYTES) -> bytes:
        """Wait for at least one byte; see `hardware.link.Link`."""
        while True:
            self._check()
            if self._heard:
                data = bytes(self._heard[:limit_bytes])
                del self._heard[:limit_bytes]
                return data
            self._fresh.clear()
            await self._fresh.wait()

    async def write(self, data: bytes) -> None:
        """Hand all of `data` over; see `hardware.link.Link`."""
        for start in range(0, len(data), PIECE_BYTES):
            self._check()
            piece = _Piece(data[start : start + PIECE_BYTES], self._loop.create_future())
            self._pieces.append(piece)
            try:
                await piece.done
            finally:
                with self._guard:
                    piece.is_dropped = True

    async def discard_input(self, quiet_s: float = 0.05, limit_s: float = 1.0) -> int:
        """Throw away what arrives; see `hardware.link.Link`."""
        return await discard_until_quiet(self.read, quiet_s, limit_s)

    async def close(self) -> None:
        """Let go of the device and end the thread; takes no longer than one step."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._fail(Unavailable("closed"))
        await asyncio.wait({self._pumping})
        await self._worker.call(self._port.close)
        await self._worker.close()

    def _check(self) -> None:
        if self._error is not None:
            raise type(self._error)(self._error.detail)

    def _fail(self, error: HardwareError) -> None:
        self._error = self._error or error
        self._fresh.set()
        with self._guard:
            pieces = tuple(self._pieces)
            self._pieces.clear()
        for piece in pieces:
            self._settle(piece, self._error)

    @staticmethod
    def _settle(piece: _Piece, error: HardwareError | None) -> None:
        if piece.done.done():
            return
        if error is None:
            piece.done.set_result(None)
        else:
            piece.done.set_exception(error)

    def _hear(self, data: bytes) -> None:
        self._heard += data
        self._fresh.set()

    # --- in the thread ---------------------------------------------------------------------------

    def _pump(self) -> None:
        """Until closed, or the device has gone."""
        try:
            while not self._closing.is_set():
                self._write_some()
                self._read_some()
        except HardwareError as error:
            self._sending_bytes = 0
            self._loop.call_soon_threadsafe(self._fail, error)

    def _read_some(self) -> None:
        if len(self._heard) > HEARD_MAX_BYTES:  # nobody reads: the device has to wait
            time.sleep(LISTEN_MS / 1000)
            return
        data = self._port.read(GLANCE_MS if self._pieces else LISTEN_MS)
        if data:
            self._loop.call_soon_threadsafe(self._hear, data)

    def _write_some(self) -> None:
        piece = self._next()
        if piece is None:
            return
        if not piece.waited_since_s:
            piece.waited_since_s = time.monotonic()
        count = self._port.write(piece.data, WRITE_MS)
        with self._guard:
            self._sent_bytes += count
            self._sending_bytes = 0
        piece.data = piece.data[count:]
        if count:
            piece.waited_since_s = 0.0
        if not piece.data:
            self._end(piece, None)
        elif piece.waited_since_s and time.monotonic() - piece.waited_since_s > self._stall_s:
            self._end(piece, TimedOut("write stalled"))

    def _next(self) -> _Piece | None:
        """The piece to send now; those that nobody waits for any more are passed over."""
        with self._guard:
            while self._pieces:
                piece = self._pieces[0]
                if not piece.is_dropped:
                    self._sending_bytes = len(piece.data)
                    return piece
                self._pieces.popleft()
        return None

    def _end(self, piece: _Piece, error: HardwareError | None) -> None:
        with self._guard:
            piece.is_dropped = True
        self._loop.call_soon_threadsafe(self._settle, piece, error)


async def open_usb(address: UsbAddress, backend: Any = None) -> UsbLink:  # noqa: ANN401 - pyusb has no types
    """Open a USB device; without a backend through libusb.

    Raises:
        Unavailable: It cannot be opened; its subclasses say why.
    """
    worker = Worker(f"usb-{address.vendor_id:04x}:{address.product_id:04x}")
    port = UsbPort(address, backend)
    try:
        await worker.call(port.open)
    except BaseException:  # cancelled, too: the device must not stay taken
        await worker.call(port.close)
        await worker.close()
        raise
    return UsbLink(port, worker)
