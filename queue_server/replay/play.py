"""Plays a logged day on a running server, and compares."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.bus.address import BrokerAddress
from queue_server.contract import messages as msg
from queue_server.replay import place as places
from queue_server.replay.client import Credentials, HallClient, RefusedError
from queue_server.replay.display import Display
from queue_server.replay.errors import DifferenceError, ReplayError
from queue_server.replay.figures import (
    Found,
    Line,
    Played,
    check_lines,
    check_tickets,
    of_log,
    side_by_side,
)
from queue_server.replay.log import LoggedDay, LoggedTicket
from queue_server.replay.place import Calendar, Place, Seat
from queue_server.replay.plan import Act, Plan, Step, plan

OUT_OF_ORDER = "as-logged"
"""The reason of a call that the log made out of turn."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows the replay: `says` gets sentences, `advanced` steps done and their number."""

    says: Callable[[str], None]
    advanced: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; `difference` is None when the server agrees with the log."""

    lines: tuple[Line, ...]
    tickets: int
    early: int
    calls: int
    out_of_order: int
    real_s: float
    difference: str | None


async def play(credentials: Credentials, day: LoggedDay, speed: float, watch: Watch) -> Result:
    """Replay a day and compare.

    Args:
        credentials: of the running demo.
        day: of the log.
        speed: times real time; 0 is as fast as it goes.
        watch: is told how it goes.

    Raises:
        ReplayError: it cannot be played on this server.
    """
    wanted = plan(day)
    try:
        address = BrokerAddress.from_url(
            credentials.mqtt_url, credentials.mqtt.username, credentials.mqtt.password
        )
    except ValueError as error:
        raise ReplayError(f"mqtt_url: {error}.") from error
    try:
        async with HallClient(credentials) as hall, Display(address, credentials.hall_id) as shown:
            return await _play(hall, shown, day, wanted, speed, watch)
    except RefusedError as refused:
        raise ReplayError(f"The server refused ({refused.code}): {refused}") from refused


async def _play(
    hall: HallClient, shown: Display, day: LoggedDay, wanted: Plan, speed: float, watch: Watch
) -> Result:
    board = await hall.board()
    await hall.drive(board.at)  # refused, before anything is changed, unless the clock is driven
    place = await places.make_place(hall, wanted)
    calendar = await places.choose_day(hall, day, wanted, place)
    if calendar.played != day.day:
        watch.says(f"The hall is past {day.day}: it is played as {calendar.played}.")
    await hall.drive(calendar.moment(wanted.start))
    await places.check_empty(hall, calendar)
    async with places.seated(hall, place) as seats:
        where = ", ".join(place.windows)
        watch.says(f"Item {place.scored}, and {place.early} for who came early; windows {where}.")
        replay = _Replay(hall, shown, place, seats, calendar)
        started_s = time.perf_counter()
        difference = None
        try:
            await replay.run(wanted, speed, watch)
            await replay.compare(day)
        except DifferenceError as found:
            difference = str(found)
        return Result(
            lines=replay.lines,
            tickets=len(replay.played),
            early=sum(1 for t in replay.played if t.logged.issued_at is None),
            calls=replay.calls,
            out_of_order=replay.out_of_order,
            real_s=time.perf_counter() - started_s,
            difference=difference,
        )


class _Replay:
    """One run: the counter desk and the clerks."""

    def __init__(
        self,
        hall: HallClient,
        shown: Display,
        place: Place,
        seats: Sequence[Seat],
        calendar: Calendar,
    ) -> None:
        self._hall = hall
        self._shown = shown
        self._place = place
        self._seats = seats
        self._calendar = calendar
        self._at: datetime | None = None
        self._waiting: dict[int, msg.TicketAnswer] = {}
        self._busy: set[str] = set()
        self.played: list[Played] = []
        self.lines: tuple[Line, ...] = ()
        self.calls = 0
        self.out_of_order = 0

    async def run(self, wanted: Plan, speed: float, watch: Watch) -> None:
        """All steps, in order; at the end every window is free."""
        began_s = time.perf_counter()
        for done, step in enumerate(wanted.steps, start=1):
            if speed > 0:
                due_s = (step.at - wanted.start).total_seconds() / speed
                await asyncio.sleep(max(0.0, began_s + due_s - time.perf_counter()))
            await self._step(step)
            watch.advanced(done, len(wanted.steps))
        for seat in self._seats:
            await self._finish(seat)

    async def _step(self, step: Step) -> None:
        if step.at != self._at:
            await self._hall.drive(self._calendar.moment(step.at))
            self._at = step.at
        try:
            if step.act is Act.CALL:
                await self._call(step.ticket, self._seats[step.window])
            else:
                await self._issue(step)
        except RefusedError as refused:
            what = f"ticket {step.ticket.ticket} of the log at {step.at}"
            raise DifferenceError(f"{what}: refused ({refused.code}): {refused}") from refused

    async def _issue(self, step: Step) -> None:
        early = step.act is Act.PRELOAD
        service_id = self._place.early if early else self._place.scored
        ticket = await self._hall.issue(service_id)
        self.played.append(Played(ticket.ticket_id, ticket.number, service_id, step.ticket))
        self._waiting[step.ticket.line] = ticket

    async def _finish(self, seat: Seat) -> None:
        if seat.window_id in self._busy:
            await self._hall.act(seat.window_id, "finish", seat.token, {})
            self._busy.discard(seat.window_id)

    async def _call(self, logged: LoggedTicket, seat: Seat) -> None:
        """Finish what the window has, call, see the call on the display, start."""
        await self._finish(seat)
        in_turn = next(iter(self._waiting)) == logged.line
        ticket = self._waiting.pop(logged.line)
        if in_turn:
            answer = await self._hall.act(seat.window_id, "call-next", seat.token, {})
        else:
            self.out_of_order += 1
            body = {"ticket_id": ticket.ticket_id, "reason": OUT_OF_ORDER}
            answer = await self._hall.act(seat.window_id, "call", seat.token, body)
        self.calls += 1
        self._busy.add(seat.window_id)
        if answer.ticket is None or answer.ticket.ticket_id != ticket.ticket_id:
            called = answer.ticket.number if answer.ticket else "nobody"
            raise DifferenceError(f"{ticket.number} was next by the log, {called} was called")
        if answer.call is None:
            raise DifferenceError(f"the call of {ticket.number} has no call_id")
        await self._shown.shown(answer.call, ticket.number, seat.window_id)
        await self._hall.act(seat.window_id, "start", seat.token, {})

    async def compare(self, day: LoggedDay) -> None:
        """The server's figures, tickets and calls with those of the log.

        Raises:
            DifferenceError: the first that differs.
        """
        figures = await self._hall.statistics(self._calendar.played)
        row = next((r for r in figures.rows if r.key == self._place.scored), None)
        self.lines = side_by_side(of_log(day), row)
        check_lines(self.lines)
        items = (self._place.scored, self._place.early)
        found = [
            self._found(row)
            for row in await self._hall.export(self._calendar.played)
            if row["service_id"] in items
        ]
        check_tickets(self.played, found)
        self._shown.check(self.calls)
        board = await self._hall.board()
        waiting = sum(each.count for each in board.waiting.values())
        if waiting != len(self._waiting):
            raise DifferenceError(f"{waiting} wait by the board, {len(self._waiting)} by the log")

    def _found(self, row: dict[str, str]) -> Found:
        return Found(
            ticket_id=row["ticket_id"],
            number=row["number"],
            service_id=row["service_id"],
            issued_at=self._logged(row["issued_at"]),
            called_at=self._logged(row["first_called_at"]) if row["first_called_at"] else None,
        )

    def _logged(self, text: str) -> datetime:
        return self._calendar.logged(datetime.fromisoformat(text))
