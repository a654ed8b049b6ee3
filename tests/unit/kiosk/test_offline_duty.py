"""Bringing in before asking for leave, in order, again after a lost answer."""

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kiosk.offline_duty import OfflineDuty
from kiosk.outbox import Outbox, PaperState
from kiosk.server_link import RefusedError, SilentError
from kiosk.visit import Refusal
from queue_server.contract.messages_offline import (
    GrantAnswer,
    OfflineTicket,
    UploadAnswer,
    UploadedTicket,
    UploadOutcome,
)
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.test_offline_book import NOW, give, grant, key, paper


class FakeHall:
    """Answers as told; `troubles` are raised in turn, after the work was done."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.taken: list[str] = []
        self.outcome = UploadOutcome.TAKEN
        self.troubles: list[Exception] = []

    async def grant(self, storage_id: str, holding: str | None, used: int) -> GrantAnswer:
        assert storage_id
        assert holding == grant().grant_id
        self.said.append(f"grant {used}")
        self._trouble()
        return grant()

    async def upload(self, tickets: list[OfflineTicket]) -> UploadAnswer:
        self.said.append("upload")
        self.taken += [ticket.number for ticket in tickets]
        self._trouble()
        return UploadAnswer(
            tickets=[
                UploadedTicket(request_key=t.request_key, number=t.number, outcome=self.outcome)
                for t in tickets
            ]
        )

    def _trouble(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


@pytest.fixture
def box(tmp_path: Path) -> Outbox:
    made = Outbox(tmp_path / "outbox.sqlite3")
    made.offline.keep(grant())
    for number in (1, 2):
        give(made, number)
        paper(made, number, PaperState.PRINTED)
    return made


async def test_what_was_given_is_brought_in_before_leave_is_asked_for(box: Outbox) -> None:
    hall = FakeHall()
    await OfflineDuty(hall, box.offline, lambda: NOW).once()
    assert hall.said == ["upload", "grant 2"]
    assert hall.taken == ["B2-01", "B2-02"]
    assert box.offline.waiting_count() == 0
    box.close()


async def test_a_lost_answer_is_sent_again_and_nothing_else_meanwhile(box: Outbox) -> None:
    hall = FakeHall()
    hall.troubles = [SilentError("lost", was_sent=True)]
    duty = OfflineDuty(hall, box.offline, lambda: NOW)
    await duty.once()
    assert hall.said == ["upload"]
    await duty.once()
    assert hall.taken == ["B2-01", "B2-02"] * 2
    assert hall.said[-1].startswith("grant")
    box.close()


async def test_a_number_the_server_will_never_take_is_named_and_not_sent_for_ever(
    box: Outbox,
) -> None:
    hall = FakeHall()
    hall.outcome = UploadOutcome.REFUSED
    with capture_logs() as log:
        await OfflineDuty(hall, box.offline, lambda: NOW).once()
    assert [line["number"] for line in log if line["event"] == "number_refused"] == [
        "B2-01",
        "B2-02",
    ]
    assert box.offline.waiting_count() == 0
    box.close()


async def test_leave_is_not_asked_for_while_a_number_is_still_being_printed(box: Outbox) -> None:
    give(box, 3)
    hall = FakeHall()
    await OfflineDuty(hall, box.offline, lambda: NOW).once()
    assert hall.said == ["upload"]
    box.close()


async def test_a_refusal_and_silence_are_said_in_the_log_and_lose_nothing(box: Outbox) -> None:
    hall = FakeHall()
    hall.troubles = [
        SilentError("gone", was_sent=False),
        SilentError("gone", was_sent=False),
        RefusedError(Refusal(Code.FORBIDDEN)),
    ]
    duty = OfflineDuty(hall, box.offline, lambda: NOW)
    with capture_logs() as log:
        for _ in range(3):
            await duty.once()
    assert [line["event"] for line in log] == ["cut_off", "not_cut_off"]
    assert box.offline.waiting_count() == 2
    box.close()


async def test_the_servers_clock_counts(box: Outbox) -> None:
    duty = OfflineDuty(FakeHall(), box.offline, lambda: fakes.AT + timedelta(hours=1))
    duty.heard(fakes.board())
    assert duty.true_now() == fakes.AT
    assert duty.clock_error_s() == 3600
    assert key(1) == key(1)
    box.close()
