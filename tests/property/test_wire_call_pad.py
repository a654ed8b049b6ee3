"""Frames of pads and raters over every split and behind every garbage; repeats and new presses."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.wire.call_pad import (
    FRAME_MAX_BYTES,
    KEYS,
    PadDecoder,
    PadFrame,
    Repeats,
    display_frame,
)
from hardware.wire.led_board import NUMBER_MAX, number_frame, number_in

LONG = os.environ.get("BIANMIN_LONG") == "1"
thorough = settings(deadline=None, max_examples=20_000 if LONG else 150)

presses = st.builds(
    lambda address, digits, key: PadFrame(address, 1, bytes([*digits, key])),
    st.integers(1, 254),
    st.lists(st.integers(0, 9), max_size=6),
    st.sampled_from([*KEYS, 0x0E, 0x0F, 0x11]),
)
ratings = st.builds(
    lambda address, value: PadFrame(address, 0x11, bytes([value])),
    st.integers(1, 254),
    st.integers(0, 255),
)
frames = presses | ratings


@thorough
@given(st.lists(frames, max_size=5), st.integers(1, 17))
def test_frames_do_not_depend_on_how_bytes_arrive(said: list[PadFrame], size: int) -> None:
    stream = b"".join(frame.to_bytes() for frame in said)
    decoder = PadDecoder()
    heard = [f for at in range(0, len(stream), size) for f in decoder.feed(stream[at : at + size])]
    assert heard == said


@thorough
@given(frames)
def test_a_frame_is_heard_at_every_place_it_can_be_cut(frame: PadFrame) -> None:
    data = frame.to_bytes()
    for cut in range(len(data) + 1):
        decoder = PadDecoder()
        assert decoder.feed(data[:cut]) + decoder.feed(data[cut:]) == [frame]


@thorough
@given(frames, frames, st.integers(1, 15))
def test_a_torn_frame_does_not_keep_back_the_next_one(
    torn: PadFrame, whole: PadFrame, kept: int
) -> None:
    beginning = torn.to_bytes()[:-1][:kept]
    assert PadDecoder().feed(beginning + whole.to_bytes())[-1:] == [whole]


@thorough
@given(st.binary(max_size=64), frames)
def test_garbage_before_a_frame_costs_at_most_garbage(noise: bytes, frame: PadFrame) -> None:
    decoder = PadDecoder()
    heard = decoder.feed(noise) + decoder.feed(frame.to_bytes())
    assert heard[-1:] == [frame]
    assert len(decoder._buffer) < FRAME_MAX_BYTES


@thorough
@given(frames, st.data())
def test_no_single_turned_bit_is_accepted(frame: PadFrame, data: st.DataObject) -> None:
    sound = bytearray(frame.to_bytes())
    at = data.draw(st.integers(0, len(sound) - 1))
    sound[at] ^= 1 << data.draw(st.integers(0, 7))
    assert PadDecoder().feed(bytes(sound)) == []


@thorough
@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_give_right_frames_or_nothing(noise: bytes, size: int) -> None:
    decoder = PadDecoder()
    for at in range(0, len(noise), size):
        for frame in decoder.feed(noise[at : at + size]):
            assert frame.to_bytes() in noise
            frame.press()
        assert len(decoder._buffer) < FRAME_MAX_BYTES


@thorough
@given(st.lists(st.floats(0, 0.9), min_size=1, max_size=4))
def test_copies_of_a_frame_are_one_press(gaps_s: list[float]) -> None:
    repeats, frame = Repeats(1.0, 10.0), PadFrame(1, 1, b"\x0c")
    now_s, new = 100.0, [Repeats(1.0, 10.0).is_new(frame, 100.0)]
    repeats.is_new(frame, now_s)
    for gap_s in gaps_s:
        now_s += gap_s
        new.append(repeats.is_new(frame, now_s))
    assert new == [True] + [False] * len(gaps_s)


def test_another_key_a_later_press_and_an_endless_copy_are_new() -> None:
    repeats = Repeats(1.0, 3.0)
    one, other = PadFrame(1, 1, b"\x0c"), PadFrame(1, 1, b"\x0d")
    assert repeats.is_new(one, 0.0)
    assert repeats.is_new(other, 0.1)
    assert repeats.is_new(one, 0.2)
    assert repeats.is_new(one, 1.3)
    heard = [repeats.is_new(one, 1.3 + step * 0.5) for step in range(1, 8)]
    assert heard == [False] * 6 + [True]


@thorough
@given(st.none() | st.integers(-5, 10**6), st.text(max_size=8))
def test_the_pad_is_only_ever_sent_six_digits_or_blanks(waiting: int | None, number: str) -> None:
    frame = display_frame(1, waiting, number)
    assert len(frame.data) == 6
    assert set(frame.data) <= set(range(11))


@thorough
@given(st.text(max_size=12), st.integers(2, 5), st.integers(1, 255))
def test_every_label_makes_a_frame_or_nothing(text: str, digits: int, board_id: int) -> None:
    number = number_in(text, digits)
    if number is None:
        assert not set("0123456789") & set(text)
    elif number <= NUMBER_MAX:
        frame = number_frame(board_id, number)
        assert sum(frame[:3]) % 256 == frame[3]
