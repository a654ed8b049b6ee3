"""The paper ends in mid-ticket: the kiosk's whole flow on the real driver and a printer's bytes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rig import PRINTER_TIMING, Sim, printer_for, simulated

from hardware.drivers.escpos_printer import EscposPrinter
from hardware.roles import DeviceKind
from kiosk.lang import Languages
from kiosk.outbox import Outbox
from kiosk.signals import Kind
from kiosk.ui import sayings
from kiosk.visit import Paper, Screen
from tests.unit.kiosk.test_presenter import FakeServer, Kiosk, running

NUMBER = "B001"


@pytest.fixture(params=["forgets", "cannot forget"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    async with simulated(DeviceKind.PRINTER, tmp_path) as simulator:
        await simulator.tell("clear" if request.param == "forgets" else "no-clear")
        yield simulator


def patient(sim: Sim) -> EscposPrinter:
    """Drawing the simulated paper takes a busy machine longer than a printer takes to print it."""
    return printer_for(sim, timing=replace(PRINTER_TIMING, completion_s=30.0, answer_s=1.0))


def words(receipt: dict[str, Any]) -> list[str]:
    return [line["text"] for line in receipt["lines"] if line["kind"] == "text"]


def whole(sim: Sim) -> list[dict[str, Any]]:
    """Papers with a head, a number and a code: those that somebody could use."""
    return [
        receipt
        for receipt in sim.receipts()
        if receipt["cut"] and NUMBER in words(receipt) and receipt["qr"]
    ]


async def take_a_number_while_the_paper_ends(kiosk: Kiosk, sim: Sim) -> None:
    await kiosk.to_confirm()
    await sim.tell("paper-out-after", lines=6)
    await kiosk.tap(Kind.CONFIRM)
    shown = await kiosk.until(lambda shown: shown.session.visit.paper is Paper.TORN)
    assert shown.session.screen is Screen.TICKET
    assert shown.session.visit.ticket is not None
    assert shown.session.visit.ticket.number == NUMBER
    assert shown.session.visit.fault == "paper-out"
    await kiosk.until(lambda shown: shown.session.world.printer.trouble == "paper-out")


async def test_new_paper_brings_the_same_number_again_with_its_mark(
    tmp_path: Path, sim: Sim
) -> None:
    async with running(tmp_path / "outbox", printer=patient(sim)) as kiosk:
        await take_a_number_while_the_paper_ends(kiosk, sim)
        await sim.tell("paper-ok")
        shown = await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)
        assert shown.session.screen is Screen.TICKET
        assert len(kiosk.server.asked) == 1
    (ticket,) = whole(sim)
    assert any("补打" in text for text in words(ticket))
    assert ticket is not sim.receipts()[0]
    assert not sim.receipts()[0]["cut"]
    assert ticket["unknown"] == []


async def test_who_has_left_finds_the_ticket_offered_on_the_first_screen(
    tmp_path: Path, sim: Sim
) -> None:
    async with running(tmp_path / "outbox", printer=patient(sim)) as kiosk:
        await take_a_number_while_the_paper_ends(kiosk, sim)
        await kiosk.tap(Kind.DONE)
        shown = await kiosk.on(Screen.HOME)
        assert shown.session.world.torn is not None
        assert shown.session.world.torn.ticket.number == NUMBER
        await sim.tell("paper-ok")
        await kiosk.until(lambda shown: shown.session.world.printer.ready)
        await kiosk.tap(Kind.PRINT_AGAIN)
        shown = await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)
        assert shown.session.world.torn is None
        assert len(kiosk.server.asked) == 1
    (ticket,) = whole(sim)
    assert any("补打" in text for text in words(ticket))


async def test_after_a_restart_the_torn_number_is_offered_and_marked(
    tmp_path: Path, sim: Sim
) -> None:
    server, file = FakeServer(), tmp_path / "outbox"
    async with running(file, server, patient(sim)) as kiosk:
        await take_a_number_while_the_paper_ends(kiosk, sim)
    await sim.tell("paper-ok")
    async with running(file, server, patient(sim)) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.interrupted is not None)
        await kiosk.until(lambda shown: shown.session.world.printer.ready)
        await kiosk.tap(Kind.RESUME)
        await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)
        assert len(server.taken) == 1
    (ticket,) = whole(sim)
    assert any("补打" in text for text in words(ticket))


async def test_a_ticket_that_was_printed_again_is_not_offered_after_a_restart(
    tmp_path: Path, sim: Sim
) -> None:
    file = tmp_path / "outbox"
    async with running(file, printer=patient(sim)) as kiosk:
        await take_a_number_while_the_paper_ends(kiosk, sim)
        await sim.tell("paper-ok")
        await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)
        await kiosk.tap(Kind.DONE)
        await kiosk.on(Screen.HOME)
    with Outbox(file) as outbox:
        assert outbox.recover(datetime.now(UTC), 180.0) is None


async def test_paper_near_its_end_reaches_the_kiosk_and_stops_nothing(
    tmp_path: Path, sim: Sim
) -> None:
    async with running(tmp_path / "outbox", printer=patient(sim)) as kiosk:
        await kiosk.to_confirm()
        await sim.tell("paper-near-end")
        shown = await kiosk.until(lambda s: "paper-near-end" in s.session.world.printer.faults)
        assert shown.session.world.printer.ready
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)


def test_what_the_person_reads_is_one_sentence_that_says_the_number_counts() -> None:
    speech = Languages(("zh_CN", "en")).speech("zh_CN")
    said = speech.gettext(sayings.TORN_PAPER)
    assert "号码" in said
    assert said != sayings.TORN_PAPER
