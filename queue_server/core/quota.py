"""How many numbers of an item or a group a hall gives in one business day.

A number that was given has used its place, whatever became of it. A kiosk gives none beyond; staff
may, at the desk or at a window. What a cut-off kiosk printed counts and is never refused.
"""

from queue_server.contract.ids import GroupId, ServiceId
from queue_server.core.errors import QuotaFull
from queue_server.core.model import Floor


def places_left(floor: Floor, service_id: ServiceId) -> int | None:
    """Numbers of an item that may still be given today; None where nothing limits them."""
    if floor.skills is None or service_id not in floor.skills.services:
        return None
    service = floor.skills.services[service_id]
    group_quota = floor.skills.day_quota.get(service.group_id)
    left = []
    if service.day_quota is not None:
        left.append(service.day_quota - floor.given.get(service_id, 0))
    if group_quota is not None:
        left.append(group_quota - _given_in_group(floor, service.group_id))
    return max(0, min(left)) if left else None


def places(floor: Floor) -> dict[ServiceId, int]:
    """The places left of every item that has a quota."""
    services = floor.skills.services if floor.skills else {}
    left = {service_id: places_left(floor, service_id) for service_id in services}
    return {service_id: count for service_id, count in left.items() if count is not None}


def check(floor: Floor, service_id: ServiceId) -> None:
    """Whether a kiosk may give one more.

    Raises:
        QuotaFull: all of today's are given.
    """
    if places_left(floor, service_id) == 0:
        raise QuotaFull(service_id=service_id)


def _given_in_group(floor: Floor, group_id: GroupId) -> int:
    group_of = floor.skills.group_of if floor.skills else {}
    return sum(count for item, count in floor.given.items() if group_of.get(item) == group_id)
