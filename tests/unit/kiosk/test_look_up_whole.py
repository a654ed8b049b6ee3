"""Looking something up with presenter, printer and a catalogue on disk: offline for weeks."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from hardware.errors import CoverOpen, HardwareError
from hardware.roles import PrintResult, QrBlock, TextLine
from kiosk.demand import MONTHS_KEPT, SearchTally
from kiosk.effects import PrintGuide
from kiosk.errands import Errands
from kiosk.guide_job import print_guide
from kiosk.lang import Languages
from kiosk.look_up_state import Leaflet
from kiosk.outbox import Outbox
from kiosk.presenter import Devices, Presenter
from kiosk.server_link import HallServer
from kiosk.shown import RawTap, Shown
from kiosk.signals import GuidePrinted, Kind
from kiosk.visit import Paper, Screen, ServerHealth
from kiosk.watch import ServerWatch
from queue_server.contract.ids import RequestKey, ServiceId
from tests import fakes_kiosk as fakes
from tests.fakes_devices import FakePrinter

WEEKS_S = 5 * 7 * 86400
CATALOGUE = fakes.catalogue()
LANGUAGES = Languages(("zh_CN", "en"))
GUIDE = PrintGuide(ServiceId("C01"), "zh_CN", 7)


class Kiosk:
    """A kiosk whose server is gone, with the catalogue of weeks ago in its directory."""

    def __init__(self, http: httpx.AsyncClient, directory: Path, outbox: Outbox) -> None:
        cache = directory / "catalogue.json"
        cache.write_text(CATALOGUE.model_dump_json(), "utf-8")
        weeks_ago = time.time() - WEEKS_S
        os.utime(cache, (weeks_ago, weeks_ago))
        self.printer = FakePrinter()
        self.outbox = outbox
        self.tally = SearchTally(directory / "searches.json", lambda: datetime.now(UTC))
        self.shown: Shown | None = None
        self.news = asyncio.Condition()
        self.skipped_s = 0.0
        keys = count(1)
        server = HallServer(http, cache)
        self.presenter = Presenter(
            errands(server, outbox, self.printer),
            Devices(self.printer),
            ServerWatch(server, board_every_s=0.05, second_look_s=0.0),
            self._show,
            clock_s=lambda: time.monotonic() + self.skipped_s,
            new_key=lambda: RequestKey(f"key-{next(keys)}"),
            default_language="zh_CN",
            search_missed=self.tally.missed,
        )

    def _show(self, shown: Shown) -> None:
        self.shown = shown
        if shown.session.seen_s is None:
            self.presenter.tap(RawTap(Kind.PAINTED, shown.session.serial))
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def tap(self, kind: Kind, value: str = "") -> None:
        assert self.shown is not None
        self.skipped_s += 1.0
        self.presenter.tap(RawTap(kind, self.shown.session.serial, value))

    async def on(self, screen: Screen) -> Shown:
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: self.shown and self.shown.session.screen is screen)
        assert self.shown is not None
        return self.shown

    async def leaflet(self, wanted: Leaflet) -> None:
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(
                lambda: self.shown and self.shown.session.visit.inquiry.leaflet is wanted
            )

    async def typed(self, words: str) -> None:
        await self.tap(Kind.LOOK_UP)
        await self.on(Screen.SECTIONS)
        await self.tap(Kind.SEARCH)
        await self.on(Screen.SEARCH)
        for key in words:
            await self.tap(Kind.TYPE, key)


def errands(server: HallServer, outbox: Outbox, printer: FakePrinter) -> Errands:
    return Errands(server, outbox, printer, LANGUAGES, 80, lambda: datetime.now(UTC), zone=UTC)


def _gone(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host")


@asynccontextmanager
async def cut_off(directory: Path) -> AsyncIterator[Kiosk]:
    transport = httpx.MockTransport(_gone)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall.invalid") as http:
        with Outbox(directory / "outbox.sqlite3") as outbox:
            kiosk = Kiosk(http, directory, outbox)
            task = asyncio.create_task(kiosk.presenter.run())
            try:
                await kiosk.on(Screen.HOME)
                yield kiosk
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def test_weeks_without_a_server_search_guide_and_its_paper_still_work(tmp_path: Path) -> None:
    async with cut_off(tmp_path) as kiosk:
        await kiosk.typed("sqdb")
        await kiosk.tap(Kind.PICK_ITEM, "C01")
        shown = await kiosk.on(Screen.GUIDE)
        assert shown.session.world.server is not ServerHealth.OK
        await kiosk.tap(Kind.PRINT_GUIDE)
        await kiosk.leaflet(Leaflet.PRINTED)
        (job,) = kiosk.printer.jobs
        texts = [line.text for line in job.lines if isinstance(line, TextLine)]
        assert "申请低保" in texts
        assert not any(isinstance(line, QrBlock) for line in job.lines)


async def test_a_guide_leaves_the_ticket_memory_alone(tmp_path: Path) -> None:
    async with cut_off(tmp_path) as kiosk:
        before = dump(kiosk.outbox)
        await kiosk.typed("sqdb")
        await kiosk.tap(Kind.PICK_ITEM, "C01")
        await kiosk.on(Screen.GUIDE)
        kiosk.printer.answers = [PrintResult.TORN]
        await kiosk.tap(Kind.PRINT_GUIDE)
        await kiosk.leaflet(Leaflet.TORN)
        await kiosk.tap(Kind.PRINT_GUIDE)
        await kiosk.leaflet(Leaflet.PRINTED)
        assert dump(kiosk.outbox) == before
        assert len(kiosk.printer.jobs) == 2


def dump(outbox: Outbox) -> list[str]:
    return list(outbox._db.iterdump())


async def test_a_search_without_a_find_is_counted_and_its_words_are_nowhere(tmp_path: Path) -> None:
    with capture_logs() as log:
        async with cut_off(tmp_path) as kiosk:
            await kiosk.typed("qqxqq")
            await kiosk.tap(Kind.HOME)
            await kiosk.on(Screen.HOME)
            await kiosk.typed("lnz")
            await kiosk.tap(Kind.HOME)
            shown = await kiosk.on(Screen.HOME)
            months = kiosk.tally.months()
    assert list(months.values()) == [1]
    assert "qqxqq" not in repr(log)
    assert "qqxqq" not in repr(shown.session.visit)
    assert b"qqxqq" not in everything_in(tmp_path)


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())


def test_the_count_keeps_a_year_and_survives_a_damaged_file(tmp_path: Path) -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    file = tmp_path / "searches.json"
    file.write_text(json.dumps({f"2024-{month:02}": 1 for month in range(1, 13)}), "utf-8")
    tally = SearchTally(file, lambda: now)
    tally.missed()
    tally.missed()
    assert tally.months()["2026-01"] == 2
    assert len(tally.months()) == MONTHS_KEPT
    file.write_text("{", "utf-8")
    tally.missed()
    assert tally.months() == {"2026-01": 1}


def test_a_disk_that_takes_nothing_costs_the_count_only(tmp_path: Path) -> None:
    tally = SearchTally(tmp_path / "no-such-directory" / "searches.json", lambda: datetime.now(UTC))
    tally.missed()
    assert tally.months() == {}


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        (PrintResult.PRINTED, GuidePrinted(7, Paper.PRINTED)),
        (PrintResult.SENT, GuidePrinted(7, Paper.PRINTED)),
        (PrintResult.UNKNOWN, GuidePrinted(7, Paper.PERHAPS)),
        (PrintResult.TORN, GuidePrinted(7, Paper.TORN, "paper-out")),
        (CoverOpen("printer"), GuidePrinted(7, Paper.FAILED, "cover-open")),
    ],
)
async def test_whatever_the_printer_says_there_is_one_report(
    answer: PrintResult | HardwareError, report: GuidePrinted, tmp_path: Path
) -> None:
    printer = FakePrinter()
    if answer is PrintResult.TORN:
        await printer.become("paper-out")
    printer.answers = [answer]
    with Outbox(tmp_path / "outbox.sqlite3") as outbox:
        async with httpx.AsyncClient(transport=httpx.MockTransport(_gone)) as http:
            given = errands(HallServer(http, tmp_path / "c.json"), outbox, printer)
            assert await print_guide(given, GUIDE, CATALOGUE) == report
            assert await print_guide(given, GUIDE, None) == GuidePrinted(
                7, Paper.FAILED, "unavailable"
            )
