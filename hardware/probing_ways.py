"""Ways to a device that nobody knows yet: a serial port at changing speeds, a network address."""

from hardware.errors import DeviceBusy
from hardware.link import FdLink, Link
from hardware.ports import programs_using
from hardware.transport import DeviceUrl, change_speed, open_link, open_port, parse_url


class SerialWay:
    """A serial port; it stays open while its speed changes, so its control lines do not move."""

    def __init__(self, path: str) -> None:
        """Open it for us alone.

        Raises:
            Unavailable: It cannot be opened (DeviceBusy, AccessDenied where known).
        """
        if programs_using(path):  # not every program takes its port for itself alone
            raise DeviceBusy(path)
        self._path = path
        self._port = open_port(parse_url(f"serial://{path}"))
        self.link: Link = FdLink(self._port.fileno(), self._port.close)

    def speeds(self, usual_bd: tuple[int, ...]) -> tuple[int, ...]:
        """All of them."""
        return usual_bd

    def go(self, speed_bd: int) -> None:
        """Use this speed from now on."""
        change_speed(self._port, speed_bd)

    def url(self, speed_bd: int, options: str) -> str:
        """Device URL of what was found there."""
        return f"serial://{self._path}?baud={speed_bd}{options}"


class NetworkWay:
    """A network address; what speed its far end has, nobody here knows."""

    def __init__(self, url: DeviceUrl, link: Link) -> None:
        """Take over an open connection."""
        self._url = url
        self.link = link

    def speeds(self, usual_bd: tuple[int, ...]) -> tuple[int, ...]:
        """Ask once."""
        return usual_bd[:1]

    def go(self, speed_bd: int) -> None:
        """There is nothing to set."""

    def url(self, speed_bd: int, options: str) -> str:
        """Device URL of what was found there."""
        del speed_bd
        text = f"tcp://{self._url.host}:{self._url.port}"
        return f"{text}?{options[1:]}" if options else text


async def open_way(port: str) -> SerialWay | NetworkWay:
    """Open the way that a person named: a path, serial://path or tcp://host:port.

    Raises:
        Unavailable: It cannot be opened (DeviceBusy, AccessDenied where known).
        BadDeviceUrl: It is neither.
    """
    if "://" not in port:
        return SerialWay(port)
    url = parse_url(port)
    if url.scheme == "serial":
        return SerialWay(url.path)
    return NetworkWay(url, await open_link(url))
