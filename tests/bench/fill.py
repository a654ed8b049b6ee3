"""A day that is nearly over: thousands of tickets with all their events, written by the service.

`python -m tests.bench.fill DIR TICKETS WAITING` goes through decide, evolve and the journal as a
server does, only without HTTP. Every ticket that was called was recalled once, and most were held
for a while: six events a ticket. Those that wait are all of one group.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uuid_utils

from queue_server.catalogue import settings_of
from queue_server.clock import SystemClock
from queue_server.config import load
from queue_server.contract.ids import (
    CallId,
    ClerkId,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core import commands as cmd
from queue_server.core.hours import business_date
from queue_server.packs import load_pack, shipped_pack
from queue_server.service import HallService
from queue_server.store.store import open_store

PACK = "cn-township"
GROUP = "B"


def _id() -> str:
    return str(uuid_utils.uuid7())


def _nothing(*_: object) -> tuple[int, bytes]:
    return 200, b""


class Fill:
    """A service without a web."""

    def __init__(self, service: HallService, items: list[ServiceId]) -> None:
        self._service = service
        self._items = items

    async def do(self, command: cmd.Command) -> None:
        await self._service.handle(command, actor="device:fill", render=_nothing)

    async def issue(self, items: Iterator[ServiceId]) -> None:
        for item in items:
            await self.do(
                cmd.IssueTicket(
                    ticket_id=TicketId(_id()),
                    visit_id=VisitId(_id()),
                    service_id=item,
                    class_id=None,
                    channel="kiosk",
                    language=None,
                    principal=None,
                    staffed=False,
                )
            )

    async def serve(self, window_id: WindowId, turns: Iterator[int], held: int) -> None:
        """Call and finish tickets, as many as there are turns."""
        clerk = ClerkId(f"fill-{window_id}")
        await self.do(cmd.SignIn(window_id, clerk))
        for turn in turns:
            await self.do(cmd.CallNext(window_id, clerk, CallId(_id())))
            await self.do(cmd.Recall(window_id, clerk))
            await self.do(cmd.Start(window_id, clerk))
            if turn < held:
                await self.do(cmd.Hold(window_id, clerk))
                await self.do(cmd.Resume(window_id, clerk, CallId(_id())))
            await self.do(cmd.Finish(window_id, clerk, "done"))
        await self.do(cmd.CloseWindow(window_id, clerk))


async def fill(data: Path, tickets: int, waiting: int) -> None:
    """Make the hall and its day."""
    pack = load_pack(shipped_pack(PACK))
    store = open_store(data, None, load(None).hall.id, create=True, demo=True)
    service = HallService(store.journal, SystemClock(), ())
    try:
        await service.start()
        settings = settings_of(pack, always_open=True)
        items = [s.service_id for s in settings.services if s.group_id == GROUP]
        work = Fill(service, items)
        await work.do(cmd.ChangeSettings(settings, pack.catalogue.hash))
        local = datetime.fromtimestamp(time.time(), ZoneInfo(settings.time_zone))
        today = business_date(local, settings.roll_hour)
        if service.floor.business_date != today:
            await work.do(cmd.RollDay(today, force=True))
        wanted = iter([items[n % len(items)] for n in range(tickets)])
        await asyncio.gather(*(work.issue(wanted) for _ in range(64)))
        served = tickets - waiting
        # Six events for each ticket of the day: 10,000 tickets, 60,000 events.
        held = max(0, (6 * tickets - tickets - 4 * served) // 2)
        windows = [w.window_id for w in settings.windows if GROUP in w.groups]
        turns = iter(range(served))
        await asyncio.gather(*(work.serve(w, turns, held) for w in windows))
    finally:
        await service.stop()
        store.close()


def main() -> None:
    data, tickets, waiting = sys.argv[1:]
    asyncio.run(fill(Path(data), int(tickets), int(waiting)))


if __name__ == "__main__":
    main()
