"""The pages of the kiosk for somebody who comes with an appointment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from kiosk.visit import Paper, Refusal, Screen, Visit
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.messages_appointments import (
    AppointmentAnswer,
    AppointmentState,
    CheckInVerdict,
)
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.gallery_frame import Page, at, cut_off

CODE = "K7QM2RTX9D4V"
SAID = AppointmentText(CODE, fakes.catalogue().hall_id, "B01")


def appointment(
    verdict: CheckInVerdict = CheckInVerdict.NOW, *, due: bool = False
) -> AppointmentAnswer:
    """For ten o'clock."""
    return AppointmentAnswer(
        code=CODE,
        hall_id=SAID.hall_id,
        service_id="B01",
        date=date(2026, 3, 4),
        start="10:00",
        at=datetime(2026, 3, 4, 2, 0, tzinfo=UTC),
        opens=datetime(2026, 3, 4, 1, 40, tzinfo=UTC),
        closes=datetime(2026, 3, 4, 2, 10, tzinfo=UTC),
        opens_local="09:40",
        closes_local="10:10",
        due=due,
        state=AppointmentState.BOOKED,
        verdict=verdict,
    )


def pages() -> Iterator[Page]:
    """Every verdict, and what is said when there is none."""
    for verdict in CheckInVerdict:
        shown = Visit(scanned=SAID, appointment=appointment(verdict))
        yield f"appointment-{verdict.value.replace('_', '-')}", at(Screen.APPOINTMENT, shown), None
    due = Visit(scanned=SAID, appointment=appointment(due=True))
    yield "appointment-due", at(Screen.APPOINTMENT, due), None
    unknown = Visit(scanned=SAID, refusal=Refusal(Code.UNKNOWN_APPOINTMENT))
    yield "appointment-unknown", at(Screen.APPOINTMENT, unknown), None
    elsewhere = Visit(scanned=AppointmentText(CODE, "another-hall", "B01"))
    yield "appointment-elsewhere", at(Screen.APPOINTMENT, elsewhere), None
    yield "appointment-silent", at(Screen.APPOINTMENT, Visit(scanned=SAID), cut_off()), None
    kept = fakes.ticket().model_copy(update={"appointment_start": "10:00"})
    got = Visit(ticket=kept, paper=Paper.PRINTED, scanned=SAID)
    yield "appointment-ticket", at(Screen.TICKET, got), None
    alone = replace(got, ticket=fakes.alone(), paper_code=fakes.PAPER_CODE)
    yield "appointment-alone", at(Screen.TICKET, alone, cut_off()), None
