"""A thread for a library that blocks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Worker:
    """One thread, one call at a time, in order."""

    def __init__(self, name: str) -> None:
        """`name` is the thread's; it starts with the first call."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._last: asyncio.Future[object] | None = None

    async def call(self, work: Callable[[], T]) -> T:
        """Run a call in the thread; who is cancelled meanwhile leaves it running."""
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        # Who was cancelled does not hear of a failure any more: it is taken note of here.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._last = future  # type: ignore[assignment] # a Future[T] is only waited for here
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Wait for the calls that were made, then end the thread."""
        if self._last is not None:
            await asyncio.wait({self._last})
        self._pool.shutdown()
