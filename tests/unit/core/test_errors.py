"""Codes of refusals, and their sentences, stay together."""

import string

from queue_server.contract.problems import PROBLEMS, Code
from queue_server.core.errors import REFUSALS


def test_every_refusal_has_a_code_of_the_contract() -> None:
    assert {refusal.code for refusal in REFUSALS} <= set(Code)
    assert len({refusal.code for refusal in REFUSALS}) == len(REFUSALS)


def test_every_code_has_a_status_and_one_sentence() -> None:
    assert set(PROBLEMS) == set(Code)
    for status, sentence in PROBLEMS.values():
        assert 400 <= status < 600
        assert sentence[-1] in ".}:"
        assert all(
            name is None or name.isidentifier()
            for _, name, _, _ in string.Formatter().parse(sentence)
        )
