"""Which topics a feed listens to, and what a message on one of them does to its state."""

from collections.abc import Callable

from kiosk import feed_state
from kiosk.feed_events import Interest
from kiosk.feed_state import FeedState, Step
from kiosk.feed_voice import DeviceCard
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    ServerBeat,
    ServerState,
    WindowSnapshot,
)
from queue_server.contract.topics import Topics


def subscriptions(topics: Topics, interest: Interest, card: DeviceCard | None) -> list[str]:
    """What a display listens to; commands only where it has a login of its own."""
    wanted = [topics.server_state, topics.server_beat]
    if card is not None:
        wanted.append(topics.device_command(card.device_id))
    if interest.board:
        wanted.append(topics.board(interest.zone))
    if interest.calls:
        wanted.append(topics.call(interest.zone))
    return wanted + [topics.window(window_id) for window_id in sorted(interest.windows)]


def reading(
    topic: str, payload: bytes, remaining_s: float | None
) -> Callable[[FeedState, float], Step] | None:
    """What a message does to the state; None for a topic this version does not know.

    Raises:
        ValidationError: The payload is not what the contract says.
    """
    match topic.partition("/")[0], topic:
        case "board", _:
            board = BoardSnapshot.model_validate_json(payload)
            return lambda state, now_s: feed_state.on_board(state, board, now_s)
        case "window", _:
            window = WindowSnapshot.model_validate_json(payload)
            return lambda state, now_s: feed_state.on_window(state, window, now_s)
        case "call", _:
            call = CallAnnouncement.model_validate_json(payload)
            return lambda state, now_s: feed_state.on_call(state, call, now_s, remaining_s)
        case _, "server/beat":
            beat = ServerBeat.model_validate_json(payload)
            return lambda state, now_s: feed_state.on_beat(state, beat, now_s)
        case _, "server/state":
            server = ServerState.model_validate_json(payload)
            return lambda state, _: feed_state.on_server_state(state, server, _)
    return None
