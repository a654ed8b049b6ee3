"""The card reader's frames, the text of a card, numbers of people."""

import functools
import operator
from datetime import date
from random import Random

from hardware.errors import HardwareError, RemoteProtocolError, UnreadableCard, WrongCard
from hardware.person_numbers import BadPersonNumber, NumberKind, parse_person_number
from hardware.wire.sam_card import (
    BODY_MAX_BYTES,
    MODULE_ID_BYTES,
    PREAMBLE,
    Outcome,
    Reply,
    ReplyDecoder,
    encode_reply,
    module_id,
)
from hardware.wire.sam_text import TEXT_BYTES, parse_card, text_section
from tests.fuzz.corpus import golden_bytes
from tests.fuzz.engine import Target
from tests.fuzz.frames import Codec, checks_of

GOLDEN = golden_bytes("sam-id-reader")
TEXTS = tuple(text for text in GOLDEN if len(text) == TEXT_BYTES)
READ_HEAD = bytes.fromhex("01 00 04 00")
PHOTO = bytes(range(256)) * 4
READS = tuple(READ_HEAD + text + PHOTO for text in TEXTS)
REPLIES = tuple(encode_reply(Reply(b"\0\0\x90", data)) for data in READS)
DATA_BYTES = (0, 0, 0, 4, 8, 16)
"""What follows SW in the replies to status, find, select and module id."""
TODAY = date(2026, 11, 24)


def replies_in(data: bytes) -> set[bytes]:
    """Second opinion: every reply with a right check byte, wherever it begins."""
    found = set()
    at = data.find(b"\xaa\xaa\xaa\x96\x69")
    while at >= 0:
        length = int.from_bytes(data[at + 5 : at + 7], "big")
        whole = data[at : at + 7 + length]
        if 4 <= length <= 4096 and len(whole) == 7 + length:
            counted, check = whole[5:-1], whole[-1]
            if functools.reduce(operator.xor, counted) == check:
                found.add(whole)
        at = data.find(b"\xaa\xaa\xaa\x96\x69", at + 1)
    return found


def draw_reply(dice: Random) -> Reply:
    sw = bytes([dice.choice((0, 0, 0, dice.randrange(256))), 0, dice.choice(list(Outcome))])
    return Reply(sw, dice.randbytes(dice.choice(DATA_BYTES)))


SAM = Codec(
    decoder=ReplyDecoder,
    draw=draw_reply,
    encode=encode_reply,
    is_frame=lambda event: isinstance(event, Reply),
    frames_in=replies_in,
    held_max_bytes=BODY_MAX_BYTES + 7 + 4096,
    blind_bytes=(5, 6),  # the length: the XOR then ends at another byte
)


def check_meaning(data: bytes, _dice: Random) -> str | None:
    """Whatever a reply holds, it has a meaning or a named error."""
    reply = Reply(data[:3].ljust(3, b"\0"), data[3:])
    try:
        printed = module_id(reply.data)
    except RemoteProtocolError:
        printed = ""
    assert (len(reply.data) == MODULE_ID_BYTES) is bool(printed)
    try:
        reply.check()
    except HardwareError as error:
        return error.code
    return reply.outcome.name


def check_text(data: bytes, _dice: Random) -> str | None:
    """Whatever a read reply holds, it is a card with a right number or a named error."""
    try:
        card = parse_card(text_section(data))
    except (RemoteProtocolError, UnreadableCard, WrongCard):
        return "refused"
    number = parse_person_number(card.number, today=None)
    assert number.kind not in {NumberKind.HK_MO_TRAVEL, NumberKind.TW_TRAVEL}
    shown = card.name + card.address + card.latin_name + card.authority
    assert len(shown) <= TEXT_BYTES
    assert not any(char < " " for char in shown)
    return f"a card, {card.kind}"


def check_whole_read(data: bytes, dice: Random) -> str | None:
    """A card on its way from the module, damaged: refused, or it is the card that lies there."""
    sent = dice.choice(REPLIES)
    damaged = bytearray(sent)
    at = dice.randrange(len(PREAMBLE) + 2, len(damaged) - 8)
    if dice.random() < 0.2:  # a piece overwritten by other bytes
        damaged[at : at + 8] = data[:8].ljust(8, b"\0")
    else:
        for _ in range(dice.randrange(2, 6)):
            damaged[dice.randrange(len(PREAMBLE) + 2, len(damaged))] ^= dice.randrange(1, 256)
    decoder = ReplyDecoder()
    heard = decoder.feed(bytes(damaged[:700])) + decoder.feed(bytes(damaged[700:]))
    replies = [event for event in heard if isinstance(event, Reply)]
    if not replies:
        return "refused by its check byte"
    try:
        card = parse_card(text_section(replies[0].data))
    except (RemoteProtocolError, UnreadableCard, WrongCard):
        return "refused by its content"
    assert encode_reply(replies[0]) in replies_in(bytes(damaged))
    lying = parse_card(text_section(sent[10:-1]))
    if card == lying:
        return "read: photo or spare bytes damaged" if damaged != sent else "read: undamaged"
    # One in 256 passes the check byte by chance; of these the layout and the number refuse some.
    return f"by chance: other {'number' if card.number != lying.number else 'letters'}"


def check_number(data: bytes, dice: Random) -> str | None:
    """Any text is a number whose parts can be so, or a named check."""
    text = data.decode(dice.choice(("latin-1", "utf-8", "gb18030", "utf-16-le")), "replace")
    today = dice.choice((TODAY, None, date(1970, 1, 1)))
    try:
        number = parse_person_number(text, today=today)
    except BadPersonNumber as error:
        return error.failed.value
    assert number.number == text.upper()
    assert number.number.isascii()
    assert number.birth is None or today is None or number.birth <= today
    return number.kind.value


NUMBERS = tuple(
    text.encode()
    for text in (
        *("522601199001010010", "522625194003150023", "522631196512310044"),
        *("932682198501010017", "911124198108030024", "PAK310080010103"),
        *("810000199408230021", "H12345678", "M1234567890", "12345678", "1234567890"),
    )
)
TARGETS = (
    *(
        Target(f"sam-{name}", frozenset({"sam_card"}), check, GOLDEN + REPLIES[:1], (PREAMBLE,))
        for name, check in checks_of(SAM).items()
    ),
    Target(
        "sam-meaning",
        frozenset({"sam_card"}),
        check_meaning,
        tuple(bytes([0, 0, outcome]) + bytes(16) for outcome in Outcome),
    ),
    Target("sam-text", frozenset({"sam_text"}), check_text, READS, short=1_500),
    Target(
        "sam-whole-read",
        frozenset({"sam_card", "sam_text"}),
        check_whole_read,
        (bytes(range(1, 256)),),
        short=1_000,
    ),
    Target("person-number", frozenset({"person_numbers"}), check_number, NUMBERS, (b"X", b"9")),
)
