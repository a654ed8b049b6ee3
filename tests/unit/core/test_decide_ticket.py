"""Issuing, and what happens to a ticket away from a window."""

import pytest

from queue_server.contract.ids import CallId, ServiceId, TicketId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import errors
from queue_server.core import events as ev
from queue_server.core.decide import decide
from queue_server.core.model import Floor, TicketState
from tests.fakes import NINE_MS
from tests.unit.core.desk import DAY, Desk, settings


def test_nothing_happens_before_the_first_business_day() -> None:
    desk = Desk()
    desk.do(cmd.ChangeSettings(settings(), "c"))
    with pytest.raises(errors.NotOpen):
        desk.issue()


def test_a_day_needs_settings() -> None:
    with pytest.raises(errors.SettingsInvalid):
        decide(Floor(), cmd.RollDay(DAY), NINE_MS)


def test_an_unknown_item_and_an_unknown_class_are_refused() -> None:
    desk = Desk.opened()
    with pytest.raises(errors.UnknownService) as refused:
        desk.issue("Z01")
    assert refused.value.params == {"service_id": "Z01"}
    with pytest.raises(errors.UnknownPriority) as unknown:
        desk.issue("A01", "vip")
    assert unknown.value.params == {"class_id": "vip"}
    assert not desk.floor.counters


def test_the_same_person_gets_the_number_they_have_and_no_second_one() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue("A01", principal="p")
    with pytest.raises(errors.DuplicateTicket) as refused:
        desk.issue("A01", principal="p")
    assert refused.value.params == {"number": "A001", "ticket_id": ticket_id}
    desk.issue("A02", principal="p")
    desk.issue("A01", principal="q")


@pytest.mark.parametrize("end", ["abandon", "cancel", "finish"])
def test_once_a_matter_has_ended_the_same_person_may_come_again(end: str) -> None:
    desk = Desk.opened()
    ticket_id = desk.issue("A01", principal="p")
    if end == "abandon":
        desk.do(cmd.Abandon(ticket_id))
    elif end == "cancel":
        desk.do(cmd.CancelTicket(ticket_id, "double"))
    else:
        desk.serve()
    assert desk.label(desk.issue("A01", principal="p")) == "A002"


def test_a_transfer_cannot_make_two_tickets_of_one_person_for_one_item() -> None:
    desk = Desk.opened()
    desk.issue("B01", principal="p")
    other = desk.issue("A01", principal="p")
    more = {"to_window": None, "ticket_id": other}
    with pytest.raises(errors.DuplicateTicket):
        desk.at("1", cmd.Transfer, **more, to_service=ServiceId("B01"))
    desk.at("1", cmd.Transfer, **more, to_service=ServiceId("B02"))
    with pytest.raises(errors.DuplicateTicket):
        desk.issue("B02", principal="p")
    desk.issue("A01", principal="p")


def test_a_no_show_comes_back_within_the_grace_period_by_itself() -> None:
    desk = Desk.opened(grace_s=60)
    late = desk.bring(TicketState.NO_SHOW)
    desk.wait(60)
    desk.do(cmd.Requeue(late))
    assert desk.ticket(late).state is TicketState.WAITING


def test_after_the_grace_period_only_a_clerk_takes_a_no_show_back_and_to_the_end() -> None:
    desk = Desk.opened(grace_s=60)
    late = desk.bring(TicketState.NO_SHOW)
    desk.wait(60.001)
    desk.issue()
    desk.issue()
    with pytest.raises(errors.GraceOver) as refused:
        desk.do(cmd.Requeue(late))
    assert refused.value.params == {"number": "A001"}
    desk.do(cmd.Requeue(late, by_clerk=True))
    assert [desk.serve() for _ in range(3)] == ["A002", "A003", "A001"]


def test_two_who_come_back_stand_in_the_order_they_came() -> None:
    desk = Desk.opened()
    late = [desk.bring(TicketState.NO_SHOW) for _ in range(2)]
    desk.issue()
    for ticket_id in reversed(late):
        desk.do(cmd.Requeue(ticket_id))
    assert [desk.serve() for _ in range(3)] == ["A003", "A002", "A001"]


def test_a_no_show_comes_back_to_an_empty_queue() -> None:
    desk = Desk.opened()
    late = desk.bring(TicketState.NO_SHOW)
    desk.do(cmd.Requeue(late))
    assert desk.serve() == "A001"


def test_a_cancellation_needs_a_reason() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue()
    with pytest.raises(errors.ReasonNeeded):
        desk.do(cmd.CancelTicket(ticket_id, ""))
    desk.do(cmd.CancelTicket(ticket_id, "double"))
    with pytest.raises(errors.UnknownTicket):
        desk.do(cmd.CancelTicket(ticket_id, "double"))


@pytest.mark.parametrize("state", [TicketState.CALLED, TicketState.SERVING])
def test_a_ticket_at_a_window_is_neither_cancelled_nor_given_back(state: TicketState) -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(state)
    with pytest.raises(errors.IllegalTransition):
        desk.do(cmd.CancelTicket(ticket_id, "double"))
    with pytest.raises(errors.IllegalTransition):
        desk.do(cmd.Abandon(ticket_id))


def transfer(desk: Desk, window: str = "1", **more: object) -> tuple[ev.Event, ...]:
    asked = {"ticket_id": None, "to_service": None, "to_window": None, **more}
    return desk.at(window, cmd.Transfer, **asked)


def test_a_transferred_ticket_keeps_its_number_and_its_place_by_issue_time() -> None:
    desk = Desk.opened()
    early = desk.issue("A01")
    desk.wait(10)
    desk.issue("B01")
    desk.call()
    desk.at("1", cmd.Start)
    transfer(desk, to_service=ServiceId("B01"))
    ticket = desk.ticket(early)
    assert (ticket.label, ticket.group_id, ticket.leg) == ("A001", "B", 2)
    assert desk.floor.windows[WindowId("1")].ticket_id is None
    assert desk.serve("3") == "A001"


def test_a_transfer_to_a_window_is_for_that_window_only() -> None:
    desk = Desk.opened()
    ticket_id = desk.issue("A01")
    transfer(desk, ticket_id=ticket_id, to_window=WindowId("2"))
    with pytest.raises(errors.NothingToCall):
        desk.call("1")
    assert desk.call("2") == "A001"


def test_a_transfer_leads_only_where_the_item_is_served() -> None:
    desk = Desk.opened()
    desk.bring(TicketState.SERVING, "B01")
    with pytest.raises(errors.NotServedHere):
        transfer(desk, to_window=WindowId("2"))
    with pytest.raises(errors.UnknownWindow):
        transfer(desk, to_window=WindowId("99"))
    with pytest.raises(errors.UnknownService):
        transfer(desk, to_service=ServiceId("Z01"))


def test_a_transfer_of_nobody_is_refused() -> None:
    desk = Desk.opened()
    with pytest.raises(errors.NoCurrentTicket):
        transfer(desk, to_service=ServiceId("B01"))
    with pytest.raises(errors.UnknownTicket):
        transfer(desk, ticket_id=TicketId("nobody"), to_service=ServiceId("B01"))


def test_nobody_transfers_the_ticket_at_the_window_of_someone_else() -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(TicketState.CALLED)
    with pytest.raises(errors.IllegalTransition):
        transfer(desk, "2", ticket_id=ticket_id, to_service=ServiceId("B01"))
    assert desk.current("1").ticket_id == ticket_id


def test_a_held_ticket_may_be_transferred_by_any_clerk() -> None:
    desk = Desk.opened()
    held = desk.bring(TicketState.HELD)
    transfer(desk, "2", ticket_id=held, to_service=ServiceId("B01"))
    assert desk.ticket(held).state is TicketState.WAITING


def test_a_called_ticket_that_is_transferred_frees_its_visitor() -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(TicketState.CALLED)
    transfer(desk, to_service=ServiceId("B01"))
    assert not desk.floor.busy_visits
    desk.at("3", cmd.CallNext, call_id=CallId("c"))
    assert desk.current("3").ticket_id == ticket_id
