"""How each device type of the registry is used in the fault matrix."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from matrix import Bench, Got, Use, WrongDataError
from matrix_benches_keyboards import HidKeypadBench, HidScannerBench
from matrix_benches_sound import AnnouncerBench
from matrix_benches_window import BoardBench, PadBench, RaterBench
from rig import DICE, QUICK, Collector, Sim

from hardware.drivers.camera import CodeCamera, OpenCvSource
from hardware.drivers.camera_view import parse_view
from hardware.drivers.escpos_printer import EscposPrinter
from hardware.drivers.escpos_session import Timing as PrinterTiming
from hardware.drivers.raster import FontRasteriser
from hardware.drivers.sam_reader import SamReader
from hardware.drivers.sam_reader import Timing as ReaderTiming
from hardware.drivers.serial_scanner import SerialScanner
from hardware.errors import HardwareError
from hardware.roles import PrintJob, PrintResult, TextLine
from hardware.roles_cards import IdCard
from hardware.transport import open_link, parse_url
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.scanner import Framing

WAIT_S = 2.0
"""A use that brought nothing in this time brought nothing."""


async def next_of(stream: Collector, within_s: float = WAIT_S) -> object | None:
    try:
        async with asyncio.timeout(within_s):
            return await stream.next()
    except TimeoutError:
        return None


class PrinterBench(Bench):
    type_id = "escpos-printer"
    damage = "out"
    unchecked_why = "ESC/POS has no checksum: only what the printer says is damaged here"
    cut_after = ("in", 40)
    recovers_s = 12.0

    def driver(self, url: str, device_id: str) -> EscposPrinter:
        return EscposPrinter(
            device_id,
            lambda: open_link(parse_url(url)),
            PROFILES["generic-80"],
            baud_bd=115200,
            raster=FontRasteriser(),
            randomness=DICE,
            timing=PrinterTiming(
                answer_s=1.5, completion_s=6.0, poll_s=0.3, watch_s=0.1, connect_s=3.0
            ),
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: EscposPrinter, sim: Sim) -> AsyncIterator[Use]:
        async def use(number: int) -> Got:
            token = f"TICKET-{number:03}-"
            job = PrintJob(token, (TextLine(token), TextLine("政务服务大厅")))
            try:
                result = await device.print(job)
            except HardwareError:
                return self._nothing_or_torn(sim, token)
            if result in {PrintResult.UNKNOWN, PrintResult.TORN}:
                return Got.NOTHING
            for _ in range(60):
                if papers(sim, token):
                    break
                await asyncio.sleep(0.05)
            if len(papers(sim, token)) != 1:
                raise WrongDataError(f"{result} but {len(papers(sim, token))} papers")
            return Got.RIGHT

        yield use

    @staticmethod
    def _nothing_or_torn(sim: Sim, token: str) -> Got:
        if papers(sim, token):
            raise WrongDataError("refused, and yet on paper")
        return Got.NOTHING


def papers(sim: Sim, token: str) -> list[Mapping[str, object]]:
    return [r for r in sim.receipts() if token in json.dumps(r, ensure_ascii=False)]


class ReaderBench(Bench):
    type_id = "sam-id-reader"
    cut_after = ("out", 700)
    split_bytes = 7  # a card is 1,295 bytes: one by one they take longer than a module may

    def driver(self, url: str, device_id: str) -> SamReader:
        return SamReader(
            device_id,
            lambda: open_link(parse_url(url)),
            randomness=DICE,
            timing=ReaderTiming(poll_s=0.05, idle_s=0.2, answer_s=1.5, read_s=5.0),
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: SamReader, sim: Sim) -> AsyncIterator[Use]:
        async with Collector(device.cards()) as cards:

            async def use(number: int) -> Got:
                fields = {
                    "type": " ",
                    "name": f"张{'甲乙丙丁戊己庚辛'[number % 8]}",
                    "number": "522601199001010010",
                }
                while not cards.empty:
                    await cards.next()
                await sim.tell("lay", card=fields)
                try:
                    got = await next_of(cards, 8.0)
                finally:
                    await sim.tell("take")
                    await asyncio.sleep(0.15)  # long enough to be seen as gone
                if got is None:
                    return Got.NOTHING
                assert isinstance(got, IdCard)
                if (got.name, got.number) != (fields["name"], fields["number"]):
                    raise WrongDataError(f"{got.name} {got.number}")
                return Got.RIGHT

            yield use


class ScannerBench(Bench):
    type_id = "serial-scanner"
    sim_options: Mapping[str, str] = {"trigger": "auto"}
    checked = False
    unchecked_why = "a serial scanner sends bare text without a checksum"
    cut_after = ("out", 3)

    def driver(self, url: str, device_id: str) -> SerialScanner:
        return SerialScanner(
            device_id,
            lambda: open_link(parse_url(url)),
            Framing.CR,
            gap_s=0.15,
            randomness=DICE,
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: SerialScanner, sim: Sim) -> AsyncIterator[Use]:
        async with Collector(device.codes()) as codes:

            async def use(number: int) -> Got:
                text = f"https://example.org/t/{number:04}"
                while not codes.empty:
                    await codes.next()
                await sim.tell("scan", text=text)
                got = await next_of(codes)
                if got is None:
                    return Got.NOTHING
                if getattr(got, "text", None) != text:
                    raise WrongDataError(repr(got))
                return Got.RIGHT

            yield use


class CameraBench(Bench):
    type_id = "camera"
    pty = False
    behind_proxy = True
    side_by_side = 3  # decoding pictures takes the processor, not patience
    split_bytes = 1000
    cut_after = ("out", 20_000)
    recovers_s = 15.0
    not_here: Mapping[str, str] = {
        "port-stolen": "a network camera lets several programs look",
        "replugged-under-another-name": "a network camera is found by its address",
        "slow-line": "no picture passes a line of 9600 baud within a person's patience",
    }

    def driver(self, url: str, device_id: str) -> CodeCamera:
        return CodeCamera(
            device_id,
            lambda: OpenCvSource(parse_view(parse_url(url))),
            randomness=DICE,
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: CodeCamera, sim: Sim) -> AsyncIterator[Use]:
        shown: set[str] = set()
        async with Collector(device.codes()) as codes:

            async def use(number: int) -> Got:
                text = f"https://example.org/t/{number:04}"
                while not codes.empty:
                    await codes.next()
                shown.add(text)
                await sim.tell("show", qr=text)
                try:
                    while (got := await next_of(codes, 2.5)) is not None:
                        if getattr(got, "text", None) == text:
                            return Got.RIGHT
                        if getattr(got, "text", None) not in shown:
                            raise WrongDataError(repr(got))
                finally:
                    await sim.tell("clear")
                return Got.NOTHING  # what was shown before may be seen late: that is not wrong

            yield use


BENCHES: Mapping[str, Bench] = {
    bench.type_id: bench()
    for bench in (
        PrinterBench,
        ReaderBench,
        ScannerBench,
        CameraBench,
        *(BoardBench, PadBench, RaterBench),
        *(HidScannerBench, HidKeypadBench),
        AnnouncerBench,
    )
}
