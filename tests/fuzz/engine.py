"""A seeded fuzzer for pure functions: random inputs, mutated good ones, each made from its number.

Input `n` of seed `s` is always the same bytes, so that a finding is replayed alone:
`BIANMIN_SEED=s BIANMIN_INPUT=n pytest tests/fuzz -k NAME`. Why not atheris or hypothesis:
docs/fuzzing.md.
"""

import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import FrameType

RANDOM_SHARE = 0.12
RANDOM_MAX_BYTES = 96
MUTATIONS_MAX = 5
BATCH = 1_000
HANG_CPU_S = 30.0
"""Of processor time for a batch, which takes under a second: a busy machine cannot trip it."""

Check = Callable[[bytes, Random], str | None]
"""Tries one input; raises for a finding, else may name the case for the statistics."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed.

    Attributes:
        name: In reports.
        covers: Modules of hardware.wire (or hardware) it goes through.
        check: See Check.
        corpus: Good inputs to mutate.
        tokens: Bytes that mean something to it, put in now and then.
        short: Inputs in the short form.
    """

    name: str
    covers: frozenset[str]
    check: Check
    corpus: tuple[bytes, ...]
    tokens: tuple[bytes, ...] = ()
    short: int = 4_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    name: str
    seed: int
    inputs: int
    took_s: float
    grown_kib: int
    cases: Counter[str] = field(default_factory=Counter)

    def row(self) -> str:
        """A line of the table in docs/fuzzing.md."""
        cases = ", ".join(f"{name} {count:,}" for name, count in sorted(self.cases.items()))
        return (
            f"| {self.name} | {self.inputs:,} | {self.took_s:.0f} s | {self.seed} "
            f"| +{self.grown_kib / 1024:.1f} MiB | {cases or '–'} |"
        )


class FindingError(AssertionError):
    """An input that a codec did not stand."""


class HangError(Exception):
    """A batch of inputs took longer than any codec may."""


def make_input(target: Target, seed: int, number: int) -> tuple[bytes, Random]:
    """The bytes of one input, and the dice for whatever else its check draws."""
    dice = Random((seed << 40) | number)  # noqa: S311 - reproducible, not secret
    if dice.random() < RANDOM_SHARE:
        return dice.randbytes(dice.randrange(RANDOM_MAX_BYTES)), dice
    data = bytearray(dice.choice(target.corpus))
    for _ in range(dice.randrange(MUTATIONS_MAX + 1)):
        _mutate(data, target, dice)
    return bytes(data), dice


def _mutate(data: bytearray, target: Target, dice: Random) -> None:
    at = dice.randrange(len(data) + 1)
    match dice.randrange(9):
        case 0 | 1 if data:
            data[at % len(data)] ^= 1 << dice.randrange(8)
        case 2 if data:
            data[at % len(data)] = dice.choice((0, 1, 0x0A, 0x0D, 0x10, 0x7F, 0x80, 0xFE, 0xFF))
        case 3:
            data[at:at] = dice.randbytes(dice.randrange(1, 9))
        case 4:
            del data[at : at + dice.randrange(1, 9)]
        case 5:
            data[at:at] = data[at : at + dice.randrange(1, 33)]
        case 6:
            data[at:] = dice.choice(target.corpus)[dice.randrange(8) :]
        case 7 if target.tokens:
            data[at:at] = dice.choice(target.tokens)
        case _:
            data += dice.choice(target.corpus)


def fuzz(target: Target, seed: int, inputs: int, first: int = 0) -> Report:
    """Try so many inputs.

    Raises:
        FindingError: With the way to replay it.
    """
    cases: Counter[str] = Counter()
    grown_kib = -_peak_kib()
    started_s = time.perf_counter()
    for start in range(first, first + inputs, BATCH):
        with _no_hang(target, seed, start):
            for number in range(start, min(start + BATCH, first + inputs)):
                case = _try(target, seed, number)
                if case is not None:
                    cases[case] += 1
    took_s = time.perf_counter() - started_s
    return Report(target.name, seed, inputs, took_s, grown_kib + _peak_kib(), cases)


def _try(target: Target, seed: int, number: int) -> str | None:
    data, dice = make_input(target, seed, number)
    try:
        return target.check(data, dice)
    except HangError:
        raise
    except Exception as error:
        raise FindingError(
            f"{target.name}: {type(error).__name__}: {error}\n"
            f"input {data[:200].hex(' ')}\n"
            f"replay: BIANMIN_SEED={seed} BIANMIN_INPUT={number} pytest tests/fuzz -k {target.name}"
        ) from error


@contextmanager
def _no_hang(target: Target, seed: int, start: int) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise HangError(f"{target.name}: seed {seed}, one of inputs {start} to {start + BATCH}")

    # Not SIGALRM: that one is pytest-timeout's.
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
