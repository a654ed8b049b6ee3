"""Call pads, raters and number boards."""

from random import Random

from hardware.roles_window import PadPress
from hardware.wire.call_pad import (
    FRAME_MAX_BYTES,
    HEAD,
    PadDecoder,
    PadFrame,
    Repeats,
    display_frame,
    level_of,
    rating_answer,
)
from hardware.wire.led_board import FRAME_BYTES, number_frame, number_in
from tests.fuzz.corpus import golden_bytes
from tests.fuzz.engine import Target
from tests.fuzz.frames import Codec, checks_of

PADS = golden_bytes("call-pad") + golden_bytes("rater")
BOARDS = golden_bytes("led-number-board")
FUNCTIONS = (0x01, 0x02, 0x03, 0x11)


def pad_frames_in(data: bytes) -> set[bytes]:
    """Second opinion: every frame with a right sum, wherever it begins."""
    found = set()
    for at in range(len(data) - 8):
        if data[at : at + 2] != b"\xff\x68" or data[at + 4] != 0x68:
            continue
        size = data[at + 2]
        whole = data[at : at + size + 7]
        if data[at + 3] == size and 2 <= size <= 9 and len(whole) == size + 7:
            total = 0
            for byte in whole[5:-2]:
                total = (total + byte) & 0xFF
            if whole[-2] == total and whole[-1] == 0x16:
                found.add(whole)
    return found


def draw_frame(dice: Random) -> PadFrame:
    data = bytes(dice.randrange(0x14) for _ in range(dice.randrange(8)))
    return PadFrame(dice.randrange(1, 100), dice.choice(FUNCTIONS), data)


PAD = Codec(
    decoder=PadDecoder,
    draw=draw_frame,
    encode=PadFrame.to_bytes,
    is_frame=lambda event: isinstance(event, PadFrame),
    frames_in=pad_frames_in,
    held_max_bytes=FRAME_MAX_BYTES - 1,
)


def check_meaning(data: bytes, dice: Random) -> str | None:
    """Whatever a frame holds, it means a key, a rating or nothing."""
    frame = PadFrame(*(data[:2].ljust(2, b"\0")), data[2:9])
    press = frame.press()
    level = level_of(frame, (0x05, 0x04, 0x03, 0x02, 0x01))
    assert press is None or isinstance(press, PadPress)
    assert press is None or frame.is_press
    assert press is None or level is None
    assert PadDecoder().feed(frame.to_bytes()) == [frame]
    assert rating_answer(frame).data == frame.data
    repeats = Repeats(0.5, 2.0)
    assert repeats.is_new(frame, 10.0)
    assert not repeats.is_new(frame, 10.0 + dice.uniform(0, 0.5))
    if press is not None:
        assert press.digits == "" or press.digits.isdigit()
        return f"key {press.key}"
    return None if level is None else "a rating"


def check_board(data: bytes, dice: Random) -> str | None:
    """Whatever a label is, a board shows its last digits or nothing."""
    text = data.decode(dice.choice(("utf-8", "gb18030", "latin-1")), "replace")
    digits = dice.randrange(1, 5)
    shown = number_in(text, digits)
    whole = [char for char in text if char in "0123456789"]
    assert (shown is None) is not whole
    waiting = dice.choice((None, 0, 7, 999, 5000))
    assert PadDecoder().feed(display_frame(1, waiting, text).to_bytes())
    if shown is None:
        return None if not whole else "never"
    assert f"{shown:0{digits}}"[-len(whole) :] == "".join(whole)[-digits:]
    board = dice.randrange(256)
    frame = number_frame(board, shown)
    assert len(frame) == FRAME_BYTES
    assert (frame[0], frame[1] << 8 | frame[2]) == (board, shown)
    assert (frame[0] + frame[1] + frame[2]) & 0xFF == frame[3]
    return "a number"


TARGETS = (
    *(
        Target(f"pad-{name}", frozenset({"call_pad"}), check, PADS, (HEAD, b"\x68", b"\x16"))
        for name, check in checks_of(PAD).items()
    ),
    Target("pad-meaning", frozenset({"call_pad"}), check_meaning, tuple(f[5:-2] for f in PADS)),
    Target(
        "led-board",
        frozenset({"led_board"}),
        check_board,
        (*BOARDS, b"A012", "A区012号".encode(), b"B0", "王小二 ٣".encode()),
    ),
)
