"""Input events over every split, behind garbage, and with keys lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.sim.keyboard import strokes
from hardware.wire.input_events import (
    EVENT_BYTES,
    EventDecoder,
    EventsLost,
    EventType,
    InputEvent,
    encode_event,
)
from hardware.wire.keyboard import EndKey, Torn, Typed, Typing

ENTER = [(28, 1), (28, 0)]
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=12)


def events_of(strokes_: list[tuple[int, int]]) -> list[InputEvent]:
    return [
        InputEvent(10**9 + 1000 * n, EventType.KEY, code, value)
        for n, (code, value) in enumerate(strokes_)
    ]


def typed(events: list[InputEvent | EventsLost], end: EndKey = EndKey.ENTER) -> list[Typed | Torn]:
    typing = Typing(end)
    found = [ended for event in events if (ended := typing.feed(event)) is not None]
    rest = typing.idle()
    assert not typing.pending
    return found + ([rest] if rest else [])


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.lists(texts, min_size=1, max_size=3), st.integers(1, 60))
def test_codes_do_not_depend_on_how_events_arrive(codes: list[str], size: int) -> None:
    keys = [stroke for code in codes for stroke in [*strokes(code.encode()), *ENTER]]
    stream = b"".join(map(encode_event, events_of(keys)))
    decoder = EventDecoder()
    events = [e for i in range(0, len(stream), size) for e in decoder.feed(stream[i : i + size])]
    assert typed(events) == [Typed(code.encode()) for code in codes]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(texts, st.data())
def test_one_lost_key_event_never_makes_a_wrong_code(text: str, data: st.DataObject) -> None:
    keys = [*strokes(text.encode()), *ENTER]
    lost = data.draw(st.integers(0, len(keys) - 1))
    after = [*strokes(b"A001"), *ENTER]
    left = events_of([*keys[:lost], *keys[lost + 1 :], *after])
    codes = [end.code for end in typed([*left]) if isinstance(end, Typed)]
    assert codes in ([text.encode(), b"A001"], [b"A001"], [text.encode()], []), codes


@settings(deadline=None)  # other work on the machine must not fail a test
@given(texts, st.integers(0, 2**16))
def test_a_told_loss_anywhere_in_a_code_refuses_it(text: str, place: int) -> None:
    keys: list[InputEvent | EventsLost] = [*events_of([*strokes(text.encode()), *ENTER])]
    keys.insert(place % (len(keys) - 1), EventsLost())
    assert not [end for end in typed(keys) if isinstance(end, Typed)]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=200), texts)
def test_events_behind_garbage_are_found_again(garbage: bytes, text: str) -> None:
    keys = [*strokes(text.encode()), *ENTER]
    pad = encode_event(InputEvent(10**9, EventType.SYN, 0, 0)) * 4
    stream = garbage + pad + b"".join(map(encode_event, events_of(keys)))
    events = EventDecoder().feed(stream)
    assert [e for e in events if isinstance(e, InputEvent)][-len(keys) :] == events_of(keys)


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=400), st.sampled_from(EndKey))
def test_any_bytes_are_events_losses_or_nothing(data: bytes, end: EndKey) -> None:
    decoder = EventDecoder()
    events = decoder.feed(data)
    assert len(decoder._buffer) < EVENT_BYTES
    for ended in typed([*events], end):
        assert isinstance(ended, Torn) or ended.code
