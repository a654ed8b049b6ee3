"""Journal time never goes back."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from queue_server.clock import DrivenClock, SystemClock, boot_id

DAY_MS = 86_400_000


@dataclass
class Machine:
    """The machine's two clocks, in milliseconds."""

    wall_ms: int = 20_000 * DAY_MS
    mono_ms: int = 5_000

    def run(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    found = Machine()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: found.wall_ms * 1_000_000)
        patch.setattr(time, "monotonic_ns", lambda: found.mono_ms * 1_000_000)
        yield found


def test_time_is_the_machine_s(machine: Machine) -> None:
    clock = SystemClock()
    machine.run(1500)
    now = clock.now()
    assert (now.at_ms, now.mono_ms, now.quality) == (machine.wall_ms, machine.mono_ms, "ntp")


@pytest.mark.parametrize("back_ms", [1, DAY_MS, 20_000 * DAY_MS])
def test_a_clock_that_jumps_back_goes_on_by_the_monotonic_one(
    machine: Machine, back_ms: int
) -> None:
    clock = SystemClock()
    first = clock.now().at_ms
    machine.wall_ms -= back_ms
    machine.run(250)
    now = clock.now()
    if back_ms > 250:
        assert (now.at_ms, now.quality) == (first + 250, "unsynced")
    machine.run(250)
    assert clock.now().at_ms == first + 500 or back_ms < 250


def test_a_clock_that_is_put_right_is_believed_again(machine: Machine) -> None:
    clock = SystemClock()
    clock.now()
    machine.wall_ms -= DAY_MS
    clock.now()
    machine.wall_ms += DAY_MS
    machine.run(1000)
    assert clock.now().quality == "ntp"


def test_a_machine_that_wakes_up_in_1970_works_from_the_last_moment_it_has_seen(
    machine: Machine,
) -> None:
    machine.wall_ms = 1000
    clock = SystemClock()
    clock.not_before(19_000 * DAY_MS)
    machine.run(40)
    now = clock.now()
    assert (now.at_ms, now.quality) == (19_000 * DAY_MS + 40, "unsynced")


def test_a_driven_clock_stands_still() -> None:
    clock = DrivenClock()
    clock.not_before(500)
    assert clock.now().at_ms == clock.now().at_ms == 500
    clock.move_to(900)
    assert (clock.now().at_ms, clock.now().quality) == (900, "driven")


def test_a_boot_has_one_id() -> None:
    assert boot_id() == boot_id()
    assert len(boot_id()) == 36
