"""The hands of a simulated device: a Unix socket that takes one JSON object a line.

    {"do": "paper-out"}          ->  {"ok": true, "state": {...}}
    {"do": "fly"}                ->  {"ok": false, "error": "unknown command fly"}
    {"do": "watch"}              ->  {"ok": true, ...}, then one line per event, for ever

Every simulator knows `state`, `watch`, `unplug`, `replug`, `unplug-after` (`bytes`: the cable is
pulled when so many more have arrived, or with `direction` out have been sent) and `fault`
(`delay_s`, `split_bytes`, `loss`, `garbage`, `doubled`, `flip`, `pace_bd`; `direction` in, out or
both; without any of them the line is well again), and tells `connected` when a driver can talk to
it. What else it knows stands in its own module.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

LINE_MAX_BYTES: Final = 1 << 20
EVENTS_KEPT: Final = 256

Command = Mapping[str, Any]
"""One JSON object; its values are checked by whoever handles it."""
Handler = Callable[[Command], Awaitable[Mapping[str, object]]]


class RefusedCommandError(Exception):
    """A command that the simulator does not know or cannot obey; the text says why."""


class Events:
    """What happened, for everyone who watches."""

    def __init__(self) -> None:
        """Nobody watches yet."""
        self._queues: set[asyncio.Queue[Mapping[str, object]]] = set()

    def tell(self, event: str, **details: object) -> None:
        """Tell all watchers; one that does not read loses the oldest."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait({"event": event, **details})

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Mapping[str, object]]]:
        """A queue of all events inside the block."""
        queue: asyncio.Queue[Mapping[str, object]] = asyncio.Queue(EVENTS_KEPT)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


@asynccontextmanager
async def control_socket(path: Path, handle: Handler, events: Events) -> AsyncIterator[None]:
    """Serve the control socket for the length of a block."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            task.set_name("sim control")
            connections.add(task)
        try:
            await _converse(reader, writer, handle, events)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the simulator ends
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            if task is not None:
                connections.discard(task)

    Path.unlink(path, missing_ok=True)
    server = await asyncio.start_unix_server(serve, path=path, limit=LINE_MAX_BYTES)
    Path.chmod(path, 0o600)
    try:
        yield
    finally:
        server.close()
        for task in tuple(connections):
            task.cancel()
        if connections:
            await asyncio.wait(connections)
        Path.unlink(path, missing_ok=True)


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    handle: Handler,
    events: Events,
) -> None:
    async for line in reader:
        with events.subscribe() as queue:
            command, answer = await _obey(line, handle)
            await _write(writer, answer)
            while command == "watch":
                await _write(writer, await queue.get())


async def _obey(line: bytes, handle: Handler) -> tuple[object, Mapping[str, object]]:
    try:
        command = json.loads(line)
        if not isinstance(command, dict):
            raise RefusedCommandError("not a JSON object")  # noqa: TRY301 - one answer for all
        return command.get("do"), {"ok": True, **await handle(command)}
    except (RefusedCommandError, ValueError, TypeError, KeyError, OSError) as error:
        return None, {"ok": False, "error": str(error)}


async def _write(writer: asyncio.StreamWriter, answer: Mapping[str, object]) -> None:
    writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    await writer.drain()


async def tell(path: Path, command: Mapping[str, object]) -> Mapping[str, Any]:
    """Send one command to a simulator's control socket; its answer.

    Raises:
        OSError: No simulator is there.
    """
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE_MAX_BYTES)
    try:
        await _write(writer, command)
        answer: Mapping[str, Any] = json.loads(await reader.readline())
        return answer
    finally:
        writer.close()
        await writer.wait_closed()


async def watch(path: Path) -> AsyncIterator[Mapping[str, Any]]:
    """Events of a simulator, from now on; the first item is its state.

    Raises:
        OSError: No simulator is there.
    """
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE_MAX_BYTES)
    try:
        await _write(writer, {"do": "watch"})
        async for line in reader:
            yield json.loads(line)
    finally:
        writer.close()
        await writer.wait_closed()
