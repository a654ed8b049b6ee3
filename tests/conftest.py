"""Fixtures that many tests share."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.hall_process import HallProcess

pytest_plugins = ["tests.pg_fixture"]


def pytest_configure(config: pytest.Config) -> None:
    """Give Kivy a home of this process's own: workers that share one race to make it."""
    home = tempfile.mkdtemp(prefix="bianmin-test-kivy-")
    os.environ |= {"KIVY_HOME": home, "KIVY_NO_ARGS": "1", "KIVY_NO_FILELOG": "1"}
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="module")
def demo_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    """A running demo server for the tests of a module; they share its day and its tickets."""
    hall = HallProcess(tmp_path_factory.mktemp("hall") / "data")
    hall.start()
    yield hall
    hall.close()


@pytest.fixture
def new_hall(tmp_path: Path) -> Iterator[HallProcess]:
    """A demo server of the test's own, not started yet; ended afterwards, however it is."""
    hall = HallProcess(tmp_path / "data")
    yield hall
    hall.close()


@pytest.fixture(autouse=True)
def plain_logging() -> Iterator[None]:
    """A program run inside a test logs to its captured streams; the next one has its own."""
    yield
    structlog.reset_defaults()
