"""The paper of a number that was given to an appointment."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from queue_server.paper.lines import Align, TextLine
from queue_server.paper.ticket import TicketPaper, ticket_lines
from queue_server.paper.wording import NoEstimate

PAPER = TicketPaper(
    hall_name="Hall",
    number="B012",
    item_name="Pension",
    ahead=0,
    wait=NoEstimate.NO_WINDOW,
    windows=("1",),
    materials=(),
    issued_at=datetime(2026, 3, 2, 9, 45, tzinfo=UTC),
)


class English:
    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        return one if n == 1 else many


def texts(paper: TicketPaper) -> list[TextLine]:
    return [line for line in ticket_lines(paper, "en", English()) if isinstance(line, TextLine)]


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("large", [False, True])
def test_the_time_of_an_appointment_stands_under_its_number(*, columns: int, large: bool) -> None:
    paper = replace(PAPER, appointment="10:00", columns=columns, large_type=large)
    lines = texts(paper)
    (slot,) = [line for line in lines if line.text == "Appointment at 10:00"]
    assert slot.bold
    assert slot.align is Align.CENTRE
    assert lines.index(slot) > [line.text for line in lines].index("B012")


def test_other_numbers_say_nothing_of_appointments() -> None:
    assert not any("Appointment" in line.text for line in texts(PAPER))
