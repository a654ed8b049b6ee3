"""The card reader's codec over every split of the bytes and through any garbage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import RemoteProtocolError, UnreadableCard, WrongCard
from hardware.wire.sam_card import PREAMBLE, BadFrame, Reply, ReplyDecoder, encode_reply
from hardware.wire.sam_text import parse_card, text_section

replies = st.builds(Reply, st.binary(min_size=3, max_size=3), st.binary(max_size=64))


def _good(events: list[Reply | BadFrame]) -> list[Reply]:
    return [event for event in events if isinstance(event, Reply)]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(replies)
def test_a_reply_survives_every_split_in_two(reply: Reply) -> None:
    frame = encode_reply(reply)
    for cut in range(len(frame) + 1):
        decoder = ReplyDecoder()
        assert decoder.feed(frame[:cut]) + decoder.feed(frame[cut:]) == [reply]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.lists(replies, max_size=4), st.integers(1, 9))
def test_a_stream_of_replies_survives_any_piece_size(sent: list[Reply], size: int) -> None:
    stream = b"".join(map(encode_reply, sent))
    decoder = ReplyDecoder()
    heard = [e for i in range(0, len(stream), size) for e in decoder.feed(stream[i : i + size])]
    assert heard == sent


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=80).filter(lambda noise: PREAMBLE not in noise), replies)
def test_a_reply_is_found_behind_garbage(noise: bytes, reply: Reply) -> None:
    assert _good(ReplyDecoder().feed(noise + encode_reply(reply))) == [reply]


@settings(deadline=None)  # other work on the machine must not fail a test
@given(replies, replies, st.data())
def test_a_reply_is_found_behind_a_torn_one(torn: Reply, reply: Reply, data: st.DataObject) -> None:
    frame = encode_reply(torn)
    cut = data.draw(st.integers(0, len(frame) - 1))
    # The torn frame may still be waiting for bytes: whatever follows must set it free.
    stream = frame[:cut] + encode_reply(reply) + bytes(4096 + 16)
    heard = _good(ReplyDecoder().feed(stream))
    # One torn frame in 256 ends inside the next so that its XOR fits: then it is believed.
    assert reply in heard or stream.startswith(encode_reply(heard[0]))


@settings(deadline=None)  # other work on the machine must not fail a test
@given(replies, st.data())
def test_one_wrong_bit_is_never_taken_for_a_reply(reply: Reply, data: st.DataObject) -> None:
    frame = bytearray(encode_reply(reply))
    place = data.draw(st.integers(len(PREAMBLE) + 2, len(frame) - 1))
    frame[place] ^= 1 << data.draw(st.integers(0, 7))
    assert reply not in _good(ReplyDecoder().feed(bytes(frame)))


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.lists(st.binary(max_size=200), max_size=20))
def test_garbage_never_raises_and_never_piles_up(chunks: list[bytes]) -> None:
    decoder = ReplyDecoder()
    for chunk in chunks:
        decoder.feed(chunk)
    assert len(decoder._buffer) <= 4096 + 8 + 200


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(min_size=256, max_size=256))
def test_any_text_is_a_card_or_a_named_error(text: bytes) -> None:
    try:
        card = parse_card(text)
    except (UnreadableCard, WrongCard):
        return
    assert card.number.isalnum()


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=1400))
def test_any_read_reply_is_a_text_or_a_named_error(data: bytes) -> None:
    try:
        text = text_section(data)
    except RemoteProtocolError:
        return
    assert len(text) == 256
