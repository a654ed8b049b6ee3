"""Devices that do as a test tells them; they fulfil the Protocols of hardware.roles."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Generic, TypeVar

from hardware.errors import HardwareError
from hardware.roles import (
    DeviceHealth,
    DeviceKind,
    PaperState,
    PrinterStatus,
    PrintJob,
    PrintResult,
    ScannedCode,
)
from hardware.roles_cards import IdCard

T = TypeVar("T")


class FakeDevice:
    """Online and well until told otherwise."""

    def __init__(self, device_id: str, kind: DeviceKind) -> None:
        self._health = DeviceHealth(device_id, kind, online=True)
        self._changed = asyncio.Condition()
        self.running = False

    async def run(self) -> None:
        self.running = True
        try:
            await asyncio.Event().wait()
        finally:
            self.running = False

    def health(self) -> DeviceHealth:
        return self._health

    async def health_changes(self) -> AsyncIterator[DeviceHealth]:
        told = None
        while True:
            async with self._changed:
                while self._health == told:
                    await self._changed.wait()
            told = self._health
            yield told

    async def become(self, *faults: str, online: bool = True) -> None:
        async with self._changed:
            self._health = replace(self._health, online=online, faults=faults)
            self._changed.notify_all()


class FakePrinter(FakeDevice):
    """Keeps every job; `answers` are given in turn, then PRINTED."""

    def __init__(self) -> None:
        super().__init__("printer", DeviceKind.PRINTER)
        self.jobs: list[PrintJob] = []
        self.answers: list[PrintResult | HardwareError] = []

    async def status(self) -> PrinterStatus:
        faults = self._health.faults
        paper = PaperState.OUT if "paper-out" in faults else PaperState.OK
        return PrinterStatus(
            self._health.online and not faults, paper, cover_open=False, faults=faults
        )

    async def print(self, job: PrintJob) -> PrintResult:
        self.jobs.append(job)
        answer = self.answers.pop(0) if self.answers else PrintResult.PRINTED
        if isinstance(answer, HardwareError):
            raise answer
        return answer


class FakeStream(Generic[T]):
    """Delivers to those who listen at the moment; what nobody waits for is dropped."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[T]] = set()

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def tell(self, event: T) -> None:
        for listener in self._listeners:
            listener.put_nowait(event)

    async def listen(self) -> AsyncIterator[T]:
        queue: asyncio.Queue[T] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)


class FakeReader(FakeDevice):
    def __init__(self) -> None:
        super().__init__("id-reader", DeviceKind.ID_READER)
        self.laid: FakeStream[IdCard] = FakeStream()
        self.refused: FakeStream[str] = FakeStream()

    def cards(self) -> AsyncIterator[IdCard]:
        return self.laid.listen()

    def refusals(self) -> AsyncIterator[str]:
        return self.refused.listen()


class FakeScanner(FakeDevice):
    def __init__(self) -> None:
        super().__init__("scanner", DeviceKind.SCANNER)
        self.scanned: FakeStream[ScannedCode] = FakeStream()
        self.refused: FakeStream[str] = FakeStream()

    def codes(self) -> AsyncIterator[ScannedCode]:
        return self.scanned.listen()

    def refusals(self) -> AsyncIterator[str]:
        return self.refused.listen()
