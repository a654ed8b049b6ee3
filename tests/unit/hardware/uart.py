"""What a serial receiver makes of bytes that were sent at another speed.

The line is a signal: low start bit, eight data bits from the lowest, high stop bit, high while
idle. A receiver looks sixteen times a bit of its own, takes a falling edge that is still low half a
bit later for a start bit, and samples the middle of each bit after it. What it takes for a byte
without a stop bit is kept here, though most receivers drop it.
"""

from functools import cache

OVERSAMPLING = 16
BITS = 10


@cache
def received(data: bytes, sent_bd: int, read_bd: int, phase: int = 0) -> bytes:
    """Bytes as a receiver at `read_bd` reads them; `phase` quarters of a look later."""
    if sent_bd == read_bd:
        return data
    levels = [level for byte in data for level in (0, *((byte >> bit) & 1 for bit in range(8)), 1)]
    looks = 4 * OVERSAMPLING * read_bd

    def level(look: int) -> int:
        position = (4 * look + phase) * sent_bd // looks
        return levels[position] if position < len(levels) else 1

    out = bytearray()
    look, before = 0, 1
    while (4 * look + phase) * sent_bd < len(levels) * looks:
        now = level(look)
        middle = look + OVERSAMPLING // 2
        if before and not now and not level(middle):
            out.append(sum(level(middle + OVERSAMPLING * (n + 1)) << n for n in range(8)))
            look = middle + OVERSAMPLING * 9
            now = level(look)
        before = now
        look += 1
    return bytes(out)
