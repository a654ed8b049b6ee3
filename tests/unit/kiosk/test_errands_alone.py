"""A kiosk without an answer gives a number of its own, on a paper that says so."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from hardware.roles import QrBlock, TextLine
from kiosk.effects import Issue, Print
from kiosk.errands import Errands
from kiosk.lang import Languages
from kiosk.offline_giver import OfflineGiver
from kiosk.outbox import Outbox
from kiosk.server_link import RefusedError, SilentError
from kiosk.signals import Issued, NoAnswer, Refused
from kiosk.visit import Refusal
from queue_server.contract import paper_code
from queue_server.contract.ids import ServiceId
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.fakes_devices import FakePrinter
from tests.unit.kiosk.test_offline_book import NOW, REQUEST, grant, key
from tests.unit.kiosk.test_presenter import FakeServer

TOKEN_HASH = sha256(b"the kiosk's token").hexdigest()
GONE = SilentError("gone", was_sent=True)
CATALOGUE = fakes.catalogue()


class Desk:
    """Errands of a kiosk with a grant, and how often somebody was told to bring in."""

    def __init__(self, folder: Path) -> None:
        self.box = Outbox(folder / "outbox.sqlite3")
        self.box.offline.keep(grant())
        self.server, self.printer, self.hurried = FakeServer(), FakePrinter(), 0
        self.now = NOW
        alone = OfflineGiver(self.box.offline, lambda: self.now, "kiosk-1", TOKEN_HASH, self._hurry)
        self.errands = Errands(
            self.server, self.box, self.printer, Languages(("zh_CN", "en")), 80, lambda: NOW,
            alone=alone, ask_pause_s=0.0,
        )  # fmt: skip

    def _hurry(self) -> None:
        self.hurried += 1

    async def issue(self, number: int, *, on_screen: bool = False) -> Issued | Refused | NoAnswer:
        errand = Issue(key(number), REQUEST, on_screen)
        return await self.errands.issue(errand, "zh_CN", CATALOGUE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_an_answer_is_better_than_a_number_of_its_own(desk: Desk) -> None:
    answer = await desk.issue(1)
    assert isinstance(answer, Issued)
    assert (answer.ticket.number, answer.paper_code) == ("B001", "")
    assert desk.box.offline.used() == 0


async def test_without_an_answer_the_person_gets_a_number_after_one_try(desk: Desk) -> None:
    desk.server.troubles = [GONE] * 5
    answer = await desk.issue(1)
    assert isinstance(answer, Issued)
    assert answer.ticket.number == "B2-01"
    assert len(desk.server.asked) == 1
    assert desk.hurried == 1


async def test_the_same_request_keeps_its_number_also_when_the_server_is_back(desk: Desk) -> None:
    desk.server.troubles = [GONE]
    first = await desk.issue(1)
    again = await desk.issue(1)
    assert isinstance(first, Issued)
    assert first == again
    assert len(desk.server.asked) == 1


@pytest.mark.parametrize("code", [Code.STARTING, Code.STORE_UNAVAILABLE])
async def test_a_server_that_cannot_work_is_as_good_as_none(desk: Desk, code: Code) -> None:
    desk.server.troubles = [RefusedError(Refusal(code))]
    answer = await desk.issue(1)
    assert isinstance(answer, Issued)
    assert answer.ticket.number == "B2-01"


async def test_a_clear_no_stays_a_no(desk: Desk) -> None:
    desk.server.troubles = [RefusedError(Refusal(Code.NOT_OPEN))]
    assert isinstance(await desk.issue(1), Refused)
    assert desk.box.offline.used() == 0


async def test_outside_the_halls_hours_nothing_is_given(desk: Desk) -> None:
    desk.now = NOW + timedelta(hours=10)
    desk.server.troubles = [GONE] * 5
    assert isinstance(await desk.issue(1), NoAnswer)


async def test_a_number_on_the_screen_is_brought_in_as_one_that_was_seen(desk: Desk) -> None:
    desk.server.troubles = [GONE] * 5
    await desk.issue(1, on_screen=True)
    assert [t.printed for t in desk.box.offline.to_upload()] == [True]


async def test_the_paper_says_that_it_was_given_alone_and_its_code_is_signed(desk: Desk) -> None:
    desk.server.troubles = [GONE] * 5
    answer = await desk.issue(1)
    assert isinstance(answer, Issued)
    await desk.errands.print(
        Print(answer.ticket, ServiceId("B01"), "en", 1, reprint=False, key=answer.key,
              paper_code=answer.paper_code),
        CATALOGUE,
    )  # fmt: skip
    (job,) = desk.printer.jobs
    words = " ".join(line.text for line in job.lines if isinstance(line, TextLine))
    assert "B2-01" in words
    assert "Issued without the server" in words
    assert "ahead of you" not in words
    (code,) = [line.text for line in job.lines if isinstance(line, QrBlock)]
    said, _mac = paper_code.read(code)
    assert (said.number, said.request_key, said.device_id) == ("B2-01", key(1), "kiosk-1")
    assert paper_code.is_signed(code, paper_code.paper_key(TOKEN_HASH))
    assert not paper_code.is_signed(
        code.replace("B2-01", "B2-02"), paper_code.paper_key(TOKEN_HASH)
    )
    assert [t.number for t in desk.box.offline.to_upload()] == ["B2-01"]
