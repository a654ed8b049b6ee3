"""Numbers given while cut off, over HTTP: leave, bringing in, doubt, papers, the clerk's word.

BIANMIN_LONG=1: on PostgreSQL too.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiomqtt
import httpx
import pytest

from queue_server.contract import paths
from queue_server.contract.messages import CallAnnouncement
from queue_server.contract.problems import Code
from queue_server.contract.topics import Topics
from tests.cut_off_kiosk import DRIVEN, CutOffKiosk, DrivenHall
from tests.hall_process import HallProcess, run_here
from tests.pg_fixture import Cluster

pytestmark = pytest.mark.system

STORES = ("sqlite", "postgresql") if os.environ.get("BIANMIN_LONG") == "1" else ("sqlite",)
ADOPT = f"{paths.TICKETS}/adopt"
PAPER = f"{paths.TICKETS}/paper"


@pytest.fixture(scope="module", params=STORES)
def hall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DrivenHall]:
    place = tmp_path_factory.mktemp("hall")
    config = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("pg_cluster")
        config = f'[store]\nurl = "{cluster.new_database()}"\n'
    process = HallProcess(place / "data", options=DRIVEN, config=config)
    process.start()
    try:
        made = DrivenHall(process)
        yield made
        made.http.close()
        checked = ["--config", str(place / "data.toml")] if config else []
        verified = run_here("verify", "--data", str(process.data), *checked)
        assert verified.returncode == 0, verified.stdout
    finally:
        process.close()


@pytest.fixture(scope="module")
def memory(hall: DrivenHall) -> CutOffKiosk:
    """A hall has counters for three memories of one kiosk a day: one for all tests."""
    return CutOffKiosk(hall.http, hall.told["kiosk_token"])


@pytest.fixture
def kiosk(hall: DrivenHall, memory: CutOffKiosk) -> Iterator[CutOffKiosk]:
    """Cut off for 31 minutes with leave; windows are open, and nobody waits when a test is over."""
    memory.ask_leave()
    hall.pass_time(minutes=31)
    for window in ("1", "2"):
        act(hall, window, "open")
    yield memory
    for row in doubtful(hall):
        settle(hall, row["ticket_id"], "served")
    view = hall.http.get(f"{paths.WINDOWS}/1", headers=hall.signed("1")).json()
    if view["state"] == "calling":
        act(hall, "1", "no-show")
    for row in [*view["queue"], *view["no_shows"]]:
        act(hall, "1", "cancel", ticket_id=row["ticket_id"], reason="test")


def act(hall: DrivenHall, window: str, action: str, **body: Any) -> httpx.Response:
    path = paths.window_action(window, action)
    return hall.http.post(path, headers=hall.signed(window), json=body)


def doubtful(hall: DrivenHall) -> list[dict[str, Any]]:
    answer = hall.http.get(f"{paths.TICKETS}/doubtful", headers=hall.signed("1"))
    found: list[dict[str, Any]] = answer.raise_for_status().json()["tickets"]
    return found


def settle(
    hall: DrivenHall, ticket_id: str, fate: str, who: str = "1", key: str | None = None
) -> httpx.Response:
    headers = hall.signed(who) | ({paths.IDEMPOTENCY_KEY: key} if key else {})
    path = f"{paths.TICKETS}/{ticket_id}/settle"
    return hall.http.post(path, headers=headers, json={"fate": fate})


def by_text(hall: DrivenHall, path: str, text: str) -> httpx.Response:
    return hall.http.post(path, headers=hall.signed("1"), json={"text": text})


def board(hall: DrivenHall) -> dict[str, Any]:
    found: dict[str, Any] = hall.http.get(paths.BOARD).json()
    return found


def refused(answer: httpx.Response, code: Code) -> None:
    assert answer.json()["code"] == code, answer.text


def outcomes(answers: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["state"]) for each in answers]


def test_a_late_and_an_unprinted_number_wait_for_the_clerks_word(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    before = board(hall)
    late = kiosk.give(hall.now - timedelta(minutes=30, seconds=1), priority_class="elderly")
    unprinted = kiosk.give(hall.now, printed=False)
    fresh = kiosk.give(hall.now, "C01")
    answers = kiosk.upload(late, unprinted, fresh)
    assert outcomes(answers) == [("taken", "unconfirmed")] * 2 + [("taken", "waiting")]
    rows = doubtful(hall)
    assert [(row["number"], row["doubt"]) for row in rows] == [
        (late["number"], "late"),
        (unprinted["number"], "unprinted"),
    ]
    assert rows[0]["priority_class"] == "elderly"
    view = hall.http.get(f"{paths.WINDOWS}/1", headers=hall.signed("1")).json()
    assert view["doubtful"] == rows
    after = board(hall)
    assert after["waiting"]["B"] == before["waiting"]["B"]
    assert after["recent"] == before["recent"]
    assert after["waiting"]["C"]["count"] == before["waiting"]["C"]["count"] + 1


def test_nobody_is_called_or_announced_by_a_doubtful_number(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now, printed=False)
    (answer,) = kiosk.upload(given)

    async def first_call() -> CallAnnouncement:
        address, login = urlsplit(hall.process.mqtt_url), hall.told["mqtt"]
        async with aiomqtt.Client(address.hostname or "", address.port or 0, **login) as client:
            await client.subscribe(Topics(hall.told["hall_id"]).call(), qos=1)
            refused(await asyncio.to_thread(act, hall, "1", "call-next"), Code.NOTHING_TO_CALL)
            chosen = {"ticket_id": answer["ticket_id"], "reason": "other"}
            early = await asyncio.to_thread(act, hall, "1", "call", **chosen)
            refused(early, Code.ILLEGAL_TRANSITION)
            assert all(row["number"] is None for row in board(hall)["serving"])
            assert settle(hall, answer["ticket_id"], "waiting").json()["state"] == "waiting"
            assert (await asyncio.to_thread(act, hall, "1", "call-next")).is_success
            async with asyncio.timeout(20):
                payload = (await anext(client.messages)).payload
        assert isinstance(payload, bytes)
        return CallAnnouncement.model_validate_json(payload)

    told = asyncio.run(first_call())
    assert (told.number, told.attempt) == (given["number"], 1)
    assert board(hall)["recent"][0]["number"] == given["number"]


def test_an_upload_that_is_repeated_changes_nothing(hall: DrivenHall, kiosk: CutOffKiosk) -> None:
    given = [kiosk.give(hall.now) for _ in range(3)]
    first = kiosk.upload(*given)
    rev = board(hall)["rev"]
    again = kiosk.upload(*given)
    assert outcomes(again) == [("known", "waiting")] * 3
    assert [each["ticket_id"] for each in again] == [each["ticket_id"] for each in first]
    assert board(hall)["rev"] == rev


def test_of_two_clerks_the_second_is_told_and_a_repeated_press_is_answered_again(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    answers = kiosk.upload(*(kiosk.give(hall.now, printed=False) for _ in range(2)))
    for answer, fate, second in zip(
        answers,
        ("no_show", "served"),
        (Code.ILLEGAL_TRANSITION, Code.UNKNOWN_TICKET),
        strict=True,
    ):
        key = str(uuid4())
        first = settle(hall, answer["ticket_id"], fate, key=key)
        assert first.json()["state"] == {"served": "finished"}.get(fate, fate)
        rev = board(hall)["rev"]
        assert settle(hall, answer["ticket_id"], fate, key=key).json() == first.json()
        refused(settle(hall, answer["ticket_id"], "served", who="2"), second)
        assert board(hall)["rev"] == rev
    shown = hall.http.get(f"{paths.TICKETS}/{answers[1]['ticket_id']}").json()
    assert shown["state"] == "finished"


def test_the_paper_wins_over_a_number_whose_answer_was_lost(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now)
    headers = kiosk.signed | {paths.IDEMPOTENCY_KEY: given["request_key"]}
    body = {"service_id": given["service_id"]}
    lost = hall.http.post(paths.TICKETS, headers=headers, json=body).json()
    before = board(hall)["waiting"]["B"]["count"]
    (answer,) = kiosk.upload(given)
    assert (answer["outcome"], answer["ticket_id"]) == ("superseded", lost["ticket_id"])
    shown = hall.http.get(paths.ticket(lost["ticket_id"])).json()
    assert (shown["number"], shown["state"]) == (given["number"], "waiting")
    assert board(hall)["waiting"]["B"]["count"] == before
    view = hall.http.get(f"{paths.WINDOWS}/1", headers=hall.signed("1")).json()
    assert [row["number"] for row in view["queue"]] == [given["number"]]
    assert outcomes(kiosk.upload(given)) == [("known", "waiting")]


def test_a_request_that_was_long_on_its_way_gets_no_second_number(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now)
    kiosk.upload(given)
    headers = kiosk.signed | {paths.IDEMPOTENCY_KEY: given["request_key"]}
    late = hall.http.post(paths.TICKETS, headers=headers, json={"service_id": "B01"})
    refused(late, Code.REQUEST_KNOWN)
    assert late.json()["params"]["number"] == given["number"]


def test_another_kiosks_leave_and_numbers_outside_it_are_refused(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    offer = {"device_id": f"kiosk-{uuid4().hex[:6]}", "kind": "kiosk"}
    made = hall.http.post(paths.DEVICES, headers=hall.signed("administrator"), json=offer)
    enrolled = hall.http.post(paths.ENROL, json={"code": made.json()["code"]}).json()
    other = CutOffKiosk(hall.http, enrolled["token"], offer["device_id"])
    other.ask_leave()
    assert other.grant["kiosk_no"] != kiosk.grant["kiosk_no"]
    rev = board(hall)["rev"]
    given = kiosk.give(hall.now)
    outside = kiosk.give(hall.now) | {"number": f"B{kiosk.grant['kiosk_no']}-999"}
    foreign = kiosk.give(hall.now) | {"number": f"B{other.grant['kiosk_no']}-01"}
    unknown = kiosk.give(hall.now) | {"grant_id": str(uuid4())}
    assert [each["code"] for each in other.upload(given)] == [Code.FORBIDDEN]
    assert [each["code"] for each in kiosk.upload(outside, foreign, unknown)] == [
        Code.LABEL_OUTSIDE_GRANT,
        Code.LABEL_OUTSIDE_GRANT,
        Code.UNKNOWN_GRANT,
    ]
    kiosk.upload(given)
    twice = given | {"request_key": str(uuid4())}
    assert [each["code"] for each in kiosk.upload(twice)] == [Code.LABEL_TAKEN]
    assert board(hall)["rev"] == rev + 1


def test_a_paper_is_adopted_and_the_kiosks_own_upload_later_changes_nothing(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now)
    kiosk.give(hall.now)
    text = kiosk.code(given)
    refused(by_text(hall, PAPER, text), Code.PAPER_NOT_IN)
    adopted = by_text(hall, ADOPT, text).json()
    assert (adopted["state"], adopted["ticket"]["number"]) == ("waiting", given["number"])
    assert adopted["ticket"]["ahead"] == 0
    rev = board(hall)["rev"]
    assert by_text(hall, ADOPT, text).json() == adopted
    assert outcomes(kiosk.upload(given)) == [("known", "waiting")]
    assert by_text(hall, PAPER, text).json()["ticket_id"] == adopted["ticket"]["ticket_id"]
    assert board(hall)["rev"] == rev


def test_a_paper_settles_the_doubt_about_its_own_number(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now, printed=False)
    assert outcomes(kiosk.upload(given)) == [("taken", "unconfirmed")]
    assert by_text(hall, ADOPT, kiosk.code(given)).json()["state"] == "waiting"
    assert doubtful(hall) == []


def test_forged_and_damaged_codes_are_refused(hall: DrivenHall, kiosk: CutOffKiosk) -> None:
    given = kiosk.give(hall.now)
    text = kiosk.code(given)
    rev = board(hall)["rev"]
    for bad in (
        kiosk.code(given, token="somebody else's"),
        text.replace(given["number"], "B1-77"),
        text.replace("B01", "C01"),
        text[:-3],
        text.swapcase(),
        "bianmin:paper?",
        "https://example.org/",
    ):
        for path in (ADOPT, PAPER):
            refused(by_text(hall, path, bad), Code.PAPER_REFUSED)
    assert board(hall)["rev"] == rev


def test_one_that_perhaps_was_not_printed_waits_by_itself_in_the_end(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = kiosk.give(hall.now, printed=False)
    (answer,) = kiosk.upload(given)
    hall.pass_time(seconds=299)
    assert [row["number"] for row in doubtful(hall)] == [given["number"]]
    hall.pass_time(seconds=2)
    assert doubtful(hall) == []
    refused(settle(hall, answer["ticket_id"], "served"), Code.ILLEGAL_TRANSITION)


def test_numbers_of_yesterday_come_in_late_and_are_settled_today(
    hall: DrivenHall, kiosk: CutOffKiosk
) -> None:
    given = [kiosk.give(hall.now) for _ in range(3)]
    known = kiosk.give(hall.now)
    kiosk.upload(known)
    yesterday = board(hall)["business_date"]
    hall.pass_time(days=1)
    assert board(hall)["business_date"] > yesterday
    act(hall, "1", "open")
    answers = kiosk.upload(*given, known)
    assert outcomes(answers) == [("taken", "unconfirmed")] * 3 + [("known", None)]
    assert [row["doubt"] for row in doubtful(hall)] == ["late"] * 3
    fates = ("served", "no_show", "waiting")
    ends = [settle(hall, a["ticket_id"], f).json() for a, f in zip(answers, fates, strict=False)]
    assert [end["state"] for end in ends] == ["finished", "no_show", "waiting"]
    gone = by_text(hall, ADOPT, kiosk.code(known)).json()
    assert gone == {"state": "finished", "ticket": None}
    called = act(hall, "1", "call-next").json()
    assert called["ticket"]["number"] == given[2]["number"]
    kiosk.ask_leave()
    assert kiosk.grant["business_date"] > yesterday
