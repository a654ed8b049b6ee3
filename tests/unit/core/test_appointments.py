"""Appointments: slots and quotas, booking, keeping, and their place in the order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from queue_server.contract.ids import (
    AppointmentId,
    CallId,
    DeviceId,
    GrantId,
    GroupId,
    RequestKey,
    ServiceId,
    TicketId,
    VisitId,
)
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.appointment_rules import AppointmentRules, Places
from queue_server.core.appointments import (
    MINUTE_MS,
    bookable_days,
    bookable_services,
    places_left,
    slot_starts,
)
from queue_server.core.decide_appointments import missed_since
from queue_server.core.discipline import ahead
from queue_server.core.errors import (
    AppointmentCancelledBefore,
    AppointmentEarly,
    AppointmentLate,
    AppointmentOtherDay,
    AppointmentUsed,
    NoAppointments,
    QueueError,
    ReasonNeeded,
    RequestKnown,
    SettingsInvalid,
    SlotClosed,
    SlotFull,
    UnknownAppointment,
)
from queue_server.core.estimate import predict
from queue_server.core.evolve import evolve
from queue_server.core.model import AppointmentState, Floor, TicketState
from queue_server.core.settings import OpenSpan, faults
from tests.fakes import bare
from tests.unit.core.desk import DAY, ELDERLY, Desk, settings

NINE = 9 * 60
RULES = AppointmentRules(places=(Places("A", 2, 4), Places("A02", 1), Places("B01", 1)))
A01, A02, B01, B02 = (ServiceId(s) for s in ("A01", "A02", "B01", "B02"))


class Front(Desk):
    """A desk that knows how to book: it opened at 09:00 of `DAY`, UTC."""

    def at_ms(self, day: date, start_min: int) -> int:
        midnight_ms = self.opened_ms - NINE * MINUTE_MS
        return midnight_ms + ((day - DAY).days * 24 * 60 + start_min) * MINUTE_MS

    def __post_init__(self) -> None:
        Desk.__post_init__(self)
        self.opened_ms = self.now_ms

    def book(self, start_min: int, service: str = "A01", day: date = DAY) -> AppointmentId:
        appointment_id = AppointmentId(self.new_id())
        self.do(
            cmd.BookAppointment(
                appointment_id, ServiceId(service), day, start_min, self.at_ms(day, start_min)
            )
        )
        return appointment_id

    def move(self, which: AppointmentId, start_min: int, day: date = DAY) -> tuple[ev.Event, ...]:
        service_id = self.floor.appointments[which].service_id
        return self.do(
            cmd.MoveAppointment(which, service_id, day, start_min, self.at_ms(day, start_min))
        )

    def check_in(self, which: AppointmentId, key: str | None = None) -> TicketId:
        made = self.do(
            cmd.CheckIn(
                which,
                TicketId(self.new_id()),
                VisitId(self.new_id()),
                request_key=RequestKey(key) if key else None,
            )
        )
        assert isinstance(made[0], ev.TicketIssued)
        return made[0].ticket_id

    def until(self, minute: float) -> None:
        """Let time pass until a minute of `DAY`."""
        self.now_ms = self.at_ms(DAY, 0) + round(minute * MINUTE_MS)

    def reason(self, window: str = "1") -> str:
        found = self.floor.windows[window].reason  # type: ignore[index]  # a window's id
        assert found is not None
        return found.code

    def state(self, which: AppointmentId) -> AppointmentState:
        return self.floor.appointments[which].state


def front(windows: str = "123", **more: object) -> Front:
    return Front.opened(windows, **({"appointments": RULES} | more))


def left(desk: Front, service: str, start_min: int, day: date = DAY) -> int:
    return places_left(desk.floor, ServiceId(service), day, (start_min,))[start_min]


# --- slots


def test_slots_follow_the_opening_hours_and_holidays() -> None:
    hours = (OpenSpan(0, 510, 720), OpenSpan(0, 840, 1050), OpenSpan(1, 510, 720))
    of = settings(hours=hours, appointments=RULES, closed_dates=("2026-03-03",))
    assert slot_starts(DAY, of) == (*range(510, 720, 30), *range(840, 1050, 30))
    assert slot_starts(DAY + timedelta(days=1), of) == ()
    assert slot_starts(DAY + timedelta(days=2), of) == ()
    worked = settings(hours=hours, appointments=RULES, extra_workdays=("2026-03-04",))
    assert slot_starts(DAY + timedelta(days=2), worked) == slot_starts(DAY, of)


def test_slots_lie_whole_between_the_first_and_the_last_minute() -> None:
    hours = (OpenSpan(0, 515, 720),)
    rules = replace(RULES, first_min=540, last_min=650, slot_min=30)
    assert slot_starts(DAY, settings(hours=hours, appointments=rules)) == (545, 575, 605)


def test_a_hall_that_names_no_places_takes_no_appointments() -> None:
    desk = front(appointments=AppointmentRules())
    assert bookable_services(desk.floor) == ()
    with pytest.raises(NoAppointments):
        desk.book(600)


def test_the_items_of_a_named_group_and_named_items_are_bookable() -> None:
    assert bookable_services(front().floor) == (A01, A02, B01)


def test_today_and_the_days_ahead_may_be_booked_and_no_others() -> None:
    desk = front()
    assert bookable_days(desk.floor) == tuple(DAY + timedelta(days=n) for n in range(8))
    desk.book(600, day=DAY + timedelta(days=7))
    for outside in (DAY + timedelta(days=8), DAY - timedelta(days=1)):
        with pytest.raises(SlotClosed):
            desk.book(600, day=outside)


# --- quotas


def test_a_slot_has_its_places_for_the_group_and_the_item() -> None:
    desk = front()
    assert left(desk, "A01", 600) == 2
    assert left(desk, "A02", 600) == 1
    desk.book(600, "A02")
    assert left(desk, "A02", 600) == 0
    assert left(desk, "A01", 600) == 1
    with pytest.raises(SlotFull):
        desk.book(600, "A02")
    desk.book(600, "A01")
    with pytest.raises(SlotFull):
        desk.book(600, "A01")
    desk.book(630, "A01")


def test_a_day_has_its_places_too() -> None:
    desk = front()
    for start in (600, 600, 630, 630):
        desk.book(start)
    assert left(desk, "A01", 660) == 0
    with pytest.raises(SlotFull):
        desk.book(660)
    desk.book(660, day=DAY + timedelta(days=1))


def test_a_slot_is_closed_some_time_before_it_starts() -> None:
    desk = front()
    desk.until(570)
    desk.book(600)
    desk.until(570.1)
    with pytest.raises(SlotClosed):
        desk.book(600)


@pytest.mark.parametrize("start", [601, 615, -30, 24 * 60])
def test_only_a_slot_of_the_hall_can_be_booked(start: int) -> None:
    with pytest.raises(SlotClosed):
        front().book(start)


def test_booking_the_same_again_books_once() -> None:
    desk = front()
    which = desk.book(600)
    found = desk.floor.appointments[which]
    again = cmd.BookAppointment(which, A01, DAY, 600, found.slot_ms)
    assert desk.do(again) == ()
    assert left(desk, "A01", 600) == 1


def test_other_settings_keep_what_is_booked_and_count_it() -> None:
    desk = front()
    desk.book(600)
    longer = replace(RULES, slot_min=60)
    desk.do(cmd.ChangeSettings(settings(appointments=longer), "c"))
    assert left(desk, "A01", 600) == 1
    gone = settings(appointments=RULES)
    gone = replace(gone, services=gone.services[1:])
    with pytest.raises(SettingsInvalid, match="appointments are booked for item A01"):
        desk.do(cmd.ChangeSettings(gone, "c"))


# --- giving back and moving


def test_a_place_given_back_is_free_at_once() -> None:
    desk = front()
    which = desk.book(600, "A02")
    desk.do(cmd.CancelAppointment(which, "citizen"))
    assert left(desk, "A02", 600) == 1
    assert desk.do(cmd.CancelAppointment(which, "citizen")) == ()
    with pytest.raises(AppointmentCancelledBefore):
        desk.check_in(which)
    with pytest.raises(AppointmentCancelledBefore):
        desk.move(which, 660)


def test_staff_cancel_with_a_reason() -> None:
    desk = front()
    which = desk.book(600)
    with pytest.raises(ReasonNeeded):
        desk.do(cmd.CancelAppointment(which, ""))
    assert desk.do(cmd.CancelAppointment(which, "staff_ill")) == (
        ev.AppointmentCancelled(which, "staff_ill"),
    )


def test_moving_frees_the_old_place_and_counts_itself_out() -> None:
    desk = front(appointments=replace(RULES, places=(Places("A02", 1, 1),)))
    which = desk.book(600, "A02")
    assert desk.move(which, 600) == ()
    desk.move(which, 660)
    assert left(desk, "A02", 660) == 0
    assert desk.floor.appointments[which].start_min == 660
    desk.do(cmd.CancelAppointment(which, "citizen"))
    assert left(desk, "A02", 600) == 1


def test_moving_into_a_full_slot_changes_nothing() -> None:
    desk = front()
    desk.book(660, "A02")
    which = desk.book(600, "A02")
    before = desk.floor
    with pytest.raises(SlotFull):
        desk.move(which, 660)
    assert desk.floor is before


# --- keeping


def test_checking_in_gives_a_number_with_the_slots_place() -> None:
    desk = front()
    which = desk.book(600)
    desk.until(585)
    ticket = desk.ticket(desk.check_in(which))
    assert ticket.label == "A001"
    assert ticket.slot_ms == desk.at_ms(DAY, 600)
    assert ticket.position.at_ms == ticket.slot_ms
    assert desk.state(which) is AppointmentState.ARRIVED
    assert desk.floor.appointments[which].ticket_id == ticket.ticket_id


def test_too_early_is_told_from_when() -> None:
    desk = front()
    which = desk.book(600)
    desk.until(579)
    with pytest.raises(AppointmentEarly) as early:
        desk.check_in(which)
    assert early.value.params == {"start": "10:00", "opens": "09:40"}
    desk.until(580)
    desk.check_in(which)


def test_late_counts_within_the_grace_and_not_after_it() -> None:
    desk = front()
    one, other = desk.book(600), desk.book(600)
    desk.until(610)
    desk.check_in(one)
    desk.until(610.1)
    with pytest.raises(AppointmentLate):
        desk.check_in(other)


def test_a_second_check_in_names_the_number() -> None:
    desk = front()
    which = desk.book(600)
    desk.until(600)
    ticket_id = desk.check_in(which)
    with pytest.raises(AppointmentUsed) as used:
        desk.check_in(which)
    assert used.value.params == {"ticket_id": ticket_id, "number": "A001"}
    assert len(desk.floor.tickets) == 1


def test_the_same_request_cannot_become_two_tickets() -> None:
    desk = front()
    one, other = desk.book(600), desk.book(600)
    desk.until(600)
    desk.check_in(one, "key")
    with pytest.raises(RequestKnown):
        desk.check_in(other, "key")


def test_another_day_is_told_which() -> None:
    desk = front()
    which = desk.book(600, day=DAY + timedelta(days=2))
    with pytest.raises(AppointmentOtherDay) as other:
        desk.check_in(which)
    assert other.value.params == {"date": "2026-03-04", "start": "10:00"}


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownAppointment):
        front().check_in(AppointmentId("nobody"))


def test_what_nobody_kept_is_noted_once() -> None:
    desk = front()
    which, later = desk.book(600), desk.book(630)
    desk.until(610)
    assert missed_since(desk.floor, desk.now_ms) == []
    desk.until(611)
    (command,) = missed_since(desk.floor, desk.now_ms)
    assert desk.do(command) == (ev.AppointmentMissed(which),)
    assert desk.do(command) == ()
    assert desk.do(cmd.MissAppointment(later)) == ()
    with pytest.raises(AppointmentLate):
        desk.check_in(which)
    with pytest.raises(AppointmentLate):
        desk.move(which, 720)


def test_a_new_day_keeps_what_is_to_come_and_notes_the_rest() -> None:
    desk = front("1")
    tomorrow, later = DAY + timedelta(days=1), DAY + timedelta(days=3)
    today = desk.book(1320)
    next_day, far = desk.book(600, day=tomorrow), desk.book(600, day=later)
    gone = desk.book(630, day=tomorrow)
    desk.do(cmd.CancelAppointment(gone, "citizen"))
    made = desk.do(cmd.RollDay(tomorrow))
    assert ev.AppointmentMissed(today) in made
    assert set(desk.floor.appointments) == {next_day, far, gone}
    alone = evolve(Floor(seq=desk.floor.seq - 1), made[-1], desk.now_ms)
    assert bare(alone) == bare(desk.floor)


def test_the_paper_of_a_kiosk_that_never_got_the_answer_keeps_the_appointment() -> None:
    """The server gave a number, the kiosk heard nothing and gave one of its own: the paper wins."""
    desk = front()
    given = desk.do(cmd.GiveGrant(GrantId("g1"), DeviceId("kiosk-1"), "s1"))[0]
    assert isinstance(given, ev.GrantGiven)
    which = desk.book(600)
    desk.until(595)
    ticket_id = desk.check_in(which, "key")
    desk.do(
        cmd.UploadTicket(
            RequestKey("key"),
            TicketId(desk.new_id()),
            VisitId(desk.new_id()),
            given.grant.grant_id,
            "A1-01",
            A01,
            desk.now_ms,
            printed=True,
        )
    )
    assert desk.label(ticket_id) == "A1-01"
    desk.issue("A01")
    desk.until(600)
    assert desk.call() == "A1-01"
    assert desk.reason() == "appointment"


# --- the order


def test_an_appointment_in_its_slot_goes_first_and_says_so() -> None:
    desk = front()
    which = desk.book(600)
    for _ in range(3):
        desk.issue("A01")
    desk.issue("A01", ELDERLY)
    desk.until(590)
    ticket = desk.label(desk.check_in(which))
    assert desk.call() != ticket
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Finish)
    desk.until(600)
    assert desk.call() == ticket
    assert desk.reason() == "appointment"


def test_one_that_came_early_is_called_when_nobody_else_waits() -> None:
    desk = front()
    which = desk.book(600)
    desk.until(585)
    ticket = desk.label(desk.check_in(which))
    assert desk.call() == ticket
    assert desk.reason() == "appointment-early"


def test_appointments_are_called_by_their_slots_not_by_arrival() -> None:
    desk = front()
    early, late = desk.book(600), desk.book(630)
    desk.until(615)
    with pytest.raises(AppointmentLate):
        desk.check_in(early)
    second, first = desk.book(660), desk.book(690)
    desk.until(671)
    with pytest.raises(QueueError):
        desk.check_in(late)
    desk.until(670)
    later = desk.label(desk.check_in(first))
    sooner = desk.label(desk.check_in(second))
    desk.until(690)
    assert [desk.serve(), desk.serve()] == [sooner, later]


def test_others_get_a_turn_after_so_many_appointments() -> None:
    rules = replace(RULES, places=(Places("A", 9, 0),), in_a_row=2)
    desk = front("1", appointments=rules)
    booked = [desk.book(600) for _ in range(5)]
    desk.until(600)
    kept = {desk.label(desk.check_in(which)) for which in booked}
    normal = {desk.label(desk.issue("A01")) for _ in range(2)}
    order = "".join("k" if desk.serve() in kept else "n" for _ in range(7))
    assert order == "kknkknk"
    assert len(normal) == 2


def test_an_undone_call_gives_the_turn_back() -> None:
    rules = replace(RULES, places=(Places("A", 9, 0),), in_a_row=1)
    desk = front("1", appointments=rules)
    booked = [desk.book(600) for _ in range(2)]
    desk.until(600)
    first, _ = [desk.label(desk.check_in(which)) for which in booked]
    desk.issue("A01")
    assert desk.call() == first
    desk.at("1", cmd.UndoCall)
    assert desk.call() == first


def test_a_call_by_hand_is_no_turn_of_appointments() -> None:
    rules = replace(RULES, places=(Places("A", 9, 0),), in_a_row=1)
    desk = front("1", appointments=rules)
    booked = [desk.book(600) for _ in range(3)]
    desk.until(600)
    tickets = [desk.check_in(which) for which in booked]
    normal = desk.label(desk.issue("A01"))
    desk.serve()
    desk.at("1", cmd.CallTicket, call_id=CallId("x"), ticket_id=tickets[2], reason="urgent")
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Finish)
    assert desk.serve() == normal


def test_a_no_show_of_an_appointment_returns_among_appointments() -> None:
    desk = front("1", appointments=replace(RULES, places=(Places("A", 9, 0),)))
    booked = [desk.book(600) for _ in range(3)]
    desk.until(600)
    labels = [desk.label(desk.check_in(which)) for which in booked]
    desk.issue("A01")
    assert desk.call() == labels[0]
    gone = desk.current("1").ticket_id
    desk.at("1", cmd.NoShow)
    desk.do(cmd.Requeue(gone))
    assert desk.ticket(gone).state is TicketState.WAITING
    assert [desk.serve(), desk.serve()][0] == labels[1]


def test_a_no_show_that_was_called_early_does_not_stand_in_its_own_way() -> None:
    desk = front("1")
    which = desk.book(600)
    desk.until(585)
    ticket_id = desk.check_in(which)
    desk.call()
    desk.at("1", cmd.NoShow)
    desk.do(cmd.Requeue(ticket_id))
    desk.issue("A01")
    assert desk.call() == desk.label(ticket_id)


def test_nobody_but_its_group_counts_an_appointment_ahead() -> None:
    desk = front("1", appointments=replace(RULES, places=(Places("A", 9, 0),)))
    booked = [desk.book(600) for _ in range(4)]
    desk.until(600)
    tickets = [desk.check_in(which) for which in booked]
    normal, other = desk.issue("A01"), desk.issue("B02")
    assert [ahead(desk.floor, desk.ticket(t)) for t in tickets] == [0, 1, 3, 4]
    assert ahead(desk.floor, desk.ticket(normal)) == 2
    assert ahead(desk.floor, desk.ticket(other)) == 0


# --- figures


def test_its_wait_counts_from_the_later_of_arrival_and_slot() -> None:
    desk = front("1")
    one, other = desk.book(600), desk.book(630)
    desk.until(590)
    early = desk.check_in(one)
    desk.issue("A01")
    desk.until(605)
    desk.serve()
    assert desk.legs[early, 1].wait_ms == 5 * MINUTE_MS
    desk.serve()
    desk.until(635)
    late = desk.check_in(other)
    desk.until(636)
    desk.serve()
    assert desk.legs[late, 1].wait_ms == MINUTE_MS


def test_one_that_was_called_before_its_slot_did_not_wait() -> None:
    desk = front("1")
    which = desk.book(600)
    desk.until(585)
    ticket_id = desk.check_in(which)
    desk.serve()
    leg = desk.legs[ticket_id, 1]
    assert leg.wait_ms == 0
    assert leg.slot_ms == desk.at_ms(DAY, 600)


def test_before_its_slot_it_is_promised_nothing_sooner() -> None:
    desk = front("1")
    which = desk.book(600)
    desk.until(585)
    wait = predict(desk.floor, desk.ticket(desk.check_in(which)), desk.now_ms)
    assert wait is not None
    assert wait.low_s <= 15 * 60 <= wait.likely_s < wait.high_s


# --- rules


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"places": (Places("X", 1),)}, "unknown group or item X"),
        ({"places": (Places("A", 1), Places("A", 2))}, "two quotas for A"),
        ({"places": (Places("A", 0),)}, "a quota of appointments"),
        ({"slot_min": 4}, "slot_min"),
        ({"first_min": 600, "last_min": 600}, "no stretch"),
        ({"days_ahead": 61}, "days_ahead"),
        ({"late_min": -1}, "negative"),
        ({"in_a_row": 0}, "in_a_row"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(
    change: dict[str, object], phrase: str
) -> None:
    rules = replace(RULES, **change)  # type: ignore[arg-type]  # fields by name
    (found,) = faults(settings(appointments=rules))
    assert phrase in found


def test_sound_rules_have_no_fault() -> None:
    assert faults(settings(appointments=RULES)) == []
    assert GroupId("A") in {g.group_id for g in settings().groups}
