"""Barcode scanners on a serial line (or a USB scanner set to "virtual serial port").

Options in the device URL: `framing` = cr, lf, crlf or idle (what ends a code), `gap_ms` (silence
that ends a code with idle framing), `trigger` = auto (the scanner watches by itself) or gm65 (it is
switched on by command, and only while somebody listens).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Final

import structlog

from hardware.errors import BadBarcode, BadDeviceUrl
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind, ScannedCode
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor, together
from hardware.transport import Opener, check_stream_url, open_link
from hardware.wire.scanner import Framer, Framing, Overlong, decode_payload, gm65_trigger

GAP_S: Final = 0.06
"""A byte takes 1 ms at 9600 baud; USB bridges deliver in bursts up to 16 ms apart."""
TORN_S: Final = 1.0
"""With an end mark: the rest of a torn code is forgotten after this silence."""
TRIGGER_S: Final = 4.0
"""GM65 modules give up a reading after 5 s by factory setting: ask again before."""


class SerialScanner:
    """Fulfils `hardware.roles.CodeScanner`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        framing: Framing,
        *,
        triggered: bool,
        gap_s: float = GAP_S,
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet."""
        self._framing = framing
        self._triggered = triggered
        self._silence_s = gap_s if framing is Framing.IDLE else TORN_S
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.SCANNER, opener, randomness=randomness, backoff=backoff
        )
        self._codes: Fanout[ScannedCode] = Fanout()
        self._refusals: Fanout[str] = Fanout()
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health; a scanner without commands counts as online while it is open."""
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
        """Keep the scanner connected until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, link: Link) -> None:
        self._supervisor.health.set(online=True)
        if not self._triggered:
            await self._listen(link)
            return
        await together(reads=self._listen(link), trigger=self._trigger(link))

    async def _listen(self, link: Link) -> None:
        framer = Framer(self._framing, strip_acks=self._triggered)
        while True:
            try:
                async with asyncio.timeout(self._silence_s if framer.pending else None):
                    data = await link.read()
            except TimeoutError:
                self._deliver(framer.idle())
                continue
            self._deliver(framer.feed(data))

    async def _trigger(self, link: Link) -> None:
        while True:
            await self._codes.wanted.wait()
            while self._codes.wanted.is_set():
                await link.write(gm65_trigger(on=True))
                await asyncio.sleep(TRIGGER_S)
            await link.write(gm65_trigger(on=False))

    def _deliver(self, frames: list[bytes | Overlong]) -> None:
        for frame in frames:
            try:
                if isinstance(frame, Overlong):
                    raise BadBarcode("too long")  # noqa: TRY301 - one road for all refusals
                code = ScannedCode(decode_payload(frame), raw=frame)
            except BadBarcode as error:
                # The detail is a length or a code point, never the content.
                self._log.info("code-refused", reason=error.detail)
                self._refusals.publish(error.code)
            else:
                self._codes.publish(code)


def build(settings: Settings) -> SerialScanner:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme, speed or option.
    """
    check_stream_url(settings.url, frozenset({"framing", "gap_ms", "trigger"}))
    options = settings.url.options
    trigger, gap_ms = options.get("trigger", "auto"), options.get("gap_ms", "60")
    try:
        framing = Framing(options.get("framing", "cr"))
        gap_s = int(gap_ms) / 1000
    except ValueError as error:
        raise BadDeviceUrl(repr(settings.url.text)) from error
    if trigger not in {"auto", "gm65"} or not 0 < gap_s <= TORN_S:
        raise BadDeviceUrl(repr(settings.url.text))
    return SerialScanner(
        settings.device_id,
        lambda: open_link(settings.url),
        framing,
        triggered=trigger == "gm65",
        gap_s=gap_s,
        randomness=random.SystemRandom(),
    )


async def trial(scanner: SerialScanner, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """One record per code scanned."""
    async for code in scanner.codes():
        yield {
            "symbology": code.symbology,
            "text": code.text,
            "bytes_hex": code.raw.hex(),
        }
