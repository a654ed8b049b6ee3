"""Garbage is looked for in full while nobody is there, and what the start made is left out."""

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from kiosk.memory import LOOK_EVERY_S, SETTLE_AFTER_S, QuietCollector


class Ring:
    def __init__(self) -> None:
        self.me = self


class Clock:
    def __init__(self) -> None:
        self.once: dict[float, Callable[[float], None]] = {}
        self.again: dict[float, Callable[[float], None]] = {}

    def after(self, what: Callable[[float], None], in_s: float) -> None:
        self.once[in_s] = what

    def every(self, what: Callable[[float], None], in_s: float) -> None:
        self.again[in_s] = what


@pytest.fixture
def collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def garbage() -> "weakref.ref[Ring]":
    return weakref.ref(Ring())


@pytest.mark.usefixtures("collector")
def test_garbage_waits_until_nobody_is_there() -> None:
    alone, clock = [False], Clock()
    QuietCollector(lambda: alone[0]).start(clock.after, clock.every)
    left = garbage()
    clock.once[SETTLE_AFTER_S](0.0)
    assert left() is not None
    assert gc.get_freeze_count() == 0
    alone[0] = True
    clock.again[LOOK_EVERY_S](0.0)
    assert left() is None
    frozen = gc.get_freeze_count()
    assert frozen > 1000
    later = garbage()
    clock.again[LOOK_EVERY_S](0.0)
    assert later() is None
    assert gc.get_freeze_count() <= frozen
