"""The same person, without who it is."""

from datetime import date
from pathlib import Path

from queue_server.fingerprint import DayKeys

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
NUMBER = "52263119651231004X"


def test_a_number_is_the_same_all_day_and_after_a_restart(tmp_path: Path) -> None:
    first = DayKeys(tmp_path).fingerprint(NUMBER, MONDAY)
    assert DayKeys(tmp_path).fingerprint(NUMBER, MONDAY) == first
    assert len(first) == 32


def test_spaces_and_case_do_not_matter(tmp_path: Path) -> None:
    keys = DayKeys(tmp_path)
    assert keys.fingerprint(" 522631 19651231 004x", MONDAY) == keys.fingerprint(NUMBER, MONDAY)


def test_another_day_or_another_hall_matches_nothing(tmp_path: Path) -> None:
    here = DayKeys(tmp_path / "a")
    assert here.fingerprint(NUMBER, MONDAY) != here.fingerprint(NUMBER, TUESDAY)
    there = DayKeys(tmp_path / "b")
    assert here.fingerprint(NUMBER, MONDAY) != there.fingerprint(NUMBER, MONDAY)


def test_keys_are_for_the_server_s_eyes_only(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    DayKeys(directory).fingerprint(NUMBER, MONDAY)
    assert directory.stat().st_mode & 0o077 == 0
    (file,) = directory.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_key_that_was_destroyed_matches_nothing_any_more(tmp_path: Path) -> None:
    before = DayKeys(tmp_path).fingerprint(NUMBER, MONDAY)
    keys = DayKeys(tmp_path)
    assert keys.purge(date(2026, 4, 1)) == []
    assert keys.purge(date(2026, 4, 2)) == [MONDAY]
    assert DayKeys(tmp_path).fingerprint(NUMBER, MONDAY) != before


def test_a_number_never_stands_in_a_file(tmp_path: Path) -> None:
    DayKeys(tmp_path).fingerprint(NUMBER, MONDAY)
    assert all(NUMBER.encode() not in file.read_bytes() for file in tmp_path.iterdir())
