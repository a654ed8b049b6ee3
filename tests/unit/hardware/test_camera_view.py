"""What a camera's address says, and what of it is refused."""

import cv2
import numpy as np
import pytest

from hardware.drivers.camera_view import CameraView, Region, parse_view
from hardware.errors import BadDeviceUrl, CameraSettingRefused
from hardware.transport import parse_url


def view_of(text: str) -> CameraView:
    return parse_view(parse_url(text))


class FakeCapture:
    """A camera that knows some settings."""

    def __init__(self, *unknown: int) -> None:
        self.taken: dict[int, float] = {}
        self._unknown = unknown

    def set(self, setting: int, value: float) -> bool:
        if setting in self._unknown:
            return False
        self.taken[setting] = value
        return True


def test_without_options_a_camera_is_left_as_it_is() -> None:
    view = view_of("video:///dev/video0")
    assert view == CameraView("/dev/video0")
    picture = np.zeros((4, 6), np.uint8)
    assert view.of(picture) is picture


def test_a_fixed_exposure_switches_the_automatic_one_off_first() -> None:
    capture = FakeCapture()
    view_of("video:///dev/video0?exposure_ms=5&gain=30&width=1280").prepare(capture)
    assert list(capture.taken.items()) == [
        (cv2.CAP_PROP_FRAME_WIDTH, 1280), (cv2.CAP_PROP_AUTO_EXPOSURE, 1),
        (cv2.CAP_PROP_EXPOSURE, 50), (cv2.CAP_PROP_GAIN, 30),
    ]  # fmt: skip


def test_automatic_exposure_can_be_asked_for() -> None:
    capture = FakeCapture()
    view_of("video:///dev/video0?exposure_ms=auto").prepare(capture)
    assert capture.taken == {cv2.CAP_PROP_AUTO_EXPOSURE: 3}


def test_a_camera_that_does_not_know_a_setting_is_told_in_words() -> None:
    view = view_of("video:///dev/video0?gain=30")
    with pytest.raises(CameraSettingRefused):
        view.prepare(FakeCapture(cv2.CAP_PROP_GAIN))


def test_a_camera_without_that_size_takes_its_own() -> None:
    view_of("video:///dev/video0?width=1280").prepare(FakeCapture(cv2.CAP_PROP_FRAME_WIDTH))


def test_a_picture_is_turned_first_and_then_cut() -> None:
    picture = np.arange(200, dtype=np.uint8).reshape(10, 20)
    view = view_of("video:///dev/video0?rotate=90&region=0,50,50,50")
    assert view.region == Region(0, 50, 50, 50)
    assert (view.of(picture) == np.rot90(picture, -1)[10:20, 0:5]).all()


def test_a_network_camera_keeps_its_own_options() -> None:
    view = view_of("http://cam.example:81/video?user=a&channel=2&rotate=180&region=10,10,80,80")
    assert view.source == "http://cam.example:81/video?user=a&channel=2"
    assert view.turn == cv2.ROTATE_180
    assert view_of("http://cam.example/video").source == "http://cam.example/video"


@pytest.mark.parametrize(
    "option",
    [
        "exposure_ms=0", "exposure_ms=-1", "exposure_ms=9000", "exposure_ms=bright",
        "exposure_ms=nan", "gain=-1", "gain=256", "gain=auto", "rotate=45", "rotate=1",
        "region=0,0,101,50", "region=60,0,50,50", "region=0,60,50,50", "region=0,0,5,50",
        "region=0,0,50", "region=a,b,c,d", "region=-1,0,50,50", "width=0", "width=9999",
        "colour=red", "width=１２",
    ],
)  # fmt: skip
def test_nonsense_is_refused(option: str) -> None:
    with pytest.raises(BadDeviceUrl):
        view_of(f"video:///dev/video0?{option}")


@pytest.mark.parametrize("option", ["exposure_ms=5", "gain=3", "width=640", "rotate=7"])
def test_what_a_network_camera_cannot_be_told_is_refused(option: str) -> None:
    with pytest.raises(BadDeviceUrl):
        view_of(f"http://cam.example/video?{option}")
