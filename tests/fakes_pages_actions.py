"""What the actions of a clerk do to `FakeHall`."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from queue_server.contract import messages as msg
from queue_server.contract.problems import Code
from tests.fakes_pages_hall import FakeHall, Place

NEEDED_STATE = {
    "recall": "calling",
    "no-show": "calling",
    "start": "calling",
    "undo-call": "calling",
    "finish": "serving",
    "hold": "serving",
    "next-service": "serving",
}
WANTS_EMPTY_WINDOW = {"call-next", "call", "serve-now", "resume", "pause"}


class Refused(Exception):
    """A problem to answer with."""

    def __init__(self, code: Code, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Move:
    """One action at one window."""

    hall: FakeHall
    window_id: str
    body: msg.WindowActionRequest

    @property
    def place(self) -> Place:
        return self.hall.windows[self.window_id]

    @property
    def ticket_id(self) -> str:
        return self.body.ticket_id or ""


def act(
    hall: FakeHall, window_id: str, action: str, body: msg.WindowActionRequest
) -> msg.WindowActionAnswer:
    """Does one action; raises Refused and changes nothing when it may not be."""
    place = hall.windows[window_id]
    current = place.ticket
    number = hall.tickets[current].number if current else "-"
    needed = NEEDED_STATE.get(action)
    if needed and place.state != needed:
        raise Refused(Code.ILLEGAL_TRANSITION, number=number, state=place.state)
    if action in WANTS_EMPTY_WINDOW and current:
        raise Refused(Code.WINDOW_BUSY, window_id=window_id, number=number)
    if action in {"pause", "call"} and not body.reason:
        raise Refused(Code.REASON_NEEDED)
    ACTIONS[action](Move(hall, window_id, body))
    hall.actions.append((window_id, action))
    hall.rev += 1
    counts = hall.counts.setdefault(window_id, {})
    counts[action] = counts.get(action, 0) + 1
    shown = hall.windows[window_id].ticket or current or body.ticket_id
    return msg.WindowActionAnswer(
        ticket=hall.answer(hall.tickets[shown]) if shown else None,
        call=hall.windows[window_id].call,
    )


def _open(move: Move) -> None:
    if move.place.ticket is None:
        move.place.state, move.place.pause = "open", None


def _close(move: Move) -> None:
    move.place.state = "closed"


def _pause(move: Move) -> None:
    move.place.state, move.place.pause = "paused", move.body.reason


def _call_next(move: Move) -> None:
    queue = move.hall.listed(move.window_id, "waiting")
    if not queue:
        raise Refused(Code.NOTHING_TO_CALL)
    move.hall.call(move.window_id, queue[0].ticket_id)


def _recall(move: Move) -> None:
    call = move.place.call
    assert call is not None
    move.place.call = msg.CallInfo(call_id=call.call_id, attempt=call.attempt + 1)


def _start(move: Move) -> None:
    move.hall.put(move.place.ticket or "", "serving", move.window_id)
    move.place.state = "serving"


def _resume(move: Move) -> None:
    state = "calling" if move.body.to_called else "serving"
    move.hall.call(move.window_id, move.ticket_id, state)


def _transfer(move: Move) -> None:
    ticket_id = move.place.ticket or ""
    service_id = move.body.to_service
    move.hall.leave(move.window_id, "waiting", **({"service_id": service_id} if service_id else {}))
    if move.body.to_window:
        move.hall.put(ticket_id, "waiting", move.body.to_window)


def _serve_now(move: Move) -> None:
    ticket = move.hall.issue(move.body.service_id or "", move.body.priority_class)
    move.hall.call(move.window_id, ticket.ticket_id, "serving")


def _next_service(move: Move) -> None:
    move.hall.leave(move.window_id, "finished")
    _serve_now(move)


ACTIONS: MappingProxyType[str, Callable[[Move], None]] = MappingProxyType(
    {
        "open": _open,
        "close": _close,
        "pause": _pause,
        "call-next": _call_next,
        "call": lambda move: move.hall.call(move.window_id, move.ticket_id),
        "recall": _recall,
        "start": _start,
        "finish": lambda move: move.hall.leave(move.window_id, "finished"),
        "no-show": lambda move: move.hall.leave(move.window_id, "no_show"),
        "hold": lambda move: move.hall.leave(move.window_id, "held"),
        "undo-call": lambda move: move.hall.leave(move.window_id, "waiting"),
        "resume": _resume,
        "requeue": lambda move: move.hall.put(move.ticket_id, "waiting"),
        "cancel": lambda move: move.hall.put(move.ticket_id, "cancelled"),
        "transfer": _transfer,
        "serve-now": _serve_now,
        "next-service": _next_service,
    }
)
