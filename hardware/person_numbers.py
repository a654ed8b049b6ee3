"""Numbers of people: which kind one is, what it says, and which of its checks failed.

Pure, so that a reader (a misread number) and a kiosk (a typed one) can both ask. Sources:
GB 11643-1999 (MOD 11-2 of ISO 7064); the residence permits for residents of Hong Kong, Macau and
Taiwan (address codes 810000, 820000, 830000); the rules of the National Immigration
Administration for the foreign permanent resident's card (2023: 9, province, ISO 3166 number;
before: alpha-3 and the ICAO 9303 check of weights 7-3-1); travel permits, which carry no check.

Only the province is looked at of an address code, not the county: counties come and go, a number
stays, and every list of counties is out of date (python-stdnum 2.2 knows neither 330113 nor
330114, both of 2021).
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from itertools import cycle
from typing import Final

from hardware.roles_cards import Sex


class NumberKind(StrEnum):
    """Whose number it is, and by which rule."""

    RESIDENT = "resident"
    """公民身份号码"""
    HK_MO_TW_PERMIT = "hk-mo-tw-permit"
    """港澳台居民居住证, 810000, 820000, 830000"""
    FOREIGNER = "foreigner"
    """外国人永久居留身份证 since 2023, 9…"""
    FOREIGNER_OLD = "foreigner-old"
    """外国人永久居留身份证 before, three letters and twelve digits"""
    HK_MO_TRAVEL = "hk-mo-travel"
    """港澳居民来往内地通行证"""
    TW_TRAVEL = "tw-travel"
    """台湾居民来往大陆通行证"""


class Check(Enum):
    """What a number can fail."""

    FORM = "form"
    """No kind of number has this length and these characters."""
    REGION = "region"
    """No province has this code."""
    BIRTH = "birth"
    """There is no such day, or nobody born on it can be alive."""
    FUTURE = "future"
    """Born after today."""
    CHECK_DIGIT = "check-digit"
    """The last character does not fit the others: one is wrong, or two have changed places."""


class BadPersonNumber(ValueError):
    """A number no document has. Never holds the number itself.

    Attributes:
        failed: The first check that failed.
    """

    def __init__(self, failed: Check) -> None:
        """Keep which check it was."""
        super().__init__(failed.value)
        self.failed = failed


@dataclass(frozen=True, slots=True)
class PersonNumber:
    """What a number says. Personal data: repr shows the kind only.

    Attributes:
        kind: Whose number.
        number: As documents print it: capital letters, X for ten.
        birth: None where it does not say (travel permits; old foreign numbers without `today`,
            since they write the year with two digits).
        sex: UNKNOWN where it does not say.
        region: Address code of six digits; of foreigners the two digits of the province (new) or
            the four digits behind the letters (old); else empty.
        nationality: Of foreigners, ISO 3166: three digits (new) or letters (old); else empty.
    """

    kind: NumberKind
    number: str = field(repr=False)
    birth: date | None = field(repr=False, default=None)
    sex: Sex = field(repr=False, default=Sex.UNKNOWN)
    region: str = field(repr=False, default="")
    nationality: str = field(repr=False, default="")


BIRTH_FIRST_YEAR: Final = 1880
"""Nobody born before is alive; a number that says so was misread."""
_LAST_OF_AREA: Final = {1: 5, 2: 3, 3: 7, 4: 6, 6: 5}
PROVINCES: Final = frozenset(
    {f"{area}{place}" for area, last in _LAST_OF_AREA.items() for place in range(1, last + 1)}
    | {"50", "51", "52", "53", "54", "71"}
)
"""First two digits of GB/T 2260: area and place in it; the south-west begins with 50 重庆."""
PERMIT_REGIONS: Final = frozenset({"810000", "820000", "830000"})
FOREIGNER_DIGIT: Final = "9"
_MOD_11_2_LENGTH: Final = 18
_OLD_FOREIGN_LENGTH: Final = 15
_TRAVEL_DIGITS: Final = (8, 10)
"""Without and with the count of issues that older permits print behind."""
_CENTURIES: Final = (2000, 1900)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""2 to the power of 17 … 1, modulo 11 (GB 11643-1999)."""
_REMAINDERS: Final = "10X98765432"
_ICAO_WEIGHTS: Final = (7, 3, 1)


def parse_person_number(text: str, *, today: date | None) -> PersonNumber:
    """Read a number of any kind.

    Args:
        text: As typed or read; a small x is taken for X, nothing else is forgiven.
        today: The day after which nobody has been born. None leaves that check out: a reader
            must not send people away because the clock of its machine is wrong.

    Raises:
        BadPersonNumber: It is none; `failed` says why.
    """
    number = text.upper() if text.isascii() else ""
    digits = number.isdigit()
    if len(number) == _MOD_11_2_LENGTH and number[:-1].isdigit():
        return _with_mod_11_2(number, today)
    if len(number) == _OLD_FOREIGN_LENGTH and number[:3].isalpha() and number[3:].isdigit():
        return _old_foreign(number, today)
    if digits and len(number) in _TRAVEL_DIGITS:
        return PersonNumber(NumberKind.TW_TRAVEL, number)
    if number[:1] in {"H", "M"} and number[1:].isdigit() and len(number) - 1 in _TRAVEL_DIGITS:
        return PersonNumber(NumberKind.HK_MO_TRAVEL, number)
    raise BadPersonNumber(Check.FORM)


def mod_11_2(body: str) -> str:
    """The check character of seventeen digits (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _REMAINDERS[total % 11]


def icao_check(body: str) -> str:
    """The check digit of capital letters and digits (ICAO 9303 part 3: A is 10, Z is 35)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, cycle(_ICAO_WEIGHTS)))
    return str(total % 10)


def _with_mod_11_2(number: str, today: date | None) -> PersonNumber:
    if mod_11_2(number[:-1]) != number[-1]:
        raise BadPersonNumber(Check.CHECK_DIGIT)
    kind, region, nationality = NumberKind.RESIDENT, number[:6], ""
    if number.startswith(FOREIGNER_DIGIT):
        kind, region, nationality = NumberKind.FOREIGNER, number[1:3], number[3:6]
    elif region in PERMIT_REGIONS:
        kind = NumberKind.HK_MO_TW_PERMIT
    if kind is not NumberKind.HK_MO_TW_PERMIT and region[:2] not in PROVINCES:
        raise BadPersonNumber(Check.REGION)
    birth = _day(int(number[6:10]), number[10:14])
    if birth is None or birth.year < BIRTH_FIRST_YEAR:
        raise BadPersonNumber(Check.BIRTH)
    if today is not None and birth > today:
        raise BadPersonNumber(Check.FUTURE)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return PersonNumber(kind, number, birth, sex, region, nationality)


def _old_foreign(number: str, today: date | None) -> PersonNumber:
    if icao_check(number[:-1]) != number[-1]:
        raise BadPersonNumber(Check.CHECK_DIGIT)
    days = [_day(century + int(number[7:9]), number[9:13]) for century in _CENTURIES]
    possible = [day for day in days if day is not None]
    if not possible:
        raise BadPersonNumber(Check.BIRTH)
    past = [day for day in possible if today is not None and day <= today]
    if today is not None and not past:
        raise BadPersonNumber(Check.FUTURE)
    birth = past[0] if past else None
    return PersonNumber(
        NumberKind.FOREIGNER_OLD, number, birth, region=number[3:7], nationality=number[:3]
    )


def _day(year: int, month_day: str) -> date | None:
    try:
        return date(year, int(month_day[:2]), int(month_day[2:]))
    except ValueError:
        return None
