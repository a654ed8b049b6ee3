"""Cameras that read codes: USB cameras (video:///dev/video0) and network cameras (http://).

OpenCV blocks, so one thread of the driver's own opens, reads and decodes; it ends with `run`.
Pictures are looked at only while somebody listens, and never kept. Options in the address:
`camera_view`.
"""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final, Protocol

import cv2
import numpy as np

from hardware.drivers.camera_view import CameraView, parse_view
from hardware.drivers.code_picture import Picture
from hardware.drivers.code_readers import SeenCode
from hardware.drivers.code_vision import Eye
from hardware.errors import BadBarcode, CameraFault, Unavailable
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind, ScannedCode
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.worker import Worker

# OpenCV and FFmpeg write warnings of their own to stderr; what is wrong with a camera is said once,
# by the supervisor.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

FRAME_GAP_S: Final = 0.08
"""At most some 12 pictures a second: decoding one takes 5 to 45 ms of a core."""
IDLE_LOOK_S: Final = 2.0
"""How often an unused camera is asked for a picture, to know that it is there."""
HOLD_S: Final = 1.5
"""A code that stays in the picture is delivered once; away for this long, it counts as new."""
STALE_PICTURES: Final = 4
"""V4L2 keeps up to four old pictures; they may show the visitor before."""
OPEN_TIMEOUT_MS: Final = 4000
READ_TIMEOUT_MS: Final = 3000


class PictureSource(Protocol):
    """A camera as OpenCV sees it. All calls block."""

    def read(self) -> Picture:
        """The next picture.

        Raises:
            CameraFault: There is none.
        """
        ...

    def release(self) -> None:
        """Let go of the camera."""
        ...


class OpenCvSource:
    """A camera opened by OpenCV."""

    def __init__(self, view: CameraView) -> None:
        """Open and set it.

        Raises:
            Unavailable: It cannot be opened.
            CameraSettingRefused: It does not know a setting that the address asks for.
        """
        self._view = view
        if view.source.startswith("/"):
            self._capture = cv2.VideoCapture(_video_number(view.source), cv2.CAP_V4L2)
            self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        else:
            limits = [
                *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS),
                *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS),
            ]
            self._capture = cv2.VideoCapture(view.source, cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            self._capture.release()
            raise Unavailable("camera")
        try:
            view.prepare(self._capture)
        except CameraFault:
            self._capture.release()
            raise

    def read(self) -> Picture:
        """The next picture, upright, and of it the part that counts; see the protocol."""
        ok, picture = self._capture.read()
        if not ok:
            raise CameraFault("no picture")
        return self._view.of(np.asarray(picture, dtype=np.uint8))

    def release(self) -> None:
        """Let go of the camera."""
        self._capture.release()


def _video_number(path: str) -> int:
    """The N of /dev/videoN, through links like those in /dev/v4l/by-id; OpenCV takes no names.

    Raises:
        Unavailable: No such device.
    """
    found = re.fullmatch(r"/dev/video(\d+)", os.path.realpath(path))
    if found is None or not os.path.exists(path):  # noqa: PTH110 - realpath's companion
        raise Unavailable("no such video device")
    return int(found[1])


class _OpenCamera:
    """A source in its thread."""

    def __init__(self, source: PictureSource, worker: Worker) -> None:
        self._source = source
        self._worker = worker
        self._eye = Eye()

    async def codes(self) -> list[SeenCode]:
        return await self._worker.call(lambda: self._eye.look(self._source.read()))

    async def skip(self, pictures: int) -> None:
        await self._worker.call(lambda: [self._source.read() for _ in range(pictures)])

    async def close(self) -> None:
        await self._worker.call(self._source.release)


class CodeCamera:
    """Fulfils `hardware.roles.Camera`."""

    def __init__(
        self,
        device_id: str,
        opener: Callable[[], PictureSource],
        *,
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `opener` is called in the driver's thread."""
        self._device_id = device_id
        self._opener = opener
        self._supervisor: Supervisor[_OpenCamera] = Supervisor(
            device_id, DeviceKind.CAMERA, self._open, randomness=randomness, backoff=backoff
        )
        self._worker: Worker | None = None
        self._codes: Fanout[ScannedCode] = Fanout()
        self._refusals: Fanout[str] = Fanout()
        self._seen: dict[SeenCode, float] = {}

    def health(self) -> DeviceHealth:
        """The last known health."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def codes(self) -> AsyncIterator[ScannedCode]:
        """Every code held before the camera while this is iterated."""
        return self._codes.listen()

    def refusals(self) -> AsyncIterator[str]:
        """bad-barcode for every code that was refused."""
        return self._refusals.listen()

    async def run(self) -> None:
        """Keep the camera connected until cancelled."""
        self._worker = Worker(f"camera {self._device_id}")
        try:
            await self._supervisor.run(self._serve)
        finally:
            await self._worker.close()

    async def _open(self) -> _OpenCamera:
        worker = self._worker
        if worker is None:
            raise Unavailable("not running")
        return _OpenCamera(await worker.call(self._opener), worker)

    async def _serve(self, camera: _OpenCamera) -> None:
        while True:
            await camera.skip(1)
            self._supervisor.health.set(online=True)
            try:
                async with asyncio.timeout(IDLE_LOOK_S):
                    await self._codes.wanted.wait()
            except TimeoutError:
                continue
            self._seen.clear()
            await camera.skip(STALE_PICTURES)
            while self._codes.wanted.is_set():
                self._deliver(await camera.codes())
                await asyncio.sleep(FRAME_GAP_S)

    def _deliver(self, found: list[SeenCode]) -> None:
        now_s = asyncio.get_running_loop().time()
        fresh = [code for code in found if code not in self._seen]
        self._seen.update(dict.fromkeys(found, now_s))
        self._seen = {code: at for code, at in self._seen.items() if now_s - at < HOLD_S}
        for code in fresh:
            if code.acceptable():
                self._codes.publish(ScannedCode(code.text(), code.symbology, code.raw))
            else:
                self._refusals.publish(BadBarcode.code)


def build(settings: Settings) -> CodeCamera:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme or option.
    """
    view = parse_view(settings.url)
    return CodeCamera(
        settings.device_id, lambda: OpenCvSource(view), randomness=random.SystemRandom()
    )


async def trial(camera: CodeCamera, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """One record per code held before the camera."""
    async for code in camera.codes():
        yield {"symbology": code.symbology, "text": code.text, "bytes_hex": code.raw.hex()}
