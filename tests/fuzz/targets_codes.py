"""Scanners: framing, answers to commands, the text of a code; and what probing asks."""

from random import Random
from unicodedata import category

from hardware.errors import BadBarcode
from hardware.wire.code_text import CODE_MAX_CHARS, decode_payload
from hardware.wire.questions import QUESTIONS, Judgement, recognise
from hardware.wire.scanner import FRAME_MAX_BYTES, Framer, Framing, Overlong
from hardware.wire.scanner_commands import TRIGGERS, Answer, Incomplete, crc_xmodem, gm65_save
from tests.fuzz.corpus import golden_bytes
from tests.fuzz.engine import Target
from tests.fuzz.frames import pieces

CODES = (
    *golden_bytes("serial-scanner"),
    b"https://hall.example/t/0198\r\n",
    "便民服务中心 A012\r".encode("gbk"),
    "便民服务中心 A012\n".encode(),
    "学校\r".encode("gbk"),
    b"\x02\x010000#SCNTRG1\x06;\x03A012\r",
    b"7" * 3_000 + b"\r",
)
TOKENS = (b"\r", b"\n", b"\r\n", b"\x02\x010000", b";\x03", b"\x02\x00\x00\x01", b"\xef\xbb\xbf")
ENDS = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n"}
READ_ANSWERS = (None, *(trigger.answer for trigger in TRIGGERS.values()))


def check_framer(data: bytes, dice: Random) -> str | None:
    """Any bytes: the same codes however they are split, none of them holding an end mark."""
    framing, read = dice.choice(list(Framing)), dice.choice(READ_ANSWERS)
    framer = Framer(framing, read)
    heard = []
    for piece in pieces(data, dice):
        heard += framer.feed(piece)
        assert len(framer._buffer) <= FRAME_MAX_BYTES
    if framing in ENDS:
        # Split or not: only how a code that is too long is cut may differ, never what is let in.
        whole = Framer(framing, read).feed(data)
        if len(data) <= FRAME_MAX_BYTES:
            assert heard == whole
    heard += framer.idle()
    assert not framer.pending or framing in ENDS
    for code in heard:
        if isinstance(code, bytes):
            assert 0 < len(code) <= FRAME_MAX_BYTES
            assert framing not in ENDS or ENDS[framing] not in code
    return "too long" if Overlong() in heard else None


def check_codes(data: bytes, dice: Random) -> str | None:
    """Codes as a scanner sends them all come through, whole, in their order."""
    framing = dice.choice(list(ENDS))
    bad = set(b"\r\n\x02")
    sent = [bytes(b for b in part if b not in bad) for part in data.split(b"\r")][:6]
    framer = Framer(framing, dice.choice(READ_ANSWERS))
    line = b"".join(code + ENDS[framing] for code in sent)
    heard = [code for piece in pieces(line, dice) for code in framer.feed(piece)]
    assert heard == [c if len(c) <= FRAME_MAX_BYTES else Overlong() for c in sent if c]
    assert not framer.pending
    return f"{len(heard)} codes"


def check_text(data: bytes, _dice: Random) -> str | None:
    """Any bytes of a code are clean text or refused; valid UTF-8 or GB 18030, nothing else."""
    try:
        text = decode_payload(data)
    except BadBarcode:
        return "refused"
    assert 1 <= len(text) <= CODE_MAX_CHARS
    assert not any(category(char)[0] == "C" for char in text)
    body = data.removeprefix(b"\xef\xbb\xbf")
    if text.encode() == body:
        return "UTF-8"
    assert body.decode("gb18030") == text
    return "GB 18030"


def check_answers(data: bytes, _dice: Random) -> str | None:
    """An answer stays the same answer when more follows; an unfinished one has a bound."""
    case = None
    for name, trigger in TRIGGERS.items():
        if trigger.answer is None:
            continue
        for size in range(min(len(data), 80) + 1):
            said = trigger.answer(data[:size])
            if isinstance(said, Answer):
                assert 0 < said.size_bytes <= size
                assert trigger.answer(data) == said
                case = name
                break
            assert said is not Incomplete.ANSWER or size < 64
    return case


def check_crc(data: bytes, dice: Random) -> str | None:
    """CRC-16 leaves nothing over bytes with their own CRC, and finds every burst of 16 bits."""
    body = data[:24]
    whole = bytearray(body + crc_xmodem(body).to_bytes(2, "big"))
    assert crc_xmodem(bytes(whole)) == 0
    at = dice.randrange(len(whole) - 1)
    whole[at] ^= (burst := dice.randrange(1, 0x10000)) >> 8
    whole[at + 1] ^= burst & 0xFF
    assert crc_xmodem(bytes(whole)) != 0
    assert crc_xmodem(gm65_save()[2:]) == 0
    return None


def check_questions(data: bytes, _dice: Random) -> str | None:
    """Whatever answers a question is judged; a right answer can be read for faults."""
    case = None
    for question in QUESTIONS:
        verdicts = [question.judge(data[:size]) for size in range(min(len(data), 24) + 1)]
        if question.judge(data) is Judgement.RIGHT:
            faults = question.faults(tuple(data for _ in question.requests))
            assert all(isinstance(code, str) for code in faults)
            case = question.type_id
        # What is wrong already cannot become right by more bytes.
        assert verdicts == sorted(verdicts, key=_ORDER.index) or Judgement.RIGHT in verdicts
    heard = recognise(data)
    return case or (f"heard {heard.type_id}" if heard else None)


_ORDER = [Judgement.UNFINISHED, Judgement.RIGHT, Judgement.WRONG]
ASKED = (
    *golden_bytes("sam-id-reader"),
    *golden_bytes("escpos-printer"),
    *golden_bytes("call-pad"),
    *golden_bytes("rater"),
    *CODES[:-1],
    bytes.fromhex("02 00 00 02 39 01 C1 4C"),
)
TARGETS = (
    Target("scanner-stream", frozenset({"scanner"}), check_framer, CODES, TOKENS),
    Target("scanner-codes", frozenset({"scanner"}), check_codes, CODES, TOKENS),
    Target("code-text", frozenset({"code_text"}), check_text, CODES, TOKENS),
    Target("scanner-answers", frozenset({"scanner_commands"}), check_answers, CODES, TOKENS),
    Target("scanner-crc", frozenset({"scanner_commands"}), check_crc, CODES, short=1_500),
    Target("questions", frozenset({"questions"}), check_questions, ASKED, TOKENS, short=1_500),
)
