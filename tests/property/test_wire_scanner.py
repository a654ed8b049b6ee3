"""The scanner's framing over every split, and what may be in a code."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware.errors import BadBarcode
from hardware.wire.scanner import (
    FRAME_MAX_BYTES,
    GM65_ACK,
    Framer,
    Framing,
    Overlong,
    check_text,
    decode_payload,
)

ENDS = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n"}
payloads = st.binary(min_size=1, max_size=20).filter(lambda b: not set(b) & {10, 13})


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.lists(payloads, max_size=4), st.sampled_from(sorted(ENDS, key=str)), st.integers(1, 7))
def test_codes_do_not_depend_on_how_bytes_arrive(
    codes: list[bytes], framing: Framing, size: int
) -> None:
    stream = b"".join(code + ENDS[framing] for code in codes)
    framer = Framer(framing)
    heard = [f for i in range(0, len(stream), size) for f in framer.feed(stream[i : i + size])]
    assert heard == codes
    assert not framer.pending


@settings(deadline=None)  # other work on the machine must not fail a test
@given(payloads, st.integers(1, 9))
def test_silence_ends_a_code_without_an_end_mark(code: bytes, size: int) -> None:
    framer = Framer(Framing.IDLE)
    for start in range(0, len(code), size):
        assert framer.feed(code[start : start + size]) == []
    assert framer.idle() == [code]
    assert framer.idle() == []


@settings(deadline=None)  # other work on the machine must not fail a test
@given(payloads.filter(lambda b: b[0] != 2), st.integers(0, 7))
def test_an_acknowledgement_is_never_part_of_a_code(code: bytes, cut: int) -> None:
    framer = Framer(Framing.CR, strip_acks=True)
    stream = GM65_ACK + code + b"\r" + GM65_ACK
    assert framer.feed(stream[:cut]) + framer.feed(stream[cut:]) == [code]
    assert not framer.pending


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.integers(FRAME_MAX_BYTES + 1, FRAME_MAX_BYTES + 3000), st.integers(1, 900))
def test_an_overlong_code_is_one_refusal_and_the_next_code_is_whole(length: int, size: int) -> None:
    stream = b"9" * length + b"\r" + b"A001\r"
    framer = Framer(Framing.CR)
    heard = []
    for start in range(0, len(stream), size):
        heard += framer.feed(stream[start : start + size])
        assert len(framer._buffer) <= FRAME_MAX_BYTES
    assert heard == [Overlong(), b"A001"]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=600))
@example(bytes(range(0x20)))
@example(b"'; DROP TABLE ticket; --")
@example(b"%s%n{0}")
def test_any_bytes_are_clean_text_or_a_refusal(data: bytes) -> None:
    try:
        text = decode_payload(data)
    except BadBarcode:
        return
    assert 1 <= len(text) <= 512
    assert text.isprintable() or " " in text or "\u3000" in text


@pytest.mark.parametrize(
    "point", [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0xFEFF, 0x2028]
)
def test_every_control_character_is_refused(point: int) -> None:
    with pytest.raises(BadBarcode):
        check_text(f"A{chr(point)}1")


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.integers(513, 2000))
def test_long_codes_are_refused(length: int) -> None:
    with pytest.raises(BadBarcode):
        decode_payload(b"1" * length)
