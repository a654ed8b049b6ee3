"""The broker: ours, or the hall's own by URL."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import ManagedBroker, find_mosquitto
from queue_server.config import ConfigError, MqttConfig, read_secret
from queue_server.contract.ids import DeviceId, HallId

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker as the rest sees it: ours, or the hall's own."""

    address: BrokerAddress
    admit: Callable[[DeviceId], Awaitable[str]]
    expel: Callable[[DeviceId], Awaitable[None]]
    knows: Callable[[DeviceId], bool]
    health: Callable[[], Mapping[str, object]]


async def open_broker(
    config: MqttConfig,
    directory: Path,
    hall_id: str,
    display_password: str | None,
    stack: AsyncExitStack,
) -> Broker:
    """The broker that the configuration asks for, running or at least known.

    Raises:
        ConfigError: a setting is missing or wrong.
        BrokerError: Mosquitto is not installed or does not start.
    """
    if config.url is not None:
        return _own_broker(config)
    managed = await stack.enter_async_context(
        ManagedBroker(
            directory,
            HallId(hall_id),
            binary=find_mosquitto(),
            port=config.port or None,
            display_password=display_password,
        ),
    )
    return Broker(
        managed.address,
        managed.admit,
        managed.expel,
        managed.knows,
        lambda: {"state": managed.health.state, "restarts": managed.health.restarts},
    )


def _own_broker(config: MqttConfig) -> Broker:
    """A broker the hall runs itself: its users are the administrator's business."""
    if config.password_file is None:
        raise ConfigError("mqtt.password_file: a broker by URL needs it (docs/mqtt.md).")
    try:
        address = BrokerAddress.from_url(
            config.url or "",
            config.username,
            read_secret(config.password_file),
            ca_file=config.ca_file,
        )
    except ValueError as error:
        raise ConfigError(f"mqtt.url: {error}.") from error

    async def admit(device_id: DeviceId) -> str:
        log.info("add-device-to-own-broker", device=device_id)
        return ""

    async def expel(device_id: DeviceId) -> None:
        log.info("remove-device-from-own-broker", device=device_id)

    return Broker(address, admit, expel, lambda _: False, lambda: {"state": "external"})
