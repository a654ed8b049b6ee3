"""A push button that says PRESS and a line feed: the smallest device there is."""

PRESS = b"PRESS\n"


class PressDecoder:
    """Counts presses in any pieces of a byte stream; holds at most one unfinished line."""

    def __init__(self) -> None:
        """Nothing has been heard."""
        self._buffer = b""

    def feed(self, data: bytes) -> int:
        """Take bytes as they come; how many presses they complete."""
        *lines, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest[-len(PRESS) :]
        return lines.count(PRESS[:-1])
