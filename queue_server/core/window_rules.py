"""What must hold of a window before a clerk may act there."""

from queue_server.contract.ids import ClerkId, WindowId
from queue_server.core.errors import (
    NoCurrentTicket,
    NotYourWindow,
    UnknownWindow,
    WindowBusy,
    WindowClosed,
    WindowIsPaused,
)
from queue_server.core.model import Floor, Ticket, Window


def window_of(floor: Floor, window_id: WindowId) -> Window:
    """A window of this hall.

    Raises:
        UnknownWindow: there is none with this number.
    """
    try:
        return floor.windows[window_id]
    except KeyError:
        raise UnknownWindow(window_id=window_id) from None


def at_window(floor: Floor, window_id: WindowId, clerk_id: ClerkId) -> Window:
    """The window, if this clerk is signed in there.

    Raises:
        UnknownWindow: no such window.
        WindowClosed: nobody is signed in.
        NotYourWindow: someone else is.
    """
    window = window_of(floor, window_id)
    if window.clerk_id is None:
        raise WindowClosed(window_id=window_id)
    if window.clerk_id != clerk_id:
        raise NotYourWindow(window_id=window_id)
    return window


def free_window(floor: Floor, window_id: WindowId, clerk_id: ClerkId) -> Window:
    """The window, if this clerk may call there now.

    Raises:
        WindowIsPaused: open it first.
        WindowBusy: a ticket is still at hand.
    """
    window = at_window(floor, window_id, clerk_id)
    if window.pause_reason is not None:
        raise WindowIsPaused(window_id=window_id)
    check_free(floor, window)
    return window


def check_free(floor: Floor, window: Window) -> None:
    """Refuse when the window has a ticket at hand.

    Raises:
        WindowBusy: naming it.
    """
    if window.ticket_id is not None:
        label = floor.tickets[window.ticket_id].label
        raise WindowBusy(window_id=window.window_id, number=label)


def current_ticket(floor: Floor, window_id: WindowId, clerk_id: ClerkId) -> Ticket:
    """The ticket at hand.

    Raises:
        NoCurrentTicket: there is none.
    """
    window = at_window(floor, window_id, clerk_id)
    if window.ticket_id is None:
        raise NoCurrentTicket(window_id=window_id)
    return floor.tickets[window.ticket_id]
