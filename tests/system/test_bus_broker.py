"""The managed Mosquitto itself: who may do what, and that it lives and dies with the server."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import paho.mqtt.client as paho
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import ManagedBroker
from queue_server.bus.broker_files import DISPLAY_USER, SERVER_USER
from queue_server.bus.errors import BrokerError
from queue_server.contract.ids import DeviceId, WindowId
from tests.unit.bus.rig import (
    DISPLAY_PASSWORD,
    HALL,
    TOPICS,
    FakeHall,
    call,
    client,
    publishing,
    running_broker,
    subscribed,
)

pytestmark = pytest.mark.system

SCREEN = DeviceId("screen-1")
OTHER = DeviceId("screen-2")
NOT_AUTHORIZED = 0x87
"""MQTT 5.0, section 3.4.2.1, PUBACK reason code."""
GRANTED = {0x00, 0x10}
"""Success, and success with no matching subscribers."""
PUBLIC = [
    TOPICS.server_state,
    TOPICS.server_beat,
    TOPICS.board(),
    TOPICS.window(WindowId("1")),
    TOPICS.call(),
]


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[ManagedBroker]:
    async with running_broker(tmp_path) as running:
        yield running


def puback(address: BrokerAddress, username: str, password: str, topic: str) -> int:
    """Publish once over a bare paho client and give the broker's reason code."""
    reasons: list[ReasonCode] = []
    bare = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    bare.username_pw_set(username, password)
    bare.on_publish = lambda _c, _u, _m, reason, _p: reasons.append(reason)
    bare.on_connect = lambda c, *_: c.publish(topic, b"{}", qos=1, retain=True)
    bare.connect(address.host, address.port)
    while not reasons:
        bare.loop(timeout=0.2)
    bare.disconnect()
    while bare.loop(timeout=0.2) == paho.MQTT_ERR_SUCCESS:
        continue
    return reasons[0].value


def die_with_will(address: BrokerAddress, username: str, password: str, topic: str) -> None:
    """Connect with a will, if the broker allows it, and break the link without a goodbye."""
    bare = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    bare.username_pw_set(username, password)
    bare.will_set(topic, b"{}", qos=1)
    answers: list[ReasonCode] = []
    bare.on_connect = lambda _c, _u, _f, reason, _p: answers.append(reason)
    bare.connect(address.host, address.port)
    while not answers:
        bare.loop(timeout=0.2)
    stream = bare.socket()
    if stream is not None:
        stream.close()


async def reason_of(address: BrokerAddress, username: str, password: str, topic: str) -> int:
    return await asyncio.to_thread(puback, address, username, password, topic)


async def test_a_device_may_publish_its_own_state_and_nothing_that_people_see(
    broker: ManagedBroker,
) -> None:
    password = await broker.admit(SCREEN)
    refused = [
        *PUBLIC,
        TOPICS.device_command(SCREEN),
        TOPICS.device_state(OTHER),
        "bianmin/1/other-hall/board/main",
        "$SYS/anything",
        "anything",
    ]
    for topic in refused:
        assert await reason_of(broker.address, SCREEN, password, topic) == NOT_AUTHORIZED, topic
    for topic in (
        TOPICS.device_state(SCREEN),
        TOPICS.device_beat(SCREEN),
        TOPICS.device_ack(SCREEN),
    ):
        assert await reason_of(broker.address, SCREEN, password, topic) in GRANTED, topic


async def test_a_device_cannot_speak_to_people_by_its_will(broker: ManagedBroker) -> None:
    password = await broker.admit(SCREEN)
    async with subscribed(broker.address, TOPICS.call(), TOPICS.device_state(SCREEN)) as listener:
        for topic in (TOPICS.call(), TOPICS.device_state(SCREEN)):
            await asyncio.to_thread(die_with_will, broker.address, SCREEN, password, topic)
        message = await asyncio.wait_for(anext(aiter(listener.messages)), 10)
        assert message.topic.value == TOPICS.device_state(SCREEN)


async def test_the_demos_display_user_may_publish_nothing(broker: ManagedBroker) -> None:
    for topic in [*PUBLIC, TOPICS.device_state(DeviceId("display"))]:
        reason = await reason_of(broker.address, DISPLAY_USER, DISPLAY_PASSWORD, topic)
        assert reason == NOT_AUTHORIZED, topic


async def test_a_refused_publish_changes_nothing_for_anybody(broker: ManagedBroker) -> None:
    password = await broker.admit(SCREEN)
    async with subscribed(broker.address, "bianmin/1/demo/#") as listener:
        for topic in PUBLIC:
            await reason_of(broker.address, SCREEN, password, topic)
        await listener.publish(TOPICS.call(), call(1).model_dump_json(), qos=1)
        message = await anext(aiter(listener.messages))
        assert bytes(message.payload) == call(1).model_dump_json().encode()


async def test_a_device_reads_what_people_see_and_its_own_command_only(
    broker: ManagedBroker,
) -> None:
    password = await broker.admit(SCREEN)
    async with client(broker.address, SCREEN, password) as listener:
        await listener.subscribe("#", qos=1)
        async with subscribed(broker.address) as server:
            unseen = [TOPICS.device_command(OTHER)]
            seen = [*PUBLIC, TOPICS.device_command(SCREEN)]
            for topic in [*unseen, *seen]:
                await server.publish(topic, topic, qos=1)
        heard = []
        async with asyncio.timeout(10):
            while len(heard) < len(seen):
                heard.append((await anext(aiter(listener.messages))).topic.value)
        assert heard == seen


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (None, None),
        ("", ""),
        ("screen-1", ""),
        ("server", "server"),
        ("display", "wrong"),
        ("nobody", "x"),
    ],
)
async def test_who_is_not_known_is_refused(
    broker: ManagedBroker, username: str | None, password: str | None
) -> None:
    nameless = aiomqtt.Client(
        broker.address.host,
        broker.address.port,
        username=username,
        password=password,
        protocol=aiomqtt.ProtocolVersion.V5,
        timeout=5,
    )
    with pytest.raises(aiomqtt.MqttError):
        async with nameless:
            pass


async def test_a_device_that_is_expelled_loses_its_connection_at_once(
    broker: ManagedBroker,
) -> None:
    password = await broker.admit(SCREEN)
    screen = client(broker.address, SCREEN, password)
    await screen.__aenter__()
    await broker.expel(SCREEN)
    with pytest.raises(aiomqtt.MqttError, match="Disconnected"):
        await asyncio.wait_for(anext(aiter(screen.messages)), 10)
    await screen.__aexit__(None, None, None)
    with pytest.raises(aiomqtt.MqttError):
        async with client(broker.address, SCREEN, password):
            pass


async def test_enrolling_a_device_disturbs_nobody_else(broker: ManagedBroker) -> None:
    hall = FakeHall()
    async with publishing(broker.address, hall) as publisher:
        async with subscribed(broker.address, TOPICS.server_beat) as listener:
            await anext(aiter(listener.messages))
            for number in range(5):
                password = await broker.admit(DeviceId(f"screen-{number}"))
                async with client(broker.address, f"screen-{number}", password):
                    pass
            await anext(aiter(listener.messages))
        assert publisher.counters.connections == 1


async def test_a_new_password_replaces_the_old_one(broker: ManagedBroker) -> None:
    first = await broker.admit(SCREEN)
    second = await broker.admit(SCREEN)
    assert first != second
    with pytest.raises(aiomqtt.MqttError):
        async with client(broker.address, SCREEN, first):
            pass
    async with client(broker.address, SCREEN, second):
        pass


async def test_a_device_keeps_its_login_over_a_restart_and_the_server_gets_a_new_one(
    tmp_path: Path,
) -> None:
    async with running_broker(tmp_path) as first:
        password = await first.admit(SCREEN)
        before = first.address
    async with running_broker(tmp_path) as second:
        assert second.address.port == before.port
        assert second.address.password != before.password
        async with client(second.address, SCREEN, password):
            pass
        with pytest.raises(aiomqtt.MqttError):
            async with client(second.address, SERVER_USER, before.password):
                pass


async def test_it_listens_on_loopback_only_and_not_as_root(broker: ManagedBroker) -> None:
    assert broker.pid is not None
    process = psutil.Process(broker.pid)
    listening = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert [(address.ip, address.port) for address in listening] == [
        ("127.0.0.1", broker.address.port)
    ]
    assert broker.address.port != 1883
    assert process.username() != "root"


async def test_a_port_that_is_taken_is_a_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=f"port {port}.*another program"):
            async with running_broker(tmp_path, port=port):
                pass


async def test_a_broker_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "mosquitto"
    broken.write_text("#!/bin/sh\necho 'Error: no such luck' >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(BrokerError, match=r"does not start: .*(no such luck|Permission)"):
        async with ManagedBroker(tmp_path / "mqtt", HALL, binary=broken):
            pass


PARENT = """
import asyncio, sys
from pathlib import Path
from tests.unit.bus.rig import running_broker

async def main():
    async with running_broker(Path(sys.argv[1])) as broker:
        print(broker.pid, flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""


async def test_the_broker_dies_with_a_server_that_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path)),
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    line = b""
    while not line.strip().isdigit():
        line = await asyncio.wait_for(parent.stdout.readline(), 20)
        assert line, "the parent ended early"
    broker = psutil.Process(int(line))
    assert broker.name() == "mosquitto"
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(broker.wait, 5)
    assert not broker.is_running()


async def test_leaving_the_context_stops_the_broker(tmp_path: Path) -> None:
    async with running_broker(tmp_path) as broker:
        assert broker.pid is not None
        process = psutil.Process(broker.pid)
    assert not process.is_running()
    assert broker.health.state == "down"
