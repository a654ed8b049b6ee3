"""Events to journal rows and back.

The kind is the event's class name, the body its fields as JSON. A body written by an older version
is brought up to date by `UPCASTS` before it is read; `tests/golden/events/` holds one of each.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from queue_server.core.events import EVENT_TYPES, Event

VERSIONS: MappingProxyType[str, int] = MappingProxyType({t.__name__: 1 for t in EVENT_TYPES})
"""The version each kind is written in now."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: dict[tuple[str, int], Upcast] = {}
"""(kind, version) -> the body in the next version."""

_encoder = msgspec.json.Encoder()
_decoders = {t.__name__: msgspec.json.Decoder(t) for t in EVENT_TYPES}


class UnreadableEventError(Exception):
    """A journal row that this program cannot understand."""


def encode(event: Event) -> str:
    """The body of an event, as JSON text."""
    return _encoder.encode(event).decode()


def decode(kind: str, version: int, body: str | bytes) -> Event:
    """The event of a row.

    Raises:
        UnreadableEventError: of unknown kind, of a newer version, or damaged.
    """
    current = VERSIONS.get(kind)
    if current is None or version > current:
        raise UnreadableEventError(f"event {kind} version {version} is not known here")
    try:
        if version != current:
            old = upcast(kind, version, current, msgspec.json.decode(body), UPCASTS)
            body = msgspec.json.encode(old)
        return _decoders[kind].decode(body)
    except (msgspec.MsgspecError, UnicodeError, KeyError) as error:
        raise UnreadableEventError(f"event {kind} version {version} is damaged: {error}") from error


def upcast(
    kind: str,
    version: int,
    current: int,
    body: dict[str, Any],
    upcasts: Mapping[tuple[str, int], Upcast],
) -> dict[str, Any]:
    """A body of an older version, step by step in the current one.

    Raises:
        KeyError: there is no step from one of the versions.
    """
    for step in range(version, current):
        body = upcasts[kind, step](body)
    return body
