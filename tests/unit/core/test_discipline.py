"""Who is next, and the reason that is given."""

import pytest

from queue_server.contract.ids import CallId, ServiceId, TicketId, VisitId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.discipline import ahead, choose, most_calls
from queue_server.core.errors import NothingToCall
from queue_server.core.settings import Discipline, DisciplineKind
from tests.unit.core.desk import ELDERLY, SOLDIER, Desk

ONE = WindowId("1")


def strict(**more: int) -> Discipline:
    return Discipline(DisciplineKind.STRICT, **more)


def weighted(**more: int) -> Discipline:
    return Discipline(DisciplineKind.WEIGHTED_AGE, **more)


def queue(desk: Desk, *classes: str | None) -> None:
    for class_id in classes:
        desk.issue("A01", class_id)
        desk.wait(1)


def reason_of(desk: Desk, window: str = "1") -> tuple[str, int, int]:
    reason = choose(desk.floor, WindowId(window), desk.now_ms)[1]
    return reason.code, reason.waited_s, reason.priority_streak


def test_ratio_lets_k_priority_tickets_go_before_each_normal_one() -> None:
    desk = Desk.opened()
    queue(desk, None, None, ELDERLY, ELDERLY, ELDERLY, ELDERLY, ELDERLY)
    order = [desk.serve() for _ in range(7)]
    assert order == ["A003", "A004", "A001", "A005", "A006", "A002", "A007"]


def test_ratio_counts_the_streak_of_each_window_by_itself() -> None:
    desk = Desk.opened()
    queue(desk, None, ELDERLY, ELDERLY, ELDERLY)
    assert [desk.serve("1"), desk.serve("2"), desk.serve("1"), desk.serve("2")] == [
        "A002",
        "A003",
        "A004",
        "A001",
    ]


def test_a_normal_ticket_that_comes_after_a_long_run_of_priority_ones_is_next() -> None:
    desk = Desk.opened()
    queue(desk, ELDERLY, ELDERLY, ELDERLY)
    for _ in range(3):
        desk.serve()
    queue(desk, ELDERLY, None)
    assert desk.serve() == "A005"


def test_ratio_says_why() -> None:
    desk = Desk.opened()
    queue(desk, None)
    assert reason_of(desk) == ("longest-waiting", 1, 0)
    queue(desk, ELDERLY)
    assert reason_of(desk) == ("priority", 1, 0)
    desk.serve()
    queue(desk, ELDERLY)
    desk.serve()
    queue(desk, ELDERLY)
    assert reason_of(desk) == ("after-priority", 4, 2)
    desk.serve()
    assert reason_of(desk) == ("only-priority", 1, 0)


def test_whoever_waited_longer_than_the_hall_allows_is_next_whatever_the_class() -> None:
    desk = Desk.opened(discipline=Discipline(ratio_k=2, max_wait_s=600))
    queue(desk, None)
    desk.wait(599)
    queue(desk, ELDERLY)
    assert desk.now_ms - desk.events[-2][0] > 600_000
    assert reason_of(desk) == ("overdue", 601, 0)
    assert desk.serve() == "A001"


def test_exactly_the_longest_wait_is_not_too_long() -> None:
    desk = Desk.opened(discipline=Discipline(ratio_k=2, max_wait_s=600))
    desk.issue("A01")
    desk.wait(300)
    desk.issue("A01", ELDERLY)
    desk.wait(300)
    assert reason_of(desk)[0] == "priority"


def test_a_transferred_ticket_is_not_overdue_for_what_it_waited_elsewhere() -> None:
    desk = Desk.opened(discipline=Discipline(ratio_k=2, max_wait_s=600))
    desk.issue("A01")
    desk.wait(500)
    desk.call()
    desk.at("1", cmd.Start)
    desk.wait(500)
    desk.issue("B01", ELDERLY)
    more = {"ticket_id": None, "to_service": ServiceId("B01"), "to_window": None}
    desk.at("1", cmd.Transfer, **more, position="end")
    desk.wait(10)
    assert reason_of(desk) == ("priority", 10, 0)


def test_a_no_show_that_came_back_waits_anew() -> None:
    desk = Desk.opened(discipline=Discipline(ratio_k=2, max_wait_s=600))
    late = desk.issue("A01")
    desk.wait(590)
    desk.call()
    desk.at("1", cmd.NoShow)
    queue(desk, None)
    desk.wait(60)
    desk.do(cmd.Requeue(late))
    assert reason_of(desk) == ("longest-waiting", 61, 0)
    assert desk.serve() == "A002"


def test_strict_goes_by_class_then_by_issue() -> None:
    desk = Desk.opened(discipline=strict())
    queue(desk, None, ELDERLY, SOLDIER, None, SOLDIER)
    assert reason_of(desk) == ("priority", 3, 0)
    assert [desk.serve() for _ in range(5)] == ["A003", "A005", "A002", "A001", "A004"]


def test_weighted_age_multiplies_the_wait_by_the_class() -> None:
    desk = Desk.opened(discipline=weighted())
    desk.issue("A01")
    desk.wait(100)
    desk.issue("A01", SOLDIER)
    desk.wait(40)
    assert reason_of(desk) == ("weighted-age", 140, 0)  # 140 x 1 against 40 x 3
    desk.wait(20)
    assert choose(desk.floor, ONE, desk.now_ms)[0].label == "A002"  # 160 x 1 against 60 x 3


def test_weighted_age_takes_the_earlier_of_two_that_are_level() -> None:
    desk = Desk.opened(discipline=weighted())
    queue(desk, None, None)
    assert [desk.serve(), desk.serve()] == ["A001", "A002"]


@pytest.mark.parametrize("rule", [Discipline(), weighted(), strict()])
def test_the_front_is_the_front_under_each_rule(rule: Discipline) -> None:
    desk = Desk.opened(discipline=rule)
    queue(desk, None, None)
    last = desk.issue("A01")
    more = {"to_service": ServiceId("A01"), "to_window": None, "position": "front"}
    desk.at("1", cmd.Transfer, ticket_id=last, **more)
    assert desk.serve() == "A003"


@pytest.mark.parametrize("rule", [Discipline(), weighted(), strict()])
def test_a_no_show_in_time_stands_after_the_next_one_called(rule: Discipline) -> None:
    desk = Desk.opened(discipline=rule)
    late = desk.issue("A01")
    desk.call()
    desk.at("1", cmd.NoShow)
    queue(desk, None, None)
    desk.do(cmd.Requeue(late))
    assert [desk.serve() for _ in range(3)] == ["A002", "A001", "A003"]


def test_a_priority_no_show_stands_after_the_next_of_the_priority_tickets() -> None:
    desk = Desk.opened()
    late = desk.issue("A01", ELDERLY)
    desk.call()
    desk.at("1", cmd.NoShow)
    queue(desk, None, ELDERLY)
    desk.do(cmd.Requeue(late))
    assert desk.serve() == "A003"


def test_a_window_calls_only_what_it_serves() -> None:
    desk = Desk.opened()
    desk.issue("B01")
    with pytest.raises(NothingToCall) as refused:
        desk.call("2")
    assert refused.value.params == {"window_id": "2"}
    assert desk.call("3") == "B001"


def test_a_single_skill_covers_its_item_only() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    desk.issue("A02")
    assert desk.serve("3") == "A002"
    with pytest.raises(NothingToCall):
        desk.call("3")


def test_another_ticket_of_a_visitor_at_a_window_is_skipped_and_keeps_its_place() -> None:
    desk = Desk.opened()
    desk.issue("A01", visit="family")
    desk.issue("B01", visit="family")
    desk.issue("B01")
    assert desk.call("2") == "A001"
    assert desk.serve("3") == "B002"
    with pytest.raises(NothingToCall):
        desk.call("3")
    desk.issue("B01")
    desk.at("2", cmd.Start)
    desk.at("2", cmd.Finish)
    assert desk.serve("3") == "B001"


def test_a_call_by_hand_gives_priority_tickets_no_further_turns() -> None:
    desk = Desk.opened()
    queue(desk, None, ELDERLY, ELDERLY, ELDERLY)
    desk.serve()
    desk.serve()
    now = {"call_id": CallId("c"), "ticket_id": TicketId("t"), "visit_id": VisitId("v")}
    desk.at("1", cmd.ServeNow, **now, service_id=ServiceId("A01"))
    desk.at("1", cmd.Finish)
    assert desk.serve() == "A001"


def test_signing_out_and_in_gives_priority_tickets_no_further_turns() -> None:
    desk = Desk.opened()
    queue(desk, None, ELDERLY, ELDERLY, ELDERLY)
    desk.serve()
    desk.serve()
    desk.at("1", cmd.CloseWindow)
    desk.at("1", cmd.SignIn)
    assert desk.serve() == "A001"


def test_taking_a_call_back_leaves_the_turn_as_it_was() -> None:
    desk = Desk.opened()
    queue(desk, None, ELDERLY, ELDERLY, ELDERLY)
    desk.serve()
    desk.serve()
    assert desk.call() == "A001"
    desk.at("1", cmd.UndoCall)
    assert desk.call() == "A001"


def test_how_many_are_ahead_under_ratio() -> None:
    desk = Desk.opened()
    queue(desk, None, None, ELDERLY, ELDERLY, ELDERLY, ELDERLY, ELDERLY)
    normal, priority = desk.issue("A01"), desk.issue("A01", ELDERLY)
    # Before the third normal ticket: two normal ones and all five priority ones (k x 3 = 6 fit).
    assert ahead(desk.floor, desk.ticket(normal)) == 2 + 6
    # Before the sixth priority ticket: five, and a normal one after each two of them.
    assert ahead(desk.floor, desk.ticket(priority)) == 5 + 2


@pytest.mark.parametrize(
    ("rule", "normal", "priority"), [(strict(), 4, 2), (weighted(), 3, 4)], ids=["strict", "age"]
)
def test_how_many_are_ahead_under_the_other_rules(
    rule: Discipline, normal: int, priority: int
) -> None:
    desk = Desk.opened(discipline=rule)
    queue(desk, None, ELDERLY, ELDERLY)
    last_normal, last_priority = desk.issue("A01"), desk.issue("A01", ELDERLY)
    assert ahead(desk.floor, desk.ticket(last_normal)) == normal
    assert ahead(desk.floor, desk.ticket(last_priority)) == priority


def test_the_fairness_bound_of_a_small_hall_can_be_checked_by_hand() -> None:
    assert most_calls(ratio_k=2, older=0, windows=1) == 3
    assert most_calls(ratio_k=2, older=1, windows=1) == 6
    assert most_calls(ratio_k=1, older=0, windows=3) == 4
