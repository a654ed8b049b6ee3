"""One connection of the server to its broker, and small things done on it."""

import asyncio
import socket
from collections.abc import Awaitable

import aiomqtt
import structlog
from paho.mqtt.properties import Properties

from queue_server.bus.address import BrokerAddress

KEEPALIVE_S = 5
"""A half-open link is noticed within about two of these; any publish notices it sooner."""
ANSWER_WITHIN_S = 3.0
"""For CONNACK, SUBACK and PUBACK, in seconds. aiomqtt waits all of it when a broker dies between
accepting a connection and answering it, so it is well below the 5 s a display may be wrong."""
PENDING_EXPECTED = 1000
"""aiomqtt warns of more publishes in flight than this; a hall has at most some 100 topics."""

log = structlog.get_logger(__name__)


def connection(
    address: BrokerAddress, identifier: str, will: aiomqtt.Will | None = None, held: int = 0
) -> aiomqtt.Client:
    """A connection to be entered once.

    Args:
        address: The broker and our login.
        identifier: One for the whole run of the program: a new link then replaces a half-open
            one, and the old one's will is published before the new birth, not after it.
        will: What the broker says for us when the link breaks.
        held: Incoming messages that may wait; more are dropped. 0 for no bound.
    """
    client = aiomqtt.Client(
        address.host,
        address.port,
        username=address.username,
        password=address.password,
        tls_context=address.tls_context(),
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        will=will,
        clean_start=True,
        keepalive=KEEPALIVE_S,
        timeout=ANSWER_WITHIN_S,
        max_queued_incoming_messages=held or None,
        # A call, a board and a window are three small writes; Nagle would hold the later two back.
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    client.pending_calls_threshold = PENDING_EXPECTED
    return client


def heed_cancellation() -> None:
    """Let a cancelled task end.

    Until Python 3.12, `asyncio.wait_for`, which aiomqtt waits with, forgets a cancellation that
    arrives together with its result; the task would then go on for ever. Call this after every
    aiomqtt call, in a task in which no TaskGroup has failed (it leaves the same trace, until 3.13).

    Raises:
        CancelledError: This task was cancelled, whoever caught it.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def send(
    client: aiomqtt.Client, topic: str, payload: str, properties: Properties | None = None
) -> None:
    """Publish with QoS 1 and wait until the broker has it.

    Raises:
        MqttError: The link broke, or the broker did not answer in time.
    """
    await client.publish(topic, payload, qos=1, properties=properties)
    heed_cancellation()


async def retain(client: aiomqtt.Client, topic: str, payload: str) -> None:
    """Publish a retained message with QoS 1 and wait until the broker has it.

    Raises:
        MqttError: The link broke, or the broker did not answer in time.
    """
    await client.publish(topic, payload, qos=1, retain=True)
    heed_cancellation()


async def attempt_within(seconds: float, what: Awaitable[None]) -> None:
    """Do a last thing on a link that may be broken already."""
    try:
        async with asyncio.timeout(seconds):
            await what
    except (TimeoutError, aiomqtt.MqttError) as error:
        log.info("farewell_unsaid", reason=type(error).__name__)


def causes(error: BaseException) -> list[BaseException]:
    """The errors inside nested groups, in their order."""
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [cause for inner in error.exceptions for cause in causes(inner)]
