"""How often one address may do something that anybody may do: a bucket that refills steadily."""

import ipaddress
import math
import time
from collections.abc import Callable

from starlette.requests import Request

from queue_server.contract.problems import Code
from queue_server.web.problems import Refused

MAX_REMEMBERED = 10_000
_V6_PREFIX = 64
"""A household has a whole network of this size: its addresses count as one."""


def address_of(request: Request) -> str:
    """Whose request it is, as far as the network tells."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return host
    return str(ipaddress.ip_network((address, _V6_PREFIX), strict=False))


class Throttle:
    """At most `burst` at once and `burst` in `per_s` seconds for each address."""

    def __init__(
        self, burst: int, per_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._refill = burst / per_s
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, address: str) -> None:
        """Count one.

        Raises:
            Refused: "too-many-requests", with the seconds to wait.
        """
        self.check(address)
        now = self._clock()
        self._forget(now)
        self._left[address] = self._now_left(address, now) - 1, now

    def check(self, address: str) -> None:
        """Count none; for what counts only when it fails.

        Raises:
            Refused: as `take`.
        """
        left = self._now_left(address, self._clock())
        if left < 1:
            raise Refused(Code.TOO_MANY_REQUESTS, retry_s=math.ceil((1 - left) / self._refill))

    def _now_left(self, address: str, now: float) -> float:
        left, at = self._left.get(address, (float(self._burst), now))
        return min(float(self._burst), left + (now - at) * self._refill)

    def _forget(self, now: float) -> None:
        """Drop who has a full bucket again, and the longest unseen when there are too many."""
        if len(self._left) < MAX_REMEMBERED:
            return
        for address in list(self._left):
            if self._now_left(address, now) >= self._burst:
                del self._left[address]
        while len(self._left) >= MAX_REMEMBERED:
            del self._left[next(iter(self._left))]
