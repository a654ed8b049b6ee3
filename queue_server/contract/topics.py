"""MQTT topics of one hall, and how long their messages live.

One place spells them, for the server that publishes, the displays that subscribe and the broker's
access list.
"""

from queue_server.contract.ids import HALL_PATTERN, DeviceId, HallId, WindowId

PREFIX = "bianmin/1"
PAYLOAD_VERSION = 1
DEFAULT_ZONE = "main"

CALL_EXPIRY_S = 20
"""A call that reaches a display later than this is history and is not announced."""
COMMAND_EXPIRY_S = 30
SERVER_BEAT_S = 3.0
DEVICE_BEAT_S = 10.0
STALE_AFTER_S = 15.0
"""Without a server beat for this long a display marks itself as possibly out of date."""
BEHIND_AFTER_S = 5.0
"""A topic whose beat stays ahead of the shown rev for this long is fetched over HTTP."""

__all__ = ["HALL_PATTERN", "Topics"]


class Topics:
    """The topics under `bianmin/1/{hall}/`."""

    def __init__(self, hall: HallId) -> None:
        self.root = f"{PREFIX}/{hall}"
        self.server_state = f"{self.root}/server/state"
        self.server_beat = f"{self.root}/server/beat"

    def board(self, zone: str = DEFAULT_ZONE) -> str:
        """The retained snapshot of a zone's board."""
        return f"{self.root}/board/{zone}"

    def window(self, window_id: WindowId) -> str:
        """The retained snapshot of one window's display."""
        return f"{self.root}/window/{window_id}"

    def call(self, zone: str = DEFAULT_ZONE) -> str:
        """The announcements of a zone; not retained, they expire."""
        return f"{self.root}/call/{zone}"

    def device_state(self, device_id: DeviceId) -> str:
        """A device's retained birth, will and health."""
        return f"{self.root}/device/{device_id}/state"

    def device_beat(self, device_id: DeviceId) -> str:
        """A device's sign of life."""
        return f"{self.root}/device/{device_id}/beat"

    def device_command(self, device_id: DeviceId) -> str:
        """What the server asks of a device."""
        return f"{self.root}/device/{device_id}/command"

    def device_ack(self, device_id: DeviceId) -> str:
        """A device's answer to a command."""
        return f"{self.root}/device/{device_id}/ack"

    def short(self, topic: str) -> str:
        """A topic without its root, as the beat names it ("board/main")."""
        return topic.removeprefix(self.root + "/")
