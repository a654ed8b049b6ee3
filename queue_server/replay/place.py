"""Where in the demo hall a queue is played: its items, its windows, its clerks and its day."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from queue_server.contract.ids import GroupId, ServiceId, WindowId
from queue_server.core.settings import HallSettings, WindowSetting
from queue_server.replay.client import HallClient, Login, RefusedError
from queue_server.replay.errors import ReplayError
from queue_server.replay.log import LoggedDay
from queue_server.replay.plan import Plan

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A service group of the hall.

    Attributes:
        scored: the item of tickets that are compared.
        early: the item of tickets that were waiting before the log began.
        windows: as many as the log needs; all serve the group.
    """

    group: GroupId
    scored: ServiceId
    early: ServiceId
    windows: tuple[WindowId, ...]
    settings: HallSettings


@dataclass(frozen=True, slots=True)
class Seat:
    """A window with its clerk's session."""

    window_id: WindowId
    token: str


class Calendar:
    """The log's local moments on the hall's day, with one offset from UTC for the whole day."""

    def __init__(self, logged: date, played: date, zone: str) -> None:
        """`zone` is an IANA name."""
        noon = datetime.combine(played, time_of_day(12), ZoneInfo(zone))
        self.played = played
        self._shift = (played - logged) - (noon.utcoffset() or timedelta())

    def moment(self, logged: datetime) -> datetime:
        """The moment of the hall, UTC."""
        return (logged + self._shift).replace(tzinfo=UTC)

    def logged(self, moment: datetime) -> datetime:
        """Back to the log's own time."""
        return moment.astimezone(UTC).replace(tzinfo=None) - self._shift


async def make_place(hall: HallClient, wanted: Plan) -> Place:
    """Find a group with two items and free windows, and add the windows that are missing.

    Raises:
        ReplayError: the hall has no such group.
    """
    settings = await hall.settings()
    taken = {
        w.window_id
        for w in settings.windows
        if (await hall.window(w.window_id)).clerk not in (None, *_names(wanted.windows))
    }
    group, free = _best_group(settings, taken)
    items = [s.service_id for s in settings.services if s.group_id == group]
    windows = free[: wanted.windows]
    highest = max(
        (int(w.window_id) for w in settings.windows if w.window_id.isdecimal()), default=0
    )
    missing = wanted.windows - len(windows)
    new = [WindowId(str(highest + 1 + at)) for at in range(missing)]
    changed = replace(
        settings,
        windows=(*settings.windows, *(WindowSetting(name, (group,)) for name in new)),
        roll_hour=min(settings.roll_hour, wanted.roll_hour),
    )
    if changed != settings:
        await hall.put_settings(changed)
    return Place(group, items[0], items[1], (*windows, *new), changed)


def _best_group(settings: HallSettings, taken: set[WindowId]) -> tuple[GroupId, list[WindowId]]:
    """The group with the most free windows, its own ones first."""
    found: list[tuple[GroupId, list[WindowId]]] = []
    for group in settings.groups:
        items = [s for s in settings.services if s.group_id == group.group_id]
        if len(items) > 1:
            serving = [w for w in settings.windows if group.group_id in w.groups]
            serving.sort(key=lambda w: len(w.groups))
            free = [w.window_id for w in serving if w.window_id not in taken]
            found.append((group.group_id, free))
    if not found:
        raise ReplayError("The hall has no service group with two items to play the queue in.")
    return max(found, key=lambda each: len(each[1]))


async def choose_day(hall: HallClient, day: LoggedDay, wanted: Plan, place: Place) -> Calendar:
    """The log's own day, or where the hall is past it the next one that is free."""
    board = await hall.board()
    zone = place.settings.time_zone
    own = Calendar(day.day, day.day, zone)
    today = board.business_date
    if board.at <= own.moment(wanted.start):
        if today is None or today < day.day:
            return own
        if today == day.day and not (await hall.statistics(today)).total.issued:
            return own
    played = max(day.day, (today or day.day) + ONE_DAY)
    while Calendar(day.day, played, zone).moment(wanted.start) < board.at:
        played += ONE_DAY
    return Calendar(day.day, played, zone)


async def check_empty(hall: HallClient, calendar: Calendar) -> None:
    """Nobody else may be in the hall.

    Raises:
        ReplayError: somebody is, or the day has not begun.
    """
    board = await hall.board()
    if board.business_date != calendar.played:
        raise ReplayError(
            f"The hall did not open {calendar.played}: it is still {board.business_date}, "
            "because somebody is at a window."
        )
    waiting = sum(row.count for row in board.waiting.values())
    if waiting:
        raise ReplayError(f"{waiting} people wait in the hall already; a replay needs it empty.")


def _names(count: int) -> list[str]:
    return [f"replay-{at + 1}" for at in range(count)]


@asynccontextmanager
async def seated(hall: HallClient, place: Place) -> AsyncIterator[Sequence[Seat]]:
    """A clerk of our own at every window, for as long as the replay lasts."""
    seats: list[Seat] = []
    names = _names(len(place.windows))
    try:
        for name, window_id in zip(names, place.windows, strict=True):
            login = Login(name, secrets.token_urlsafe(18))
            await hall.put_clerk(login, f"Replay, window {window_id}")
            session = await hall.sign_in(login, window_id)
            seats.append(Seat(window_id, session.token))
        yield seats
    finally:
        for seat in seats:
            await _leave(hall, seat)


async def _leave(hall: HallClient, seat: Seat) -> None:
    """Free the window and sign out; the account stays, under a password that nobody knows."""
    try:
        if (await hall.window(seat.window_id)).current is not None:
            await hall.act(seat.window_id, "finish", seat.token, {})
    except RefusedError:
        # Called but not started: the replay was broken off.
        await hall.act(seat.window_id, "no-show", seat.token, {})
    await hall.sign_out(seat.token)
