"""The card reader's driver against a reader that is slow, noisy, ill or suddenly gone."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from rig import (
    DICE,
    QUICK,
    Collector,
    Sim,
    at_work,
    offline,
    online,
    opener,
    reader_for,
    simulated,
    until,
)

from hardware.drivers.sam_reader import SamReader, Timing
from hardware.roles import DeviceKind
from hardware.roles_cards import CardKind
from hardware.sim.id_cards import SAMPLE_CARDS
from hardware.wire.sam_card import ERRORS


@pytest.fixture(params=["pty", "tcp"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.ID_READER, tmp_path, pty=request.param == "pty") as simulator:
        yield simulator


async def told(events: AsyncIterator[Mapping[str, Any]], name: str, count: int) -> None:
    """Wait until the simulator has told of something so many times."""
    async with asyncio.timeout(20):
        async for event in events:
            count -= event["event"] == name
            if not count:
                return


async def reads(events: AsyncIterator[Mapping[str, Any]], count: int) -> None:
    await told(events, "read", count)


@pytest.mark.parametrize(
    ("card", "kind", "number"),
    [
        ("resident", CardKind.RESIDENT, "522601199001010010"),
        ("rare-name", CardKind.RESIDENT, "522625194003150023"),
        ("permit", CardKind.HK_MO_TW_PERMIT, "522631196512310044"),
        ("foreigner-2017", CardKind.FOREIGNER_2017, "PAK310080010103"),
        ("foreigner-2023", CardKind.FOREIGNER_2023, "932682198501010017"),
    ],
)
async def test_every_kind_of_card_is_read(sim: Sim, card: str, kind: CardKind, number: str) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await sim.tell("lay", card=card)
        read = await cards.next()
    assert (read.kind, read.number) == (kind, number)


async def test_a_card_that_stays_is_read_once_and_again_when_laid_down_again(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await sim.tell("lay")
        await cards.next()
        await asyncio.sleep(0.3)  # a dozen polls while it lies there
        assert cards.empty
        await sim.tell("take")
        await sim.tell("lay")
        await cards.next()


async def test_a_module_that_finds_a_lying_card_again_does_not_read_it_out_twice(sim: Sim) -> None:
    reader = reader_for(sim)
    await sim.tell("keep-finding")
    async with at_work(reader), Collector(reader.cards()) as cards:
        async with sim.watching() as events:
            await sim.tell("lay")
            await cards.next()
            await reads(events, 5)
        assert cards.empty
        await sim.tell("lay", card="permit")  # another card in its place
        assert (await cards.next()).kind is CardKind.HK_MO_TW_PERMIT


async def test_no_card_is_read_while_nobody_listens(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader):
        await online(reader)
        await sim.tell("lay")
        await asyncio.sleep(0.4)
        assert (await sim.tell("state"))["reads"] == 0
        async with Collector(reader.cards()) as cards:
            assert (await cards.next()).number == "522601199001010010"


@pytest.mark.parametrize(
    "fault",
    [
        {"delay_s": 0.03},
        {"split_bytes": 7},
        {"split_bytes": 1, "direction": "in"},
        {"loss": 0.0003},
        {"garbage": 0.2},
        {"pace_bd": 115200},
    ],
)
async def test_a_bad_line_gives_the_right_card_or_none(sim: Sim, fault: dict[str, Any]) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await sim.tell("fault", **fault)
        for card, number in (("resident", "522601199001010010"), ("permit", "522631196512310044")):
            await sim.tell("take")
            await sim.tell("lay", card=card)
            async with asyncio.timeout(15):
                while cards.empty:  # a reply lost in mid-read needs the card laid down again
                    await asyncio.sleep(0.5)
                    if cards.empty:
                        await sim.tell("take")
                        await sim.tell("lay", card=card)
            while not cards.empty:
                assert (await cards.next()).number == number


async def test_a_reader_pulled_out_and_put_back_goes_on_reading(sim: Sim) -> None:
    reader = reader_for(sim)
    with structlog.testing.capture_logs() as logs:
        async with at_work(reader), Collector(reader.cards()) as cards:
            await online(reader)
            for _ in range(2):
                await sim.tell("unplug")
                await offline(reader)
                await sim.tell("take")
                await sim.tell("replug")
                await online(reader)
                await sim.tell("lay")
                assert (await cards.next()).name == "吴阿朵"
                await sim.tell("take")
    events = [log["event"] for log in logs]
    assert events == ["device-online", *["device-offline", "device-online"] * 2]
    assert "吴" not in str(logs)


async def test_a_reader_pulled_out_in_mid_reply_does_not_stop_the_stream(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await online(reader)
        await sim.tell("fault", pace_bd=9600, direction="out")
        async with sim.watching() as events:
            await sim.tell("lay")
            async with asyncio.timeout(5):
                await anext(events)  # the card has been read, its 1.3 s of bytes are on their way
        await sim.tell("unplug")
        await offline(reader)
        await sim.tell("fault")
        await sim.tell("replug")
        await sim.tell("take")
        await sim.tell("lay")
        assert (await cards.next()).number == "522601199001010010"


async def test_the_same_lying_card_is_not_read_out_again_after_replugging(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await sim.tell("keep-finding")
        await sim.tell("lay")
        await cards.next()
        await sim.tell("unplug")
        await offline(reader)
        async with sim.watching() as events:
            await sim.tell("replug")
            await reads(events, 2)
        assert cards.empty


CARD_CODES = {
    "24": "card-unknown-error",
    "31": "reader-not-accepted",
    "32": "card-not-accepted",
    "33": "card-not-verified",
    "37": "card-not-verified",
    "3f": "card-read-failed",
    "40": "wrong-card",
    "41": "card-read-failed",
    "80": "card-gone",
    "81": "card-not-selected",
    "91": "card-empty",
}
READER_CODES = {
    "21": "reader-command-unknown",
    "23": "reader-unauthorised",
    "47": "reader-no-random-number",
    "60": "reader-self-test-failed",
    "66": "reader-unauthorised",
}
LINE_CODES = {"10": "line-damaged", "11": "line-damaged"}


def test_every_code_of_the_module_is_tried_here() -> None:
    tried = {int(sw3, 16) for sw3 in (*CARD_CODES, *READER_CODES, *LINE_CODES)}
    assert tried == set(ERRORS)


@pytest.mark.parametrize(("sw3", "code"), CARD_CODES.items())
async def test_a_card_that_cannot_be_read_is_refused_once(sim: Sim, sw3: str, code: str) -> None:
    reader = reader_for(sim)
    async with (
        at_work(reader),
        Collector(reader.cards()) as cards,
        Collector(reader.refusals()) as refusals,
    ):
        await sim.tell("break", on="read", sw3=sw3)
        await sim.tell("lay")
        assert await refusals.next() == code
        await asyncio.sleep(0.3)
        assert refusals.empty
        assert cards.empty
        await sim.tell("repair")
        await sim.tell("take")
        await asyncio.sleep(0.1)
        await sim.tell("lay")
        assert (await cards.next()).name == "吴阿朵"
        assert reader.health().online


async def test_a_document_of_no_known_kind_is_refused_once(sim: Sim) -> None:
    reader = reader_for(sim)
    async with (
        at_work(reader),
        Collector(reader.cards()) as cards,
        Collector(reader.refusals()) as refusals,
    ):
        await sim.tell("lay", card={"type": " ", "name": "无号"})
        assert await refusals.next() == "unreadable-card"
        assert cards.empty


async def test_a_card_whose_number_fails_its_check_was_misread_and_is_refused(sim: Sim) -> None:
    reader = reader_for(sim)
    async with (
        at_work(reader),
        Collector(reader.cards()) as cards,
        Collector(reader.refusals()) as refusals,
        sim.watching() as events,
    ):
        await sim.tell("keep-finding")
        await sim.tell("lay", card={**SAMPLE_CARDS["resident"], "number": "522601199001010011"})
        assert await refusals.next() == "unreadable-card"
        await reads(events, 4)
        assert cards.empty
        assert refusals.empty
        await sim.tell("lay")  # now it is read right, without having been lifted
        assert (await cards.next()).number == "522601199001010010"


async def test_a_card_lifted_after_a_failure_is_not_left_without_a_word(sim: Sim) -> None:
    slow = Timing(poll_s=0.5, idle_s=0.1, answer_s=0.4, read_s=0.8)
    reader = SamReader("reader-1", opener(sim), randomness=DICE, timing=slow, backoff=QUICK)
    listening = (Collector(reader.refusals()), Collector(reader.cards()))
    async with at_work(reader), listening[0] as refusals, listening[1], sim.watching() as events:
        await sim.tell("break", on="select", sw3="81")
        await sim.tell("lay")
        await told(events, "refused", 1)
        await sim.tell("take")
        assert await refusals.next() == "card-not-selected"


async def test_a_card_that_was_read_and_lies_on_is_not_refused_afterwards(sim: Sim) -> None:
    reader = reader_for(sim)
    async with (
        at_work(reader),
        Collector(reader.cards()) as cards,
        Collector(reader.refusals()) as refusals,
        sim.watching() as events,
    ):
        await sim.tell("keep-finding")
        await sim.tell("lay")
        await cards.next()
        await sim.tell("break", on="read", sw3="41")
        await told(events, "refused", 5)
        assert refusals.empty


async def test_the_number_of_the_module_is_among_what_is_known_of_it(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader):
        health = await until(reader, lambda h: bool(h.details))
        assert health.details == (("module_id", "05.01-20100005-0000012345-0123456789"),)
        await sim.tell("unplug")
        assert (await offline(reader)).details == health.details


async def test_a_module_without_a_number_reads_cards(sim: Sim) -> None:
    reader = reader_for(sim)
    await sim.tell("break", on="module-id", sw3="21")
    async with at_work(reader), Collector(reader.cards()) as cards:
        await sim.tell("lay")
        assert (await cards.next()).kind is CardKind.RESIDENT
        assert reader.health().details == ()


@pytest.mark.parametrize(("sw3", "code"), LINE_CODES.items())
async def test_a_module_that_hears_us_badly_is_a_fault_of_the_line(
    sim: Sim, sw3: str, code: str
) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()):
        await sim.tell("break", sw3=sw3)
        assert (await offline(reader)).faults == (code,)
        await sim.tell("repair")
        await online(reader)


@pytest.mark.parametrize(("sw3", "code"), READER_CODES.items())
async def test_a_sick_security_module_is_a_fault_of_a_device_that_is_there(
    sim: Sim, sw3: str, code: str
) -> None:
    reader = reader_for(sim)
    async with at_work(reader):
        await sim.tell("break", sw3=sw3)
        assert (await until(reader, lambda h: code in h.faults)).online
        await sim.tell("repair")
        await until(reader, lambda h: h.online and not h.faults)


async def test_a_silent_reader_is_offline_and_comes_back(sim: Sim) -> None:
    reader = reader_for(sim)
    async with at_work(reader), Collector(reader.cards()) as cards:
        await online(reader)
        await sim.tell("silent")
        assert (await offline(reader)).faults == ("timed-out",)
        await sim.tell("speak")
        await online(reader)
        await sim.tell("lay")
        assert (await cards.next()).kind is CardKind.RESIDENT
