"""A ticket as the phone of its holder shows it, in one language. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from queue_server.contract.messages_follow import FollowAnswer
from queue_server.contract.messages_tickets import TicketState as State
from queue_server.contract.problems import N_
from queue_server.core.discipline import ahead
from queue_server.core.estimate import predict
from queue_server.core.model import Floor, Ticket
from queue_server.core.model import TicketState as Core
from queue_server.paper.wording import (
    NoEstimate,
    WaitRange,
    appointment_sentence,
    wait_sentence,
    windows_sentence,
)
from queue_server.ports import LegRow
from queue_server.views import Say, utc

HEADLINES: Mapping[State, str] = MappingProxyType(
    {
        State.WAITING: N_("You are in the queue."),
        State.UNCONFIRMED: N_("You are in the queue."),
        State.CALLED: N_("Please come to window {window} now."),
        State.SERVING: N_("You are being served at window {window}."),
        State.HELD: N_("Your matter is on hold; the clerk will call you back."),
        State.NO_SHOW: N_("Your number was called and nobody came. Please ask at the desk."),
        State.FINISHED: N_("This matter is finished. Thank you for coming."),
        State.CANCELLED: N_("This number was cancelled."),
        State.ABANDONED: N_("This number was given back. Thank you for making room."),
        State.EXPIRED: N_("This number was valid on another day only."),
    }
)


class Words:
    """The catalogue of one language, as `paper.wording` wants it."""

    def __init__(self, language: str, say: Say) -> None:
        self._language = language
        self._say = say

    def gettext(self, message: str, /) -> str:
        """The sentence."""
        return self._say(self._language, message)

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        """Not translated by number: the pages use sentences that need none."""
        return self._say(self._language, one if n == 1 else many)


def clock_text(at: datetime, zone: str) -> str:
    """A moment on the hall's clock, as "09:40"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def of_ticket(
    floor: Floor, ticket: Ticket, epoch: int, now_ms: int, zone: str, words: Words
) -> FollowAnswer:
    """A ticket that is in the hall."""
    waiting = ticket.state is Core.WAITING
    windows = floor.skills.served_by.get(ticket.service_id, ()) if floor.skills else ()
    if ticket.pinned_window is not None:
        windows = (ticket.pinned_window,)
    before = ahead(floor, ticket) if waiting else 0
    slot_ms = ticket.slot_ms
    return FollowAnswer(
        epoch=epoch,
        rev=floor.seq,
        ticket_id=ticket.ticket_id,
        number=ticket.label,
        state=State(ticket.state),
        ended=False,
        window_id=ticket.window_id,
        call_id=ticket.call_id if ticket.state is Core.CALLED else None,
        attempt=ticket.attempt,
        headline=_headline(State(ticket.state), ticket.window_id, words),
        ahead=_ahead(before, words) if waiting else "",
        wait=_wait(floor, ticket, now_ms, zone, words) if waiting else "",
        windows=windows_sentence(windows, words) if waiting and windows else "",
        appointment=appointment_sentence(clock_text(utc(slot_ms), zone), words) if slot_ms else "",
        may_give_back=waiting,
        at=utc(now_ms),
    )


def of_leg(row: LegRow, floor: Floor, epoch: int, now_ms: int, words: Words) -> FollowAnswer:
    """A ticket that has left."""
    leg = row.leg
    state = State(leg.outcome)
    return FollowAnswer(
        epoch=epoch,
        rev=floor.seq,
        ticket_id=leg.ticket_id,
        number=leg.label,
        state=state,
        ended=True,
        window_id=None,
        call_id=None,
        attempt=0,
        headline=_headline(state, leg.window_id, words),
        ahead="",
        wait="",
        windows="",
        appointment="",
        may_give_back=False,
        at=utc(now_ms),
    )


def _headline(state: State, window_id: str | None, words: Words) -> str:
    return words.gettext(HEADLINES[state]).format(window=window_id or "?")


def _ahead(before: int, words: Words) -> str:
    if before == 0:
        return words.gettext("Nobody is ahead of you")
    return words.gettext(N_("People ahead of you: {n}")).format(n=before)


def _wait(floor: Floor, ticket: Ticket, now_ms: int, zone: str, words: Words) -> str:
    found = predict(floor, ticket, now_ms)
    if found is None:
        return wait_sentence(NoEstimate.NO_WINDOW, words)
    at = utc(now_ms).astimezone(ZoneInfo(zone))
    return wait_sentence(WaitRange(found.low_s, found.likely_s, found.high_s, at), words)
