"""The hall's day: opening hours, and rolling the business date forward.

The business date changes at the hall's `roll_hour` while nobody is being served; `force_after_h`
hours later tickets that someone forgot are expired (their `TicketExpired` says that they were
called or served, which flags them), so that one clerk who went home cannot hold the day. It never
goes back, whatever the clock does.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from queue_server.clock import DrivenClock
from queue_server.core import commands as cmd
from queue_server.core.decide_appointments import missed_since
from queue_server.core.decide_offline import unprinted_since
from queue_server.core.errors import DayNotOver, QueueError
from queue_server.core.hours import business_date, is_open
from queue_server.ports import Clock
from queue_server.service import HallService, Render, ServiceUnavailableError

CHECK_EVERY_S = 5.0
ACTOR = "server:day"

_NOTHING: Render = lambda before, after, events: (200, b"")  # noqa: E731 - an answer nobody reads

log = structlog.get_logger(__name__)


class DayKeeper:
    """Watches the clock for one hall."""

    def __init__(
        self,
        service: HallService,
        clock: Clock,
        time_zone: str,
        opened: Callable[[date], object] = lambda _day: None,
    ) -> None:
        """Nothing happens before `roll_if_due`.

        Args:
            service: the hall.
            clock: its time.
            time_zone: an IANA name.
            opened: told each business day that was opened, e.g. to destroy what is past its time.
        """
        self._opened = opened
        self._service = service
        self._clock = clock
        self._zone = ZoneInfo(time_zone)

    def local(self) -> datetime:
        """The hall's local time."""
        return datetime.fromtimestamp(self._clock.now().at_ms / 1000, self._zone)

    def is_open(self) -> bool:
        """Whether kiosks give numbers now."""
        settings = self._service.floor.settings
        return settings is not None and is_open(self.local(), settings)

    async def roll_if_due(self) -> None:
        """Open the business day that the clock says it is, if it is a later one."""
        floor = self._service.floor
        if floor.settings is None:
            return
        local = self.local()
        today = business_date(local, floor.settings.roll_hour)
        if floor.business_date is not None and today <= floor.business_date:
            return
        days_late = floor.business_date is None or (today - floor.business_date).days > 1
        rolled = timedelta(hours=floor.settings.roll_hour)
        force = days_late or (local - rolled).hour >= floor.settings.force_after_h
        try:
            await self._service.handle(
                cmd.RollDay(today, force=force),
                actor=ACTOR,
                render=_NOTHING,
            )
        except DayNotOver as waiting:
            log.info("day-not-over", detail=waiting.params.get("detail", ""))
        except ServiceUnavailableError as down:
            log.warning("day-not-rolled", code=down.code)
        else:
            log.info("day-opened", business_date=today.isoformat())
            self._opened(today)

    async def confirm_if_due(self) -> None:
        """Let numbers wait that perhaps were not printed, once their grace is over.

        Appointments that nobody kept are noted in the same way.
        """
        floor, now_ms = self._service.floor, self._clock.now().at_ms
        due: list[cmd.Command] = [*unprinted_since(floor, now_ms), *missed_since(floor, now_ms)]
        for command in due:
            try:
                await self._service.handle(command, actor=ACTOR, render=_NOTHING)
            except QueueError as settled:  # a clerk was faster
                log.info("not-confirmed", code=settled.code)
            except ServiceUnavailableError as down:
                log.warning("not-confirmed", code=down.code)
                return

    async def run(self) -> None:
        """Look again every few seconds, for as long as the server runs."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            await self.roll_if_due()
            await self.confirm_if_due()

    async def drive_to(self, at_ms: int) -> None:
        """Move a driven clock, and let the day follow.

        Raises:
            LookupError: the clock is the machine's.
            ValueError: time would go back.
        """
        if not isinstance(self._clock, DrivenClock):
            raise LookupError("the clock is not driven")  # noqa: TRY004 - a wrong state, not type
        self._clock.move_to(at_ms)
        await self.roll_if_due()
        await self.confirm_if_due()
