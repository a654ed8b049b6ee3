"""Days and settings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.contract.ids import GroupId, ServiceId, WindowId
from queue_server.core import commands as cmd
from queue_server.core import errors
from queue_server.core import events as ev
from queue_server.core.model import TicketState
from queue_server.core.settings import CloseOfDay, GroupSetting, HallSettings, WindowSetting
from tests.unit.core.desk import DAY, Desk, settings

NEXT = DAY + timedelta(days=1)
LIVE = [s for s in TicketState if s not in ("finished", "cancelled", "abandoned", "expired")]


def kinds(events: tuple[ev.Event, ...]) -> list[str]:
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize("days", [0, -1, -400])
@pytest.mark.parametrize("force", [False, True])
def test_the_business_date_never_goes_back_or_stays(days: int, force: bool) -> None:  # noqa: FBT001
    desk = Desk.opened()
    with pytest.raises(errors.DayNotOver):
        desk.do(cmd.RollDay(DAY + timedelta(days=days), force=force))


@pytest.mark.parametrize("state", [TicketState.CALLED, TicketState.SERVING])
def test_a_day_does_not_end_while_someone_is_at_a_window_unless_it_is_forced(
    state: TicketState,
) -> None:
    desk = Desk.opened()
    ticket_id = desk.bring(state)
    with pytest.raises(errors.DayNotOver) as refused:
        desk.do(cmd.RollDay(NEXT))
    assert refused.value.params == {"detail": "still at a window: A001"}
    made = desk.do(cmd.RollDay(NEXT, force=True))
    assert made[0] == ev.TicketExpired(ticket_id, state)
    assert desk.floor.windows[WindowId("1")].ticket_id is None
    assert desk.floor.windows[WindowId("1")].clerk_id == "c1"


def test_at_the_end_of_a_day_every_ticket_expires_and_none_is_called_finished() -> None:
    desk = Desk.opened()
    ids = [desk.bring(s) for s in (TicketState.HELD, TicketState.NO_SHOW, TicketState.WAITING)]
    made = desk.do(cmd.RollDay(NEXT))
    assert kinds(made) == ["TicketExpired"] * 3 + ["DayOpened"]
    assert [desk.legs[i, 1].outcome for i in ids] == ["expired", "no_show", "expired"]
    assert not desk.floor.tickets
    assert not desk.floor.lanes
    assert not desk.floor.principals


def test_numbers_start_anew_with_the_day() -> None:
    desk = Desk.opened()
    desk.issue()
    desk.do(cmd.RollDay(NEXT))
    assert desk.label(desk.issue()) == "A001"


def carrying() -> Desk:
    return Desk.opened(close_of_day=CloseOfDay.CARRY_OVER)


def test_waiting_tickets_are_carried_over_in_their_order_and_the_rest_expire() -> None:
    desk = carrying()
    held = desk.bring(TicketState.HELD)
    waiting = [desk.issue(), desk.issue(principal="p")]
    made = desk.do(cmd.RollDay(NEXT))
    assert made[0] == ev.TicketExpired(held, "held")
    assert set(desk.floor.tickets) == set(waiting)
    assert desk.ticket(waiting[1]).principal is None  # its key belongs to the day before
    assert [desk.serve(), desk.serve()] == ["A002", "A003"]


def test_a_new_day_gives_no_number_that_somebody_still_holds() -> None:
    desk = carrying()
    for _ in range(3):
        desk.issue("A01")
    desk.serve()
    desk.issue("B01")
    moved = desk.issue("B01")
    more = {"to_service": ServiceId("A01"), "to_window": None}
    desk.at("1", cmd.Transfer, ticket_id=moved, **more)
    desk.do(cmd.RollDay(NEXT))
    held = {t.label for t in desk.floor.tickets.values()}
    assert held == {"A002", "A003", "B001", "B002"}
    assert desk.label(desk.issue("A01")) == "A004"
    assert desk.label(desk.issue("B01")) == "B003"


def test_what_crosses_a_day_stands_in_its_first_event() -> None:
    desk = carrying()
    desk.issue()
    desk.at("2", cmd.PauseWindow, reason="lunch")
    desk.do(cmd.RollDay(NEXT))
    live = replace(desk.floor, skills=None)
    opened = desk.events[-1][1]
    again = Desk(now_ms=desk.now_ms)
    again.floor = replace(again.floor, seq=live.seq - 1)
    again.take(opened)
    assert replace(again.floor, skills=None) == live
    assert again.floor.windows[WindowId("2")].pause_reason == "lunch"


def change(desk: Desk, wanted: HallSettings) -> tuple[ev.Event, ...]:
    return desk.do(cmd.ChangeSettings(wanted, "catalogue-1"))


def test_settings_take_effect_with_the_next_command_and_the_same_ones_are_nothing() -> None:
    desk = Desk.opened()
    assert change(desk, settings()) == ()
    (event,) = change(desk, settings(grace_s=5))
    assert isinstance(event, ev.SettingsChanged)
    assert event.version == 2
    late = desk.bring(TicketState.NO_SHOW)
    desk.wait(6)
    with pytest.raises(errors.GraceOver):
        desk.do(cmd.Requeue(late))


def without_window(window_id: str) -> HallSettings:
    base = settings()
    return replace(base, windows=tuple(w for w in base.windows if w.window_id != window_id))


def refusal(desk: Desk, wanted: HallSettings) -> str:
    with pytest.raises(errors.SettingsInvalid) as refused:
        change(desk, wanted)
    return refused.value.params["detail"]


def test_settings_that_contradict_themselves_are_refused() -> None:
    assert refusal(Desk.opened(), settings(roll_hour=24)) == "roll_hour is not an hour of the day"


def test_settings_strand_nobody_at_a_window() -> None:
    assert refusal(Desk.opened(), without_window("2")) == "window 2 is in use"
    desk = Desk.opened(windows="1")
    change(desk, without_window("2"))
    assert set(desk.floor.windows) == {"1", "3"}


def test_settings_strand_nobody_who_waits_for_an_item() -> None:
    desk = Desk.opened()
    desk.issue("A02")
    base = settings()
    less = replace(base, services=tuple(s for s in base.services if s.service_id != "A02"))
    less = replace(less, windows=tuple(replace(w, services=()) for w in less.windows))
    assert refusal(desk, less) == "tickets wait for item A02"


def test_settings_strand_nobody_who_waits_for_a_window() -> None:
    desk = Desk.opened(windows="1")
    ticket_id = desk.issue("A01")
    more = {"to_service": None, "to_window": WindowId("2")}
    desk.at("1", cmd.Transfer, ticket_id=ticket_id, **more)
    wanted = "tickets wait for item A01 at window 2"
    assert refusal(desk, without_window("2")) == wanted
    base = settings()
    other = WindowSetting(WindowId("2"), (GroupId("B"),))
    windows = tuple(other if w.window_id == "2" else w for w in base.windows)
    assert refusal(desk, replace(base, windows=windows)) == wanted


def test_a_series_keeps_its_prefix_while_its_numbers_are_about() -> None:
    desk = Desk.opened()
    desk.issue("A01")
    swapped = (GroupSetting(GroupId("A"), "B"), GroupSetting(GroupId("B"), "A"))
    assert refusal(desk, settings(groups=swapped)) == "numbers of series A were given today"
    desk.do(cmd.RollDay(NEXT))
    change(desk, settings(groups=swapped))
    assert desk.label(desk.issue("A01")) == "B001"
