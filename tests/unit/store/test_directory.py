import threading

import pytest
from argon2 import PasswordHasher

from queue_server.ports import StoreError
from queue_server.store.directory import Directory
from queue_server.store.passwords import Passwords
from queue_server.store.records import Account, DeviceRow, Role
from queue_server.store.store import Store
from tests.unit.store.conftest import Open
from tests.unit.store.days import Scribe

NOW = 1_772_413_200_000
HOUR = 3_600_000


@pytest.fixture
def directory(store: Store, cheap: PasswordHasher) -> Directory:
    found = Directory(store.database, Passwords(cheap))
    found.add_account("li", "Li Wen", Role.CLERK, "correct horse")
    return found


def test_an_account_signs_in_with_its_password_only(directory: Directory) -> None:
    li = Account("li", "Li Wen", Role.CLERK)
    assert directory.accounts() == [li]
    assert directory.check_password("li", "correct horse") == li
    assert directory.check_password("li", "wrong") is None
    assert directory.check_password("nobody", "correct horse") is None
    assert directory.check_password("nobody", "nobody") is None


def test_every_role_of_a_hall_can_be_given(directory: Directory) -> None:
    for role in Role:
        directory.add_account(f"one-{role}", "One", role, "x")
    assert {a.role for a in directory.accounts()} == set(Role)
    with pytest.raises(ValueError, match="emperor"):
        directory.add_account("two", "Two", "emperor", "x")


def test_a_username_is_given_once(directory: Directory) -> None:
    with pytest.raises(StoreError, match="li is taken"):
        directory.add_account("li", "Another Li", Role.GUIDE, "x")
    assert directory.check_password("li", "correct horse") is not None


def test_a_password_is_kept_as_argon2id_only(store: Store) -> None:
    store.directory.add_account("wu", "Wu", Role.MANAGER, "a very secret word")
    with store.database.readers.reading() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM account").all()
    assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "secret" not in str(tuple(row))


def test_a_hash_of_other_costs_is_renewed_at_the_next_sign_in(
    store: Store,
    directory: Directory,
) -> None:
    dearer = Directory(
        store.database, Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    )
    assert dearer.check_password("li", "correct horse") is not None
    with store.database.readers.reading() as connection:
        (row,) = connection.exec_driver_sql("SELECT password_hash FROM account").all()
    assert "m=16,t=2,p=1" in row.password_hash
    assert directory.check_password("li", "correct horse") is not None


def test_a_changed_password_counts_at_once(directory: Directory) -> None:
    directory.set_password("li", "battery staple")
    assert directory.check_password("li", "correct horse") is None
    assert directory.check_password("li", "battery staple") is not None
    with pytest.raises(StoreError, match="no account"):
        directory.set_password("nobody", "x")


def test_an_inactive_account_is_out_at_once(directory: Directory) -> None:
    directory.open_session("t1", "li", "1", NOW, NOW + HOUR)
    assert directory.session("t1", NOW) is not None
    directory.set_active("li", active=False)
    assert directory.session("t1", NOW) is None
    assert directory.sessions(NOW) == []
    assert directory.check_password("li", "correct horse") is None
    directory.set_active("li", active=True)
    assert directory.check_password("li", "correct horse") is not None
    assert directory.session("t1", NOW) is None


def test_a_session_lasts_until_it_expires(directory: Directory) -> None:
    directory.open_session("t1", "li", None, NOW, NOW + HOUR)
    found = directory.session("t1", NOW + HOUR - 1)
    assert found is not None
    assert (found.username, found.role, found.window_id) == ("li", Role.CLERK, None)
    assert directory.session("t1", NOW + HOUR) is None
    assert directory.sessions(NOW + HOUR) == []
    assert directory.session("t2", NOW) is None


def test_expired_sessions_are_removed_when_one_is_opened(
    store: Store, directory: Directory
) -> None:
    directory.open_session("t1", "li", None, NOW, NOW + HOUR)
    directory.open_session("t2", "li", None, NOW + 2 * HOUR, NOW + 3 * HOUR)
    with store.database.readers.reading() as connection:
        assert len(connection.exec_driver_sql("SELECT * FROM session").all()) == 1


def test_a_session_follows_its_window_and_role(directory: Directory) -> None:
    directory.open_session("t1", "li", None, NOW, NOW + HOUR)
    assert directory.session("t1", NOW) is not None
    directory.set_session_window("t1", "3")
    directory.set_role("li", Role.DUTY_MANAGER)
    found = directory.session("t1", NOW)
    assert found is not None
    assert (found.window_id, found.role) == ("3", Role.DUTY_MANAGER)
    assert directory.sessions(NOW) == [found]
    directory.end_session("t1")
    directory.end_session("t1")
    assert directory.session("t1", NOW) is None


def test_a_session_is_of_an_account_that_exists(directory: Directory) -> None:
    with pytest.raises(StoreError):
        directory.open_session("t1", "nobody", None, NOW, NOW + HOUR)


def test_a_session_survives_a_restart(opened: Open) -> None:
    store = opened()
    store.directory.add_account("li", "Li", Role.CLERK, "x")
    store.directory.open_session("t1", "li", "2", NOW, NOW + HOUR)
    before = store.directory.session("t1", NOW)
    store.close()
    assert opened().directory.session("t1", NOW) == before is not None


def test_a_code_is_traded_for_a_token_once(directory: Directory) -> None:
    directory.add_device("kiosk-1", "kiosk", "code", NOW + HOUR)
    assert directory.device_by_token("token") is None
    assert directory.enrol("another", NOW, "token", "mqtt") is None
    device = directory.enrol("code", NOW, "token", "mqtt")
    assert device == DeviceRow("kiosk-1", "kiosk", "token", "mqtt", None, revoked=False)
    assert directory.device_by_token("token") == device
    assert directory.enrol("code", NOW, "token-2", "mqtt-2") is None
    assert directory.devices() == [device]


def test_a_code_is_worth_nothing_after_its_time(directory: Directory) -> None:
    directory.add_device("kiosk-1", "kiosk", "code", NOW)
    assert directory.enrol("code", NOW, "token", "mqtt") is None
    directory.add_device("kiosk-1", "kiosk", "code-2", NOW + 1)
    assert directory.enrol("code-2", NOW, "token", "mqtt") is not None


def test_two_boxes_cannot_use_one_code(directory: Directory) -> None:
    directory.add_device("kiosk-1", "kiosk", "code", NOW + HOUR)
    start = threading.Barrier(6)
    found: list[DeviceRow | None] = []

    def enrol(number: int) -> None:
        start.wait()
        found.append(directory.enrol("code", NOW, f"token-{number}", "mqtt"))

    threads = [threading.Thread(target=enrol, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in found if one is not None]) == 1


def test_a_replaced_box_works_until_the_new_one_has_enrolled(directory: Directory) -> None:
    directory.put_device("kiosk-1", "kiosk", "old", "mqtt")
    directory.add_device("kiosk-1", "kiosk", "code", NOW + HOUR)
    assert directory.device_by_token("old") is not None
    assert directory.enrol("code", NOW, "new", "mqtt") is not None
    assert directory.device_by_token("old") is None
    assert directory.device_by_token("new") is not None


def test_a_revoked_device_is_out_at_once_and_may_enrol_again(directory: Directory) -> None:
    directory.put_device("kiosk-1", "kiosk", "token", "mqtt")
    assert directory.device_by_token("token") is not None
    assert directory.revoke_device("kiosk-1")
    assert not directory.revoke_device("kiosk-2")
    assert directory.device_by_token("token") is None
    assert [d.revoked for d in directory.devices()] == [True]
    directory.add_device("kiosk-1", "kiosk", "code", NOW + HOUR)
    assert [d.revoked for d in directory.devices()] == [True]
    assert directory.enrol("code", NOW, "token-2", "mqtt-2") is not None
    assert directory.device_by_token("token-2") is not None


def test_seeding_a_device_twice_leaves_the_last(directory: Directory) -> None:
    directory.put_device("kiosk-1", "kiosk", "a", "m")
    directory.put_device("kiosk-1", "kiosk", "b", "m")
    assert [d.token_hash for d in directory.devices()] == ["b"]


def test_a_catalogue_version_is_kept_under_its_hash(directory: Directory) -> None:
    directory.put_catalogue("h1", "2026.1", '{"items": []}')
    directory.put_catalogue("h1", "2026.1", '{"items": []}')
    assert directory.catalogue("h1") == '{"items": []}'
    assert directory.catalogue("h2") is None


def test_the_directory_writes_beside_the_journal_from_many_threads(
    store: Store,
    directory: Directory,
) -> None:
    scribe = Scribe()
    for batch in scribe.open_hall():
        store.journal.append(batch)
    failures: list[BaseException] = []

    def sign_in(number: int) -> None:
        try:
            for turn in range(15):
                token = f"t-{number}-{turn}"
                directory.open_session(token, "li", None, NOW, NOW + HOUR)
                assert directory.session(token, NOW) is not None
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=sign_in, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        store.journal.append(scribe.issue())
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(directory.sessions(NOW)) == 60
    assert store.journal.replay().floor.seq == scribe.floor.seq
