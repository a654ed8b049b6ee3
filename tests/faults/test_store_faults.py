"""The store when the disk is full, the file is locked, or somebody pulls the plug."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from queue_server.ports import StoreError
from queue_server.store.backends import FILE
from queue_server.store.store import Store, open_store
from queue_server.store.verify import verify
from queue_server.store.verify_walk import same_state
from tests.pg_fixture import Cluster
from tests.unit.store.days import Scribe, busy_hours

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Store]:
    """A hall in SQLite, open and replayed."""
    store = open_store(tmp_path / "hall", None, "demo", create=True)
    store.journal.replay()
    yield store
    store.close()


def started(store: Store) -> Scribe:
    scribe = Scribe()
    for batch in scribe.open_hall():
        store.journal.append(batch)
    return scribe


def breaches(data_dir: Path, url: str | None = None) -> list[str]:
    return [check.sentence for check in verify(data_dir, url) if not check.ok]


def test_a_database_locked_by_hand_is_said_so_and_nothing_is_written(
    tmp_path: Path,
    hall: Store,
) -> None:
    scribe = started(hall)
    before = scribe.floor
    with hall.database.raw_writer() as raw:
        raw.execute("PRAGMA busy_timeout=20")
    shell = sqlite3.connect(tmp_path / "hall" / FILE, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Nothing was saved: the database is locked") as caught:
        hall.journal.append(scribe.issue())
    assert not caught.value.unknown
    shell.execute("ROLLBACK")
    shell.close()
    assert same_state(hall.journal.replay().floor, before)


def test_a_read_only_database_is_said_so(hall: Store) -> None:
    scribe = started(hall)
    with hall.database.raw_writer() as raw:
        raw.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match="Nothing was saved: the database is read-only") as caught:
        hall.journal.append(scribe.issue())
    assert not caught.value.unknown


_FULL = """
import resource, sys
from pathlib import Path
from queue_server.ports import StoreError
from queue_server.store.store import open_store
from queue_server.store.verify import verify
from queue_server.store.verify_walk import same_state
from tests.unit.store.days import Scribe, joined

store = open_store(Path(sys.argv[1]), None, "demo", create=True)
store.journal.replay()
scribe = Scribe()
store.journal.append(joined(scribe.open_hall()))
{fill}
before, written = scribe.floor, 0
try:
    while True:
        before = scribe.floor
        store.journal.append(joined(scribe.issue() for _ in range(20)))
        written += 1
except StoreError as error:
    print(error, "| unknown" if error.unknown else "| nothing written")
assert written > 0
assert same_state(store.journal.replay().floor, before)
{free}
scribe.floor = before
scribe.made += 1
store.journal.append(joined(scribe.issue() for _ in range(20)))
assert same_state(store.journal.replay().floor, scribe.floor)
store.close()
assert [c.sentence for c in verify(Path(sys.argv[1])) if not c.ok] == []
print("clean")
"""


def full(directory: Path, fill: str, free: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", _FULL.format(fill=fill, free=free), str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs", str(place)]
    subprocess.run([*as_root(), *mount], check=True)
    yield place
    subprocess.run([*as_root(), "umount", str(place)], check=True)


def as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


def test_a_full_disk_is_said_so_and_work_goes_on_when_there_is_room_again(small_disk: Path) -> None:
    remount = [*as_root(), "mount", "-o", "remount,size=16m", str(small_disk)]
    free = f"import subprocess; subprocess.run({remount!r}, check=True)"
    said = full(small_disk / "hall", "", free)
    assert "Nothing was saved: the disk is full" in said
    assert "| nothing written" in said
    assert said.endswith("clean\n")


def test_a_file_that_may_not_grow_is_an_error_that_leaves_the_journal_whole(tmp_path: Path) -> None:
    limit = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, resource.RLIM_INFINITY))"
    size = str(1024 * 1024)
    said = full(tmp_path / "hall", limit.format(size), limit.format("resource.RLIM_INFINITY"))
    assert "saved" in said
    assert said.endswith("clean\n")


_WRITER = """
import sys
from pathlib import Path
from queue_server.store.store import open_store
from tests.unit.store.days import Scribe, busy_hours, joined

url = sys.argv[2] if len(sys.argv) > 2 else None
store = open_store(Path(sys.argv[1]), url, "demo", create=True)
store.journal.replay()
scribe = Scribe(seed=5)
for batch in scribe.open_hall():
    store.journal.append(batch)
print(scribe.floor.seq, flush=True)
waiting = []
for batch in busy_hours(scribe, 1_000_000):
    waiting.append(batch)
    if len(waiting) == 3:
        store.journal.append(joined(waiting))
        waiting = []
        print(scribe.floor.seq, flush=True)
"""


def killed_writer(directory: Path, after_rows: int, url: str | None = None) -> int:
    """kill -9 to a writer at full speed; returns the last seq it said was durable."""
    command = [sys.executable, "-c", _WRITER, str(directory), *([url] if url else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = 0
        while acknowledged < after_rows:
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        for line in writer.stdout:
            if line.endswith("\n"):
                acknowledged = int(line)
    return acknowledged


@pytest.mark.parametrize("after_rows", [1, 40, 130, 400])
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, after_rows: int) -> None:
    acknowledged = killed_writer(tmp_path / "hall", after_rows)
    store = open_store(tmp_path / "hall", None, "demo", create=False)
    floor = store.journal.replay().floor
    # The batch in flight may stand or not, but whole: a batch of three commands has 1 to 12 rows.
    assert acknowledged <= floor.seq <= acknowledged + 12
    expected = Scribe(seed=5)
    states = {0: expected.floor}
    for batch in (*expected.open_hall(), *busy_hours(expected, floor.seq)):
        states[batch.rows[-1].seq] = expected.floor if batch.rows else states[0]
    assert floor.seq in states
    store.close()
    assert breaches(tmp_path / "hall") == []


def test_a_killed_writer_on_postgresql_loses_nothing_either(tmp_path: Path, pg_url: str) -> None:
    acknowledged = killed_writer(tmp_path / "hall", 100, pg_url)
    store = reopened(tmp_path, pg_url)
    assert store.journal.replay().floor.seq >= acknowledged
    store.close()
    assert breaches(tmp_path / "hall", pg_url) == []


def reopened(tmp_path: Path, url: str) -> Store:
    """The killed writer's lock ends when PostgreSQL notices; that may take a moment."""
    pause = threading.Event()
    for _ in range(200):
        with suppress(StoreError):
            return open_store(tmp_path / "hall", url, "demo", create=False)
        pause.wait(0.05)
    raise AssertionError("the lock was never given back")


def test_postgresql_killed_in_the_middle_of_a_batch(
    tmp_path: Path,
    pg_own_cluster: Cluster,
) -> None:
    store = open_store(tmp_path / "hall", pg_own_cluster.url, "demo", create=True)
    store.journal.replay()
    scribe = started(store)
    durable = scribe.floor
    caught: list[StoreError] = []
    first = threading.Event()

    def write() -> None:
        nonlocal durable
        try:
            for batch in busy_hours(scribe, 1_000_000):
                store.journal.append(batch)
                durable = scribe.floor
                first.set()
        except StoreError as error:
            caught.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    assert first.wait(20)
    pg_own_cluster.kill()
    writer.join(20)
    assert not writer.is_alive()
    assert [error.unknown for error in caught] == [True]
    with pytest.raises(StoreError, match="cannot be reached"):
        store.journal.replay()
    pg_own_cluster.start()
    replayed = store.journal.replay()
    assert durable.seq <= replayed.floor.seq <= scribe.floor.seq
    scribe.floor = replayed.floor
    scribe.made += 1000
    store.journal.append(scribe.issue())
    assert same_state(store.journal.replay().floor, scribe.floor)
    assert breaches(tmp_path / "hall", pg_own_cluster.url) == []
    store.close()


def test_a_lost_connection_is_unknown_until_the_replay(tmp_path: Path, pg_url: str) -> None:
    store = open_store(tmp_path / "hall", pg_url, "demo", create=True)
    store.journal.replay()
    scribe = started(store)
    with store.database.readers.reading() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()",
            ),
        )
    with pytest.raises(StoreError) as caught:
        store.journal.append(scribe.issue())
    assert caught.value.unknown
    assert store.journal.replay().floor.seq == scribe.floor.seq - 1
    store.close()


def test_a_server_that_took_over_meanwhile_is_not_overwritten(tmp_path: Path, pg_url: str) -> None:
    store = open_store(tmp_path / "hall", pg_url, "demo", create=True)
    store.journal.replay()
    scribe = started(store)
    with store.database.readers.reading() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()",
            ),
        )
    other = reopened(tmp_path, pg_url)
    with pytest.raises(StoreError, match=r"Another server already runs|not known"):
        store.journal.append(scribe.issue())
    with pytest.raises(StoreError, match="Another server already runs"):
        store.journal.replay()
    other.close()
    assert store.journal.replay().floor.seq == scribe.floor.seq - 1
    store.close()
