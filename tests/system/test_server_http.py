"""The API of a real server: what is asked well, and everything that is asked badly."""

import contextlib
import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from queue_server.contract.problems import PROBLEMS, Code
from tests.hall_process import HallProcess

pytestmark = pytest.mark.system

PRINCIPAL = "522601199001010010"
TICKETS = "/api/v1/tickets"


class Api:
    """The server, asked by whoever a test wants to be."""

    def __init__(self, hall: HallProcess) -> None:
        self.hall = hall
        self.told = hall.credentials
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.Client(base_url=hall.url, timeout=20.0, cookies=no_cookies)
        self._tokens: dict[str, str] = {}

    def login(self, who: str) -> dict[str, str]:
        """The credentials of "1" (first clerk of window 1), "manager" or "administrator"."""
        if who in ("manager", "administrator"):
            found: dict[str, str] = self.told[who]
            return found
        clerk: dict[str, str] = next(c for c in self.told["clerks"] if c["window_id"] == who)
        return clerk

    def signed(self, who: str) -> dict[str, str]:
        """The header of somebody: "kiosk", a clerk by window, or a role."""
        if who == "kiosk":
            return {"Authorization": f"Bearer {self.told['kiosk_token']}"}
        if who not in self._tokens:
            answer = self.http.post("/api/v1/session", json=self.login(who))
            assert answer.status_code == 200, answer.text
            self._tokens[who] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def issue(
        self, service: str = "B01", *, who: str = "kiosk", key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Ask for a number."""
        headers = self.signed(who) | ({"Idempotency-Key": key} if key else {})
        return self.http.post(TICKETS, headers=headers, json={"service_id": service, **more})

    def act(self, window: str, action: str, who: str | None = None, **body: Any) -> httpx.Response:
        """One action at a window, by its clerk."""
        path = f"/api/v1/windows/{window}/{action}"
        return self.http.post(path, headers=self.signed(who or window), json=body)

    def rev(self) -> int:
        """The journal's last seq."""
        found: int = self.http.get("/api/v1/board").json()["rev"]
        return found

    def view(self, window: str) -> dict[str, Any]:
        """All a clerk page shows."""
        answer = self.http.get(f"/api/v1/windows/{window}", headers=self.signed(window))
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def api(demo_hall: HallProcess) -> Iterator[Api]:
    found = Api(demo_hall)
    for window in ("1", "2", "3"):
        found.signed(window)
    yield found
    found.http.close()


def problem(answer: httpx.Response, code: Code) -> dict[str, Any]:
    """A refusal: its code, status, media type, and a sentence without a gap in it."""
    found: dict[str, Any] = answer.json()
    assert found["code"] == code, answer.text
    assert answer.status_code == found["status"] == PROBLEMS[code].status
    assert answer.headers["content-type"] == "application/problem+json"
    assert found["detail"]
    assert re.search(r"\{[a-z_]+\}", found["detail"]) is None
    assert "  " not in found["detail"]
    return found


# --- what is asked well


def test_a_ticket_is_issued_and_told_again_under_its_key(api: Api) -> None:
    key = str(uuid4())
    first = api.issue(key=key, language="zh-CN")
    assert first.status_code == 201
    ticket = first.json()
    assert UUID(ticket["ticket_id"]).version == 7
    assert ticket["number"].startswith("B")
    assert (ticket["service_id"], ticket["state"]) == ("B01", "waiting")
    assert ticket["windows"] == ["1", "2"]
    assert ticket["wait"]["low_s"] <= ticket["wait"]["likely_s"] <= ticket["wait"]["high_s"]
    again = api.issue(key=key.upper(), language="zh-CN")
    assert (again.status_code, again.json()) == (200, ticket)


def test_a_ticket_is_public_by_its_id_also_after_its_end(api: Api) -> None:
    ticket_id = api.issue("E01").json()["ticket_id"]
    assert api.http.get(f"{TICKETS}/{ticket_id}").json()["state"] == "waiting"
    left = api.http.post(f"{TICKETS}/{ticket_id}/abandon", headers=api.signed("kiosk"))
    assert left.json()["state"] == "abandoned"
    assert api.http.get(f"{TICKETS}/{ticket_id}").json()["state"] == "abandoned"
    again = api.http.post(f"{TICKETS}/{ticket_id}/abandon", headers=api.signed("kiosk"))
    problem(again, Code.UNKNOWN_TICKET)


def test_the_same_person_is_told_the_number_they_have(api: Api) -> None:
    visitor = {"principal": PRINCIPAL, "name": "张三丰", "document_kind": "id_card"}
    first = api.issue("E02", visitor=visitor).json()
    assert first["masked_name"] not in (None, "张三丰")
    found = problem(api.issue("E02", visitor=visitor), Code.DUPLICATE_TICKET)
    assert found["params"] == {"number": first["number"], "ticket_id": first["ticket_id"]}


def test_all_actions_of_a_clerk(api: Api) -> None:
    numbers = [api.issue("C01").json() for _ in range(4)]
    one, two = numbers[0], numbers[1]
    called = api.act("3", "call-next").json()
    assert (called["ticket"]["number"], called["call"]["attempt"]) == (one["number"], 1)
    assert called["reason"]["sentence"]
    assert api.act("3", "recall").json()["call"] == called["call"] | {"attempt": 2}
    assert api.act("3", "start").json()["ticket"]["state"] == "serving"
    held = api.act("3", "hold").json()
    assert (held["ticket"]["state"], held["call"]) == ("held", None)
    assert api.act("3", "call-next").json()["ticket"]["number"] == two["number"]
    assert api.act("3", "undo-call").json()["ticket"]["state"] == "waiting"
    resumed = api.act("3", "resume", ticket_id=one["ticket_id"], to_called=True).json()
    assert resumed["ticket"]["state"] == "called"
    api.act("3", "start")
    assert api.act("3", "finish", outcome="advice").json()["ticket"]["state"] == "finished"
    api.act("3", "call-next")
    assert api.act("3", "no-show").json()["ticket"]["state"] == "no_show"
    assert api.view("3")["no_shows"][0]["number"] == two["number"]
    assert api.act("3", "requeue", ticket_id=two["ticket_id"]).json()["ticket"]["ahead"] == 1
    third, fourth = numbers[2:]
    chosen = api.act("3", "call", ticket_id=fourth["ticket_id"], reason="urgent").json()
    assert chosen["reason"]["code"] == "chosen-by-clerk"
    moved = api.act("3", "transfer", to_window="1", position="front").json()
    assert (moved["ticket"]["state"], moved["ticket"]["windows"]) == ("waiting", ["1"])
    cancelled = api.act("3", "cancel", ticket_id=third["ticket_id"], reason="double").json()
    assert cancelled["ticket"]["state"] == "cancelled"
    served = api.act("3", "serve-now", service_id="C02").json()
    assert served["ticket"]["state"] == "serving"
    following = api.act("3", "next-service", service_id="C03").json()
    assert following["ticket"]["visit_id"] == served["ticket"]["visit_id"]
    assert following["ticket"]["service_id"] == "C03"
    api.act("3", "finish")
    assert api.act("3", "pause", reason="lunch").json() == {
        "ticket": None,
        "call": None,
        "reason": None,
    }
    assert api.view("3")["state"] == "paused"
    problem(api.act("3", "call-next"), Code.WINDOW_PAUSED)
    api.act("3", "open")
    assert api.view("3")["state"] == "open"
    api.act("3", "close")
    assert api.view("3")["state"] == "closed"
    problem(api.act("3", "call-next"), Code.WINDOW_CLOSED)
    api.act("3", "open")
    assert api.view("3")["clerk"] == api.login("3")["username"]


def test_statistics_are_those_of_the_day_and_the_csv_has_a_row_a_leg(api: Api) -> None:
    api.act("2", "serve-now", service_id="B02")
    api.act("2", "finish")
    signed = api.signed("manager")
    found = api.http.get("/api/v1/statistics?by=window", headers=signed).json()
    row = next(row for row in found["rows"] if row["key"] == "2")
    assert row["finished"] >= 1
    assert row["finished"] == api.view("2")["own_today"]["finished"]
    csv = api.http.get("/api/v1/statistics.csv", headers=signed).text
    assert csv.startswith("\ufeffbusiness_date,number,leg,")
    assert len(csv.splitlines()) > found["total"]["issued"]


def test_a_range_of_days_must_be_one(api: Api) -> None:
    signed = api.signed("manager")
    for query, words in (
        ("from=2026-03-02&to=2026-03-01", "from must not be after to"),
        ("from=1970-01-01&to=2026-03-01", "days at once"),
        ("from=yesterday", "from:"),
        ("by=colour", "by:"),
    ):
        answer = api.http.get(f"/api/v1/statistics?{query}", headers=signed)
        assert words in problem(answer, Code.INVALID_REQUEST)["detail"]


def test_the_catalogue_is_sent_once(api: Api) -> None:
    first = api.http.get("/api/v1/catalogue")
    tag = first.headers["etag"]
    again = api.http.get("/api/v1/catalogue", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_settings_are_read_and_written_whole_and_a_slip_is_refused(api: Api) -> None:
    signed = api.signed("administrator")
    path = "/api/v1/settings"
    found = api.http.get(path, headers=signed).json()["settings"]
    assert api.http.put(path, headers=signed, json=found).is_success
    slip = found | {"grace_seconds": 5}
    answer = api.http.put(path, headers=signed, json=slip)
    assert "grace_seconds" in problem(answer, Code.INVALID_REQUEST)["detail"]
    slip = found | {"discipline": found["discipline"] | {"ratio": 3}}
    answer = api.http.put(path, headers=signed, json=slip)
    assert "discipline.ratio" in problem(answer, Code.INVALID_REQUEST)["detail"]
    wrong = found | {"roll_hour": 25}
    problem(api.http.put(path, headers=signed, json=wrong), Code.SETTINGS_INVALID)
    problem(
        api.http.put(path, headers=signed, json=found | {"roll_hour": "4"}), Code.INVALID_REQUEST
    )


def test_the_last_places_of_a_quota_are_given_once_however_many_ask_at_a_time(api: Api) -> None:
    signed, path = api.signed("administrator"), "/api/v1/settings"
    before = api.http.get(path, headers=signed).json()["settings"]
    item = api.told["services"][-1]
    services = [
        s | ({"day_quota": 2} if s["service_id"] == item else {}) for s in before["services"]
    ]
    limited = before | {"services": services}
    assert api.http.put(path, headers=signed, json=limited).is_success
    assert api.http.get("/api/v1/board").json()["places"] == {item: 2}
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: api.issue(item), range(6)))
    given = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(given) == 2
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, Code.QUOTA_FULL)
    assert api.http.get("/api/v1/board").json()["places"] == {item: 0}
    assert api.issue(item, who="1").status_code == 201  # staff go beyond it
    assert api.http.put(path, headers=signed, json=before).is_success
    for ticket in given:
        api.http.post(f"{TICKETS}/{ticket['ticket_id']}/abandon", headers=api.signed("kiosk"))


def test_every_documented_operation_is_there(api: Api) -> None:
    document = api.http.get("/api/openapi.json").json()
    for path, operations in document["paths"].items():
        for method in operations:
            where = path.replace("{", "").replace("}", "")
            with api.http.stream(method, where, json=[]) as answer:
                assert answer.status_code != 405, (method, path)
                assert answer.status_code < 500, (method, path)
                if answer.status_code == 404:
                    answer.read()
                    assert answer.json()["code"] != Code.NOT_FOUND, (method, path)


# --- who is asking


def test_signing_out_ends_the_token_and_leaves_the_window(api: Api) -> None:
    clerk = next(c for c in api.told["clerks"] if c["window_id"] == "4")
    token = api.http.post("/api/v1/session", json=clerk).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    who = api.http.get("/api/v1/session", headers=signed).json()
    assert (who["username"], who["window_id"]) == (clerk["username"], "4")
    assert api.http.delete("/api/v1/session", headers=signed).status_code == 204
    problem(api.http.get("/api/v1/session", headers=signed), Code.UNAUTHENTICATED)
    with httpx.Client(base_url=api.hall.url) as browser:
        browser.cookies.set("bianmin", token)
        problem(browser.get("/api/v1/session"), Code.UNAUTHENTICATED)
    board = api.http.get("/api/v1/board").json()
    assert next(r for r in board["serving"] if r["window_id"] == "4")["state"] == "closed"


def test_two_clerks_do_not_take_one_window(api: Api) -> None:
    both = [c for c in api.told["clerks"] if c["window_id"] == "1"]
    problem(api.http.post("/api/v1/session", json=both[1]), Code.WINDOW_TAKEN)


def test_a_wrong_password_and_an_unknown_name_are_the_same(api: Api) -> None:
    for login in (
        api.login("manager") | {"password": "wrong"},
        {"username": "nobody-at-all", "password": "wrong"},
    ):
        answer = api.http.post("/api/v1/session", json=login)
        problem(answer, Code.WRONG_CREDENTIALS)


def test_a_display_s_token_issues_nothing(api: Api) -> None:
    admin = api.signed("administrator")
    offer = {"device_id": "screen-9", "kind": "display"}
    code = api.http.post("/api/v1/devices", headers=admin, json=offer).json()["code"]
    token = api.http.post("/api/v1/devices/enrol", json={"code": code}).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    answer = api.http.post(TICKETS, headers=signed, json={"service_id": "B01"})
    problem(answer, Code.FORBIDDEN)


def test_a_new_password_ends_the_sessions_of_the_old_one(api: Api) -> None:
    admin = api.signed("administrator")
    account = {"username": "guide-9", "display_name": "G", "role": "guide", "password": "x" * 12}
    assert api.http.post("/api/v1/accounts", headers=admin, json=account).status_code == 201
    problem(api.http.post("/api/v1/accounts", headers=admin, json=account), Code.NAME_TAKEN)
    login = {"username": "guide-9", "password": "x" * 12}
    token = api.http.post("/api/v1/session", json=login).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    assert api.http.get("/api/v1/session", headers=signed).is_success
    path = "/api/v1/accounts/guide-9/password"
    assert api.http.put(path, headers=admin, json={"password": "y" * 12}).status_code == 204
    problem(api.http.get("/api/v1/session", headers=signed), Code.UNAUTHENTICATED)


def test_a_duty_manager_frees_the_window_of_a_clerk_who_is_not_there(api: Api) -> None:
    admin = api.signed("administrator")
    account = {"username": "duty-9", "display_name": "D", "role": "duty_manager"}
    api.http.post("/api/v1/accounts", headers=admin, json=account | {"password": "x" * 12})
    login = {"username": "duty-9", "password": "x" * 12}
    token = api.http.post("/api/v1/session", json=login).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    api.signed("5")
    api.act("5", "serve-now", service_id="E03")
    path = "/api/v1/windows/5"
    problem(api.http.post(f"{path}/hold", headers=signed, json={}), Code.NOT_YOUR_WINDOW)
    assert api.http.post(f"{path}/finish", headers=signed, json={}).is_success
    assert api.http.post(f"{path}/close", headers=signed, json={}).is_success
    assert api.view("5")["clerk"] is None


# --- what is asked badly: (how, code); nothing may change

Asked = Callable[[Api], httpx.Response]


def raw(
    api: Api, body: bytes, path: str = TICKETS, who: str = "kiosk", **headers: str
) -> httpx.Response:
    given = {"Content-Type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return api.http.post(path, headers=api.signed(who) | given, content=body)


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


GOOD = b'{"service_id": "B01"}'
SESSION = "/api/v1/session"
CALL = "/api/v1/windows/1/call-next"
BAD: dict[str, tuple[Code, Asked]] = {
    "malformed JSON": (Code.MALFORMED_JSON, lambda a: raw(a, b'{"service_id":')),
    "no body": (Code.MALFORMED_JSON, lambda a: raw(a, b"")),
    "not UTF-8": (Code.MALFORMED_JSON, lambda a: raw(a, b'{"service_id": "\xff\xfe"}')),
    "deep JSON": (Code.MALFORMED_JSON, lambda a: raw(a, b"[" * 30_000)),
    "malformed JSON to sign in": (Code.MALFORMED_JSON, lambda a: raw(a, b"{", SESSION)),
    "not UTF-8 to sign in": (
        Code.MALFORMED_JSON,
        lambda a: raw(a, b'{"username": "\xff"}', SESSION),
    ),
    "deep JSON to sign in": (Code.MALFORMED_JSON, lambda a: raw(a, b"[" * 30_000, SESSION)),
    "deep JSON as settings": (
        Code.MALFORMED_JSON,
        lambda a: a.http.put(
            "/api/v1/settings",
            headers=a.signed("administrator") | {"Content-Type": "application/json"},
            content=b'{"x":' * 10_000,
        ),
    ),
    "a list": (Code.INVALID_REQUEST, lambda a: raw(a, b"[1]")),
    "a number": (Code.INVALID_REQUEST, lambda a: raw(a, b"7", CALL, "1")),
    "an unknown field": (Code.INVALID_REQUEST, lambda a: a.issue("B01", servce="x")),
    "a field of the wrong type": (Code.INVALID_REQUEST, lambda a: a.issue(7)),  # type: ignore[arg-type]  # that is the point
    "oversized body": (Code.BODY_TOO_LARGE, lambda a: raw(a, GOOD + b" " * 65_536)),
    "oversized body to sign in": (
        Code.BODY_TOO_LARGE,
        lambda a: raw(a, GOOD + b" " * 65_536, SESSION),
    ),
    "chunked oversized body": (
        Code.BODY_TOO_LARGE,
        lambda a: a.http.post(TICKETS, headers=a.signed("kiosk"), content=chunks(80_000)),
    ),
    "chunked oversized body to sign in": (
        Code.BODY_TOO_LARGE,
        lambda a: a.http.post(
            SESSION, headers={"Content-Type": "application/json"}, content=chunks(80_000)
        ),
    ),
    "unknown service": (Code.UNKNOWN_SERVICE, lambda a: a.issue("Z99")),
    "no service's id": (Code.INVALID_REQUEST, lambda a: a.issue("B01; DROP TABLE event")),
    "unknown class": (Code.UNKNOWN_PRIORITY, lambda a: a.issue("B01", priority_class="vip")),
    "no token": (Code.UNAUTHENTICATED, lambda a: a.http.post(TICKETS, json={"service_id": "B01"})),
    "foreign token": (
        Code.UNAUTHENTICATED,
        lambda a: a.http.post(
            TICKETS, headers={"Authorization": "Bearer " + "x" * 43}, json={"service_id": "B01"}
        ),
    ),
    "a token of another role": (Code.FORBIDDEN, lambda a: a.issue(who="manager")),
    "a kiosk that calls": (Code.FORBIDDEN, lambda a: a.act("1", "call-next", "kiosk")),
    "key not a UUID": (Code.KEY_INVALID, lambda a: a.issue(key="1234")),
    "wrong media type": (
        Code.UNSUPPORTED_MEDIA_TYPE,
        lambda a: raw(a, GOOD, Content_Type="text/plain"),
    ),
    "form media type to sign in": (
        Code.UNSUPPORTED_MEDIA_TYPE,
        lambda a: a.http.post(SESSION, data={"username": "x"}),
    ),
    "cross-origin": (Code.CROSS_ORIGIN, lambda a: raw(a, GOOD, Origin="http://evil.example")),
    "null origin": (Code.CROSS_ORIGIN, lambda a: raw(a, GOOD, Origin="null")),
    "another site by Sec-Fetch-Site": (
        Code.CROSS_ORIGIN,
        lambda a: raw(a, GOOD, Sec_Fetch_Site="cross-site"),
    ),
    "a sister site by Sec-Fetch-Site": (
        Code.CROSS_ORIGIN,
        lambda a: raw(a, GOOD, Sec_Fetch_Site="same-site"),
    ),
    "unknown window": (Code.UNKNOWN_WINDOW, lambda a: a.act("99", "call-next", "1")),
    "cancel at an unknown window": (
        Code.UNKNOWN_WINDOW,
        lambda a: a.act(
            "99", "cancel", "1", ticket_id=a.issue("G01").json()["ticket_id"], reason="r"
        ),
    ),
    "requeue at the window of someone else": (
        Code.NOT_YOUR_WINDOW,
        lambda a: a.act("2", "requeue", "1", ticket_id=str(uuid4())),
    ),
    "call at the window of someone else": (
        Code.NOT_YOUR_WINDOW,
        lambda a: a.act("2", "call-next", "1"),
    ),
    "an unknown action": (Code.NOT_FOUND, lambda a: a.act("1", "explode")),
    "an unknown ticket": (
        Code.UNKNOWN_TICKET,
        lambda a: a.act("1", "call", ticket_id=str(uuid4()), reason="r"),
    ),
    "no ticket's id": (Code.UNKNOWN_TICKET, lambda a: a.http.get(f"{TICKETS}/1%00;--")),
    "call without a ticket": (Code.INVALID_REQUEST, lambda a: a.act("1", "call", reason="r")),
    "transfer to nowhere": (Code.INVALID_REQUEST, lambda a: a.act("1", "transfer")),
    "pause without a reason": (Code.REASON_NEEDED, lambda a: a.act("1", "pause")),
    "nobody to start": (Code.NO_CURRENT_TICKET, lambda a: a.act("1", "start")),
    "NUL in a service": (Code.INVALID_REQUEST, lambda a: a.issue("B01\0")),
    "NUL in a name": (
        Code.INVALID_REQUEST,
        lambda a: a.issue("B01", visitor={"name": "a\0b"}),
    ),
    "NUL in a user name": (
        Code.INVALID_REQUEST,
        lambda a: a.http.post(SESSION, json={"username": "a\0", "password": "x"}),
    ),
    "a C1 control in a reason": (
        Code.INVALID_REQUEST,
        lambda a: a.act("1", "pause", reason="a\x9bb"),
    ),
    "half a surrogate pair": (Code.MALFORMED_JSON, lambda a: raw(a, b'{"service_id": "\\ud800"}')),
    "a wrong method": (Code.METHOD_NOT_ALLOWED, lambda a: a.http.delete("/api/v1/board")),
    "no such address": (Code.NOT_FOUND, lambda a: a.http.get("/api/v2/board")),
    "a clock that is not driven": (
        Code.CLOCK_NOT_DRIVEN,
        lambda a: a.http.put(
            "/api/v1/demo/clock",
            headers=a.signed("administrator"),
            json={"at": "2026-03-02T09:00:00Z"},
        ),
    ),
    "a wrong enrolment code": (
        Code.ENROLMENT_REFUSED,
        lambda a: a.http.post("/api/v1/devices/enrol", json={"code": "AAAAAAAA"}),
    ),
}


@pytest.mark.parametrize("how", BAD)
def test_what_is_asked_badly_is_refused_in_one_sentence_and_changes_nothing(
    api: Api, how: str
) -> None:
    code, ask = BAD[how]
    if "cancel" in how:
        api.issue("G01")
    before = api.rev()
    answer = ask(api)
    found = problem(answer, code)
    assert found["detail"].count(". ") <= 1
    assert api.rev() == before + (how == "cancel at an unknown window")


def test_a_key_with_another_body_is_refused(api: Api) -> None:
    key = str(uuid4())
    api.issue("B01", key=key)
    before = api.rev()
    problem(api.issue("B02", key=key), Code.KEY_REUSED)
    assert api.rev() == before


@pytest.mark.parametrize(
    ("accept", "language", "sentence"),
    [
        ("en", "en", "This hall has no service item Z99."),
        ("zh-CN,zh;q=0.9", "zh-CN", None),
        ("de", "zh-CN", None),
        (";;;q=x,,", "zh-CN", None),
    ],
)
def test_a_refusal_speaks_the_asker_s_language(
    api: Api, accept: str, language: str, sentence: str | None
) -> None:
    headers = api.signed("kiosk") | {"Accept-Language": accept}
    answer = api.http.post(TICKETS, headers=headers, json={"service_id": "Z99"})
    assert answer.headers["content-language"] == language
    detail = problem(answer, Code.UNKNOWN_SERVICE)["detail"]
    assert "Z99" in detail
    assert detail == sentence if sentence else any("\u4e00" <= c <= "\u9fff" for c in detail)


RAW_REQUESTS = {
    "two lengths": b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
    b"Content-Length: 3\r\n\r\n{}",
    "a length of 5000 digits": b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: "
    + b"9" * 5000
    + b"\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "NUL in a header": b"GET /api/v1/board HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
}


@pytest.mark.parametrize("what", RAW_REQUESTS)
def test_a_broken_request_is_refused_and_the_server_lives(api: Api, what: str) -> None:
    host, port = api.hall.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as link:
        link.sendall(RAW_REQUESTS[what])
        link.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while part := link.recv(4096):
                answer += part
    assert answer == b"" or answer.split()[1].startswith(b"4")
    assert api.http.get("/healthz").json() == {"status": "ok"}


def test_nothing_of_all_this_was_an_error_of_the_server(api: Api) -> None:
    assert "request-failed" not in api.hall.said()
    assert "Traceback" not in api.hall.log.read_text(encoding="utf-8")
    assert json.loads(api.http.get("/readyz").text)["ready"]
