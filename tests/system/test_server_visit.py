"""Several numbers of one visit, looking numbers up, and calls for help, over HTTP."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from queue_server.contract import paths
from queue_server.contract.problems import Code
from queue_server.web import visits
from tests.cut_off_kiosk import CutOffKiosk
from tests.hall_process import HallProcess
from tests.system.test_server_http import Api, problem

pytestmark = pytest.mark.system

PERSON = "522601199001010036"
SOMEBODY = "522601199001010052"


@pytest.fixture
def api(demo_hall: HallProcess) -> Iterator[Api]:
    found = Api(demo_hall)
    yield found
    found.http.close()


def given(api: Api, service: str = "B01", **more: Any) -> dict[str, Any]:
    ticket: dict[str, Any] = api.issue(service, **more).raise_for_status().json()
    return ticket


def look_up(api: Api, who: str = "kiosk", **body: str) -> httpx.Response:
    """Waits its turn: a kiosk may ask so and so often, and all tests are one kiosk."""
    while True:
        answer = api.http.post(paths.TICKET_LOOK_UP, headers=api.signed(who), json=body)
        if answer.status_code != 429:
            return answer
        time.sleep(1)


def numbers(answer: httpx.Response) -> list[str]:
    return [ticket["number"] for ticket in answer.raise_for_status().json()["tickets"]]


# --- one visit ------------------------------------------------------------------------------------


def test_a_number_that_names_an_earlier_one_is_of_its_visit(api: Api) -> None:
    first = given(api)
    key = str(uuid4())
    second = given(api, "C01", visit_of=first["ticket_id"], key=key)
    assert second["visit_id"] == first["visit_id"]
    again = given(api, "C01", visit_of=first["ticket_id"], key=key)
    assert again == second
    assert given(api, "C01")["visit_id"] != first["visit_id"]


def test_a_visit_goes_on_after_its_first_number_has_ended(api: Api) -> None:
    first = given(api)
    path = f"{paths.ticket(first['ticket_id'])}/abandon"
    api.http.post(path, headers=api.signed("kiosk"), json={}).raise_for_status()
    assert given(api, "C01", visit_of=first["ticket_id"])["visit_id"] == first["visit_id"]


def test_an_unknown_earlier_number_never_costs_anybody_theirs(api: Api) -> None:
    named = str(uuid4())
    assert given(api, visit_of=named)["number"]
    problem(api.issue(visit_of="nonsense"), Code.INVALID_REQUEST)


def test_numbers_given_while_cut_off_join_their_visit_in_whatever_order_they_come(
    api: Api,
) -> None:
    kiosk = CutOffKiosk(api.http, api.told["kiosk_token"])
    kiosk.ask_leave()
    now = datetime.now(UTC)
    first = kiosk.give(now)
    second = kiosk.give(now, "C01", visit_of=first["request_key"])
    # Back on line before the first has come in: the third names it all the same.
    third = given(api, "D01", visit_of=first["request_key"])
    fates = kiosk.upload(first, second)
    ids = [third["ticket_id"], *(fate["ticket_id"] for fate in fates)]
    visit_ids = {api.http.get(paths.ticket(each)).json()["visit_id"] for each in ids}
    assert len(visit_ids) == 1
    fourth = kiosk.give(now, "E01", visit_of=third["ticket_id"])
    [fate] = kiosk.upload(fourth)
    assert api.http.get(paths.ticket(fate["ticket_id"])).json()["visit_id"] in visit_ids


# --- looking up -----------------------------------------------------------------------------------


def test_a_card_finds_its_persons_live_numbers_and_nobody_elses(api: Api) -> None:
    mine = given(api, visitor={"principal": PERSON})
    given(api, "C01", visit_of=mine["ticket_id"], visitor={"principal": SOMEBODY})
    other = given(api, "C01", visitor={"principal": PERSON})
    assert numbers(look_up(api, principal=PERSON)) == [mine["number"], other["number"]]
    path = f"{paths.ticket(mine['ticket_id'])}/abandon"
    api.http.post(path, headers=api.signed("kiosk"), json={}).raise_for_status()
    assert numbers(look_up(api, principal=PERSON)) == [other["number"]]
    assert numbers(look_up(api, principal="522601199001010079")) == []


def test_a_paper_finds_its_number_and_the_live_ones_of_its_visit(api: Api) -> None:
    first = given(api)
    second = given(api, "C01", visit_of=first["ticket_id"])
    wanted = [second["number"], first["number"]]
    assert numbers(look_up(api, ticket_id=second["ticket_id"])) == wanted
    path = f"{paths.ticket(second['ticket_id'])}/abandon"
    api.http.post(path, headers=api.signed("kiosk"), json={}).raise_for_status()
    found = look_up(api, ticket_id=second["ticket_id"]).json()["tickets"]
    assert [each["state"] for each in found] == ["abandoned", "waiting"]


def test_the_paper_of_a_cut_off_kiosk_is_found_once_it_is_in(api: Api) -> None:
    kiosk = CutOffKiosk(api.http, api.told["kiosk_token"])
    kiosk.ask_leave()
    paper = kiosk.give(datetime.now(UTC))
    code = kiosk.code(paper)
    problem(look_up(api, paper=code), Code.PAPER_NOT_IN)
    kiosk.upload(paper)
    assert numbers(look_up(api, paper=code)) == [paper["number"]]
    problem(look_up(api, paper=kiosk.code(paper, "forged")), Code.PAPER_REFUSED)


def test_exactly_one_thing_is_looked_up(api: Api) -> None:
    problem(look_up(api), Code.INVALID_REQUEST)
    both = look_up(api, principal=PERSON, ticket_id=str(uuid4()))
    problem(both, Code.INVALID_REQUEST)
    problem(look_up(api, ticket_id=str(uuid4())), Code.UNKNOWN_TICKET)


def test_a_kiosk_cannot_search_through_numbers_of_people(api: Api) -> None:
    asked = 0
    for number in range(visits.LOOK_UPS_AT_ONCE + 5):
        body = {"principal": f"{number:018}"}
        answer = api.http.post(paths.TICKET_LOOK_UP, headers=api.signed("kiosk"), json=body)
        asked += answer.status_code == 200
    assert asked <= visits.LOOK_UPS_AT_ONCE + 3
    problem(answer, Code.TOO_MANY_REQUESTS)


def test_a_document_is_found_nowhere_in_what_the_server_keeps(api: Api) -> None:
    given(api, "D01", visitor={"principal": PERSON})
    look_up(api, principal=PERSON)
    data = api.hall.data
    kept = [path for path in data.rglob("*") if path.is_file()] + [api.hall.log]
    assert not [path.name for path in kept if PERSON.encode() in path.read_bytes()]


# --- help -----------------------------------------------------------------------------------------


def ask_help(api: Api) -> dict[str, Any]:
    answer = api.http.post(paths.HELP, headers=api.signed("kiosk"), json={})
    assert answer.status_code in {200, 201}, answer.text
    call: dict[str, Any] = answer.json()
    return call


def calls(api: Api) -> list[dict[str, Any]]:
    answer = api.http.get(paths.HELP, headers=api.signed("1")).raise_for_status()
    found: list[dict[str, Any]] = answer.json()["calls"]
    return found


def help_post(api: Api, call: dict[str, Any], act: str, who: str, **body: str) -> httpx.Response:
    path = f"{paths.help_call(call['help_id'])}/{act}"
    return api.http.post(path, headers=api.signed(who), json=body)


def state(api: Api, call: dict[str, Any]) -> httpx.Response:
    return api.http.get(paths.help_call(call["help_id"]), headers=api.signed("kiosk"))


def test_a_call_is_answered_by_one_and_ended(api: Api) -> None:
    call = ask_help(api)
    assert ask_help(api)["help_id"] == call["help_id"]  # one at a time
    assert [(each["help_id"], each["state"]) for each in calls(api)] == [(call["help_id"], "open")]
    help_post(api, call, "answer", "1").raise_for_status()
    assert state(api, call).json()["state"] == "answered"
    assert "answered_by" not in state(api, call).json()  # staff are not named on the screen
    problem(help_post(api, call, "answer", "2"), Code.HELP_ANSWERED)
    help_post(api, call, "end", "2", how="helped").raise_for_status()
    assert calls(api) == []
    problem(state(api, call), Code.UNKNOWN_HELP)


def test_a_call_is_taken_back_by_the_kiosk_that_made_it(api: Api) -> None:
    call = ask_help(api)
    assert help_post(api, call, "withdraw", "kiosk").status_code == 204
    assert calls(api) == []
    problem(help_post(api, call, "withdraw", "kiosk"), Code.UNKNOWN_HELP)


def test_a_button_that_is_played_with_is_heard_a_few_times_only(api: Api) -> None:
    answers = []
    for _ in range(12):
        answer = api.http.post(paths.HELP, headers=api.signed("kiosk"), json={})
        answers.append(answer.status_code)
        if answer.status_code == 201:
            help_post(api, answer.json(), "withdraw", "kiosk")
    assert answers[-1] == 429


def test_calls_come_over_the_stream(api: Api) -> None:
    headers = api.signed("manager")
    with api.http.stream("GET", f"{paths.HELP}/stream", headers=headers) as lines:
        data = next(line for line in lines.iter_lines() if line.startswith("data: "))
        assert json.loads(data.removeprefix("data: "))["alert_after_s"] == 60
