"""Numbers that kiosks give while they are cut off: leave, taking in, doubt, the paper wins."""

from datetime import timedelta
from typing import Any

import pytest

from queue_server.contract.ids import (
    ClassId,
    DeviceId,
    GrantId,
    RequestKey,
    ServiceId,
    TicketId,
    VisitId,
)
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_offline import BLOCK, GRANT_DAYS, unprinted_since
from queue_server.core.errors import (
    IllegalTransition,
    LabelOutsideGrant,
    LabelTaken,
    RequestKnown,
    UnknownGrant,
    UnknownPriority,
)
from queue_server.core.evolve import evolve
from queue_server.core.model import Grant, TicketState
from tests.unit.core.desk import DAY, ELDERLY, Desk


def grant(
    desk: Desk,
    device: str = "kiosk-1",
    storage: str = "s1",
    used: int = 0,
    holding: Grant | None = None,
) -> Grant:
    command = cmd.GiveGrant(
        GrantId(f"g-{desk.new_id()}"),
        DeviceId(device),
        storage,
        holding.grant_id if holding else None,
        used,
    )
    desk.do(command)
    own = [g for g in desk.floor.grants.values() if g.device_id == device]
    return max(own, key=lambda g: (g.given_ms, g.first))


def upload(desk: Desk, given: Grant, label: str, **more: Any) -> tuple[ev.Event, ...]:
    values: dict[str, Any] = {
        "request_key": RequestKey(f"r-{label}"),
        "ticket_id": TicketId(desk.new_id()),
        "visit_id": VisitId(desk.new_id()),
        "grant_id": given.grant_id,
        "label": label,
        "service_id": ServiceId("A01"),
        "issued_ms": desk.now_ms,
        "printed": True,
    }
    return desk.do(cmd.UploadTicket(**values | more))


def state_of(desk: Desk, label: str) -> TicketState | None:
    found = [t.state for t in desk.floor.tickets.values() if t.label == label]
    return found[0] if found else None


def test_a_kiosk_gets_leave_and_keeps_it() -> None:
    desk = Desk.opened()
    first = grant(desk)
    assert (first.kiosk_no, first.first, first.last) == (1, 1, BLOCK)
    assert first.business_date == DAY
    desk.wait(60)
    assert grant(desk) == first
    assert grant(desk, "kiosk-2").kiosk_no == 2


def test_a_nearly_used_grant_is_followed_by_other_counters() -> None:
    desk = Desk.opened()
    first = grant(desk)
    assert grant(desk, used=150, holding=first) == first
    second = grant(desk, used=250, holding=first)
    assert (second.first, second.kiosk_no) == (first.last + 1, 1)


def test_a_kiosk_that_never_heard_of_its_new_grant_is_not_given_what_it_printed_since() -> None:
    desk = Desk.opened()
    old = grant(desk)
    desk.do(cmd.RollDay(DAY + timedelta(days=1)))
    lost = grant(desk, holding=old)
    assert (lost.grant_id != old.grant_id, lost.first) == (True, 1)
    assert grant(desk, holding=old) == lost, "the answer was lost, nothing was printed since"
    upload(desk, old, "A1-01")
    again = grant(desk, holding=old)
    assert (again.grant_id != lost.grant_id, again.first) == (True, 2)


def test_a_memory_put_back_from_a_copy_gets_counters_the_lost_one_cannot_have_printed() -> None:
    desk = Desk.opened()
    lost = grant(desk)
    copied = grant(desk, storage="s2")
    assert copied.first > lost.last


def test_an_uploaded_number_waits_at_the_place_of_its_time() -> None:
    desk = Desk.opened()
    given = grant(desk)
    before = desk.issue()
    desk.wait(60)
    cut_off_ms = desk.now_ms
    desk.wait(60)
    after = desk.issue()
    upload(desk, given, "A1-01", issued_ms=cut_off_ms)
    waiting = sorted(
        (t for t in desk.floor.tickets.values() if t.state is TicketState.WAITING),
        key=lambda t: t.position,
    )
    order = [t.ticket_id for t in waiting]
    assert order[0] == before
    assert order[2] == after
    assert waiting[1].label == "A1-01"
    assert waiting[1].issued_ms == cut_off_ms


def test_the_order_of_a_kiosk_is_kept_where_its_clock_stood_still() -> None:
    desk = Desk.opened()
    given = grant(desk)
    at = desk.now_ms
    desk.wait(30)
    for counter in (1, 2, 3):
        upload(desk, given, f"A1-0{counter}", issued_ms=at)
    waiting = sorted(desk.floor.tickets.values(), key=lambda t: t.position)
    assert [t.label for t in waiting] == ["A1-01", "A1-02", "A1-03"]


def test_an_upload_sent_again_changes_nothing() -> None:
    desk = Desk.opened()
    given = grant(desk)
    assert len(upload(desk, given, "A1-01")) == 1
    assert upload(desk, given, "A1-01") == ()


def test_the_paper_wins_over_a_number_whose_answer_was_lost() -> None:
    desk = Desk.opened()
    given = grant(desk)
    online = TicketId(desk.new_id())
    desk.do(
        cmd.IssueTicket(
            online, VisitId(desk.new_id()), ServiceId("A01"), request_key=RequestKey("r-A1-01")
        )
    )
    (fact,) = upload(desk, given, "A1-01")
    assert isinstance(fact, ev.TicketSuperseded)
    assert (fact.old_label, fact.ticket_id) == ("A001", online)
    assert desk.floor.tickets[online].label == "A1-01"
    assert len(desk.floor.tickets) == 1
    assert upload(desk, given, "A1-01") == ()
    assert desk.legs[online, 1].label == "A1-01"


def test_a_request_that_was_long_on_its_way_gets_no_second_number() -> None:
    desk = Desk.opened()
    upload(desk, grant(desk), "A1-01")
    with pytest.raises(RequestKnown) as refused:
        desk.do(
            cmd.IssueTicket(
                TicketId("late"), VisitId("v"), ServiceId("A01"), request_key=RequestKey("r-A1-01")
            )
        )
    assert refused.value.params["number"] == "A1-01"


def test_a_called_phantom_is_renamed_on_the_boards_too() -> None:
    desk = Desk.opened()
    given = grant(desk)
    desk.do(
        cmd.IssueTicket(
            TicketId("t"), VisitId("v"), ServiceId("A01"), request_key=RequestKey("r-A1-01")
        )
    )
    desk.call("1")
    upload(desk, given, "A1-01")
    assert [call.label for call in desk.floor.recent] == ["A1-01"]
    assert state_of(desk, "A1-01") is TicketState.CALLED


@pytest.mark.parametrize(
    ("label", "more", "error"),
    [
        ("A1-00", {}, LabelOutsideGrant),
        ("A1-300", {}, LabelOutsideGrant),
        ("A2-01", {}, LabelOutsideGrant),
        ("B1-01", {}, LabelOutsideGrant),
        ("A1-1", {}, LabelOutsideGrant),
        ("A1-01x", {}, LabelOutsideGrant),
        ("A1-01", {"grant_id": GrantId("none")}, UnknownGrant),
        ("A1-01", {"class_id": ClassId("nobility")}, UnknownPriority),
    ],
)
def test_what_no_grant_covers_is_refused(
    label: str, more: dict[str, Any], error: type[Exception]
) -> None:
    desk = Desk.opened()
    given = grant(desk)
    with pytest.raises(error):
        upload(desk, given, label, **more)
    assert not desk.floor.tickets


def test_two_requests_never_share_a_paper_number() -> None:
    desk = Desk.opened()
    given = grant(desk)
    upload(desk, given, "A1-01")
    with pytest.raises(LabelTaken):
        upload(desk, given, "A1-01", request_key=RequestKey("another"))


def test_a_paper_that_an_old_memory_brings_in_nights_later_is_known() -> None:
    desk = Desk.opened()
    given = grant(desk)
    upload(desk, given, "A1-01")
    upload(desk, given, "A1-02")
    for nights in range(1, 4):
        desk.do(cmd.RollDay(DAY + timedelta(days=nights), force=True))
    assert upload(desk, given, "A1-01") == ()
    upload(desk, given, "A1-03")
    desk.do(cmd.RollDay(DAY + timedelta(days=4), force=True))
    assert [upload(desk, given, f"A1-0{n}") for n in (1, 2, 3)] == [(), (), ()]
    desk.do(cmd.RollDay(DAY + timedelta(days=GRANT_DAYS + 1), force=True))
    assert not {RequestKey("r-A1-01"), RequestKey("r-A1-02")} & set(desk.floor.earlier_requests)
    with pytest.raises(UnknownGrant):
        upload(desk, given, "A1-01")


def test_a_request_that_comes_a_day_late_finds_its_paper() -> None:
    desk = Desk.opened()
    upload(desk, grant(desk), "A1-01")
    desk.do(cmd.RollDay(DAY + timedelta(days=1), force=True))
    late = cmd.IssueTicket(
        TicketId("t"), VisitId("v"), ServiceId("A01"), request_key=RequestKey("r-A1-01")
    )
    with pytest.raises(RequestKnown):
        desk.do(late)
    assert not desk.floor.tickets


def test_what_comes_late_is_shown_to_the_clerk_and_never_called_by_itself() -> None:
    desk = Desk.opened()
    given = grant(desk)
    desk.wait(3600)
    (fact,) = upload(desk, given, "A1-01", issued_ms=desk.now_ms - 3_500_000, class_id=ELDERLY)
    assert isinstance(fact, ev.TicketUploaded)
    assert fact.doubt == "late"
    assert state_of(desk, "A1-01") is TicketState.UNCONFIRMED
    assert desk.floor.waiting.get(fact.group_id, 0) == 0
    desk.wait(100_000)
    assert unprinted_since(desk.floor, desk.now_ms) == ()


def test_a_number_that_perhaps_was_not_printed_waits_after_a_while() -> None:
    desk = Desk.opened(unprinted_grace_s=300)
    upload(desk, grant(desk), "A1-01", printed=False)
    desk.wait(299)
    assert unprinted_since(desk.floor, desk.now_ms) == ()
    desk.wait(1)
    (command,) = unprinted_since(desk.floor, desk.now_ms)
    desk.do(command)
    assert state_of(desk, "A1-01") is TicketState.WAITING
    with pytest.raises(IllegalTransition):
        desk.do(command)


@pytest.mark.parametrize(
    ("fate", "state", "outcome"),
    [("served", None, "finished"), ("no_show", TicketState.NO_SHOW, "no_show")],
)
def test_a_clerk_says_what_became_of_it(fate: str, state: TicketState | None, outcome: str) -> None:
    desk = Desk.opened()
    given = grant(desk)
    desk.wait(4000)
    (fact,) = upload(desk, given, "A1-01", issued_ms=given.given_ms)
    assert isinstance(fact, ev.TicketUploaded)
    desk.do(cmd.SettleTicket(fact.ticket_id, fate))
    assert state_of(desk, "A1-01") is state
    leg = desk.legs[fact.ticket_id, 1]
    assert (leg.outcome, leg.wait_ms, leg.service_ms) == (outcome, None, None)


def test_a_paper_in_the_clerks_hand_settles_every_doubt() -> None:
    desk = Desk.opened()
    given = grant(desk)
    desk.wait(4000)
    upload(desk, given, "A1-01", issued_ms=given.given_ms)
    (fact,) = upload(desk, given, "A1-01", adopted=True)
    assert isinstance(fact, ev.TicketConfirmed)
    (fact,) = upload(desk, given, "A1-02", adopted=True, issued_ms=given.given_ms)
    assert isinstance(fact, ev.TicketUploaded)
    assert state_of(desk, "A1-02") is TicketState.WAITING
    assert upload(desk, given, "A1-02") == ()


def test_a_time_of_issue_outside_the_possible_is_put_right() -> None:
    desk = Desk.opened()
    desk.wait(100)
    given = grant(desk)
    desk.wait(100)
    upload(desk, given, "A1-01", issued_ms=0)
    upload(desk, given, "A1-02", issued_ms=desk.now_ms + 10**9)
    times = {t.label: t.issued_ms for t in desk.floor.tickets.values()}
    assert times == {"A1-01": given.given_ms, "A1-02": desk.now_ms}


def test_across_midnight_the_old_grant_still_brings_its_numbers_in() -> None:
    desk = Desk.opened()
    given = grant(desk)
    upload(desk, given, "A1-01")
    desk.wait(3600)
    desk.do(cmd.RollDay(DAY + timedelta(days=1)))
    assert upload(desk, given, "A1-01") == (), "known from the day before"
    (fact,) = upload(desk, given, "A1-02")
    assert isinstance(fact, ev.TicketUploaded)
    assert fact.doubt == "late"
    today = grant(desk)
    assert today.business_date == DAY + timedelta(days=1)
    assert (today.kiosk_no, today.first) == (1, 3)
    desk.do(cmd.RollDay(DAY + timedelta(days=20), force=True))
    with pytest.raises(UnknownGrant):
        upload(desk, given, "A1-09")


def test_a_replay_gives_the_same_hall() -> None:
    desk = Desk.opened()
    given = grant(desk)
    upload(desk, given, "A1-01")
    upload(desk, given, "A1-02", printed=False)
    desk.do(cmd.RollDay(DAY + timedelta(days=1)))
    upload(desk, given, "A1-03")
    floor = type(desk.floor)()
    for at_ms, event in desk.events:
        floor = evolve(floor, event, at_ms)
    assert floor == desk.floor
