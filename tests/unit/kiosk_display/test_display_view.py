"""The words of the displays: languages, waits, what is said when there is nothing to say."""

import re
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.display_face import window_face
from kiosk.display_state import DisplayState, take
from kiosk.display_view import TURN_S, HallView, hall_view
from kiosk.display_words import NONE, Tone, speeches, wait_words
from kiosk.feed_events import BoardChanged, FeedEvent, StaleChanged, WindowChanged
from kiosk.lang import Languages
from queue_server.contract.messages import BoardSnapshot, HallHours, OpenStretch
from tests.unit.kiosk_display import fakes
from tests.unit.kiosk_display.fakes import CALLING, CLOSED, OPEN, PAUSED, SERVING

BOTH = Languages(("zh_CN", "en"))
NOW = fakes.AT.astimezone(ZoneInfo("Asia/Shanghai"))
HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")


def known(*events: FeedEvent) -> DisplayState:
    state = DisplayState()
    for event in events:
        state = take(state, event, 0, fakes.AT)
    return state


def view(
    board: BoardSnapshot, at_s: float = 0, capacity: int = 8, *, stale: bool = False
) -> HallView:
    state = known(BoardChanged(board), StaleChanged(stale=stale))
    return hall_view(state, BOTH, at_s, NOW, capacity)


def test_what_must_be_understood_at_once_stands_in_both_languages() -> None:
    shown = view(fakes.board(), stale=True)
    assert shown.cells[0].words == ("请到窗口", "Please come")
    assert shown.header.names == ("示例乡便民服务中心", "Example Township Service Hall")
    assert shown.header.stale == ("信息可能不是最新", "May be out of date")


def test_lists_and_notice_change_their_language_together() -> None:
    first, second = view(fakes.board()), view(fakes.board(), TURN_S)
    assert (first.waiting.queues[1].name, second.waiting.queues[1].name) == (
        "社保医保",
        "Pension and medical insurance",
    )
    assert (first.recent.calls[0].where, second.recent.calls[0].where) == ("1号窗口", "Window 1")
    assert HAN.search(first.notice)
    assert not HAN.search(second.notice)


def test_an_english_hall_shows_no_han_whatever_happens() -> None:
    boards = [
        fakes.board("plain"),
        fakes.board("plain", is_open=False, states=((CLOSED, None),) * 7),
        fakes.board("plain", rows=[], recents=0),
    ]
    said = [repr(hall_view(DisplayState(), BOTH, 0, NOW, 8))]
    said += [repr(view(board, at_s, stale=True)) for board in boards for at_s in (0, 10, 20, 30)]
    bare = fakes.window(text={"en": "B012, please go to window 2"})
    for window in (bare, fakes.window(PAUSED, None, rev=41, text={})):
        events = WindowChanged(bare), WindowChanged(window), StaleChanged(stale=True)
        face = window_face(known(*events), BOTH, "2", 0)
        said.append(repr(face).replace(face.name, ""))
    said.append(repr(window_face(DisplayState(), BOTH, "2", 0)))
    assert [text for text in said if HAN.search(text)] == []


def test_a_hall_whose_language_the_display_was_not_told_of_is_shown_in_it() -> None:
    only_english = Languages(("en",))
    assert [speech.code for speech in speeches(only_english, ("zh-CN",))] == ["zh_CN"]
    assert [speech.code for speech in speeches(BOTH, ("en", "zh-CN"))] == ["zh_CN", "en"]


@pytest.mark.parametrize(
    ("likely_s", "spread", "chinese", "english"),
    [
        (1_500, 0.5, "约25分钟", "about 25 min"),
        (120, 0.5, "不到5分钟", "under 5 min"),
        (7_200, 0.9, NONE, NONE),
    ],
)
def test_a_wait_is_said_in_two_words_and_one_of_no_use_not_at_all(
    likely_s: int, spread: float, chinese: str, english: str
) -> None:
    wait = fakes.wait(likely_s, spread)
    assert wait_words(wait, BOTH.speech("zh_CN")) == chinese
    assert wait_words(wait, BOTH.speech("en")) == english


def test_without_an_estimate_there_is_a_dash_and_no_number() -> None:
    queues = view(fakes.board()).waiting.queues
    assert [queue.wait for queue in queues if queue.name == "民政残联"] == [NONE]


def test_the_date_is_the_business_date_and_calls_are_in_local_time() -> None:
    board = fakes.board().model_copy(update={"business_date": (NOW - timedelta(days=1)).date()})
    shown = view(board)
    assert shown.header.day == "2026年3月1日 星期日"
    assert shown.header.clock == "09:41"
    assert shown.recent.calls[1].clock == "09:38"


def test_a_slow_clock_shows_the_time_of_the_server() -> None:
    slow = NOW - timedelta(hours=9)
    state = take(DisplayState(), BoardChanged(fakes.board()), 0, slow)
    assert hall_view(state, BOTH, 0, slow, 8).header.clock == "09:41"


@pytest.mark.parametrize(
    ("state", "number", "tone"),
    [
        (CALLING, "A001", Tone.CALLING),
        (SERVING, "A001", Tone.SERVING),
        (OPEN, None, Tone.FREE),
        (PAUSED, None, Tone.PAUSED),
        (CLOSED, None, Tone.CLOSED),
    ],
)
def test_every_state_of_a_window_has_its_tone_and_its_word(
    state: fakes.WindowState, number: str | None, tone: Tone
) -> None:
    cell = view(fakes.board(states=((state, number),))).cells[0]
    assert cell.tone is tone
    assert len(cell.words) == 2
    face = window_face(known(WindowChanged(fakes.window(state, number))), BOTH, "2", 0)
    assert face.tone is tone
    assert len(face.sentences) == 2


def test_a_closed_hall_says_so_large_unless_somebody_is_still_being_served() -> None:
    shut = view(fakes.board(states=((CLOSED, None),) * 7, is_open=False))
    assert shut.poster is not None
    assert shut.poster.sentences == ("大厅未开放", "The hall is closed")
    assert "大厅未开放" not in shut.notice
    late = view(fakes.board(is_open=False))
    assert late.poster is None
    assert late.notice.startswith("大厅未开放")


def test_a_hall_without_calls_and_one_without_windows_say_so() -> None:
    assert view(fakes.board(recents=0)).recent.nothing == "尚未叫号"
    poster = view(fakes.board(rows=[])).poster
    assert poster is not None
    assert poster.sentences[1] == "No window has been set up yet"


def test_a_window_state_that_came_without_texts_is_said_in_our_own_words() -> None:
    events = WindowChanged(fakes.window()), WindowChanged(fakes.window(PAUSED, None, text={}))
    assert window_face(known(*events), BOTH, "2", 0).sentences == ("暂停服务", "Paused")


def test_an_old_board_closes_at_its_hour_but_not_between_the_last_number_and_closing_time() -> None:
    now = NOW.astimezone(UTC)
    stretch = OpenStretch(opens=now - timedelta(hours=3), closes=now + timedelta(minutes=30))
    hours = HallHours(
        time_zone="Asia/Shanghai",
        today=[stretch],
        numbers_until=now - timedelta(minutes=1),
        closes=stretch.closes,
    )
    board = fakes.board(states=((CLOSED, None),) * 7).model_copy(update={"hours": hours})
    assert view(board).poster is None  # numbers have ended, serving has not
    over = OpenStretch(opens=stretch.opens, closes=now - timedelta(seconds=1))
    hours = hours.model_copy(update={"today": [over], "closes": over.closes})
    poster = view(board.model_copy(update={"hours": hours})).poster
    assert poster is not None
    assert poster.sentences[1] == "The hall is closed"
