"""Every codec against random and mutated input.

The short form runs with the other tests. BIANMIN_LONG=1 gives every target a million inputs
(BIANMIN_FUZZ_INPUTS: another number) and prints the rows of the table in docs/fuzzing.md. The seed
is printed; BIANMIN_SEED repeats a run, with BIANMIN_INPUT a single input.
"""

import os
import random
from pathlib import Path
from random import Random

import pytest

from hardware.wire import sam_card
from tests.fuzz import (
    targets_cards,
    targets_codes,
    targets_keys,
    targets_printer,
    targets_window,
)
from tests.fuzz.engine import FindingError, HangError, Target, fuzz, make_input
from tests.fuzz.frames import damage

LONG = os.environ.get("BIANMIN_LONG") == "1"
LONG_INPUTS = int(os.environ.get("BIANMIN_FUZZ_INPUTS") or 1_000_000)
GROWTH_MAX_KIB = 64 * 1024
WIRE = Path(sam_card.__file__).parent
TARGETS = {
    target.name: target
    for module in (targets_cards, targets_codes, targets_keys, targets_printer, targets_window)
    for target in module.TARGETS
}


@pytest.mark.timeout(7200 if LONG else 120)
@pytest.mark.parametrize("name", TARGETS)
def test_a_codec_stands_any_input(name: str) -> None:
    seed = int(os.environ.get("BIANMIN_SEED") or random.SystemRandom().getrandbits(32))
    print(f"BIANMIN_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    target = TARGETS[name]
    single = os.environ.get("BIANMIN_INPUT")
    if single:
        fuzz(target, seed, 1, first=int(single))
        return
    report = fuzz(target, seed, LONG_INPUTS if LONG else target.short)
    print(report.row())  # noqa: T201 - a row of docs/fuzzing.md
    assert report.grown_kib < GROWTH_MAX_KIB


def test_every_codec_has_a_target() -> None:
    covered = frozenset().union(*(target.covers for target in TARGETS.values()))
    modules = {path.stem for path in WIRE.glob("*.py")} - {"__init__"}
    assert modules - covered == set()
    assert covered - modules == {"person_numbers"}


# --- the fuzzer itself must find what is wrong


def test_an_input_is_made_from_its_number_alone() -> None:
    target = TARGETS["sam-stream"]
    made = [make_input(target, 7, number)[0] for number in range(200)]
    assert [make_input(target, 7, number)[0] for number in range(200)] == made
    assert len(set(made)) > 150


def _breaks(data: bytes, _dice: Random) -> str | None:
    if b"\x7e" in data:
        raise IndexError(0)
    return None


def test_a_finding_says_how_it_is_found_again() -> None:
    target = Target("broken", frozenset(), _breaks, (b"good",))
    with pytest.raises(FindingError, match="BIANMIN_SEED=3 BIANMIN_INPUT=") as caught:
        fuzz(target, 3, 5_000)
    number = int(str(caught.value).rpartition("BIANMIN_INPUT=")[2].split()[0])
    with pytest.raises(FindingError):
        fuzz(target, 3, 1, first=number)


def test_a_hang_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(_data: bytes, _dice: Random) -> str | None:
        while True:
            pass

    monkeypatch.setattr("tests.fuzz.engine.HANG_CPU_S", 0.2)
    with pytest.raises(HangError):
        fuzz(Target("hangs", frozenset(), spin, (b"",)), 1, 1)


class _Credulous(sam_card.ReplyDecoder):
    """Forgets to look at the check byte."""

    def feed(self, data: bytes) -> list[sam_card.Reply | sam_card.BadFrame]:
        start = data.find(sam_card.PREAMBLE)
        return [sam_card.Reply(data[start + 7 : start + 10], data[start + 10 : -1])]


def test_a_codec_that_believes_a_wrong_check_byte_is_caught() -> None:
    codec = targets_cards.SAM
    believing = type(codec)(
        *(_Credulous if name == "decoder" else getattr(codec, name) for name in codec.__slots__)
    )

    def check(data: bytes, dice: Random) -> str | None:
        return damage(believing, data, dice)

    with pytest.raises(FindingError):
        fuzz(Target("credulous", frozenset(), check, TARGETS["sam-damage"].corpus), 1, 500)
