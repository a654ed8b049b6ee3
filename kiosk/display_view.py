"""The words of a hall screen: pure functions from what is known to what stands on it.

Every part of a screen is one frozen value; when it is the same, that part is not drawn again.
The hall's own languages decide (a snapshot carries its texts in each of them), so an English hall
never shows a Chinese character. What must be understood at once stands in all of them side by
side; lists and the notice change their language together, every `TURN_S`, one calm page at a time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kiosk.care_state import hall_local, look_ahead
from kiosk.display_state import DisplayState, page_of
from kiosk.display_words import WORDS, Tone, each, picked, speeches, tone_of, wait_words
from kiosk.lang import Languages, Speech
from kiosk.ui import sayings
from queue_server.contract.messages import (
    BoardSnapshot,
    RecentCall,
    ServingRow,
    WaitingRow,
    WindowState,
)
from queue_server.contract.problems import N_

TURN_S: Final = 10.0
"""How long a page of lists, notice or windows stands."""
QUEUES_MOST: Final = 8
"""Groups on one page of queues."""


@dataclass(frozen=True, slots=True)
class Header:
    """The top of a hall screen; `names` and `stale` in each language, `day` in that of the turn."""

    names: tuple[str, ...]
    day: str
    clock: str
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One window on a hall screen. `words` are in each language."""

    window_id: str
    name: str
    number: str | None
    tone: Tone
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """One group's queue."""

    name: str
    count: str
    wait: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many people wait for what, and how long."""

    title: str
    unit: str
    queues: tuple[Queue, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A call that was made."""

    number: str
    where: str
    clock: str


@dataclass(frozen=True, slots=True)
class Recent:
    """The last calls, newest first, or the sentence that there was none."""

    title: str
    calls: tuple[Past, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class Poster:
    """One thing said large where there are no windows to show."""

    icon: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HallView:
    """A hall screen: windows, or a poster in their place. `turn` rises when languages changed."""

    header: Header
    cells: tuple[Cell, ...]
    page: int
    pages: int
    turn: int
    waiting: Waiting
    recent: Recent
    notice: str
    poster: Poster | None


def hall_view(
    state: DisplayState, languages: Languages, now_s: float, now: datetime, capacity: int
) -> HallView:
    """All words of a hall screen.

    Args:
        state: What is known.
        languages: Those this display may use.
        now_s: The monotonic clock.
        now: The wall clock in local time.
        capacity: How many windows fit.
    """
    now = now + state.ahead
    turn = int(now_s // TURN_S)
    if state.board is None:
        return _before_the_first(state, languages, now)
    board = _open_now(state.board, now)
    said = speeches(languages, state.spoken)
    speech = said[turn % len(said)]
    rows, page, pages = _windows(state, board, now_s, capacity, turn)
    return HallView(
        header=Header(
            names=picked(said, board.hall_name),
            day=_day(board.business_date or now.date(), speech),
            clock=f"{now:%H:%M}",
            stale=each(said, N_("May be out of date")) if state.stale else (),
        ),
        cells=tuple(_cell(state, row, said, now_s) for row in rows),
        page=page,
        pages=pages,
        turn=turn // len(said),
        waiting=_waiting(board, speech, turn // len(said)),
        recent=_recent(board, speech, now),
        notice=_notice(board, speech),
        poster=_poster(board, said),
    )


def _open_now(board: BoardSnapshot, now: datetime) -> BoardSnapshot:
    """The board with `open` as it is now: nobody sends one only because the hall has closed.

    Between the last number and closing time the hall is open: people are served.
    """
    outlook = look_ahead(board, now)
    if not outlook.known:
        return board
    local = hall_local(board, now)
    served = any(start <= local < end for start, end in outlook.today)
    return board.model_copy(update={"open": outlook.gives or served})


def _before_the_first(state: DisplayState, languages: Languages, now: datetime) -> HallView:
    said = speeches(languages, state.spoken)
    text = N_("Connecting to the queue system")
    return HallView(
        header=Header((), _day(now.date(), said[0]), f"{now:%H:%M}"),
        cells=(),
        page=0,
        pages=1,
        turn=0,
        waiting=Waiting("", "", ()),
        recent=Recent("", (), ""),
        notice="",
        poster=Poster("network-off" if state.stale else "network", each(said, text)),
    )


def _windows(
    state: DisplayState, board: BoardSnapshot, now_s: float, capacity: int, turn: int
) -> tuple[tuple[ServingRow, ...], int, int]:
    calling = frozenset(
        row.window_id
        for row in board.serving
        if row.state is WindowState.CALLING or state.is_new(row.window_id, row.number, now_s)
    )
    return page_of(tuple(board.serving), calling, max(1, capacity), turn)


def _cell(state: DisplayState, row: ServingRow, said: tuple[Speech, ...], now_s: float) -> Cell:
    new = state.is_new(row.window_id, row.number, now_s)
    tone = tone_of(row.state, new=new)
    name = "" if row.name == row.window_id else row.name
    return Cell(row.window_id, name, row.number, tone, each(said, WORDS[tone]))


def _day(day: date, speech: Speech) -> str:
    return sayings.day(datetime(day.year, day.month, day.day), speech)  # noqa: DTZ001 - a date


def _waiting(board: BoardSnapshot, speech: Speech, turn: int) -> Waiting:
    rows = tuple(board.waiting.values())
    pages = max(1, -(-len(rows) // QUEUES_MOST))
    at = turn % pages
    return Waiting(
        speech.gettext(N_("People waiting")),
        speech.gettext(N_("Expected wait")),
        tuple(_queue(row, speech) for row in rows[at * QUEUES_MOST : (at + 1) * QUEUES_MOST]),
    )


def _queue(row: WaitingRow, speech: Speech) -> Queue:
    name = speech.pick(row.name) or row.group_id
    return Queue(name, str(row.count), wait_words(row.wait, speech))


def _recent(board: BoardSnapshot, speech: Speech, now: datetime) -> Recent:
    return Recent(
        speech.gettext(N_("Last calls")),
        tuple(_past(call, speech, now) for call in board.recent),
        "" if board.recent else speech.gettext(N_("No calls yet")),
    )


def _past(call: RecentCall, speech: Speech, now: datetime) -> Past:
    where = speech.gettext(N_("Window {number}")).format(number=call.window_id)
    return Past(call.number, where, f"{call.at.astimezone(now.tzinfo):%H:%M}")


def _notice(board: BoardSnapshot, speech: Speech) -> str:
    own = speech.pick(board.notice)
    if board.open or _poster(board, (speech,)) is not None:
        return own
    closed = speech.gettext(N_("The hall is closed"))
    return f"{closed}\n{own}" if own else closed


def _poster(board: BoardSnapshot, said: tuple[Speech, ...]) -> Poster | None:
    if not board.serving:
        return Poster("window", each(said, N_("No window has been set up yet")))
    if not board.open and all(row.state is WindowState.CLOSED for row in board.serving):
        return Poster("clock", each(said, N_("The hall is closed")))
    return None
