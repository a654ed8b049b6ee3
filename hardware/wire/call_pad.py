"""Call pads and raters on one RS-485 line (9600 baud, 8N1), as they are sold in pairs.

    FF 68 | L | L | 68 | address | function | data | sum | 16

L counts function, address and data; the sum is that of the same bytes modulo 256. One source: the
serial port code of one open-source queue system that runs in Chinese halls (a C# program,
"CallSystem"); no manual of a maker was found. What the source leaves open is marked "our reading".

Pad to host: digits typed, then one key code, as data. The host says the whole frame again; a pad
that does not hear it says its frame again (our reading: after how long is not known).
The source takes any function but 11 for a press and sends 01 to start the rater as the rate key
does, so 01 is taken as the pad's own (our reading).
Rater to host: function 11 and the value of the key; the host answers function 01 and the value.
Host to pad: function 02 and six digits, function 03 to beep. Host to rater: function 01 and 0B.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hardware.roles_window import PadKey, PadPress

HEAD: Final = b"\xff\x68"
MIDDLE: Final = 0x68
END: Final = 0x16
LENGTH_MIN: Final = 2
"""Address and function; a beep has no data."""
LENGTH_MAX: Final = 9
"""Seven data bytes: six digits and a key (the source: two digits), or six for the display."""
AROUND_BYTES: Final = 7
"""Head, both lengths, middle, sum, end."""
FRAME_MAX_BYTES: Final = LENGTH_MAX + AROUND_BYTES

ANSWER: Final = 0x01
"""Function of a key press and of its echo, and of the answer to a rating."""
DISPLAY: Final = 0x02
BEEP: Final = 0x03
RATED: Final = 0x11

BLANK: Final = 0x0A
"""Instead of a digit: this place stays dark."""
DIGIT_MAX: Final = 9
PLACES: Final = 3
"""The pad has six places: three for the people waiting, three for the number."""
WAITING_MAX: Final = 999

RATE_KEY: Final = 0x0B
CONFIRM_KEY: Final = 0x0F
KEYS: Final = {
    RATE_KEY: PadKey.RATE,
    0x0C: PadKey.NEXT,
    0x0D: PadKey.RECALL,
    0x12: PadKey.PAUSE,
    0x13: PadKey.TRANSFER,
}
CONFIRMED: Final = {"6": PadKey.NO_SHOW, "0": PadKey.HOLD, "3": PadKey.RESUME}
"""A single digit and the confirmation key."""
UNUSED_KEYS: Final = frozenset({0x0E, 0x11})
"""Cancel and "one metre": the pad wants its echo, but they ask for nothing."""


@dataclass(frozen=True, slots=True)
class PadFrame:
    """One frame of the line, in either direction."""

    address: int
    function: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """As it goes over the line."""
        body = bytes([self.address, self.function]) + self.data
        length = len(body)
        return HEAD + bytes([length, length, MIDDLE]) + body + bytes([sum(body) % 256, END])

    @property
    def is_press(self) -> bool:
        """A pad says this because a key was pressed: it waits to hear it again."""
        *digits, key = self.data or b"\xff"
        known = key in KEYS or key in UNUSED_KEYS or key == CONFIRM_KEY
        ours = self.function in {DISPLAY, BEEP, RATED}
        return known and not ours and all(digit <= DIGIT_MAX for digit in digits)

    def press(self) -> PadPress | None:
        """What the clerk asks for; None for a key that asks for nothing."""
        if not self.is_press:
            return None
        digits = "".join(str(digit) for digit in self.data[:-1])
        key = self.data[-1]
        if key == CONFIRM_KEY:
            meant = CONFIRMED.get(digits)
            return PadPress(meant) if meant else PadPress(PadKey.CONFIRM, digits)
        return PadPress(KEYS[key], digits) if key in KEYS else None


class PadDecoder:
    """Finds frames in a byte stream; what is none of them is passed over."""

    def __init__(self) -> None:
        """Nothing has been heard."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[PadFrame]:
        """Take bytes as they come; the frames that are now whole."""
        self._buffer += data
        frames: list[PadFrame] = []
        at = 0
        while (at := self._buffer.find(HEAD, at)) >= 0:
            frame = _frame_at(self._buffer, at)
            if frame is None:
                at += 1
                continue
            frames.append(frame)
            # A torn frame before it can become nothing any more.
            del self._buffer[: at + len(frame.data) + LENGTH_MIN + AROUND_BYTES]
            at = 0
        del self._buffer[: -(FRAME_MAX_BYTES - 1)]
        return frames


def _frame_at(buffer: bytearray, at: int) -> PadFrame | None:
    """The frame that begins at a place; None where there is none, or it is not whole yet."""
    rest = bytes(buffer[at : at + FRAME_MAX_BYTES])
    if len(rest) < LENGTH_MIN + AROUND_BYTES:
        return None
    length = rest[2]
    if rest[3] != length or rest[4] != MIDDLE or not LENGTH_MIN <= length <= LENGTH_MAX:
        return None
    body, tail = rest[5 : 5 + length], rest[5 + length : 7 + length]
    if tail != bytes([sum(body) % 256, END]):
        return None
    return PadFrame(body[0], body[1], body[2:])


class Repeats:
    """Tells a frame that is said again for want of an echo from a new press of the same key."""

    def __init__(self, repeat_s: float, longest_s: float) -> None:
        """Take copies within `repeat_s` of each other for one, for `longest_s` at most."""
        self._repeat_s = repeat_s
        self._longest_s = longest_s
        self._frame: PadFrame | None = None
        self._first_s = self._last_s = 0.0

    def is_new(self, frame: PadFrame, now_s: float) -> bool:
        """Take note of a frame heard now; whether it says something new."""
        again = (
            frame == self._frame
            and now_s - self._last_s <= self._repeat_s
            and now_s - self._first_s <= self._longest_s
        )
        self._last_s = now_s
        if not again:
            self._frame, self._first_s = frame, now_s
        return not again


def display_frame(address: int, waiting: int | None, number: str) -> PadFrame:
    """Function 02: people waiting (999 at most, None: dark) and the last digits of a number."""
    left = "" if waiting is None else f"{min(max(waiting, 0), WAITING_MAX):0{PLACES}}"
    return PadFrame(address, DISPLAY, _places(left) + _places(number))


def _places(text: str) -> bytes:
    digits = [ord(char) - ord("0") for char in text if char in "0123456789"][-PLACES:]
    return bytes([BLANK] * (PLACES - len(digits)) + digits)


def beep_frame(address: int) -> PadFrame:
    """Function 03: the pad sounds once."""
    return PadFrame(address, BEEP)


def ask_frame(address: int) -> PadFrame:
    """What the rate key says: the rater begins to ask."""
    return PadFrame(address, ANSWER, bytes([RATE_KEY]))


def rating_answer(rating: PadFrame) -> PadFrame:
    """What a rater wants to hear when it has told a rating."""
    return PadFrame(rating.address, ANSWER, rating.data)


def level_of(rating: PadFrame, values: Sequence[int]) -> int | None:
    """The level of a rating, 1 the worst; None for a value that stands for no key.

    Args:
        rating: Function 11.
        values: What the keys say, from the best to the worst.
    """
    if rating.function != RATED or len(rating.data) != 1 or rating.data[0] not in values:
        return None
    return len(values) - values.index(rating.data[0])
