"""No visible character is lost on paper, and no byte of a text is ever a command."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.roles import Align, Feed, PrintJob, QrBlock, Rule, TextLine
from hardware.sim.escpos_commands import CommandReader
from hardware.wire.escpos_layout import columns_in, in_gbk, printable, wrap
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.escpos_status import AnswerDecoder

COMMANDS_OF_A_TICKET = {
    *("ESC @", "ESC a", "ESC E", "GS !", "ESC 3", "ESC J", "ESC d"),
    *("FS &", "FS .", "GS (", "GS v", "GS V", "lf", "text"),
}
any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


class WhiteRaster:
    """Draws nothing, in the right size."""

    def text(self, _text: str, *, columns: int, width: int, height: int, **_: bool) -> Image.Image:
        return Image.new("1", (max(1, columns) * 12 * width, 24 * height), 1)

    def qr(self, text: str, module_dots: int) -> Image.Image:  # noqa: ARG002 - the role's signature
        return Image.new("1", (8, 8), 1)


def _encoded(job: PrintJob, profile: str) -> bytes:
    return TicketEncoder(PROFILES[profile], WhiteRaster()).encode(job)


def _ops(text: str, profile: str, **style: object) -> list[object]:
    job = PrintJob("j", (TextLine(text, **style),))  # type: ignore[arg-type]
    reader = CommandReader()
    ops = reader.feed(_encoded(job, profile))
    assert reader.unfinished_bytes == 0
    return ops


@settings(deadline=None)  # other work on the machine must not fail a test
@given(any_text, st.sampled_from(sorted(PROFILES)))
def test_text_never_becomes_a_command(text: str, profile: str) -> None:
    for op in _ops(text, profile):
        assert op.name in COMMANDS_OF_A_TICKET
        if op.name == "text":
            assert not any(byte < 0x20 or byte == 0x7F for byte in op.data)


@settings(deadline=None)  # other work on the machine must not fail a test
@given(any_text)
def test_text_without_commands_of_its_own_gives_the_same_commands_as_plain_text(text: str) -> None:
    names = {op.name for op in _ops(text, "generic-80")}
    assert "GS (" not in names
    assert "ESC d" not in names


def test_no_code_point_of_any_category_reaches_the_printer_as_a_control_byte() -> None:
    by_category: dict[str, list[str]] = {}
    for point in range(0x110000):
        kept = by_category.setdefault(unicodedata.category(chr(point)), [])
        if len(kept) < 700:
            kept.append(chr(point))
    assert {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Lo", "So", "Mn"} <= set(by_category)
    for chars in by_category.values():
        for start in range(0, len(chars), 100):
            for op in _ops("".join(chars[start : start + 100]), "generic-80"):
                assert op.name in COMMANDS_OF_A_TICKET
                assert op.name != "text" or min(op.data) >= 0x20


def test_every_character_of_gbk_is_the_same_to_a_gb18030_printer() -> None:
    count = 0
    for point in range(0x80, 0x10000):
        char = chr(point)
        if in_gbk(char):
            count += 1
            code = char.encode("gbk")
            assert code.decode("gb18030") == char
            assert code[0] >= 0x81
            assert code[1] >= 0x40
    assert count > 21_000


@settings(deadline=None)  # other work on the machine must not fail a test
@given(any_text)
def test_bidi_and_control_characters_are_gone(text: str) -> None:
    kept = printable(text)
    assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in kept)


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.text(st.sampled_from("办事大厅，。（）AB1 -"), max_size=80), st.integers(2, 48))
def test_wrapping_loses_nothing_but_spaces_and_fits(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns_in(line) <= columns for line in lines)


@settings(deadline=None)  # other work on the machine must not fail a test
@given(
    st.lists(
        st.one_of(
            st.builds(
                TextLine,
                st.text("便民A1,䶮𬭎\x1b", max_size=30),
                st.integers(1, 8),
                st.integers(1, 8),
                st.sampled_from(Align),
                st.booleans(),
            ),
            st.builds(QrBlock, st.text("A1/:办", min_size=1, max_size=40), st.integers(1, 16)),
            st.just(Rule()),
            st.builds(Feed, st.integers(0, 5)),
        ),
        max_size=8,
    ),
    st.sampled_from(sorted(PROFILES)),
    st.booleans(),
)
def test_every_job_is_a_whole_number_of_known_commands(
    lines: list[object],
    profile: str,
    cut: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    job = PrintJob("j", tuple(lines), cut)  # type: ignore[arg-type]
    data = _encoded(job, profile)
    reader = CommandReader()
    assert all(op.name in COMMANDS_OF_A_TICKET for op in reader.feed(data))
    assert reader.unfinished_bytes == 0


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.lists(st.binary(max_size=50), max_size=30))
def test_no_answer_of_a_printer_raises_or_piles_up(chunks: list[bytes]) -> None:
    decoder = AnswerDecoder()
    for chunk in chunks:
        decoder.feed(chunk)
    assert len(decoder._buffer) <= 81 + 50


@settings(deadline=None)  # other work on the machine must not fail a test
@given(st.binary(max_size=60), st.data())
def test_answers_do_not_depend_on_how_they_are_split(data: bytes, draw: st.DataObject) -> None:
    cut = draw.draw(st.integers(0, len(data)))
    whole, split = AnswerDecoder(), AnswerDecoder()
    assert whole.feed(data) == split.feed(data[:cut]) + split.feed(data[cut:])
