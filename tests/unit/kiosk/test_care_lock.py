"""The staff code: what may be one, how it is kept, and the pauses after wrong ones."""

import stat
from pathlib import Path

import pytest

from kiosk.care_lock import LONGEST_PAUSE_S, StaffCodeError, StaffLock, matches, write_code

CODE = "470915"


class Clock:
    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def lock(folder: Path, clock: Clock) -> StaffLock:
    return StaffLock(folder / "code", folder / "tries", clock)


@pytest.mark.parametrize("code", ["12345", "1234567890123", "12a456", "", "４７０９１５"])
def test_a_code_is_six_to_twelve_digits(tmp_path: Path, code: str) -> None:
    with pytest.raises(StaffCodeError):
        write_code(tmp_path / "code", code)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["123456", "987654", "000000", "890123"])
def test_the_first_codes_that_anybody_would_try_are_none(tmp_path: Path, code: str) -> None:
    with pytest.raises(StaffCodeError, match="Anybody"):
        write_code(tmp_path / "code", code)


def test_the_code_itself_is_not_kept_and_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "code"
    write_code(file, CODE)
    line = file.read_text("ascii").strip()
    assert CODE not in line
    assert matches(CODE, line)
    assert not matches("470916", line)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    write_code(tmp_path / "other", CODE)
    assert (tmp_path / "other").read_text("ascii").strip() != line


@pytest.mark.parametrize("line", ["", "scrypt 1 2", "plain 470915", "scrypt 3 8 1 00 00"])
def test_a_damaged_line_stands_for_no_code(line: str) -> None:
    assert not matches(CODE, line)


async def test_without_a_code_nothing_opens(tmp_path: Path, clock: Clock) -> None:
    assert not lock(tmp_path, clock).is_set()
    assert not (await lock(tmp_path, clock).check(CODE)).ok
    assert not (await StaffLock(None, tmp_path / "tries", clock).check(CODE)).ok


async def test_pauses_grow_and_while_one_lasts_the_right_code_is_not_tried_either(
    tmp_path: Path, clock: Clock
) -> None:
    write_code(tmp_path / "code", CODE)
    checking = lock(tmp_path, clock)
    waits = []
    for _ in range(12):
        waits.append((await checking.check("470916")).wait_s)
        clock.at_s += waits[-1]
    assert waits[:6] == [0, 0, 5, 10, 20, 40]
    assert waits[-1] == LONGEST_PAUSE_S
    assert not (await checking.check("470916")).ok
    assert not (await checking.check(CODE)).ok
    clock.at_s += LONGEST_PAUSE_S
    assert (await checking.check(CODE)).ok
    assert (await checking.check("470916")).wait_s == 0  # and all is forgiven


async def test_a_pulled_plug_and_a_clock_set_back_win_nothing(tmp_path: Path, clock: Clock) -> None:
    write_code(tmp_path / "code", CODE)
    for _ in range(4):
        answer = await lock(tmp_path, clock).check("470916")
        clock.at_s += answer.wait_s
    answer = await lock(tmp_path, clock).check("470916")
    assert answer.wait_s == 20
    assert (await lock(tmp_path, clock).check(CODE)).wait_s == 20
    clock.at_s -= 500_000
    assert (await lock(tmp_path, clock).check(CODE)).wait_s == 20


async def test_logs_tell_whether_it_was_right_and_never_the_code(
    tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    write_code(tmp_path / "code", CODE)
    await lock(tmp_path, clock).check("860427")
    await lock(tmp_path, clock).check(CODE)
    said = capsys.readouterr()
    everything = said.out + said.err + "".join(map(Path.read_text, tmp_path.iterdir()))  # noqa: ASYNC240 - a test
    assert "right=False" in everything
    assert CODE not in everything
    assert "860427" not in everything
