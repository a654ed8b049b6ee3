"""Preparing pictures for reading codes: what OpenCV is good for, and nothing more.

All pictures are grey, one byte a pixel. Each step is here because it reads pictures that are lost
without it (docs/devices/camera.md has the figures), and is tried only where it can help.
"""

from collections.abc import Iterator, Sequence
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Rows by columns (grey) or rows by columns by 3 (BGR)."""

FAINT_RANGE: Final = 110
"""Between the darkest and the brightest hundredth of a picture: below this it is faint. zxing-cpp
takes regions of less than some 24 grey values for empty."""
LEVELLED_RANGE: Final = 200
LEVELLED_SIGMA_PX: Final = 0.9
"""Stretching also stretches noise and the steps of single grey values: they are smoothed first."""
GLANCE_PX: Final = 160
QUARTER: Final = 4
EDGE_SHARE: Final = 0.45
EDGE_LEAST: Final = 20
PATCHES_MAX: Final = 2
PATCH_LEAST: Final = 100
"""Area in pixels of the quarter-size picture: below, there is no code to read."""
MARGIN_PX: Final = 20
"""White that a code needs around it."""


def grey(picture: Picture) -> Picture:
    """A picture without its colours."""
    if picture.ndim > 2:  # noqa: PLR2004 - colour has a third axis
        return cast("Picture", cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    return picture


def levelled(picture: Picture) -> Picture:
    """A faint picture with its contrast stretched; any other as it is."""
    height, width = picture.shape
    small = (GLANCE_PX, max(1, GLANCE_PX * height // width))
    glance = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    dark, bright = np.percentile(glance, (1, 99))
    if bright - dark > FAINT_RANGE:
        return picture
    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), LEVELLED_SIGMA_PX)
    gain = LEVELLED_RANGE / (bright - dark + 10)
    return np.asarray(np.clip((smooth - dark + 5) * gain, 0, 255), np.uint8)


def scaled(picture: Picture, across: float, down: float) -> Picture:
    """Larger or smaller; averaging when smaller, which also takes out noise and moiré."""
    way = cv2.INTER_AREA if across <= 1 and down <= 1 else cv2.INTER_CUBIC
    return cast("Picture", cv2.resize(picture, None, fx=across, fy=down, interpolation=way))


def sharpened(picture: Picture) -> Picture:
    """Edges made steeper."""
    soft = cv2.GaussianBlur(picture, (0, 0), 2.0)
    return cast("Picture", cv2.addWeighted(picture, 2.0, soft, -1.0, 0))


def softened(picture: Picture) -> Picture:
    """Edges made flatter."""
    return cast("Picture", cv2.GaussianBlur(picture, (0, 0), 1.0))


def upright_patches(picture: Picture) -> Iterator[Picture]:
    """The places full of edges, largest first, each turned so that its long side lies flat.

    Barcodes and PDF417 are read along lines and only when nearly level; people hold papers as they
    like.
    """
    small = scaled(picture, 1 / QUARTER, 1 / QUARTER)
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1)
    edges = cv2.blur(cv2.magnitude(across, down), (9, 9))
    busy = (edges > max(float(edges.max()) * EDGE_SHARE, EDGE_LEAST)).astype(np.uint8)
    joined = cv2.morphologyEx(busy, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:PATCHES_MAX]:
        (x, y), (width, height), angle_deg = cv2.minAreaRect(outline)
        if width * height >= PATCH_LEAST:
            yield _upright(picture, (x, y), (width, height), angle_deg)


def _upright(
    picture: Picture, middle: Sequence[float], size: Sequence[float], angle_deg: float
) -> Picture:
    """A turned rectangle of the quarter-size picture, cut from the full one and laid flat."""
    width, height = size
    if width < height:
        width, height, angle_deg = height, width, angle_deg + 90
    wide, high = (round(edge * QUARTER) + 2 * MARGIN_PX for edge in (width, height))
    x, y = ((at + 0.5) * QUARTER for at in middle)
    turn = cv2.getRotationMatrix2D((x, y), angle_deg, 1)
    turn[0, 2] += wide / 2 - x
    turn[1, 2] += high / 2 - y
    return cast(
        "Picture", cv2.warpAffine(picture, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    )


def cut_out(picture: Picture, corners: Sequence[tuple[int, int]]) -> Picture:
    """A code and some white around it."""
    xs, ys = zip(*corners, strict=True)
    margin = int(0.15 * max(max(xs) - min(xs), max(ys) - min(ys))) + MARGIN_PX // 2
    top, left = max(0, min(ys) - margin), max(0, min(xs) - margin)
    return picture[top : max(ys) + margin, left : max(xs) + margin]
