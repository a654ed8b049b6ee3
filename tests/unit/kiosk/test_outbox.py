"""The kiosk's own memory of what is under way."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.outbox import Outbox, OutboxError, PaperState, RequestState
from queue_server.contract.ids import RequestKey
from queue_server.contract.messages import TicketRequest, Visitor
from tests import fakes_kiosk as fakes

KEY = RequestKey("019593a4-7c00-7000-8000-000000000001")
PLAIN = TicketRequest(service_id="B01", channel="kiosk", language="zh-CN")
NUMBER = "522601199001010010"
KNOWN = PLAIN.model_copy(update={"visitor": Visitor(principal=NUMBER, name="吴*朵")})
TICKET = fakes.ticket()
SOON = fakes.AT + timedelta(seconds=20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "outbox.sqlite3"


def test_a_request_survives_a_crash_and_is_offered_again(file: Path) -> None:
    first = Outbox(file)
    first.ask(KEY, PLAIN, "en", fakes.AT)
    # No close: the program is gone. The file alone must tell.
    with Outbox(file) as second:
        left = second.recover(SOON, fresh_s=180)
    assert left is not None
    assert (left.key, left.request, left.language) == (KEY, PLAIN, "en")
    assert not left.maybe_printed
    first.close()


def test_asking_again_under_the_same_key_changes_nothing(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.issued(KEY, TICKET)
        outbox.ask(KEY, PLAIN, "zh_CN", SOON)
        assert outbox.state(KEY) is RequestState.ISSUED


def test_a_paper_under_way_makes_the_next_one_a_reprint(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.issued(KEY, TICKET)
        outbox.printing(TICKET, KEY, 1, reprint=False, at=fakes.AT)
    with Outbox(file) as outbox:
        left = outbox.recover(SOON, fresh_s=180)
    assert left is not None
    assert left.maybe_printed
    state = sqlite3.connect(file).execute("SELECT state FROM paper").fetchone()[0]
    assert state == PaperState.UNKNOWN


def test_a_ticket_that_was_handed_over_is_not_offered_again(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.issued(KEY, TICKET)
        outbox.finished(KEY)
        assert outbox.recover(SOON, fresh_s=180) is None


def test_the_number_that_was_known_is_told_and_its_next_paper_is_a_repetition(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.issued(KEY, TICKET)
        outbox.printing(TICKET, KEY, 1, reprint=False, at=fakes.AT)
        outbox.printed(TICKET.ticket_id, 1, PaperState.PRINTED)
        left = outbox.recover(SOON, fresh_s=180)
        assert left is not None
        assert (left.number, left.maybe_printed) == ("B012", True)


def test_a_request_with_a_document_is_never_asked_again_but_its_fate_is_told(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, KNOWN, "en", fakes.AT)
        left = outbox.recover(SOON, fresh_s=180)
        assert left is not None
        assert (left.request, left.number) == (None, "")
        assert outbox.state(KEY) is RequestState.ABANDONED


@pytest.mark.parametrize("age_s", [181, -1])
def test_an_old_request_or_one_from_the_future_is_abandoned(file: Path, age_s: int) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        assert outbox.recover(fakes.AT + timedelta(seconds=age_s), fresh_s=180) is None
        assert outbox.state(KEY) is RequestState.ABANDONED


def test_a_refused_or_abandoned_request_is_never_offered(file: Path) -> None:
    other = RequestKey("other")
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.refused(KEY, "not-open")
        outbox.ask(other, PLAIN, "en", fakes.AT)
        outbox.abandoned(other)
        assert outbox.recover(SOON, fresh_s=180) is None


def test_personal_data_never_reaches_the_disk(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, KNOWN, "en", fakes.AT)
        outbox.issued(KEY, fakes.ticket(masked_name="吴*朵"))
        outbox.printing(TICKET, KEY, 1, reprint=False, at=fakes.AT)
        left = outbox.recover(SOON, fresh_s=180)
        assert left is not None
        assert (left.request, left.number) == (None, "B012")  # its fate can be told, no more
    written = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert NUMBER.encode() not in written
    assert "吴".encode() not in written


def test_old_rows_are_removed(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox.ask(KEY, PLAIN, "en", fakes.AT)
        outbox.printing(TICKET, KEY, 1, reprint=False, at=fakes.AT)
        outbox.recover(fakes.AT + timedelta(days=8), fresh_s=180)
        assert outbox.state(KEY) is None


def test_a_file_of_another_version_is_refused(file: Path) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(OutboxError, match="another version"):
        Outbox(file)


def test_a_file_that_is_no_database_is_refused(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError, match=r"outbox\.sqlite3"):
        Outbox(file)


def test_a_full_disk_is_told_before_anything_is_sent(file: Path) -> None:
    with Outbox(file) as outbox:
        outbox._db.execute("PRAGMA query_only=ON")
        with pytest.raises(OutboxError, match="readonly"):
            outbox.ask(KEY, PLAIN, "en", fakes.AT)
