"""Hears what devices say of themselves, and hands commands to them: a connection of its own.

Whatever a device sends can at most end this connection, never the one that publishes boards and
calls. It is made again and again like the publisher's; a gap costs nothing, because states are
retained and beats come by themselves.
"""

import asyncio
import random
import uuid
from collections.abc import Callable
from typing import Protocol

import aiomqtt
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from queue_server.bus.address import BrokerAddress
from queue_server.bus.connection import causes, connection, heed_cancellation, send
from queue_server.bus.errors import BrokerError
from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import DeviceCommand
from queue_server.contract.topics import COMMAND_EXPIRY_S, Topics

BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 2.0
STOOD_AFTER_S = 5.0
"""Only a connection that stood this long starts the backoff anew."""
HELD = 2000
"""Messages that may wait; more come only from a device that has gone mad, and are dropped."""
REFUSED_FROM = 0x80
"""MQTT 5.0, section 3.9.3: reason codes of a refused subscription."""

log = structlog.get_logger(__name__)


class DeviceEars(Protocol):
    """Who is told."""

    def on_broker(self, *, connected: bool) -> None:
        """The link to the broker came or went."""
        ...

    def on_message(self, device_id: str, part: str, payload: bytes, *, retained: bool) -> None:
        """What a device said on `device/{id}/{part}`. Never raises."""
        ...


class DeviceLine:
    """See the module.

    Args:
        address: The broker and our login.
        topics: The hall's topics.
        ears: Who is told what is heard.
        jitter: Uniform in [0, 1), for the backoff.
    """

    def __init__(
        self,
        address: BrokerAddress,
        topics: Topics,
        ears: DeviceEars,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._topics = topics
        self._ears = ears
        self._jitter = jitter
        self._identifier = f"devices-{uuid.uuid4().hex}"
        self._client: aiomqtt.Client | None = None

    async def run(self) -> None:
        """Listen until cancelled."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            # A task of its own each time: see the publisher.
            one = asyncio.create_task(self._one_connection(), name="device-connection")
            reason = await one
            heed_cancellation()
            stood = loop.time() - began_s >= STOOD_AFTER_S
            failures = 1 if stood else failures + 1
            if failures == 1:
                log.warning("device_line_gone", reason=reason)
            self._ears.on_broker(connected=False)
            pause_s = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(failures - 1, 8))
            await asyncio.sleep(pause_s * (0.5 + self._jitter() / 2))

    async def ask(self, device_id: DeviceId, command: DeviceCommand) -> None:
        """Send a command, which the broker forgets after 30 s.

        Raises:
            BrokerError: There is no broker now.
        """
        client = self._client
        if client is None:
            raise BrokerError("the broker is away")
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho
        properties.MessageExpiryInterval = COMMAND_EXPIRY_S
        topic = self._topics.device_command(device_id)
        try:
            await send(client, topic, command.model_dump_json(), properties)
        except aiomqtt.MqttError as error:
            raise BrokerError(str(error)) from error

    async def _one_connection(self) -> str:
        """Connect and listen until it breaks; why it broke."""
        try:
            async with connection(self._address, self._identifier, held=HELD) as client:
                await self._listen(client)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # A task root: nothing may end the line silently.
            reasons = causes(error)
            if all(isinstance(reason, aiomqtt.MqttError | OSError) for reason in reasons):
                return str(reasons[0]) or type(reasons[0]).__name__
            log.exception("device_line_crashed")
            return f"internal error: {type(reasons[0]).__name__}"
        finally:
            self._client = None
        return "closed"

    async def _listen(self, client: aiomqtt.Client) -> None:
        root = f"{self._topics.root}/device/+"
        wanted = [(f"{root}/state", 1), (f"{root}/ack", 1), (f"{root}/beat", 0)]
        granted = await client.subscribe(wanted)
        heed_cancellation()
        refused = [code for code in granted if _value(code) >= REFUSED_FROM]
        if refused:
            raise aiomqtt.MqttError(
                f"the broker does not let user {self._address.username!r} read {root}/state; "
                "check its access list (docs/mqtt.md)"
            )
        self._client = client
        self._ears.on_broker(connected=True)
        log.info("device_line_connected", url=self._address.url)
        async for message in client.messages:
            _, device_id, part = self._topics.short(message.topic.value).split("/")
            payload = message.payload if isinstance(message.payload, bytes) else b""
            self._ears.on_message(device_id, part, payload, retained=bool(message.retain))


def _value(code: int | ReasonCode) -> int:
    return code if isinstance(code, int) else int(code.value)
