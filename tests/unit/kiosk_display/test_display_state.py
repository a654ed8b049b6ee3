"""What a display makes of its feed: new calls, pages, the clock of a box without a battery."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.display_state import NEW_S, DisplayState, page_of, take
from kiosk.feed_events import (
    BoardChanged,
    CallDue,
    FeedEvent,
    LinkChanged,
    Mark,
    StaleChanged,
    WindowChanged,
)
from tests.unit.kiosk_display import fakes
from tests.unit.kiosk_display.fakes import CALLING, OPEN, SERVING


def after(*events: FeedEvent, state: DisplayState | None = None, now_s: float = 0) -> DisplayState:
    state = state or DisplayState()
    for event in events:
        state = take(state, event, now_s, fakes.AT)
    return state


def test_a_call_that_comes_with_a_board_stands_out_for_ten_seconds() -> None:
    busy = fakes.board()
    state = after(BoardChanged(fakes.quiet(busy)))
    state = after(BoardChanged(busy), state=state, now_s=100)
    assert state.is_new("1", "A018", 100 + NEW_S - 0.1)
    assert not state.is_new("1", "A018", 100 + NEW_S)
    assert not state.is_new("3", "C007", 100), "a number being served is no call"


def test_a_display_that_just_started_does_not_announce_old_calls_as_new() -> None:
    state = after(BoardChanged(fakes.board()))
    assert not state.is_new("1", "A018", 0)
    again = fakes.board(rev=41)
    assert not after(BoardChanged(again), state=state).is_new("1", "A018", 0)


def test_the_two_messages_about_one_call_mark_it_once_whichever_comes_first() -> None:
    busy = fakes.board()
    before = after(BoardChanged(fakes.quiet(busy)))
    call = CallDue(fakes.call("A018", "1"))
    for first, second in ((call, BoardChanged(busy)), (BoardChanged(busy), call)):
        state = after(first, state=before, now_s=10)
        state = after(second, state=state, now_s=15)
        assert not state.is_new("1", "A018", 10 + NEW_S)


def test_a_recall_stands_out_again() -> None:
    busy = fakes.board()
    state = after(BoardChanged(fakes.quiet(busy)), BoardChanged(busy))
    rows = [fakes.row("1", CALLING, "A018", attempt=2), *busy.serving[1:]]
    again = busy.model_copy(update={"serving": rows, "rev": 41})
    assert after(BoardChanged(again), state=state, now_s=60).is_new("1", "A018", 61)


def test_a_call_seen_only_as_an_announcement_is_marked_while_its_number_is_at_the_window() -> None:
    state = after(CallDue(fakes.call("A018", "1")))
    assert state.is_new("1", "A018", 1)
    assert not state.is_new("1", "A019", 1)


def test_a_window_display_marks_a_call_but_not_the_one_it_finds_at_its_start() -> None:
    assert not after(WindowChanged(fakes.window())).is_new("2", "B012", 0)
    state = after(WindowChanged(fakes.window(OPEN, None, rev=39)), WindowChanged(fakes.window()))
    assert state.is_new("2", "B012", 1)


def test_the_mark_of_old_news_and_the_link_come_and_go() -> None:
    state = after(StaleChanged(stale=True), LinkChanged(connected=True))
    assert state.stale
    assert state.connected
    state = after(StaleChanged(stale=False), LinkChanged(connected=False), state=state)
    assert not state.stale
    assert not state.connected


def test_the_shown_mark_is_that_of_the_newest_snapshot() -> None:
    assert DisplayState().mark is None
    assert after(BoardChanged(fakes.board(rev=7))).mark == Mark(1, 7)
    assert after(WindowChanged(fakes.window(rev=8))).mark == Mark(1, 8)


def test_a_clock_that_is_provably_slow_is_put_right_and_a_good_one_is_left_alone() -> None:
    board = fakes.board()
    slow = take(DisplayState(), BoardChanged(board), 0, fakes.AT - timedelta(days=400))
    assert slow.ahead == timedelta(days=400)
    late = take(slow, BoardChanged(board), 0, fakes.AT + timedelta(seconds=2))
    assert late.ahead == timedelta(0)


def test_a_window_state_without_texts_keeps_the_languages_that_are_known() -> None:
    state = after(WindowChanged(fakes.window()))
    bare = fakes.window(rev=41, text={})
    assert after(WindowChanged(bare), state=state).spoken == ("zh_CN", "en")


def test_windows_that_fit_stand_on_one_page_in_their_order() -> None:
    rows = tuple(fakes.row(str(n)) for n in range(1, 8))
    assert page_of(rows, frozenset({"5"}), 8, turn=3) == (rows, 0, 1)


@given(
    count=st.integers(1, 40),
    capacity=st.integers(1, 12),
    calling=st.sets(st.integers(1, 40), max_size=12),
)
def test_every_window_has_its_page_and_a_call_that_fits_is_on_all_of_them(
    count: int, capacity: int, calling: set[int]
) -> None:
    rows = tuple(
        fakes.row(str(n), CALLING if n in calling else SERVING, f"A{n:03}")
        for n in range(1, count + 1)
    )
    pinned = frozenset(row.window_id for row in rows if row.state is CALLING)
    _, _, pages = page_of(rows, pinned, capacity, 0)
    shown = [page_of(rows, pinned, capacity, turn)[0] for turn in range(pages)]
    assert all(len(page) <= capacity for page in shown)
    assert {row.window_id for page in shown for row in page} == {row.window_id for row in rows}
    if len(pinned) < capacity:
        assert all(pinned <= {row.window_id for row in page} for page in shown)
