"""Broker killed, restarted, gone, and links that stay open but carry nothing."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest

from kiosk.board_feed import BoardChanged, CallDue, FeedEvent, Interest, LinkChanged, StaleChanged
from queue_server.bus.broker import ManagedBroker
from queue_server.contract.messages import BoardSnapshot, ServerState
from queue_server.contract.topics import CALL_EXPIRY_S
from tests.unit.bus.rig import (
    TOPICS,
    FakeHall,
    StallingProxy,
    Watcher,
    call,
    publishing,
    running_broker,
    subscribed,
    watching,
)

pytestmark = pytest.mark.system

RIGHT_WITHIN_S = 5.0
"""durability.md: displays equal the journal within 5 s of the return."""


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[ManagedBroker]:
    async with running_broker(tmp_path) as running:
        yield running


def shown_rev(events: list[FeedEvent]) -> int:
    return max((e.board.rev for e in events if isinstance(e, BoardChanged)), default=-1)


def called(watcher: Watcher) -> list[tuple[str, int]]:
    return [(event.call.call_id, event.call.attempt) for event in watcher.of(CallDue)]


def kill(broker: ManagedBroker) -> int:
    """Kill -9; the number of restarts there were."""
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    return broker.health.restarts


async def next_online(listener: aiomqtt.Client) -> bool:
    message = await anext(aiter(listener.messages))
    return ServerState.model_validate_json(bytes(message.payload)).online


async def returned(broker: ManagedBroker, restarts: int) -> None:
    """Until the killed broker is back."""
    async with asyncio.timeout(20):
        while broker.health.restarts == restarts or broker.health.state != "running":  # noqa: ASYNC110 - health has no event
            await asyncio.sleep(0.01)


async def test_after_every_kill_of_the_broker_displays_are_right_within_5_seconds(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with publishing(broker.address, hall), watching(broker.address, Interest()) as watcher:
        await watcher.until(lambda events: shown_rev(events) == hall.rev)
        for _ in range(3):
            for _ in range(20):
                hall.commit(calls=1)
            restarts = kill(broker)
            rev = hall.commit(calls=1)
            await returned(broker, restarts)
            await watcher.until(lambda events, rev=rev: shown_rev(events) == rev, RIGHT_WITHIN_S)
    assert broker.health.restarts == 3


async def test_calls_made_around_a_kill_are_each_announced_exactly_once(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with publishing(broker.address, hall), watching(broker.address, Interest()) as watcher:
        await watcher.until(lambda events: shown_rev(events) == hall.rev)
        for _ in range(30):
            hall.commit(calls=1)
        kill(broker)
        for _ in range(30):
            hall.commit(calls=1)
            await asyncio.sleep(0)
        await watcher.until(lambda _: len(set(called(watcher))) == 60, 15)
        assert len(called(watcher)) == 60


async def test_a_broker_that_starts_with_nothing_is_told_everything_again(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with publishing(broker.address, hall) as publisher:
        async with subscribed(broker.address, TOPICS.board()) as listener:
            await anext(aiter(listener.messages))
        await returned(broker, kill(broker))
        async with asyncio.timeout(RIGHT_WITHIN_S):
            async with subscribed(
                broker.address, TOPICS.server_state, TOPICS.board(), TOPICS.window(hall.windows[1])
            ) as listener:
                heard: dict[str, bytes] = {}
                while len(heard) < 3:
                    message = await anext(aiter(listener.messages))
                    heard[message.topic.value] = bytes(message.payload)
        assert ServerState.model_validate_json(heard[TOPICS.server_state]).online
        assert BoardSnapshot.model_validate_json(heard[TOPICS.board()]).rev == hall.rev
        assert publisher.counters.connections == 2


async def test_a_server_whose_link_breaks_is_declared_gone_by_its_will(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with (
        proxy.open(),
        subscribed(broker.address, TOPICS.server_state) as listener,
        publishing(replace(broker.address, port=proxy.port), hall),
        asyncio.timeout(20),
    ):
        assert await next_online(listener)
        proxy.cut()
        assert not await next_online(listener)
        assert await next_online(listener)


async def test_a_half_open_link_of_a_display_is_noticed_marked_and_mended(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with (
        proxy.open(),
        publishing(broker.address, hall),
        watching(replace(broker.address, port=proxy.port), Interest()) as watcher,
    ):
        await watcher.until(lambda events: shown_rev(events) == hall.rev)
        proxy.stall()
        rev = hall.commit()
        began_s = time.monotonic()
        await watcher.until(
            lambda events: any(isinstance(e, LinkChanged) and not e.connected for e in events), 14
        )
        await watcher.until(lambda events: StaleChanged(stale=True) in events, 20)
        assert time.monotonic() - began_s < 20
        proxy.flow()
        await watcher.until(lambda events: shown_rev(events) == rev, RIGHT_WITHIN_S + 3)
        await watcher.until(lambda events: StaleChanged(stale=False) in events)


async def test_a_half_open_link_of_the_server_is_noticed_and_replaced(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with (
        proxy.open(),
        publishing(replace(broker.address, port=proxy.port), hall) as publisher,
        watching(broker.address, Interest()) as watcher,
    ):
        await watcher.until(lambda events: shown_rev(events) == hall.rev)
        proxy.stall()
        rev = hall.commit()
        await watcher.until(lambda _: publisher.health.state == "down", 15)
        proxy.flow()
        await watcher.until(lambda events: shown_rev(events) == rev, RIGHT_WITHIN_S + 3)
        assert publisher.counters.crashes == 0


async def test_a_display_that_was_away_a_moment_still_hears_the_call(
    broker: ManagedBroker,
) -> None:
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with (
        proxy.open(),
        subscribed(broker.address) as server,
        watching(replace(broker.address, port=proxy.port), Interest()) as watcher,
    ):
        await watcher.until(lambda _: watcher.feed.state.connected)
        proxy.refusing = True
        proxy.cut()
        await watcher.until(lambda _: not watcher.feed.state.connected)
        for rev in range(10):
            # As the server does, but once: nobody says these again.
            await server.publish(TOPICS.call(), call(rev).model_dump_json(), qos=1)
        proxy.refusing = False
        await watcher.until(lambda _: len(called(watcher)) == 10)
        assert [identity for identity, _ in called(watcher)] == [f"call-{rev}" for rev in range(10)]


async def test_a_display_that_returns_after_the_server_still_hears_living_calls(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with (
        proxy.open(),
        publishing(broker.address, hall),
        watching(replace(broker.address, port=proxy.port), Interest()) as watcher,
    ):
        await watcher.until(lambda events: shown_rev(events) == hall.rev)
        proxy.refusing = True
        await returned(broker, kill(broker))
        # The new broker knows no session of the display: what is said now is lost to it.
        async with subscribed(broker.address, TOPICS.call()) as listener, asyncio.timeout(10):
            rev = hall.commit(calls=3)
            for _ in range(3):
                await anext(aiter(listener.messages))
        assert called(watcher) == []
        proxy.refusing = False
        await watcher.until(lambda _: len(called(watcher)) == 3)
        assert called(watcher) == [(f"call-{rev}-{n}", 1) for n in range(3)]


async def test_a_broker_gone_for_long_leaves_no_busy_loop_and_no_old_call(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    proxy = StallingProxy("127.0.0.1", broker.address.port)
    async with proxy.open():
        address = replace(broker.address, port=proxy.port)
        async with publishing(address, hall) as publisher, watching(address, Interest()) as watcher:
            await watcher.until(lambda events: shown_rev(events) == hall.rev)
            proxy.refusing = True
            proxy.cut()
            await watcher.until(lambda _: not watcher.feed.state.connected)
            rev = hall.commit(calls=1)
            began_s, cpu_s = time.monotonic(), time.process_time()
            await watcher.until(lambda events: StaleChanged(stale=True) in events, 20)
            spent = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
            assert spent < 0.5, "waiting for a broker must not use half a core"
            assert publisher.health.state == "down"
            assert publisher.health.detail
            await asyncio.sleep(CALL_EXPIRY_S - (time.monotonic() - began_s) + 2)
            proxy.refusing = False
            await watcher.until(lambda events: shown_rev(events) == rev)
            await watcher.until(lambda events: StaleChanged(stale=False) in events)
            assert called(watcher) == []
    assert hall.hub.counters.calls_expired == 1
