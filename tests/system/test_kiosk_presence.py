"""What the hall sees of a kiosk over MQTT: birth, beat, faults, and the will when it is killed."""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from queue_server.contract.ids import DeviceId, HallId
from queue_server.contract.topics import Topics
from tests.fakes_server import FakeHall, serving
from tests.system.kiosk_process import running, write_config

pytestmark = [pytest.mark.system, pytest.mark.screen]
TOPICS = Topics(HallId("demo"))
STATE = TOPICS.device_state(DeviceId("kiosk-1"))
BEAT = TOPICS.device_beat(DeviceId("kiosk-1"))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    """A broker of this test on a free port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    file = tmp_path / "mosquitto.conf"
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser {user}\n")
    process = subprocess.Popen(
        ["mosquitto", "-c", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


async def messages(port: int) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Everything the kiosk says; waits until the broker serves."""
    while True:
        try:
            async with aiomqtt.Client("127.0.0.1", port) as client:
                await client.subscribe(f"{TOPICS.root}/device/#", qos=1)
                async for message in client.messages:
                    yield message.topic.value, json.loads(bytes(message.payload))  # type: ignore[arg-type] # always bytes here
        except aiomqtt.MqttError:
            await asyncio.sleep(0.05)


async def test_birth_beat_fault_and_will(broker: int, tmp_path: Path) -> None:
    extra = (
        f'[mqtt]\nurl = "mqtt://127.0.0.1:{broker}"\n'
        f'[printer]\nurl = "serial://{tmp_path}/nothing?baud=9600"\n'
    )
    with serving(FakeHall()) as url, running(write_config(tmp_path, url, extra)) as kiosk:
        async with asyncio.timeout(60):
            heard = messages(broker)
            seen: dict[str, dict[str, Any]] = {}
            async for topic, said in heard:
                seen[topic] = said
                if BEAT in seen and "printer:unavailable" in seen.get(STATE, {}).get("faults", []):
                    break
            assert seen[STATE]["online"]
            assert seen[BEAT]["session_id"] == seen[STATE]["session_id"]
            kiosk.process.kill()
            async for topic, said in heard:
                if topic == STATE and not said["online"]:
                    break
            assert said["session_id"] == seen[STATE]["session_id"]
            await heard.aclose()  # type: ignore[attr-defined] # an async generator
