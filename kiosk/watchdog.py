"""Tells systemd that the window still draws (sd_notify, `WatchdogSec=30` in the unit).

The sign comes from the UI's clock, so a stuck UI stops it and systemd starts the kiosk again.
Source: sd_notify(3), "WATCHDOG=1", "READY=1".
"""

import socket
from collections.abc import Callable, Mapping
from typing import Final

EVERY_S: Final = 10.0


def start(
    every: Callable[[Callable[[float], None], float], object], env: Mapping[str, str]
) -> None:
    """Send READY and then a sign every ten seconds; does nothing outside systemd.

    Args:
        every: Calls a function again and again: (function, seconds).
        env: The environment; NOTIFY_SOCKET names systemd's socket.
    """
    address = env.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # A leading "@" means an abstract socket, which Python spells with a zero byte.
    name = "\0" + address[1:] if address.startswith("@") else address
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    sock.connect(name)
    sock.send(b"READY=1")
    every(lambda _elapsed_s: _sign(sock), EVERY_S)


def _sign(sock: socket.socket) -> None:
    sock.send(b"WATCHDOG=1")
