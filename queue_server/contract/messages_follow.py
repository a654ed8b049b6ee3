"""What a phone is told that follows a ticket. It names nobody; sentences come ready to show."""

from queue_server.contract.messages_base import Answer, Utc
from queue_server.contract.messages_tickets import TicketState


class FollowAnswer(Answer):
    """`GET /api/v1/tickets/{ticket_id}/follow`, and `/stream` beside it: the same, live.

    Attributes:
        ended: The ticket has left the floor: nothing more will come.
        call_id: Names the call at hand; with `attempt` it is new to a phone, or known.
        headline: The one sentence that counts now.
        ahead, wait, windows: Further sentences; empty where there is nothing to say.
        may_give_back: The holder can give the number back now.
    """

    epoch: int
    rev: int
    ticket_id: str
    number: str
    state: TicketState
    ended: bool
    window_id: str | None
    call_id: str | None
    attempt: int
    headline: str
    ahead: str
    wait: str
    windows: str
    appointment: str
    may_give_back: bool
    at: Utc
