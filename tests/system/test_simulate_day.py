"""A real day of a real hall, replayed through the real server, and what it must not overlook."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from queue_server.cli import simulate
from tests.hall_process import HallProcess, run

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

LOG = Path(__file__).parents[2] / "assets/data/waits/warsaw_halls.csv.gz"
QUEUE, DAY = "UD_Targowek/353", "2020-01-03"
"""A day with tickets that were early, one that was never called, and more windows than the demo."""
SHORT = "queue,ticket,issued_at,called_at,windows_open\n" + "".join(
    f"q,{n},2024-05-06T08:{n:02}:00,2024-05-06T08:{n + 3 + n % 2:02}:30,{1 + n % 3}\n"
    for n in range(12)
)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    hall = HallProcess(
        tmp_path_factory.mktemp("simulate") / "hall",
        options=("--demo", "--clock", "driven", "--port", "0"),
    )
    hall.start()
    yield hall
    hall.close()


@pytest.fixture
def short_log(tmp_path: Path) -> Path:
    path = tmp_path / "short.csv"
    path.write_text(SHORT, encoding="utf-8")
    return path


def test_a_whole_day_gives_the_logs_own_figures_to_the_second(driven: HallProcess) -> None:
    done = run(
        "simulate-day",
        str(LOG),
        "--queue",
        QUEUE,
        "--day",
        DAY,
        "--data",
        str(driven.data),
        timeout_s=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    the server agrees with the log to the second" in done.stdout
    assert "FAIL" not in done.stdout
    verified = run("verify", "--data", str(driven.data))
    assert verified.returncode == 0, verified.stdout


def test_a_hall_that_is_past_the_day_plays_it_on_the_next_one(
    driven: HallProcess, short_log: Path
) -> None:
    said: list[str] = []
    for _ in range(2):
        said.clear()
        credentials = driven.data / "credentials.json"
        assert simulate.run(short_log, "q", "2024-05-06", credentials, 0, said.append), said
    assert any("played as 2024-05-07" in line for line in said)


class LyingHandler(BaseHTTPRequestHandler):
    """Passes requests on and tampers with what the server says of itself."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    upstream: httpx.Client
    lie: Callable[[str, bytes], bytes]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        kept = ("Authorization", "Content-Type", "Accept-Language", "Idempotency-Key")
        answer = self.upstream.request(
            self.command,
            self.path,
            content=self.rfile.read(length),
            headers={name: self.headers[name] for name in kept if self.headers[name]},
        )
        body = type(self).lie(self.path, answer.content)
        self.send_response(answer.status_code)
        if answer.status_code != 204:
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


def one_second_more(path: str, body: bytes) -> bytes:
    """The p90 of every row is a second too high."""
    if not path.startswith("/api/v1/statistics?"):
        return body
    figures = json.loads(body)
    for row in figures["rows"]:
        row["wait"]["p90_s"] += 1
    return json.dumps(figures).encode()


def a_ticket_lost(path: str, body: bytes) -> bytes:
    """The export lacks its last row."""
    if not path.startswith("/api/v1/statistics.csv"):
        return body
    return b"\r\n".join(body.rstrip().split(b"\r\n")[:-1]) + b"\r\n"


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (one_second_more, "FAIL  wait, p90 (s): "),
        (a_ticket_lost, "the server has lost it"),
    ],
)
def test_a_server_with_a_wrong_statistic_is_found_out(
    driven: HallProcess,
    short_log: Path,
    tmp_path: Path,
    lie: Callable[[str, bytes], bytes],
    says: str,
) -> None:
    with httpx.Client(base_url=driven.url, trust_env=False, timeout=30) as upstream:
        handler = type("Handler", (LyingHandler,), {"upstream": upstream, "lie": staticmethod(lie)})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
            thread = threading.Thread(target=proxy.serve_forever, daemon=True)
            thread.start()
            tampered = driven.credentials | {"url": f"http://127.0.0.1:{proxy.server_address[1]}"}
            credentials = tmp_path / "credentials.json"
            credentials.write_text(json.dumps(tampered), encoding="utf-8")
            said: list[str] = []
            agrees = simulate.run(short_log, "q", "2024-05-06", credentials, 0, said.append)
            proxy.shutdown()
            thread.join()
    assert not agrees
    assert says in said[-1]


def test_people_who_wait_in_the_hall_are_not_mixed_with_those_of_the_log(
    driven: HallProcess, short_log: Path
) -> None:
    path = driven.data / "credentials.json"
    with httpx.Client(base_url=driven.url, trust_env=False) as client:
        session = client.post("/api/v1/session", json=driven.credentials["administrator"]).json()
        administrator = {"Authorization": f"Bearer {session['token']}"}
        settings = client.get("/api/v1/settings", headers=administrator).json()["settings"]
        carry = settings | {"close_of_day": "carry_over"}
        assert client.put("/api/v1/settings", headers=administrator, json=carry).is_success
        kiosk = {"Authorization": f"Bearer {driven.credentials['kiosk_token']}"}
        assert client.post("/api/v1/tickets", headers=kiosk, json={"service_id": "C01"}).is_success
        with pytest.raises(simulate.ReplayError, match="1 people wait"):
            simulate.run(short_log, "q", "2024-05-06", path, 0, [].append)
        assert client.put("/api/v1/settings", headers=administrator, json=settings).is_success
    said: list[str] = []
    assert simulate.run(short_log, "q", "2024-05-06", path, 0, said.append), said


def test_a_server_in_real_time_is_left_alone(tmp_path: Path, short_log: Path) -> None:
    hall = HallProcess(tmp_path / "hall", options=("--demo", "--port", "0"))
    hall.start()
    try:
        with pytest.raises(simulate.ReplayError, match="real clock"):
            simulate.run(short_log, "q", "2024-05-06", hall.data / "credentials.json", 0, [].append)
        board = httpx.get(f"{hall.url}/api/v1/board", trust_env=False).json()
        assert len(board["serving"]) == 7
    finally:
        hall.close()


def test_a_server_that_is_not_there_is_one_sentence(driven: HallProcess, tmp_path: Path) -> None:
    gone = driven.credentials | {"url": "http://127.0.0.1:9"}
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(gone), encoding="utf-8")
    done = run("simulate-day", str(LOG), "--queue", QUEUE, "--day", DAY, "--credentials", str(path))
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
