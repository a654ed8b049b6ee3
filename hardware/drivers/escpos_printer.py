"""Receipt printers that speak ESC/POS, over a serial line, the network or USB.

What a piece of paper's fate is called follows docs/devices/escpos-printer.md: the printer is asked
before the first byte (a printer that is ill prints nothing and says why), and after the last byte
it must either report completion (PRINTED) or be well (SENT). One that stops for want of paper is
told to forget the rest, so that no torn ticket comes out of the new roll (TORN). Anything else
after the first byte is UNKNOWN. Nothing is ever sent twice.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Final

import structlog

from hardware.drivers.escpos_encoder import Rasteriser, TicketEncoder
from hardware.drivers.escpos_session import Session, Timing
from hardware.drivers.escpos_watch import ill_before
from hardware.drivers.raster import FontRasteriser
from hardware.errors import (
    BadDeviceUrl,
    CoverOpen,
    HardwareError,
    PaperOut,
    TimedOut,
    Unavailable,
)
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind, PrinterStatus, PrintJob, PrintResult
from hardware.sample import example_ticket
from hardware.supervise import Backoff, Randomness, Supervisor, together
from hardware.transport import OR_USB, Opener, check_stream_url, open_link
from hardware.wire.escpos_profile import (
    PROFILE_OPTIONS,
    PROFILES,
    WIDTHS_MM,
    Profile,
    adjusted,
)
from hardware.wire.escpos_status import ask_completion, raise_fault
from hardware.worker import Worker

BITS_PER_BYTE: Final = 10
"""8N1: start bit, eight data bits, stop bit."""
TORN_MAX_BYTES: Final = 4096
"""Longer than any one command of a usual ticket: a raster line of double height is 3.5 kB."""
TEARING: Final = frozenset({PaperOut.code, CoverOpen.code})
"""Faults that take the paper away from under the head: the ticket cannot be whole."""
PIECE_BYTES: Final = 512
LEAD_IN_BYTES: Final = 16


class EscposPrinter:
    """Fulfils `hardware.roles.TicketPrinter`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        profile: Profile,
        *,
        baud_bd: int | None,
        raster: Rasteriser,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `baud_bd` is None where the line has no speed (network)."""
        self._profile = profile
        self._encoder = TicketEncoder(profile, raster)
        self._worker: Worker | None = None
        self._timing = timing or Timing()
        self._baud_bd = baud_bd
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.PRINTER, opener, randomness=randomness, backoff=backoff
        )
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._opened = asyncio.Event()
        self._jobs = 0
        self._torn_bytes = 0
        self._cut_first = False
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    async def run(self) -> None:
        """Keep the printer connected and watched until cancelled."""
        self._worker = worker = Worker("printer-encoder")
        try:
            await together(prepare=self._prepare(worker), device=self._supervisor.run(self._serve))
        finally:
            self._worker = None
            await worker.close()

    async def _prepare(self, worker: Worker) -> None:
        try:
            await worker.call(self._encoder.prepare)
        except Exception as error:  # noqa: BLE001 - task root; every ticket tries again, and says so
            self._log.error("encoder-missing", error=str(error) or type(error).__name__)

    async def status(self) -> PrinterStatus:
        """Ask the printer now; see the role."""
        async with self._lock:
            return await self._ask(await self._connected())

    async def print(self, job: PrintJob) -> PrintResult:
        """Print one job; see the role for what the results and errors mean."""
        async with self._lock:
            session = await self._connected()
            data = await self._encode(job)
            raise_fault(await self._ask(session))
            await session.learn(self._profile)
            return await self._send(session, job, data)

    async def _encode(self, job: PrintJob) -> bytes:
        """In the thread: one drawn line takes longer than a screen may wait."""
        if self._worker is None:
            raise Unavailable("not running")
        torn = bool(self._torn_bytes) or self._cut_first  # changes under our lock only
        return await self._worker.call(lambda: self._encoder.encode(job, after_torn=torn))

    async def _send(self, session: Session, job: PrintJob, data: bytes) -> PrintResult:
        self._jobs = self._jobs % 9999 + 1
        process_id = b"%04d" % self._jobs
        data += session.closing_words()
        if session.reports_completion:
            data += ask_completion(process_id)
        before = session.link.written_bytes
        fate: PrintResult | None = None
        cut_first, self._cut_first = self._cut_first, False
        try:
            for start in range(0, len(data), PIECE_BYTES):
                await session.link.write(data[start : start + PIECE_BYTES])
            fate = await self._watch(session, process_id, self._line_s(len(data)))
        except HardwareError as error:
            sent = session.link.written_bytes - before
            session.end(error)
            if not sent:
                raise
            self._log.warning("ticket-unknown", job=job.job_id, code=error.code, sent_bytes=sent)
            return PrintResult.UNKNOWN
        finally:
            if fate is not None:
                self._torn_bytes = 0
            elif session.link.written_bytes > before:
                # Nobody knows how much of it arrived, also when we were cancelled: nobody may
                # write behind half a ticket.
                self._torn_bytes = min(len(data), TORN_MAX_BYTES)
                session.end(Unavailable("torn ticket"))
            else:
                self._cut_first = cut_first
        return fate

    async def _watch(self, session: Session, process_id: bytes, line_s: float) -> PrintResult:
        """Wait for the end of a ticket whose bytes are all sent, looking after the printer."""
        if not (session.reports_completion or session.fences):
            await asyncio.sleep(line_s)
            return self._if_well(await self._ask(session), PrintResult.SENT)
        done = asyncio.create_task(
            session.completed(process_id) if session.reports_completion else session.fence(),
            name="printed",
        )
        try:
            async with asyncio.timeout(self._timing.completion_s + line_s):
                ill = await ill_before(done, session, self._timing.watch_s, line_s, self._note)
        except TimeoutError as error:
            ill = await self._ask(session)  # on a line too slow to look meanwhile
            if ill.online:
                raise TimedOut("completion") from error
        finally:
            done.cancel()
            await asyncio.wait({done})
        if ill is not None:
            return await self._stopped(session, ill)
        if session.reports_completion:
            return PrintResult.PRINTED
        return self._if_well(await self._ask(session), PrintResult.SENT)

    async def _stopped(self, session: Session, status: PrinterStatus) -> PrintResult:
        """What becomes of a ticket whose printer fell ill before it was done.

        A printer that cannot forget prints the rest, its cut included, before whatever comes next.
        """
        if not TEARING.intersection(status.faults):
            return PrintResult.UNKNOWN
        if await session.forget():
            # An old roll's end is taken out by hand; under an opened cover half a ticket stays.
            self._cut_first = CoverOpen.code in status.faults
        return PrintResult.TORN

    @staticmethod
    def _if_well(status: PrinterStatus, result: PrintResult) -> PrintResult:
        return result if status.online else PrintResult.UNKNOWN

    def _line_s(self, count: int) -> float:
        return count * BITS_PER_BYTE / self._baud_bd if self._baud_bd else 0.0

    async def _ask(self, session: Session, *, extra_s: float = 0.0) -> PrinterStatus:
        status = await session.status(extra_s=extra_s)
        self._note(status)
        return status

    def _note(self, status: PrinterStatus) -> None:
        # `online` of the health means "answers": an open cover is a fault of a device that is
        # there, and must not read as "unplugged".
        maker = self._session.maker if self._session else ""
        details = (("maker", maker),) if maker else None
        self._supervisor.health.set(online=True, faults=status.faults, details=details)

    async def _connected(self) -> Session:
        """The open connection, waiting a little for one that is being made."""
        try:
            async with asyncio.timeout(self._timing.connect_s):
                while self._session is None:
                    self._opened.clear()
                    await self._opened.wait()
                return self._session
        except TimeoutError as error:
            last = self._supervisor.last_error or Unavailable("not running")
            raise type(last)(last.detail) from error

    async def _serve(self, link: Link) -> None:
        session = Session(link, self._timing, self._note)
        try:
            await together(reads=session.pump(), watch=self._look_after(session))
        finally:
            self._session = None
            session.end(Unavailable("connection closed"))

    async def _look_after(self, session: Session) -> None:
        # The printer may still wait for the rest of a command, ours of before the break or that
        # of a program before us: NULs end it, and print nothing where none is open.
        await session.link.write(bytes(self._torn_bytes or LEAD_IN_BYTES))
        if (await self._ask(session)).online:
            await session.learn(self._profile)
        self._session = session
        self._opened.set()
        while True:
            timing = self._timing
            await session.while_open(timing.calm_s if session.hears_changes else timing.poll_s)
            async with self._lock:
                await self._ask(session)


def build(settings: Settings) -> EscposPrinter:
    """Make the driver from a device URL.

    Options of the URL: `profile` (a name of PROFILES) or the width from the settings, and what
    differs from it (`PROFILE_OPTIONS`).

    Raises:
        BadDeviceUrl: Wrong scheme, speed, option or profile.
    """
    options = settings.url.options
    check_stream_url(settings.url, PROFILE_OPTIONS | {"profile"}, OR_USB)
    width = int(settings.options.get("width_mm") or 80)
    name = options.get("profile") or WIDTHS_MM.get(width, "")
    if name not in PROFILES:
        raise BadDeviceUrl(f"profile={name!r}")
    try:
        profile = adjusted(PROFILES[name], options)
    except ValueError as error:
        raise BadDeviceUrl(str(error)) from None
    return EscposPrinter(
        settings.device_id,
        lambda: open_link(settings.url),
        profile,
        baud_bd=settings.url.baud_bd if settings.url.scheme == "serial" else None,
        raster=FontRasteriser(),
        randomness=random.SystemRandom(),
    )


async def trial(printer: EscposPrinter, trial: Trial) -> AsyncIterator[Mapping[str, object]]:
    """Print the example ticket, with a name on it where one is given; one record."""
    result = await printer.print(example_ticket(trial.name))
    faults = printer.health().faults
    record: dict[str, object] = {"result": result.value}
    if faults:
        record["fault"] = faults[0]
    yield record
