"""The publisher and the display feed on a real Mosquitto."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import httpx
import pytest

from kiosk.board_feed import (
    BoardChanged,
    CallDue,
    FeedEvent,
    Interest,
    LinkChanged,
    ServerChanged,
    StaleChanged,
    WindowChanged,
)
from queue_server.bus.broker import ManagedBroker
from queue_server.contract.ids import DeviceId, WindowId
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    DeviceBeat,
    DeviceState,
    FaultSaid,
    FittedDevice,
    ServerBeat,
    ServerState,
    WindowSnapshot,
)
from queue_server.contract.topics import BEHIND_AFTER_S, STALE_AFTER_S
from tests.unit.bus.rig import (
    TOPICS,
    FakeHall,
    board,
    call,
    publishing,
    running_broker,
    subscribed,
    watching,
)

pytestmark = pytest.mark.system

ONE = WindowId("1")


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[ManagedBroker]:
    async with running_broker(tmp_path) as running:
        yield running


async def next_on(client: aiomqtt.Client, topic: str) -> aiomqtt.Message:
    async with asyncio.timeout(10):
        async for message in client.messages:
            if message.topic.value == topic:
                return message
    raise AssertionError("the messages ended")


def shows(rev: int) -> Callable[[list[FeedEvent]], bool]:
    return lambda events: any(
        isinstance(event, BoardChanged) and event.board.rev >= rev for event in events
    )


def calls_in(events: list[FeedEvent]) -> list[tuple[str, int]]:
    return [(e.call.call_id, e.call.attempt) for e in events if isinstance(e, CallDue)]


async def test_a_connection_starts_with_the_birth_and_every_retained_topic(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    topics = (TOPICS.server_state, TOPICS.board(), TOPICS.window(ONE), TOPICS.window(WindowId("2")))
    async with publishing(broker.address, hall), subscribed(broker.address, *topics) as client:
        seen = {topic: await next_on(client, topic) for topic in topics[:1]}
        state = ServerState.model_validate_json(bytes(seen[TOPICS.server_state].payload))
        assert state.online
    async with subscribed(broker.address, *topics[1:]) as client:
        board_now = BoardSnapshot.model_validate_json(
            bytes((await next_on(client, TOPICS.board())).payload)
        )
        assert (board_now.epoch, board_now.rev) == (1, 10)
        for topic in topics[2:]:
            message = await next_on(client, topic)
            assert message.retain
            assert WindowSnapshot.model_validate_json(bytes(message.payload)).rev == 10


async def test_a_server_that_stops_says_so_at_once(broker: ManagedBroker) -> None:
    async with subscribed(broker.address, TOPICS.server_state) as client:
        async with publishing(broker.address, FakeHall()):
            message = await next_on(client, TOPICS.server_state)
            assert ServerState.model_validate_json(bytes(message.payload)).online
        message = await next_on(client, TOPICS.server_state)
        assert not ServerState.model_validate_json(bytes(message.payload)).online


async def test_a_change_publishes_the_board_and_the_changed_window_only(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with (
        publishing(broker.address, hall) as publisher,
        subscribed(broker.address, TOPICS.board(), TOPICS.window(ONE)) as client,
    ):
        await next_on(client, TOPICS.board())
        before = publisher.counters.windows
        rev = hall.commit(windows=[ONE])
        message = await next_on(client, TOPICS.window(ONE))
        while WindowSnapshot.model_validate_json(bytes(message.payload)).rev < rev:
            message = await next_on(client, TOPICS.window(ONE))
        assert publisher.counters.windows == before + 1


async def test_many_changes_at_once_are_published_as_few_and_end_at_the_newest(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with (
        publishing(broker.address, hall) as publisher,
        watching(broker.address, Interest()) as watcher,
    ):
        await watcher.until(shows(10))
        before = publisher.counters.boards
        for _ in range(500):
            hall.commit()
        await watcher.until(shows(hall.rev))
        assert publisher.counters.boards - before < 10


async def test_no_call_of_a_burst_is_swallowed_and_none_is_said_twice(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with publishing(broker.address, hall), watching(broker.address, Interest()) as watcher:
        await watcher.until(shows(10))
        for _ in range(40):
            hall.commit(calls=5)
        await watcher.until(lambda events: len(calls_in(events)) >= 200)
        # The publisher repeats living calls with its beats; hear two more of them.
        await watcher.until(shows(hall.rev))
        said = calls_in(watcher.events)
        assert len(said) == len(set(said)) == 200
        assert said == [(f"call-{rev}-{n}", 1) for rev in range(11, 51) for n in range(5)]


async def test_a_call_carries_what_is_left_of_its_life(broker: ManagedBroker) -> None:
    hall = FakeHall()
    async with (
        publishing(broker.address, hall),
        subscribed(broker.address, TOPICS.call()) as client,
    ):
        hall.commit(calls=1)
        message = await next_on(client, TOPICS.call())
        assert not message.retain
        assert message.properties is not None
        assert 0 < message.properties.MessageExpiryInterval <= 20
        assert CallAnnouncement.model_validate_json(bytes(message.payload)).window_id == "1"


async def test_the_beat_names_the_newest_rev_of_every_topic(broker: ManagedBroker) -> None:
    hall = FakeHall()
    hall.commit(windows=[ONE])
    async with (
        publishing(broker.address, hall),
        subscribed(broker.address, TOPICS.server_beat) as client,
    ):
        message = await next_on(client, TOPICS.server_beat)
        beat = ServerBeat.model_validate_json(bytes(message.payload))
    assert beat == ServerBeat(epoch=1, topics={"board/main": 11, "window/1": 11, "window/2": 10})


async def test_a_captured_call_that_is_sent_again_announces_nothing(broker: ManagedBroker) -> None:
    hall = FakeHall()
    async with (
        publishing(broker.address, hall),
        watching(broker.address, Interest()) as watcher,
        subscribed(broker.address, TOPICS.call()) as client,
    ):
        await watcher.until(shows(10))
        hall.commit(calls=1)
        captured = bytes((await next_on(client, TOPICS.call())).payload)
        await watcher.until(lambda events: len(calls_in(events)) == 1)
        await client.publish(TOPICS.call(), captured, qos=1)
        hall.commit(calls=1)
        await watcher.until(lambda events: len(calls_in(events)) == 2)
        assert len(set(calls_in(watcher.events))) == 2


async def test_a_late_will_of_an_older_link_does_not_have_the_last_word(
    broker: ManagedBroker,
) -> None:
    async with (
        publishing(broker.address, FakeHall()),
        subscribed(broker.address, TOPICS.server_state) as client,
    ):
        born = ServerState.model_validate_json(
            bytes((await next_on(client, TOPICS.server_state)).payload)
        )
        late = born.model_copy(update={"online": False})
        await client.publish(TOPICS.server_state, late.model_dump_json(), qos=1, retain=True)
        heard = []
        while not heard or not heard[-1].online:
            message = await next_on(client, TOPICS.server_state)
            heard.append(ServerState.model_validate_json(bytes(message.payload)))
        assert late in heard
        assert heard[-1].session_id == born.session_id


async def test_a_fault_of_the_views_is_logged_counted_and_survived(broker: ManagedBroker) -> None:
    hall = FakeHall(broken=True)
    async with (
        subscribed(broker.address, TOPICS.server_state, TOPICS.board()) as client,
        publishing(broker.address, hall) as publisher,
    ):
        for _ in range(3):
            await next_on(client, TOPICS.server_state)
        assert 2 <= publisher.counters.crashes <= 3
        assert publisher.health.detail != "not started"
        hall.broken = False
        hall.commit()
        message = await next_on(client, TOPICS.board())
        assert BoardSnapshot.model_validate_json(bytes(message.payload)).rev == hall.rev
        assert publisher.health.state == "connected"


async def test_a_display_behind_its_beat_fetches_the_board_over_http(
    broker: ManagedBroker,
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) == 1:
            return httpx.Response(503)
        return httpx.Response(200, content=board(99, number="C001").model_dump_json())

    transport = httpx.MockTransport(answer)
    async with (
        httpx.AsyncClient(transport=transport) as http,
        subscribed(broker.address) as server,
        watching(broker.address, Interest(), server_url="http://hall", http=http) as watcher,
    ):
        await watcher.until(lambda events: LinkChanged(connected=True) in events)
        promise = ServerBeat(epoch=1, topics={"board/main": 99})
        await server.publish(TOPICS.server_beat, promise.model_dump_json())
        await watcher.until(shows(99), within_s=4 * BEHIND_AFTER_S)
        assert asked == ["/api/v1/board", "/api/v1/board"]


async def test_silence_shows_the_stale_mark_and_it_goes_away_by_itself(
    broker: ManagedBroker,
) -> None:
    hall = FakeHall()
    async with watching(broker.address, Interest()) as watcher:
        async with publishing(broker.address, hall):
            await watcher.until(shows(10))
        await watcher.until(
            lambda events: StaleChanged(stale=True) in events, within_s=STALE_AFTER_S + 5
        )
        assert ServerChanged(online=False) in watcher.events
        async with publishing(broker.address, hall):
            await watcher.until(lambda events: StaleChanged(stale=False) in events)


async def test_a_window_display_is_told_of_its_window_only(broker: ManagedBroker) -> None:
    hall = FakeHall()
    interest = Interest(board=False, windows=frozenset({ONE}), calls=False)
    async with publishing(broker.address, hall), watching(broker.address, interest) as watcher:
        rev = hall.commit(windows=[ONE, WindowId("2")], calls=1)
        await watcher.until(lambda _: any(e.window.rev == rev for e in watcher.of(WindowChanged)))
        assert {e.window.window_id for e in watcher.of(WindowChanged)} == {"1"}
        assert watcher.of(BoardChanged) == watcher.of(CallDue) == []


async def test_an_unreadable_message_is_left_and_the_feed_goes_on(broker: ManagedBroker) -> None:
    async with (
        subscribed(broker.address) as server,
        watching(broker.address, Interest()) as watcher,
    ):
        await watcher.until(lambda events: LinkChanged(connected=True) in events)
        for payload in (b"", b"{", b"[]", b"\xff\xfe", b'{"v":1}'):
            await server.publish(TOPICS.board(), payload, qos=1)
            await server.publish(TOPICS.call(), payload, qos=1)
        await server.publish(TOPICS.board(), board(7).model_dump_json(), qos=1)
        await server.publish(TOPICS.call(), call(7).model_dump_json(), qos=1)
        await watcher.until(lambda events: len(calls_in(events)) == 1)
        assert watcher.events[-2:] == [BoardChanged(board(7)), CallDue(call(7))]


async def test_a_display_tells_its_birth_its_faults_and_its_farewell(
    broker: ManagedBroker,
) -> None:
    screen = DeviceId("screen-1")
    password = await broker.admit(screen)
    topic = TOPICS.device_state(screen)
    async with subscribed(broker.address, topic, TOPICS.device_beat(screen)) as client:
        async with watching(
            broker.address, Interest(), username=screen, password=password, device_id=screen
        ) as watcher:
            born = DeviceState.model_validate_json(bytes((await next_on(client, topic)).payload))
            assert (born.online, born.version, born.faults) == (True, "0.1", [])
            watcher.feed.rendered(42)
            fault = FaultSaid(code="panel-dark", sentence="The panel is dark.")
            panel = FittedDevice(id="panel", kind="call-display", online=True, faults=[fault])
            watcher.feed.fitted((panel,))
            ill = DeviceState.model_validate_json(bytes((await next_on(client, topic)).payload))
            assert ill.faults == ["panel:panel-dark"]
            assert ill.devices == [panel]
            beat = await next_on(client, TOPICS.device_beat(screen))
            assert DeviceBeat.model_validate_json(bytes(beat.payload)).rendered_rev == 42
        gone = DeviceState.model_validate_json(bytes((await next_on(client, topic)).payload))
        assert (gone.online, gone.session_id) == (False, born.session_id)
