"""The server's voice on MQTT.

MQTT is a lossy, doubling fan-out (docs/mqtt.md): the journal alone is durable. So every connection
starts with everything, each retained topic is a whole snapshot rendered at the moment it is sent,
and a beat names the newest rev of each topic for whoever missed one.

One aiomqtt context per connection; several tasks in it; the first that breaks ends the connection.
The publisher itself is supervised: an unexpected error is logged with its traceback, counted and
followed by a new connection, and `health` says how it stands.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from pydantic import ValidationError

from queue_server.bus.address import BrokerAddress
from queue_server.bus.connection import (
    attempt_within,
    causes,
    connection,
    heed_cancellation,
    retain,
    send,
)
from queue_server.bus.health import PublisherCounters, PublisherHealth
from queue_server.bus.hub import CALLS_HELD, Hub, Outbox, PendingCall
from queue_server.contract.ids import WindowId
from queue_server.contract.messages import BoardSnapshot, ServerBeat, ServerState, WindowSnapshot
from queue_server.contract.topics import DEFAULT_ZONE, SERVER_BEAT_S, Topics

BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 2.0
"""Short, so that displays are right within 5 s of the broker's return."""
STOOD_AFTER_S = 5.0
"""Only a connection that stood this long starts the backoff anew."""
FAREWELL_WITHIN_S = 1.0
REPEAT_FOR_S = 10.0
"""A new connection says living calls again for this long; displays are back within 5 s."""

log = structlog.get_logger(__name__)


class Render(Protocol):
    """What the publisher needs of the views: whole snapshots of committed state."""

    def board(self, zone: str) -> BoardSnapshot:
        """A zone's board as it is now."""

    def window(self, window_id: WindowId) -> WindowSnapshot:
        """A window's display as it is now."""

    def window_ids(self) -> Iterable[WindowId]:
        """All windows of the hall."""


class Publisher:
    """Publishes what the hub says has changed."""

    def __init__(
        self,
        address: BrokerAddress,
        topics: Topics,
        hub: Hub,
        render: Render,
        *,
        session_id: str,
        zones: tuple[str, ...] = (DEFAULT_ZONE,),
        zone_of: Callable[[WindowId], str] = lambda _: DEFAULT_ZONE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock_s: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        beat_s: float = SERVER_BEAT_S,
    ) -> None:
        """Nothing is opened before `run`.

        Args:
            address: The broker and our login.
            topics: The hall's topics.
            hub: Says what changed.
            render: Makes the snapshots.
            session_id: This run of the server; unguessable, it is also the MQTT client id.
            zones: The parts of the hall that have a board of their own.
            zone_of: In which zone a window's calls are announced.
            now: Wall time, UTC.
            clock_s: The hub's monotonic clock.
            jitter: Uniform in [0, 1), for the backoff.
            beat_s: Seconds between beats.
        """
        self._address = address
        self._topics = topics
        self._hub = hub
        self._render = render
        self._session_id = session_id
        self._zones = zones
        self._zone_of = zone_of
        self._now = now
        self._clock_s = clock_s
        self._jitter = jitter
        self._beat_s = beat_s
        self._recent: deque[PendingCall] = deque(maxlen=CALLS_HELD)
        self._birth_heard = False
        self._birth_due = False
        self.counters = PublisherCounters()
        self.health = PublisherHealth("down", now(), "not started")

    async def run(self) -> None:
        """Publish until cancelled; then say goodbye, so that displays know at once."""
        failures = 0
        with self._hub.outbox() as outbox:
            while True:
                began_s = self._clock_s()
                # A task of its own each time: until Python 3.13 a TaskGroup that fails leaves its
                # task looking cancelled for ever.
                one = asyncio.create_task(self._one_connection(outbox), name="mqtt-connection")
                detail = await one
                heed_cancellation()
                failures = 1 if self._clock_s() - began_s >= STOOD_AFTER_S else failures + 1
                if self.health.state == "connected" or failures == 1:
                    log.warning("broker_gone", url=self._address.url, reason=detail)
                    self.health = PublisherHealth("down", self._now(), detail)
                else:
                    self.health = PublisherHealth("down", self.health.since, detail)
                self._hub.drop_expired()
                pause_s = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(failures - 1, 8))
                await asyncio.sleep(pause_s * (0.5 + self._jitter() / 2))

    async def _one_connection(self, outbox: Outbox) -> str:
        """Connect and serve until it breaks; why it broke."""
        try:
            async with self._connection() as client:
                await self._serve(client, outbox)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # A task root: nothing may end the publisher silently.
            reasons = causes(error)
            if all(isinstance(reason, aiomqtt.MqttError | OSError) for reason in reasons):
                return str(reasons[0]) or type(reasons[0]).__name__
            self.counters.crashes += 1
            log.exception("publisher_crashed", crashes=self.counters.crashes)
            return f"internal error: {type(reasons[0]).__name__}"
        return "closed"

    async def _serve(self, client: aiomqtt.Client, outbox: Outbox) -> None:
        try:
            await self._appear(client)
            outbox.put_all(self._render.window_ids())
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell_changes(client, outbox), name="mqtt-changes")
                tasks.create_task(self._tell_calls(client, outbox), name="mqtt-calls")
                tasks.create_task(self._beat(client), name="mqtt-beat")
                tasks.create_task(self._hear(client), name="mqtt-hear")
        except asyncio.CancelledError:
            await attempt_within(FAREWELL_WITHIN_S, self._publish_state(client, online=False))
            raise

    async def _appear(self, client: aiomqtt.Client) -> None:
        self._birth_heard = False
        await client.subscribe(self._topics.server_state, qos=1)
        heed_cancellation()
        await self._birth(client)
        self.counters.connections += 1
        self.health = PublisherHealth("connected", self._now())
        log.info("broker_connected", url=self._address.url)

    async def _tell_changes(self, client: aiomqtt.Client, outbox: Outbox) -> None:
        """Publish what is dirty, then what became dirty meanwhile: one in flight per topic."""
        while True:
            await outbox.dirty.wait()
            board, windows = outbox.take()
            async with asyncio.TaskGroup() as tasks:
                for zone in self._zones if board else ():
                    snapshot = self._render.board(zone)
                    topic = self._topics.board(zone)
                    tasks.create_task(retain(client, topic, snapshot.model_dump_json()))
                    self.counters.boards += 1
                for window_id in windows:
                    payload = self._render.window(window_id).model_dump_json()
                    tasks.create_task(retain(client, self._topics.window(window_id), payload))
                    self.counters.windows += 1

    async def _tell_calls(self, client: aiomqtt.Client, outbox: Outbox) -> None:
        """Publish waiting calls in their order; each leaves the queue when the broker has it."""
        for pending in tuple(self._recent):
            await self._call(client, pending)
        while True:
            await outbox.called.wait()
            outbox.called.clear()
            self._hub.drop_expired()
            while self._hub.calls:
                pending = self._hub.calls[0]
                if await self._call(client, pending):
                    self.counters.calls += 1
                    self._recent.append(pending)
                if self._hub.calls and self._hub.calls[0] is pending:
                    self._hub.calls.popleft()

    async def _call(self, client: aiomqtt.Client, pending: PendingCall) -> bool:
        """Publish a call with what is left of its life; False when nothing is left."""
        remaining_s = pending.remaining_s(self._clock_s())
        if remaining_s == 0:
            return False
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho
        properties.MessageExpiryInterval = remaining_s
        topic = self._topics.call(self._zone_of(WindowId(pending.call.window_id)))
        await send(client, topic, pending.call.model_dump_json(), properties)
        return True

    async def _beat(self, client: aiomqtt.Client) -> None:
        connected_s = self._clock_s()
        while True:
            await client.publish(self._topics.server_beat, self._beat_payload())
            heed_cancellation()
            self.counters.beats += 1
            await asyncio.sleep(self._beat_s)
            if not self._birth_heard:
                self._suspect_acl()
            if self._birth_due or not self._birth_heard:
                await self._birth(client)
            if self._clock_s() - connected_s < REPEAT_FOR_S:
                await self._repeat_calls(client)

    async def _repeat_calls(self, client: aiomqtt.Client) -> None:
        """Say living calls again: after a broker's return displays come back one by one.

        A display knows a call by (call_id, attempt) and announces it once, however often it
        comes.
        """
        now_s = self._clock_s()
        while self._recent and self._recent[0].remaining_s(now_s) == 0:
            self._recent.popleft()
        for pending in tuple(self._recent):
            if await self._call(client, pending):
                self.counters.calls_repeated += 1

    async def _hear(self, client: aiomqtt.Client) -> None:
        """Listen to our own state: a late will of an older link must not have the last word."""
        async for message in client.messages:
            if message.retain:
                continue  # what stood there before our birth
            try:
                state = ServerState.model_validate_json(bytes(message.payload))
            except (ValidationError, TypeError):
                self._birth_due = True
                continue
            own = state.session_id == self._session_id
            if own and state.online and not self._birth_heard:
                self._birth_heard = True
                if self.health.state == "down":  # its access list was mended meanwhile
                    self.health = PublisherHealth("connected", self._now())
            self._birth_due = not (own and state.online)
            if not own and state.online:
                log.error("another_server", session_id=state.session_id, epoch=state.epoch)

    def _suspect_acl(self) -> None:
        """Our birth did not come back: the broker takes it and drops it."""
        detail = (
            f"the broker does not let user {self._address.username!r} publish or read "
            f"{self._topics.server_state}; check its access list (docs/mqtt.md)"
        )
        if self.health.detail != detail:
            log.error("broker_refuses", url=self._address.url, username=self._address.username)
            self.health = PublisherHealth("down", self._now(), detail)

    async def _birth(self, client: aiomqtt.Client) -> None:
        self._birth_due = False
        await self._publish_state(client, online=True)
        self.counters.births += 1

    async def _publish_state(self, client: aiomqtt.Client, *, online: bool) -> None:
        await retain(client, self._topics.server_state, self._state_payload(online=online))

    def _state_payload(self, *, online: bool) -> str:
        return ServerState(
            online=online, epoch=self._hub.epoch, session_id=self._session_id, at=self._now()
        ).model_dump_json()

    def _beat_payload(self) -> str:
        topics = {
            self._topics.short(self._topics.board(z)): self._hub.board_rev for z in self._zones
        }
        for window_id in self._render.window_ids():
            short = self._topics.short(self._topics.window(window_id))
            topics[short] = self._hub.window_rev(window_id)
        return ServerBeat(epoch=self._hub.epoch, topics=topics).model_dump_json()

    def _connection(self) -> aiomqtt.Client:
        offline = self._state_payload(online=False)
        will = aiomqtt.Will(self._topics.server_state, offline, qos=1, retain=True)
        return connection(self._address, f"server-{self._session_id}", will)
