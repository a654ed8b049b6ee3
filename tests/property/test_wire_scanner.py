"""The scanner's framing over every split, and what may be in a code."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware.errors import BadBarcode
from hardware.wire.code_text import check_text, decode_declared, decode_payload
from hardware.wire.scanner import FRAME_MAX_BYTES, Framer, Framing, Overlong
from hardware.wire.scanner_commands import TRIGGERS, Answer, gm65_answer, newland_answer

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


ANSWERS = {
    gm65_answer: bytes.fromhex("02 00 00 01 00 33 31"),
    newland_answer: b"\x02\x010000#SCNTRG1\x06;\x03",
}


@settings(deadline=None)  # other work on the machine must not fail a test
@given(
    payloads.filter(lambda b: b[0] != 2),
    st.sampled_from(list(ANSWERS)),
    st.sampled_from(list(Framing)),
    st.integers(1, 30),
)
def test_an_answer_is_never_part_of_a_code(
    code: bytes, read: Any, framing: Framing, size: int
) -> None:
    framer = Framer(framing, read)
    stream = ANSWERS[read] + code + ENDS.get(framing, b"") + ANSWERS[read]
    heard: list[object] = []
    for start in range(0, len(stream), size):
        heard += framer.feed(stream[start : start + size])
    answer = Answer(accepted=True, size_bytes=len(ANSWERS[read]))
    if framing is Framing.IDLE:
        # Without an end mark an answer right behind a code cannot be told from it.
        assert heard == [answer]
        return
    assert heard == [answer, code, answer]
    assert not framer.pending


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.sampled_from(list(ANSWERS)), st.sampled_from(list(Framing)), st.data())
def test_a_torn_answer_is_forgotten_in_silence(read: Any, framing: Framing, data: Any) -> None:
    framer = Framer(framing, read)
    torn = ANSWERS[read][: data.draw(st.integers(1, len(ANSWERS[read]) - 1))]
    assert framer.feed(torn) == []
    assert framer.idle() == []
    assert not framer.pending


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=80), st.sampled_from([t for t in TRIGGERS.values() if t.answer]))
def test_any_bytes_are_an_answer_or_not(data: bytes, trigger: Any) -> None:
    answer = trigger.answer(data)
    if isinstance(answer, Answer):
        assert 0 < answer.size_bytes <= len(data)


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


COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能"


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.text(COMMON, min_size=1, max_size=40), st.sampled_from(["utf-8", "gb18030"]))
def test_common_chinese_is_read_in_both_encodings(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    if len(text) == 1 and data.decode("utf-8", "ignore") and encoding == "gb18030":
        return  # one Hanzi alone may be one accented letter
    assert decode_payload(data) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("学校", "gbk"), ("联通", "gbk"), ("毛毛", "gbk"), ("学校A001", "gbk"), ("校门口", "gbk"),
        ("café", "utf-8"), ("Zürich", "utf-8"), ("Ελλάδα", "utf-8"), ("Россия", "utf-8"),
        ("يېزا ئاھالە", "utf-8"), ("政务服务", "utf-8-sig"), ("A001", "utf-8-sig"),
        ("𠮷", "gb18030"),
    ],
)  # fmt: skip
def test_short_and_ambiguous_texts_are_read_by_the_rule(text: str, encoding: str) -> None:
    assert decode_payload(text.encode(encoding)) == text


def test_a_mark_that_says_utf_8_is_held_to_it() -> None:
    with pytest.raises(BadBarcode):
        decode_payload(b"\xef\xbb\xbf" + "学校".encode("gbk")[:3])


@pytest.mark.parametrize(
    ("eci", "encoding"), [(26, "utf-8"), (28, "big5"), (29, "gb2312"), (31, "gbk"), (32, "gb18030")]
)
def test_a_declared_encoding_is_obeyed(eci: int, encoding: str) -> None:
    assert decode_declared("學校".encode("big5"), 28) == "學校"
    if eci != 28:
        assert decode_declared("学校".encode(encoding), eci) == "学校"


def test_a_declared_encoding_that_does_not_hold_is_refused() -> None:
    with pytest.raises(BadBarcode):
        decode_declared("学校".encode("gbk") + b"\xff", 26)


def test_an_unknown_declared_encoding_counts_as_unsaid() -> None:
    assert decode_declared("学校".encode("gbk"), 899) == "学校"


def test_big5_bytes_are_never_read_as_big5() -> None:
    try:
        text = decode_payload("學校".encode("big5"))
    except BadBarcode:
        return
    assert text != "學校"
