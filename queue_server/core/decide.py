"""From a command to the events it makes, or a refusal. Pure.

One dispatch table; the deciders of a ticket's life at a window are in `decide_window`, those of
issuing and leaving in `decide_ticket`, those of cut-off kiosks in `decide_offline`, those of
appointments in `decide_appointments`, those of calls for help in `decide_help`, those of days and
settings in `decide_hall`.
"""

from collections.abc import Callable
from typing import Any

from queue_server.core import commands as cmd
from queue_server.core import (
    decide_appointments,
    decide_hall,
    decide_help,
    decide_offline,
    decide_ticket,
    decide_window,
)
from queue_server.core.errors import NotOpen
from queue_server.core.events import Event
from queue_server.core.model import Floor

Decider = Callable[[Floor, Any, int], tuple[Event, ...]]

_DECIDERS: dict[type, Decider] = {
    cmd.IssueTicket: decide_ticket.issue,
    cmd.GiveGrant: decide_offline.give_grant,
    cmd.UploadTicket: decide_offline.upload,
    cmd.ConfirmTicket: decide_offline.confirm,
    cmd.SettleTicket: decide_offline.settle,
    cmd.Requeue: decide_ticket.requeue,
    cmd.CancelTicket: decide_ticket.cancel,
    cmd.Abandon: decide_ticket.abandon,
    cmd.Transfer: decide_ticket.transfer,
    cmd.SignIn: decide_window.sign_in,
    cmd.OpenWindow: decide_window.open_window,
    cmd.PauseWindow: decide_window.pause,
    cmd.CloseWindow: decide_window.close,
    cmd.CallNext: decide_window.call_next,
    cmd.CallTicket: decide_window.call_ticket,
    cmd.ServeNow: decide_window.serve_now,
    cmd.NextService: decide_window.next_service,
    cmd.Recall: decide_window.recall,
    cmd.UndoCall: decide_window.undo_call,
    cmd.Start: decide_window.start,
    cmd.Finish: decide_window.finish,
    cmd.NoShow: decide_window.no_show,
    cmd.Hold: decide_window.hold,
    cmd.Resume: decide_window.resume,
    cmd.BookAppointment: decide_appointments.book,
    cmd.MoveAppointment: decide_appointments.move,
    cmd.CancelAppointment: decide_appointments.cancel,
    cmd.CheckIn: decide_appointments.check_in,
    cmd.MissAppointment: decide_appointments.miss,
    cmd.AskHelp: decide_help.ask,
    cmd.AnswerHelp: decide_help.answer,
    cmd.EndHelp: decide_help.end,
    cmd.ChangeSettings: decide_hall.change_settings,
    cmd.RollDay: decide_hall.roll_day,
}


def decide(floor: Floor, command: cmd.Command, now_ms: int) -> tuple[Event, ...]:
    """The events of a command, in order; empty when it is already so.

    Args:
        floor: the state to decide on.
        command: what is asked.
        now_ms: the instant of the decision and of its events, UTC milliseconds.

    Raises:
        QueueError: refused; nothing happens.
    """
    if floor.business_date is None and not isinstance(command, cmd.RollDay | cmd.ChangeSettings):
        raise NotOpen(detail="")
    return _DECIDERS[type(command)](floor, command, now_ms)
