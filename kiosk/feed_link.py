"""The wire under a display's feed: one MQTT connection after another.

It knows topics and time-outs but nothing of what a snapshot means. The session outlives a short
break of the link by the life of a call, so a call made meanwhile still arrives; the reducer drops
what came twice.
"""

import asyncio
import random
import socket
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import urlsplit

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from kiosk.feed_voice import DeviceVoice, heed_cancellation
from queue_server.contract.topics import CALL_EXPIRY_S, Topics

KEEPALIVE_S = 5
"""A half-open link is noticed within about two of these, before the mark at 15 s is due."""
ANSWER_WITHIN_S = 3.0
"""For CONNACK, SUBACK and PUBACK, in seconds. aiomqtt waits all of it when a broker dies between
accepting a connection and answering it, so it is well below the 5 s a display may be wrong."""
BACKOFF_FIRST_S = 0.25
BACKOFF_MOST_S = 2.0
"""Short, so that a display is right within 5 s of the broker's return."""
STOOD_AFTER_S = 5.0
"""Only a link that stood this long starts the backoff anew."""
MESSAGES_HELD = 4096
"""Messages that may wait in the client; the reducer needs microseconds for each."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BrokerLogin:
    """Where the broker is and who we are to it. `tls` is None on loopback only."""

    host: str
    port: int
    username: str
    password: str
    tls: ssl.SSLContext | None = None

    @classmethod
    def from_url(cls, url: str, username: str, password: str, ca_file: str | None = None) -> Self:
        """Read `mqtt://host:port`, or `mqtts://host:port` (TLS, checked against `ca_file`).

        Raises:
            ValueError: The URL is of another kind.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"not an MQTT address: {url}")
        tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "mqtts" else None
        port = parts.port or (1883 if tls is None else 8883)
        return cls(parts.hostname, port, username, password, tls)


class Listener(Protocol):
    """What the link tells its owner."""

    async def on_link(self, *, connected: bool, reason: str | None) -> None:
        """The link came or went."""

    async def on_message(self, topic: str, payload: bytes, remaining_s: float | None) -> None:
        """A message by its short topic; `remaining_s` is what the broker says is left of it."""


class FeedLink:
    """Keeps a display linked to its broker."""

    def __init__(
        self,
        login: BrokerLogin,
        topics: Topics,
        subscriptions: list[str],
        *,
        voice: DeviceVoice | None,
        listener: Listener,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._login = login
        self._topics = topics
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self._voice = voice
        self._listener = listener
        self._jitter = jitter
        # Unguessable, so that no other login can take the session over; kept for the run of the
        # program, so that a new link replaces a half-open one and its will is sent first.
        self._identifier = f"display-{uuid.uuid4().hex[:16]}"
        self._linked_before = False

    async def keep(self) -> None:
        """Link, listen, and link again, until cancelled."""
        failures = 0
        while True:
            began_s = time.monotonic()
            # A task of its own each time: until Python 3.13 a TaskGroup that fails leaves its
            # task looking cancelled for ever.
            reason = await asyncio.create_task(self._one_link(), name="feed-connection")
            heed_cancellation()
            stood = time.monotonic() - began_s >= STOOD_AFTER_S
            failures = 1 if stood else failures + 1
            if failures == 1:
                log.warning("broker_gone", reason=reason)
            await self._listener.on_link(connected=False, reason=reason)
            pause_s = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(failures - 1, 8))
            await asyncio.sleep(pause_s * (0.5 + self._jitter() / 2))

    async def _one_link(self) -> str:
        """Link and listen until the link breaks; why it broke."""
        try:
            async with self._client() as client:
                await self._attend(client)
        except* aiomqtt.MqttError as group:
            reason = _first(group)
        else:
            reason = "closed"
        return reason

    async def _attend(self, client: aiomqtt.Client) -> None:
        await client.subscribe(self._subscriptions)
        heed_cancellation()
        self._linked_before = True
        log.info("broker_linked", host=self._login.host, port=self._login.port)
        await self._listener.on_link(connected=True, reason=None)
        try:
            async with asyncio.TaskGroup() as tasks:
                if self._voice is not None:
                    tasks.create_task(self._voice.speak(client), name="feed-voice")
                tasks.create_task(self._hear(client), name="feed-hear")
        except asyncio.CancelledError:
            if self._voice is not None:
                await _within(self._voice.farewell(client), 1.0)
            raise

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            remaining = getattr(message.properties, "MessageExpiryInterval", None)
            payload = message.payload
            if isinstance(payload, bytes):
                topic = self._topics.short(message.topic.value)
                await self._listener.on_message(topic, payload, remaining)

    def _client(self) -> aiomqtt.Client:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho has no types here
        properties.SessionExpiryInterval = CALL_EXPIRY_S
        return aiomqtt.Client(
            self._login.host,
            self._login.port,
            username=self._login.username,
            password=self._login.password,
            tls_context=self._login.tls,
            identifier=self._identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=self._voice.will() if self._voice is not None else None,
            # A program that just started announces nothing from before its start.
            clean_start=not self._linked_before,
            properties=properties,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_WITHIN_S,
            # An acknowledgement must not wait for Nagle: the next message may wait for it.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            max_queued_incoming_messages=MESSAGES_HELD,
        )


def _first(group: BaseExceptionGroup[BaseException]) -> str:
    """What broke, in a few words for the log."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__


async def _within(what: Awaitable[object], seconds: float) -> None:
    """Do a last thing on a link that may be broken already."""
    try:
        async with asyncio.timeout(seconds):
            await what
    except (TimeoutError, aiomqtt.MqttError) as error:
        log.info("farewell_unsaid", reason=type(error).__name__)
