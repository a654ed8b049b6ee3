"""Pictures of codes as a camera in a hall sees them: drawn, bent, blurred and dazzled, by seed.

The codes are drawn by encoders that share nothing with the decoders under test: segno (QR),
python-barcode (Code 128), pdf417gen (PDF417). Every picture is 640 x 480 pixels of grey; `SPOILS`
names what is done to it. The same seed gives the same picture on every machine.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin
from random import Random
from zlib import crc32

import cv2
import numpy as np
import pdf417gen
import segno
from barcode import Code128
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
HANZI = "政务服务大厅取号单排队办理窗口社会保障身份证明户籍登记预约材料"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture and what its code says.

    Attributes:
        name: For messages: symbology, spoil and number.
        symbology: "qr", "code-128" or "pdf417".
        spoil: Key of `SPOILS`.
        raw: The bytes in the code.
        picture: Grey, 480 rows by 640 columns.
    """

    name: str
    symbology: str
    spoil: str
    raw: bytes
    picture: Grey


def _qr(dice: Random) -> tuple[bytes, Grey]:
    """A ticket's address, Chinese in UTF-8 or in GBK, or bytes of any value."""
    hanzi = "".join(dice.sample(HANZI, dice.randint(4, 12)))
    raw = dice.choice(
        (
            f"https://hall.example/t/{dice.randrange(16**12):012x}".encode(),
            hanzi.encode("utf-8"),
            hanzi.encode("gbk"),
            dice.randbytes(dice.randint(8, 24)) + b"\xff\x00\x80",
        )
    )
    matrix = segno.make_qr(raw, mode="byte", error=dice.choice("lmq"), boost_error=False).matrix
    modules = np.array([list(row) for row in matrix], np.uint8)
    return raw, _modules(modules, 4, quiet=4)


def _code128(dice: Random) -> tuple[bytes, Grey]:
    text = dice.choice("ABC") + f"{dice.randrange(10**9):09}"[: dice.randint(5, 9)]
    (bits,) = Code128(text).build()
    row = np.array([[int(bit) for bit in bits]], np.uint8)
    return text.encode(), _modules(np.repeat(row, 36, axis=0), 3, quiet=10)


def _pdf417(dice: Random) -> tuple[bytes, Grey]:
    hanzi = "".join(dice.sample(HANZI, dice.randint(3, 8)))
    raw = dice.choice(
        (
            f"BM{dice.randrange(10**14):014}".encode(),
            f"{hanzi}A{dice.randrange(1000):03}".encode(),
            f"{hanzi}A{dice.randrange(1000):03}".encode("gbk"),
        )
    )
    codes = pdf417gen.encode(raw, columns=dice.choice((3, 4, 5)), security_level=2)
    picture = pdf417gen.render_image(codes, scale=1, ratio=3, padding=0).convert("1")
    modules = 1 - np.asarray(picture, np.uint8)
    return raw, _modules(modules, 3, quiet=4)


DRAW: Mapping[str, Callable[[Random], tuple[bytes, Grey]]] = {
    "qr": _qr,
    "code-128": _code128,
    "pdf417": _pdf417,
}


def _modules(modules: Grey, scale: int, quiet: int) -> Grey:
    """Black where a module is 1, on a white border of `quiet` modules."""
    padded = np.pad(modules, quiet)
    return np.kron(255 * (1 - padded), np.ones((scale, scale), np.uint8)).astype(np.uint8)


# --- a scene -------------------------------------------------------------------------------------


@cache
def _desk(seed: int) -> Grey:
    """What lies behind a code: light that falls off, and lines as of papers and fingers."""
    noise = np.random.default_rng(seed)
    rough = noise.integers(70, 170, (6, 8), dtype=np.uint8)
    desk = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        x, y, u, v = (int(n) for n in noise.integers(0, WIDTH, 4))
        cv2.line(desk, (x, y), (u, v), int(noise.integers(30, 220)), int(noise.integers(1, 6)))
    return np.asarray(desk, np.uint8)


def _placed(
    code: Grey, dice: Random, *, span: float, turn_deg: float = 0.0, lean: float = 0.0
) -> Grey:
    """The code on the desk: `span` of the picture wide, turned, its corners pulled by `lean`."""
    high, wide = code.shape
    scale = min(span * WIDTH / wide, 0.86 * HEIGHT / high)
    half_w, half_h = wide * scale / 2, high * scale / 2
    angle = turn_deg * pi / 180
    reach_w = abs(half_w * cos(angle)) + abs(half_h * sin(angle))
    reach_h = abs(half_w * sin(angle)) + abs(half_h * cos(angle))
    shrink = min(1.0, 0.48 * WIDTH / reach_w, 0.48 * HEIGHT / reach_h)
    half_w, half_h = half_w * shrink, half_h * shrink
    room_w = max(0.0, WIDTH / 2 - reach_w * shrink - 4)
    room_h = max(0.0, HEIGHT / 2 - reach_h * shrink - 4)
    middle = (WIDTH / 2 + dice.uniform(-room_w, room_w), HEIGHT / 2 + dice.uniform(-room_h, room_h))
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x_px = x * half_w * (1 - dice.uniform(0, lean))
        y_px = y * half_h * (1 - dice.uniform(0, lean))
        corners.append(
            (
                middle[0] + x_px * cos(angle) - y_px * sin(angle),
                middle[1] + x_px * sin(angle) + y_px * cos(angle),
            )
        )
    source = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    bend = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    size = (WIDTH, HEIGHT)
    # Three times as large and then averaged: what a sensor does, which has no sharp edges.
    grow = np.diag([3.0, 3.0, 1.0]) @ bend
    big = (WIDTH * 3, HEIGHT * 3)
    paper = cv2.warpPerspective(code, grow, big, flags=cv2.INTER_LINEAR, borderValue=0)
    where = cv2.warpPerspective(np.full_like(code, 255), grow, big, borderValue=0)
    paper = cv2.resize(paper, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    mask = cv2.resize(where, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    desk = _desk(dice.randrange(8)).astype(np.float32)
    return _clipped(desk * (1 - mask) + (20 + paper * 0.85) * mask)


def _clipped(picture: NDArray[np.floating]) -> Grey:
    return np.clip(picture, 0, 255).astype(np.uint8)


def _grain(picture: Grey, dice: Random, sigma: float) -> Grey:
    noise = np.random.default_rng(dice.randrange(2**32))
    return _clipped(picture + noise.normal(0, sigma, picture.shape))


# --- what spoils it ------------------------------------------------------------------------------


def _perspective(code: Grey, dice: Random) -> Grey:
    turn = dice.uniform(-25, 25)
    return _grain(_placed(code, dice, span=0.62, turn_deg=turn, lean=0.32), dice, 3)


def _small(code: Grey, dice: Random) -> Grey:
    modules = code.shape[1] / (4 if code.shape[0] == code.shape[1] else 3)
    pitch_px = dice.uniform(1.35, 2.4)
    span = modules * pitch_px / WIDTH
    return _grain(_placed(code, dice, span=span, turn_deg=dice.uniform(-4, 4)), dice, 3)


def _blur(code: Grey, dice: Random) -> Grey:
    picture = _placed(code, dice, span=0.55, turn_deg=dice.uniform(-6, 6))
    sigma = dice.uniform(1.2, 3.0)
    return _grain(np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8), dice, 2)


def _motion(code: Grey, dice: Random) -> Grey:
    picture = _placed(code, dice, span=0.55, turn_deg=dice.uniform(-6, 6))
    length = dice.randint(3, 11)
    angle = dice.uniform(0, pi)
    path = np.zeros((length, length), np.float32)
    reach = (length - 1) / 2
    for step in np.linspace(-1, 1, 4 * length):
        path[
            round(reach + step * reach * sin(angle)), round(reach + step * reach * cos(angle))
        ] += 1
    return _grain(np.asarray(cv2.filter2D(picture, -1, path / path.sum()), np.uint8), dice, 2)


def _low_contrast(code: Grey, dice: Random) -> Grey:
    picture = _placed(code, dice, span=0.55, turn_deg=dice.uniform(-8, 8)).astype(np.float32)
    share, level = dice.uniform(0.05, 0.2), dice.uniform(40, 170)
    return _grain(_clipped(level + (picture - 128) * share), dice, 1)


def _inverted(code: Grey, dice: Random) -> Grey:
    dark = np.asarray(255 - code, np.uint8)
    return _grain(_placed(dark, dice, span=0.55, turn_deg=dice.uniform(-8, 8)), dice, 3)


def _glare(code: Grey, dice: Random) -> Grey:
    picture = _placed(code, dice, span=0.6, turn_deg=dice.uniform(-8, 8)).astype(np.float32)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for _ in range(dice.randint(1, 2)):
        at_x, at_y = dice.uniform(0.25, 0.75) * WIDTH, dice.uniform(0.25, 0.75) * HEIGHT
        radius = dice.uniform(25, 110)
        far = ((x - at_x) ** 2 + (y - at_y) ** 2) / radius**2
        picture += dice.uniform(120, 300) * np.exp(-far)
    return _grain(_clipped(picture), dice, 3)


def _moire(code: Grey, dice: Random) -> Grey:
    """A phone's screen: its grid of lit points beats with the sensor's, and it hums."""
    picture = _placed(code, dice, span=0.58, turn_deg=dice.uniform(-8, 8)).astype(np.float32)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    angle, pitch_px = dice.uniform(-0.2, 0.2), dice.uniform(2.1, 5.0)
    across = x * cos(angle) + y * sin(angle)
    down = y * cos(angle) - x * sin(angle)
    grid = np.sin(2 * pi * across / pitch_px) + np.sin(2 * pi * down / (pitch_px * 1.06))
    bands = np.sin(2 * pi * y / dice.uniform(60, 160) + dice.uniform(0, 6))
    lit = picture * (1 + dice.uniform(0.1, 0.35) * grid / 2 + dice.uniform(0, 0.2) * bands)
    return _grain(_clipped(lit), dice, 3)


def _rotation(code: Grey, dice: Random) -> Grey:
    return _grain(_placed(code, dice, span=0.6, turn_deg=dice.uniform(0, 360)), dice, 3)


def _noise(code: Grey, dice: Random) -> Grey:
    picture = _placed(code, dice, span=0.55, turn_deg=dice.uniform(-8, 8))
    return _grain(picture, dice, dice.uniform(15, 55))


SPOILS: Mapping[str, Callable[[Grey, Random], Grey]] = {
    "perspective": _perspective,
    "small": _small,
    "blur": _blur,
    "motion": _motion,
    "low-contrast": _low_contrast,
    "inverted": _inverted,
    "glare": _glare,
    "moire": _moire,
    "rotation": _rotation,
    "noise": _noise,
}


def drawn(symbology: str, spoil: str, number: int, seed: int) -> Drawn:
    """One picture; the same arguments give the same picture."""
    dice = Random(crc32(f"{symbology} {spoil} {number} {seed}".encode()))  # noqa: S311
    raw, code = DRAW[symbology](dice)
    picture = SPOILS[spoil](code, dice)
    return Drawn(f"{symbology} {spoil} {number}", symbology, spoil, raw, picture)


def pictures(each: int, seed: int) -> Iterator[Drawn]:
    """So many pictures of every symbology under every spoil."""
    for symbology in DRAW:
        for spoil in SPOILS:
            for number in range(each):
                yield drawn(symbology, spoil, number, seed)


def empty_scenes(each: int) -> Iterator[Grey]:
    """Desks without a code."""
    dice = Random(0)  # noqa: S311
    for number in range(each):
        yield _grain(_desk(number % 8), dice, 4)


def png(picture: Grey) -> bytes:
    """For people who want to look."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()
