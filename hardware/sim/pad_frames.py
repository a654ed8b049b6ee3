"""The line of simulated call pads and raters: frames as the devices see them.

Each is `FF 68 | L | L | 68 | address | function | data | sum | 16`.
"""

from collections.abc import Iterator
from typing import Final

_AROUND: Final = 7
_BODY_MAX: Final = 9


class Said:
    """One frame: who is meant, what is meant, and the rest."""

    def __init__(self, address: int, function: int, data: bytes) -> None:
        """Take it apart no further."""
        self.address = address
        self.function = function
        self.data = data


def frame(address: int, function: int, *data: int) -> bytes:
    """Put a frame together."""
    body = bytes((address, function, *data))
    return bytes((0xFF, 0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


class Ear:
    """A device's receiver: hears the frames in what comes."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self._held = b""

    def listen(self, data: bytes) -> Iterator[Said]:
        """The frames that are complete now."""
        self._held += data
        start = 0
        while start + _AROUND + 2 <= len(self._held):
            size = self._size(start)
            if size is None:
                start += 1
                continue
            if size == 0:  # it may become one
                break
            body = self._held[start + 5 : start + size - 2]
            if sum(body) & 0xFF == self._held[start + size - 2]:
                start += size
                yield Said(body[0], body[1], body[2:])
            else:
                start += 1
        self._held = self._held[start:]

    def _size(self, start: int) -> int | None:
        """Length of the frame that begins here; 0 while more is needed, None when none does."""
        held = self._held[start:]
        count = held[2]
        if (held[:2], held[3:5]) != (b"\xff\x68", bytes((count, 0x68))) or count > _BODY_MAX:
            return None
        size = count + _AROUND
        if len(held) < size:
            return 0
        return size if held[size - 1 : size] == b"\x16" else None
