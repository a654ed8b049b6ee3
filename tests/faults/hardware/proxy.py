"""A network line that misbehaves, between a driver and a simulated network device."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any
from urllib.parse import urlsplit

from rig import Sim

from hardware.registry import SimOptions
from hardware.sim.faults import Faults, FaultyPipe

PIECE_BYTES = 4096


async def _nothing() -> None:
    pass


class Proxy:
    """Passes TCP connections on, through faults of the line."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._faults = {"in": Faults(), "out": Faults()}
        self._pipes: set[tuple[str, FaultyPipe]] = set()
        self.cut_after: int | None = None
        self.pull_out: Callable[[], Awaitable[object]] = _nothing
        self._connections: set[asyncio.Task[None]] = set()

    def fail(self, direction: str, faults: Faults) -> None:
        for name in ("in", "out"):
            self._faults[name] = faults if direction in {name, "both"} else Faults()
        for name, pipe in self._pipes:
            pipe.faults = self._faults[name]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("sim proxy")
        self._connections.add(task)
        try:
            with suppress(OSError):
                far = await asyncio.open_connection("127.0.0.1", self._target_port)
                await self._join((reader, writer), far)
        except asyncio.CancelledError:
            pass
        finally:
            await _closed(writer)
            self._connections.discard(task)

    async def _join(
        self,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        tasks = [
            asyncio.create_task(self._pump("in", near[0], far[1]), name="sim proxy in"),
            asyncio.create_task(self._pump("out", far[0], near[1]), name="sim proxy out"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await _closed(far[1])

    async def _pump(
        self, direction: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        async def out(data: bytes) -> None:
            sink.write(data)
            await sink.drain()

        pipe = FaultyPipe(out, Random(0))  # noqa: S311 - faults, reproducible
        pipe.faults = self._faults[direction]
        entry = (direction, pipe)
        self._pipes.add(entry)
        moving = asyncio.create_task(pipe.run(), name="sim proxy pipe")
        try:
            while data := await source.read(PIECE_BYTES):
                if direction == "out" and self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after <= 0:
                        self.cut_after = None
                        await self.pull_out()
                        return
                await pipe.put(data)
        except ConnectionError:
            return
        finally:
            moving.cancel()
            await asyncio.wait({moving})
            self._pipes.discard(entry)

    async def close(self) -> None:
        for task in tuple(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    # Cut already, or the proxy ends just now: this connection is at its end either way.
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()


class ProxiedSim(Sim):
    """A simulator reached through a proxy, which takes the commands that concern the line."""

    def __init__(self, url: str, options: SimOptions, behind: Sim, proxy: Proxy) -> None:
        super().__init__(url, options)
        self._behind = behind
        self._proxy = proxy

    async def tell(self, do: str, **details: Any) -> Mapping[str, Any]:
        if do == "fault":
            direction = str(details.pop("direction", "both"))
            self._proxy.fail(direction, Faults(**details))
            return {}
        if do == "unplug-after":
            self._proxy.cut_after = int(details["bytes"])
            self._proxy.pull_out = lambda: self._behind.tell("unplug")
            return {}
        return await self._behind.tell(do, **details)


@asynccontextmanager
async def proxied(sim: Sim, options: SimOptions) -> AsyncIterator[ProxiedSim]:
    """The same simulator behind a line that can fail."""
    proxy = Proxy(urlsplit(sim.url).port or 0)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield ProxiedSim(f"http://127.0.0.1:{port}/", options, sim, proxy)
    finally:
        server.close()
        # A connection accepted just now has a task that has not begun: let it begin, then end it.
        await asyncio.sleep(0.05)
        await proxy.close()
