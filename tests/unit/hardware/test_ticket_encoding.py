"""Ticket bytes, held against python-escpos where it is right, and against their size."""

from typing import Any

import pytest
from escpos.printer import Dummy
from PIL import Image

from hardware.drivers.raster import FontRasteriser
from hardware.roles import Align, Feed, PrintJob, QrBlock, TextLine
from hardware.sample import example_ticket
from hardware.sim.escpos_commands import CommandReader
from hardware.wire.escpos_layout import columns_in, printable, wrap
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.escpos_ticket import encode_job

RASTER = FontRasteriser()


def encoded(*lines: Any, profile: str = "generic-80", cut: bool = False) -> bytes:
    return encode_job(PrintJob("j", lines, cut), PROFILES[profile], RASTER)


@pytest.mark.parametrize("align", list(Align))
@pytest.mark.parametrize(("width", "height"), [(1, 2), (3, 1), (8, 8)])
def test_size_and_alignment_are_those_of_python_escpos(
    align: Align, width: int, height: int
) -> None:
    other = Dummy()
    name = {"centre": "center"}.get(align.value, align.value)
    other.set(align=name, custom_size=True, width=width, height=height, bold=True)
    ours = CommandReader().feed(encoded(TextLine("A", width, height, align, bold=True)))
    theirs = CommandReader().feed(other.output)
    assert {op for op in theirs if op.name != "ESC a" or align is not Align.LEFT} <= set(ours)


def test_the_qr_code_is_the_one_of_python_escpos() -> None:
    other = Dummy()
    other.qr("https://example.org/t/A001", ec=1, size=6, native=True)
    theirs = [op for op in CommandReader().feed(other.output) if op.name == "GS ("]
    ours = CommandReader().feed(encoded(QrBlock("https://example.org/t/A001", 6)))
    assert [op for op in ours if op.name == "GS ("] == theirs


def test_a_raster_image_is_the_one_of_python_escpos() -> None:
    bitmap = RASTER.text("䶮", columns=2, width=1, height=1, bold=False)
    size = (bitmap.width_dots, bitmap.height_dots)
    image = Image.frombytes("1", size, bytes(byte ^ 0xFF for byte in bitmap.rows))
    other = Dummy()
    other.image(image, impl="bitImageRaster")
    (theirs,) = [op for op in CommandReader().feed(other.output) if op.name == "GS v"]
    (ours,) = [op for op in CommandReader().feed(encoded(TextLine("䶮"))) if op.name == "GS v"]
    assert ours == theirs


def test_a_usual_ticket_has_less_than_one_and_a_half_kilobytes() -> None:
    ticket = example_ticket("张*三")
    assert len(encode_job(ticket, PROFILES["generic-80"], RASTER)) < 1500
    assert len(encode_job(ticket, PROFILES["generic-58"], RASTER)) < 1500


@pytest.mark.parametrize("char", "䶮𬭎𠮷㛃")
def test_only_the_line_with_a_rare_character_becomes_an_image(char: str) -> None:
    ops = CommandReader().feed(encoded(TextLine("吴阿朵"), TextLine(f"吴{char}朵"), TextLine("甲")))
    assert [op.name for op in ops].count("GS v") == 1
    assert b"".join(op.data for op in ops if op.name == "text") == "吴阿朵甲".encode("gbk")


@pytest.mark.parametrize("text", ["，。：①", "办事指南", "“引号”…", "￥100", "¥100"])
def test_what_gbk_has_is_printed_in_the_printers_own_font(text: str) -> None:
    ops = CommandReader().feed(encoded(TextLine(text)))
    assert not any(op.name == "GS v" for op in ops)


def test_a_printer_without_chinese_gets_images_and_no_hanzi_mode() -> None:
    names = [op.name for op in CommandReader().feed(encoded(TextLine("办事"), profile="raster-80"))]
    assert "GS v" in names
    assert "FS &" not in names


def test_a_qr_code_wider_than_the_paper_gets_smaller_modules() -> None:
    data = encoded(QrBlock("https://example.org/" + "x" * 300, 16), profile="generic-58")
    sizes = [op.data[2] for op in CommandReader().feed(data) if op.data[:2] == b"\x31\x43"]
    assert sizes == [4]  # 73 modules and the quiet zone on 384 dots


def test_a_ticket_longer_than_any_ticket_is_refused() -> None:
    with pytest.raises(ValueError, match="lines"):
        encoded(*[TextLine("A")] * 301)
    with pytest.raises(ValueError, match="lines"):
        encoded(Feed(301))
    with pytest.raises(ValueError, match="characters"):
        encoded(TextLine("A" * 2001))


def test_long_chinese_text_breaks_before_no_closing_punctuation() -> None:
    lines = wrap(printable("请在大厅内等候叫号，过号请到导办台。"), 18)
    assert lines == ["请在大厅内等候叫", "号，过号请到导办", "台。"]
    assert all(columns_in(line) <= 18 for line in lines)


def test_latin_words_stay_whole() -> None:
    assert wrap("public service hall", 12) == ["public", "service hall"]


def test_a_hanzi_is_two_columns_and_a_letter_one() -> None:
    assert columns_in("办事A1，") == 8
