"""A window's figures of the day, kept up by commits."""

from queue_server.contract.ids import ServiceId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.events import Event
from queue_server.core.evolve import evolve
from queue_server.core.legs import legs_of
from queue_server.ports import Batch, Instant, JournalRow, LegRow
from queue_server.tally import Tally
from tests.unit.core.desk import DAY, Desk

ONE = WindowId("1")


class Counted(Desk):
    """A desk that tells a tally of every event."""

    def __post_init__(self) -> None:
        Desk.__post_init__(self)
        self.tally = Tally()

    def take(self, event: Event) -> None:
        """One fact, and the commit that held it."""
        before = self.floor
        Desk.take(self, event)
        instant = Instant(self.now_ms, self.now_ms, "boot", "ntp")
        row = JournalRow(self.floor.seq, instant, DAY, event, "test")
        after = evolve(before, event, self.now_ms)
        legs = tuple(LegRow(DAY, leg) for leg in legs_of(before, event, after, self.now_ms))
        self.tally.committed(before, after, Batch((row,), legs, (), ()))

    def shown(self) -> tuple[int | None, ...]:
        """called, finished, no_show, mean_service_s of window 1."""
        return tuple(self.tally.own_today(ONE).values())


def test_a_window_without_work_has_no_mean() -> None:
    assert Counted.opened().shown() == (0, 0, 0, None)


def test_calls_ends_and_no_shows_are_counted() -> None:
    desk = Counted.opened()
    for seconds in (10, 20):
        desk.issue()
        desk.call()
        desk.at("1", cmd.Start)
        desk.wait(seconds)
        desk.at("1", cmd.Finish)
    desk.issue()
    desk.call()
    desk.at("1", cmd.NoShow)
    assert desk.shown() == (3, 2, 1, 15)


def test_a_transfer_is_no_end_of_service() -> None:
    desk = Counted.opened()
    desk.issue()
    desk.call()
    desk.at("1", cmd.Start)
    desk.at("1", cmd.Transfer, ticket_id=None, to_service=ServiceId("B01"), to_window=None)
    assert desk.shown() == (1, 0, 0, None)


def test_a_call_that_is_taken_back_and_a_no_show_that_returns_are_not_counted() -> None:
    desk = Counted.opened()
    ticket_id = desk.issue()
    desk.call()
    desk.at("1", cmd.UndoCall)
    assert desk.shown() == (0, 0, 0, None)
    desk.call()
    desk.at("1", cmd.NoShow)
    assert desk.shown() == (1, 0, 1, None)
    desk.do(cmd.Requeue(ticket_id))
    desk.call("2")
    assert desk.shown() == (0, 0, 0, None)


def test_a_restart_counts_on_from_the_same_rows() -> None:
    desk = Counted.opened()
    desk.issue()
    desk.serve()
    desk.issue()
    desk.call()
    again = Tally()
    again.start_with(LegRow(DAY, leg) for leg in desk.legs.values())
    desk.tally = again
    assert desk.shown() == (2, 1, 0, 0)
    desk.at("1", cmd.NoShow)
    assert desk.shown() == (2, 1, 1, 0)


def test_a_new_day_starts_at_nothing() -> None:
    desk = Counted.opened()
    desk.issue()
    desk.serve()
    assert desk.shown() == (1, 1, 0, 0)
    desk.do(cmd.RollDay(DAY.replace(day=3)))
    assert desk.shown() == (0, 0, 0, None)
