"""What a camera's address says: exposure, gain, the part of the picture that counts, rotation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import cv2

from hardware.drivers.code_picture import Picture
from hardware.errors import BadDeviceUrl, CameraSettingRefused
from hardware.transport import DeviceUrl

EDGE_MAX_PX: Final = 4096
EXPOSURE_MAX_MS: Final = 500.0
EXPOSURE_UNITS_PER_MS: Final = 10
"""V4L2_CID_EXPOSURE_ABSOLUTE counts in 100 µs (Linux media documentation, camera controls)."""
V4L2_EXPOSURE_MANUAL: Final = 1
V4L2_EXPOSURE_AUTO: Final = 3
"""V4L2_EXPOSURE_APERTURE_PRIORITY: what USB cameras call automatic."""
GAIN_MAX: Final = 255
REGION_LEAST_PERCENT: Final = 10
WHOLE_PERCENT: Final = 100
_TURNS: Final[Mapping[str, int | None]] = {
    "0": None,
    "90": cv2.ROTATE_90_CLOCKWISE,
    "180": cv2.ROTATE_180,
    "270": cv2.ROTATE_90_COUNTERCLOCKWISE,
}
_OURS: Final = frozenset({"region", "rotate"})
_V4L2_ONLY: Final = frozenset({"width", "height", "exposure_ms", "gain"})


class Capture(Protocol):
    """What is set on an opened camera; `cv2.VideoCapture` has it."""

    def set(self, setting: int, value: float) -> bool:
        """Whether the camera took it."""
        ...


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the upright picture that is looked at, in per cent of its width and height."""

    left: int
    top: int
    width: int
    height: int

    def of(self, picture: Picture) -> Picture:
        """The part of a picture."""
        high, wide = picture.shape[:2]
        top, left = high * self.top // WHOLE_PERCENT, wide * self.left // WHOLE_PERCENT
        bottom = high * (self.top + self.height) // WHOLE_PERCENT
        right = wide * (self.left + self.width) // WHOLE_PERCENT
        return picture[top:bottom, left:right]


@dataclass(frozen=True, slots=True)
class CameraView:
    """How a camera is set and what of its picture counts.

    Attributes:
        source: What OpenCV opens: a path of a video device, or the address without our options.
        settings: Pairs of OpenCV's property and value, in the order they are to be set.
        turn: OpenCV's code of the rotation, or None.
        region: After rotation; None for all of it.
    """

    source: str
    settings: tuple[tuple[int, float], ...] = ()
    turn: int | None = None
    region: Region | None = None

    def prepare(self, capture: Capture) -> None:
        """Set an opened camera.

        Raises:
            CameraSettingRefused: It does not know such a setting.
        """
        for setting, value in self.settings:
            size = setting in {cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT}
            if not capture.set(setting, value) and not size:  # the nearest size is good enough
                raise CameraSettingRefused(f"property {setting}")

    def of(self, picture: Picture) -> Picture:
        """What of a picture is to be looked at."""
        if self.turn is not None:
            picture = cast("Picture", cv2.rotate(picture, self.turn))
        return picture if self.region is None else self.region.of(picture)


def parse_view(url: DeviceUrl) -> CameraView:
    """What an address says.

    Raises:
        BadDeviceUrl: Wrong scheme, or an option that is unknown or makes no sense.
    """
    options = url.options
    known = _OURS | _V4L2_ONLY if url.scheme == "video" else frozenset(options) - _V4L2_ONLY
    if url.scheme not in {"video", "http"} or set(options) - known:
        raise BadDeviceUrl(repr(url.text))
    try:
        return CameraView(
            url.path if url.scheme == "video" else _without_ours(url.text),
            tuple(_settings(options)),
            _TURNS[options.get("rotate", "0")],
            _region(options["region"]) if "region" in options else None,
        )
    except (KeyError, ValueError) as error:
        raise BadDeviceUrl(repr(url.text)) from error


def _settings(options: Mapping[str, str]) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    for name, setting in (
        ("width", cv2.CAP_PROP_FRAME_WIDTH),
        ("height", cv2.CAP_PROP_FRAME_HEIGHT),
    ):
        if name in options:
            found.append((setting, _whole(options[name], 1, EDGE_MAX_PX)))
    exposure = options.get("exposure_ms", "")
    if exposure == "auto":
        found.append((cv2.CAP_PROP_AUTO_EXPOSURE, V4L2_EXPOSURE_AUTO))
    elif exposure:
        units = round(float(exposure) * EXPOSURE_UNITS_PER_MS)
        if not 1 <= units <= EXPOSURE_MAX_MS * EXPOSURE_UNITS_PER_MS:
            raise ValueError(exposure)
        found.append((cv2.CAP_PROP_AUTO_EXPOSURE, V4L2_EXPOSURE_MANUAL))
        found.append((cv2.CAP_PROP_EXPOSURE, units))
    if "gain" in options:
        found.append((cv2.CAP_PROP_GAIN, _whole(options["gain"], 0, GAIN_MAX)))
    return found


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _region(text: str) -> Region:
    """`left,top,width,height` in per cent."""
    left, top, width, height = (_whole(part, 0, WHOLE_PERCENT) for part in text.split(","))
    if (
        min(width, height) < REGION_LEAST_PERCENT
        or left + width > WHOLE_PERCENT
        or top + height > WHOLE_PERCENT
    ):
        raise ValueError(text)
    return Region(left, top, width, height)


def _without_ours(text: str) -> str:
    """A network camera's own query, without what is meant for us."""
    parts = urlsplit(text)
    left = [(name, value) for name, value in parse_qsl(parts.query) if name not in _OURS]
    return urlunsplit(parts._replace(query=urlencode(left)))
