"""What a clerk may do at a window, and what is refused without changing anything."""

from collections.abc import Callable

import pytest

from queue_server.contract.ids import CallId, ClerkId, ServiceId, TicketId, VisitId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import errors
from queue_server.core import events as ev
from queue_server.core.model import TicketState
from tests.unit.core.desk import ELDERLY, Desk, clerk

ONE, TWO = WindowId("1"), WindowId("2")
CALL = CallId("call")


def kinds(events: tuple[ev.Event, ...]) -> list[str]:
    return [type(event).__name__ for event in events]


def refused(
    desk: Desk, error: type[errors.QueueError], act: Callable[[], object]
) -> errors.QueueError:
    """The refusal; the floor must be what it was."""
    before = desk.floor
    with pytest.raises(error) as caught:
        act()
    assert desk.floor is before
    return caught.value


def test_a_taken_window_is_refused_to_another_clerk() -> None:
    desk = Desk.opened()
    refused(desk, errors.WindowTaken, lambda: desk.do(cmd.SignIn(ONE, ClerkId("other"))))


def test_signing_in_twice_is_nothing() -> None:
    desk = Desk.opened()
    assert desk.do(cmd.SignIn(ONE, clerk("1"))) == ()


def test_a_clerk_who_takes_another_window_leaves_the_first() -> None:
    desk = Desk.opened(windows="1")
    made = desk.do(cmd.SignIn(TWO, clerk("1")))
    assert kinds(made) == ["WindowSignedOut", "WindowSignedIn"]
    assert desk.floor.windows[ONE].clerk_id is None


def test_a_clerk_with_a_ticket_at_hand_cannot_walk_away_to_another_window() -> None:
    desk = Desk.opened(windows="1")
    desk.issue()
    desk.call()
    error = refused(desk, errors.WindowBusy, lambda: desk.do(cmd.SignIn(TWO, clerk("1"))))
    assert error.params == {"window_id": "1", "number": "A001"}


def test_nobody_acts_at_a_closed_window() -> None:
    desk = Desk.opened(windows="")
    refused(desk, errors.WindowClosed, desk.call)


def test_nobody_acts_at_the_window_of_someone_else() -> None:
    desk = Desk.opened()
    desk.issue()
    other = cmd.CallNext(ONE, clerk("2"), CALL)
    refused(desk, errors.NotYourWindow, lambda: desk.do(other))


@pytest.mark.parametrize("what", [cmd.Recall, cmd.Start, cmd.Finish, cmd.CloseWindow, cmd.SignIn])
def test_a_window_that_does_not_exist_is_refused(what: type) -> None:
    desk = Desk.opened()
    act = lambda: desk.at("99", what)  # noqa: E731 - read at its use
    assert refused(desk, errors.UnknownWindow, act).params == {"window_id": "99"}


def test_a_paused_window_calls_nobody_until_it_is_opened() -> None:
    desk = Desk.opened()
    desk.issue()
    desk.at("1", cmd.PauseWindow, reason="meeting")
    refused(desk, errors.WindowIsPaused, desk.call)
    assert kinds(desk.at("1", cmd.OpenWindow)) == ["WindowReopened"]
    assert desk.at("1", cmd.OpenWindow) == ()
    assert desk.call() == "A001"


def test_a_pause_needs_a_reason_and_the_same_one_twice_is_nothing() -> None:
    desk = Desk.opened()
    refused(desk, errors.ReasonNeeded, lambda: desk.at("1", cmd.PauseWindow, reason=""))
    assert kinds(desk.at("1", cmd.PauseWindow, reason="meeting")) == ["WindowPaused"]
    assert desk.at("1", cmd.PauseWindow, reason="meeting") == ()
    assert kinds(desk.at("1", cmd.PauseWindow, reason="lunch")) == ["WindowPaused"]


def test_a_ticket_at_hand_may_be_finished_during_a_pause() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.SERVING)
    desk.at("1", cmd.PauseWindow, reason="meeting")
    assert kinds(desk.at("1", cmd.Finish)) == ["TicketFinished"]


def test_a_window_closes_only_when_it_is_free() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.CALLED)
    refused(desk, errors.WindowBusy, lambda: desk.at("1", cmd.CloseWindow))
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Finish)
    assert kinds(desk.at("1", cmd.CloseWindow)) == ["WindowSignedOut"]
    assert desk.at("1", cmd.CloseWindow) == ()


def test_a_double_tap_on_call_is_refused_by_name() -> None:
    desk = Desk.opened()
    desk.issue()
    desk.issue()
    desk.call()
    error = refused(desk, errors.WindowBusy, desk.call)
    assert error.params == {"window_id": "1", "number": "A001"}


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (TicketState.SERVING, cmd.Start),
        (TicketState.SERVING, cmd.Recall),
        (TicketState.SERVING, cmd.NoShow),
        (TicketState.SERVING, cmd.UndoCall),
        (TicketState.CALLED, cmd.Finish),
        (TicketState.CALLED, cmd.Hold),
    ],
)
def test_a_tap_out_of_turn_is_refused(state: TicketState, what: type) -> None:
    desk = Desk.opened()
    desk.bring(state)
    error = refused(desk, errors.IllegalTransition, lambda: desk.at("1", what))
    assert (error.params["number"], error.params["state"]) == ("A001", state)


@pytest.mark.parametrize("what", [cmd.Recall, cmd.Start, cmd.Finish, cmd.NoShow, cmd.Hold])
def test_without_a_ticket_at_hand_there_is_nothing_to_do(what: type) -> None:
    desk = Desk.opened()
    refused(desk, errors.NoCurrentTicket, lambda: desk.at("1", what))


def test_two_clerks_at_once_get_two_tickets() -> None:
    desk = Desk.opened()
    desk.issue()
    desk.issue()
    assert {desk.call("1"), desk.call("2")} == {"A001", "A002"}


def test_a_recall_is_the_same_call_with_a_higher_attempt() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.CALLED)
    call_id = desk.current("1").call_id
    for attempt in (2, 3):
        (event,) = desk.at("1", cmd.Recall)
        assert isinstance(event, ev.TicketRecalled)
        assert (event.call_id, event.attempt) == (call_id, attempt)


def call_ticket(
    desk: Desk, ticket_id: TicketId, reason: str = "urgent", window: str = "1"
) -> object:
    return desk.at(window, cmd.CallTicket, call_id=CALL, ticket_id=ticket_id, reason=reason)


def test_a_ticket_is_called_out_of_order_with_a_reason_only() -> None:
    desk = Desk.opened()
    desk.issue()
    chosen = desk.issue()
    refused(desk, errors.ReasonNeeded, lambda: call_ticket(desk, chosen, ""))
    call_ticket(desk, chosen)
    reason = desk.floor.windows[ONE].reason
    assert reason is not None
    assert (reason.code, reason.text_code) == ("chosen-by-clerk", "urgent")


def test_a_ticket_is_called_out_of_order_only_where_it_can_be_served() -> None:
    desk = Desk.opened()
    chosen = desk.issue("B01")
    refused(desk, errors.NotServedHere, lambda: call_ticket(desk, chosen, window="2"))
    refused(desk, errors.UnknownTicket, lambda: call_ticket(desk, TicketId("nobody")))


def test_a_ticket_at_a_window_is_not_called_to_another() -> None:
    desk = Desk.opened()
    called = desk.bring(TicketState.CALLED)
    refused(desk, errors.VisitorBusy, lambda: call_ticket(desk, called, window="2"))


def test_one_visitor_is_called_to_one_window_at_a_time() -> None:
    desk = Desk.opened()
    desk.issue(visit="family")
    second = desk.issue("B01", visit="family")
    desk.call("2")
    refused(desk, errors.VisitorBusy, lambda: call_ticket(desk, second))


def test_a_no_show_may_be_called_by_hand_and_is_back_in_one_step() -> None:
    desk = Desk.opened()
    late = desk.bring(TicketState.NO_SHOW)
    desk.wait(4000)
    made = desk.at("1", cmd.CallTicket, call_id=CALL, ticket_id=late, reason="is here")
    assert kinds(made) == ["TicketRequeued", "TicketCalled"]


def test_undo_puts_a_ticket_back_to_its_old_place() -> None:
    desk = Desk.opened()
    first = desk.issue()
    desk.issue()
    before = desk.floor
    desk.call()
    desk.wait(15)
    desk.at("1", cmd.UndoCall)
    assert desk.floor.lanes == before.lanes
    assert desk.floor.recent == ()
    ticket = desk.ticket(first)
    assert (ticket.state, ticket.window_id, ticket.call_id) == (TicketState.WAITING, None, None)
    assert desk.floor.busy_visits == before.busy_visits


def test_undo_takes_one_call_off_the_board_and_leaves_the_earlier_ones() -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(TicketState.SERVING)
    more = {"to_service": ServiceId("B01"), "to_window": None}
    desk.at("1", cmd.Transfer, ticket_id=ticket_id, **more)
    desk.wait(60)
    desk.call("3")
    desk.at("3", cmd.UndoCall)
    assert [(c.label, c.window_id) for c in desk.floor.recent] == [("A001", "1")]


def test_undo_is_refused_when_it_is_too_late_or_the_citizen_was_called_twice() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.CALLED)
    desk.wait(15.001)
    refused(desk, errors.GraceOver, lambda: desk.at("1", cmd.UndoCall))
    desk = Desk.opened()
    desk.bring(TicketState.CALLED)
    desk.at("1", cmd.Recall)
    refused(desk, errors.GraceOver, lambda: desk.at("1", cmd.UndoCall))


def test_undo_is_refused_to_a_ticket_that_was_served_however_short() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.HELD)
    desk.at("1", cmd.Resume, call_id=CALL, to_called=True)
    refused(desk, errors.GraceOver, lambda: desk.at("1", cmd.UndoCall))


def test_serve_now_is_issue_call_and_start_in_one() -> None:
    desk = Desk.opened()
    ids = {"call_id": CALL, "ticket_id": TicketId("t"), "visit_id": VisitId("v")}
    made = desk.at("1", cmd.ServeNow, **ids, service_id=ServiceId("A01"))
    assert kinds(made) == ["TicketIssued", "TicketCalled", "TicketStarted"]
    ticket = desk.current("1")
    assert (ticket.state, ticket.channel, ticket.label) == (TicketState.SERVING, "desk", "A001")


def test_serve_now_is_refused_where_the_item_is_not_served() -> None:
    desk = Desk.opened()
    ids = {"call_id": CALL, "ticket_id": TicketId("t"), "visit_id": VisitId("v")}
    served = lambda s: desk.at("2", cmd.ServeNow, **ids, service_id=ServiceId(s))  # noqa: E731
    refused(desk, errors.NotServedHere, lambda: served("B01"))
    refused(desk, errors.UnknownService, lambda: served("Z01"))


def next_service(desk: Desk, service: str, window: str = "1") -> tuple[ev.Event, ...]:
    ids = {"call_id": CALL, "ticket_id": TicketId(desk.new_id())}
    return desk.at(window, cmd.NextService, **ids, service_id=ServiceId(service))


def test_the_next_matter_of_a_visit_is_served_at_once_where_it_can_be() -> None:
    desk = Desk.opened()
    desk.issue("A01", ELDERLY, visit="v", principal="p")
    desk.call()
    desk.at("1", cmd.Start)
    made = next_service(desk, "B01")
    assert kinds(made) == ["TicketFinished", "TicketIssued", "TicketCalled", "TicketStarted"]
    ticket = desk.current("1")
    assert (ticket.visit_id, ticket.class_id, ticket.principal) == ("v", ELDERLY, "p")


def test_the_next_matter_of_a_visit_waits_where_it_cannot() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    desk.call("2")
    desk.at("2", cmd.Start)
    assert kinds(next_service(desk, "B01", "2")) == ["TicketFinished", "TicketIssued"]
    desk = Desk.opened()
    desk.bring(TicketState.SERVING)
    desk.at("1", cmd.PauseWindow, reason="lunch")
    assert kinds(next_service(desk, "B01")) == ["TicketFinished", "TicketIssued"]


def test_the_same_item_again_is_a_matter_of_its_own() -> None:
    desk = Desk.opened()
    desk.issue("A01", principal="p")
    desk.call()
    desk.at("1", cmd.Start)
    next_service(desk, "A01")
    assert desk.current("1").label == "A002"


def test_hold_frees_the_window_and_resume_takes_the_one_held_longest() -> None:
    desk = Desk.opened()
    first = desk.bring(TicketState.HELD)
    desk.wait(5)
    desk.bring(TicketState.HELD)
    desk.at("1", cmd.Resume, call_id=CALL)
    assert desk.current("1").ticket_id == first
    assert desk.current("1").state is TicketState.SERVING


def test_a_resume_that_calls_has_a_call_of_its_own() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.HELD)
    desk.at("1", cmd.Resume, call_id=CALL, to_called=True)
    ticket = desk.current("1")
    assert (ticket.state, ticket.call_id, ticket.attempt) == (TicketState.CALLED, CALL, 1)
    desk.at("1", cmd.Recall)
    assert desk.current("1").attempt == 2


def test_resume_needs_a_held_ticket_that_is_served_here() -> None:
    desk = Desk.opened()
    refused(desk, errors.NoCurrentTicket, lambda: desk.at("1", cmd.Resume, call_id=CALL))
    waiting = desk.issue()
    resume = lambda t, w="1": desk.at(w, cmd.Resume, call_id=CALL, ticket_id=t)  # noqa: E731
    refused(desk, errors.IllegalTransition, lambda: resume(waiting))
    desk.do(cmd.Abandon(waiting))
    held = desk.bring(TicketState.HELD, "B01")
    refused(desk, errors.NotServedHere, lambda: resume(held, "2"))
    resume(held, "3")
    assert desk.current("3").ticket_id == held


def test_a_held_ticket_waits_while_its_visitor_is_at_another_window() -> None:
    desk = Desk.opened()
    desk.issue("A01", visit="family")
    desk.issue("B01", visit="family")
    desk.call("2")
    desk.at("2", cmd.Start)
    desk.at("2", cmd.Hold)
    desk.call("3")
    refused(desk, errors.VisitorBusy, lambda: desk.at("2", cmd.Resume, call_id=CALL))
