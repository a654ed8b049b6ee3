"""Signs of life, with both clocks in hand; the real processes are in tests/system."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kiosk.watchdog import EVERY_S, WORKER_WITHIN_S, Watchdog


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ears() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("")
        sock.settimeout(0.2)
        yield sock


@contextmanager
def watching(
    ears: socket.socket, clock: Callable[[], float] = time.monotonic, **more: str
) -> Iterator[Watchdog]:
    env = {"NOTIFY_SOCKET": "@" + ears.getsockname()[1:].decode(), **more}
    dog = Watchdog(env, clock)
    try:
        yield dog
    finally:
        dog.close()


def test_signs_are_given_while_the_worker_shows_itself_and_again_once_it_does(
    ears: socket.socket,
) -> None:
    clock = Clock()
    with watching(ears, clock) as dog:
        dog.start(lambda _function, _every_s: None)
        assert ears.recv(100) == b"READY=1"
        clock.now_s += WORKER_WITHIN_S
        dog.sign()
        assert ears.recv(100) == b"WATCHDOG=1"
        clock.now_s += 0.1
        dog.sign()
        with pytest.raises(TimeoutError):
            ears.recv(100)
        dog.worker_alive()
        dog.sign()
        assert ears.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(("limit", "every_s"), [("", EVERY_S), ("30000000", 10), ("6000000", 2)])
def test_signs_come_three_times_as_often_as_the_listener_asks(
    ears: socket.socket, limit: str, every_s: float
) -> None:
    with watching(ears, WATCHDOG_USEC=limit) as dog:
        assert dog.every_s == every_s


async def test_a_loop_without_ticks_of_its_own_shows_its_life_by_a_task(
    ears: socket.socket,
) -> None:
    clock = Clock()
    with watching(ears, clock) as dog:
        clock.now_s += 2 * WORKER_WITHIN_S
        life = asyncio.create_task(dog.show_life())
        await asyncio.sleep(0)
        dog.sign()
        life.cancel()
        assert ears.recv(100) == b"WATCHDOG=1"


def test_without_a_listener_and_with_one_that_has_gone_nothing_happens(
    ears: socket.socket,
) -> None:
    called: list[float] = []
    Watchdog({}).start(lambda _function, every_s: called.append(every_s))
    assert called == []
    with watching(ears) as dog:
        ears.close()
        dog.sign()
