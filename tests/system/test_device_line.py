"""What the server hears of devices over the real broker, and what it asks of them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import aiomqtt
import pytest

from kiosk.board_feed import CommandCame, Interest
from queue_server.bus.broker import ManagedBroker
from queue_server.bus.device_line import DeviceLine
from queue_server.bus.errors import BrokerError
from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import (
    DeviceCommand,
    ErrandState,
    FaultSaid,
    FittedDevice,
    Link,
    StationView,
)
from queue_server.presence.presence import Presence
from queue_server.presence.station import Enrolled, Moment
from queue_server.presence.view import status
from tests.unit.bus.rig import TOPICS, client, running_broker, watching

pytestmark = pytest.mark.system
KIOSK = DeviceId("kiosk-1")
PANEL = FittedDevice(
    id="panel",
    kind="call-display",
    online=True,
    faults=[FaultSaid(code="panel-dark", sentence="The panel is dark.")],
)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[ManagedBroker]:
    async with running_broker(tmp_path) as running:
        yield running


class Server:
    """The server's side: a presence and its line."""

    def __init__(self, broker: ManagedBroker) -> None:
        self.presence = Presence(lambda: Moment(datetime.now(UTC), time.monotonic()))
        self.presence.set_enrolled([Enrolled(KIOSK, "kiosk")])
        self.line = DeviceLine(broker.address, TOPICS, self.presence)

    @property
    def kiosk(self) -> StationView:
        return status(self.presence, "0.1", lambda text: text).stations[0]

    async def until(self, wanted: Callable[[StationView], bool]) -> StationView:
        async with asyncio.timeout(20), self.presence.subscribe() as revs:
            async for _ in revs:
                if wanted(self.kiosk):
                    return self.kiosk
        raise AssertionError("the stream ended")


@asynccontextmanager
async def serving(broker: ManagedBroker) -> AsyncIterator[Server]:
    server = Server(broker)
    task = asyncio.create_task(server.line.run(), name="device-line")
    try:
        yield server
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def is_on(link: Link) -> Callable[[StationView], bool]:
    return lambda station: station.link is link


async def test_a_device_is_heard_its_fault_too_and_its_end(broker: ManagedBroker) -> None:
    password = await broker.admit(KIOSK)
    async with serving(broker) as server:
        async with watching(
            broker.address, Interest(), username=KIOSK, password=password, device_id=KIOSK
        ) as watcher:
            await server.until(is_on(Link.ONLINE))
            watcher.feed.fitted((PANEL,))
            seen = await server.until(lambda station: bool(station.devices))
            assert seen.devices[0].faults[0].text == "The panel is dark."
            assert seen.version == "0.1"
        await server.until(is_on(Link.OFFLINE))


async def test_a_server_that_starts_anew_knows_it_from_the_retained_state(
    broker: ManagedBroker,
) -> None:
    password = await broker.admit(KIOSK)
    async with watching(
        broker.address, Interest(), username=KIOSK, password=password, device_id=KIOSK
    ) as watcher:
        async with serving(broker) as server:
            watcher.feed.fitted((PANEL,))
            await server.until(lambda station: bool(station.devices))
        async with serving(broker) as server:
            seen = await server.until(lambda station: bool(station.devices))
            assert (seen.link, seen.since) == (Link.ONLINE, None)


async def test_after_a_broker_s_death_everything_is_heard_again(broker: ManagedBroker) -> None:
    password = await broker.admit(KIOSK)
    async with (
        serving(broker) as server,
        watching(
            broker.address, Interest(), username=KIOSK, password=password, device_id=KIOSK
        ) as watcher,
    ):
        watcher.feed.fitted((PANEL,))
        await server.until(lambda station: bool(station.devices))
        assert broker.pid is not None
        process = broker._process
        assert process is not None
        process.kill()
        await server.until(is_on(Link.UNKNOWN))
        seen = await server.until(is_on(Link.ONLINE))
        assert [device.id for device in seen.devices] == ["panel"]


async def test_a_device_that_sends_rubbish_harms_nothing(broker: ManagedBroker) -> None:
    password = await broker.admit(KIOSK)
    topic = TOPICS.device_state(KIOSK)
    async with serving(broker) as server:
        await server.until(lambda _: server.presence.broker.connected)
        async with client(broker.address, KIOSK, password) as device:
            for payload in (b"{", b"\x00" * 1000, b'{"place":"' + b"<script>" * 20_000 + b'"}'):
                await device.publish(topic, payload, qos=1, retain=True)
                await device.publish(TOPICS.device_beat(KIOSK), payload)
            await server.until(lambda station: station.unreadable)
            good = {"session_id": "s", "online": True, "version": "1", "place": "<b>door</b>"}
            await device.publish(topic, json.dumps(good), qos=1, retain=True)
            seen = await server.until(lambda station: not station.unreadable)
            assert (seen.link, seen.place) == (Link.ONLINE, "<b>door</b>")


async def test_a_command_reaches_the_device_once_and_its_answer_comes_back(
    broker: ManagedBroker,
) -> None:
    password = await broker.admit(KIOSK)
    async with (
        serving(broker) as server,
        watching(
            broker.address, Interest(), username=KIOSK, password=password, device_id=KIOSK
        ) as watcher,
    ):
        await server.until(is_on(Link.ONLINE))
        asked = server.presence.ask(KIOSK, "c-1", "print-test")
        command = DeviceCommand(command_id="c-1", command="print-test", at=datetime.now(UTC))
        await server.line.ask(asked, command)
        await server.line.ask(asked, command)  # QoS 1 may bring it twice
        await watcher.until(lambda _: bool(watcher.of(CommandCame)))
        await watcher.feed.answer("c-1", "in-use", "Somebody is using it.", done=False)
        seen = await server.until(
            lambda station: station.errand is not None and station.errand.text != ""
        )
        assert seen.errand is not None
        assert (seen.errand.state, seen.errand.text) == (
            ErrandState.REFUSED,
            "Somebody is using it.",
        )
        assert [came.command.command_id for came in watcher.of(CommandCame)] == ["c-1"]


async def test_without_a_broker_a_command_is_refused_at_once(broker: ManagedBroker) -> None:
    line = Server(broker).line
    command = DeviceCommand(command_id="c-1", command="print-test", at=datetime.now(UTC))
    with pytest.raises(BrokerError):
        await line.ask(KIOSK, command)


class StrictBroker:
    """Mosquitto grants every subscription and drops what may not be read; others refuse it."""

    async def subscribe(self, topics: list[tuple[str, int]]) -> tuple[int, ...]:
        return (0x87,) * len(topics)


async def test_a_broker_that_does_not_let_us_listen_is_said(broker: ManagedBroker) -> None:
    server = Server(broker)
    with pytest.raises(aiomqtt.MqttError, match="access list"):
        await server.line._listen(cast("aiomqtt.Client", StrictBroker()))
    assert not server.presence.broker.connected
