"""The hall's devices as one message in the reader's language."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from queue_server.contract.messages import FaultSaid, FittedDevice
from queue_server.contract.messages_status import (
    DevicesStatus,
    DeviceView,
    ErrandView,
    Link,
    Said,
    StationView,
    Urgency,
)
from queue_server.presence.presence import Presence
from queue_server.presence.station import Moment, Station

Speak = Callable[[str], str]
"""An English msgid to the reader's language; itself where there is no translation."""

_ORDER: Final = {urgency: place for place, urgency in enumerate(Urgency)}
_DIGITS: Final = re.compile(r"(\d+)")


def status(presence: Presence, version: str, speak: Speak) -> DevicesStatus:
    """All of it, those who need a hand first.

    Args:
        presence: What is known.
        version: The server's own.
        speak: Translates the sentences that devices sent.
    """
    now = presence.now()
    stations = [_station(each, presence, version, now, speak) for each in presence.stations()]
    stations.sort(key=lambda s: (_ORDER[s.urgency], _counting(s.device_id)))
    return DevicesStatus(
        epoch=int(presence.started.at.timestamp() * 1000),
        rev=presence.rev,
        at=now.at,
        version=version,
        broker=presence.broker.connected,
        broker_since=presence.broker.since.at,
        hand=sum(each.urgency is Urgency.HAND for each in stations),
        soon=sum(each.urgency is Urgency.SOON for each in stations),
        stations=stations,
    )


def _station(
    station: Station, presence: Presence, version: str, now: Moment, speak: Speak
) -> StationView:
    link, since = station.link(presence.broker, now)
    state = station.state
    shown = state.devices if state is not None and link is Link.ONLINE else []
    return StationView(
        device_id=station.enrolled.device_id,
        kind=station.enrolled.kind,
        role=state.role if state is not None else "",
        place=state.place if state is not None else "",
        window_id=state.window_id if state is not None else None,
        link=link,
        since=since,
        heard_at=station.heard.at if station.heard is not None else None,
        restarted_at=station.restarted_at,
        uptime_s=station.uptime_s,
        version=state.version if state is not None else "",
        other_version=state is not None and state.version not in {"", version},
        clock_off_s=station.clock_off_s,
        twin=station.twin(now),
        unreadable=station.unreadable,
        urgency=station.urgency(link, now),
        devices=_devices(shown, lambda at: station.by_our_clock(at, now), speak),
        errand=_errand(station, now, speak),
    )


def _devices(
    devices: Iterable[FittedDevice],
    by_our_clock: Callable[[datetime | None], datetime | None],
    speak: Speak,
) -> list[DeviceView]:
    views = [
        DeviceView(
            id=device.id,
            kind=device.kind,
            type=device.type,
            title=speak(device.title) if device.title else "",
            online=device.online,
            faults=_said(device.faults, speak),
            warnings=_said(device.warnings, speak),
            since=by_our_clock(device.since),
            details=device.details,
        )
        for device in devices
    ]
    return sorted(views, key=lambda view: (not view.faults, view.online, not view.warnings))


def _said(faults: Iterable[FaultSaid], speak: Speak) -> list[Said]:
    return [Said(code=fault.code, text=speak(fault.sentence)) for fault in faults]


def _errand(station: Station, now: Moment, speak: Speak) -> ErrandView | None:
    errand, state = station.errand, station.errand_state(now)
    if errand is None or state is None:
        return None
    return ErrandView(
        command_id=errand.command_id,
        command=errand.command,
        state=state,
        text=speak(errand.sentence) if errand.sentence else "",
        asked_at=errand.asked.at,
    )


def _counting(name: str) -> list[tuple[int, str]]:
    """So that kiosk-2 comes before kiosk-10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name)]
