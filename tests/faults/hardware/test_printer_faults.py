"""The ESC/POS driver against a printer that is ill, slow, silent or suddenly gone."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
import zxingcpp
from PIL import Image
from rig import (
    PRINTER_TIMING,
    Sim,
    at_work,
    offline,
    online,
    opener,
    printer_for,
    simulated,
    until,
)

from hardware.drivers.escpos_printer import EscposPrinter
from hardware.drivers.escpos_session import Timing as PrinterTiming
from hardware.drivers.raster import FontRasteriser
from hardware.errors import CoverOpen, CutterJam, HardwareError, PaperOut, PrinterError, Unavailable
from hardware.fonts import NoFont, font_for
from hardware.roles import (
    Align,
    DeviceKind,
    PaperState,
    PrintJob,
    PrintResult,
    QrBlock,
    Rule,
    TextLine,
)
from hardware.sample import example_ticket
from hardware.wire.escpos_profile import PROFILES, adjusted

TICKET = example_ticket("张*三")
URL = "https://example.org/t/B012-3f9c27a1"


async def fate_of(printer: EscposPrinter, job: PrintJob) -> str:
    """What became of a job: a result, or the code of the error."""
    try:
        return (await printer.print(job)).value
    except HardwareError as error:
        return error.code


def codes_on(picture: Path) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(picture).convert("L"))]


every_way = pytest.mark.parametrize("sim", ["pty", "tcp", "usb"], indirect=True)


@pytest.fixture(params=["pty", "usb"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    way = request.param
    async with simulated(
        DeviceKind.PRINTER, tmp_path, pty=way == "pty", usb=way == "usb"
    ) as simulator:
        yield simulator


@every_way
async def test_a_ticket_is_printed_and_its_words_and_code_can_be_read(sim: Sim) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        assert await printer.print(TICKET) is PrintResult.PRINTED
    (receipt,) = sim.receipts()
    assert receipt["unknown"] == []
    assert receipt["qr"] == [URL]
    words = [line["text"] for line in receipt["lines"] if line["kind"] == "text"]
    assert "政务服务大厅" in words
    assert "姓名：张*三" in words
    number = next(line for line in receipt["lines"] if line.get("text") == "B012")
    assert (number["width"], number["height"], number["align"]) == (6, 5, "centre")
    assert codes_on(sim.out / receipt["png"]) == [URL]


async def test_a_raster_printer_gets_the_same_ticket_with_a_readable_code(tmp_path: Path) -> None:
    async with simulated(DeviceKind.PRINTER, tmp_path, hanzi="no") as sim:
        printer = printer_for(sim, "raster-80")
        async with at_work(printer):
            assert await printer.print(TICKET) is PrintResult.PRINTED
        (receipt,) = sim.receipts()
        assert receipt["raster_lines"] > 5
        assert codes_on(sim.out / receipt["png"]) == [URL]


@pytest.mark.parametrize("char", "䶮𬭎")
@pytest.mark.parametrize(("size", "alike"), [(3, 0.9), (4, 0.8)], ids=["all dots", "doubled dots"])
async def test_a_rare_character_stands_on_the_paper(
    char: str, size: int, alike: float, tmp_path: Path
) -> None:
    job = PrintJob("rare", (TextLine(char, width=size, height=size),))
    async with simulated(DeviceKind.PRINTER, tmp_path) as sim:
        printer = printer_for(sim)
        async with at_work(printer):
            assert await printer.print(job) is PrintResult.PRINTED
        (receipt,) = sim.receipts()
        paper = _ink(Image.open(sim.out / receipt["png"]).convert("L").point(lambda v: 255 - v))
    likeness = {other: _likeness(paper, other) for other in "䶮𬭎𠮷龙宏天龑龚"}
    assert max(likeness, key=lambda other: likeness[other]) == char
    assert likeness[char] > alike


def _ink(image: Image.Image) -> np.ndarray[Any, Any]:
    """The drawn part of a picture, ink 1, in a square of 64 pixels."""
    dots = image.point(lambda level: 255 if level > 140 else 0)
    box = dots.getbbox()
    assert box is not None
    return np.asarray(dots.crop(box).resize((64, 64)), dtype=float) / 255


def _likeness(paper: np.ndarray[Any, Any], char: str) -> float:
    image = Image.new("L", (140, 140), 0)
    mask = font_for(char, 96).getmask(char, mode="L")
    image.paste(Image.frombytes("L", mask.size, bytes(mask)), (10, 10))
    return float(np.corrcoef(paper.ravel(), _ink(image).ravel())[0, 1])


@pytest.mark.parametrize(
    ("illness", "error"),
    [
        ("paper-out", PaperOut),
        ("cover-open", CoverOpen),
        ("cutter-jam", CutterJam),
        ("error", PrinterError),
    ],
)
async def test_an_ill_printer_refuses_and_prints_nothing_later(
    sim: Sim, illness: str, error: type[HardwareError]
) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        await online(printer)
        await sim.tell(illness)
        with pytest.raises(error):
            await printer.print(TICKET)
        assert error.code in printer.health().faults
        assert printer.health().online
        await sim.tell("recover")
        assert (await printer.status()).online
        assert sim.receipts() == []
        assert await printer.print(TICKET) is PrintResult.PRINTED
    assert len(sim.receipts()) == 1


async def test_paper_near_its_end_is_a_warning_and_still_prints(sim: Sim) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        await sim.tell("paper-near-end")
        assert (await printer.status()).paper is PaperState.NEAR_END
        assert await printer.print(TICKET) is PrintResult.PRINTED
        assert printer.health().faults == ("paper-near-end",)


@pytest.mark.parametrize("forgets", [True, False], ids=["forgets", "cannot forget"])
async def test_paper_that_ends_in_mid_ticket_tears_it_and_the_next_one_is_whole(
    sim: Sim,
    forgets: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    printer = printer_for(sim)
    await sim.tell("clear" if forgets else "no-clear")
    async with at_work(printer):
        await online(printer)
        await sim.tell("paper-out-after", lines=4)
        assert await printer.print(TICKET) is PrintResult.TORN
        assert "paper-out" in printer.health().faults
        with pytest.raises(PaperOut):
            await printer.print(TICKET)
        await sim.tell("paper-ok")
        assert await printer.print(TICKET) is PrintResult.PRINTED
    receipts = sim.receipts()
    assert [receipt["cut"] for receipt in receipts] == [False, *[True] * (1 if forgets else 2)]
    assert receipts[0]["qr"] == []
    assert receipts[-1]["lines"][0]["text"] == "政务服务大厅"
    assert receipts[-1]["qr"] == [URL]
    if not forgets:  # the rest comes out, but by itself
        assert not any(line.get("text") == "政务服务大厅" for line in receipts[1]["lines"])


async def test_a_cover_opened_in_mid_ticket_leaves_half_a_ticket_that_is_cut_off(sim: Sim) -> None:
    printer = printer_for(sim, timing=replace(PRINTER_TIMING, answer_s=3.0, completion_s=10.0))
    async with at_work(printer):
        await online(printer)
        await printer.status()
        before = (await sim.tell("fault", pace_bd=9600, direction="in"))["received_bytes"]
        printing = asyncio.create_task(printer.print(TICKET))
        for _ in range(1000):
            if (await sim.tell("state"))["received_bytes"] >= before + 150:
                break
            await asyncio.sleep(0.02)
        await sim.tell("cover-open")
        assert await printing is PrintResult.TORN
        await sim.tell("fault")
        await sim.tell("cover-close")
        assert await printer.print(TICKET) is PrintResult.PRINTED
    torn, whole = sim.receipts()
    assert torn["cut"]
    assert whole["lines"][0]["text"] == "政务服务大厅"
    assert whole["qr"] == [URL]


@pytest.mark.parametrize("maker", ["EPSON", "GP"])
@pytest.mark.parametrize(
    ("illness", "fault"),
    [("paper-out", "paper-out"), ("paper-near-end", "paper-near-end"), ("cover-open",) * 2],
)
async def test_an_idle_printers_illness_is_known_without_a_ticket(
    tmp_path: Path, maker: str, illness: str, fault: str
) -> None:
    """By its own report where it makes one, by asking often enough where it does not."""
    async with simulated(DeviceKind.PRINTER, tmp_path, maker=maker) as sim:
        timing = replace(PRINTER_TIMING, poll_s=PrinterTiming().poll_s, calm_s=60)
        printer = printer_for(sim, timing=timing)
        async with at_work(printer):
            await online(printer)
            assert await printer.print(TICKET) in {PrintResult.PRINTED, PrintResult.SENT}
            await sim.tell(illness)
            assert (await until(printer, lambda h: bool(h.faults))).faults == (fault,)
            assert dict(printer.health().details) == {"maker": maker}


def test_an_idle_printer_is_asked_every_second_at_most() -> None:
    timing = PrinterTiming()
    line_s = 4 * 4 * 10 / 9600  # four questions of three bytes and their answers
    assert timing.poll_s + line_s < 1.0
    assert line_s / timing.poll_s < 0.05


@pytest.mark.parametrize(("buzzer", "beeps"), [("esc-b", 1), ("epson", 1), ("none", 0)])
async def test_the_buzzer_sounds_after_the_cut_where_there_is_one(
    tmp_path: Path, buzzer: str, beeps: int
) -> None:
    async with simulated(DeviceKind.PRINTER, tmp_path) as sim:
        profile = adjusted(PROFILES["generic-80"], {"buzzer": buzzer})
        printer = printer_for(sim, profile)
        async with at_work(printer), sim.watching() as events:
            assert await printer.print(replace(TICKET, buzz=True)) is PrintResult.PRINTED
            assert (await anext(events))["event"] == "receipt"
            assert await printer.print(TICKET) is PrintResult.PRINTED
            heard = [(await anext(events))["event"] for _ in range(1 + beeps)]
        assert heard == ["buzz"] * beeps + ["receipt"]
        assert [receipt["unknown"] for receipt in sim.receipts()] == [[], []]


@every_way
@pytest.mark.parametrize("after_bytes", [1, 20, 60, 200, 400])
async def test_a_cable_pulled_in_mid_ticket_leaves_its_fate_unknown_and_the_next_one_whole(
    sim: Sim, after_bytes: int
) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        await online(printer)
        await printer.status()
        # Four status questions of three bytes each come before the ticket.
        await sim.tell("unplug-after", bytes=12 + after_bytes)
        # A watch's own question may have used up the bytes: then nothing was printed.
        assert await fate_of(printer, TICKET) in {"unknown", "unavailable", "timed-out"}
        await offline(printer)
        await sim.tell("replug")
        await online(printer)
        assert await printer.print(TICKET) is PrintResult.PRINTED
    last = sim.receipts()[-1]
    assert last["unknown"] == []
    assert last["lines"][0]["text"] == "政务服务大厅"
    assert last["qr"] == [URL]


async def test_a_silent_printer_times_out_and_nothing_is_sent_to_it(sim: Sim) -> None:
    await sim.tell("silent")
    printer = printer_for(sim)
    async with at_work(printer):
        with pytest.raises(HardwareError) as caught:
            await printer.print(TICKET)
        assert caught.value.code == "timed-out"
        await sim.tell("speak")
        await online(printer)
        assert await printer.print(TICKET) is PrintResult.PRINTED
    assert len(sim.receipts()) == 1


async def test_a_printer_that_falls_silent_after_the_bytes_leaves_the_fate_unknown(
    sim: Sim,
) -> None:
    printer = printer_for(sim, timing=PRINTER_TIMING)
    async with at_work(printer):
        await online(printer)
        await printer.status()
        await sim.tell("no-completion")
        async with sim.watching() as events:
            printing = asyncio.create_task(printer.print(TICKET))
            assert (await anext(events))["event"] == "receipt"
            await sim.tell("mute")
            assert await printing is PrintResult.UNKNOWN


async def test_a_printer_without_completion_reports_sent(sim: Sim) -> None:
    await sim.tell("no-completion")
    printer = printer_for(sim)
    async with at_work(printer):
        assert await printer.print(TICKET) is PrintResult.SENT


async def test_a_printer_with_status_only_reports_sent(sim: Sim) -> None:
    await sim.tell("no-completion")
    await sim.tell("no-fence")
    printer = printer_for(sim)
    async with at_work(printer):
        assert await printer.print(TICKET) is PrintResult.SENT


async def test_another_makers_printer_is_not_asked_for_completion(tmp_path: Path) -> None:
    async with simulated(DeviceKind.PRINTER, tmp_path, maker="GP") as sim:
        printer = printer_for(sim)
        async with at_work(printer):
            assert await printer.print(TICKET) is PrintResult.SENT


@pytest.mark.parametrize(
    "fault",
    [
        {"delay_s": 0.05},
        {"split_bytes": 1},
        {"pace_bd": 115200},
        {"delay_s": 0.02, "split_bytes": 3, "direction": "out"},
        {"garbage": 0.3, "garbage_bytes": 3, "direction": "out"},
    ],
)
async def test_a_bad_line_never_makes_up_a_printed_ticket(sim: Sim, fault: dict[str, Any]) -> None:
    # Hundreds of single bytes, each a turn of two event loops: a busy machine must not fail this.
    patience = PRINTER_TIMING if "garbage" in fault else replace(PRINTER_TIMING, completion_s=30.0)
    printer = printer_for(sim, timing=patience)
    async with at_work(printer):
        await online(printer)
        await sim.tell("fault", **fault)
        fate = await fate_of(printer, TICKET)
        await sim.tell("fault")
        if fate == "printed" or "garbage" not in fault:
            assert fate == "printed"
            assert len(sim.receipts()) == 1
        await online(printer)
        assert await printer.print(TICKET) is not None


async def test_lost_bytes_towards_us_are_survived(sim: Sim) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        await online(printer)
        await sim.tell("fault", loss=0.3, direction="out")
        for _ in range(5):
            assert await fate_of(printer, TICKET) in {
                *("printed", "sent", "unknown", "timed-out", "unavailable"),
                *("paper-out", "cover-open", "printer-error", "printer-offline", "cutter-jam"),
            }
        await sim.tell("fault")
        await until(printer, lambda health: health.online and not health.faults)
        # SENT where the bytes that would have shown what the printer can report were lost.
        assert await printer.print(TICKET) in {PrintResult.PRINTED, PrintResult.SENT}


@every_way
async def test_going_and_coming_back_is_logged_once_each(sim: Sim) -> None:
    with structlog.testing.capture_logs() as logs:
        printer = printer_for(sim)
        async with at_work(printer):
            await online(printer)
            await sim.tell("unplug")
            await offline(printer)
            await asyncio.sleep(0.5)  # several attempts in vain
            await sim.tell("replug")
            await online(printer)
            assert await printer.print(TICKET) is PrintResult.PRINTED
    assert [log["event"] for log in logs] == ["device-online", "device-offline", "device-online"]


async def test_jobs_given_at_once_are_printed_one_after_the_other(sim: Sim) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        jobs = [
            PrintJob(f"j{n}", (TextLine(f"第{n}张", align=Align.CENTRE), Rule(), QrBlock(f"n{n}")))
            for n in range(4)
        ]
        fates = await asyncio.gather(*map(printer.print, jobs))
    assert set(fates) == {PrintResult.PRINTED}
    assert [receipt["qr"] for receipt in sim.receipts()] == [[f"n{n}"] for n in range(4)]


async def test_an_epson_profile_hears_of_an_open_cover_without_asking(sim: Sim) -> None:
    slow = type(PRINTER_TIMING)(answer_s=0.5, completion_s=2.0, poll_s=60, watch_s=0.05)
    printer = printer_for(sim, "epson-80", slow)
    async with at_work(printer):
        await online(printer)
        # Switching automatic status on answers once by itself: only then is it on.
        assert await printer.print(TICKET) is PrintResult.PRINTED
        await sim.tell("cover-open")
        assert (await until(printer, lambda h: bool(h.faults))).faults == ("cover-open",)


async def test_a_cancelled_print_leaves_the_next_ticket_whole(sim: Sim) -> None:
    printer = printer_for(sim)
    async with at_work(printer):
        await online(printer)
        await sim.tell("fault", pace_bd=9600, direction="in")
        printing = asyncio.create_task(printer.print(TICKET))
        await asyncio.sleep(0.15)
        printing.cancel()
        await asyncio.wait({printing})
        await sim.tell("fault")
        await online(printer)
        assert await printer.print(TICKET) is PrintResult.PRINTED
    assert sim.receipts()[-1]["qr"] == [URL]


async def test_a_second_program_is_told_that_the_port_is_taken(tmp_path: Path) -> None:
    async with simulated(DeviceKind.PRINTER, tmp_path) as sim:
        first, second = printer_for(sim), printer_for(sim)
        async with at_work(first):
            await online(first)
            async with at_work(second):
                assert (await offline(second)).faults == ("device-busy",)
            assert await first.print(TICKET) is PrintResult.PRINTED


class LostFont:
    """Finds no font the first time; notes which thread asked."""

    def __init__(self) -> None:
        self.asked_by: list[str] = []

    def text(self, text: str, **look: Any) -> Image.Image:
        self.asked_by.append(threading.current_thread().name)
        if len(self.asked_by) == 1:
            raise NoFont
        return FontRasteriser().text(text, **look)

    def qr(self, text: str, module_dots: int) -> Image.Image:  # noqa: ARG002 - the role's signature
        raise AssertionError


async def test_a_ticket_that_cannot_be_drawn_prints_nothing_and_the_next_one_is_whole(
    sim: Sim,
) -> None:
    raster = LostFont()
    printer = printer_for(sim, raster=raster)
    job = PrintJob("j", (TextLine("\u4dae"),))
    async with at_work(printer):
        with pytest.raises(NoFont):
            await printer.print(job)
        assert sim.receipts() == []
        assert await printer.print(job) is PrintResult.PRINTED
    assert len(sim.receipts()) == 1
    assert all(name.startswith("printer-encoder") for name in raster.asked_by)


async def test_a_printer_that_is_not_at_work_says_so(sim: Sim) -> None:
    printer = printer_for(sim, timing=replace(PRINTER_TIMING, connect_s=0.05))
    with pytest.raises(Unavailable):
        await printer.print(TICKET)


async def test_a_58_mm_printer_without_a_cutter_gets_paper_to_tear(tmp_path: Path) -> None:
    async with simulated(DeviceKind.PRINTER, tmp_path, width_mm="58") as sim:
        printer = printer_for(sim, "generic-58")
        async with at_work(printer), sim.watching() as events:
            assert await printer.print(TICKET) is PrintResult.PRINTED
            async with asyncio.timeout(10):
                assert (await anext(events))["event"] == "torn"
        (receipt,) = sim.receipts()
        assert receipt["qr"] == [URL]
        assert receipt["width_dots"] == 384


def test_a_driver_can_be_made_without_a_running_loop(tmp_path: Path) -> None:
    class Nowhere:
        url = "tcp://127.0.0.1:9"
        bus = None

    assert isinstance(printer_for(Nowhere()), EscposPrinter)  # type: ignore[arg-type]
    assert opener(Nowhere())  # type: ignore[arg-type]
