"""Waiting tickets in order, and the floor's counts that go with them."""

import pytest
from immutables import Map

from queue_server.contract.ids import ServiceId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import lanes
from queue_server.core.model import Lane
from tests.unit.core.desk import ELDERLY, Desk


def order(desk: Desk, lane: Lane) -> list[str]:
    return [desk.label(entry.ticket_id) for entry in desk.floor.lanes.get(lane, ())]


A01 = Lane(ServiceId("A01"), "", "")


def test_a_lane_is_sorted_however_tickets_come() -> None:
    desk = Desk.opened()
    ids = [desk.issue("A01") for _ in range(4)]
    first = desk.ticket(ids[0])
    without = lanes.leave(desk.floor.lanes, first)
    assert [entry.ticket_id for entry in without[A01]] == ids[1:]
    assert lanes.join(without, first) == desk.floor.lanes


def test_the_old_lanes_stay_as_they_were() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    before = desk.floor.lanes
    desk.issue("A01")
    assert len(before[A01]) == 1
    assert len(desk.floor.lanes[A01]) == 2


def test_the_last_one_out_closes_the_lane() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    desk.call()
    assert desk.floor.lanes == Map()


def test_a_ticket_that_is_not_where_it_says_is_a_broken_invariant() -> None:
    desk = Desk.opened()
    ticket = desk.ticket(desk.issue("A01"))
    desk.issue("A01")
    gone = lanes.leave(desk.floor.lanes, ticket)
    with pytest.raises(LookupError):
        lanes.leave(gone, ticket)


def test_class_and_window_make_lanes_of_their_own() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    desk.issue("A01", ELDERLY)
    pinned = desk.issue("A01")
    desk.at(
        "1",
        cmd.Transfer,
        ticket_id=pinned,
        to_service=None,
        to_window=WindowId("2"),
        position="by_issue_time",
    )
    assert set(desk.floor.lanes) == {
        A01,
        Lane(ServiceId("A01"), ELDERLY, ""),
        Lane(ServiceId("A01"), "", "2"),
    }
    assert {lane.window_id for lane, _ in lanes.open_to(desk.floor, WindowId("1"))} == {""}
    assert {lane.window_id for lane, _ in lanes.open_to(desk.floor, WindowId("2"))} == {"", "2"}


@pytest.mark.parametrize(
    ("position", "wanted"),
    [
        ("front", ["A003", "A001", "A002", "A004"]),
        ("by_issue_time", ["A001", "A002", "A003", "A004"]),
        ("end", ["A001", "A002", "A004", "A003"]),
    ],
)
def test_a_transfer_goes_where_the_clerk_says(position: str, wanted: list[str]) -> None:
    desk = Desk.opened()
    ids = []
    for _ in range(4):
        ids.append(desk.issue("A01"))
        desk.wait(1)
    more = {"to_service": ServiceId("A01"), "to_window": None, "position": position}
    desk.at("1", cmd.Transfer, ticket_id=ids[2], **more)
    assert order(desk, A01) == wanted


def test_two_sent_to_the_front_stand_in_the_order_they_were_sent() -> None:
    desk = Desk.opened()
    ids = [desk.issue("A01") for _ in range(3)]
    for ticket_id in (ids[2], ids[1]):
        more = {"to_service": None, "to_window": None, "position": "front"}
        desk.at("1", cmd.Transfer, ticket_id=ticket_id, **more)
    assert order(desk, A01) == ["A003", "A002", "A001"]
