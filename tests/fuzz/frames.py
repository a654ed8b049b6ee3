"""What every codec of frames is held to: any split, any damage, never a frame that was not sent."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

NOISE_BYTES = 24


class Decoder(Protocol):
    """Finds frames in a stream."""

    def feed(self, data: bytes) -> list[Any]:
        """Take bytes; what they complete."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec of frames, and a second opinion on it.

    Attributes:
        decoder: A new one.
        draw: Draws a frame such as devices send.
        encode: A frame as bytes.
        is_frame: Of what a decoder gives, this is a frame.
        frames_in: Second opinion, written apart from the codec: all frames that stand anywhere in
            some bytes with a right check.
        held_max_bytes: What a decoder may keep.
        blind_bytes: Places in a frame where one wrong bit can go unnoticed, because it makes the
            check run over other bytes.
    """

    decoder: Callable[[], Decoder]
    draw: Callable[[Random], Any]
    encode: Callable[[Any], bytes]
    is_frame: Callable[[Any], bool]
    frames_in: Callable[[bytes], set[bytes]]
    held_max_bytes: int
    blind_bytes: tuple[int, ...] = ()


def pieces(data: bytes, dice: Random) -> list[bytes]:
    """The same bytes as a line may bring them: whole, one by one, or cut anywhere."""
    size = dice.choice((1, 1, 2, 3, 7, 40, len(data) or 1))
    return [data[at : at + size] for at in range(0, len(data), size)]


def hear(codec: Codec, data: bytes, dice: Random) -> list[Any]:
    """What a new decoder makes of bytes that come in pieces; it must never pile them up."""
    decoder = codec.decoder()
    heard: list[Any] = []
    for piece in pieces(data, dice):
        heard += decoder.feed(piece)
        held = sum(len(part) for part in vars(decoder).values() if isinstance(part, bytearray))
        assert held <= codec.held_max_bytes, held
    return heard


def stream(codec: Codec, data: bytes, dice: Random) -> str | None:
    """Any bytes: the same however they are split, and every frame found really stands there."""
    heard = hear(codec, data, dice)
    assert heard == codec.decoder().feed(data)
    found = [codec.encode(frame) for frame in heard if codec.is_frame(frame)]
    if not found:
        return None
    assert set(found) <= codec.frames_in(data)
    return "with a frame"


def damage(codec: Codec, data: bytes, dice: Random) -> str | None:
    """Frames that were sent, whole and then damaged: refused, or they are what was sent."""
    sent = [codec.draw(dice) for _ in range(dice.randrange(1, 4))]
    frames = [codec.encode(frame) for frame in sent]
    assert hear(codec, b"".join(frames), dice) == sent
    kind, damaged, blind = _damaged(codec, frames, data, dice)
    heard = [codec.encode(e) for e in hear(codec, damaged, dice) if codec.is_frame(e)]
    wrong = [frame for frame in heard if frame not in frames]
    if not wrong:
        return f"{kind}: found"
    assert set(wrong) <= codec.frames_in(damaged)
    assert kind not in {"bit", "burst"} or blind
    if kind == "noise" and set(wrong) <= codec.frames_in(data[:NOISE_BYTES]):
        return "noise: itself a frame"
    return f"{kind}: right check by chance"


def _damaged(
    codec: Codec, frames: list[bytes], noise: bytes, dice: Random
) -> tuple[str, bytes, bool]:
    stream = bytearray(b"".join(frames))
    starts = [sum(map(len, frames[:index])) for index in range(len(frames))]
    blind = {start + place for start in starts for place in codec.blind_bytes}
    at = dice.randrange(len(stream))
    kind = dice.choice(("bit", "burst", "bytes", "lost", "noise"))
    touched = {at}
    if kind == "bit":
        stream[at] ^= 1 << dice.randrange(8)
    elif kind == "burst":  # up to eight bits in a row, over the edge of a byte
        width = dice.randrange(1, 9)
        bits = ((1 << width) - 1) & dice.getrandbits(8) | 1 | 1 << (width - 1)
        bits <<= dice.randrange(17 - width)
        for byte, value in enumerate(bits.to_bytes(2, "big")):
            if value:
                place = min(at + byte, len(stream) - 1)
                stream[place] ^= value
                touched.add(place)
    elif kind == "bytes":
        for _ in range(dice.randrange(2, 6)):
            stream[dice.randrange(len(stream))] = dice.randrange(256)
    elif kind == "lost":
        del stream[at : at + dice.randrange(1, 5)]
    else:
        stream[at:at] = noise[:NOISE_BYTES]
    return kind, bytes(stream), bool(touched & blind)


def checks_of(codec: Codec) -> dict[str, Callable[[bytes, Random], str | None]]:
    """Both checks, by name."""
    return {
        "stream": functools.partial(stream, codec),
        "damage": functools.partial(damage, codec),
    }
