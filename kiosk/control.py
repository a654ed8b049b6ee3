"""A way to look at a running kiosk from outside, for demos and tests; off unless asked for.

JSON lines over TCP on loopback or over a Unix socket, one answer a line:

    {"do": "look"}                          what stands on the screen, in window pixels
    {"do": "wait", "screen": "confirm"}     the same, once that screen is there and takes taps
    {"do": "screenshot", "name": "home"}    writes a PNG, answers its path
    {"do": "tap", "x": 540, "y": 900}       a touch at that place, as a finger would; "times": 2 for
                                            a finger in a hurry

There is no other way to act: whatever happens, happens through a place on the panel.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import structlog

WAIT_STEP_S: Final = 0.02
WAIT_MOST_S: Final = 60.0
LINE_MAX: Final = 64 * 1024

Answer = dict[str, object]
log = structlog.get_logger(__name__)


class Panel(Protocol):
    """The UI, asked on its own thread (`kiosk.ui.panel.UiPanel`)."""

    async def look(self) -> Answer:
        """What stands on the screen."""
        ...

    async def screenshot(self, name: str) -> Path:
        """Write a picture; raises OSError or ValueError."""
        ...

    async def tap(self, x: int, y: int, times: int) -> None:
        """Touch the screen at a place, origin at the top left."""
        ...


class BadRequestError(Exception):
    """A line that asks for nothing we know; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the channel listens: a port on loopback (0: any free one), or a socket file."""

    port: int = 0
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Reads a number as a port, anything else as a path.

        Raises:
            ValueError: The number is no port.
        """
        if not text.isdigit():
            return cls(path=Path(text))
        if int(text) > 65_535:  # noqa: PLR2004 - the largest port
            raise ValueError(f"{text} is no port")
        return cls(port=int(text))


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Who may look on, as the command line says.

    Attributes:
        pictures: Where the control channel may write pictures.
        control: Where it listens; None leaves it off.
    """

    pictures: Path | None = None
    control: Address | None = None


async def serve(address: Address, panel: Panel, ready: Callable[[str], None]) -> None:
    """Listen until cancelled.

    Args:
        address: Where.
        panel: The UI.
        ready: Told "127.0.0.1:PORT" or the path once it listens.

    Raises:
        OSError: The place is taken or may not be used.
    """

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _attend(panel, reader, writer)
        except (ConnectionError, ValueError) as error:
            log.info("control_gone", reason=type(error).__name__)
        finally:
            writer.close()

    if address.path is not None:
        address.path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(attend, address.path, limit=LINE_MAX)
        ready(str(address.path))
    else:
        server = await asyncio.start_server(attend, "127.0.0.1", address.port, limit=LINE_MAX)
        host, port = server.sockets[0].getsockname()[:2]
        ready(f"{host}:{port}")
    async with server:
        await server.serve_forever()


async def _attend(panel: Panel, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        try:
            answer = await _answer(panel, line)
        except (BadRequestError, OSError) as error:
            answer = {"error": str(error)}
        writer.write(json.dumps(answer, ensure_ascii=False, default=str).encode() + b"\n")
        await writer.drain()


async def _answer(panel: Panel, line: bytes) -> Answer:
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise BadRequestError(f"not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise BadRequestError("ask with an object")
    verb = VERBS.get(str(asked.get("do")))
    if verb is None:
        raise BadRequestError(f"do one of {', '.join(VERBS)}")
    try:
        return await verb(panel, asked)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestError(f"{asked.get('do')}: {error}") from error


async def _look(panel: Panel, _asked: Mapping[str, object]) -> Answer:
    return await panel.look()


async def _wait(panel: Panel, asked: Mapping[str, object]) -> Answer:
    wanted = asked["screen"]
    limit_s = min(float(str(asked.get("timeout_s", 10.0))), WAIT_MOST_S)
    seen: Answer = {}
    try:
        async with asyncio.timeout(limit_s):
            while True:
                seen = await panel.look()
                if seen["screen"] == wanted and seen["settled"]:
                    return seen
                await asyncio.sleep(WAIT_STEP_S)
    except TimeoutError as error:
        raise BadRequestError(f"still on {seen.get('screen')} after {limit_s} s") from error


async def _screenshot(panel: Panel, asked: Mapping[str, object]) -> Answer:
    return {"file": str(await panel.screenshot(str(asked["name"])))}


async def _tap(panel: Panel, asked: Mapping[str, object]) -> Answer:
    times = int(str(asked.get("times", 1)))
    await panel.tap(int(str(asked["x"])), int(str(asked["y"])), times)
    return {"tapped": times}


VERBS: Final[Mapping[str, Callable[[Panel, Mapping[str, object]], Awaitable[Answer]]]] = {
    "look": _look,
    "wait": _wait,
    "screenshot": _screenshot,
    "tap": _tap,
}
