"""What a scanner types: from key events to the bytes of a code.

A scanner that is a keyboard types as a person on a US keyboard would, ends with Enter or Tab, and
is quicker than any person. Nothing else is known of the code: so every key must be pressed and
released, in this order, or the whole code is torn and refused. Repetition by the kernel of a key
whose release was late is no typing.

Characters that no key has are typed as on a numeric keypad with Alt held: the decimal number of a
byte, 000 to 255, a byte at a time (Worth Data P11/12 keyboard wedge manual, "Transmitting any ASCII
character"). Larger numbers (some scanners' Unicode modes) are in no public manual seen here and are
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from hardware.wire.code_text import CODE_MAX_CHARS
from hardware.wire.input_events import (
    PRESSED,
    RELEASED,
    EventsLost,
    EventType,
    InputEvent,
)

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
"""First code of a row of linux/input-event-codes.h, its keys alone and with Shift (US layout)."""
_SINGLE: Final = {57: "  ", 86: "<>", 55: "**", 74: "--", 78: "++", 83: "..", 98: "//"}
_KEYPAD_DIGITS: Final = {
    82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9",
}  # fmt: skip
US_KEYS: Final[Mapping[int, str]] = MappingProxyType(
    {
        **{
            first + n: plain + shifted
            for first, plains, shifteds in _ROWS
            for n, (plain, shifted) in enumerate(zip(plains, shifteds, strict=True))
        },
        **_SINGLE,
        **{code: digit * 2 for code, digit in _KEYPAD_DIGITS.items()},
    }
)
"""Key code to its two characters, alone and with Shift."""

SHIFTS: Final = frozenset({42, 54})
ALTS: Final = frozenset({56, 100})
CONTROLS: Final = frozenset({29, 97})
_HELD: Final = SHIFTS | ALTS | CONTROLS
CAPS_LOCK: Final = 58
_IGNORED: Final = frozenset({69, 70})
"""NumLock and ScrollLock: evdev's codes of keypad keys do not depend on them."""
BYTE_MAX: Final = 255
ALT_DIGITS_MAX: Final = 4


class EndKey(Enum):
    """What ends a code."""

    ENTER = "enter"
    TAB = "tab"
    IDLE = "idle"
    """Nothing for a while (the driver says how long)."""


_END_CODES: Final = {
    EndKey.ENTER: frozenset({28, 96}),
    EndKey.TAB: frozenset({15}),
    EndKey.IDLE: frozenset(),
}
_CONTROL_BYTES: Final = {28: 0x0D, 96: 0x0D, 15: 0x09, 1: 0x1B, 14: 0x08}
"""Enter, Tab, Esc, Backspace where they do not end a code: no code may hold them."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A whole code."""

    code: bytes


@dataclass(frozen=True, slots=True)
class Torn:
    """A code of which keys were lost, or that holds keys without a character."""


class Typing:
    """Collects what is typed; holds at most one code."""

    def __init__(self, end: EndKey) -> None:
        """Start with no key held."""
        self._ends = _END_CODES[end]
        self._line = bytearray()
        self._down: set[int] = set()
        self._torn = False
        self._caps = False
        self._alt_digits = ""

    @property
    def pending(self) -> bool:
        """A code has begun."""
        return bool(self._line) or self._torn or bool(self._alt_digits)

    def feed(self, event: InputEvent | EventsLost) -> Typed | Torn | None:
        """Take one event; the code it ends, if any."""
        if isinstance(event, EventsLost):
            self._torn = True
            self._down.clear()
            self._alt_digits = ""
            return None
        if event.type is not EventType.KEY:
            return None
        if event.value == PRESSED:
            return self._press(event.code)
        if event.value == RELEASED:
            self._release(event.code)
        return None

    def idle(self) -> Typed | Torn | None:
        """Nothing was typed for a while: without an end key a code ends; else the rest is torn."""
        if not self.pending:
            return None
        self._torn = self._torn or bool(self._ends) or bool(self._down)
        return self._finish()

    def _press(self, code: int) -> Typed | Torn | None:
        if code in self._down:
            self._torn = True  # its release was lost, and who knows what else
        self._down.add(code)
        if code in self._ends:
            self._torn = self._torn or self._down != {code} or bool(self._alt_digits)
            return self._finish() if self.pending else None
        if code in _HELD or code in _IGNORED:
            return None
        if code == CAPS_LOCK:
            self._caps = not self._caps
        elif self._down & ALTS:
            self._alt(code)
        else:
            self._character(code)
        return None

    def _release(self, code: int) -> None:
        if code not in self._down:
            # Its press was lost; of the end key of the code before it was not.
            self._torn = self._torn or self.pending or code not in self._ends
            return
        self._down.discard(code)
        if code in ALTS and self._alt_digits:
            number = int(self._alt_digits)
            self._alt_digits = ""
            if number > BYTE_MAX:
                self._torn = True
            else:
                self._add(number)

    def _alt(self, code: int) -> None:
        digit = _KEYPAD_DIGITS.get(code)
        if digit is None or len(self._alt_digits) >= ALT_DIGITS_MAX:
            self._torn = True
        else:
            self._alt_digits += digit

    def _character(self, code: int) -> None:
        pair = US_KEYS.get(code)
        if pair is None:
            if code in _CONTROL_BYTES:
                self._add(_CONTROL_BYTES[code])
            else:
                self._torn = True
            return
        shifted = bool(self._down & SHIFTS) ^ (self._caps and pair[0].isalpha())
        byte = ord(pair[shifted])
        self._add(byte & 0x1F if self._down & CONTROLS else byte)

    def _add(self, byte: int) -> None:
        if len(self._line) <= 4 * CODE_MAX_CHARS:  # one more than is allowed: refused later
            self._line.append(byte)

    def _finish(self) -> Typed | Torn:
        code, torn = bytes(self._line), self._torn
        self._line.clear()
        self._down.clear()
        self._torn = False
        self._alt_digits = ""
        return Torn() if torn else Typed(code)
