"""What a kiosk does when the server asks something of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.errors import CoverOpen, HardwareError
from hardware.roles import DeviceHealth, DeviceKind, PrintJob, PrintResult, QrBlock, TextLine
from hardware.sentences import sentence
from kiosk import orders
from kiosk.lang import Languages
from kiosk.orders import Desk, Orders, trial_paper
from queue_server.contract.messages import DeviceCommand

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DESK = Desk("kiosk-1", "大厅入口", Languages(("zh_CN", "en")), lambda: AT, UTC)


class Paper:
    """A printer that does what a test says."""

    def __init__(self, result: PrintResult | HardwareError | None = PrintResult.PRINTED) -> None:
        self.result = result
        self.jobs: list[PrintJob] = []
        self.known = DeviceHealth("printer", DeviceKind.PRINTER, online=True)

    def health(self) -> DeviceHealth:
        return self.known

    async def print(self, job: PrintJob) -> PrintResult:
        self.jobs.append(job)
        if isinstance(self.result, HardwareError):
            raise self.result
        if self.result is None:
            await asyncio.Event().wait()
        assert isinstance(self.result, PrintResult)
        return self.result


def command(name: str = "print-test", language: str = "en") -> DeviceCommand:
    return DeviceCommand(command_id="1", command=name, language=language, at=AT)


def office(printer: Any, *, idle: bool = True) -> Orders:
    return Orders(printer, lambda: idle, DESK)


@pytest.mark.parametrize(
    ("result", "done"),
    [(PrintResult.PRINTED, True), (PrintResult.SENT, True), (PrintResult.UNKNOWN, False)],
)
async def test_a_test_ticket_is_printed_and_what_is_known_of_it_is_said(
    result: PrintResult,
    done: bool,  # noqa: FBT001 - a case of the table
) -> None:
    printer = Paper(result)
    outcome = await office(printer).carry_out(command())
    assert (outcome.done, outcome.code) == (done, result.value)
    assert outcome.sentence == orders.RESULTS[result]
    assert len(printer.jobs) == 1


async def test_nobody_is_disturbed() -> None:
    printer = Paper()
    outcome = await office(printer, idle=False).carry_out(command())
    assert (outcome.done, outcome.code, outcome.sentence) == (False, "in-use", orders.IN_USE)
    assert printer.jobs == []


async def test_what_cannot_be_done_is_refused_with_a_reason() -> None:
    assert (await office(None).carry_out(command())).code == "no-printer"
    assert (await office(Paper()).carry_out(command("explode"))).code == "unknown-command"


async def test_a_printer_s_fault_is_said_in_its_own_sentence() -> None:
    outcome = await office(Paper(CoverOpen())).carry_out(command())
    assert (outcome.done, outcome.sentence) == (False, sentence("cover-open"))


async def test_a_printer_that_is_away_is_not_waited_for() -> None:
    printer = Paper()
    printer.known = DeviceHealth("printer", DeviceKind.PRINTER, online=False)
    outcome = await office(printer).carry_out(command())
    assert (outcome.code, printer.jobs) == ("unavailable", [])


async def test_a_printer_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PRINT_WITHIN_S", 0.05)
    assert (await office(Paper(None)).carry_out(command())).code == "unknown"


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "测试票"), ("en", "Test ticket"), ("", "测试票"), ("xx", "测试票")],
)
def test_the_paper_says_that_it_is_no_number_and_where_it_was_printed(
    language: str, words: str
) -> None:
    lines = trial_paper(DESK, language).lines
    texts = [line.text for line in lines if isinstance(line, TextLine)]
    assert texts[0] == words
    assert "大厅入口 · kiosk-1" in texts
    assert "2026-03-02 01:30:00" in texts
    assert [line.text for line in lines if isinstance(line, QrBlock)] == ["bianmin:test?d=kiosk-1"]
