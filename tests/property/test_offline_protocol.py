"""The offline protocol in thousands of made-up days: no number twice, every paper known."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.offline_book import OfflineBook
from queue_server.core.errors import QueueError
from tests.property.offline_world import World

RUNS = 100_000 if os.environ.get("BIANMIN_LONG") else 120
BROKEN_RUNS = 400
SEED = int(os.environ.get("BIANMIN_SEED", "20261124"))


@pytest.fixture
def ram() -> Iterator[Path]:
    """A disk on which thousands of fsyncs cost nothing."""
    shm = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="bianmin-", dir=shm if shm.is_dir() else None))
    yield place
    shutil.rmtree(place)


def violations_of(seed: int, ram: Path, **broken: object) -> list[str]:
    place = ram / str(seed)
    world = World(seed, place, **broken)  # type: ignore[arg-type]
    try:
        world.run()
        return world.violations()
    except QueueError as refused:
        return [f"refused: {refused}"]
    finally:
        for kiosk in world.kiosks:
            kiosk.outbox.close()
        shutil.rmtree(place)


@pytest.mark.timeout(7200)
def test_no_number_is_given_twice_and_every_paper_is_known(ram: Path) -> None:
    for seed in range(SEED, SEED + RUNS):
        found = violations_of(seed, ram)
        assert not found, f"BIANMIN_SEED={seed}: {found}"


class Unfenced(OfflineBook):
    """A kiosk that does not notice that its memory was put back."""

    def _is_ours(self, *_memory: object) -> bool:
        return True


def test_without_the_fence_the_simulation_sees_numbers_twice(ram: Path) -> None:
    assert any(violations_of(seed, ram, book_type=Unfenced) for seed in range(BROKEN_RUNS))


def test_printing_before_the_commit_is_seen_too(ram: Path) -> None:
    seen = (
        violations_of(seed, ram, prints_first=True, puts_back=False) for seed in range(BROKEN_RUNS)
    )
    assert any(seen)
