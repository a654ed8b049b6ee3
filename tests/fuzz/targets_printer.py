"""Receipt printers: what they say, and tickets as steps."""

import itertools
from collections.abc import Callable
from random import Random
from unicodedata import bidirectional, category, combining

from hardware.errors import PAPER_NEAR_END, PrinterFault
from hardware.roles import Align, Feed, PaperState, PrintJob, PrintLine, QrBlock, Rule, TextLine
from hardware.wire.escpos_bidi import is_right_to_left, pieces_of
from hardware.wire.escpos_layout import (
    TEXT_MAX_CHARS,
    columns_in,
    in_gbk,
    is_ascii,
    printable,
    wrap,
)
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.escpos_status import (
    AnswerDecoder,
    AutoStatus,
    Completed,
    RealTime,
    ask_completion,
    decode_auto_status,
    decode_status,
    raise_fault,
)
from hardware.wire.escpos_ticket import (
    LINES_MAX,
    Bar,
    Blank,
    Buzz,
    Cut,
    Drawn,
    OwnFont,
    QrCode,
    Space,
    plan_job,
)
from tests.fuzz.corpus import golden_bytes
from tests.fuzz.engine import Target
from tests.fuzz.frames import pieces

SAID = (
    *golden_bytes("escpos-printer"),
    *(b"\x37\x220001\0", b"_EPSON\0", b"\x12" * 4, b"_" + b"\t" * 79 + b"\0"),
)
HELD_MAX_BYTES = 81
QR_SHARE = 0.005
"""Making a QR code takes a thousand times as long as the rest."""
_BRACKETS = "()[]{}<>«»‹›（）《》〈〉【】"
_GBK_DOUBLED = "，。：①便民镇"
TEXTS = tuple(
    text.encode()
    for text in (
        *("便民服务中心", "A012 前面还有 3 人", "䶮𬭎㛃𠮷", "དབུས་མའི་ཤིང་ཆེན།", "نومۇر", "ꆈꌠꁱꂷ"),
        *("a\u0301e\u0301", "1\x1b@2\x1dV\0", "\u202e012\u202c", "\U0001f468\u200d\U0001f467"),
        *(f"{_GBK_DOUBLED}(办理)【取号】", "x" * 200, "¥ • –"),
    )
)
TOKENS = ("\u200b".encode(), "（".encode(), "\u3000".encode(), b" ", b"\x1b", b"\n", b"-")


def check_answers(data: bytes, dice: Random) -> str | None:
    """Any bytes: the same answers however they are split; each has the bits of its kind."""
    decoder = AnswerDecoder()
    heard = []
    for piece in pieces(data, dice):
        heard += decoder.feed(piece)
        assert len(decoder._buffer) <= HELD_MAX_BYTES
    assert heard == AnswerDecoder().feed(data)
    for answer in heard:
        if isinstance(answer, AutoStatus):
            assert answer.value in data
            _check_status(decode_auto_status(answer.value))
        elif isinstance(answer, RealTime):
            assert answer.value & 0x93 == 0x12
        elif isinstance(answer, Completed):
            assert b"\x37\x22" + answer.process_id + b"\0" in data
    return f"{min(len(heard), 5)} answers" if heard else None


def check_status(data: bytes, _dice: Random) -> str | None:
    """Any four bytes are a status that agrees with itself."""
    four = data[:4].ljust(4, b"\x12")
    _check_status(decode_status(*four))
    _check_status(decode_auto_status(four))
    return None


def _check_status(status: object) -> None:
    online, faults = status.online, status.faults  # type: ignore[attr-defined]
    paper = status.paper  # type: ignore[attr-defined]
    assert online is not bool(set(faults) - {PAPER_NEAR_END})
    assert (PAPER_NEAR_END in faults) is (paper is PaperState.NEAR_END)
    raised = _raised(lambda: raise_fault(status))  # type: ignore[arg-type]
    assert (raised is None) is online
    assert raised is None or raised.code in faults


def _raised(work: Callable[[], None]) -> PrinterFault | None:
    try:
        work()
    except PrinterFault as error:
        return error
    return None


def check_completion(data: bytes, dice: Random) -> str | None:
    """A process id that printers know comes back as it was sent, among other answers."""
    wanted = bytes(0x20 + byte % 0x5F for byte in data[:4].ljust(4, b"0"))
    assert ask_completion(wanted).endswith(wanted)
    line = b"\x12" + b"\x37\x22" + wanted + b"\0" + b"\x12"
    decoder = AnswerDecoder()
    heard = [answer for piece in pieces(line, dice) for answer in decoder.feed(piece)]
    assert heard == [RealTime(0x12), Completed(wanted), RealTime(0x12)]
    return None


def text_of(data: bytes, dice: Random) -> str:
    """Any text, lone surrogates and noncharacters included."""
    if dice.random() < 0.8:
        return data.decode("utf-8", dice.choice(("replace", "surrogateescape")))
    return data[: len(data) // 2 * 2].decode("utf-16-le", "surrogatepass")


def check_layout(data: bytes, dice: Random) -> str | None:
    """No control or invisible character is left; wrapping loses nothing but spaces, and fits."""
    text = text_of(data, dice)
    if len(text) > TEXT_MAX_CHARS:
        return "too long"
    kept = printable(text)
    assert not any(category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in kept)
    assert printable(kept) == kept
    columns = dice.randrange(1, 49)
    lines = wrap(kept, columns)
    assert dense("".join(lines)) == dense(kept)
    assert all(columns_in(line) <= max(columns, 2) for line in lines)
    # A mark stays with its letter; only a space that it sat on may be gone.
    alone = {char for before, char in itertools.pairwise(kept) if before.isspace()}
    assert not any(line and combining(line[0]) and line[0] not in alone for line in lines[1:])
    for char in kept[:20]:
        assert not in_gbk(char) or len(char.encode("gb18030")) == 2
    return None


def dense(text: str) -> str:
    return "".join(char for char in text if not char.isspace())


def check_bidi(data: bytes, dice: Random) -> str | None:
    """A line of any scripts: every character once, as wide as it was; untouched without RTL."""
    line = wrap(printable(text_of(data[:400], dice)), 48)[0]
    is_rtl = dice.choice((is_right_to_left(line), True))
    pieces_there = pieces_of(line, is_rtl=is_rtl)
    text = "".join(piece.text for piece in pieces_there)
    assert sum(piece.columns for piece in pieces_there) == columns_in(line)
    # Brackets may be mirrored, and nothing else.
    assert sorted(set_aside(text)) == sorted(set_aside(line))
    assert len(text) == len(line)
    if is_rtl or any(bidirectional(char) in {"R", "AL"} for char in line):
        return "right to left"
    assert text == line
    return None


def set_aside(text: str) -> list[str]:
    return [char for char in text if char not in _BRACKETS]


def check_plan(data: bytes, dice: Random) -> str | None:
    """Any job is steps within the printer's bounds, or refused for its length."""
    profile = dice.choice(list(PROFILES.values()))
    lines = [_line(part, dice) for part in (data.split(b" ") or [b""])[:6]]
    job = PrintJob("j", tuple(lines), cut=dice.random() < 0.5)
    try:
        steps = plan_job(job, profile)
    except ValueError:
        return "refused"
    assert sum(isinstance(step, OwnFont | Drawn) for step in steps) <= LINES_MAX
    for step in steps:
        _check_step(step, profile.width_dots, hanzi=profile.hanzi)
    assert not any(isinstance(step, Cut) for step in steps) or (job.cut and profile.cutter)
    return None


def _line(part: bytes, dice: Random) -> PrintLine:
    pick = dice.random()
    if pick < QR_SHARE:
        return QrBlock(text_of(part, dice), dice.randrange(1, 17))
    if pick < 0.1:
        return dice.choice((Rule(), Feed(dice.randrange(-3, 400))))
    width, height = dice.randrange(1, 9), dice.randrange(1, 9)
    return TextLine(text_of(part, dice), width, height, dice.choice(list(Align)))


def _check_step(step: object, width_dots: int, *, hanzi: bool) -> None:
    match step:
        case OwnFont(text, style):
            assert all(is_ascii(c) or (hanzi and in_gbk(c)) for c in text)
            assert columns_in(text) * 12 * style.width <= max(width_dots, 24 * style.width)
        case Drawn(text, style, columns):
            assert columns == columns_in(text)
            assert columns * 12 * style.width <= max(width_dots, 24 * style.width)
        case QrCode(text, module_dots, _):
            assert text
            assert 1 <= module_dots <= 16
        case Space(dots):
            assert 0 <= dots <= 255
        case Blank(lines):
            assert 1 <= lines <= 255
        case Bar(across, _):
            assert 0 < across <= width_dots
        case _:
            assert isinstance(step, Cut | Buzz)


TARGETS = (
    Target("printer-answers", frozenset({"escpos_status"}), check_answers, SAID),
    Target("printer-status", frozenset({"escpos_status"}), check_status, SAID),
    Target("printer-completion", frozenset({"escpos_status"}), check_completion, SAID),
    Target("layout", frozenset({"escpos_layout"}), check_layout, TEXTS, TOKENS, short=1_500),
    Target("bidi", frozenset({"escpos_bidi"}), check_bidi, TEXTS, TOKENS, short=1_500),
    Target(
        "ticket",
        frozenset({"escpos_ticket", "escpos_profile"}),
        check_plan,
        TEXTS,
        TOKENS,
        short=600,
    ),
)
