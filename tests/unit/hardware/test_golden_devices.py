"""Golden bytes: driver codecs and simulators meet only here."""

import base64
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.drivers.code_vision import read_codes
from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.registry import REGISTRY
from hardware.roles import Align, Feed, PrintJob, QrBlock, Rule, TextLine
from hardware.sim.escpos_commands import CommandReader
from hardware.sim.id_cards import SAMPLE_CARDS, card_text
from hardware.sim.scanner import MAKES
from hardware.wire.code_text import decode_payload
from hardware.wire.escpos_profile import PROFILES, adjusted
from hardware.wire.escpos_status import (
    ASK_MAKER,
    AUTO_STATUS_ON,
    CLEAR_BUFFERS,
    FENCE,
    AnswerDecoder,
    AutoStatus,
    Cleared,
    Completed,
    Identity,
    RealTime,
    ask_completion,
    ask_status,
    decode_auto_status,
    decode_status,
)
from hardware.wire.sam_card import Command, Outcome, Reply, ReplyDecoder, encode_request
from hardware.wire.sam_text import parse_card, text_section
from hardware.wire.scanner import Framer, Framing
from hardware.wire.scanner_commands import (
    TRIGGERS,
    Answer,
    crc_xmodem,
    gm65_save,
    newland_answer,
    newland_command,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "devices"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


SAM, ESCPOS, SCANNER, CAMERA = map(golden, (
    "sam-id-reader", "escpos-printer", "serial-scanner", "camera",
))  # fmt: skip


def named(vectors: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


def test_every_device_type_has_golden_bytes_with_a_source() -> None:
    for name in REGISTRY:
        assert golden(name)["source"]


@named(SAM["requests"])
def test_card_reader_requests_are_the_published_bytes(vector: dict[str, str]) -> None:
    assert encode_request(Command[vector["command"]]) == bytes.fromhex(vector["hex"])


@named(SAM["replies"])
def test_card_reader_replies_are_read(vector: dict[str, str]) -> None:
    (reply,) = ReplyDecoder().feed(bytes.fromhex(vector["hex"]))
    assert isinstance(reply, Reply)
    assert reply.outcome is Outcome[vector["outcome"]]
    assert reply.data == bytes.fromhex(vector["data"])


def test_a_read_reply_has_1295_bytes_and_holds_the_text() -> None:
    text = card_text(SAMPLE_CARDS["resident"])
    frame = bytes.fromhex(SAM["read_reply"]["head"]) + text + bytes(1024)
    check = 0
    for byte in frame[5:]:
        check ^= byte
    frame += bytes([check])
    assert len(frame) == SAM["read_reply"]["bytes"]
    (reply,) = ReplyDecoder().feed(frame)
    assert isinstance(reply, Reply)
    assert parse_card(text_section(reply.data)).number == "522601199001010010"


def test_printer_requests_are_the_published_bytes() -> None:
    made = [*map(ask_status, (1, 2, 3, 4)), AUTO_STATUS_ON, FENCE, ASK_MAKER]
    made += [ask_completion(b"0001"), CLEAR_BUFFERS]
    assert made == [bytes.fromhex(vector["hex"]) for vector in ESCPOS["requests"]]


@named(ESCPOS["answers"])
def test_printer_status_is_understood(vector: dict[str, Any]) -> None:
    answers = AnswerDecoder().feed(bytes.fromhex(vector["hex"]))
    assert all(isinstance(answer, RealTime) for answer in answers)
    status = decode_status(*(answer.value for answer in answers))
    assert status.online is vector["online"]
    assert status.paper.value == vector["paper"]
    assert status.cover_open is vector["cover_open"]
    assert list(status.faults) == vector["faults"]


@named(ESCPOS["automatic"])
def test_automatic_status_is_understood(vector: dict[str, Any]) -> None:
    (answer,) = AnswerDecoder().feed(bytes.fromhex(vector["hex"]))
    assert isinstance(answer, AutoStatus)
    status = decode_auto_status(answer.value)
    assert status.online is vector["online"]
    assert list(status.faults) == vector["faults"]


@named(ESCPOS["blocks"])
def test_printer_blocks_are_understood(vector: dict[str, Any]) -> None:
    (answer,) = AnswerDecoder().feed(bytes.fromhex(vector["hex"]))
    if "completed" in vector:
        assert answer == Completed(vector["completed"].encode())
    elif "cleared" in vector:
        assert answer == Cleared()
    else:
        assert answer == Identity(vector["identity"].encode())


def ticket_bytes(job: PrintJob, profile: str = "generic-80") -> bytes:
    return TicketEncoder(PROFILES[profile], FontRasteriser()).encode(job)


@named(ESCPOS["tickets"])
def test_tickets_are_the_published_commands(vector: dict[str, Any]) -> None:
    line = TextLine(
        vector["text"],
        vector.get("width", 1),
        vector.get("height", 1),
        Align(vector.get("align", "left")),
        vector.get("bold", False),
    )
    job = PrintJob("golden", (line,), cut=False)
    assert ticket_bytes(job) == bytes.fromhex(vector["hex"])


def test_a_native_qr_code_and_a_cut_are_the_published_commands() -> None:
    job = PrintJob("golden", (QrBlock(ESCPOS["qr"]["text"], ESCPOS["qr"]["module_dots"]),))
    data = ticket_bytes(job)
    assert bytes.fromhex(ESCPOS["qr"]["contains"]) in data
    assert data.endswith(bytes.fromhex(ESCPOS["cut"]))


@named(ESCPOS["buzzers"])
def test_the_buzzer_is_asked_after_the_cut(vector: dict[str, str]) -> None:
    profile = adjusted(PROFILES["generic-80"], {"buzzer": vector["name"]})
    job = PrintJob("golden", (TextLine("A"),), buzz=True)
    data = TicketEncoder(profile, FontRasteriser()).encode(job)
    assert data.endswith(bytes.fromhex(ESCPOS["cut"]) + bytes.fromhex(vector["hex"]))


def test_a_drawn_rule_and_blank_lines_are_the_published_commands() -> None:
    raster = ESCPOS["raster"]
    job = PrintJob("golden", (Rule(), Feed(2)), cut=False)
    rows = bytes([raster["row_byte"]]) * raster["row_bytes"] * raster["rows"]
    assert ticket_bytes(job, "raster-80") == (
        bytes.fromhex(raster["before"]) + rows + bytes.fromhex(raster["after"])
    )


def test_the_simulated_printer_knows_every_golden_request() -> None:
    for vector in ESCPOS["requests"]:
        (op,) = CommandReader().feed(bytes.fromhex(vector["hex"]))
        assert op.name != "unknown"


@named(SCANNER["makes"])
def test_scanner_commands_and_answers_are_the_published_bytes(vector: dict[str, str]) -> None:
    trigger = TRIGGERS[vector["name"]]
    assert trigger.on == bytes.fromhex(vector["on"])
    assert trigger.off == bytes.fromhex(vector["off"])
    for answer, accepted in (("answer_on", True), ("answer_off", True), ("answer_no", False)):
        data = bytes.fromhex(vector[answer])
        if data:
            assert trigger.answer is not None
            assert trigger.answer(data + b"A001\r") == Answer(accepted, len(data))


@named(SCANNER["makes"])
def test_the_simulated_scanner_speaks_the_published_bytes(vector: dict[str, str]) -> None:
    make = MAKES[vector["name"]]
    for command, answer, meant in (("on", "answer_on", make.on), ("off", "answer_off", make.off)):
        found = make.command.fullmatch(bytes.fromhex(vector[command]))
        assert found is not None
        assert found[1] == meant
        assert make.yes(found[1]) == bytes.fromhex(vector[answer])
    assert make.no(make.on) == bytes.fromhex(vector["answer_no"])


def test_a_newland_command_is_as_the_manual_has_it() -> None:
    vector = SCANNER["newland_manual"]
    assert newland_command(vector["command"], kept=True) == bytes.fromhex(vector["asked"])
    answer = bytes.fromhex(vector["answer"])
    assert newland_answer(answer) == Answer(accepted=True, size_bytes=len(answer))


def test_a_gm65_module_saves_with_the_published_bytes() -> None:
    assert gm65_save() == bytes.fromhex(SCANNER["save"])


def test_the_crc_is_the_one_of_the_manual_and_of_the_catalogue() -> None:
    check = SCANNER["crc_check"]
    assert crc_xmodem(bytes.fromhex(check["over"])) == int(check["crc"], 16)
    assert crc_xmodem(bytes.fromhex(SCANNER["ack_crc_over"])) == 0x3331


@named(SCANNER["codes"])
def test_scanned_codes_are_read(vector: dict[str, Any]) -> None:
    frames = Framer(Framing(vector["framing"])).feed(bytes.fromhex(vector["hex"]))
    assert [decode_payload(frame) for frame in frames if isinstance(frame, bytes)] == vector[
        "texts"
    ]


@named(CAMERA["pictures"])
def test_codes_in_pictures_keep_their_bytes(vector: dict[str, Any]) -> None:
    png = np.frombuffer(base64.b64decode(vector["png_base64"]), np.uint8)
    picture = cv2.imdecode(png, cv2.IMREAD_COLOR)
    (code,) = read_codes(picture)
    assert code.symbology == vector["symbology"]
    assert code.raw.hex() == vector["bytes_hex"]
    assert code.text() == vector["text"]
