"""A real kiosk that is cut off from a real server, killed in between, and comes back.

Every number that came out of the simulated printer is known to the hall once, in the kiosk's order,
and no number was printed for two people. BIANMIN_LONG=1: a day with 300 tickets.
"""

import json
import os
import re
import selectors
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from queue_server.contract import paths
from queue_server.store.backends import FILE
from tests.hall_process import HallProcess, run
from tests.system.kiosk_process import Kiosk, running

LONG = os.environ.get("BIANMIN_LONG") == "1"
VISITS = 300 if LONG else 4
KILL_EVERY = 25 if LONG else 2
SEED = int(os.environ.get("BIANMIN_SEED", "1"))
PAPER = re.compile(r"[A-Z]\d-\d{2,3}|[A-Z]\d{3}")

pytestmark = [
    pytest.mark.system,
    pytest.mark.screen,
    pytest.mark.timeout(3600 if LONG else 240),
]


class Cable:
    """The network between kiosk and server; it can be pulled out."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._plugged = True
        self._open: set[socket.socket] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="cable")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def pull(self) -> None:
        self._plugged = False
        for one in tuple(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def plug(self) -> None:
        self._plugged = True

    def close(self) -> None:
        self._stopping = True
        self.pull()
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ, None)
            while not self._stopping:
                for ready, _ in selector.select(0.1):
                    if ready.data is None:
                        self._join(selector)
                    else:
                        self._pass_on(selector, ready.fileobj, ready.data)

    def _join(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        if not self._plugged:
            near.close()
            return
        far = socket.create_connection(self._target)
        for one, other in ((near, far), (far, near)):
            self._open.add(one)
            selector.register(one, selectors.EVENT_READ, other)

    def _pass_on(self, selector: selectors.BaseSelector, source: Any, sink: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = source.recv(65536)
            if data:
                sink.sendall(data)
        if data:
            return
        for one in (source, sink):
            if one in self._open:
                self._open.discard(one)
                selector.unregister(one)
                one.close()


@contextmanager
def printer(place: Path) -> Iterator[tuple[str, Path]]:
    """The simulated printer as a process of its own: its address, and where its papers are."""
    program = [sys.executable, "-m", "hardware", "sim", "printer", "--pty", "--out", str(place)]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"], place
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def papers(place: Path) -> list[str]:
    """The numbers on all papers, in order."""
    found = []
    for file in sorted(place.glob("receipt-*.json")):
        words = [line.get("text", "").strip() for line in json.loads(file.read_text())["lines"]]
        numbers = [word for word in words if PAPER.fullmatch(word)]
        if numbers:
            found.append(numbers[0])
    return found


def visit(kiosk: Kiosk, dice: Random, *, kill: bool) -> bool:
    """One person takes a number; with `kill` the power goes some time after the last touch."""
    kiosk.on("home")
    kiosk.tap("start")
    kiosk.on("sections")
    kiosk.tap("pick_section", "work")
    kiosk.on("confirm")
    kiosk.tap("confirm")
    if kill:
        time.sleep(dice.uniform(0.0, 2.5))
        kiosk.process.kill()
        return False
    while not _has_ticket(kiosk):
        kiosk.on("no_paper")  # on a busy machine the printer's answer comes too late: once more
        kiosk.tap("back")
        kiosk.on("confirm")
        kiosk.tap("confirm")
    kiosk.on("ticket")
    kiosk.tap("done")
    return True


def _has_ticket(kiosk: Kiosk) -> bool:
    """Whether the number is there; else the printer did not answer."""
    until(lambda: kiosk.ask(do="look")["screen"] in {"ticket", "no_paper"}, 120)
    return str(kiosk.ask(do="look")["screen"]) == "ticket"


def config(folder: Path, url: str, token: str, printer_url: str) -> Path:
    folder.mkdir()
    (folder / "token").write_text(token)
    file = folder / "kiosk.toml"
    file.write_text(
        f'device_id = "kiosk-1"\ndata_dir = "data"\n'
        f'[server]\nurl = "{url}"\ntoken_file = "token"\n[printer]\nurl = "{printer_url}"\n'
    )
    return file


def until(condition: Any, within_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.2)


def labels(data: Path) -> list[tuple[str, str]]:
    """Kind of event and number, in the order of the journal."""
    db = sqlite3.connect(f"file:{data / FILE}?mode=ro", uri=True)
    try:
        query = "SELECT kind, label FROM event WHERE label IS NOT NULL ORDER BY seq"
        return db.execute(query).fetchall()
    finally:
        db.close()


def test_a_kiosk_that_is_cut_off_goes_on_and_everything_is_known_afterwards(
    tmp_path: Path,
) -> None:
    dice = Random(SEED)  # noqa: S311 - when to pull the plug, repeatable
    hall = HallProcess(tmp_path / "hall")
    hall.start()
    cable = Cable(hall.url)
    try:
        with printer(tmp_path / "printer") as (printer_url, paper_place):
            settings = config(
                tmp_path / "kiosk", cable.url, hall.credentials["kiosk_token"], printer_url
            )
            _a_day(settings, cable, dice, paper_place)
            printed = papers(paper_place)
        _judge(hall, printed)
    finally:
        cable.close()
        hall.close()


def _a_day(settings: Path, cable: Cable, dice: Random, paper_place: Path) -> None:
    left, cut_off = VISITS, False
    while left:
        with running(settings) as kiosk:
            kiosk.until_ready()
            if not cut_off:
                visit(kiosk, dice, kill=False)
                time.sleep(1.0)  # the grant is asked for at the start
                cable.pull()
                cut_off = True
                until(lambda: kiosk.ask(do="look")["server"] == "unreachable")
            while left:
                left -= 1
                if not visit(kiosk, dice, kill=left % KILL_EVERY == 0 and left > 0):
                    break
    cable.plug()
    with running(settings) as kiosk:
        kiosk.until_ready()
        until(lambda: not _waiting(settings.parent / "data"))


def _waiting(data: Path) -> bool:
    db = sqlite3.connect(f"file:{data / 'outbox.sqlite3'}?mode=ro", uri=True)
    try:
        query = "SELECT count(*) FROM offline WHERE outcome IS NULL AND abandoned = 0"
        return bool(db.execute(query).fetchone()[0])
    finally:
        db.close()


def _judge(hall: HallProcess, printed: list[str]) -> None:
    own = [number for number in printed if "-" in number]
    assert len(own) >= VISITS - VISITS // KILL_EVERY - 1
    assert len(set(printed)) == len(printed), f"twice on paper; BIANMIN_SEED={SEED}: {printed}"
    facts = labels(hall.data)
    known = [number for _kind, number in facts]
    assert len(set(known)) == len(known)
    assert set(printed) <= set(known), "a paper nobody knows"
    uploaded = [number for kind, number in facts if kind in {"TicketUploaded", "TicketSuperseded"}]
    assert [number for number in uploaded if number in own] == own, "not in the kiosk's order"
    done = run("verify", "--data", str(hall.data))
    assert done.returncode == 0, done.stdout
    _judge_the_clerks_list(hall, printed)


def _judge_the_clerks_list(hall: HallProcess, printed: list[str]) -> None:
    """Whoever holds a paper is on the list of the windows for it once, in the kiosk's order."""
    views = [view for view in _windows(hall) if view["waiting_count"] or view["doubtful"]]
    assert views
    for view in views:
        waiting = [row["number"] for row in view["queue"]]
        doubtful = [row["number"] for row in view["doubtful"]]
        assert len({*waiting, *doubtful}) == len(waiting) + len(doubtful)
        held = [number for number in waiting if number in printed]
        assert held == sorted(held, key=printed.index), "called in another order"
        cut = view["waiting_count"] > len(waiting)  # a page shows the first two hundred
        expected = [number for number in printed if number not in doubtful]
        assert held == (expected[: len(held)] if cut else expected)


def _windows(hall: HallProcess) -> list[dict[str, Any]]:
    """What the clerk's page of each window shows."""
    found = []
    with httpx.Client(base_url=hall.url, trust_env=False) as http:
        for login in {each["window_id"]: each for each in hall.credentials["clerks"]}.values():
            answer = http.post(paths.SESSION, json=login).raise_for_status()
            signed = {"Authorization": f"Bearer {answer.json()['token']}"}
            view = http.get(paths.window(login["window_id"]), headers=signed).raise_for_status()
            found.append(view.json())
    return found
