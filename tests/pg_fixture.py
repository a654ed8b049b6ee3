"""pytest plugin: a real PostgreSQL for tests, one throw-away cluster a run, one database a test.

Load it with `pytest_plugins = ["tests.pg_fixture"]`. The cluster comes from `script/pg-test`, which
never runs it as root and ends it when we end.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

_SCRIPT = Path(__file__).resolve().parent.parent / "script" / "pg-test"
_END_S = 20


class Cluster:
    """A running cluster that a test may also kill and start again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        """Start it; after the first time under the same URL."""
        command = [str(_SCRIPT), str(self._directory)]
        if self.url:
            command += ["--port", str(make_url(self.url).port)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready "), f"PostgreSQL did not start: {line}"
        self.url = line.split(maxsplit=1)[1].strip()

    def kill(self) -> None:
        """kill -9 to the postmaster; its backends notice and go."""
        pid_file = self._directory / "data" / "postmaster.pid"
        subprocess.run(["kill", "-9", pid_file.read_text().split()[0]], check=True)
        self._reap()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._reap()

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(_END_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        name = f"t{uuid4().hex}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


def _cluster() -> Iterator[Cluster]:
    # A path of its own: pytest's are closed to the account PostgreSQL runs under, and a socket's
    # path must be short.
    directory = Path(tempfile.mkdtemp(prefix="bianmin-pg-"))
    directory.chmod(0o755)
    try:
        cluster = Cluster(directory / "c")
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def pg_cluster() -> Iterator[Cluster]:
    """The run's own cluster; tests must not stop it."""
    yield from _cluster()


@pytest.fixture
def pg_own_cluster() -> Iterator[Cluster]:
    """A cluster for one test that kills it."""
    yield from _cluster()


@pytest.fixture
def pg_url(pg_cluster: Cluster) -> str:
    """The URL of a fresh, empty database."""
    return pg_cluster.new_database()
