"""What the product is compared with: bare commits, bare MQTT, bare rows."""

import asyncio
import sqlite3
import time
from pathlib import Path

import aiomqtt

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import ManagedBroker, find_mosquitto
from queue_server.bus.broker_files import DISPLAY_USER
from queue_server.contract.ids import HallId
from tests.bench.load import until

DISPLAY_PASSWORD = "bench-display-only"  # of a broker that lives for this run
PAYLOAD = "x" * 400
"""About as long as an announcement."""


async def commits(directory: Path, rate: float, seconds: float) -> list[float]:
    """Milliseconds of single fsynced SQLite commits of one row, paced, WAL as in the product."""
    connection = sqlite3.connect(directory / "bare.db", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE bare (seq INTEGER PRIMARY KEY, body TEXT)")
        took_ms = []
        began_s = time.perf_counter()
        for number in range(round(rate * seconds)):
            await until(began_s + number / rate)
            start_s = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bare (body) VALUES (?)", (PAYLOAD,))
            connection.execute("COMMIT")
            took_ms.append((time.perf_counter() - start_s) * 1000)
        return took_ms
    finally:
        connection.close()


async def publishes(directory: Path, rate: float, seconds: float) -> list[float]:
    """Milliseconds from a bare QoS 1 publish to its receipt by a subscriber, paced."""
    broker = ManagedBroker(
        directory,
        HallId("bare"),
        binary=find_mosquitto(),
        port=None,
        display_password=DISPLAY_PASSWORD,
    )
    async with broker as running:
        address = running.address
        topic = "bianmin/1/bare/call/main"
        sent_s: dict[int, float] = {}
        took_ms: list[float] = []
        total = round(rate * seconds)
        reader = _client(address.host, address.port, DISPLAY_USER, DISPLAY_PASSWORD)
        writer = _client(address.host, address.port, address.username, address.password)
        async with reader, writer:
            await reader.subscribe(topic, qos=1)

            async def receive() -> None:
                async for message in reader.messages:
                    now_s = time.perf_counter()
                    number = int(bytes(message.payload)[:8])  # type: ignore[arg-type]
                    took_ms.append((now_s - sent_s[number]) * 1000)
                    if len(took_ms) == total:
                        return

            receiving = asyncio.create_task(receive())
            began_s = time.perf_counter()
            for number in range(total):
                await until(began_s + number / rate)
                sent_s[number] = time.perf_counter()
                await writer.publish(topic, f"{number:08}{PAYLOAD}", qos=1)
            async with asyncio.timeout(10):
                await receiving
        return took_ms


def _client(host: str, port: int, username: str, password: str) -> aiomqtt.Client:
    return aiomqtt.Client(
        host, port, username=username, password=password, protocol=aiomqtt.ProtocolVersion.V5
    )


def display(address: BrokerAddress) -> aiomqtt.Client:
    """A display's connection."""
    return _client(address.host, address.port, address.username, address.password)


def rows(database: Path) -> tuple[int, float]:
    """The number of events in a database, and the seconds it takes to read them raw."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        began_s = time.perf_counter()
        found = connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
        return len(found), time.perf_counter() - began_s
    finally:
        connection.close()
