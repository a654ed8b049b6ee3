"""What boards say beforehand: opening hours, and what nobody serves just now. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from queue_server.contract import messages as msg
from queue_server.core.hours import outlook
from queue_server.core.model import Floor


def hall_hours(
    floor: Floor, names: Mapping[str, Mapping[str, str]], now_ms: int
) -> msg.HallHours | None:
    """What the hall says of its hours now; None where it never closes.

    Args:
        floor: the hall.
        names: of holidays by date (2026-10-01), each by language.
        now_ms: UTC milliseconds.
    """
    if floor.settings is None:
        return None
    zone = ZoneInfo(floor.settings.time_zone)
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    seen = outlook(local, floor.settings)
    if seen is None:
        return None

    def instant(wall: datetime) -> datetime:
        return wall.replace(tzinfo=zone).astimezone(UTC)

    return msg.HallHours(
        time_zone=floor.settings.time_zone,
        today=[
            msg.OpenStretch(opens=instant(start), closes=instant(end)) for start, end in seen.today
        ],
        numbers_until=instant(seen.until) if seen.until else None,
        closes=instant(seen.closes) if seen.closes else None,
        next_numbers=instant(seen.next_open) if seen.next_open else None,
        reason=dict(names.get(local.date().isoformat(), {})) if not seen.today else {},
    )


def unserved(floor: Floor) -> list[str]:
    """Items that no attended window may serve."""
    if floor.skills is None:
        return []
    attended = {window.window_id for window in floor.windows.values() if window.attended}
    return [
        service_id
        for service_id, windows in floor.skills.served_by.items()
        if attended.isdisjoint(windows)
    ]
