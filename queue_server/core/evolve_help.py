"""What calls for help make of the floor."""

from queue_server.core import events as ev
from queue_server.core.model import Floor, HelpCall, changed


def asked(floor: Floor, event: ev.HelpAsked, at_ms: int) -> Floor:
    """A call is open."""
    call = HelpCall(event.help_id, event.device_id, at_ms)
    return changed(floor, help_calls=floor.help_calls.set(event.help_id, call))


def answered(floor: Floor, event: ev.HelpAnswered, at_ms: int) -> Floor:
    """Somebody goes."""
    call = floor.help_calls[event.help_id]
    answered_call = HelpCall(call.help_id, call.device_id, call.asked_ms, at_ms, event.by)
    return changed(floor, help_calls=floor.help_calls.set(event.help_id, answered_call))


def ended(floor: Floor, event: ev.HelpEnded, at_ms: int) -> Floor:
    """It is over."""
    return changed(floor, help_calls=floor.help_calls.delete(event.help_id))
