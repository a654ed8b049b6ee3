"""uvicorn's HTTP protocol, with head and body of an answer in one write.

uvicorn writes them apart: two system calls for the server, two packets on the wire and two
wake-ups for the client, about a tenth of the cost of a short answer (docs/performance.md).
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1.1 "


class _Gathering:
    """A transport that holds an answer's head until its body follows, or the loop's next turn."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._head = b""
        self._flushing: asyncio.Handle | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it, or hold it if it is a head."""
        if self._head:
            data = self._take() + data
        elif data.startswith(_HEAD):
            self._head = data
            self._flushing = self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._transport.close()

    def _take(self) -> bytes:
        head, self._head = self._head, b""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        return head

    def _flush(self) -> None:
        head = self._take()
        if head and not self._transport.is_closing():
            self._transport.write(head)


class OneWriteProtocol(HttpToolsProtocol):
    """See the module."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Put the gathering transport between."""
        super().connection_made(cast("asyncio.Transport", _Gathering(transport)))
