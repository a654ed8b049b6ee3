"""Barcode scanners on a serial line (or a USB scanner set to "virtual serial port").

Options in the device URL: `framing` = cr, lf, crlf or idle (what ends a code), `gap_ms` (silence
that ends a code with idle framing), `trigger` = auto (the scanner watches by itself), gm65,
honeywell or newland (it is switched on by command, and only while somebody listens).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from hardware.errors import BadBarcode, BadDeviceUrl, ScannerRefused, TimedOut
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind, ScannedCode
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor, together
from hardware.transport import Opener, check_stream_url, open_link
from hardware.wire.code_text import decode_payload
from hardware.wire.scanner import Framer, Framing, Heard, Overlong
from hardware.wire.scanner_commands import TRIGGERS, Answer, Trigger

GAP_S: Final = 0.06
"""A byte takes 1 ms at 9600 baud; USB bridges deliver in bursts up to 16 ms apart."""
TORN_S: Final = 1.0
"""With an end mark: the rest of a torn code is forgotten after this silence."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a scanner is given.

    Attributes:
        repeat_s: A reading without a code ends by itself (GM65: 5 s by factory setting, the others
            later), so it is asked for again before.
        again_s: Pause after a code before the next reading, so that one code held still is not
            read ten times a second.
        answer_s: A make that answers commands does so within milliseconds.
    """

    repeat_s: float = 4.0
    again_s: float = 1.0
    answer_s: float = 1.5


class SerialScanner:
    """Fulfils `hardware.roles.CodeScanner`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        framing: Framing,
        *,
        trigger: Trigger | None = None,
        gap_s: float = GAP_S,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet."""
        self._framing = framing
        self._trigger = trigger
        self._timing = timing or Timing()
        self._silence_s = gap_s if framing is Framing.IDLE else TORN_S
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.SCANNER, opener, randomness=randomness, backoff=backoff
        )
        self._codes: Fanout[ScannedCode] = Fanout()
        self._refusals: Fanout[str] = Fanout()
        self._read = asyncio.Event()
        self._answers: asyncio.Queue[Answer] = asyncio.Queue(maxsize=4)
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
        trigger = self._trigger
        if trigger is None:
            self._supervisor.health.set(online=True)
            await self._listen(link, Framer(self._framing))
            return
        framer = Framer(self._framing, trigger.answer)
        await together(reads=self._listen(link, framer), trigger=self._switch(link, trigger))

    async def _listen(self, link: Link, framer: Framer) -> None:
        while True:
            try:
                async with asyncio.timeout(self._silence_s if framer.pending else None):
                    data = await link.read()
            except TimeoutError:
                self._deliver(framer.idle())
                continue
            self._deliver(framer.feed(data))

    async def _switch(self, link: Link, trigger: Trigger) -> None:
        """Off until somebody listens; then on, again and again.

        Switching off first also shows whether a make that answers is there at all.
        """
        while True:
            await self._command(link, trigger, trigger.off)
            self._supervisor.health.set(online=True)
            await self._codes.wanted.wait()
            while self._codes.wanted.is_set():
                self._read.clear()
                await self._command(link, trigger, trigger.on)
                await self._wait_for_a_code()

    async def _wait_for_a_code(self) -> None:
        try:
            async with asyncio.timeout(self._timing.repeat_s):
                await self._read.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._timing.again_s)

    async def _command(self, link: Link, trigger: Trigger, command: bytes) -> None:
        """Say it, twice where need be: a scanner that is just reading may miss a byte.

        Raises:
            ScannerRefused: It understood and will not.
            TimedOut: It said nothing, twice.
        """
        if trigger.answer is None:
            await link.write(command)
            return
        for _attempt in range(2):
            while not self._answers.empty():
                self._answers.get_nowait()
            await link.write(command)
            try:
                async with asyncio.timeout(self._timing.answer_s):
                    answer = await self._answers.get()
            except TimeoutError:
                continue
            if not answer.accepted:
                raise ScannerRefused
            return
        raise TimedOut("no answer to a command")

    def _deliver(self, heard: list[Heard]) -> None:
        for frame in heard:
            if isinstance(frame, Answer):
                if not self._answers.full():
                    self._answers.put_nowait(frame)
                continue
            self._read.set()
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
    if trigger not in {"auto", *TRIGGERS} or not 0 < gap_s <= TORN_S:
        raise BadDeviceUrl(repr(settings.url.text))
    return SerialScanner(
        settings.device_id,
        lambda: open_link(settings.url),
        framing,
        trigger=TRIGGERS.get(trigger),
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
