"""Readers of identity documents, and what such a document says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from hardware.roles import Device


class CardKind(StrEnum):
    """Which document lay on the reader."""

    RESIDENT = "resident"
    """居民身份证"""
    HK_MO_TW_PERMIT = "hk-mo-tw-permit"
    """港澳台居民居住证 (type J)"""
    FOREIGNER_2017 = "foreigner-2017"
    """外国人永久居留身份证, 2017 layout (type I)"""
    FOREIGNER_2023 = "foreigner-2023"
    """外国人永久居留身份证, 2023 layout (type Y)"""


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class IdCard:
    """What an identity document says. Personal data: never logged; repr shows the kind only.

    Attributes:
        kind: Which document.
        number: The identity number of 18 characters (older foreign permits: 15).
        name: In Han script where the document has it.
        sex: As stated.
        ethnicity: Two-digit code of GB/T 3304 ("01" 汉); empty where the document has none.
        birth: Date of birth, or None where unreadable.
        address: Empty where the document has none.
        authority: Issuing authority (name, or code on foreign permits).
        valid_from: First day of validity, or None.
        valid_to: Last day; None means without end (长期) or unreadable.
        latin_name: Name in Latin letters on foreign permits.
        nationality: ISO 3166 alpha-3 on foreign permits.
        pass_number: Number of the travel permit on a residence permit (type J).
        issue_count: How often the document has been issued (J) or renewed (Y).
        previous_number: Link to an older number (Y).
        long_term: The document says 长期.
        layout_version: Version of the document (foreign permits of 2017).
    """

    kind: CardKind
    number: str = field(repr=False)
    name: str = field(repr=False)
    sex: Sex = field(repr=False)
    ethnicity: str = field(repr=False, default="")
    birth: date | None = field(repr=False, default=None)
    address: str = field(repr=False, default="")
    authority: str = field(repr=False, default="")
    valid_from: date | None = field(repr=False, default=None)
    valid_to: date | None = field(repr=False, default=None)
    latin_name: str = field(repr=False, default="")
    nationality: str = field(repr=False, default="")
    pass_number: str = field(repr=False, default="")
    issue_count: str = field(repr=False, default="")
    previous_number: str = field(repr=False, default="")
    long_term: bool = field(repr=False, default=False)
    layout_version: str = field(repr=False, default="")


class IdReader(Device, Protocol):
    """A reader of identity cards. It reads a card only while somebody listens to `cards`."""

    def cards(self) -> AsyncIterator[IdCard]:
        """Every card laid down while this is iterated, once; goes on through device failures."""
        ...

    def refusals(self) -> AsyncIterator[str]:
        """Code of `hardware.errors` for each card that was laid down and could not be used."""
        ...
