"""Keyboards: kernel events, what a scanner types, keys of a keypad."""

from random import Random

from hardware.roles_voice import GuideKey
from hardware.wire.code_text import CODE_MAX_CHARS
from hardware.wire.input_events import (
    EVENT_BYTES,
    SYN_DROPPED,
    EventDecoder,
    EventsLost,
    EventType,
    InputEvent,
    encode_event,
)
from hardware.wire.keyboard import EndKey, Torn, Typed, Typing
from hardware.wire.keypad import CODE_MAX, KEY_NAMES, key_name, parse_keys
from tests.fuzz.corpus import golden_bytes
from tests.fuzz.engine import Target
from tests.fuzz.frames import pieces

ENTER, TAB, SHIFT = 28, 15, 42
ROWS = ((2, "1234567890"), (16, "qwertyuiop"), (30, "asdfghjkl"), (44, "zxcvbnm"))
CODES = {char: first + n for first, row in ROWS for n, char in enumerate(row)}
"""Second opinion on the keys of letters and digits (linux/input-event-codes.h)."""


def event(time_us: int, kind: EventType, code: int, value: int) -> bytes:
    return encode_event(InputEvent(time_us, kind, code, value))


PRESS = event(1_000_000, EventType.KEY, 30, 1) + event(1_000_001, EventType.SYN, 0, 0)
DROPPED = event(1_000_002, EventType.SYN, SYN_DROPPED, 0)
EVENTS = (
    *(golden_bytes("hid-scanner") + golden_bytes("hid-keypad")),
    PRESS,
    PRESS + DROPPED + PRESS,
    PRESS * 6,
)


def check_events(data: bytes, dice: Random) -> str | None:
    """Any bytes: the same events however they are split; each stands there as it is."""
    decoder = EventDecoder()
    heard: list[InputEvent | EventsLost] = []
    for piece in pieces(data, dice):
        heard += decoder.feed(piece)
        assert len(decoder._buffer) < EVENT_BYTES
    assert heard == EventDecoder().feed(data)
    for one in heard:
        assert isinstance(one, EventsLost) or encode_event(one) in data
    return "events lost" if EventsLost() in heard else None


def check_sent_events(data: bytes, dice: Random) -> str | None:
    """Events of a device come through whole, and a torn one is told."""
    sent, now_us = [], 0
    for byte in data[:12]:
        now_us += byte * 1_000
        kind = dice.choice((EventType.KEY, EventType.MSC))
        sent.append(InputEvent(now_us, kind, byte, byte % 3))
    line = b"".join(map(encode_event, sent))
    decoder = EventDecoder()
    assert [e for piece in pieces(line, dice) for e in decoder.feed(piece)] == sent
    if sent:
        torn = bytearray(line)
        torn[dice.randrange(len(sent)) * EVENT_BYTES + 16] = 0x7F  # a type that there is not
        heard = EventDecoder().feed(bytes(torn))
        assert EventsLost() in heard
    return None


def check_typing(data: bytes, dice: Random) -> str | None:
    """Any key events: a code, a refusal or nothing, within bounds."""
    typing = Typing(dice.choice(list(EndKey)))
    case = None
    for at in range(0, len(data) - 1, 2):
        code = data[at] | (data[at + 1] & 0x30) << 4
        kind = EventType.SYN if data[at + 1] & 0x80 else EventType.KEY
        given: InputEvent | EventsLost = InputEvent(at, kind, code, data[at + 1] % 3)
        said = typing.feed(EventsLost() if data[at + 1] == 0x7F else given)
        if isinstance(said, Typed):
            assert len(said.code) <= 4 * CODE_MAX_CHARS + 1
            case = "a code"
        assert len(typing._down) <= CODE_MAX + 1
        assert len(typing._line) <= 4 * CODE_MAX_CHARS + 1
        assert len(typing._alt_digits) <= 4
    typing.idle()
    assert not typing.pending
    return case


def check_typed_code(data: bytes, dice: Random) -> str | None:
    """What a scanner types arrives; with one event lost, as it was or torn, never changed."""
    text = "".join(char for char in data.decode("latin-1") if char.lower() in CODES)[:60]
    if not text:
        return None
    keys = [key for char in text for key in _strokes(char)] + [(ENTER, 1), (ENTER, 0)]
    assert _type(keys) == [Typed(text.encode())]
    lost = dice.randrange(len(keys))
    assert set(_type(keys[:lost] + keys[lost + 1 :])) <= {Typed(text.encode()), Torn()}
    return "typed"


def _strokes(char: str) -> list[tuple[int, int]]:
    code = CODES[char.lower()]
    press = [(code, 1), (code, 0)]
    return [(SHIFT, 1), *press, (SHIFT, 0)] if char.isupper() else press


def _type(keys: list[tuple[int, int]]) -> list[Typed | Torn]:
    typing = Typing(EndKey.ENTER)
    said = [
        typing.feed(InputEvent(at, EventType.KEY, code, value))
        for at, (code, value) in enumerate(keys)
    ]
    return [one for one in (*said, typing.idle()) if one is not None]


def check_key_map(data: bytes, dice: Random) -> str | None:
    """Any text is a key map or a ValueError; every key can be named and mapped."""
    code = dice.randrange(CODE_MAX + 1)
    assert parse_keys(f"{key_name(code)}:help")[code] is GuideKey.HELP
    try:
        keys = parse_keys(data.decode("utf-8", "replace"))
    except ValueError:
        return "refused"
    assert all(0 <= key <= CODE_MAX for key in keys)
    return "a key map"


TYPED = (b"A012", b"https://hall.example/t/0198", b"Zz9", bytes([30, 1, 30, 0, 28, 1, 28, 0]) * 3)
KEY_MAPS = (b"f13:up,f14:down,186:help", b"a:select", b"113:headphones-in,114:headphones-out", b"")
TARGETS = (
    Target("input-events", frozenset({"input_events"}), check_events, EVENTS, (DROPPED,)),
    Target("input-sent", frozenset({"input_events"}), check_sent_events, EVENTS, short=1_500),
    Target("keyboard-typing", frozenset({"keyboard"}), check_typing, TYPED, (b"\x2a\x01",)),
    Target("keyboard-code", frozenset({"keyboard"}), check_typed_code, TYPED, short=2_000),
    Target(
        "keypad",
        frozenset({"keypad"}),
        check_key_map,
        KEY_MAPS,
        (b",", b":", *(name.encode() for name in list(KEY_NAMES)[:12])),
    ),
)
