"""How the hall's devices are: what is heard of them, their directory, and commands to them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import uuid_utils

from queue_server.bus.address import BrokerAddress
from queue_server.bus.device_line import DeviceLine
from queue_server.bus.errors import BrokerError
from queue_server.contract import messages as msg
from queue_server.contract.ids import DeviceId, HallId
from queue_server.contract.topics import Topics
from queue_server.presence.presence import NotLinkedError, Presence, Watching
from queue_server.presence.station import Enrolled, Moment
from queue_server.presence.view import status
from queue_server.views import Say
from queue_server.web.deps import EnrolledDevice

PRINT_TEST = "print-test"


def program_version() -> str:
    """The version of the wheel; empty in a source tree that was never installed."""
    try:
        return version("bianmin")
    except PackageNotFoundError:
        return ""


class HallDevices:
    """`web.deps.DeviceDesk`."""

    def __init__(
        self,
        address: BrokerAddress,
        hall_id: str,
        directory: Callable[[], Sequence[EnrolledDevice]],
        say: Say,
    ) -> None:
        """Nothing is opened before `line.run`."""
        self.presence = Presence(lambda: Moment(datetime.now(UTC), time.monotonic()))
        self.line = DeviceLine(address, Topics(HallId(hall_id)), self.presence)
        self._directory = directory
        self._say = say
        self._version = program_version()

    def status(self, language: str) -> msg.DevicesStatus:
        """All of them now."""
        return status(self.presence, self._version, lambda text: self._say(language, text))

    def place(self, device_id: str) -> str:
        """Where it stands, as it said itself; empty when it has not."""
        return self.presence.place(device_id)

    def subscribe(self) -> Watching:
        """For a stream of `status`."""
        return self.presence.subscribe()

    async def refresh(self) -> None:
        """Read the directory again."""
        rows = await asyncio.to_thread(self._directory)
        self.presence.set_enrolled(
            Enrolled(DeviceId(row.device_id), row.kind, row.awaited) for row in rows
        )

    async def print_test(self, device_id: str, language: str) -> str:
        """Ask a kiosk for a test ticket.

        Raises:
            UnknownDeviceError: There is no such device.
            NotLinkedError: It cannot be reached now.
            ErrandPendingError: It was asked a moment ago.
        """
        command_id = str(uuid_utils.uuid7())
        known = self.presence.ask(device_id, command_id, PRINT_TEST)
        command = msg.DeviceCommand(
            command_id=command_id,
            command=PRINT_TEST,
            language=language,
            at=self.presence.now().at,
        )
        try:
            await self.line.ask(known, command)
        except BrokerError as error:
            self.presence.unasked(device_id, command_id)
            raise NotLinkedError(device_id) from error
        return command_id
