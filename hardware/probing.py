"""Finds out which port answers which protocol, without printing, beeping or setting anything.

What is asked, and why that is harmless, stands in `hardware.wire.questions`. One port is asked one
question at a time; several ports are asked side by side.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from hardware.errors import AccessDenied, DeviceBusy, HardwareError, Unavailable
from hardware.link import Link
from hardware.probing_ways import open_way
from hardware.wire.questions import (
    CLEAR,
    PRINTER_SPEEDS_BD,
    QUESTIONS,
    Judgement,
    Question,
    recognise,
)

LISTEN_BD: Final = 9600
"""Factory setting of pads, raters and scanners, the devices that speak unasked."""
NOISE_MAX: Final = 3
"""A line that never falls silent, so many questions long, is left alone."""
ECHOES_MIN: Final = 3
"""So often the first byte of a question came back: no accident."""
HEARD_MAX_BYTES: Final = 4096
STEPS: Final = sum(len(question.speeds_bd) for question in QUESTIONS)
"""How often `step` is called for a serial port that stays silent."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds.

    Attributes:
        answer_s: For the first byte of an answer and for the last: 10 bytes at 9600 baud take
            10 ms each way, USB adapters add up to 16 ms, and modules think for 0.1 s at most.
        quiet_s: Silence after an answer that shows that it was all.
        drain_s: What has been written needs so long to leave the adapter.
        listen_s: Wait so long for a device that speaks when a key is pressed; 0 does not wait.
    """

    answer_s: float = 0.4
    quiet_s: float = 0.04
    drain_s: float = 0.03
    listen_s: float = 0.0

    @property
    def port_s(self) -> float:
        """No port takes longer than this."""
        extra = max(len(question.requests) for question in QUESTIONS)
        once_s = self.answer_s + 8 * self.quiet_s + len(PRINTER_SPEEDS_BD) * self.drain_s
        return (STEPS + extra) * once_s + self.listen_s + 5.0


class State(Enum):
    """What is known of a port."""

    ANSWERS = "answers"
    SILENT = "silent"
    """Nothing there, switched off, or a device that cannot be asked."""
    UNKNOWN = "unknown"
    """Something speaks that no question fits."""
    ECHO = "echo"
    """What is sent comes back."""
    BUSY = "busy"
    DENIED = "denied"
    ABSENT = "absent"
    LOST = "lost"
    """It went away while it was asked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one port said.

    Attributes:
        port: As it was named.
        state: What is known of it.
        type_id: Of the registry, where it answered.
        url: Device URL, ready to use.
        faults: Codes of `hardware.errors` that the device reports about itself.
    """

    port: str
    state: State
    type_id: str = ""
    url: str = ""
    faults: tuple[str, ...] = ()


class Way(Protocol):
    """The way to what is asked, open."""

    @property
    def link(self) -> Link:
        """What is said and heard."""
        ...

    def speeds(self, usual_bd: tuple[int, ...]) -> tuple[int, ...]:
        """Which of these speeds to ask at."""
        ...

    def go(self, speed_bd: int) -> None:
        """Use this speed from now on.

        Raises:
            Unavailable: The way has gone.
        """
        ...

    def url(self, speed_bd: int, options: str) -> str:
        """Device URL of what was found there; options begin with &."""
        ...


@dataclass(slots=True)
class _Talk:
    """One port while it is asked."""

    way: Way
    patience: Patience
    step: Callable[[], None]
    heard: bool = False
    echoes: int = 0
    noisy: int = field(default=0)

    async def ask(self, question: Question) -> tuple[str, tuple[str, ...]] | None:
        """Ask one question at all its speeds; the device URL and faults of what answered."""
        for speed_bd in self.way.speeds(question.speeds_bd):
            if self.noisy >= NOISE_MAX:
                return None
            self.step()
            self.way.go(speed_bd)
            answers = await self._answers(question)
            if answers and question.is_for_printers:
                await self._clear()
            if answers:
                return self.way.url(speed_bd, question.options), question.faults(answers)
            if not question.is_for_printers:
                for clear_bd in self.way.speeds(PRINTER_SPEEDS_BD):
                    self.way.go(clear_bd)
                    await self._clear()
        return None

    async def _clear(self) -> None:
        await self.way.link.write(CLEAR)
        await asyncio.sleep(self.patience.drain_s)

    async def _answers(self, question: Question) -> tuple[bytes, ...]:
        """An answer to each request, or nothing."""
        answers: list[bytes] = []
        for request in question.requests:
            await self._wait_for_silence()
            await self.way.link.write(request)
            answer = await self._answer(question)
            self.heard |= bool(answer)
            self.echoes += bool(answer) and request.startswith(answer)
            if question.judge(answer) is not Judgement.RIGHT:
                return ()
            answers.append(answer)
        return tuple(answers)

    async def _answer(self, question: Question) -> bytes:
        """What comes until it is a whole answer, cannot become one any more, or is late."""
        answer = b""
        try:
            async with asyncio.timeout(self.patience.answer_s):
                while question.judge(answer) is Judgement.UNFINISHED:
                    answer += await self.way.link.read()
            # Right: whatever still follows was no part of it, and makes it wrong.
            while question.judge(answer) is Judgement.RIGHT:
                async with asyncio.timeout(self.patience.quiet_s):
                    answer += await self.way.link.read()
        except TimeoutError:
            pass
        return answer

    async def _wait_for_silence(self) -> None:
        limit_s = 8 * self.patience.quiet_s
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        dropped = await self.way.link.discard_input(self.patience.quiet_s, limit_s)
        self.heard |= bool(dropped)
        if dropped and loop.time() - begun_s >= limit_s:
            self.noisy += 1

    async def listen(self) -> tuple[str, str] | None:
        """Wait for a device that speaks of its own accord; its type and device URL."""
        self.way.go(LISTEN_BD)
        data = b""
        try:
            async with asyncio.timeout(self.patience.listen_s):
                while True:
                    data = (data + await self.way.link.read())[-HEARD_MAX_BYTES:]
                    self.heard = True
                    known = recognise(data)
                    if known is not None:
                        return known.type_id, self.way.url(LISTEN_BD, known.options)
        except TimeoutError:
            return None


async def ask_way(
    port: str, way: Way, patience: Patience, step: Callable[[], None] = lambda: None
) -> Finding:
    """Find out what is at the other end of an open way, which is left open."""
    talk = _Talk(way, patience, step)
    try:
        async with asyncio.timeout(patience.port_s):
            return await _converse(port, talk)
    except HardwareError:
        return Finding(port, State.LOST)
    except TimeoutError:
        return Finding(port, State.UNKNOWN if talk.heard else State.SILENT)


async def _converse(port: str, talk: _Talk) -> Finding:
    for question in QUESTIONS:
        found = await talk.ask(question)
        if found is not None:
            url, faults = found
            return Finding(port, State.ANSWERS, question.type_id, url, faults)
    if talk.patience.listen_s and talk.noisy < NOISE_MAX:
        heard = await talk.listen()
        if heard is not None:
            return Finding(port, State.ANSWERS, *heard)
    if talk.echoes >= ECHOES_MIN:
        return Finding(port, State.ECHO)
    return Finding(port, State.UNKNOWN if talk.heard else State.SILENT)


async def ask_port(
    port: str, patience: Patience | None = None, step: Callable[[], None] = lambda: None
) -> Finding:
    """Find out what is at the other end of one port.

    Args:
        port: Path of a serial port, or tcp://host:port.
        patience: Times.
        step: Called before each question at each speed.
    """
    try:
        way = await open_way(port)
    except HardwareError as error:
        return Finding(port, _why_closed(port, error))
    try:
        return await ask_way(port, way, patience or Patience(), step)
    finally:
        await way.link.close()


def _why_closed(port: str, error: HardwareError) -> State:
    match error:
        case DeviceBusy():
            return State.BUSY
        case AccessDenied():
            return State.DENIED
        case Unavailable() if Path(port).exists():
            return State.LOST  # a name without a working device behind it
        case _:
            return State.ABSENT


async def ask_ports(
    ports: Iterable[str],
    patience: Patience | None = None,
    step: Callable[[str], None] = lambda _port: None,
) -> AsyncIterator[Finding]:
    """Ask several ports side by side; each finding as soon as it is known.

    Args:
        ports: As in `ask_port`; one that is named twice is asked once.
        patience: Times.
        step: Called with the port before each question at each speed.
    """
    tasks = [
        asyncio.create_task(ask_port(port, patience, partial(step, port)), name=f"probe {port}")
        for port in dict.fromkeys(ports)
    ]
    try:
        for next_known in asyncio.as_completed(tasks):
            yield await next_known
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
