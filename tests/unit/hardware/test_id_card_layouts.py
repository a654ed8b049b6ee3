"""The four layouts: golden bytes, the simulator's tables and the driver's say the same."""

import dataclasses
import itertools
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hardware.errors import HardwareError, RemoteProtocolError, UnreadableCard, WrongCard
from hardware.person_numbers import parse_person_number
from hardware.roles_cards import IdCard, Sex
from hardware.sim.id_cards import SAMPLE_CARDS, card_text
from hardware.wire.sam_card import Reply, ReplyDecoder, module_id
from hardware.wire.sam_text import LAYOUTS, parse_card, text_section

GOLDEN: Any = json.loads(
    (Path(__file__).parents[2] / "golden" / "devices" / "sam-id-reader.json").read_text("utf-8")
)
CARDS = pytest.mark.parametrize(
    "golden", GOLDEN["cards"], ids=[card["name"] for card in GOLDEN["cards"]]
)
RESIDENT = SAMPLE_CARDS["resident"]


def golden_bytes(golden: dict[str, Any]) -> bytes:
    return bytes.fromhex("".join(golden["hex"]))


def said(card: IdCard) -> dict[str, object]:
    """Every field that is not empty, as the golden file writes it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in dataclasses.asdict(card).items()
        if value not in {"", None, False}
    }


@CARDS
def test_golden_cards_are_read_in_every_field_and_in_no_other(golden: dict[str, Any]) -> None:
    assert said(parse_card(golden_bytes(golden))) == golden["says"]


@CARDS
def test_the_simulator_writes_the_golden_bytes(golden: dict[str, Any]) -> None:
    assert card_text(SAMPLE_CARDS[golden["name"]]) == golden_bytes(golden)


def test_the_golden_cards_show_all_layouts_and_all_their_fields() -> None:
    assert {card["name"] for card in GOLDEN["cards"]} == set(SAMPLE_CARDS)
    for layout in LAYOUTS.values():
        shown = {
            name for card in GOLDEN["cards"] if card["says"]["kind"] == layout.kind
            for name in card["says"]
        }  # fmt: skip
        assert set(layout.fields) - {"latin_name_more"} <= shown


@pytest.mark.parametrize("flag", LAYOUTS)
def test_no_two_fields_of_a_layout_overlap(flag: str) -> None:
    taken = sorted([*LAYOUTS[flag].fields.values(), (248, 2)])
    for (start, length), (following, _) in itertools.pairwise(taken):
        assert start + length <= following
    assert sum(taken[-1]) <= 256
    assert all(value % 2 == 0 for span in taken for value in span)


@pytest.mark.parametrize("name", SAMPLE_CARDS)
def test_the_fictional_people_have_numbers_that_fit_them(name: str) -> None:
    card = parse_card(card_text(SAMPLE_CARDS[name]))
    number = parse_person_number(card.number, today=date(2026, 11, 24))
    assert number.birth == card.birth
    assert number.sex in {card.sex, Sex.UNKNOWN}


def test_a_type_flag_nobody_knows_is_another_card() -> None:
    text = bytearray(card_text(RESIDENT))
    text[248:250] = b"Z\0"
    with pytest.raises(WrongCard):
        parse_card(bytes(text))


@pytest.mark.parametrize(
    "number",
    ["", "522601199001010011", "522601199013010018", "PAK310080010103", "932682198501010017",
     "12345678", "52260119900101001０", "52260119900101007x"],
)  # fmt: skip
def test_a_number_that_fails_its_check_was_misread(number: str) -> None:
    with pytest.raises(UnreadableCard):
        parse_card(card_text({**RESIDENT, "number": number}))


def test_a_permit_with_a_number_of_its_own_region_is_read() -> None:
    permit = {**SAMPLE_CARDS["permit"], "number": "810000199408230021"}
    assert parse_card(card_text(permit)).number == "810000199408230021"


def test_a_card_is_read_whatever_the_clock_says() -> None:
    # Born in the year 2199: parse_card has no clock that could be wrong.
    body = "52260121990101001"
    number = next(f"{body}{last}" for last in "0123456789X" if _valid(f"{body}{last}"))
    assert parse_card(card_text({**RESIDENT, "number": number})).number == number


def _valid(number: str) -> bool:
    try:
        parse_person_number(number, today=None)
    except ValueError:
        return False
    return True


def test_a_control_character_in_a_name_is_refused() -> None:
    with pytest.raises(UnreadableCard):
        parse_card(card_text({**RESIDENT, "name": "吴\u202e朵"}))


def test_fields_padded_with_zeros_are_read_like_spaces() -> None:
    text = card_text(RESIDENT).replace(b" \0", b"\0\0")
    assert said(parse_card(text)) == GOLDEN["cards"][0]["says"]


def test_a_long_name_padded_with_zeros_in_the_middle_holds_no_zero() -> None:
    card = {**SAMPLE_CARDS["foreigner-2023"], "latin_name": "EXAMPLE,\0\0"}
    assert parse_card(card_text(card)).latin_name == "EXAMPLE, PERSON"


def test_a_date_that_is_none_is_left_out() -> None:
    assert parse_card(card_text({**RESIDENT, "birth": "19900231"})).birth is None


def test_a_reply_with_a_fingerprint_has_a_third_length() -> None:
    text = card_text(RESIDENT)
    data = b"\x01\x00\x04\x00\x02\x00" + text + bytes(1024) + bytes(512)
    assert text_section(data) == text


def test_a_read_reply_cut_short_is_a_protocol_error() -> None:
    with pytest.raises(RemoteProtocolError):
        text_section(b"\x01\x00\x04\x00" + bytes(1000))


# --- the module itself


def test_a_module_id_is_printed_as_its_supplier_prints_it() -> None:
    (reply,) = ReplyDecoder().feed(bytes.fromhex(GOLDEN["module_id"]["hex"]))
    assert isinstance(reply, Reply)
    assert module_id(reply.data) == GOLDEN["module_id"]["printed"]


def test_a_module_id_of_another_length_is_a_protocol_error() -> None:
    with pytest.raises(RemoteProtocolError):
        module_id(bytes(15))


def test_a_wrong_card_and_a_misread_one_ask_for_different_things() -> None:
    assert WrongCard.code != UnreadableCard.code
    assert issubclass(WrongCard, HardwareError)
