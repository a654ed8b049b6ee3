"""What can go wrong on a line, on purpose: delay, splitting, loss, doubling, flipped bits, garbage.

A simulated device's `Line` sends both directions through one `FaultyPipe` each. Unplugging is the
line's own business.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Final

QUEUE_CHUNKS: Final = 256
SPLIT_GAP_S: Final = 0.002
"""Between two pieces, so that the reader really sees two."""
BITS_PER_BYTE: Final = 10
PACE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Faults:
    """How a line misbehaves.

    Attributes:
        delay_s: Every piece arrives this much later.
        split_bytes: Pieces are cut to at most this many bytes; 0 leaves them.
        loss: Chance of each byte to vanish, 0 to 1.
        garbage: Chance of each piece to be preceded by random bytes, 0 to 1.
        garbage_bytes: How many.
        doubled: Chance of each piece to arrive twice, 0 to 1.
        flip: Chance of each byte to arrive with one bit turned over, 0 to 1.
        pace_bd: Bytes take the time they would at this speed; 0 for no pacing.
    """

    delay_s: float = 0.0
    split_bytes: int = 0
    loss: float = 0.0
    garbage: float = 0.0
    garbage_bytes: int = 8
    doubled: float = 0.0
    flip: float = 0.0
    pace_bd: int = 0


class FaultyPipe:
    """One direction of a line: bytes put in come out in order, later and perhaps damaged."""

    def __init__(self, out: Callable[[bytes], Awaitable[None]], random: Random) -> None:
        """Give what comes out to `out`; `random` decides what is lost."""
        self.faults = Faults()
        self._out = out
        self._random = random
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_CHUNKS)

    async def put(self, data: bytes) -> None:
        """Wait for room, then take bytes."""
        await self._queue.put(data)

    def put_now(self, data: bytes) -> None:
        """Take bytes; when the pipe is full they are lost, as on a line nobody reads."""
        if not self._queue.full():
            self._queue.put_nowait(data)

    def clear(self) -> None:
        """Forget what is on its way."""
        while not self._queue.empty():
            self._queue.get_nowait()
            self._queue.task_done()

    async def empty(self) -> None:
        """Wait until everything put in has come out."""
        await self._queue.join()

    async def run(self) -> None:
        """Move bytes until cancelled."""
        while True:
            data = await self._queue.get()
            await self._pass_on(data)
            self._queue.task_done()

    async def _pass_on(self, data: bytes) -> None:
        faults = self.faults
        if faults.delay_s:
            await asyncio.sleep(faults.delay_s)
        for piece in self._pieces(self._damage(data, faults), faults):
            if faults.pace_bd:
                await asyncio.sleep(len(piece) * BITS_PER_BYTE / faults.pace_bd)
            elif faults.split_bytes:
                await asyncio.sleep(SPLIT_GAP_S)
            await self._out(piece)

    def _damage(self, data: bytes, faults: Faults) -> bytes:
        if faults.loss:
            data = bytes(byte for byte in data if self._random.random() >= faults.loss)
        if faults.flip:
            data = bytes(self._flipped(byte, faults.flip) for byte in data)
        if faults.doubled and self._random.random() < faults.doubled:
            data += data
        if faults.garbage and self._random.random() < faults.garbage:
            data = self._random.randbytes(faults.garbage_bytes) + data
        return data

    def _flipped(self, byte: int, chance: float) -> int:
        turned = self._random.random() < chance
        return byte ^ (1 << self._random.randrange(8)) if turned else byte

    @staticmethod
    def _pieces(data: bytes, faults: Faults) -> list[bytes]:
        size = faults.split_bytes or (PACE_BYTES if faults.pace_bd else len(data)) or 1
        return [data[start : start + size] for start in range(0, len(data), size)]
