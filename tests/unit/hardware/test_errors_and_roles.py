"""Codes are complete and personal data does not show."""

import inspect
from datetime import date

import pytest

from hardware import errors
from hardware.errors import HardwareError
from hardware.fonts import NoFont
from hardware.roles import PrintJob, ScannedCode, TextLine
from hardware.roles_cards import CardKind, IdCard, Sex
from hardware.sentences import SENTENCES, sentence
from hardware.wire.sam_card import ERRORS, Outcome, Reply


def test_every_error_has_a_sentence_of_its_own_that_ends() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    codes = {c.code for c in classes if issubclass(c, HardwareError)} | {NoFont.code}
    assert codes <= set(SENTENCES)
    for text in SENTENCES.values():
        assert text.endswith(".")
        assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_an_unknown_code_still_gives_a_sentence() -> None:
    assert sentence("from-the-future") == SENTENCES["hardware-error"]


def test_a_card_never_shows_who_it_belongs_to() -> None:
    card = IdCard(
        CardKind.RESIDENT,
        "522601199001010010",
        "吴阿朵",
        Sex.FEMALE,
        "06",
        date(1990, 1, 1),
        "某地",
    )
    for shown in (repr(card), str(card), f"{card}"):
        assert shown == "IdCard(kind=<CardKind.RESIDENT: 'resident'>)"


def test_codes_jobs_and_replies_do_not_show_their_content() -> None:
    assert "secret" not in repr(ScannedCode("secret", raw=b"secret"))
    assert "secret" not in repr(PrintJob("job", (TextLine("secret"),)))
    assert "secret" not in repr(Reply(b"\0\0\x90", b"secret"))


def test_a_magnification_no_printer_has_is_refused() -> None:
    with pytest.raises(ValueError, match="magnification"):
        TextLine("A", width=17)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in {Outcome.OK, Outcome.FOUND}])
def test_every_refusal_of_the_card_reader_has_a_named_error(outcome: Outcome) -> None:
    with pytest.raises(ERRORS[outcome]) as caught:
        Reply(bytes([1, 2, outcome]), b"").check()
    assert caught.value.code in SENTENCES


def test_a_status_no_manual_lists_is_a_protocol_error() -> None:
    with pytest.raises(errors.RemoteProtocolError):
        Reply(b"\0\0\xee", b"").check()
