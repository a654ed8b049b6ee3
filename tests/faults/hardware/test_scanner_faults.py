"""The scanner's driver against bad lines, bad codes and pulled cables."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rig import DICE, QUICK, Collector, Sim, at_work, offline, online, opener, simulated

from hardware.drivers.serial_scanner import SerialScanner, Timing
from hardware.roles import DeviceKind
from hardware.wire.scanner import Framing
from hardware.wire.scanner_commands import TRIGGERS

NAMES = {Framing.CR: "cr", Framing.LF: "lf", Framing.CRLF: "crlf", Framing.IDLE: "none"}


def scanner_for(sim: Sim, framing: Framing = Framing.CR, make: str = "auto") -> SerialScanner:
    return SerialScanner(
        "scanner-1",
        opener(sim),
        framing,
        trigger=TRIGGERS.get(make),
        timing=Timing(repeat_s=0.5, again_s=0.1, answer_s=0.3),
        gap_s=0.15,
        randomness=DICE,
        backoff=QUICK,
    )


@pytest.fixture(params=["pty", "tcp"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.SCANNER, tmp_path, pty=request.param == "pty") as simulator:
        yield simulator


@pytest.mark.parametrize("framing", list(Framing))
@pytest.mark.parametrize("fault", [{}, {"delay_s": 0.02}, {"split_bytes": 1}, {"pace_bd": 9600}])
async def test_codes_arrive_whole_with_every_framing(
    framing: Framing, fault: dict[str, Any], tmp_path: Path
) -> None:
    async with simulated(DeviceKind.SCANNER, tmp_path, end=NAMES[framing]) as sim:
        scanner = scanner_for(sim, framing)
        async with at_work(scanner), Collector(scanner.codes()) as codes:
            await online(scanner)
            await sim.tell("fault", **fault)
            for text in ("https://example.org/t/A001", "你好"):
                await sim.tell("scan", text=text)
                assert (await codes.next()).text == text


async def test_gbk_codes_are_read_and_their_bytes_kept(sim: Sim) -> None:
    scanner = scanner_for(sim)
    async with at_work(scanner), Collector(scanner.codes()) as codes:
        await online(scanner)
        await sim.tell("scan", text="社会保障", encoding="gbk")
        code = await codes.next()
    assert (code.text, code.raw) == ("社会保障", "社会保障".encode("gbk"))


@pytest.mark.parametrize("bad", ["41001b42", "7f", "ff", "41e280ae42", "39" * 600, "39" * 4000])
async def test_a_bad_code_is_refused_and_the_next_one_is_read(sim: Sim, bad: str) -> None:
    scanner = scanner_for(sim)
    async with (
        at_work(scanner),
        Collector(scanner.codes()) as codes,
        Collector(scanner.refusals()) as refusals,
    ):
        await online(scanner)
        await sim.tell("scan", hex=bad)
        assert await refusals.next() == "bad-barcode"
        await sim.tell("scan", text="A001")
        assert (await codes.next()).text == "A001"


async def test_a_torn_code_is_not_glued_to_the_next_one(sim: Sim) -> None:
    scanner = scanner_for(sim)
    async with at_work(scanner), Collector(scanner.codes()) as codes:
        await online(scanner)
        await sim.tell("scan", text="TORN")
        assert (await codes.next()).text == "TORN"
        await sim.tell("fault", loss=1.0, direction="out")
        await sim.tell("scan", text="LOST")
        await asyncio.sleep(0.1)
        await sim.tell("fault")
        await sim.tell("scan", text="WHOLE")
        assert (await codes.next()).text == "WHOLE"


async def test_a_scanner_pulled_out_and_put_back_goes_on(sim: Sim) -> None:
    scanner = scanner_for(sim)
    async with at_work(scanner), Collector(scanner.codes()) as codes:
        await online(scanner)
        await sim.tell("unplug")
        assert (await offline(scanner)).faults == ("unavailable",)
        async with sim.watching() as events:
            await sim.tell("replug")
            assert (await anext(events))["event"] == "connected"
        await online(scanner)
        await sim.tell("scan", text="A002")
        assert (await codes.next()).text == "A002"


async def test_what_was_scanned_while_nobody_listened_is_never_delivered(sim: Sim) -> None:
    scanner = scanner_for(sim)
    async with at_work(scanner):
        await online(scanner)
        await sim.tell("scan", text="OLD")
        await asyncio.sleep(0.2)
        async with Collector(scanner.codes()) as codes:
            await sim.tell("scan", text="NEW")
            assert (await codes.next()).text == "NEW"


@pytest.mark.parametrize("make", TRIGGERS)
async def test_a_scanner_is_triggered_only_while_somebody_listens(
    make: str, tmp_path: Path
) -> None:
    async with simulated(DeviceKind.SCANNER, tmp_path, trigger=make) as sim:
        scanner = scanner_for(sim, make=make)
        async with at_work(scanner):
            await online(scanner)
            await sim.tell("scan", text="A003")
            assert (await sim.tell("state"))["held"] == 1
            async with Collector(scanner.codes()) as codes:
                assert (await codes.next()).text == "A003"
                await sim.tell("scan", text="A004")
                assert (await codes.next()).text == "A004"
            async with asyncio.timeout(5), sim.watching() as events:
                while (await sim.tell("state"))["armed"]:
                    await anext(events)


@pytest.mark.parametrize("make", ["gm65", "newland"])
async def test_a_make_that_answers_is_known_to_be_away_when_it_is_silent(
    make: str, tmp_path: Path
) -> None:
    async with simulated(DeviceKind.SCANNER, tmp_path, trigger=make) as sim:
        scanner = scanner_for(sim, make=make)
        await sim.tell("silent")
        async with at_work(scanner):
            assert (await offline(scanner)).faults == ("timed-out",)
            await sim.tell("speak")
            await online(scanner)


async def test_a_scanner_that_will_not_says_so_in_words(tmp_path: Path) -> None:
    async with simulated(DeviceKind.SCANNER, tmp_path, trigger="newland") as sim:
        scanner = scanner_for(sim, make="newland")
        await sim.tell("refuse")
        async with at_work(scanner):
            assert (await offline(scanner)).faults == ("scanner-refused",)
            await sim.tell("accept")
            await online(scanner)


async def test_a_lost_command_is_said_again(tmp_path: Path) -> None:
    async with simulated(DeviceKind.SCANNER, tmp_path, trigger="newland") as sim:
        scanner = scanner_for(sim, make="newland")
        async with at_work(scanner), Collector(scanner.codes()) as codes:
            await online(scanner)
            await sim.tell("fault", split_bytes=1, delay_s=0.01)
            await sim.tell("scan", text="https://example.org/t/A005")
            assert (await codes.next()).text == "https://example.org/t/A005"
