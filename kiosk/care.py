"""Looks after a kiosk while it runs: hours, rest, the nightly restart, staff.

Called by the presenter a few times a second; everything it decides is in `look`, which reads time
from two clocks it was given (the hall's and a monotonic one), so tests drive both.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final, Protocol

import structlog

from kiosk import exits
from kiosk.care_lock import StaffLock
from kiosk.care_state import Care, Night, hall_local, is_night, look_ahead
from kiosk.session import RESTING
from kiosk.signals import CodeChecked, StaffDone
from kiosk.visit import Screen, ServerHealth, Session, Voice

RESTART_QUIET_S: Final = 90.0
"""Nobody touched anything for so long, and whatever was printing or asked has ended."""
RESTART_WITHIN: Final = timedelta(hours=4)
"""Later than that after its hour a restart waits for the next night."""
CLOCK_STEP: Final = timedelta(minutes=10)
"""A larger step is a clock that was set, not time that passed: no hour has come by it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CareSettings:
    """What a hall decides.

    Attributes:
        attract_after_s: So long after the last touch the first screen becomes the attract screen;
            0 for never.
        night: What that screen does outside the hall's hours.
        restart_at: When the program starts anew, by the hall's clock; None for never.
        version: Of the program.
    """

    attract_after_s: float = 90.0
    night: Night = Night.DIM
    restart_at: time | None = None
    version: str = ""


class Book(Protocol):
    """The memory of numbers given while cut off (`kiosk.offline_book.OfflineBook`)."""

    def full(self) -> frozenset[str]:
        """Items whose quota is used up here."""
        ...

    def waiting_count(self) -> int:
        """Numbers that the server does not have yet."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the caretaker needs of the program.

    Attributes:
        now: The time by the server's clock, with a zone.
        clock_s: Monotonic seconds.
        book: The kiosk's memory.
        flag: The file whose being there means out of service.
        lock: Checks the staff code.
        end: Ends the program with an exit code.
        print_test: Prints a test ticket; what came of it, as an English msgid.
    """

    now: Callable[[], datetime]
    clock_s: Callable[[], float]
    book: Book
    flag: Path
    lock: StaffLock
    end: Callable[[int], None]
    print_test: Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class News:
    """What is to be changed: the world's care, and the screen to rest on (None: leave it)."""

    care: Care
    rest: Screen | None = None


class Caretaker:
    """See the module."""

    def __init__(self, settings: CareSettings, around: Surroundings) -> None:
        """Nothing is looked at yet."""
        self._settings = settings
        self._around = around
        self._seen: tuple[object, ...] = ()
        self._active_s = around.clock_s()
        self._hour: datetime | None = None
        self._restart_due: datetime | None = None

    def touched(self) -> None:
        """A finger or a key."""
        self._active_s = self._around.clock_s()

    def look(self, session: Session) -> News:
        """What holds now, and where a kiosk that nobody uses should rest."""
        self._notice(session)
        care = self._care(session)
        self._think_of_restart(session)
        return News(care, self._rest(session, care))

    def _notice(self, session: Session) -> None:
        """Whatever changes about the person counts as use, not only what a finger does."""
        person = (session.serial, session.language, session.comfort, session.voice, session.visit)
        if person != self._seen:
            if session.screen not in {Screen.ATTRACT, Screen.OUT_OF_SERVICE}:
                self.touched()
            self._seen = person

    def _care(self, session: Session) -> Care:
        around, board = self._around, session.world.board
        now = around.now()
        outlook = look_ahead(board, now)
        local = hall_local(board, now)
        night = self._settings.night if is_night(outlook, local) else Night.OFF
        full, pending = self._book(session)
        return Care(
            outlook=outlook,
            full=full,
            night=night,
            out_of_service=around.flag.exists(),
            pending=pending,
            version=self._settings.version,
            has_code=around.lock.is_set(),
            local=local.replace(second=0, microsecond=0),
        )

    def _book(self, session: Session) -> tuple[frozenset[str], int]:
        board = session.world.board
        said = frozenset(item for item, left in board.places.items() if left <= 0) if board else ()
        try:
            pending = self._around.book.waiting_count()
            cut_off = session.world.server is ServerHealth.UNREACHABLE
            own = self._around.book.full() if cut_off else frozenset()
        except sqlite3.Error:
            return frozenset(said), 0
        return (own if session.world.gives_alone else frozenset(said)), pending

    def _rest(self, session: Session, care: Care) -> Screen | None:
        if session.screen not in RESTING:
            return None
        if care.out_of_service:
            return Screen.OUT_OF_SERVICE
        if session.screen is Screen.OUT_OF_SERVICE:
            return Screen.HOME
        if self._asks(session):
            return Screen.HOME
        after_s = self._settings.attract_after_s
        idle = after_s > 0 and self._idle_s() >= after_s
        return Screen.ATTRACT if idle else None

    @staticmethod
    def _asks(session: Session) -> bool:
        """Something on the first screen waits for a person: it must be seen."""
        world = session.world
        offers_torn = world.torn is not None and world.printer.ready
        spoken = session.voice is not Voice.OFF
        return world.interrupted is not None or offers_torn or spoken

    def _idle_s(self) -> float:
        return self._around.clock_s() - self._active_s

    # --- the nightly restart -----------------------------------------------------------------

    def _think_of_restart(self, session: Session) -> None:
        hour = self._settings.restart_at
        if hour is None:
            return
        local = hall_local(session.world.board, self._around.now())
        before, self._hour = self._hour, local
        point = datetime.combine(local.date(), hour)
        if before is not None and before < point <= local and local - before <= CLOCK_STEP:
            self._restart_due = point
        due = self._restart_due
        if due is None:
            return
        if not timedelta() <= local - due <= RESTART_WITHIN:
            self._restart_due = None
        elif self._nothing_under_way(session):
            self._restart_due = None
            log.info("restart", why="nightly")
            self._around.end(exits.RESTART)

    def _nothing_under_way(self, session: Session) -> bool:
        resting = session.screen in RESTING and not self._asks(session)
        return resting and self._idle_s() >= RESTART_QUIET_S

    # --- staff -----------------------------------------------------------------------------------

    async def check(self, code: str) -> CodeChecked:
        """Whether that is the staff code."""
        return await self._around.lock.check(code)

    async def act(self, act: str, language: str) -> StaffDone:
        """Do what staff asked for on their screen."""
        log.info("staff", act=act)
        match act:
            case "print-test":
                return StaffDone(await self._around.print_test(language))
            case "out-of-service":
                self._flag(up=True)
            case "in-service":
                self._flag(up=False)
            case "restart":
                self._around.end(exits.RESTART)
            case "exit":
                self._around.end(exits.STAFF)
            case _:
                raise ValueError(f"no such act: {act}")
        return StaffDone("")

    def _flag(self, *, up: bool) -> None:
        try:
            if up:
                self._around.flag.touch()
            else:
                self._around.flag.unlink(missing_ok=True)
        except OSError as error:
            log.warning("flag_failed", reason=str(error))
