"""What others see of the floor."""

from queue_server import views
from queue_server.contract.ids import CallId, GroupId, ServiceId, WindowId
from queue_server.contract.messages import CallAnnouncement, WindowState
from queue_server.core import commands as cmd
from queue_server.core.discipline import APPOINTMENT, BY_HAND, EARLY
from queue_server.core.model import TicketState
from tests.unit.core.desk import Desk

SIGNS = views.Signage("demo", {"en": "Hall"}, {}, {}, ("zh-CN", "en"), {})
ONE = WindowId("1")


def say(language: str, text: str) -> str:
    return f"{language}:{text}"


def state_of(desk: Desk, window: str = "1") -> WindowState:
    return views.window_state(desk.floor, desk.floor.windows[WindowId(window)])


def test_a_window_is_closed_open_calling_serving_or_paused() -> None:
    desk = Desk.opened(windows="")
    assert state_of(desk) is WindowState.CLOSED
    desk.at("1", cmd.SignIn)
    assert state_of(desk) is WindowState.OPEN
    desk.bring(TicketState.CALLED)
    assert state_of(desk) is WindowState.CALLING
    desk.at("1", cmd.Start)
    desk.at("1", cmd.PauseWindow, reason="lunch")
    assert state_of(desk) is WindowState.SERVING
    desk.at("1", cmd.Finish)
    assert state_of(desk) is WindowState.PAUSED


def announced(desk: Desk, at: int = -1) -> CallAnnouncement | None:
    at_ms, event = desk.events[at]
    return views.announcement(event, desk.floor, SIGNS, 1, at_ms, say)


def test_calls_recalls_and_calls_after_a_hold_are_announced_and_nothing_else_is() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.CALLED)
    first = announced(desk)
    assert first is not None
    assert first.text == {
        "zh-CN": "zh-CN:A001, please go to window 1",
        "en": "en:A001, please go to window 1",
    }
    desk.at("1", cmd.Recall)
    again = announced(desk)
    assert again is not None
    assert (again.call_id, again.attempt) == (first.call_id, 2)
    desk.at("1", cmd.Start)
    assert announced(desk) is None
    desk.at("1", cmd.Hold)
    desk.at("1", cmd.Resume, call_id=CallId("c"), to_called=True)
    resumed = announced(desk)
    assert resumed is not None
    assert (resumed.call_id, resumed.attempt) == ("c", 1)
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Hold)
    desk.at("1", cmd.Resume, call_id=CallId("d"))
    assert announced(desk) is None


def test_nobody_is_announced_who_already_stands_at_the_desk() -> None:
    desk = Desk.opened()
    ids = {"call_id": CallId("c"), "ticket_id": desk.new_id(), "visit_id": desk.new_id()}
    desk.at("1", cmd.ServeNow, **ids, service_id=ServiceId("A01"))
    assert announced(desk, -2) is None


def test_only_the_windows_that_look_different_are_touched() -> None:
    desk = Desk.opened()
    before = desk.floor
    desk.issue()
    assert views.touched_windows(before, desk.floor) == frozenset()
    before = desk.floor
    desk.call("2")
    assert views.touched_windows(before, desk.floor) == {"2"}
    before = desk.floor
    desk.at("2", cmd.Recall)
    assert views.touched_windows(before, desk.floor) == {"2"}
    assert views.touched_windows(desk.floor, desk.floor) == frozenset()


def test_a_board_has_every_window_and_group_in_the_hall_s_order() -> None:
    desk = Desk.opened(windows="12")
    desk.issue("B01")
    desk.issue("A01")
    desk.call("2")
    board = views.board(desk.floor, SIGNS, 3, desk.now_ms, is_open=True)
    assert [(r.window_id, r.state, r.number) for r in board.serving] == [
        ("1", WindowState.OPEN, None),
        ("2", WindowState.CALLING, "A001"),
        ("3", WindowState.CLOSED, None),
    ]
    assert {g: row.count for g, row in board.waiting.items()} == {"A": 0, "B": 1}
    assert (board.epoch, board.rev, board.open) == (3, desk.floor.seq, True)
    assert [(c.number, c.window_id) for c in board.recent] == [("A001", "2")]


def test_the_board_tells_no_wait_where_nobody_serves() -> None:
    desk = Desk.opened(windows="2")
    board = views.board(desk.floor, SIGNS, 1, desk.now_ms, is_open=True)
    assert board.waiting["A"].wait is not None
    assert board.waiting["B"].wait is None
    assert views.group_wait(desk.floor, GroupId("Z")) is None


def test_every_reason_the_core_gives_has_a_sentence() -> None:
    given = {
        "longest-waiting",
        "priority",
        "only-priority",
        "after-priority",
        "overdue",
        "weighted-age",
        APPOINTMENT,
        EARLY,
        *BY_HAND,
    }
    assert set(views.REASONS) == given


def test_a_clerk_sees_the_waiting_in_order_and_no_one_else_s() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    desk.issue("B01")
    pinned = desk.issue("A02")
    more = {"to_service": None, "to_window": WindowId("2"), "position": "front"}
    desk.at("1", cmd.Transfer, ticket_id=pinned, **more)
    for window, wanted in (("1", ["A001", "B001"]), ("2", ["A002", "A001"]), ("3", ["B001"])):
        lists = views.window_lists(desk.floor, WindowId(window))
        assert [t.label for t in lists.waiting] == wanted
        assert lists.waiting_count == len(wanted)


def test_a_page_lists_some_and_counts_all() -> None:
    desk = Desk.opened()
    for _ in range(views.QUEUE_SHOWN + 5):
        desk.issue("A01")
    lists = views.window_lists(desk.floor, ONE)
    assert (len(lists.waiting), lists.waiting_count) == (views.QUEUE_SHOWN, views.QUEUE_SHOWN + 5)


def test_a_ticket_that_waits_for_one_window_names_that_window() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue("A01")
    assert views.ticket_answer(desk.floor, desk.ticket(ticket_id), desk.now_ms).windows == [
        "1",
        "2",
    ]
    more = {"to_service": None, "to_window": WindowId("2")}
    desk.at("1", cmd.Transfer, ticket_id=ticket_id, **more)
    shown = views.ticket_answer(desk.floor, desk.ticket(ticket_id), desk.now_ms)
    assert shown.windows == ["2"]
