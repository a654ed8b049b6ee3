"""What a display may show and say, whatever MQTT does to the messages."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import feed_state
from kiosk.feed_events import (
    BoardChanged,
    CallDue,
    Effect,
    FetchBoard,
    Interest,
    LinkChanged,
    ServerChanged,
    StaleChanged,
    WindowChanged,
)
from kiosk.feed_state import REMEMBERED_CALLS, FeedState, Mark
from queue_server.contract.ids import WindowId
from queue_server.contract.messages import CallAnnouncement, ServerBeat, ServerState
from queue_server.contract.topics import BEHIND_AFTER_S, CALL_EXPIRY_S, STALE_AFTER_S
from tests.unit.bus.rig import AT, board, call, window

ONE = WindowId("1")
HALL_SCREEN = Interest()
WINDOW_DISPLAY = Interest(board=False, windows=frozenset({ONE}), calls=False)


def fresh(interest: Interest = HALL_SCREEN) -> FeedState:
    return FeedState(interest, alive_s=0.0)


def beat(rev: int, epoch: int = 1, topic: str = "board/main") -> ServerBeat:
    return ServerBeat(epoch=epoch, topics={topic: rev})


def test_a_newer_board_replaces_the_shown_one() -> None:
    state, effects = feed_state.on_board(fresh(), board(5), 1)
    assert effects == (BoardChanged(board(5)),)
    state, effects = feed_state.on_board(state, board(6), 2)
    assert effects == (BoardChanged(board(6)),)


@pytest.mark.parametrize(("epoch", "rev"), [(1, 5), (1, 4), (0, 900)])
def test_an_equal_or_older_board_is_left(epoch: int, rev: int) -> None:
    state, _ = feed_state.on_board(fresh(), board(5), 1)
    assert feed_state.on_board(state, board(rev, epoch), 2) == (state, ())


def test_a_higher_epoch_wins_over_a_higher_rev() -> None:
    state, _ = feed_state.on_board(fresh(), board(900), 1)
    _, effects = feed_state.on_board(state, board(3, epoch=2), 2)
    assert effects == (BoardChanged(board(3, epoch=2)),)


def test_a_payload_of_another_version_is_not_shown() -> None:
    foreign = board(5).model_copy(update={"v": 99})
    assert feed_state.on_board(fresh(), foreign, 1) == (fresh(), ())


def test_a_window_display_takes_its_own_window_only() -> None:
    state, effects = feed_state.on_window(fresh(WINDOW_DISPLAY), window(5), 1)
    assert effects == (WindowChanged(window(5)),)
    assert feed_state.on_window(state, window(9, "2"), 1) == (state, ())


def test_silence_for_15_seconds_shows_the_mark_and_a_beat_takes_it_away() -> None:
    state, effects = feed_state.on_tick(fresh(), STALE_AFTER_S - 0.1)
    assert effects == ()
    state, effects = feed_state.on_tick(state, state.deadline_s())
    assert effects == (StaleChanged(stale=True),)
    state, effects = feed_state.on_tick(state, 99)
    assert effects == ()
    _, effects = feed_state.on_beat(state, beat(-1), 100)
    assert effects == (StaleChanged(stale=False),)


def test_a_beat_of_an_older_lineage_is_no_sign_of_life() -> None:
    state, _ = feed_state.on_board(fresh(), board(5, epoch=2), 0)
    state, _ = feed_state.on_beat(state, beat(5, epoch=1), 14)
    _, effects = feed_state.on_tick(state, STALE_AFTER_S)
    assert effects == (StaleChanged(stale=True),)


def test_a_topic_behind_its_beat_for_5_seconds_is_fetched() -> None:
    state, _ = feed_state.on_board(fresh(), board(5), 1)
    state, effects = feed_state.on_beat(state, beat(6), 3)
    assert effects == ()
    state, effects = feed_state.on_beat(state, beat(7), 6)
    assert effects == ()
    assert state.deadline_s() == 3 + BEHIND_AFTER_S
    state, effects = feed_state.on_tick(state, 3 + BEHIND_AFTER_S)
    assert effects == (FetchBoard(),)
    state, effects = feed_state.on_fetched(state, board(8), 9)
    assert effects == (BoardChanged(board(8)),)
    assert state.behind == {}


def test_a_failed_fetch_is_asked_for_again_but_not_at_once() -> None:
    state, _ = feed_state.on_beat(fresh(), beat(6), 0)
    state, effects = feed_state.on_tick(state, 5)
    assert effects == (FetchBoard(),)
    state, effects = feed_state.on_tick(state, 9.9)
    assert effects == ()
    state, effects = feed_state.on_tick(state, state.deadline_s())
    assert effects == (FetchBoard(),)


def test_a_topic_that_catches_up_in_time_is_not_fetched() -> None:
    state, _ = feed_state.on_beat(fresh(), beat(6), 0)
    state, _ = feed_state.on_board(state, board(6), 4.9)
    state, effects = feed_state.on_beat(state, beat(7), 5)
    assert effects == ()
    _, effects = feed_state.on_tick(state, 9.9)
    assert effects == ()


def test_a_display_that_stays_behind_says_so_although_beats_come() -> None:
    state = fresh()
    seen: list[Effect] = []
    for now_s in range(0, 18, 3):
        state, effects = feed_state.on_beat(state, beat(6), now_s)
        seen += effects
    assert StaleChanged(stale=True) in seen
    _, effects = feed_state.on_board(state, board(6), 18)
    assert effects == (BoardChanged(board(6)), StaleChanged(stale=False))


def test_a_fetched_board_brings_a_window_display_up_to_date() -> None:
    state, _ = feed_state.on_window(fresh(WINDOW_DISPLAY), window(5), 1)
    state, effects = feed_state.on_fetched(state, board(9, number="B001"), 2)
    (changed,) = effects
    assert isinstance(changed, WindowChanged)
    assert (changed.window.rev, changed.window.number, changed.window.text) == (9, "B001", {})


def test_a_call_is_announced_once_and_its_recall_once_more() -> None:
    state, effects = feed_state.on_call(fresh(), call(5, "a"), 1, 20)
    assert effects == (CallDue(call(5, "a")),)
    state, effects = feed_state.on_call(state, call(5, "a"), 2, 19)
    assert effects == ()
    _, effects = feed_state.on_call(state, call(7, "a", attempt=2), 3, 20)
    assert effects == (CallDue(call(7, "a", attempt=2)),)


def test_a_burst_of_calls_is_announced_whole_and_in_order() -> None:
    state, said = fresh(), []
    for rev in range(50):
        state, effects = feed_state.on_call(state, call(rev), 1, 20)
        said += [effect.call.rev for effect in effects if isinstance(effect, CallDue)]
    assert said == list(range(50))


def test_a_call_with_nothing_left_of_its_life_is_history() -> None:
    assert feed_state.on_call(fresh(), call(5), 1, 0)[1] == ()


def test_a_call_the_servers_own_times_put_in_the_past_is_history() -> None:
    later = AT + timedelta(seconds=CALL_EXPIRY_S + 1)
    state, _ = feed_state.on_board(fresh(), board(9, at=later), 1)
    assert feed_state.on_call(state, call(5), 2, 20)[1] == ()
    assert feed_state.on_call(state, call(5, at=later), 2, 20)[1] != ()


def test_a_new_call_is_heard_although_the_servers_clock_was_set_back() -> None:
    state, _ = feed_state.on_board(fresh(), board(9, at=AT + timedelta(hours=1)), 1)
    assert feed_state.on_call(state, call(10, at=AT), 2, 20)[1] == (CallDue(call(10, at=AT)),)


def test_a_call_of_an_older_lineage_is_not_announced() -> None:
    state, _ = feed_state.on_board(fresh(), board(1, epoch=2), 1)
    assert feed_state.on_call(state, call(500, epoch=1), 2, 20)[1] == ()


def test_a_display_that_is_no_announcer_says_nothing() -> None:
    assert feed_state.on_call(fresh(WINDOW_DISPLAY), call(5), 1, 20)[1] == ()


def test_what_was_announced_stays_announced_after_thousands_of_calls() -> None:
    state = fresh()
    for rev in range(REMEMBERED_CALLS + 1):
        state, _ = feed_state.on_call(state, call(rev), 1, 20)
    assert len(state.announced.calls) <= REMEMBERED_CALLS
    for rev in range(0, REMEMBERED_CALLS + 1, 97):
        assert feed_state.on_call(state, call(rev), 1, 20)[1] == ()
    newest = call(REMEMBERED_CALLS + 1)
    assert feed_state.on_call(state, newest, 1, 20)[1] == (CallDue(newest),)


def test_the_server_and_the_link_are_told_when_they_change_and_only_then() -> None:
    here = ServerState(online=True, epoch=1, session_id="s", at=AT)
    state, effects = feed_state.on_server_state(fresh(), here, 1)
    assert effects == (ServerChanged(online=True),)
    assert feed_state.on_server_state(state, here, 2)[1] == ()
    state, effects = feed_state.on_link(state, connected=True)
    assert effects == (LinkChanged(connected=True),)
    assert feed_state.on_link(state, connected=True)[1] == ()


Message = tuple[str, int, int, float]
MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(["board", "window", "fetched", "beat", "call", "server", "tick"]),
        st.integers(1, 3),
        st.integers(0, 12),
        st.floats(0, 8),
    ),
    max_size=60,
)


def _play(state: FeedState, message: Message, now_s: float) -> tuple[FeedState, tuple[Effect, ...]]:
    kind, epoch, rev, _ = message
    steps = {
        "board": lambda: feed_state.on_board(state, board(rev, epoch), now_s),
        "window": lambda: feed_state.on_window(state, window(rev, epoch=epoch), now_s),
        "fetched": lambda: feed_state.on_fetched(state, board(rev, epoch), now_s),
        "beat": lambda: feed_state.on_beat(state, beat(rev, epoch), now_s),
        "call": lambda: feed_state.on_call(state, _numbered(rev, epoch), now_s, 20 - now_s % 25),
        "server": lambda: feed_state.on_server_state(
            state,
            ServerState(online=rev % 2 == 0, epoch=epoch, session_id="s", at=AT),
            now_s,
        ),
        "tick": lambda: feed_state.on_tick(state, now_s),
    }
    return steps[kind]()


def _numbered(rev: int, epoch: int) -> CallAnnouncement:
    return call(rev, f"call-{epoch}-{rev // 3}", attempt=rev % 3 + 1, epoch=epoch)


@given(MESSAGES)
def test_no_order_repetition_or_loss_shows_an_older_rev_or_repeats_a_call(
    messages: list[Message],
) -> None:
    state = fresh(Interest(windows=frozenset({ONE})))
    now_s = 0.0
    boards: list[Mark] = []
    windows: list[Mark] = []
    calls: list[tuple[str, int]] = []
    marks: list[bool] = []
    for message in messages:
        now_s += message[3]
        expired = 20 - now_s % 25 <= 0
        state, effects = _play(state, message, now_s)
        for effect in effects:
            match effect:
                case BoardChanged(shown):
                    boards.append(Mark(shown.epoch, shown.rev))
                case WindowChanged(shown):
                    windows.append(Mark(shown.epoch, shown.rev))
                case CallDue(due):
                    assert not expired
                    assert due.epoch >= state.newest.epoch
                    calls.append((due.call_id, due.attempt))
                case StaleChanged(stale):
                    marks.append(stale)
        ticked, _ = feed_state.on_tick(state, now_s)
        assert ticked.deadline_s() > now_s, "a deadline in the past would spin the feed's clock"
    assert boards == sorted(set(boards))
    assert windows == sorted(set(windows))
    assert len(calls) == len(set(calls))
    assert marks == [n % 2 == 0 for n in range(len(marks))]


@given(MESSAGES, st.randoms(use_true_random=False))
def test_every_order_of_the_same_snapshots_ends_at_the_same_picture(
    messages: list[Message], shuffled: object
) -> None:
    snapshots = [message for message in messages if message[0] in {"board", "window"}]
    other = list(snapshots)
    shuffled.shuffle(other)  # type: ignore[attr-defined] # hypothesis's Random
    ends = []
    for order in (snapshots, other):
        state = fresh(Interest(windows=frozenset({ONE})))
        for message in order:
            state, _ = _play(state, message, 1.0)
        ends.append((state.shown("board/main"), state.shown("window/1")))
    assert ends[0] == ends[1]
