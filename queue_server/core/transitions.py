"""The life of a ticket, as one table (domain.md, "Life of a ticket").

A pair that is missing is refused. Everything that changes a ticket's state asks `after`.
"""

from enum import StrEnum
from types import MappingProxyType

from queue_server.core.errors import IllegalTransition
from queue_server.core.model import Ticket, TicketState


class Act(StrEnum):
    """What can happen to a ticket."""

    CALL = "call"
    RECALL = "recall"
    UNDO_CALL = "undo_call"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    REQUEUE = "requeue"
    HOLD = "hold"
    RESUME = "resume"
    RESUME_CALLED = "resume_called"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    ABANDON = "abandon"
    EXPIRE = "expire"
    CONFIRM = "confirm"
    SETTLE_SERVED = "settle_served"
    SETTLE_NO_SHOW = "settle_no_show"


_S = TicketState
TABLE = MappingProxyType(
    {
        (_S.UNCONFIRMED, Act.CONFIRM): _S.WAITING,
        (_S.UNCONFIRMED, Act.SETTLE_SERVED): _S.FINISHED,
        (_S.UNCONFIRMED, Act.SETTLE_NO_SHOW): _S.NO_SHOW,
        (_S.UNCONFIRMED, Act.CANCEL): _S.CANCELLED,
        (_S.UNCONFIRMED, Act.ABANDON): _S.ABANDONED,
        (_S.UNCONFIRMED, Act.EXPIRE): _S.EXPIRED,
        (_S.WAITING, Act.CALL): _S.CALLED,
        (_S.CALLED, Act.RECALL): _S.CALLED,
        (_S.CALLED, Act.UNDO_CALL): _S.WAITING,
        (_S.CALLED, Act.START): _S.SERVING,
        (_S.CALLED, Act.NO_SHOW): _S.NO_SHOW,
        (_S.NO_SHOW, Act.REQUEUE): _S.WAITING,
        (_S.SERVING, Act.FINISH): _S.FINISHED,
        (_S.SERVING, Act.HOLD): _S.HELD,
        (_S.HELD, Act.RESUME): _S.SERVING,
        (_S.HELD, Act.RESUME_CALLED): _S.CALLED,
        (_S.WAITING, Act.TRANSFER): _S.WAITING,
        (_S.CALLED, Act.TRANSFER): _S.WAITING,
        (_S.SERVING, Act.TRANSFER): _S.WAITING,
        (_S.HELD, Act.TRANSFER): _S.WAITING,
        (_S.WAITING, Act.CANCEL): _S.CANCELLED,
        (_S.HELD, Act.CANCEL): _S.CANCELLED,
        (_S.NO_SHOW, Act.CANCEL): _S.CANCELLED,
        (_S.WAITING, Act.ABANDON): _S.ABANDONED,
        (_S.WAITING, Act.EXPIRE): _S.EXPIRED,
        (_S.CALLED, Act.EXPIRE): _S.EXPIRED,
        (_S.SERVING, Act.EXPIRE): _S.EXPIRED,
        (_S.HELD, Act.EXPIRE): _S.EXPIRED,
        (_S.NO_SHOW, Act.EXPIRE): _S.EXPIRED,
    },
)


def after(ticket: Ticket, act: Act) -> TicketState:
    """The state `act` leads to.

    Raises:
        IllegalTransition: the table has no such row.
    """
    try:
        return TABLE[ticket.state, act]
    except KeyError:
        raise IllegalTransition(number=ticket.label, state=ticket.state, act=act) from None
