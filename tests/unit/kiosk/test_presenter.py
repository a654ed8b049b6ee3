"""Presenter, errands and watch together, against a fake server and fake devices."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hardware.errors import PaperOut
from hardware.roles import PrintResult, QrBlock, ScannedCode, TextLine, TicketPrinter
from hardware.roles_cards import CardKind, IdCard, Sex
from kiosk import errands_visit
from kiosk.errands import Errands
from kiosk.help_state import HelpState
from kiosk.lang import Languages
from kiosk.outbox import Outbox, RequestState
from kiosk.presenter import Devices, Presenter
from kiosk.server_link import RefusedError, SilentError
from kiosk.shown import RawTap, Shown
from kiosk.signals import Kind
from kiosk.visit import Paper, Refusal, Screen, ServerHealth
from kiosk.watch import ServerWatch
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import (
    BoardSnapshot,
    Catalogue,
    TicketAnswer,
    TicketRequest,
    TicketState,
)
from queue_server.contract.messages_help import HelpAnswer
from queue_server.contract.messages_tickets import TicketLookUp
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.fakes_devices import FakePrinter, FakeReader, FakeScanner

CARD = IdCard(CardKind.RESIDENT, "522601199001010010", "吴阿朵", Sex.FEMALE)
CATALOGUE = fakes.catalogue()


class FakeServer:
    """In memory. `troubles` are raised in turn by issue; behind a lost answer is a ticket."""

    def __init__(self) -> None:
        self.taken: dict[RequestKey, TicketAnswer] = {}
        self.asked: list[tuple[RequestKey, TicketRequest]] = []
        self.troubles: list[Exception] = []
        self.papers: list[str] = []
        self.looked_up: list[str] = []
        self.standing: list[TicketAnswer] = []
        self.help_ended: list[str] = []
        self.reachable = True
        self.cached: Catalogue | None = None

    async def issue(self, key: RequestKey, request: TicketRequest) -> TicketAnswer:
        self.asked.append((key, request))
        trouble = self.troubles.pop(0) if self.troubles else None
        lost = isinstance(trouble, SilentError) and trouble.was_sent
        if trouble is None or lost:
            number = f"B{len(self.taken) + 1:03}"
            self.taken.setdefault(key, fakes.ticket(number, ticket_id=f"id-{number}"))
        if trouble is not None:
            raise trouble
        return self.taken[key]

    async def look_up(self, wanted: TicketLookUp) -> list[TicketAnswer]:
        if wanted.paper:
            self.papers.append(wanted.paper)
            return [fakes.alone()]
        if wanted.principal:
            self.looked_up.append(wanted.principal)
            return self.standing
        return [await self.ticket(TicketId(wanted.ticket_id or ""))]

    async def give_back(self, ticket_id: TicketId) -> TicketAnswer:
        given = await self.ticket(ticket_id)
        return given.model_copy(update={"state": TicketState.ABANDONED})

    async def call_help(self) -> HelpAnswer:
        return self._help("open")

    async def help_call(self, help_id: str) -> HelpAnswer:
        assert help_id == "h"
        return self._help("answered")

    async def end_help(self, help_id: str) -> None:
        self.help_ended.append(help_id)

    def _help(self, state: str) -> HelpAnswer:
        return HelpAnswer.model_validate(
            {"help_id": "h", "state": state, "late": False, "asked_at": fakes.AT}
        )

    async def ticket(self, ticket_id: TicketId) -> TicketAnswer:
        for ticket in self.taken.values():
            if ticket.ticket_id == ticket_id:
                return ticket
        raise RefusedError(Refusal(Code.UNKNOWN_TICKET))

    async def board(self) -> BoardSnapshot:
        if not self.reachable:
            raise SilentError("gone", was_sent=False)
        return fakes.board()

    async def catalogue(self) -> Catalogue:
        if not self.reachable:
            raise SilentError("gone", was_sent=False)
        return CATALOGUE

    def cached_catalogue(self) -> Catalogue | None:
        return self.cached


class Kiosk:
    """A whole kiosk without a window. Time runs a thousandfold between taps, so nothing waits."""

    def __init__(
        self, outbox: Outbox, server: FakeServer, printer: TicketPrinter | None = None
    ) -> None:
        self.server = server
        self.outbox = outbox
        self.printer: Any = printer or FakePrinter()
        self.reader, self.scanner = FakeReader(), FakeScanner()
        self.camera = FakeScanner()
        self.shown: Shown | None = None
        self.news = asyncio.Condition()
        self.skipped_s = 0.0
        self.keys = count(1)
        errands = Errands(
            server,
            outbox,
            self.printer,
            Languages(("zh_CN", "en")),
            80,
            lambda: datetime.now(UTC),
            ask_pause_s=0.0,
        )
        self.presenter = Presenter(
            errands,
            Devices(self.printer, self.reader, self.scanner, self.camera),
            ServerWatch(server, board_every_s=0.01, second_look_s=0.0),
            self._show,
            clock_s=lambda: time.monotonic() + self.skipped_s,
            new_key=lambda: RequestKey(f"key-{next(self.keys)}"),
            default_language="zh_CN",
        )

    def _show(self, shown: Shown) -> None:
        self.shown = shown
        if shown.session.seen_s is None:
            self.presenter.tap(RawTap(Kind.PAINTED, shown.session.serial))
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until(self, true: Callable[[Shown], bool]) -> Shown:
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: self.shown is not None and true(self.shown))
        assert self.shown is not None
        return self.shown

    async def on(self, screen: Screen) -> Shown:
        return await self.until(lambda shown: shown.session.screen is screen)

    async def tap(self, kind: Kind, value: str = "") -> None:
        assert self.shown is not None
        self.skipped_s += 1.0
        self.presenter.tap(RawTap(kind, self.shown.session.serial, value))

    async def to_confirm(self) -> None:
        await self.until(lambda shown: shown.session.world.catalogue is not None)
        await self.until(lambda shown: shown.session.world.printer.online)
        await self.tap(Kind.START)
        await self.on(Screen.SECTIONS)
        await self.tap(Kind.PICK_SECTION, "work")
        await self.on(Screen.CONFIRM)


@asynccontextmanager
async def running(
    file: Path, server: FakeServer | None = None, printer: TicketPrinter | None = None
) -> AsyncIterator[Kiosk]:
    with Outbox(file) as outbox:
        kiosk = Kiosk(outbox, server or FakeServer(), printer)
        task = asyncio.create_task(kiosk.presenter.run())
        try:
            yield kiosk
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite3"


async def test_a_ticket_is_issued_printed_and_shown(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        shown = await kiosk.on(Screen.TICKET)
        ticket = shown.session.visit.ticket
        assert ticket is not None
        assert (ticket.number, shown.session.visit.paper) == ("B001", Paper.PRINTED)
        texts = [line.text for line in kiosk.printer.jobs[0].lines if isinstance(line, TextLine)]
        assert "B001" in texts
        assert any(isinstance(line, QrBlock) for line in kiosk.printer.jobs[0].lines)


async def test_a_hundred_taps_on_confirm_ask_once(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.to_confirm()
        assert kiosk.shown is not None
        kiosk.skipped_s += 1.0
        for _ in range(100):
            kiosk.presenter.tap(RawTap(Kind.CONFIRM, kiosk.shown.session.serial))
        await kiosk.on(Screen.TICKET)
        assert len(kiosk.server.asked) == 1
        assert len(kiosk.printer.jobs) == 1


async def test_a_lost_answer_is_repeated_by_itself_under_the_same_key(file: Path) -> None:
    async with running(file) as kiosk:
        kiosk.server.troubles = [SilentError("lost", was_sent=True)]
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.TICKET)
        (first, _), (second, _) = kiosk.server.asked
        assert first == second
        assert len(kiosk.server.taken) == 1


async def test_after_a_long_silence_trying_again_gives_the_same_ticket(file: Path) -> None:
    async with running(file) as kiosk:
        kiosk.server.troubles = [SilentError("lost", was_sent=True) for _ in range(3)]
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.UNSURE)
        await kiosk.tap(Kind.RETRY)
        await kiosk.on(Screen.TICKET)
        assert len({key for key, _ in kiosk.server.asked}) == 1
        assert len(kiosk.server.taken) == 1


async def test_the_key_is_on_disk_before_the_server_is_asked(file: Path) -> None:
    class Watching(FakeServer):
        async def issue(self, key: RequestKey, request: TicketRequest) -> TicketAnswer:
            with Outbox(file) as other:
                assert other.state(key) is RequestState.ASKED
            return await super().issue(key, request)

    async with running(file, Watching()) as kiosk:
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.TICKET)


async def test_a_request_that_cannot_be_committed_is_never_sent(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.to_confirm()
        kiosk.outbox._db.execute("PRAGMA query_only=ON")
        await kiosk.tap(Kind.CONFIRM)
        shown = await kiosk.on(Screen.REFUSED)
        assert shown.session.visit.refusal == Refusal(Code.STORE_UNAVAILABLE)
        assert kiosk.server.asked == []


async def test_after_a_crash_the_same_person_gets_the_same_ticket(file: Path) -> None:
    server = FakeServer()
    server.troubles = [SilentError("lost", was_sent=True) for _ in range(3)]
    async with running(file, server) as kiosk:
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.UNSURE)
    async with running(file, server) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.interrupted is not None)
        await kiosk.until(lambda shown: shown.session.world.printer.online)
        await kiosk.tap(Kind.RESUME)
        await kiosk.on(Screen.TICKET)
        assert len(server.taken) == 1


async def test_nothing_is_offered_again_when_it_is_too_old(file: Path) -> None:
    with Outbox(file) as outbox:
        request = TicketRequest(service_id="B01")
        before = datetime.now(UTC) - timedelta(seconds=600)
        outbox.ask(RequestKey("old"), request, "en", before)
    async with running(file) as kiosk:
        shown = await kiosk.until(lambda shown: shown.session.world.catalogue is not None)
        assert shown.session.world.interrupted is None


async def test_an_unknown_print_is_asked_about_and_repeated_with_the_mark(file: Path) -> None:
    async with running(file) as kiosk:
        kiosk.printer.answers = [PrintResult.UNKNOWN]
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.ASK_PRINTED)
        await kiosk.tap(Kind.DID_NOT_PRINT)
        await kiosk.on(Screen.TICKET)
        first, second = (
            {line.text for line in job.lines if isinstance(line, TextLine)}
            for job in kiosk.printer.jobs
        )
        assert "B001" in first & second
        assert any("补打" in text for text in second - first)


async def test_a_torn_ticket_is_printed_again_when_the_printer_is_well(file: Path) -> None:
    async with running(file) as kiosk:
        kiosk.printer.answers = [PrintResult.TORN]
        await kiosk.to_confirm()
        await kiosk.printer.become("paper-out")
        await kiosk.until(lambda shown: shown.session.world.printer.trouble == "paper-out")
        await kiosk.on(Screen.CONFIRM)
        await kiosk.printer.become()
        await kiosk.until(lambda shown: shown.session.world.printer.ready)
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.until(lambda shown: shown.session.visit.paper is Paper.PRINTED)
        first, second = (
            {line.text for line in job.lines if isinstance(line, TextLine)}
            for job in kiosk.printer.jobs
        )
        assert "B001" in first & second
        assert any("补打" in text for text in second - first)
        assert len(kiosk.server.taken) == 1


async def test_a_refused_print_leaves_the_number_on_the_screen(file: Path) -> None:
    async with running(file) as kiosk:
        kiosk.printer.answers = [PaperOut()]
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        shown = await kiosk.on(Screen.TICKET)
        assert (shown.session.visit.paper, shown.session.visit.fault) == (
            Paper.FAILED,
            "paper-out",
        )


async def test_a_card_leads_on_and_only_its_hidden_name_is_shown(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.catalogue is not None)
        kiosk.reader.laid.tell(CARD)
        shown = await kiosk.on(Screen.SECTIONS)
        assert shown.session.visit.document is not None
        assert shown.session.visit.document.masked_name == "吴*朵"
        assert "阿" not in repr(shown)
        assert CARD.number not in repr(shown)


async def test_nobody_listens_for_cards_where_no_notice_stands(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.catalogue is not None)
        assert kiosk.reader.laid.heard
        await kiosk.tap(Kind.START)
        await kiosk.on(Screen.SECTIONS)
        await asyncio.sleep(0)
        assert not kiosk.reader.laid.heard
        assert not kiosk.scanner.scanned.heard


async def test_an_unreadable_card_is_said(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.reader.online)
        kiosk.reader.refused.tell("card-read-failed")
        await kiosk.until(lambda shown: shown.session.visit.fault == "card-read-failed")


async def test_the_code_of_a_ticket_shows_its_place(file: Path) -> None:
    server = FakeServer()
    server.taken[RequestKey("k")] = fakes.ticket()
    async with running(file, server) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.scanner.online)
        kiosk.scanner.scanned.tell(ScannedCode(f"https://hall/tickets/{fakes.TICKET_ID}"))
        shown = await kiosk.on(Screen.FOUND)
        assert shown.session.visit.ticket == fakes.ticket()


async def test_the_code_of_a_cut_off_kiosks_paper_shows_its_place_and_is_no_document(
    file: Path,
) -> None:
    async with running(file) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.scanner.online)
        kiosk.scanner.scanned.tell(ScannedCode(fakes.PAPER_CODE))
        shown = await kiosk.on(Screen.FOUND)
        assert shown.session.visit.ticket == fakes.alone()
        assert shown.session.visit.document is None
        assert kiosk.server.papers == [fakes.PAPER_CODE]


async def test_a_card_on_the_first_screen_shows_the_number_its_person_has(file: Path) -> None:
    server = FakeServer()
    server.standing = [fakes.ticket()]
    async with running(file, server) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.reader.online)
        kiosk.reader.laid.tell(CARD)
        shown = await kiosk.on(Screen.FOUND)
        assert shown.session.visit.ticket == fakes.ticket()
        assert server.looked_up == [CARD.number]
        assert server.asked == []


async def test_a_number_is_given_back_after_one_question(file: Path) -> None:
    server = FakeServer()
    server.taken[RequestKey("k")] = fakes.ticket()
    async with running(file, server) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.scanner.online)
        kiosk.scanner.scanned.tell(ScannedCode(f"https://hall/tickets/{fakes.TICKET_ID}"))
        await kiosk.on(Screen.FOUND)
        await kiosk.tap(Kind.GIVE_BACK)
        await kiosk.on(Screen.GIVE_BACK)
        await kiosk.tap(Kind.GIVE_BACK)
        shown = await kiosk.on(Screen.FOUND)
        ticket = shown.session.visit.ticket
        assert ticket is not None
        assert ticket.state is TicketState.ABANDONED


async def test_a_call_for_help_is_followed_until_somebody_comes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands_visit, "FOLLOW_S", 0.0)
    async with running(file) as kiosk:
        await kiosk.on(Screen.HOME)
        await kiosk.tap(Kind.HELP)
        await kiosk.on(Screen.HELP)
        await kiosk.tap(Kind.CALL_HELP)
        await kiosk.until(lambda shown: shown.session.visit.help.state is HelpState.COMING)
        await kiosk.tap(Kind.END_HELP)
        await kiosk.until(lambda shown: shown.session.visit.help.state is HelpState.NONE)
        assert kiosk.server.help_ended == ["h"]


async def test_where_nobody_can_be_called_the_screen_says_so(file: Path) -> None:
    class Deaf(FakeServer):
        async def call_help(self) -> HelpAnswer:
            raise SilentError("gone", was_sent=False)

    async with running(file, Deaf()) as kiosk:
        await kiosk.on(Screen.HOME)
        await kiosk.tap(Kind.HELP)
        await kiosk.on(Screen.HELP)
        await kiosk.tap(Kind.CALL_HELP)
        await kiosk.until(lambda shown: shown.session.visit.help.state is HelpState.NO_WAY)


async def test_a_camera_reads_codes_as_a_scanner_does_and_is_listened_to_alike(file: Path) -> None:
    server = FakeServer()
    server.taken[RequestKey("k")] = fakes.ticket()
    async with running(file, server) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.camera.online)
        assert kiosk.camera.scanned.heard
        kiosk.camera.scanned.tell(ScannedCode(f"https://hall/tickets/{fakes.TICKET_ID}"))
        await kiosk.on(Screen.FOUND)
        await asyncio.sleep(0)
        assert not kiosk.camera.scanned.heard


async def test_the_printer_is_asked_before_a_number_is_promised(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.to_confirm()
        await kiosk.printer.become("paper-out")
        await kiosk.until(lambda shown: shown.session.world.printer.trouble == "paper-out")
        await kiosk.tap(Kind.CONFIRM)
        await kiosk.on(Screen.NO_PAPER)
        assert kiosk.server.asked == []
        await kiosk.printer.become()
        await kiosk.on(Screen.CONFIRM)


async def test_the_catalogue_on_disk_serves_while_the_server_is_away(file: Path) -> None:
    server = FakeServer()
    server.reachable, server.cached = False, CATALOGUE
    server.troubles = [SilentError("gone", was_sent=False) for _ in range(3)]
    async with running(file, server) as kiosk:
        await kiosk.until(lambda s: s.session.world.server is ServerHealth.UNREACHABLE)
        await kiosk.to_confirm()
        await kiosk.tap(Kind.CONFIRM)
        shown = await kiosk.on(Screen.REFUSED)
        assert shown.session.visit.refusal is None
        server.reachable = True
        await kiosk.until(lambda s: s.session.world.server is ServerHealth.OK)


async def test_all_devices_run_and_are_stopped_with_the_presenter(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.until(lambda shown: shown.session.world.printer.online)
        devices = (kiosk.printer, kiosk.reader, kiosk.scanner, kiosk.camera)
        assert all(device.running for device in devices)
    assert not any(device.running for device in devices)


async def test_a_second_after_second_time_out_forgets_the_person(file: Path) -> None:
    async with running(file) as kiosk:
        await kiosk.to_confirm()
        kiosk.skipped_s += 105.0
        await kiosk.until(lambda shown: shown.warning_left_s is not None)
        kiosk.skipped_s += 30.0
        shown = await kiosk.on(Screen.HOME)
        assert shown.session.visit.service_id is None
