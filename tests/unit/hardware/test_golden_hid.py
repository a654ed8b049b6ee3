"""Recorded input events of scanners and keypads, and the table of keys against the kernel's."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from hardware.drivers.hid_keypad import HidKeypad
from hardware.errors import BadDeviceUrl
from hardware.registry import REGISTRY, Settings
from hardware.roles_voice import GuideKey
from hardware.sim.keyboard import strokes
from hardware.transport import parse_url
from hardware.wire.code_text import decode_payload
from hardware.wire.input_events import (
    EventDecoder,
    EventType,
    InputEvent,
    encode_event,
)
from hardware.wire.keyboard import EndKey, Torn, Typed, Typing
from hardware.wire.keypad import DEFAULT_KEYS, KEY_NAMES, key_name, parse_keys

GOLDEN = Path(__file__).parents[2] / "golden" / "devices"
SCANNER = json.loads((GOLDEN / "hid-scanner.json").read_text(encoding="utf-8"))
KEYPAD = json.loads((GOLDEN / "hid-keypad.json").read_text(encoding="utf-8"))


def named(vectors: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


def recorded(events: str) -> bytes:
    """As the kernel gives it, two milliseconds apart."""
    out = b""
    for number, event in enumerate(events.split()):
        type_, code, value = map(int, event.split(":"))
        out += struct.pack("<qqHHi", 1000, 2000 * number, type_, code, value)
    return out


def test_an_event_is_the_kernels_struct() -> None:
    vector = SCANNER["event"]
    data = bytes.fromhex(vector["hex"])
    event = InputEvent(
        vector["time_us"], EventType(vector["type"]), vector["code"], vector["value"]
    )
    assert EventDecoder().feed(data) == [event]
    assert encode_event(event) == data


@named(SCANNER["recordings"])
@pytest.mark.parametrize("size", [24, 7, 1000])
def test_what_a_scanner_typed_is_read(vector: dict[str, Any], size: int) -> None:
    data = recorded(vector["events"])
    events, typing = EventDecoder(), Typing(EndKey(vector["end"]))
    ended = [
        end
        for start in range(0, len(data), size)
        for event in events.feed(data[start : start + size])
        if (end := typing.feed(event)) is not None
    ]
    texts = [decode_payload(end.code) for end in ended if isinstance(end, Typed)]
    assert texts == vector["texts"]
    assert sum(isinstance(end, Torn) for end in ended) == vector["torn"]
    assert not typing.pending


def test_without_an_end_key_silence_ends_a_code() -> None:
    events, typing = EventDecoder(), Typing(EndKey.IDLE)
    recording = SCANNER["recordings"][3]["events"].split()[:-12]
    for event in events.feed(recorded(" ".join(recording))):
        assert typing.feed(event) is None
    assert typing.pending
    assert typing.idle() == Typed(b"522")
    assert typing.idle() is None


def test_the_simulated_keyboard_types_every_character_as_the_codec_reads_it() -> None:
    for byte in range(0x20, 0x100):
        typing = Typing(EndKey.ENTER)
        for code, value in [*strokes(bytes([byte])), (28, 1), (28, 0)]:
            ended = typing.feed(InputEvent(0, EventType.KEY, code, value)) or None
            if ended is not None:
                assert ended == Typed(bytes([byte])), byte


@named(KEYPAD["recordings"])
def test_what_was_pressed_on_a_keypad_is_read(vector: dict[str, Any]) -> None:
    entry = REGISTRY["hid-keypad"]
    keys = f"?keys={vector['map']}" if vector["map"] else ""
    keypad = entry.build(Settings("keypad-1", parse_url(f"hid:///dev/input/x{keys}")))
    assert isinstance(keypad, HidKeypad)
    with keypad._keys.subscribe() as keys, keypad._jack.subscribe() as jack:
        heard, plugged = [], []
        for event in EventDecoder().feed(recorded(vector["events"])):
            keypad._take(event)
            while not keys.empty():
                heard.append(keys.get_nowait().value)
            while not jack.empty():
                plugged.append(jack.get_nowait().value)
    assert heard == vector["keys"]
    assert plugged == vector["headphones"]


def test_every_purpose_has_a_key_by_default() -> None:
    assert set(DEFAULT_KEYS.values()) == set(GuideKey) - {GuideKey.OTHER}


def test_a_key_is_named_as_a_key_map_takes_it() -> None:
    for code in range(1, 0x300):
        assert parse_keys(f"{key_name(code)}:help")[code] is GuideKey.HELP


HEADER = Path("/usr/include/linux/input-event-codes.h")


def test_names_of_keys_are_the_kernels() -> None:
    """Against the header where it is installed, else against a few known ones."""
    if HEADER.is_file():
        lines = [line.split() for line in HEADER.read_text().splitlines()]
        kernel = {
            words[1].removeprefix("KEY_").lower(): int(words[2], 0)
            for words in lines
            if len(words) > 2 and words[1].startswith("KEY_") and words[2][0].isdigit()
        }
    else:
        kernel = KEY_NAMES | {"a": 30, "f13": 183, "f24": 194, "kpenter": 96, "help": 138}
    assert {name: kernel[name] for name in KEY_NAMES} == dict(KEY_NAMES)


@pytest.mark.parametrize(
    ("type_id", "text"),
    [
        ("hid-scanner", "?framing=cr"), ("hid-scanner", "?gap_ms=0"),
        ("hid-scanner", "?grab=maybe"), ("hid-scanner", "?keys=f1:up"),
        ("hid-keypad", "?keys=f99:up"), ("hid-keypad", "?keys=up:fly"),
        ("hid-keypad", "?keys=99999:up"), ("hid-keypad", "?framing=enter"),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense_is_refused(type_id: str, text: str) -> None:
    with pytest.raises(BadDeviceUrl):
        REGISTRY[type_id].build(Settings("d", parse_url(f"hid:///dev/input/x{text}")))
