"""Who of the hall's devices is there, and how it is: kept in memory, told to whoever looks.

Nothing of it is journalled: after a restart the broker's retained messages, or the devices
themselves, say it again. What a device sends is untrusted; what cannot be read is logged once and
changes nothing but the mark that says so.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import structlog
from pydantic import BaseModel, ValidationError

from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import DeviceAck, DeviceBeat, DeviceState
from queue_server.contract.messages_devices import DEVICE_PAYLOAD_MAX_BYTES
from queue_server.contract.messages_status import ErrandState, Link
from queue_server.presence.station import BrokerSeen, Enrolled, Errand, Moment, Station

TICK_S = 1.0
BEATS_TOLD_EVERY_S = 5.0
"""A beat changes only "last heard", which is no news worth a snapshot each."""
STRANGERS_KNOWN = 100
"""Names of devices that are not enrolled, so that the log tells each once."""
PARTS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"state": DeviceState, "beat": DeviceBeat, "ack": DeviceAck}
)

log = structlog.get_logger(__name__)


class UnknownDeviceError(Exception):
    """The hall has no such device."""


class NotLinkedError(Exception):
    """The device cannot be asked anything now."""


class ErrandPendingError(Exception):
    """The device was asked a moment ago and has not answered yet."""


class Presence:
    """The hall's devices as they are now.

    Args:
        now: Both clocks.
    """

    def __init__(self, now: Callable[[], Moment]) -> None:
        self._now = now
        self._stations: dict[str, Station] = {}
        self._strangers: set[str] = set()
        self._complained: set[str] = set()
        self._woken: set[asyncio.Event] = set()
        self._links: dict[str, object] = {}
        self._beats_due = False
        self._told_s = now().s
        self.started = now()
        self.broker = BrokerSeen(connected=False, since=now())
        self.rev = 0

    # --- what is told to it ---

    def set_enrolled(self, rows: Iterable[Enrolled]) -> None:
        """The directory as it is now; what is no longer in it is forgotten."""
        known = self._stations
        self._stations = {}
        for row in rows:
            station = known.get(row.device_id) or Station(row)
            station.enrolled = row
            self._stations[row.device_id] = station
        self._strangers -= self._stations.keys()
        self._changed()

    def on_broker(self, *, connected: bool) -> None:
        """The link to the broker came or went."""
        if connected != self.broker.connected:
            self.broker = BrokerSeen(connected, self._now())
            self._changed()

    def on_message(self, device_id: str, part: str, payload: bytes, *, retained: bool) -> None:
        """What a device said on its `part` ("state", "beat", "ack")."""
        station = self._stations.get(device_id)
        if station is None:
            self._strange(device_id)
            return
        if not payload:
            station.forget()
            self._changed()
            return
        said = _read(part, payload)
        now = self._now()
        match said:
            case DeviceState():
                station.take_state(said, now, retained=retained)
            case DeviceBeat():
                station.take_beat(said, now)
                self._beats_due = True
                return
            case DeviceAck():
                station.take_ack(said, now)
            case _:
                self._unreadable(station, part, len(payload))
                return
        self._changed()

    def ask(self, device_id: str, command_id: str, command: str) -> DeviceId:
        """Note that a device is asked something, before it is sent.

        Raises:
            UnknownDeviceError: There is none.
            NotLinkedError: It is not online.
            ErrandPendingError: It has not answered the last one.
        """
        station = self._stations.get(device_id)
        if station is None:
            raise UnknownDeviceError(device_id)
        now = self._now()
        if station.link(self.broker, now)[0] is not Link.ONLINE:
            raise NotLinkedError(device_id)
        if station.errand_state(now) is ErrandState.ASKED:
            raise ErrandPendingError(device_id)
        station.errand = Errand(command_id, command, now)
        self._changed()
        return station.enrolled.device_id

    def unasked(self, device_id: str, command_id: str) -> None:
        """A command could not be sent after all."""
        station = self._stations.get(device_id)
        if station is not None and station.errand is not None:
            if station.errand.command_id == command_id:
                station.errand = None
            self._changed()

    # --- what it tells ---

    def now(self) -> Moment:
        """Both clocks."""
        return self._now()

    def place(self, device_id: str) -> str:
        """Where a device stands, as it said itself; empty when it has not."""
        station = self._stations.get(device_id)
        state = station.state if station is not None else None
        return state.place if state is not None else ""

    def stations(self) -> list[Station]:
        """All of the directory's devices."""
        return list(self._stations.values())

    def subscribe(self) -> "Watching":
        """A reader of the newest rev, for a stream."""
        return Watching(self)

    async def run(self) -> None:
        """Notice what time alone changes, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    def tick(self) -> None:
        """Tell when a link, an errand or the time of a last word has changed."""
        now = self._now()
        links = {name: self._mark(station, now) for name, station in self._stations.items()}
        beats = self._beats_due and now.s - self._told_s >= BEATS_TOLD_EVERY_S
        if links != self._links or beats:
            self._changed()
        self._links = links

    def admit(self, woken: asyncio.Event) -> None:
        """Let a reader hear of changes."""
        self._woken.add(woken)

    def dismiss(self, woken: asyncio.Event) -> None:
        """Let a reader go."""
        self._woken.discard(woken)

    def _mark(self, station: Station, now: Moment) -> object:
        link, _ = station.link(self.broker, now)
        return link, station.errand_state(now), station.twin(now)

    def _changed(self) -> None:
        self.rev += 1
        self._beats_due = False
        self._told_s = self._now().s
        for woken in self._woken:
            woken.set()

    def _unreadable(self, station: Station, part: str, size_bytes: int) -> None:
        device_id = station.enrolled.device_id
        if device_id not in self._complained:
            self._complained.add(device_id)
            log.warning("device_unreadable", device=device_id, part=part, size_bytes=size_bytes)
        if not station.unreadable:
            station.unreadable = True
            self._changed()

    def _strange(self, device_id: str) -> None:
        if device_id not in self._strangers and len(self._strangers) < STRANGERS_KNOWN:
            self._strangers.add(device_id)
            log.warning("device_not_enrolled", device=device_id[:64])


def _read(part: str, payload: bytes) -> BaseModel | None:
    model = PARTS.get(part)
    if model is None or len(payload) > DEVICE_PAYLOAD_MAX_BYTES:
        return None
    try:
        return model.model_validate_json(payload)
    except ValidationError:
        return None


class Watching:
    """An async context manager that gives each newer rev; a slow reader skips some."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._seen = -1
        self._woken = asyncio.Event()

    async def __aenter__(self) -> AsyncIterator[int]:
        self._presence.admit(self._woken)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._presence.dismiss(self._woken)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        """The newest rev, as soon as it is newer than the last one given."""
        while self._presence.rev == self._seen:
            self._woken.clear()
            await self._woken.wait()
        self._seen = self._presence.rev
        return self._seen
