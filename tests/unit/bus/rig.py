"""A small hall for tests of the bus: fake views, a real broker, and a proxy that can stall."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import aiomqtt
import httpx

from kiosk.board_feed import (
    BoardFeed,
    BrokerLogin,
    DeviceCard,
    FeedEvent,
    FeedSettings,
    Interest,
)
from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import ManagedBroker, find_mosquitto
from queue_server.bus.hub import Change, Hub
from queue_server.bus.mqtt import Publisher
from queue_server.contract.ids import DeviceId, HallId, WindowId
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    ServingRow,
    WindowSnapshot,
    WindowState,
)
from queue_server.contract.topics import PAYLOAD_VERSION, Topics

T = TypeVar("T")
HALL = HallId("demo")
TOPICS = Topics(HALL)
DISPLAY_PASSWORD = "for-tests-only"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def board(rev: int, epoch: int = 1, number: str | None = None, at: datetime = AT) -> BoardSnapshot:
    row = ServingRow(window_id="1", name="1", state=WindowState.OPEN, number=number)
    return BoardSnapshot(
        v=PAYLOAD_VERSION,
        epoch=epoch,
        rev=rev,
        hall_id=HALL,
        hall_name={"en": "Hall"},
        business_date=date(2026, 3, 2),
        open=True,
        serving=[row],
        waiting={},
        recent=[],
        notice={},
        at=at,
    )


def window(rev: int, window_id: str = "1", epoch: int = 1, at: datetime = AT) -> WindowSnapshot:
    return WindowSnapshot(
        v=PAYLOAD_VERSION,
        epoch=epoch,
        rev=rev,
        window_id=window_id,
        name=window_id,
        number=f"A{rev:03}",
        call_id=None,
        attempt=0,
        state=WindowState.OPEN,
        text={},
        at=at,
    )


def call(
    rev: int, call_id: str | None = None, attempt: int = 1, epoch: int = 1, at: datetime = AT
) -> CallAnnouncement:
    return CallAnnouncement(
        call_id=call_id or f"call-{rev}",
        attempt=attempt,
        epoch=epoch,
        rev=rev,
        number=f"A{rev:03}",
        window_id="1",
        language=None,
        phrases=["A", "1"],
        text={"en": "A001 to window 1"},
        at=at,
    )


@dataclass
class FakeHall:
    """A journal of one number: its rev. Renders what is committed, as the views do."""

    windows: tuple[WindowId, ...] = (WindowId("1"), WindowId("2"))
    rev: int = 10
    epoch: int = 1
    broken: bool = False
    rendered: int = 0
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.epoch, self.rev)

    def board(self, zone: str) -> BoardSnapshot:  # noqa: ARG002 - the hall has one zone
        self.rendered += 1
        if self.broken:
            raise LookupError("a fault of the views")
        return board(self.rev, self.epoch, number=f"A{self.rev:03}", at=datetime.now(UTC))

    def window(self, window_id: WindowId) -> WindowSnapshot:
        return window(self.rev, window_id, self.epoch, at=datetime.now(UTC))

    def window_ids(self) -> Iterable[WindowId]:
        return self.windows

    def commit(self, *, calls: int = 0, windows: Iterable[WindowId] = (WindowId("1"),)) -> int:
        """Commit one change and tell the hub; the new rev."""
        self.rev += 1
        announcements = tuple(
            call(self.rev, f"call-{self.rev}-{n}", at=datetime.now(UTC)) for n in range(calls)
        )
        changed = frozenset(windows)
        self.hub.committed(Change(self.epoch, self.rev, changed, board=True, calls=announcements))
        return self.rev


@asynccontextmanager
async def running_broker(directory: Path, **options: object) -> AsyncIterator[ManagedBroker]:
    broker = ManagedBroker(
        directory / "mqtt",
        HALL,
        binary=find_mosquitto(),
        display_password=DISPLAY_PASSWORD,
        **options,  # type: ignore[arg-type] # handed on as they are
    )
    async with broker:
        yield broker


@asynccontextmanager
async def publishing(
    address: BrokerAddress, hall: FakeHall, beat_s: float = 0.2
) -> AsyncIterator[Publisher]:
    publisher = Publisher(
        address, TOPICS, hall.hub, hall, session_id=uuid.uuid4().hex, beat_s=beat_s
    )
    task = asyncio.create_task(publisher.run(), name="publisher")
    try:
        yield publisher
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def client(address: BrokerAddress, username: str, password: str) -> aiomqtt.Client:
    return aiomqtt.Client(
        address.host,
        address.port,
        username=username,
        password=password,
        protocol=aiomqtt.ProtocolVersion.V5,
        timeout=5,
    )


@asynccontextmanager
async def subscribed(address: BrokerAddress, *topics: str) -> AsyncIterator[aiomqtt.Client]:
    async with client(address, address.username, address.password) as listener:
        for topic in topics:
            await listener.subscribe(topic, qos=1)
        yield listener


class Watcher:
    """Keeps everything a feed tells, and waits for what it should tell."""

    def __init__(self, feed: BoardFeed) -> None:
        self.feed = feed
        self.events: list[FeedEvent] = []
        self._news = asyncio.Event()

    async def watch(self) -> None:
        async for event in self.feed:
            self.events.append(event)
            self._news.set()

    async def until(
        self, wanted: Callable[[list[FeedEvent]], bool], within_s: float = 10
    ) -> list[FeedEvent]:
        async with asyncio.timeout(within_s):
            while not wanted(self.events):
                self._news.clear()
                await self._news.wait()
        return self.events

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def watching(
    address: BrokerAddress,
    interest: Interest,
    *,
    username: str = "display",
    password: str = DISPLAY_PASSWORD,
    device_id: DeviceId | None = None,
    server_url: str | None = None,
    http: httpx.AsyncClient | None = None,
) -> AsyncIterator[Watcher]:
    """A display's feed, read all the time."""
    login = BrokerLogin(address.host, address.port, username, password)
    card = DeviceCard(device_id, "0.1") if device_id is not None else None
    settings = FeedSettings(HALL, login, server_url, interest, card)
    async with httpx.AsyncClient() as own, BoardFeed(settings, http=http or own) as feed:
        watcher = Watcher(feed)
        task = asyncio.create_task(watcher.watch(), name="watcher")
        try:
            yield watcher
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


class StallingProxy:
    """A TCP proxy that can stop passing bytes while both ends stay open, as a half-open link."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.refusing = False
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["StallingProxy"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def stall(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        """Break every connection there is; new ones are let through."""
        for task in tuple(self._tasks):
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pump(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        except OSError:
            return
        finally:
            target.close()
