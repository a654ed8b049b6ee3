"""Reading one day of a log."""

import gzip
from datetime import date, datetime
from pathlib import Path

import pytest

from queue_server.replay.errors import ReplayError
from queue_server.replay.log import read_day

SHIPPED = Path(__file__).parents[3] / "assets/data/waits/warsaw_halls.csv.gz"
HEAD = "queue,ticket,issued_at,called_at,windows_open\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_log_gives_a_day_with_its_early_and_its_uncalled_tickets() -> None:
    day = read_day(SHIPPED, "UD_Mokotow_1/659", "2019-12-31")
    assert (day.queue, day.day) == ("UD_Mokotow_1/659", date(2019, 12, 31))
    assert len(day.tickets) == 42
    assert sum(1 for t in day.tickets if t.called_at is None) == 7
    early = read_day(SHIPPED, "UD_Mokotow_1/658", "2019-12-30")
    assert sum(1 for t in early.tickets if t.issued_at is None) == 25


def test_a_ticket_without_an_issue_belongs_to_the_day_it_was_called_on(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "a,1,,2024-05-06T08:00:00,2\na,2,2024-05-07T08:00:00,,2\n")
    (only,) = read_day(path, "a", "2024-05-06").tickets
    assert (only.ticket, only.issued_at) == ("1", None)
    assert only.called_at == datetime(2024, 5, 6, 8)  # noqa: DTZ001 - the log's local time
    assert (only.line, only.windows_open) == (2, 2)


def test_no_window_open_counts_as_one_and_other_columns_do_not_matter(tmp_path: Path) -> None:
    text = "ticket,queue,x,issued_at,called_at,windows_open\n7,a,?,2024-05-06T08:00:00,,0\n"
    (only,) = read_day(write(tmp_path, text), "a", "2024-05-06").tickets
    assert (only.windows_open, only.window) == (1, None)


def test_a_zipped_log_with_a_byte_order_mark_reads_the_same(tmp_path: Path) -> None:
    text = HEAD + "a,1,2024-05-06T08:00:00+02:00,2024-05-06T08:09:00,1\n"
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(text.encode("utf-8-sig")))
    (only,) = read_day(path, "a", "2024-05-06").tickets
    assert only.issued_at == datetime(2024, 5, 6, 8)  # noqa: DTZ001 - the log's local time


@pytest.mark.parametrize(
    ("text", "queue", "day", "says"),
    [
        (HEAD + "b,1,2024-05-06T08:00:00,,1\n", "a", "2024-05-06", "it has b"),
        (HEAD + "a,1,2024-05-06T08:00:00,,1\n", "a", "2024-05-07", "there is 2024-05-06"),
        (HEAD, "a", "2024-05-06", "it has nothing"),
        (HEAD, "a", "Monday", "is not a day"),
        ("queue,ticket\n", "a", "2024-05-06", "no column issued_at, called_at"),
        (HEAD + "a,1,yesterday,,1\n", "a", "2024-05-06", "line 2"),
        (HEAD + "a,1,2024-05-06T08:00:00,,two\n", "a", "2024-05-06", "line 2"),
        (
            HEAD + "a,1,2024-05-06T08:00:00,2024-05-06T07:59:59,1\n",
            "a",
            "2024-05-06",
            "called before it was issued",
        ),
    ],
)
def test_what_cannot_be_replayed_is_one_sentence(
    tmp_path: Path, text: str, queue: str, day: str, says: str
) -> None:
    with pytest.raises(ReplayError, match=says):
        read_day(write(tmp_path, text), queue, day)


def test_a_missing_and_a_damaged_file_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="There is no file"):
        read_day(tmp_path / "none.csv", "a", "2024-05-06")
    damaged = tmp_path / "log.csv.gz"
    damaged.write_bytes(b"not gzip")
    with pytest.raises(ReplayError, match="cannot be read"):
        read_day(damaged, "a", "2024-05-06")


def test_many_queues_are_named_up_to_a_number(tmp_path: Path) -> None:
    rows = "".join(f"q{n:03},1,2024-05-06T08:00:00,,1\n" for n in range(60))
    with pytest.raises(ReplayError, match="q039 and 20 more"):
        read_day(write(tmp_path, HEAD + rows), "a", "2024-05-06")
