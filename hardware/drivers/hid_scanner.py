"""Scanners that type like a keyboard, read from the kernel's input events and from nobody else.

Options in the device URL: `framing` = enter, tab or idle (what ends a code), `gap_ms` (silence that
ends a code with idle framing), `grab` = no (leave what is typed to others too: simulators only).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from hardware.errors import BadBarcode, BadDeviceUrl
from hardware.hid_port import check_hid_url, open_hid
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind, ScannedCode
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.transport import Opener
from hardware.wire.code_text import decode_payload
from hardware.wire.input_events import EventDecoder
from hardware.wire.keyboard import EndKey, Torn, Typed, Typing

GAP_MAX_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Silences.

    Attributes:
        gap_s: With idle framing a code ends after it; scanners type a key in 1 to 20 ms.
        torn_s: With an end key, the rest of a torn code is forgotten after it.
    """

    gap_s: float = 0.15
    torn_s: float = 1.0


class HidScanner:
    """Fulfils `hardware.roles.CodeScanner`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        end: EndKey = EndKey.ENTER,
        *,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet."""
        timing = timing or Timing()
        self._end = end
        self._silence_s = timing.gap_s if end is EndKey.IDLE else timing.torn_s
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.SCANNER, opener, randomness=randomness, backoff=backoff
        )
        self._codes: Fanout[ScannedCode] = Fanout()
        self._refusals: Fanout[str] = Fanout()
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health; online while its events can be read."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def codes(self) -> AsyncIterator[ScannedCode]:
        """Every code scanned while this is iterated."""
        return self._codes.listen()

    def refusals(self) -> AsyncIterator[str]:
        """bad-barcode for every code that was refused."""
        return self._refusals.listen()

    async def run(self) -> None:
        """Keep the scanner until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, link: Link) -> None:
        self._supervisor.health.set(online=True)
        events, typing = EventDecoder(), Typing(self._end)
        while True:
            try:
                async with asyncio.timeout(self._silence_s if typing.pending else None):
                    data = await link.read()
            except TimeoutError:
                self._deliver(typing.idle())
                continue
            for event in events.feed(data):
                self._deliver(typing.feed(event))

    def _deliver(self, ended: Typed | Torn | None) -> None:
        if ended is None:
            return
        try:
            if isinstance(ended, Torn):
                raise BadBarcode("torn")  # noqa: TRY301 - one road for all refusals
            code = ScannedCode(decode_payload(ended.code), raw=ended.code)
        except BadBarcode as error:
            # The detail is a length or a code point, never the content.
            self._log.info("code-refused", reason=error.detail)
            self._refusals.publish(error.code)
        else:
            self._codes.publish(code)


def build(settings: Settings) -> HidScanner:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme or option.
    """
    check_hid_url(settings.url, frozenset({"framing", "gap_ms"}))
    options = settings.url.options
    try:
        end = EndKey(options.get("framing", "enter"))
        gap_s = int(options.get("gap_ms", "150")) / 1000
    except ValueError as error:
        raise BadDeviceUrl(repr(settings.url.text)) from error
    if not 0 < gap_s <= GAP_MAX_S:
        raise BadDeviceUrl(repr(settings.url.text))
    return HidScanner(
        settings.device_id,
        lambda: open_hid(settings.url),
        end,
        timing=Timing(gap_s=gap_s),
        randomness=random.SystemRandom(),
    )


async def trial(scanner: HidScanner, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """One record per code scanned."""
    async for code in scanner.codes():
        yield {"text": code.text, "bytes_hex": code.raw.hex()}
