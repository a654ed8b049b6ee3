"""Somebody is asked to come to a kiosk: the call, who answers it, and its end.

A kiosk has one call at a time; asking again is the same call. The journal keeps the times and
which kiosk it was, never who stood there. Calls do not cross the end of a day.
"""

from typing import Final

from queue_server.contract.ids import HelpId
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.errors import HelpAnsweredBefore, UnknownHelp
from queue_server.core.model import Floor, HelpCall

_MS: Final = 1000
DAY_OVER: Final = "day_over"


def call_of(floor: Floor, help_id: HelpId) -> HelpCall:
    """An open call.

    Raises:
        UnknownHelp: it was never made here, or is over.
    """
    try:
        return floor.help_calls[help_id]
    except KeyError:
        raise UnknownHelp from None


def is_late(floor: Floor, call: HelpCall, now_ms: int) -> bool:
    """Nobody has answered for longer than the hall allows."""
    patience_s = floor.settings.help_alert_s if floor.settings else 0
    return call.answered_ms is None and now_ms - call.asked_ms >= patience_s * _MS


def open_calls(floor: Floor) -> list[HelpCall]:
    """Calls that are not over, the oldest first."""
    return sorted(floor.help_calls.values(), key=lambda call: (call.asked_ms, call.help_id))


def ask(floor: Floor, command: cmd.AskHelp, now_ms: int) -> tuple[ev.Event, ...]:
    """Come to this kiosk; nothing new while its last call is open."""
    if any(call.device_id == command.device_id for call in floor.help_calls.values()):
        return ()
    return (ev.HelpAsked(command.help_id, command.device_id),)


def answer(floor: Floor, command: cmd.AnswerHelp, now_ms: int) -> tuple[ev.Event, ...]:
    """Somebody is on the way; only one goes."""
    call = call_of(floor, command.help_id)
    if call.answered_by == command.by:
        return ()
    if call.answered_by is not None:
        raise HelpAnsweredBefore(by=call.answered_by)
    return (ev.HelpAnswered(call.help_id, command.by),)


def end(floor: Floor, command: cmd.EndHelp, now_ms: int) -> tuple[ev.Event, ...]:
    """Somebody was there, nobody stood there any more, or it is not needed."""
    call = call_of(floor, command.help_id)
    return (ev.HelpEnded(call.help_id, command.how),)


def ends_with_day(floor: Floor) -> list[ev.Event]:
    """What is still open when the day is closed."""
    return [ev.HelpEnded(call.help_id, DAY_OVER) for call in open_calls(floor)]
