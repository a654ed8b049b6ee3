"""Codes, configuration, languages, colours, line breaking: small pure parts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.roles import DeviceKind
from kiosk import codes
from kiosk.config import (
    MQTT_PASSWORD_ENV,
    TOKEN_ENV,
    ConfigError,
    device_token,
    load_config,
    mqtt_password,
)
from kiosk.guide import BadItemError, Mode, advice_item, guide_of
from kiosk.lang import Languages, canonical
from kiosk.ui import typeset
from kiosk.ui.theme import DAYLIGHT, TEXT_PAIRS, TOUCH_MIN_PX, Theme, contrast, rgba
from kiosk.visit import CODE_DOCUMENT, Document
from kiosk.wiring_devices import build_devices
from tests import fakes_kiosk as fakes

EXAMPLE = Path(__file__).parents[3] / "config" / "kiosk.example.toml"
CATALOGUE = fakes.catalogue()
BARE = 'device_id = "k"\ndata_dir = "d"\n[server]\nurl = "http://hall"\n'


# --- codes


@pytest.mark.parametrize(
    "text",
    [
        f"https://hall.example/tickets/{fakes.TICKET_ID}",
        f"https://hall.example/sub/t/{fakes.TICKET_ID}/",
        f"bianmin:ticket?n=B012&t={fakes.TICKET_ID}",
    ],
)
def test_a_tickets_code_names_the_ticket(text: str) -> None:
    assert codes.meaning(text) == fakes.TICKET_ID


@pytest.mark.parametrize(
    "number", ["522601199001010010", "932682198501010017", "52262519940315002x"]
)
def test_identity_numbers_are_checked(number: str) -> None:
    assert codes.is_id_number(number.upper()) is not number.endswith("x")


@pytest.mark.parametrize("number", ["12345678", "H12345678", "522601199013010018", "930101"])
def test_what_no_check_digit_proves_is_no_identity_number(number: str) -> None:
    assert not codes.is_id_number(number)


def test_an_old_number_of_a_foreigner_is_the_same_on_a_card_and_in_a_code() -> None:
    assert codes.meaning("PAK310080010103") == Document(CODE_DOCUMENT, "PAK310080010103")


def test_an_identity_number_in_a_code_is_the_principal() -> None:
    said = codes.meaning(" 522601199001010010 ")
    assert said == Document(CODE_DOCUMENT, "522601199001010010")


def test_any_other_code_leaves_the_kiosk_as_a_digest_only() -> None:
    said = codes.meaning("SOME-HEALTH-CODE-1234")
    assert isinstance(said, Document)
    assert len(said.principal) == 64
    assert "HEALTH" not in said.principal
    assert said == codes.meaning("SOME-HEALTH-CODE-1234")


@given(st.text(min_size=1, max_size=200))
def test_whatever_is_scanned_has_a_meaning_that_fits_the_contract(text: str) -> None:
    said = codes.meaning(text)
    if isinstance(said, Document):
        assert 4 <= len(said.principal) <= 64


def test_a_document_does_not_show_its_number() -> None:
    assert "5226" not in repr(Document("resident", "522601199001010010", "吴*朵"))


# --- configuration


def test_the_example_configuration_loads() -> None:
    config = load_config(EXAMPLE)
    assert config.device_id == "kiosk-1"
    assert config.data_dir == EXAMPLE.parent / "data"
    assert config.server.token_file == EXAMPLE.parent / "secrets/token"
    assert config.scanner is not None
    assert config.camera is not None


def test_a_kiosk_may_have_a_scanner_and_a_camera(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    where = "hid:///dev/input/by-id/usb-x-event-kbd"
    file.write_text(f'{BARE}[scanner]\nurl = "{where}"\n[camera]\nurl = "video:///dev/video0"\n')
    devices = build_devices(load_config(file))
    assert devices.scanner is not None
    assert devices.scanner.health().kind is DeviceKind.SCANNER
    assert devices.camera is not None
    assert devices.camera.health().kind is DeviceKind.CAMERA


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BARE + "colour = 1\n", "server.colour: there is no such setting."),
        (BARE + '[camera]\nurl = "serial:///x"\n', "camera.url: write it as video:///dev/video0"),
        ("colour = 1\n" + BARE, "colour: there is no such setting."),
        (BARE + 'token = "abc"\n', "server.token: a secret does not belong in this file"),
        (BARE.replace("http://hall", "hall"), "server.url: write it as http://host:port"),
        (BARE + '[printer]\nurl = "lpt1"\n', "printer.url: write it as serial:///dev/ttyUSB0"),
        ('device_id = "k"\n', "this setting is missing."),
        ("device_id = \n", "this is not TOML"),
        (BARE + "[screen]\nrotation_deg = 45\n", "screen.rotation_deg"),
        (BARE.replace('"k"', '"Küche"'), "device_id"),
    ],
)
def test_a_wrong_configuration_is_refused_in_one_sentence_that_names_the_setting(
    tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_config(tmp_path / "none.toml")


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(BARE)
    monkeypatch.setenv("BIANMIN_KIOSK_SERVER__URL", "http://other:8080/")
    assert load_config(file).server.url == "http://other:8080"


def test_secrets_come_from_files_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(BARE + 'token_file = "token"\n')
    config = load_config(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        device_token(config, {})
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        device_token(config, {})
    (tmp_path / "token").write_text("secret\n")
    assert device_token(config, {}) == "secret"
    assert device_token(config, {TOKEN_ENV: "other"}) == "other"
    assert mqtt_password(config, {}) is None
    assert mqtt_password(config, {MQTT_PASSWORD_ENV: "pass"}) == "pass"


def test_without_any_token_the_sentence_names_both_ways(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(BARE)
    with pytest.raises(ConfigError, match=TOKEN_ENV):
        device_token(load_config(file), {})


# --- languages


def test_language_codes_are_written_in_one_way() -> None:
    assert [canonical(code) for code in ("zh-CN", "zh_cn", "EN")] == ["zh_CN", "zh_CN", "en"]


def test_a_text_is_picked_by_language_then_by_its_first_part_then_english() -> None:
    chinese = Languages(("zh_CN",)).default
    assert chinese.pick({"en": "a", "zh-CN": "b"}) == "b"
    assert chinese.pick({"en": "a", "zh-TW": "c"}) == "c"
    assert chinese.pick({"fr": "d", "en": "a"}) == "a"
    assert chinese.pick({}) == ""


def test_chinese_is_translated_and_english_is_the_source() -> None:
    languages = Languages(("zh_CN", "en"))
    assert languages.default.gettext("Take a number") == "取号"
    assert languages.speech("en").gettext("Take a number") == "Take a number"
    assert languages.speech("xx").code == "zh_CN"


# --- guides


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda item: item.service_id)
def test_the_guide_of_every_shipped_item_can_be_read(item: object) -> None:
    guide = guide_of(item)  # type: ignore[arg-type] # parametrised with items
    assert guide.mode_id in set(Mode)


def test_the_advice_item_is_the_packs_own_where_it_names_one() -> None:
    named = CATALOGUE.model_copy(update={"help_service": "B01"})
    item = advice_item(named)
    assert item is not None
    assert item.service_id == "B01"


def test_the_advice_item_is_found() -> None:
    item = advice_item(CATALOGUE)
    assert item is not None
    assert item.service_id == "A03"


def test_an_item_in_another_shape_is_refused_by_name() -> None:
    broken = CATALOGUE.items[0].model_copy(update={"extra": {"materials": "papers"}})
    with pytest.raises(BadItemError, match="A01: materials"):
        guide_of(broken)


# --- the theme


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    assert contrast(getattr(DAYLIGHT, ink), getattr(DAYLIGHT, ground)) >= 4.5


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast(rgba("#FFFFFF"), rgba("#000000")) == pytest.approx(21)
    assert contrast(rgba("#767676"), rgba("#FFFFFF")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 1024), (1024, 768), (320, 320)])
def test_touch_targets_never_fall_below_the_least(size: tuple[int, int]) -> None:
    assert Theme(*size).touch_px >= TOUCH_MIN_PX
    assert Theme(1080, 1920).touch_px >= 88


# --- line breaking


def tens(text: str) -> float:
    """A font in which Han are 20 px wide and the rest 10."""
    return sum(20.0 if typeset.is_wide(char) else 10.0 for char in text)


def test_no_line_starts_with_a_full_stop() -> None:
    assert typeset.wrap("请到窗口。办理", 80, tens) == ["请到窗", "口。办理"]


def test_no_line_ends_with_an_opening_bracket() -> None:
    assert typeset.wrap("材料（原件）", 60, tens) == ["材料", "（原", "件）"]


def test_latin_breaks_at_spaces_and_mixed_text_around_han() -> None:
    assert typeset.wrap("take a number", 70, tens) == ["take a", "number"]
    assert typeset.wrap("请到window办理", 100, tens) == ["请到window", "办理"]


def test_a_word_wider_than_the_line_is_cut_but_never_lost() -> None:
    assert typeset.wrap("Donaudampfschiff", 50, tens) == ["Donau", "dampf", "schif", "f"]


def test_balanced_lines_are_as_few_and_more_even() -> None:
    assert typeset.wrap("aaaa bbbb cc", 90, tens) == ["aaaa bbbb", "cc"]
    assert typeset.balanced("aaaa bbbb cc", 90, tens) == ["aaaa", "bbbb cc"]


@given(st.text(alphabet="abc 取号，。（）-B012\n", max_size=60), st.integers(20, 400))
def test_breaking_keeps_every_character_and_fits_the_room(text: str, width: int) -> None:
    for setter in (typeset.wrap, typeset.balanced):
        lines = setter(text, width, tens)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(tens(line) <= width or len(line) == 1 for line in lines)
