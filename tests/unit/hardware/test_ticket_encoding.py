"""Ticket bytes as an independent reader understands them, and their size."""

from typing import Any

import pytest
from PIL import Image

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.roles import Align, Feed, PrintJob, QrBlock, TextLine
from hardware.sample import example_ticket
from hardware.sim.escpos_commands import CommandReader
from hardware.wire.escpos_layout import columns_in, printable, wrap
from hardware.wire.escpos_profile import PROFILES, adjusted
from kiosk.guide_job import guide_job
from kiosk.lang import Languages
from kiosk.paper_job import ticket_job
from tests import fakes_kiosk as fakes

RASTER = FontRasteriser()


def encoded(*lines: Any, profile: str = "generic-80", cut: bool = False) -> bytes:
    return TicketEncoder(PROFILES[profile], RASTER).encode(PrintJob("j", lines, cut))


@pytest.mark.parametrize(("align", "code"), list(zip(Align, (0, 1, 2), strict=True)))
@pytest.mark.parametrize(("width", "height", "size"), [(1, 2, 0x01), (3, 1, 0x20), (8, 8, 0x77)])
def test_size_and_alignment_are_set_once_for_lines_that_share_them(
    align: Align, code: int, width: int, height: int, size: int
) -> None:
    line = TextLine("A", width, height, align, bold=True)
    ops = CommandReader().feed(encoded(line, line))
    assert [op.args for op in ops if op.name == "ESC a"] == ([bytes([code])] if code else [])
    assert [op.args for op in ops if op.name == "ESC E"] == [b"\x01"]
    assert [op.args for op in ops if op.name == "GS !"] == [bytes([size])]


@pytest.mark.parametrize("align", list(Align))
def test_a_drawn_line_is_placed_by_white_dots_with_every_dot_of_the_drawing(align: Align) -> None:
    drawing = RASTER.text("䶮", columns=2, width=1, height=1, bold=False)
    data = encoded(TextLine("䶮", align=align))
    (op,) = [op for op in CommandReader().feed(data) if op.name == "GS v"]
    row_bytes = int.from_bytes(op.args[2:4], "little")
    left = {Align.LEFT: 0, Align.CENTRE: 272, Align.RIGHT: 552}[align]
    assert row_bytes * 8 == left + 24
    placed = Image.frombytes("1", (row_bytes * 8, 24), bytes(b ^ 0xFF for b in op.data))
    assert placed.crop((left, 0, left + 24, 24)).tobytes() == drawing.tobytes()
    assert 0 < placed.histogram()[0] == drawing.histogram()[0]


def test_half_a_ticket_is_cut_off_before_the_next_one() -> None:
    job = PrintJob("j", (TextLine("A"),))
    for name, end in (("generic-80", b"\x1b@\n\x1dVB\0"), ("generic-58", b"\x1b@\n\n\n")):
        encoder = TicketEncoder(PROFILES[name], RASTER)
        assert encoder.encode(job, after_torn=True) == end + encoder.encode(job)


def test_a_code_without_content_is_left_out() -> None:
    assert encoded(QrBlock("\x1b\u202e")) == encoded()


def test_more_blank_lines_than_one_command_takes_are_all_fed() -> None:
    ops = CommandReader().feed(encoded(Feed(290)))
    assert sum(op.args[0] for op in ops if op.name == "ESC d") == 290


def test_a_usual_ticket_has_less_than_one_and_a_half_kilobytes() -> None:
    ticket = example_ticket("张*三")
    assert len(TicketEncoder(PROFILES["generic-80"], RASTER).encode(ticket)) < 1500
    assert len(TicketEncoder(PROFILES["generic-58"], RASTER).encode(ticket)) < 1500


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


def test_behind_a_box_to_tick_the_words_stand_in_a_block() -> None:
    assert wrap("□ 林权证、林木树种地类及合同等（原件）", 32) == [
        "□ 林权证、林木树种地类及合同等",
        "   （原件）",
    ]
    assert wrap("- identity card and copy", 16) == ["- identity card", "  and copy"]
    assert wrap("□ 林权证等", 8) == ["□ 林权", "证等"]
    assert wrap("   （原件）", 32) == ["   （原件）"]


@pytest.mark.parametrize(("profile", "width_mm"), [("generic-80", 80), ("generic-58", 58)])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_real_ticket_of_every_item_has_less_than_one_and_a_half_kilobytes(
    profile: str, width_mm: int, language: str
) -> None:
    """With everything on it that can be: a name, a class of priority, the mark of a repetition."""
    catalogue = fakes.catalogue("https://hall.example.org")
    speech = Languages(("zh_CN", "en")).speech(language)
    sizes = {}
    for item in catalogue.items:
        ticket = fakes.ticket(
            service_id=item.service_id,
            masked_name="吴*朵",
            priority_class=catalogue.priority_classes[0].class_id,
        )
        job = ticket_job(ticket, catalogue, speech, job_id="j", reprint=True, width_mm=width_mm)
        sizes[item.service_id] = len(TicketEncoder(PROFILES[profile], RASTER).encode(job))
    assert len(sizes) >= 30
    assert max(sizes.values()) <= 1500
    assert sorted(sizes.values())[len(sizes) // 2] <= 1100  # an ordinary one


@pytest.mark.parametrize(("profile", "width_mm"), [("generic-80", 80), ("generic-58", 58)])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_guide_of_every_item_has_less_than_one_and_a_half_kilobytes(
    profile: str, width_mm: int, language: str
) -> None:
    catalogue = fakes.catalogue()
    speech = Languages(("zh_CN", "en")).speech(language)
    encoder = TicketEncoder(PROFILES[profile], RASTER)
    for item in catalogue.items:
        job = guide_job(item, catalogue, speech, printed_at=fakes.AT, width_mm=width_mm)
        assert len(encoder.encode(job)) <= 1500, item.service_id


def test_a_rare_character_in_a_guide_is_drawn_and_its_line_only() -> None:
    catalogue = fakes.catalogue()
    hall = catalogue.model_copy(update={"hall_name": {"zh-CN": "䶮山乡便民服务中心"}})
    speech = Languages(("zh_CN",)).speech("zh_CN")
    job = guide_job(hall.items[3], hall, speech, printed_at=fakes.AT, width_mm=80)
    ops = CommandReader().feed(TicketEncoder(PROFILES["generic-80"], RASTER).encode(job))
    assert [op.name for op in ops].count("GS v") == 1


def test_a_raised_three_of_a_unit_costs_no_picture_and_any_other_stays_raised() -> None:
    ops = CommandReader().feed(encoded(TextLine("30 m³, 5 km²")))
    assert b"".join(op.data for op in ops if op.name == "text") == b"30 m3, 5 km2"
    assert "GS v" in [op.name for op in CommandReader().feed(encoded(TextLine("10³")))]


def test_a_drawn_line_of_even_size_beside_own_type_is_enlarged_by_the_printer() -> None:
    line = TextLine("吴䶮朵", width=2, height=4)
    (own,) = [op for op in CommandReader().feed(encoded(line)) if op.name == "GS v"]
    raster = CommandReader().feed(encoded(line, profile="raster-80"))
    (full,) = [op for op in raster if op.name == "GS v"]
    assert (own.args[1], full.args[1]) == (3, 0)
    assert len(own.data) * 4 == len(full.data)


def test_larger_type_than_a_printer_has_is_drawn() -> None:
    names = [op.name for op in CommandReader().feed(encoded(TextLine("A1", width=9, height=9)))]
    assert "GS v" in names
    assert "GS !" not in names


def test_a_paragraph_that_is_read_from_the_right_begins_at_the_right() -> None:
    (op,) = [op for op in CommandReader().feed(encoded(TextLine("نومۇر"))) if op.name == "GS v"]
    assert int.from_bytes(op.args[2:4], "little") * 8 == 576


@pytest.mark.parametrize(
    ("options", "missing"),
    [({"cutter": "no"}, "GS V"), ({"qr": "no"}, "GS ("), ({"hanzi": "no"}, "FS &")],
)
def test_what_one_printer_lacks_can_be_said_in_its_address(
    options: dict[str, str], missing: str
) -> None:
    job = example_ticket()
    profile = PROFILES["generic-80"]
    names = [
        {op.name for op in CommandReader().feed(TicketEncoder(one, RASTER).encode(job))}
        for one in (profile, adjusted(profile, options))
    ]
    assert missing in names[0] - names[1]
    with pytest.raises(ValueError, match="buzzer"):
        adjusted(profile, {"buzzer": "loud"})


def test_latin_words_stay_whole() -> None:
    assert wrap("public service hall", 12) == ["public", "service hall"]


def test_a_hanzi_is_two_columns_and_a_letter_one() -> None:
    assert columns_in("办事A1，") == 8


def test_a_hairline_is_not_too_faint_to_be_burnt() -> None:
    for char in "╎╵╷":
        assert RASTER.text(char, columns=1, width=1, height=1, bold=False).histogram()[0] > 0
