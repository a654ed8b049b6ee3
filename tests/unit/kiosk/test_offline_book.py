"""The kiosk's memory of numbers of its own: commits, the fence, what is brought in."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.offline_book import NoGrantError
from kiosk.outbox import Outbox, PaperState
from queue_server.contract.ids import RequestKey
from queue_server.contract.messages import TicketRequest
from queue_server.contract.messages_offline import GrantAnswer, OpenTime
from tests import fakes_kiosk as fakes

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REQUEST = TicketRequest(service_id="B01", language="zh-CN")


def key(number: int) -> RequestKey:
    return RequestKey(f"00000000-0000-7000-8000-{number:012d}")


def grant(first: int = 1, last: int = 299, **more: object) -> GrantAnswer:
    return GrantAnswer(
        grant_id="00000000-0000-7000-8000-0000000000aa",
        kiosk_no=2,
        business_date=date(2026, 3, 2),
        first=first,
        last=last,
        given_at=NOW - timedelta(hours=1),
        prefixes={"A": "A", "B": "B"},
        open_times=[OpenTime(opens=NOW - timedelta(hours=2), closes=NOW + timedelta(hours=6))],
    ).model_copy(update=more)


def opened(folder: Path) -> Outbox:
    return Outbox(folder / "outbox.sqlite3")


def give(box: Outbox, number: int, at: datetime = NOW) -> str:
    return box.offline.give(key(number), REQUEST, "B", at).number


def paper(box: Outbox, number: int, state: PaperState | None) -> None:
    ticket = fakes.ticket(ticket_id=key(number))
    box.printing(ticket, key(number), 1, reprint=False, at=NOW)
    if state is not None:
        box.printed(key(number), 1, state)


def test_without_leave_no_number_is_given(tmp_path: Path) -> None:
    with opened(tmp_path) as box, pytest.raises(NoGrantError):
        give(box, 1)


def test_numbers_go_up_and_the_same_request_keeps_its_number(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        assert [give(box, 1), give(box, 2), give(box, 1)] == ["B2-01", "B2-02", "B2-01"]
        assert box.offline.used() == 2


def test_a_restart_goes_on_above_what_was_given(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        give(box, 1)
    with opened(tmp_path) as box:
        assert not box.offline.was_put_back
        assert give(box, 2) == "B2-02"


def test_all_numbers_used_is_said(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant(first=1, last=1))
        give(box, 1)
        with pytest.raises(NoGrantError, match="used"):
            give(box, 2)


def test_the_halls_hours_are_kept_and_a_clock_that_is_certainly_wrong_is_not_asked(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        with pytest.raises(NoGrantError, match="closed"):
            give(box, 1, NOW + timedelta(hours=7))
        assert give(box, 2, datetime(1970, 1, 1, tzinfo=UTC)) == "B2-01"


@pytest.mark.parametrize("in_place", [True, False])
def test_a_memory_put_back_from_a_copy_gives_nothing_until_the_server_was_reached(
    tmp_path: Path, *, in_place: bool
) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        give(box, 1)
        storage = box.offline.storage_id
    file, copy = tmp_path / "outbox.sqlite3", tmp_path / "copy"
    shutil.copy(file, copy)
    with opened(tmp_path) as box:
        assert give(box, 2) == "B2-02"
    if in_place:
        file.write_bytes(copy.read_bytes())
    else:
        copy.replace(file)
    with opened(tmp_path) as box:
        assert box.offline.was_put_back
        assert box.offline.storage_id != storage
        with pytest.raises(NoGrantError):
            give(box, 3)
    with opened(tmp_path) as box:
        assert not box.offline.was_put_back, "said once"


def test_a_lost_witness_counts_as_put_back(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        give(box, 1)
    (tmp_path / "outbox.witness").unlink()
    with opened(tmp_path) as box:
        assert box.offline.was_put_back


def test_what_nobody_saw_is_burnt_and_what_may_be_on_paper_is_brought_in(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        for number in (1, 2, 3, 4):
            give(box, number)
        paper(box, 1, PaperState.PRINTED)
        paper(box, 3, None)  # the power was cut in mid-ticket
        box.offline.shown(key(4))
    with opened(tmp_path) as box:
        box.recover(NOW, 0)
        found = box.offline.to_upload()
        assert [(t.number, t.printed) for t in found] == [
            ("B2-01", True),
            ("B2-03", False),
            ("B2-04", True),
        ]
        assert box.offline.given(key(2)) is None
        assert give(box, 5) == "B2-05", "a burnt number does not come back"


def test_nothing_overtakes_a_number_that_is_still_being_printed(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        give(box, 1)
        give(box, 2)
        paper(box, 2, PaperState.PRINTED)
        assert box.offline.to_upload() == []
        paper(box, 1, PaperState.UNKNOWN)
        assert [t.number for t in box.offline.to_upload()] == ["B2-01", "B2-02"]
        box.offline.uploaded(key(1), "taken")
        assert [t.number for t in box.offline.to_upload()] == ["B2-02"]
        assert box.offline.waiting_count() == 1


def test_an_outbox_of_an_earlier_version_gets_its_book(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only to make an old file

    from kiosk import outbox as module  # noqa: PLC0415

    file = tmp_path / "outbox.sqlite3"
    old = sqlite3.connect(file)
    old.executescript(module._SCHEMA + "PRAGMA user_version=1;")
    old.close()
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        assert give(box, 1) == "B2-01"


def test_a_memory_of_the_version_before_learns_of_visits(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only to make an old file

    from kiosk import offline_book  # noqa: PLC0415
    from kiosk import outbox as module  # noqa: PLC0415

    old = sqlite3.connect(tmp_path / "outbox.sqlite3")
    before = offline_book.SCHEMA.replace("  visit_of   TEXT,\n", "")
    old.executescript(module._SCHEMA + before + "PRAGMA user_version=2;")
    old.close()
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        request = TicketRequest(service_id="B01", visit_of=fakes.TICKET_ID)
        box.offline.give(key(1), request, "B", NOW)
        box.offline.shown(key(1))
        [ticket] = box.offline.to_upload()
        assert ticket.visit_of == request.visit_of


def test_no_number_of_a_person_reaches_the_file(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant())
        give(box, 1)
    assert b"5226" not in (tmp_path / "outbox.sqlite3").read_bytes()


def test_a_full_quota_ends_an_item_and_no_other(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant(places={"B01": 1, "B02": 0}))
        assert box.offline.full() == {"B02"}
        assert give(box, 1) == "B2-01"
        assert box.offline.full() == {"B01", "B02"}
        with pytest.raises(NoGrantError, match="quota"):
            give(box, 2)
        other = TicketRequest(service_id="B03")
        assert box.offline.give(key(3), other, "B", NOW).number == "B2-02"


def test_what_the_server_has_is_not_counted_against_the_places_twice(tmp_path: Path) -> None:
    with opened(tmp_path) as box:
        box.offline.keep(grant(places={"B01": 1}))
        give(box, 1)
        box.offline.uploaded(key(1), "taken")
        box.offline.keep(grant(places={"B01": 1}))  # so the server said with number 1 in hand
        assert box.offline.full() == frozenset()
        assert give(box, 2) == "B2-02"
