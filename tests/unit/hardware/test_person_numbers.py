"""Numbers of people, above all where a widely used library is wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.ethnicities import ETHNICITIES
from hardware.person_numbers import (
    PROVINCES,
    BadPersonNumber,
    Check,
    NumberKind,
    PersonNumber,
    icao_check,
    mod_11_2,
    parse_person_number,
)
from hardware.roles_cards import Sex

TODAY = date(2026, 11, 24)
VALID = [
    ("522601199001010010", NumberKind.RESIDENT, date(1990, 1, 1), Sex.MALE, "522601", ""),
    ("522625194003150023", NumberKind.RESIDENT, date(1940, 3, 15), Sex.FEMALE, "522625", ""),
    ("522631196512310044", NumberKind.RESIDENT, date(1965, 12, 31), Sex.FEMALE, "522631", ""),
    ("932682198501010017", NumberKind.FOREIGNER, date(1985, 1, 1), Sex.MALE, "32", "682"),
    ("911124198108030024", NumberKind.FOREIGNER, date(1981, 8, 3), Sex.FEMALE, "11", "124"),
    ("PAK310080010103", NumberKind.FOREIGNER_OLD, date(1980, 1, 1), Sex.UNKNOWN, "3100", "PAK"),
    ("H12345678", NumberKind.HK_MO_TRAVEL, None, Sex.UNKNOWN, "", ""),
    ("M1234567802", NumberKind.HK_MO_TRAVEL, None, Sex.UNKNOWN, "", ""),
    ("12345678", NumberKind.TW_TRAVEL, None, Sex.UNKNOWN, "", ""),
    ("1234567802", NumberKind.TW_TRAVEL, None, Sex.UNKNOWN, "", ""),
]


def whole(body: str) -> str:
    """Seventeen digits with their check character."""
    return body + mod_11_2(body)


def failed(text: str, today: date | None = TODAY) -> Check:
    with pytest.raises(BadPersonNumber) as caught:
        parse_person_number(text, today=today)
    assert text not in str(caught.value) or not text
    return caught.value.failed


@pytest.mark.parametrize(
    ("text", "kind", "birth", "sex", "region", "nationality"), VALID, ids=[v[0] for v in VALID]
)
def test_every_kind_of_number_is_read(
    text: str, kind: NumberKind, birth: date | None, sex: Sex, region: str, nationality: str
) -> None:
    assert parse_person_number(text, today=TODAY) == PersonNumber(
        kind, text, birth, sex, region, nationality
    )


# --- where python-stdnum 2.2 (cn.ric) is wrong


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macau_and_taiwan_are_numbers(region: str) -> None:
    number = parse_person_number(whole(f"{region}19940823002"), today=TODAY)
    assert (number.kind, number.region) == (NumberKind.HK_MO_TW_PERMIT, region)


def test_numbers_of_foreigners_are_numbers() -> None:
    assert parse_person_number(VALID[4][0], today=TODAY).kind is NumberKind.FOREIGNER


@pytest.mark.parametrize("county", ["330113", "330114"])
def test_counties_of_2021_are_known(county: str) -> None:
    assert parse_person_number(whole(f"{county}20220101001"), today=TODAY).region == county


def test_nobody_is_born_tomorrow() -> None:
    number = whole("52260120261125001")
    assert failed(number) is Check.FUTURE
    assert parse_person_number(number, today=date(2026, 11, 25)).birth == date(2026, 11, 25)
    assert parse_person_number(number, today=None).birth == date(2026, 11, 25)


# --- each check


def test_a_small_x_is_a_ten_and_comes_back_large() -> None:
    number = next(n for n in (whole(f"52260119900101{i:03}") for i in range(99)) if n[-1] == "X")
    assert parse_person_number(number.lower(), today=TODAY).number == number


@pytest.mark.parametrize(
    "text",
    ["", "x", "52260119900101001", "5226011990010100100", "522601199001010O10", " 12345678",
     "522601１99001010010", "12345678\n", "H1234567", "A12345678", "123456789", "PAK31008001010X",
     "52260119900101001Y", "150102197001011", "ſ12345678", "K12345678"],
)  # fmt: skip
def test_what_is_no_number_at_all_is_told_so(text: str) -> None:
    # 15 digits are the numbers of before 1999, which no document in force carries.
    assert failed(text) in {Check.FORM, Check.CHECK_DIGIT}
    assert failed(text) is Check.FORM or text.endswith("Y")


def test_a_province_that_is_none_is_told_so() -> None:
    for region in ("160101", "810001", "910000", "000000", "992601"):
        body = f"{region}19900101001"
        assert failed(whole(body)) in {Check.REGION, Check.BIRTH}
    assert failed(whole("16010119900101001")) is Check.REGION
    assert failed(whole("81000119900101001")) is Check.REGION
    assert failed(whole("91668219850101001")) is Check.REGION
    assert len(PROVINCES) == 32


@pytest.mark.parametrize("day", ["19900230", "19901301", "19900100", "00000101", "18791231"])
def test_a_day_that_never_was_is_told_so(day: str) -> None:
    assert failed(whole(f"522601{day}001")) is Check.BIRTH


def test_leap_days_are_days() -> None:
    assert parse_person_number(whole("52260120000229001"), today=TODAY).birth == date(2000, 2, 29)
    assert failed(whole("52260119000229001")) is Check.BIRTH


@given(
    st.sampled_from([v[0] for v in VALID[:5]]), st.integers(0, 17), st.sampled_from("0123456789")
)
def test_one_wrong_digit_is_always_found(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        assert failed(wrong) is Check.CHECK_DIGIT


@given(st.sampled_from([v[0] for v in VALID[:5]]), st.integers(0, 16))
def test_two_digits_in_each_others_place_are_always_found(number: str, place: int) -> None:
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        assert failed(wrong) is Check.CHECK_DIGIT


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_named_check(text: str) -> None:
    try:
        number = parse_person_number(text, today=TODAY)
    except BadPersonNumber:
        return
    assert number.number == text.upper()


# --- old numbers of foreigners


def test_the_century_of_an_old_number_of_a_foreigner_comes_from_today() -> None:
    young = "PAK3100150101" + "0"
    young += icao_check(young)
    assert parse_person_number(young, today=TODAY).birth == date(2015, 1, 1)
    assert parse_person_number(young, today=date(2014, 1, 1)).birth == date(1915, 1, 1)
    assert parse_person_number(young, today=None).birth is None


def test_an_old_number_of_a_foreigner_is_checked() -> None:
    assert failed("PAK310080010104") is Check.CHECK_DIGIT
    body = "PAK31008013010"
    assert failed(body + icao_check(body)) is Check.BIRTH
    body = "PAK31002002290"  # 2020 had that day, 1920 had it too
    assert parse_person_number(body + icao_check(body), today=date(2020, 2, 28)).birth == date(
        1920, 2, 29
    )
    body = "PAK31000002290"  # 2000 had that day, 1900 had not
    assert failed(body + icao_check(body), date(1999, 1, 1)) is Check.FUTURE


def test_a_number_does_not_show_itself() -> None:
    shown = repr(parse_person_number("522601199001010010", today=TODAY))
    assert shown == "PersonNumber(kind=<NumberKind.RESIDENT: 'resident'>)"


# --- ethnicities


WELL_KNOWN = (
    "01汉", "03回", "04藏", "05维吾尔", "06苗", "07彝", "08壮", "09布依", "11满", "12侗",
    "13瑶", "14白", "15土家", "17哈萨克", "20傈僳", "25水", "26东乡", "27纳西", "29柯尔克孜",
    "30土", "33羌", "37仡佬", "43乌孜别克", "44俄罗斯", "46德昂", "50塔塔尔", "56基诺",
)  # fmt: skip


@pytest.mark.parametrize("pair", WELL_KNOWN)
def test_ethnicities_have_the_codes_of_the_standard(pair: str) -> None:
    assert ETHNICITIES[pair[:2]] == pair[2:]


def test_no_ethnicity_is_missing_or_twice() -> None:
    assert [*ETHNICITIES] == [*(f"{code:02}" for code in range(1, 57)), "97", "98"]
    assert len(set(ETHNICITIES.values())) == 58
