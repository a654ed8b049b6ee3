import os
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import queue_server.store
from queue_server.ports import StoreError
from queue_server.store import migrate
from queue_server.store.backends import postgres_url
from queue_server.store.schema import RETENTION, metadata
from queue_server.store.store import Store, open_store
from tests.unit.store.conftest import Open


def test_a_second_server_is_refused_and_the_first_is_named(opened: Open) -> None:
    opened()
    with pytest.raises(StoreError, match=rf"Another server already runs .*{os.getpid()}"):
        opened()


def test_the_next_server_may_start_when_the_first_has_ended(opened: Open) -> None:
    opened().close()
    assert opened(None, create=False).hall_id == "demo"


def test_another_halls_database_is_refused(opened: Open) -> None:
    opened().close()
    with pytest.raises(StoreError, match="belongs to the hall demo, not to other"):
        opened("other")
    assert opened().hall_id == "demo"


def test_a_hall_that_does_not_exist_is_not_made_by_the_way(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no hall"):
        opened(create=False)
    assert not (tmp_path / "hall").exists()


def test_a_new_hall_needs_an_id(opened: Open) -> None:
    with pytest.raises(StoreError, match="its id is needed once"):
        opened(None)


@pytest.mark.parametrize("hall_id", ["Demo", "", "a b", "a" * 33, "../x", "demo\n"])
def test_an_id_must_be_one(opened: Open, hall_id: str) -> None:
    with pytest.raises(StoreError, match="is no hall id"):
        opened(hall_id)


def test_a_newer_schema_is_refused(opened: Open) -> None:
    store = opened()
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0777'"))
    store.close()
    with pytest.raises(StoreError, match=f"newer program .schema 0777.*{migrate.HEAD}"):
        opened()


def test_tables_of_another_program_are_refused(opened: Open) -> None:
    store = opened()
    with store.database.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    store.close()
    with pytest.raises(StoreError, match="another program"):
        opened()


def test_the_revisions_make_exactly_the_schema(store: Store) -> None:
    with store.database.readers.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_the_program_writes() -> None:
    config = Config()
    folder = Path(queue_server.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_every_table_says_how_long_it_is_kept() -> None:
    assert set(RETENTION) == set(metadata.tables)


def test_the_file_is_for_the_servers_account_only(tmp_path: Path) -> None:
    store = open_store(tmp_path / "h", None, "demo", create=True)
    store.close()
    assert stat.S_IMODE((tmp_path / "h").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "h" / "hall.db").stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    store = open_store(tmp_path / "h", None, "demo", create=True)
    with store.database.raw_writer() as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)
        assert raw.execute("PRAGMA foreign_keys").fetchone() == (1,)
    store.close()


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError), store.database.readers.reading() as connection:
        connection.execute(text("DELETE FROM hall"))


def test_a_path_with_odd_characters_is_only_a_path(tmp_path: Path) -> None:
    odd = tmp_path / "大厅 50%?mode=ro#x"
    store = open_store(odd, None, "demo", create=True)
    store.journal.replay()
    store.close()
    assert (odd / "hall.db").is_file()


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(b"This is not a database, and long enough." * 100)
    with pytest.raises(StoreError, match="the file is not a database"):
        open_store(tmp_path, None, "demo", create=True)


@pytest.mark.parametrize("url", ["mysql://x/y", "no url at all", "sqlite:///x.db"])
def test_only_postgresql_urls_are_taken(url: str) -> None:
    with pytest.raises(StoreError):
        postgres_url(url)


def test_a_server_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store(tmp_path, "postgresql://a:b@127.0.0.1:1/x", "demo", create=True)


def test_a_closed_store_stays_closed(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.journal.replay()
