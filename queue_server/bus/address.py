"""Where a broker is, and who the server is to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

PLAIN_PORT = 1883
TLS_PORT = 8883
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker, and the server's login there.

    Attributes:
        host: Name or address.
        port: TCP port.
        username: The one user that may write server, board, window and call topics.
        password: Its password; never in a log, hence not in the repr.
        tls: Whether the connection is TLS.
        ca_file: Certificates to check the broker against; None for the system's.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool = False
    ca_file: Path | None = None

    @classmethod
    def from_url(
        cls, url: str, username: str, password: str, *, ca_file: Path | None = None
    ) -> Self:
        """Read `mqtt://host[:port]` (loopback only) or `mqtts://host[:port]`.

        Raises:
            ValueError: The URL is of another kind, holds a password, or would send one in clear
                text over a network.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"not an MQTT address (mqtt://host:port or mqtts://host:port): {url}")
        if parts.username or parts.password:
            raise ValueError("a broker's password belongs in a file or the environment")
        tls = parts.scheme == "mqtts"
        if not tls and parts.hostname not in LOOPBACK:
            raise ValueError(f"a broker off this machine needs TLS: mqtts://{parts.hostname}")
        port = parts.port or (TLS_PORT if tls else PLAIN_PORT)
        return cls(parts.hostname, port, username, password, tls, ca_file)

    @property
    def url(self) -> str:
        """The address as a device is told it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"

    def tls_context(self) -> ssl.SSLContext | None:
        """A checking TLS context, or None for a plain connection.

        Raises:
            OSError: `ca_file` cannot be read.
        """
        if not self.tls:
            return None
        return ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
