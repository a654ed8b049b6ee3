"""Linux input events: 24 bytes each, as `read` on /dev/input/event* gives them.

`struct input_event` of linux/input.h on machines of 64 bits: seconds and microseconds (8 bytes
each), type and code (2 each), value (4, signed), little-endian on x86-64 and AArch64. The kernel
gives whole events only; when its buffer has overflowed it says SYN_DROPPED and what follows up to
the next SYN_REPORT means nothing (Linux input documentation, Event codes).

A stream that is no kernel's (a simulator behind a bad line) may lose its step: bytes that can be no
event are passed over one by one until events fit again, and the loss is told.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_EVENT: Final = struct.Struct("<qqHHi")
EVENT_BYTES: Final = _EVENT.size
MICROSECONDS: Final = 1_000_000
SECONDS_MAX: Final = 1 << 33
"""Some 272 years: a larger number is no time."""
CODE_MAX: Final = 0x2FF
"""KEY_MAX, the largest code of any type we read."""


class EventType(IntEnum):
    """EV_SYN, EV_KEY ... of linux/input-event-codes.h: all that keyboards send."""

    SYN = 0x00
    KEY = 0x01
    REL = 0x02
    ABS = 0x03
    MSC = 0x04
    SW = 0x05
    LED = 0x11
    SND = 0x12
    REP = 0x14


_TYPES: Final = frozenset(EventType)
SYN_DROPPED: Final = 3
SYN_MAX: Final = 0xF
SW_HEADPHONE_INSERT: Final = 0x02
RELEASED: Final = 0
PRESSED: Final = 1
REPEATED: Final = 2


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event.

    Attributes:
        time_us: Microseconds on the kernel's clock; never runs backwards on one device.
        type: EV_...
        code: KEY_..., SW_...
        value: Of keys: released, pressed or repeated; of switches: 1 is on.
    """

    time_us: int
    type: EventType
    code: int
    value: int


@dataclass(frozen=True, slots=True)
class EventsLost:
    """Events are missing here: what was being typed cannot be trusted."""


def encode_event(event: InputEvent) -> bytes:
    """An event as the kernel gives it."""
    seconds, rest_us = divmod(event.time_us, MICROSECONDS)
    return _EVENT.pack(seconds, rest_us, event.type, event.code, event.value)


class EventDecoder:
    """Cuts a byte stream into events; holds less than one."""

    def __init__(self) -> None:
        """Start at an event's beginning, as a freshly opened device does."""
        self._buffer = bytearray()
        self._dropped = False
        self._out_of_step = False
        self._last_us = 0

    def feed(self, data: bytes) -> list[InputEvent | EventsLost]:
        """Take bytes as they come; give what they complete, losses where they were."""
        self._buffer += data
        found: list[InputEvent | EventsLost] = []
        while len(self._buffer) >= EVENT_BYTES:
            event = self._event()
            if event is None:
                del self._buffer[0]
                if not self._out_of_step:
                    self._out_of_step = True
                    found.append(EventsLost())
                continue
            del self._buffer[:EVENT_BYTES]
            self._out_of_step = False
            found += self._kept(event)
        return found

    def _event(self) -> InputEvent | None:
        """The first bytes of the buffer, if they can be an event."""
        seconds, rest_us, type_, code, value = _EVENT.unpack_from(self._buffer)
        sane = 0 <= seconds < SECONDS_MAX and 0 <= rest_us < MICROSECONDS and code <= CODE_MAX
        if not sane or type_ not in _TYPES:
            return None
        if type_ == EventType.KEY and value not in {RELEASED, PRESSED, REPEATED}:
            return None
        if type_ == EventType.SYN and (code > SYN_MAX or value not in {0, 1}):
            return None
        return InputEvent(seconds * MICROSECONDS + rest_us, EventType(type_), code, value)

    def _kept(self, event: InputEvent) -> list[InputEvent | EventsLost]:
        """The event, unless it stands behind SYN_DROPPED; a step back in time is a loss."""
        backwards = event.time_us < self._last_us
        self._last_us = event.time_us
        if event.type is EventType.SYN and event.code == SYN_DROPPED:
            self._dropped = True
            return [EventsLost()]
        if self._dropped:
            self._dropped = event.type is not EventType.SYN
            return []
        return [EventsLost(), event] if backwards else [event]
