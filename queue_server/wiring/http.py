"""The HTTP server: its socket, uvicorn under our own signal handling, its address."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from queue_server.config import ConfigError, ServerConfig
from queue_server.web.one_write import OneWriteProtocol

GRACE_S = 3
KEEP_ALIVE_S = 75
BACKLOG = 2048


class HallServer(uvicorn.Server):
    """uvicorn under our own signal handling."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when requests are taken."""
        await super().startup(sockets)
        self.up.set()


def bind(config: ServerConfig) -> socket.socket:
    """The listening socket.

    Raises:
        ConfigError: the port is taken or not ours to take.
    """
    host, port = config.http.host, config.http.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named so that asyncio recognizes TCP and sets TCP_NODELAY: an accepted socket
    # inherits it, and without it an answer's body waits 40 ms for the client's delayed ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"http: cannot listen on {host} port {port} ({error.strerror}); "
            "another program may use it: choose another with --port."
        ) from error
    listening.listen(BACKLOG)
    listening.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listening


def check_certificate(config: ServerConfig) -> None:
    """Try the certificate, if there is one, before anything else is started.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    certificate = config.http.tls_cert
    if certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, config.http.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"http.tls_cert, http.tls_key: cannot be used ({error}).") from error


def uvicorn_config(config: ServerConfig, app: Any) -> uvicorn.Config:  # noqa: ANN401 - any ASGI callable
    """How uvicorn serves us."""
    return uvicorn.Config(
        app,
        http=OneWriteProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=config.http.tls_cert,
        ssl_keyfile=str(config.http.tls_key) if config.http.tls_key else None,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
    )


def url_of(config: ServerConfig, listening: socket.socket) -> str:
    """Where people and devices find the server."""
    scheme = "https" if config.http.tls_cert else "http"
    host = config.http.host
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{listening.getsockname()[1]}"
