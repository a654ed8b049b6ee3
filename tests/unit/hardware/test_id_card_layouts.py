"""All four layouts, written by the simulator's tables and read by the driver's."""

from datetime import date

import pytest

from hardware.errors import RemoteProtocolError, UnreadableCard
from hardware.roles_cards import CardKind, Sex
from hardware.sim.id_cards import SAMPLE_CARDS, card_text
from hardware.wire.sam_text import parse_card, text_section


def test_a_resident_card_is_read_in_every_field() -> None:
    card = parse_card(card_text(SAMPLE_CARDS["resident"]))
    assert card.kind is CardKind.RESIDENT
    assert (card.name, card.sex, card.ethnicity) == ("吴阿朵", Sex.FEMALE, "06")
    assert (card.birth, card.number) == (date(1990, 1, 1), "522601199001010010")
    assert (card.address, card.authority) == ("示例州示例县示例镇一组1号", "示例县公安局")
    assert (card.valid_from, card.valid_to) == (date(2020, 1, 1), date(2040, 1, 1))


def test_rare_characters_and_long_term_validity_are_read() -> None:
    card = parse_card(card_text(SAMPLE_CARDS["rare-name"]))
    assert card.name == "䶮𬭎"
    assert card.long_term
    assert card.valid_to is None


def test_a_residence_permit_gives_its_pass_number() -> None:
    card = parse_card(card_text(SAMPLE_CARDS["permit"]))
    assert card.kind is CardKind.HK_MO_TW_PERMIT
    assert (card.pass_number, card.issue_count, card.ethnicity) == ("H12345678", "01", "")


def test_a_foreign_permit_of_2017_is_read() -> None:
    card = parse_card(card_text(SAMPLE_CARDS["foreigner-2017"]))
    assert card.kind is CardKind.FOREIGNER_2017
    assert (card.latin_name, card.name) == ("EXAMPLE, PERSON", "示例")
    assert (card.number, card.nationality) == ("PAK310080010103", "PAK")
    assert card.birth == date(1980, 1, 1)


def test_a_foreign_permit_of_2023_is_read() -> None:
    card = parse_card(card_text(SAMPLE_CARDS["foreigner-2023"]))
    assert card.kind is CardKind.FOREIGNER_2023
    assert (card.number, card.latin_name) == ("932682198501010017", "EXAMPLE, ANOTHER")


def test_a_type_flag_nobody_knows_is_refused() -> None:
    text = bytearray(card_text(SAMPLE_CARDS["resident"]))
    text[248:250] = b"Z\0"
    with pytest.raises(UnreadableCard):
        parse_card(bytes(text))


def test_a_card_without_a_number_is_refused() -> None:
    with pytest.raises(UnreadableCard):
        parse_card(card_text({**SAMPLE_CARDS["resident"], "number": ""}))


def test_a_control_character_in_a_name_is_refused() -> None:
    with pytest.raises(UnreadableCard):
        parse_card(card_text({**SAMPLE_CARDS["resident"], "name": "吴\u202e朵"}))


def test_a_date_that_is_none_is_left_out() -> None:
    assert parse_card(card_text({**SAMPLE_CARDS["resident"], "birth": "19900231"})).birth is None


def test_a_reply_with_a_fingerprint_has_a_third_length() -> None:
    text = card_text(SAMPLE_CARDS["resident"])
    data = b"\x01\x00\x04\x00\x02\x00" + text + bytes(1024) + bytes(512)
    assert text_section(data) == text


def test_a_read_reply_cut_short_is_a_protocol_error() -> None:
    with pytest.raises(RemoteProtocolError):
        text_section(b"\x01\x00\x04\x00" + bytes(1000))
