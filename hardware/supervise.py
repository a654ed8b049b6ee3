"""Keeping a device: reconnect with patience, say once that it went and once that it is back.

A driver gives `Supervisor.run` a way to open its device and a coroutine that serves an open one.
Whatever ends the serving, the supervisor closes, waits (longer each time, with jitter so that
ten kiosks do not knock at one printer together) and opens again, until cancelled.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import structlog

from hardware.errors import HardwareError
from hardware.roles import Device, DeviceHealth, DeviceKind

STREAM_DEPTH: Final = 8
"""Events kept for a listener that is busy; the oldest goes first."""

T = TypeVar("T")


class Closable(Protocol):
    """Anything a driver holds open."""

    async def close(self) -> None:
        """Release it."""
        ...


L = TypeVar("L", bound=Closable)


class Randomness(Protocol):
    """What jitter needs of `random.Random`."""

    def uniform(self, a: float, b: float) -> float:
        """A number between a and b."""
        ...


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times between attempts, in seconds: first, doubling, never above `longest_s`."""

    first_s: float = 0.5
    longest_s: float = 15.0

    def delay_s(self, attempt: int, randomness: Randomness) -> float:
        """Half to all of the time due before attempt number `attempt` (0 is the first retry)."""
        due_s: float = min(self.longest_s, self.first_s * 2 ** min(attempt, 16))
        return randomness.uniform(due_s / 2, due_s)


class Fanout(Generic[T]):
    """Hands each event to everyone who listens now, and to nobody later.

    Attributes:
        wanted: Set while somebody listens.
    """

    def __init__(self, depth: int = STREAM_DEPTH) -> None:
        """Keep at most `depth` events for a listener that is busy."""
        self._depth = depth
        self._queues: set[asyncio.Queue[T]] = set()
        self.wanted = asyncio.Event()

    def publish(self, event: T) -> None:
        """Give an event to all present listeners; a full listener loses its oldest."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[T]]:
        """A queue that gets every event published inside the block."""
        queue: asyncio.Queue[T] = asyncio.Queue(self._depth)
        self._queues.add(queue)
        self.wanted.set()
        try:
            yield queue
        finally:
            self._queues.discard(queue)
            if not self._queues:
                self.wanted.clear()

    async def listen(self) -> AsyncIterator[T]:
        """Events from the first `anext` on, until the iterator is closed or dropped."""
        with self.subscribe() as queue:
            while True:
                yield await queue.get()


class HealthRecord:
    """The last known health of one device, and who wants to hear of changes."""

    def __init__(self, device_id: str, kind: DeviceKind) -> None:
        """Start as off line without a fault: nothing has been tried yet."""
        self.now = DeviceHealth(device_id, kind, online=False)
        self._known = False
        self._changes: Fanout[DeviceHealth] = Fanout(depth=1)
        self._log = structlog.get_logger("hardware").bind(device=device_id, kind=kind.value)

    def set(
        self,
        *,
        online: bool,
        faults: tuple[str, ...] = (),
        details: tuple[tuple[str, str], ...] | None = None,
    ) -> None:
        """Record what is true now; logs only when the device went away or came back.

        Without `details` the last known ones stay: a device that is away still has its number.
        """
        before = self.now
        known = before.details if details is None else details
        self.now = DeviceHealth(before.device_id, before.kind, online, faults, known)
        if online != before.online or not self._known:
            self._known = True
            if online:
                self._log.info("device-online", faults=list(faults))
            else:
                self._log.warning("device-offline", faults=list(faults))
        if self.now != before:
            self._changes.publish(self.now)

    async def changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        with self._changes.subscribe() as queue:
            yield self.now
            while True:
                yield await queue.get()


class Supervisor(Generic[L]):
    """Opens a device again and again, for as long as its task lives."""

    def __init__(
        self,
        device_id: str,
        kind: DeviceKind,
        open_device: Callable[[], Awaitable[L]],
        *,
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run`."""
        self.health = HealthRecord(device_id, kind)
        self.last_error: HardwareError | None = None
        self._open = open_device
        self._randomness = randomness
        self._backoff = backoff or Backoff()
        self._log = structlog.get_logger("hardware").bind(device=device_id, kind=kind.value)

    async def run(self, serve: Callable[[L], Awaitable[None]]) -> None:
        """Open, serve, and start over, until cancelled.

        `serve` reports through `health` when the device has answered; only then is the waiting
        time short again after the next failure.
        """
        attempt = 0
        while True:
            try:
                await self._once(serve)
            except HardwareError as error:
                self.last_error = error
            except Exception as error:  # noqa: BLE001 - task root: a bug must not end the device
                # The type only: a message could hold what was read from a card.
                self._log.error("driver-bug", error=type(error).__name__)
                self.last_error = HardwareError(type(error).__name__)
            if self.health.now.online:
                attempt = 0
            code = self.last_error.code if self.last_error else HardwareError.code
            self.health.set(online=False, faults=(code,))
            await asyncio.sleep(self._backoff.delay_s(attempt, self._randomness))
            attempt += 1

    async def _once(self, serve: Callable[[L], Awaitable[None]]) -> None:
        device = await self._open()
        try:
            await serve(device)
        finally:
            await device.close()


async def together(**work: Coroutine[None, None, None]) -> None:
    """Run coroutines side by side until one fails or we are cancelled; none outlives this.

    Not a TaskGroup: up to Python 3.12, one that is cancelled in the moment a child fails raises
    the child's error and forgets the cancellation (python/cpython issue 116720). A device task
    would then connect anew instead of ending.

    Raises:
        Exception: The first failure, as it is.
    """
    tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in work.items()]
    try:
        done, _running = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


@asynccontextmanager
async def running(device: Device) -> AsyncIterator[None]:
    """Run a device for the length of a block, and wait until it has let go of everything."""
    task = asyncio.create_task(device.run(), name=f"device {device.health().device_id}")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
