"""What a display says of itself over its link: birth, will, health, beat, answers to commands."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from queue_server.contract.ids import DeviceId, WindowId
from queue_server.contract.messages import DeviceAck, DeviceBeat, DeviceState, FittedDevice
from queue_server.contract.topics import COMMAND_EXPIRY_S, DEVICE_BEAT_S, Topics

BEATS_PER_STATE = 6
"""Without news the state is said again after so many beats: an old run's late will, or a broker
that lost it, must not have the last word for longer than a minute."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """What a program says of itself besides its health.

    Attributes:
        device_id: Its id, which is also its login.
        version: The program's version.
        role: "kiosk", "hall-screen" or "window-display".
        place: Where it stands, as people say it.
        window_id: The window it belongs to, if any.
    """

    device_id: DeviceId
    version: str
    role: str = ""
    place: str = ""
    window_id: WindowId | None = None


class DeviceVoice:
    """What a display says of itself: birth, will, faults, beat, and answers to commands."""

    def __init__(self, topics: Topics, card: DeviceCard, clock_s: Callable[[], float]) -> None:
        self._state_topic = topics.device_state(card.device_id)
        self._beat_topic = topics.device_beat(card.device_id)
        self._ack_topic = topics.device_ack(card.device_id)
        self._card = card
        self._clock_s = clock_s
        self._born_s = clock_s()
        self._faults: tuple[str, ...] = ()
        self._devices: tuple[FittedDevice, ...] = ()
        self._told: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: aiomqtt.Client | None = None
        self.session_id = uuid.uuid4().hex
        self.rendered_rev = 0

    def report(self, faults: tuple[str, ...], devices: tuple[FittedDevice, ...] = ()) -> None:
        """Set what is fitted, and the codes of all that is wrong now. Any thread."""
        self._faults, self._devices = faults, devices
        if self._loop is not None and self._told is not None:
            self._loop.call_soon_threadsafe(self._told.set)

    def will(self) -> aiomqtt.Will:
        """What the broker says for this device when its link breaks."""
        return aiomqtt.Will(self._state_topic, self._state(online=False), qos=1, retain=True)

    async def speak(self, client: aiomqtt.Client) -> None:
        """Birth at once, then beats and changed faults until the link breaks or it is cancelled."""
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        self._client = client
        try:
            while True:
                self._told.clear()
                await client.publish(
                    self._state_topic, self._state(online=True), qos=1, retain=True
                )
                heed_cancellation()
                for _ in range(BEATS_PER_STATE):
                    if self._told.is_set():
                        break
                    await client.publish(self._beat_topic, self._beat())
                    heed_cancellation()
                    await _either(self._told.wait(), DEVICE_BEAT_S)
        finally:
            self._loop = self._told = self._client = None

    async def answer(self, command_id: str, code: str, sentence: str, *, done: bool) -> None:
        """Say what came of a command; without a link nobody waits for it any more."""
        client = self._client
        if client is None:
            log.info("ack_unsaid", command_id=command_id, reason="no link")
            return
        ack = DeviceAck(
            command_id=command_id,
            session_id=self.session_id,
            done=done,
            code=code,
            sentence=sentence,
        )
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho has no types here
        properties.MessageExpiryInterval = COMMAND_EXPIRY_S
        said = client.publish(self._ack_topic, ack.model_dump_json(), qos=1, properties=properties)
        try:
            await said
        except aiomqtt.MqttError as error:
            log.info("ack_unsaid", command_id=command_id, reason=str(error))

    async def farewell(self, client: aiomqtt.Client) -> None:
        """Say that this device leaves on purpose; a clean disconnect sends no will."""
        await client.publish(self._state_topic, self._state(online=False), qos=1, retain=True)

    def _state(self, *, online: bool) -> str:
        card = self._card
        return DeviceState(
            session_id=self.session_id,
            online=online,
            version=card.version,
            faults=list(self._faults) if online else [],
            role=card.role,
            place=card.place,
            window_id=card.window_id,
            devices=list(self._devices) if online else [],
            at=datetime.now(UTC) if online else None,
        ).model_dump_json()

    def _beat(self) -> str:
        return DeviceBeat(
            session_id=self.session_id,
            rendered_rev=self.rendered_rev,
            uptime_s=int(self._clock_s() - self._born_s),
        ).model_dump_json()


def heed_cancellation() -> None:
    """Let a cancelled task end; to be called after every aiomqtt call.

    Until Python 3.12, `asyncio.wait_for`, which aiomqtt waits with, forgets a cancellation that
    arrives together with its result; the task would then go on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _either(event: Awaitable[object], seconds: float) -> None:
    """Wait for an event, but no longer than some seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event
