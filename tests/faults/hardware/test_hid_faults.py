"""Scanner and keypad drivers against a simulated keyboard that loses events and its cable."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rig import DICE, QUICK, Collector, Sim, at_work, offline, online, simulated

from hardware.drivers.hid_keypad import HidKeypad
from hardware.drivers.hid_scanner import HidScanner, Timing
from hardware.errors import Unavailable
from hardware.hid_port import open_hid
from hardware.roles import DeviceKind
from hardware.roles_voice import GuideKey, Headphones
from hardware.transport import parse_url
from hardware.wire.keyboard import EndKey


@asynccontextmanager
async def keyboard(place: Path, **options: str) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.SCANNER, place, type_id="hid-scanner", **options) as sim:
        yield sim


def scanner_for(sim: Sim, end: EndKey = EndKey.ENTER) -> HidScanner:
    return HidScanner(
        "scanner-1",
        lambda: open_hid(parse_url(sim.url)),
        end,
        timing=Timing(gap_s=0.15, torn_s=0.4),
        randomness=DICE,
        backoff=QUICK,
    )


def keypad_for(sim: Sim) -> HidKeypad:
    return HidKeypad(
        "keypad-1", lambda: open_hid(parse_url(sim.url)), randomness=DICE, backoff=QUICK
    )


@pytest.mark.parametrize("end", list(EndKey))
async def test_codes_arrive_whole_with_every_end_key(end: EndKey, tmp_path: Path) -> None:
    names = {EndKey.ENTER: "enter", EndKey.TAB: "tab", EndKey.IDLE: "none"}
    async with keyboard(tmp_path, end=names[end]) as sim:
        scanner = scanner_for(sim, end)
        async with at_work(scanner), Collector(scanner.codes()) as codes:
            await online(scanner)
            for text in ("https://hall.example/t/A001?x=1&y=_#", "取号 A001"):
                await sim.tell("scan", text=text)
                assert (await codes.next()).text == text
            await sim.tell("scan", text="社会保障", encoding="gbk")
            assert (await codes.next()).text == "社会保障"


@pytest.mark.parametrize("events", [1, 2, 5])
async def test_events_lost_half_way_refuse_the_code_and_no_other(
    events: int, tmp_path: Path
) -> None:
    async with keyboard(tmp_path) as sim:
        scanner = scanner_for(sim)
        async with (
            at_work(scanner),
            Collector(scanner.codes()) as codes,
            Collector(scanner.refusals()) as refusals,
        ):
            await online(scanner)
            await sim.tell("lose", events=events)
            await sim.tell("scan", text="A0012345")
            assert await refusals.next() == "bad-barcode"
            await sim.tell("scan", text="B012")
            assert (await codes.next()).text == "B012"


@pytest.mark.parametrize("bad", ["1b", "41001b42", "39" * 600])
async def test_a_bad_code_is_refused_and_the_next_one_is_read(bad: str, tmp_path: Path) -> None:
    async with keyboard(tmp_path) as sim:
        scanner = scanner_for(sim)
        async with (
            at_work(scanner),
            Collector(scanner.codes()) as codes,
            Collector(scanner.refusals()) as refusals,
        ):
            await online(scanner)
            await sim.tell("scan", hex=bad)
            assert await refusals.next() == "bad-barcode"
            await sim.tell("scan", text="B012")
            assert (await codes.next()).text == "B012"


async def test_a_keyboard_pulled_out_and_put_back_goes_on(tmp_path: Path) -> None:
    async with keyboard(tmp_path) as sim:
        scanner = scanner_for(sim)
        async with at_work(scanner), Collector(scanner.codes()) as codes:
            await online(scanner)
            await sim.tell("unplug")
            assert (await offline(scanner)).faults == ("unavailable",)
            await sim.tell("replug")
            await online(scanner)
            await sim.tell("scan", text="A002")
            assert (await codes.next()).text == "A002"


async def test_keys_and_the_jack_of_a_keypad_are_told(tmp_path: Path) -> None:
    async with keyboard(tmp_path) as sim:
        keypad = keypad_for(sim)
        async with (
            at_work(keypad),
            Collector(keypad.keys()) as keys,
            Collector(keypad.headphones()) as jack,
        ):
            await online(keypad)
            assert await jack.next() is Headphones.UNKNOWN
            await sim.tell("headphones", plugged=True)
            assert await jack.next() is Headphones.PLUGGED
            await sim.tell("press", code=108)
            assert await keys.next() is GuideKey.DOWN
            await sim.tell("hold", code=115, times=2)
            assert [await keys.next() for _ in range(3)] == [GuideKey.VOLUME_UP] * 3
            await sim.tell("hold", code=28, times=5)
            await sim.tell("press", code=67)
            assert [await keys.next() for _ in range(2)] == [GuideKey.SELECT, GuideKey.OTHER]
            await sim.tell("unplug")
            assert await jack.next() is Headphones.UNKNOWN


async def test_what_was_pressed_while_nobody_listened_is_never_delivered(tmp_path: Path) -> None:
    async with keyboard(tmp_path) as sim:
        keypad = keypad_for(sim)
        async with at_work(keypad):
            await online(keypad)
            await sim.tell("press", code=103)
            await asyncio.sleep(0.2)
            async with Collector(keypad.keys()) as keys:
                await sim.tell("press", code=108)
                assert await keys.next() is GuideKey.DOWN


async def test_what_is_no_input_device_cannot_be_grabbed(tmp_path: Path) -> None:
    near, far = os.openpty()
    try:
        with pytest.raises(Unavailable, match="no input device"):
            await open_hid(parse_url(f"hid://{os.ttyname(far)}"))
        with pytest.raises(Unavailable, match="ENOENT"):
            await open_hid(parse_url(f"hid://{tmp_path}/none"))
    finally:
        os.close(near)
        os.close(far)
