"""Starting and stopping a real server: what is wrong is told in one sentence, and it ends."""

import json
import os
import signal
import socket
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hall_process import HallProcess, ServerDied, run, run_here

pytestmark = pytest.mark.system

SENTENCE_S = 60.0


def refused(data: Path, *options: str, words: str) -> None:
    """A start that ends with 1 and one sentence; nothing like a stack trace."""
    ended = run("serve", "--data", str(data), *options, timeout_s=SENTENCE_S)
    assert "ready" not in ended.stdout
    assert ended.returncode == 1
    one_sentence(ended.stderr, words)


def one_sentence(told: str, words: str) -> None:
    """Among what was logged."""
    assert "Traceback" not in told
    (line,) = [line for line in told.splitlines() if line.startswith("bianmin-server: ")]
    assert words in line


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("[http]\nprot = 80\n", "http.prot: there is no such setting"),
        ("[http]\nport = 70000\n", "http.port: "),
        ('[http]\nhost = "0.0.0.0"\n', "tls_cert"),
        ("[http\n", "not valid TOML"),
        ('[hall]\nid = "Not An Id"\n', "hall.id: "),
        ('[store]\nurl = "mysql://x/y"\n', "postgresql://"),
        ('[store]\nurl_file = "/nowhere/secret"\n', "/nowhere/secret: cannot be read"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_named(
    tmp_path: Path, config: str, words: str
) -> None:
    path = tmp_path / "server.toml"
    path.write_text(config, encoding="utf-8")
    ended = run_here("serve", "--data", str(tmp_path / "data"), "--config", str(path))
    assert ended.returncode == 1
    one_sentence(ended.stderr, words)


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text('[http]\ntls_cert = "/no/c.pem"\ntls_key = "/no/k.pem"\n', encoding="utf-8")
    refused(tmp_path / "data", "--config", str(path), words="tls_cert")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--clock", "driven"), "--clock driven is for --demo only"),
        (("--clock", "sundial"), "--clock sundial"),
        (("--config", "/nowhere.toml"), "/nowhere.toml: cannot be read"),
        (("--pack", "atlantis"), "atlantis"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    ended = run_here("serve", "--data", str(tmp_path / "data"), *options)
    assert ended.returncode == 1
    one_sentence(ended.stderr, words)


def test_a_port_that_is_none_is_named(tmp_path: Path) -> None:
    ended = run_here("serve", "--data", str(tmp_path / "data"), "--port", "70000")
    assert ended.returncode == 2
    assert "--port" in ended.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused(tmp_path / "data", "--port", str(port), words=f"port {port}")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "hall.db").write_bytes(b"this is no database" * 100)
    refused(data, words="not a database")


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (("user", "list"), "no server has been started here"),
        (("device", "list"), "no server has been started here"),
        (("verify",), "There is no hall in"),
    ],
)
def test_a_verb_without_a_server_says_so(tmp_path: Path, verb: tuple[str, ...], words: str) -> None:
    ended = run_here(*verb, "--data", str(tmp_path))
    assert ended.returncode == 1
    one_sentence(ended.stderr, words)


class Streamed:
    """An open stream of server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def event(self) -> dict[str, str]:
        """The next event's fields.

        Raises:
            StopIteration: the stream has ended.
        """
        found: dict[str, str] = {}
        while True:
            line = next(self._lines)
            if not line and found:
                return found
            name, _, value = line.partition(": ")
            if name:
                found[name] = value

    def to_its_end(self) -> None:
        """Read until the server ends the stream."""
        with suppress(StopIteration):
            while True:
                self.event()

    def until(self, name: str) -> dict[str, str]:
        """The next event that has a field."""
        while True:
            found = self.event()
            if name in found:
                return found


@pytest.fixture
def own(new_hall: HallProcess) -> HallProcess:
    """A running server of the test's own, to stop or to hurt."""
    new_hall.start()
    return new_hall


def kiosk(hall: HallProcess) -> dict[str, str]:
    """The demo kiosk's header."""
    return {"Authorization": f"Bearer {hall.credentials['kiosk_token']}"}


def waiting(event: dict[str, str]) -> int:
    """How many wait for group B, by a board's event."""
    count: int = json.loads(event["data"])["waiting"]["B"]["count"]
    return count


def issue(hall: HallProcess, http: httpx.Client) -> httpx.Response:
    """One number."""
    return http.post("/api/v1/tickets", headers=kiosk(hall), json={"service_id": "B01"})


def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(
    demo_hall: HallProcess,
) -> None:
    refused(demo_hall.data, "--demo", words="Another server already runs")
    with httpx.Client(base_url=demo_hall.url) as http:
        assert issue(demo_hall, http).status_code == 201


def test_the_board_stream_starts_with_a_snapshot_and_then_has_changes_and_beats(
    demo_hall: HallProcess,
) -> None:
    with (
        httpx.Client(base_url=demo_hall.url, timeout=20.0) as http,
        http.stream("GET", "/api/v1/board/stream") as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Streamed(response)
        assert stream.event() == {"retry": "1000"}
        first = stream.event()
        assert '"serving"' in first["data"]
        assert first["id"] == str(http.get("/api/v1/board").json()["rev"])
        assert issue(demo_hall, http).status_code == 201
        changed = stream.until("data")
        assert int(changed["id"]) == int(first["id"]) + 1
        assert waiting(changed) == waiting(first) + 1
        beat = stream.until("event")
        assert beat == {"event": "beat", "data": "{}"}


def test_a_window_s_stream_ends_when_its_reader_signs_out(demo_hall: HallProcess) -> None:
    clerk = demo_hall.credentials["clerks"][0]
    path = f"/api/v1/windows/{clerk['window_id']}/stream"
    with httpx.Client(base_url=demo_hall.url, timeout=20.0) as http:
        token = http.post("/api/v1/session", json=clerk).json()["token"]
        signed = {"Authorization": f"Bearer {token}"}
        with http.stream("GET", path, headers=signed) as response:
            stream = Streamed(response)
            assert '"queue"' in stream.until("data")["data"]
            assert http.delete("/api/v1/session", headers=signed).status_code == 204
            stream.to_its_end()


def test_the_server_stops_in_order_with_streams_open_and_they_end(own: HallProcess) -> None:
    with httpx.Client(base_url=own.url, timeout=20.0) as http:
        opened = [
            http.send(http.build_request("GET", "/api/v1/board/stream"), stream=True)
            for _ in range(20)
        ]
        streams = [Streamed(response) for response in opened]
        for stream in streams:
            stream.until("id")
        assert own.stop() < 15, "it is held to 5 s; the rest is for a busy test machine"
        for stream in streams:
            stream.to_its_end()


def test_a_locked_database_refuses_changes_with_one_sentence_and_comes_back(
    demo_hall: HallProcess,
) -> None:
    other = sqlite3.connect(demo_hall.data / "hall.db", isolation_level=None, timeout=0)
    with httpx.Client(base_url=demo_hall.url, timeout=40.0) as http:
        other.execute("BEGIN IMMEDIATE")
        before = http.get("/api/v1/board").json()["rev"]
        answer = issue(demo_hall, http)
        assert answer.status_code == 503
        assert answer.json()["code"] in ("store-unavailable", "outcome-unknown")
        assert answer.headers["retry-after"]
        assert http.get("/api/v1/board").json()["rev"] == before
        login = http.post("/api/v1/session", json=demo_hall.credentials["manager"])
        assert (login.status_code, login.json()["code"]) == (503, "store-unavailable")
        other.execute("ROLLBACK")
        other.close()
        assert answered(http, demo_hall).status_code == 201
    assert "Traceback" not in demo_hall.log.read_text(encoding="utf-8")


def answered(http: httpx.Client, hall: HallProcess) -> httpx.Response:
    """Ask for a number until the server can save again."""
    deadline_s = time.monotonic() + 30
    while True:
        answer = issue(hall, http)
        if answer.status_code != 503 or time.monotonic() > deadline_s:
            return answer
        time.sleep(0.1)


def children(pid: int, name: str) -> list[int]:
    """A process's children of a name."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
        except OSError:
            continue
        if fields["PPid"] == str(pid) and fields["Name"] == name:
            found.append(int(fields["Pid"]))
    return found


def test_the_hall_works_while_its_broker_is_gone_and_the_broker_comes_back(
    demo_hall: HallProcess,
) -> None:
    brokers = children(demo_hall.pid, "mosquitto")
    assert len(brokers) == 1
    os.kill(brokers[0], signal.SIGKILL)
    with httpx.Client(base_url=demo_hall.url, timeout=20.0) as http:
        assert issue(demo_hall, http).status_code == 201
        health = until_connected(http)
        assert health["broker"]["restarts"] >= 1


def until_connected(http: httpx.Client) -> dict[str, Any]:
    """`/readyz` once the publisher is connected again."""
    deadline_s = time.monotonic() + 30
    while True:
        health: dict[str, Any] = http.get("/readyz").json()
        assert health["ready"]
        if health["mqtt"] == "connected" and health["broker"]["restarts"]:
            return health
        assert time.monotonic() < deadline_s, health
        time.sleep(0.1)


def test_a_restart_keeps_sessions_tokens_tickets_and_the_credentials_file(
    own: HallProcess,
) -> None:
    told = own.credentials
    with httpx.Client(base_url=own.url, timeout=20.0) as http:
        ticket = issue(own, http).json()
        token = http.post("/api/v1/session", json=told["clerks"][0]).json()["token"]
    own.stop()
    own.start()
    again = own.credentials
    for name in ("kiosk_token", "clerks", "manager", "administrator", "mqtt"):
        assert again[name] == told[name]
    with httpx.Client(base_url=own.url, timeout=20.0) as http:
        signed = {"Authorization": f"Bearer {token}"}
        window = f"/api/v1/windows/{told['clerks'][0]['window_id']}"
        called = http.post(f"{window}/call-next", headers=signed, json={})
        assert called.json()["ticket"]["number"] == ticket["number"]
    assert (own.data / "credentials.json").stat().st_mode & 0o077 == 0
    own.stop()
    other = own.data.with_name("other.toml")
    other.write_text('[hall]\nid = "elsewhere"\n', encoding="utf-8")
    refused(own.data, "--config", str(other), words="belongs to the hall")


def test_a_server_that_cannot_start_says_so_to_its_starter(tmp_path: Path) -> None:
    hall = HallProcess(tmp_path / "data", options=["--demo", "--pack", "atlantis"])
    with pytest.raises(ServerDied, match="atlantis"):
        hall.start()
