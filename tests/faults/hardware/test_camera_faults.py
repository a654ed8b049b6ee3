"""The camera's driver against a real video stream that freezes, goes and comes back."""

import asyncio
import io
import threading
from pathlib import Path

import numpy as np
import pytest
import segno
from PIL import Image
from rig import DICE, QUICK, Collector, at_work, offline, online, simulated

from hardware.drivers.camera import CodeCamera, OpenCvSource
from hardware.drivers.camera_view import parse_view
from hardware.drivers.code_picture import Picture
from hardware.errors import CameraFault, Unavailable
from hardware.roles import DeviceKind
from hardware.transport import parse_url


@pytest.fixture(autouse=True)
def no_thread_left() -> object:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


async def test_a_code_before_the_camera_is_read_once_and_again_after_it_was_away(
    tmp_path: Path,
) -> None:
    async with simulated(DeviceKind.CAMERA, tmp_path, pty=False) as sim:
        camera = CodeCamera(
            "camera-1",
            lambda: OpenCvSource(parse_view(parse_url(sim.url))),
            randomness=DICE,
            backoff=QUICK,
        )
        async with at_work(camera), Collector(camera.codes()) as codes:
            await online(camera)
            await sim.tell("show", qr="https://example.org/t/A001")
            code = await codes.next()
            assert (code.text, code.symbology) == ("https://example.org/t/A001", "qr-code")
            await asyncio.sleep(0.5)
            assert codes.empty
            await sim.tell("unplug")
            await offline(camera)
            await sim.tell("show", qr="A002")
            await sim.tell("replug")
            await online(camera)
            assert (await codes.next()).text == "A002"


class Pictures:
    """A camera made of pictures; it can break."""

    def __init__(self) -> None:
        self.picture: Picture = np.full((200, 200), 128, np.uint8)
        self.broken = self.absent = False
        self.reads = 0
        self.released = 0

    def __call__(self) -> "Pictures":
        if self.absent:
            raise Unavailable("camera")
        return self

    def read(self) -> Picture:
        self.reads += 1
        if self.broken:
            raise CameraFault("no picture")
        return self.picture

    def release(self) -> None:
        self.released += 1

    def show(self, text: str | bytes) -> None:
        out = io.BytesIO()
        segno.make_qr(text).save(out, kind="png", scale=5, border=4)
        self.picture = np.asarray(Image.open(out).convert("L"), dtype=np.uint8)


def camera_for(pictures: Pictures) -> CodeCamera:
    return CodeCamera("camera-1", pictures, randomness=DICE, backoff=QUICK)


async def test_a_camera_without_pictures_is_ill_and_recovers() -> None:
    pictures = Pictures()
    pictures.broken = True
    camera = camera_for(pictures)
    async with at_work(camera), Collector(camera.codes()) as codes:
        assert (await offline(camera)).faults == ("camera-fault",)
        pictures.broken = False
        await online(camera)
        pictures.show("A003")
        assert (await codes.next()).text == "A003"
    assert pictures.released >= 2


async def test_an_absent_camera_is_waited_for() -> None:
    pictures = Pictures()
    pictures.absent = True
    camera = camera_for(pictures)
    async with at_work(camera):
        assert (await offline(camera)).faults == ("unavailable",)
        pictures.absent = False
        await online(camera)


async def test_pictures_are_looked_at_only_while_somebody_listens() -> None:
    pictures = Pictures()
    pictures.show("A004")
    camera = camera_for(pictures)
    async with at_work(camera):
        await online(camera)
        await asyncio.sleep(0.3)
        assert pictures.reads <= 2


async def test_a_code_with_control_characters_is_refused() -> None:
    pictures = Pictures()
    camera = camera_for(pictures)
    async with (
        at_work(camera),
        Collector(camera.codes()) as codes,
        Collector(camera.refusals()) as refusals,
    ):
        pictures.show("A\x1b@1")
        assert await refusals.next() == "bad-barcode"
        assert codes.empty


async def test_gbk_bytes_are_kept_raw() -> None:
    pictures = Pictures()
    camera = camera_for(pictures)
    async with at_work(camera), Collector(camera.codes()) as codes:
        pictures.show("你好世界".encode("gbk"))
        code = await codes.next()
    assert (code.raw, code.text) == ("你好世界".encode("gbk"), "你好世界")
