"""A hall's store on SQLite and on PostgreSQL, the same tests for both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from queue_server.store.store import Store, open_store

Open = Callable[..., Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite, else the URL of an empty database."""
    if request.param == "sqlite":
        return None
    found: str = request.getfixturevalue("pg_url")
    return found


@pytest.fixture
def opened(tmp_path: Path, url: str | None) -> Iterator[Open]:
    """Opens the store of the hall `demo`; whatever is still open at the end is closed."""
    stores: list[Store] = []

    def open_it(hall_id: str | None = "demo", *, create: bool = True) -> Store:
        stores.append(open_store(tmp_path / "hall", url, hall_id, create=create))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Open) -> Store:
    """An open, empty hall, replayed once."""
    found = opened()
    found.journal.replay()
    return found


@pytest.fixture
def cheap() -> PasswordHasher:
    """Argon2id at costs for tests."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
