"""Appointments on a real server: booking, quotas under haste, keeping, order, figures, verify."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import uuid4

import pytest

from queue_server.store.verify import verify
from tests.appointment_hall import (
    APPOINTMENTS,
    MONDAY,
    SUNDAY,
    TUESDAY,
    AppointmentHall,
    appointment_hall,
)

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppointmentHall]:
    """One day, told in order: later tests find the clock where earlier ones left it."""
    with appointment_hall(tmp_path_factory.mktemp("appointments") / "data") as found:
        yield found


def problem(answer: object, code: str) -> dict[str, str]:
    found = answer.json()  # type: ignore[attr-defined]  # an httpx.Response
    assert found["code"] == code, found
    assert re.search(r"\{[a-z_]+\}", found["detail"]) is None
    params: dict[str, str] = found["params"]
    return params


def test_slots_follow_hours_holidays_and_the_notice(hall: AppointmentHall) -> None:
    today = hall.slots("B01", MONDAY)
    assert next(iter(today)) == "09:00"
    assert list(today)[-1] == "16:30"
    assert (today["09:00"], today["09:30"], today["10:00"]) == (0, 3, 3)
    assert hall.slots("B02", TUESDAY)["09:00"] == 1
    assert hall.slots("B01", SUNDAY) == {}
    assert hall.slots("B01", "2026-03-20") == {}
    asked = {"service_id": "C01", "date": MONDAY}
    problem(hall.http.get(f"{APPOINTMENTS}/slots", params=asked), "no-appointments")
    asked = {"service_id": "Z99", "date": MONDAY}
    problem(hall.http.get(f"{APPOINTMENTS}/slots", params=asked), "unknown-service")


def test_a_place_is_booked_once_however_often_it_is_asked(hall: AppointmentHall) -> None:
    key = str(uuid4())
    first = hall.book("16:00", key=key)
    assert first.status_code == 201
    found = first.json()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", found["code"])
    assert (found["state"], found["verdict"], found["start"]) == ("booked", "early", "16:00")
    assert found["opens"] == "2026-03-02T07:40:00.000Z"
    assert found["closes"] == "2026-03-02T08:10:00.000Z"
    assert hall.book("16:00", key=key).json() == found
    assert hall.slots("B01", MONDAY)["16:00"] == 2
    typed = f" {found['code'][:4]}-{found['code'][4:8].lower()} {found['code'][8:]} "
    assert hall.tell("look-up", typed).json()["code"] == found["code"]


def test_twenty_at_once_get_three_places(hall: AppointmentHall) -> None:
    asked = [("15:00", str(uuid4())) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda each: hall.book(each[0], key=each[1]), asked))
    assert sorted(a.status_code for a in answers) == [201] * 3 + [409] * 9
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, "slot-full") == {"date": MONDAY, "start": "15:00"}


def test_moving_and_giving_back_free_the_place(hall: AppointmentHall) -> None:
    code = hall.code("11:30", "B02")
    problem(hall.book("11:30", "B02"), "slot-full")
    moved = hall.tell("move", code, date=TUESDAY, start="10:00").json()
    assert (moved["code"], moved["date"], moved["start"]) == (code, TUESDAY, "10:00")
    assert hall.slots("B02", MONDAY)["11:30"] == 1
    assert hall.slots("B02", TUESDAY)["10:00"] == 0
    assert hall.tell("cancel", code).json()["state"] == "cancelled"
    assert hall.slots("B02", TUESDAY)["10:00"] == 1
    problem(hall.check_in(code), "invalid-request")
    problem(hall.check_in(code, service="B02"), "appointment-cancelled")


def test_early_other_day_and_unknown_are_told_apart(hall: AppointmentHall) -> None:
    code = hall.code("10:00", day=TUESDAY)
    assert problem(hall.check_in(code), "appointment-other-day") == {
        "date": TUESDAY,
        "start": "10:00",
    }
    code = hall.code("10:00")
    assert problem(hall.check_in(code), "appointment-early") == {
        "start": "10:00",
        "opens": "09:40",
    }
    problem(hall.check_in("K7QM2RTX9D4V"), "unknown-appointment")
    problem(hall.check_in("nonsense"), "unknown-appointment")


def test_a_day_of_appointments_in_the_order_of_their_slots(hall: AppointmentHall) -> None:
    hall.http.post("/api/v1/windows/1/open", json={}, headers=hall.signed("1"))
    ten, half = hall.code("10:00"), hall.code("10:30")
    hall.at("09:50:00")
    normal = [hall.issue()["number"] for _ in range(3)]
    key = str(uuid4())
    kept = hall.check_in(ten, key)
    assert kept.status_code == 201
    again = hall.check_in(ten, key)
    assert (again.status_code, again.json()) == (200, kept.json())
    used = problem(hall.check_in(ten), "appointment-used")
    assert used["number"] == kept.json()["number"]
    assert used["ticket_id"] == kept.json()["ticket_id"]
    assert kept.json()["appointment_at"] == "2026-03-02T02:00:00.000Z"
    called = hall.act("1", "call-next")
    assert called["ticket"]["number"] == normal[0]
    hall.act("1", "start")
    hall.act("1", "finish")
    hall.at("10:00:30")
    called = hall.act("1", "call-next")
    assert called["ticket"]["number"] == kept.json()["number"]
    assert called["reason"]["code"] == "appointment"
    view = hall.http.get("/api/v1/windows/1", headers=hall.signed("1")).json()
    assert view["current"]["appointment_at"] == "2026-03-02T02:00:00.000Z"
    hall.act("1", "start")
    hall.act("1", "finish")
    hall.at("10:40:00")
    assert hall.check_in(half).status_code == 201
    view = hall.http.get("/api/v1/windows/1", headers=hall.signed("1")).json()
    assert [q["appointment_at"] is not None for q in view["queue"]] == [False, False, True]
    hall.at("10:45:00")
    late = hall.code("11:30")
    hall.at("11:40:01")
    problem(hall.check_in(late), "appointment-late")


def test_staff_see_the_day_without_codes_and_cancel_with_a_reason(hall: AppointmentHall) -> None:
    code = hall.code("14:00")
    day = hall.http.get(APPOINTMENTS, headers=hall.signed("1")).json()
    assert day["date"] == MONDAY
    starts = [row["start"] for row in day["rows"]]
    assert all(one <= other for one, other in pairwise(starts))
    states = {row["state"] for row in day["rows"]}
    assert {"arrived", "missed", "booked"} <= states
    assert code not in hall.http.get(APPOINTMENTS, headers=hall.signed("1")).text
    row = next(r for r in day["rows"] if r["start"] == "14:00")
    path = f"{APPOINTMENTS}/{row['appointment_id']}/cancel"
    signed = hall.signed("manager")
    assert hall.http.post(path, json={"reason": ""}, headers=signed).status_code == 422
    assert hall.http.post(path, json={"reason": "other"}, headers=signed).status_code == 204
    assert hall.tell("look-up", code).json()["state"] == "cancelled"


def test_waits_count_from_the_later_of_arrival_and_slot(hall: AppointmentHall) -> None:
    answer = hall.http.get("/api/v1/statistics.csv", headers=hall.signed("manager"))
    rows = [line.split(",") for line in answer.text.lstrip("\ufeff").splitlines()]
    head, body = rows[0], rows[1:]
    of = {name: at for at, name in enumerate(head)}
    kept = [row for row in body if row[of["slot_at"]]]
    assert len(kept) == 2
    called = next(row for row in kept if row[of["first_called_at"]])
    assert called[of["slot_at"]] == f"{MONDAY}T10:00:00.000+08:00"
    assert called[of["issued_at"]] == f"{MONDAY}T09:50:00.000+08:00"
    assert float(called[of["wait_s"]]) == 30.0


def test_guessing_codes_is_slowed_down(hall: AppointmentHall) -> None:
    answers = [hall.tell("look-up", f"0000000000{n:02d}").status_code for n in range(12)]
    assert answers.count(429) >= 2
    assert hall.tell("cancel", "000000000099").status_code == 429


def test_a_new_day_a_restart_and_verify_find_the_same(hall: AppointmentHall) -> None:
    before = hall.http.get(APPOINTMENTS, params={"date": TUESDAY}, headers=hall.signed("1")).json()
    assert len(before["rows"]) == 2
    hall.at("05:00:00", TUESDAY)
    assert [c for c in verify(hall.hall.data) if not c.ok] == []
    hall.hall.stop()
    assert [c for c in verify(hall.hall.data) if not c.ok] == []
    # Journal, answers, logs: nobody who reads them can use an appointment.
    kept = [*hall.hall.data.rglob("*"), hall.hall.log]
    written = [(path, path.read_bytes()) for path in kept if path.is_file()]
    assert len(hall.codes) >= 5
    assert [
        (path, code) for path, body in written for code in hall.codes if code.encode() in body
    ] == []
    hall.hall.start()
    hall.http.base_url = hall.hall.url
    after = hall.http.get(APPOINTMENTS, headers=hall.signed("1")).json()
    assert after == before
