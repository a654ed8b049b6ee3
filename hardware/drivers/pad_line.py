"""What call pad and rater have in common: an address on a line they share.

Options in the device URL: `address` (1 to 254, as set on the device; 1 unless given) and
`repeat_ms` (how long a frame said again counts as the same, 1000 unless given).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from hardware.errors import BadDeviceUrl
from hardware.shared_line import Tap
from hardware.supervise import Backoff
from hardware.transport import DeviceUrl, check_stream_url
from hardware.wire.call_pad import PadDecoder, PadFrame

OPTIONS: Final = frozenset({"address", "repeat_ms"})
ADDRESS_MAX: Final = 254
REPEAT_MAX_S: Final = 5.0
BACKOFF: Final = Backoff(first_s=0.5, longest_s=2.0)
"""What stands at a window must be right again within 5 s of its return."""

TapOpener = Callable[[], Awaitable[Tap]]


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds.

    Attributes:
        repeat_s: Copies of a frame within this time of each other are one: a pad without an echo
            says its frame again. How soon is in no source; people press a key twice on purpose
            after a second at the earliest.
        repeats_s: After so long a copy is a new press, however steadily copies come.
        refresh_s: The display is told again what it shows, for one that was without power.
        answer_s: After so long nobody is rating any more.
    """

    repeat_s: float = 1.0
    repeats_s: float = 3.0
    refresh_s: float = 2.0
    answer_s: float = 60.0


async def frames(tap: Tap, address: int) -> AsyncIterator[PadFrame]:
    """Frames of one address that did not come from this line's own drivers.

    Raises:
        Unavailable: The line is gone.
    """
    decoder = PadDecoder()
    while True:
        for frame in decoder.feed(await tap.read()):
            if frame.address == address and not tap.is_own(frame.to_bytes()):
                yield frame


async def changed_or_due(changed: asyncio.Event, within_s: float) -> None:
    """Wait for news, but not longer than the next refresh."""
    try:
        async with asyncio.timeout(within_s):
            await changed.wait()
    except TimeoutError:
        return


def read_options(url: DeviceUrl, more: frozenset[str] = frozenset()) -> tuple[int, Timing]:
    """The address on the line, and the times.

    Raises:
        BadDeviceUrl: Wrong scheme, speed, option or address.
    """
    check_stream_url(url, OPTIONS | more)
    try:
        address = int(url.options.get("address", "1"))
        repeat_s = int(url.options.get("repeat_ms", "1000")) / 1000
    except ValueError as error:
        raise BadDeviceUrl(repr(url.text)) from error
    if not 1 <= address <= ADDRESS_MAX or not 0 < repeat_s <= REPEAT_MAX_S:
        raise BadDeviceUrl(repr(url.text))
    return address, Timing(repeat_s=repeat_s, repeats_s=3 * repeat_s)
