"""Reconnecting, health and fan-out, without any device."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import structlog

from hardware.errors import PaperOut, Unavailable
from hardware.roles import DeviceKind
from hardware.supervise import Backoff, Fanout, HealthRecord, Supervisor, together


class LowDice:
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the role's signature
        return a


class HighDice:
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the role's signature
        return b


class Thing:
    closed = 0

    async def close(self) -> None:
        type(self).closed += 1


def test_waiting_grows_to_a_bound_and_jitter_takes_at_most_half() -> None:
    backoff = Backoff(first_s=0.5, longest_s=8)
    assert [backoff.delay_s(n, HighDice()) for n in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert [backoff.delay_s(n, LowDice()) for n in range(6)] == [0.25, 0.5, 1, 2, 4, 4]
    assert backoff.delay_s(10**6, HighDice()) == 8


async def run_until(serve: Callable[[Thing], Awaitable[None]], enough: asyncio.Event) -> Supervisor:  # type: ignore[type-arg]
    async def open_thing() -> Thing:
        return Thing()

    supervisor = Supervisor(
        "d", DeviceKind.PRINTER, open_thing, randomness=LowDice(), backoff=Backoff(0.001, 0.01)
    )
    task = asyncio.create_task(supervisor.run(serve))
    async with asyncio.timeout(5):
        await enough.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    return supervisor


async def test_what_was_opened_is_always_closed() -> None:
    rounds, enough = 0, asyncio.Event()
    Thing.closed = 0

    async def serve(_thing: Thing) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 5:
            enough.set()
            await asyncio.Event().wait()
        raise PaperOut

    supervisor = await run_until(serve, enough)
    assert Thing.closed == 5
    assert isinstance(supervisor.last_error, PaperOut)


async def test_a_bug_in_a_driver_is_named_by_type_only_and_the_device_goes_on() -> None:
    rounds, enough = 0, asyncio.Event()

    async def serve(_thing: Thing) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            enough.set()
        raise KeyError("522601199001010010")

    with structlog.testing.capture_logs() as logs:
        await run_until(serve, enough)
    assert "5226" not in str(logs)
    assert any(log["event"] == "driver-bug" and log["error"] == "KeyError" for log in logs)


async def test_a_device_task_ends_when_cancelled_in_the_moment_its_work_fails() -> None:
    failing = asyncio.Event()

    async def child() -> None:
        await failing.wait()
        raise Unavailable

    async def serve(_thing: Thing) -> None:
        await together(one=child(), two=child())

    async def open_thing() -> Thing:
        return Thing()

    supervisor = Supervisor("d", DeviceKind.PRINTER, open_thing, randomness=LowDice())
    task = asyncio.create_task(supervisor.run(serve))
    await asyncio.sleep(0.01)
    failing.set()
    task.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait({task})
    assert task.cancelled()


async def test_the_first_failure_of_work_side_by_side_ends_the_other() -> None:
    ended = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def failing() -> None:
        raise Unavailable

    with pytest.raises(Unavailable):
        await together(a=endless(), b=failing())
    assert ended.is_set()


async def test_a_listener_gets_only_what_happens_while_it_listens_and_the_newest_of_it() -> None:
    fanout: Fanout[int] = Fanout(depth=2)
    fanout.publish(1)
    assert not fanout.wanted.is_set()
    with fanout.subscribe() as queue:
        assert fanout.wanted.is_set()
        for number in (2, 3, 4):
            fanout.publish(number)
        assert [queue.get_nowait(), queue.get_nowait()] == [3, 4]
    assert not fanout.wanted.is_set()


async def test_health_starts_with_what_is_and_then_tells_changes_once() -> None:
    record = HealthRecord("d", DeviceKind.SCANNER)
    changes = record.changes()
    assert not (await anext(changes)).online
    record.set(online=True)
    record.set(online=True)
    assert (await anext(changes)).online
    record.set(online=True, faults=("paper-near-end",))
    assert (await anext(changes)).faults == ("paper-near-end",)
    await changes.aclose()  # type: ignore[attr-defined]


def test_a_fault_of_a_device_that_is_there_is_not_logged_as_away() -> None:
    with structlog.testing.capture_logs() as logs:
        record = HealthRecord("d", DeviceKind.PRINTER)
        record.set(online=True)
        record.set(online=True, faults=("paper-out",))
        record.set(online=False, faults=("unavailable",))
        record.set(online=False, faults=("timed-out",))
        record.set(online=True)
    assert [log["event"] for log in logs] == ["device-online", "device-offline", "device-online"]
