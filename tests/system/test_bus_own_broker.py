"""The templates for a hall's own broker: a real Mosquitto loads them, and they hold."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import find_mosquitto
from queue_server.contract.ids import DeviceId, WindowId
from queue_server.contract.messages import ServerState
from tests.unit.bus.rig import TOPICS, FakeHall, call, publishing

pytestmark = pytest.mark.system

CONFIG = Path(__file__).parents[2] / "config"
PASSWORDS = {"server": "pw-of-the-server", "screen-1": "pw-of-a-screen"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare(directory: Path, port: int) -> Path:
    """The templates with this test's paths, passwords made by mosquitto_passwd, a certificate."""
    text = (CONFIG / "mosquitto.example.conf").read_text("utf-8")
    text = text.replace("/etc/mosquitto", str(directory)).replace(
        "listener 8883\n", f"listener {port} 127.0.0.1\n"
    )
    own = directory / "bianmin.conf"
    own.write_text(f"user {'root' if os.geteuid() == 0 else 'nobody'}\n{text}")
    shutil.copy(CONFIG / "mosquitto.example.acl", directory / "bianmin.acl")
    tool = shutil.which("mosquitto_passwd", path=os.environ["PATH"] + ":/usr/bin:/usr/sbin")
    assert tool is not None
    passwords = directory / "bianmin.passwords"
    for number, (name, password) in enumerate(PASSWORDS.items()):
        flags = ["-c", "-b"] if number == 0 else ["-b"]
        subprocess.run([tool, *flags, str(passwords), name, password], check=True)
    (directory / "certs").mkdir()
    key, certificate = directory / "certs/bianmin.key", directory / "certs/bianmin.crt"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *(*subject, "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return own


@pytest.fixture
async def own_broker(tmp_path: Path) -> AsyncIterator[BrokerAddress]:
    port = free_port()
    own = await asyncio.to_thread(prepare, tmp_path, port)
    process = await asyncio.create_subprocess_exec(
        str(find_mosquitto()), "-c", str(own), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    said = b""
    while b"running" not in said:
        line = await asyncio.wait_for(process.stderr.readline(), 10)
        assert line, f"mosquitto refused the template: {said.decode()}"
        said += line
    certificate = tmp_path / "certs/bianmin.crt"
    yield BrokerAddress(
        "127.0.0.1", port, "server", PASSWORDS["server"], tls=True, ca_file=certificate
    )
    process.terminate()
    await process.communicate()


def device(address: BrokerAddress, username: str, password: str) -> aiomqtt.Client:
    return aiomqtt.Client(
        address.host,
        address.port,
        username=username,
        password=password,
        tls_context=address.tls_context(),
        protocol=aiomqtt.ProtocolVersion.V5,
        timeout=5,
    )


async def test_the_server_publishes_over_tls_and_a_device_reads(own_broker: BrokerAddress) -> None:
    async with (
        publishing(own_broker, FakeHall()) as publisher,
        device(own_broker, "screen-1", PASSWORDS["screen-1"]) as screen,
    ):
        await screen.subscribe(TOPICS.server_state, qos=1)
        message = await asyncio.wait_for(anext(aiter(screen.messages)), 10)
        assert ServerState.model_validate_json(bytes(message.payload)).online
        assert publisher.health.state == "connected"


async def test_a_device_can_write_its_own_state_and_nothing_else(own_broker: BrokerAddress) -> None:
    forbidden = [
        TOPICS.call(),
        TOPICS.board(),
        TOPICS.window(WindowId("1")),
        TOPICS.server_state,
        TOPICS.device_state(DeviceId("screen-2")),
        TOPICS.device_command(DeviceId("screen-1")),
    ]
    own = TOPICS.device_state(DeviceId("screen-1"))
    async with (
        device(own_broker, "server", PASSWORDS["server"]) as server,
        device(own_broker, "screen-1", PASSWORDS["screen-1"]) as screen,
    ):
        for topic in [*forbidden, own]:
            await server.subscribe(topic, qos=1)
        for topic in [*forbidden, own]:
            await screen.publish(topic, call(1).model_dump_json(), qos=1)
        message = await asyncio.wait_for(anext(aiter(server.messages)), 10)
        assert message.topic.value == own


async def test_nobody_comes_in_without_a_name_or_without_tls(own_broker: BrokerAddress) -> None:
    for username, password in ((None, None), ("screen-1", "wrong"), ("screen-2", "")):
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client(
                own_broker.host,
                own_broker.port,
                username=username,
                password=password,
                tls_context=own_broker.tls_context(),
                protocol=aiomqtt.ProtocolVersion.V5,
                timeout=5,
            ):
                pass
    plain = aiomqtt.Client(
        own_broker.host, own_broker.port, username="server", password="x", timeout=2
    )
    with pytest.raises(aiomqtt.MqttError):
        async with plain:
            pass


async def test_a_broker_with_another_certificate_is_not_trusted(own_broker: BrokerAddress) -> None:
    stranger = replace(own_broker, ca_file=None).tls_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(own_broker.host, own_broker.port, ssl=stranger)


async def test_a_broker_that_drops_what_the_server_says_is_seen_in_its_health(
    own_broker: BrokerAddress,
) -> None:
    powerless = replace(own_broker, username="screen-1", password=PASSWORDS["screen-1"])
    hall = FakeHall()
    async with (
        publishing(powerless, hall) as publisher,
        asyncio.timeout(10),
    ):
        while "access list" not in (publisher.health.detail or ""):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
        assert publisher.health.state == "down"
