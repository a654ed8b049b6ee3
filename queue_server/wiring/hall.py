"""A running hall: every part started in order, and stopped in the reverse order."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from queue_server.bus.hub import Hub
from queue_server.config import ServerConfig
from queue_server.memory import settle_heap
from queue_server.packs import load_pack, shipped_pack
from queue_server.store.store import open_store
from queue_server.web.app import build
from queue_server.web.live import Streams
from queue_server.wiring.http import HallServer, bind, check_certificate, url_of, uvicorn_config
from queue_server.wiring.parts import Options, Parts

__all__ = ["Options", "serve"]

SWITCH_S = 0.0005
"""After each step in SQLite the journal's thread waits this long at most for the interpreter's lock
while the event loop is busy; Python's own 5 ms made commits slow under load (docs/performance.md).
"""


@dataclass(frozen=True, slots=True)
class _Running:
    """What `serve` watches and ends."""

    server: HallServer
    listening: socket.socket
    line: str
    streams: Streams
    hub: Hub


async def serve(config: ServerConfig, options: Options, announce: Callable[[str], None]) -> None:
    """Run a hall until SIGTERM or SIGINT.

    Args:
        config: the process's settings.
        options: of this run.
        announce: is given the "ready …" line.

    Raises:
        ConfigError, StoreError, BrokerError, PackError: it cannot start; one sentence each.
    """
    sys.setswitchinterval(SWITCH_S)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with _running(config, options) as hall:
        serving = asyncio.create_task(hall.server.serve([hall.listening]), name="http")
        stopping = asyncio.create_task(stop.wait(), name="stop-signal")
        up = asyncio.create_task(hall.server.up.wait(), name="http-up")
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            announce(hall.line)
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        hall.streams.close()
        hall.hub.close()
        hall.server.should_exit = True
        await serving
        for waiting in (stopping, up):
            waiting.cancel()


@asynccontextmanager
async def _running(config: ServerConfig, options: Options) -> AsyncIterator[_Running]:
    pack = load_pack(shipped_pack(config.hall.pack))
    check_certificate(config)
    async with AsyncExitStack() as stack:
        listening = bind(config)
        stack.callback(listening.close)
        store = await asyncio.to_thread(
            open_store,
            options.data_dir,
            config.store_url,
            config.hall.id,
            create=True,
            demo=options.demo,
        )
        stack.callback(store.close)
        parts = await Parts.make(config, options, pack, store, stack)
        app, streams = build(parts.hall, parts.pages)
        server = HallServer(uvicorn_config(config, app))
        server.config.load()
        url = url_of(config, listening)
        await parts.write_credentials(url)
        settle_heap()
        line = f"ready {url} {parts.broker.address.url}"
        yield _Running(server, listening, line, streams, parts.hub)
