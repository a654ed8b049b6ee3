"""A shared line: who hears what, whose words are whose, and how it ends."""

import asyncio
import os
import tty
from collections.abc import Iterator

import pytest

from hardware.errors import HardwareError, Unavailable
from hardware.link import FdLink
from hardware.shared_line import SharedLine

FRAME = b"\x01\x02\x03"


class Wire:
    """The far end of a line, and how often the near one was opened."""

    def __init__(self) -> None:
        self.opened = 0
        self.far, self.near = -1, -1
        self.refuse = False

    async def open(self) -> FdLink:
        if self.refuse:
            raise Unavailable("ENOENT")
        self.opened += 1
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        os.set_blocking(self.near, False)
        near = self.near
        return FdLink(near, lambda: os.close(near))

    def say(self, data: bytes) -> None:
        os.write(self.far, data)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    if made.far >= 0:
        os.close(made.far)


@pytest.fixture
def line(wire: Wire) -> SharedLine:
    return SharedLine(wire.open, baud_bd=230400, gap_s=0.001)


async def test_all_hear_all_and_the_line_is_opened_once(wire: Wire, line: SharedLine) -> None:
    one, other = await asyncio.gather(line.open(), line.open())
    wire.say(FRAME)
    assert await one.read() == await other.read() == FRAME
    assert wire.opened == 1
    await one.close()
    wire.say(FRAME)
    assert await other.read() == FRAME
    await other.close()


async def test_what_was_said_here_is_known_for_every_driver_once(
    wire: Wire, line: SharedLine
) -> None:
    one, other = await line.open(), await line.open()
    await one.write(FRAME)
    wire.say(FRAME)
    for tap in (one, other):
        assert await tap.read() == FRAME
        assert [tap.is_own(FRAME), tap.is_own(FRAME)] == [True, False]
    await one.close()
    await other.close()


async def test_a_frame_heard_before_it_was_said_here_is_somebody_elses(
    wire: Wire, line: SharedLine
) -> None:
    one, slow = await line.open(), await line.open()
    wire.say(FRAME)
    assert await one.read() == FRAME
    await one.write(FRAME)  # the echo goes out before the slow driver has read
    assert await slow.read() == FRAME
    assert not slow.is_own(FRAME)
    await one.close()
    await slow.close()


async def test_a_broken_line_is_lost_by_all_and_opened_anew(wire: Wire, line: SharedLine) -> None:
    one, other = await line.open(), await line.open()
    os.close(wire.far)
    for tap in (one, other):
        with pytest.raises(Unavailable):
            await tap.read()
        with pytest.raises(Unavailable):
            await tap.write(FRAME)
    await one.close()
    again = await line.open()
    await other.close()
    wire.say(FRAME)
    assert await again.read() == FRAME
    assert wire.opened == 2
    await again.close()


async def test_a_line_that_cannot_be_opened_is_tried_by_the_next(
    wire: Wire, line: SharedLine
) -> None:
    wire.refuse = True
    with pytest.raises(HardwareError):
        await line.open()
    wire.refuse = False
    tap = await line.open()
    await tap.close()
    with pytest.raises(Unavailable):
        await tap.read()


async def test_a_line_without_a_driver_cannot_be_spoken_on(line: SharedLine) -> None:
    with pytest.raises(Unavailable):
        await line.say(FRAME)
