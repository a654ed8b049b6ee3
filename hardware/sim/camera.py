"""A simulated camera: an HTTP server on the loopback address that streams pictures (MJPEG).

Its own commands on the control socket: `show` (`file`: a picture, or `qr`: text to draw as a QR
code), `clear` (an empty grey picture), `freeze` (pictures stop coming), `thaw`.
The common commands `unplug` and `replug` close and open the port; `fault` is not known here.
"""

import asyncio
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import segno
from PIL import Image

from hardware.registry import SimOptions
from hardware.sim.control import Command, Events, RefusedCommandError, control_socket

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {}
FRAME_S: Final = 0.1
SIZE_PX: Final = (640, 480)
_BOUNDARY: Final = b"picture"
_HEAD: Final = (
    b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary="
    + _BOUNDARY
    + b"\r\n\r\n"
)


def jpeg(picture: Image.Image) -> bytes:
    """A picture as one frame: fitted into the camera's size on grey."""
    frame = Image.new("RGB", SIZE_PX, (128, 128, 128))
    fitted = picture.convert("RGB")
    fitted.thumbnail(SIZE_PX)
    frame.paste(fitted, ((SIZE_PX[0] - fitted.width) // 2, (SIZE_PX[1] - fitted.height) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=90)
    return out.getvalue()


def qr_picture(text: str) -> Image.Image:
    """A QR code as it would be held before the camera."""
    out = io.BytesIO()
    segno.make_qr(text).save(out, kind="png", scale=6, border=4)
    return Image.open(out)


class SimCamera:
    """The picture before the lens, and everyone who looks at it."""

    def __init__(self, port: int) -> None:
        """Show an empty picture."""
        self._port = port
        self._frame = jpeg(Image.new("RGB", SIZE_PX, (128, 128, 128)))
        self._frozen = False
        self._server: asyncio.Server | None = None
        self._viewers: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where OpenCV finds the stream."""
        return f"http://127.0.0.1:{self._port}/"

    async def plug(self) -> None:
        """Open the port; the same one again after the first time."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Close the port and cut all streams."""
        if self._server is not None:
            self._server.close()
            self._server = None
        # A viewer accepted just now has a task that has not begun: it begins, and is ended too.
        await asyncio.sleep(0)
        for task in tuple(self._viewers):
            task.cancel()
        if self._viewers:
            await asyncio.wait(self._viewers)

    async def handle(self, command: Command) -> Mapping[str, object]:
        """Obey one command."""
        match command.get("do"):
            case "show":
                self._frame = jpeg(_picture(command))
            case "clear":
                self._frame = jpeg(Image.new("RGB", SIZE_PX, (128, 128, 128)))
            case "freeze" | "thaw" as do:
                self._frozen = do == "freeze"
            case "unplug":
                await self.unplug()
            case "replug":
                await self.plug()
            case "state" | "watch":
                pass
            case other:
                raise RefusedCommandError(f"unknown command {other}")
        return {"state": {"viewers": len(self._viewers), "plugged": self._server is not None}}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            task.set_name("sim viewer")
            self._viewers.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_HEAD)
            while True:
                if not self._frozen:
                    writer.write(_part(self._frame))
                    await writer.drain()
                await asyncio.sleep(FRAME_S)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the viewer left
        except asyncio.CancelledError:
            pass  # unplugged
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            if task is not None:
                self._viewers.discard(task)


def _part(frame: bytes) -> bytes:
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(frame)
    return b"--" + _BOUNDARY + b"\r\n" + head + frame + b"\r\n"


def _picture(command: Command) -> Image.Image:
    if "qr" in command:
        return qr_picture(str(command["qr"]))
    return Image.open(Path(str(command["file"])))


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated camera until cancelled."""
    if options.pty_link is not None:
        raise RefusedCommandError("a camera has no serial line; use --tcp")
    camera = SimCamera(options.tcp_port)
    await camera.plug()
    try:
        async with control_socket(options.control, camera.handle, Events()):
            ready(camera.url)
            await asyncio.Event().wait()
    finally:
        await camera.unplug()
