"""The hub: newest rev for slow readers, no lost call, nothing that blocks."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from queue_server.bus.hub import CALLS_HELD, Change, Hub
from queue_server.contract.ids import WindowId
from queue_server.contract.topics import CALL_EXPIRY_S
from tests.unit.bus.rig import call

ONE = WindowId("1")
TWO = WindowId("2")


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_subscriber_sees_the_current_rev_first_and_then_each_newer_one() -> None:
    hub = Hub(1, 5)
    async with hub.subscribe() as revs:
        assert await anext(revs) == 5
        hub.committed(Change(1, 6, board=True))
        assert await anext(revs) == 6


async def test_a_slow_subscriber_sees_only_the_newest_rev() -> None:
    hub = Hub(1, 5)
    async with hub.subscribe() as revs:
        await anext(revs)
        for rev in range(6, 1006):
            hub.committed(Change(1, rev, board=True))
        assert await anext(revs) == 1005
        waiting = asyncio.create_task(anext(revs))
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()


async def test_a_rev_of_a_new_epoch_is_told_though_its_number_is_lower() -> None:
    hub = Hub(1, 500)
    async with hub.subscribe() as revs:
        await anext(revs)
        hub.committed(Change(2, 400, board=True))
        assert await anext(revs) == 400


async def test_a_subscriber_that_left_is_forgotten() -> None:
    hub = Hub(1, 5)
    async with hub.subscribe():
        assert hub.counters.subscribers == 1
    assert hub.counters.subscribers == 0


async def test_closing_the_hub_ends_every_subscription() -> None:
    hub = Hub(1, 5)
    async with hub.subscribe() as revs:
        await anext(revs)
        ending = asyncio.create_task(_drain(revs))
        await asyncio.sleep(0)
        hub.close()
        assert await ending == []


async def _drain(revs: object) -> list[int]:
    return [rev async for rev in revs]  # type: ignore[attr-defined] # any async iterator


def test_each_topic_knows_the_rev_at_which_it_last_changed() -> None:
    hub = Hub(1, 5)
    hub.committed(Change(1, 6, frozenset({ONE}), board=True))
    hub.committed(Change(1, 7, frozenset({TWO})))
    assert (hub.board_rev, hub.window_rev(ONE), hub.window_rev(TWO)) == (6, 6, 7)
    assert hub.window_rev(WindowId("3")) == 5


def test_a_new_epoch_makes_every_topic_as_new_as_itself() -> None:
    hub = Hub(1, 500)
    hub.committed(Change(1, 501, frozenset({ONE})))
    hub.committed(Change(2, 400))
    assert (hub.board_rev, hub.window_rev(ONE)) == (400, 400)


def test_a_change_out_of_order_never_lowers_a_rev_and_never_raises_after_a_commit() -> None:
    hub = Hub(1, 5)
    hub.committed(Change(1, 9, board=True))
    hub.committed(Change(1, 7, frozenset({ONE}), board=True))
    assert (hub.rev, hub.board_rev, hub.window_rev(ONE)) == (9, 9, 9)


async def test_a_topic_that_changes_many_times_is_dirty_once() -> None:
    hub = Hub(1, 5)
    with hub.outbox() as outbox:
        for rev in range(6, 106):
            hub.committed(Change(1, rev, frozenset({ONE}), board=True))
        assert outbox.take() == (True, [ONE])
        assert outbox.take() == (False, [])
        assert not outbox.dirty.is_set()


async def test_calls_wait_in_their_order_also_with_nobody_to_publish_them() -> None:
    hub = Hub(1, 5)
    hub.committed(Change(1, 6, calls=(call(6, "a"), call(6, "b"))))
    hub.committed(Change(1, 7, calls=(call(7, "c"),)))
    assert [pending.call.call_id for pending in hub.calls] == ["a", "b", "c"]


def test_expired_calls_are_dropped_and_living_ones_are_kept() -> None:
    clock = FakeClock()
    hub = Hub(1, 5, clock_s=clock)
    hub.committed(Change(1, 6, calls=(call(6, "old"),)))
    clock.now_s += CALL_EXPIRY_S - 1
    hub.committed(Change(1, 7, calls=(call(7, "young"),)))
    assert hub.calls[0].remaining_s(clock.now_s) == 1
    clock.now_s += 1
    hub.drop_expired()
    assert [pending.call.call_id for pending in hub.calls] == ["young"]
    assert hub.counters.calls_expired == 1


def test_waiting_calls_are_bounded_and_what_is_lost_to_that_is_counted_apart() -> None:
    hub = Hub(1, 0)
    for rev in range(1, CALLS_HELD + 11):
        hub.committed(Change(1, rev, calls=(call(rev),)))
    assert len(hub.calls) == CALLS_HELD
    assert (hub.counters.calls_overflowed, hub.counters.calls_expired) == (10, 0)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50), st.booleans()), max_size=50))
def test_revs_never_go_back_whatever_comes(changes: list[tuple[int, int, bool]]) -> None:
    hub = Hub(1, 0)
    seen = [(1, 0)]
    for epoch, rev, board in changes:
        hub.committed(Change(epoch, rev, frozenset({ONE}), board=board))
        seen.append((hub.epoch, hub.rev))
        assert hub.board_rev <= hub.rev
        assert hub.window_rev(ONE) == hub.rev
    assert seen == sorted(seen)
