"""What a program says of the devices it is fitted with: one list, whole, told whenever it changes.

Every program that has devices (kiosk, hall screen, window) gives its drivers to one `Fittings` and
hands what it tells to its feed (`BoardFeed.fitted`), which publishes it on `device/{id}/state`. A
fault travels with its English sentence, so that the server need not know `hardware`, and a newer
kiosk's fault still reads well on an older server's page.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hardware.errors import WARNINGS, Unavailable
from hardware.roles import Device, DeviceHealth
from hardware.sentences import sentence
from queue_server.contract.messages import FaultSaid, FittedDevice
from queue_server.contract.messages_devices import (
    DETAILS_MAX,
    FAULTS_MAX,
    FITTED_MAX,
    SENTENCE_MAX,
)

TEXT_MAX: Final = 64
"""Of a detail's value, in characters; as the contract bounds it."""

Told = tuple[FittedDevice, ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A device and what it is called.

    Attributes:
        device: Its driver; somebody else runs it.
        type_id: Entry of `hardware.registry`; empty where none made it.
        title: English msgid of the type.
    """

    device: Device
    type_id: str = ""
    title: str = ""


class Fittings:
    """Follows the health of all fitted devices.

    Args:
        fittings: In the order they are told.
        tell: Takes the whole list, at once and after every change; on the loop of `run`.
        now: The wall clock, UTC.
    """

    def __init__(
        self,
        fittings: Iterable[Fitting],
        tell: Callable[[Told], None],
        now: Callable[[], datetime],
    ) -> None:
        self._fittings = tuple(fittings)[:FITTED_MAX]
        self._tell = tell
        self._now = now
        self._seen: dict[str, tuple[DeviceHealth, datetime]] = {}
        for fitting in self._fittings:
            self._note(fitting.device.health())

    def told(self) -> Told:
        """All of them as they are now."""
        return tuple(self._said(fitting) for fitting in self._fittings)

    async def run(self) -> None:
        """Follow until cancelled."""
        self._tell(self.told())
        async with asyncio.TaskGroup() as tasks:
            for fitting in self._fittings:
                name = f"fitting {fitting.device.health().device_id}"
                tasks.create_task(self._follow(fitting.device), name=name)

    async def _follow(self, device: Device) -> None:
        async for health in device.health_changes():
            if self._note(health):
                self._tell(self.told())

    def _note(self, health: DeviceHealth) -> bool:
        seen = self._seen.get(health.device_id)
        if seen is None:
            self._seen[health.device_id] = health, self._now()
            return True
        before, since = seen
        same = (before.online, before.faults) == (health.online, health.faults)
        self._seen[health.device_id] = health, since if same else self._now()
        return health != before

    def _said(self, fitting: Fitting) -> FittedDevice:
        health, since = self._seen[fitting.device.health().device_id]
        codes = health.faults or (() if health.online else (Unavailable.code,))
        return FittedDevice(
            id=health.device_id,
            kind=health.kind.value,
            type=fitting.type_id,
            title=visible(fitting.title),
            online=health.online,
            faults=[_fault(code) for code in codes if code not in WARNINGS][:FAULTS_MAX],
            warnings=[_fault(code) for code in codes if code in WARNINGS][:FAULTS_MAX],
            since=since,
            details={visible(name): visible(value) for name, value in health.details[:DETAILS_MAX]},
        )


def fault_codes(devices: Told) -> tuple[str, ...]:
    """Everything that is ill, in the short form: "printer:paper-out", "id-reader:unavailable"."""
    return tuple(
        f"{device.id}:{fault.code}"
        for device in devices
        for fault in (*device.faults, *device.warnings)
    )


def visible(text: str, limit: int = TEXT_MAX) -> str:
    """A text as the contract takes it: printable characters only, and not too many."""
    return "".join(character for character in text if character.isprintable())[:limit]


def _fault(code: str) -> FaultSaid:
    return FaultSaid(code=code, sentence=visible(sentence(code), SENTENCE_MAX))
