"""Looking after a printer while it prints."""

import asyncio
from collections.abc import Callable

from hardware.drivers.escpos_session import Session
from hardware.errors import TimedOut
from hardware.roles import PrinterStatus


async def ill_before(
    done: asyncio.Task[None],
    session: Session,
    watch_s: float,
    line_s: float,
    note: Callable[[PrinterStatus], None],
) -> PrinterStatus | None:
    """Wait for `done`, looking at the printer now and then; its status as soon as it is ill.

    It has to say so twice: one damaged byte must not tear a ticket that is being printed.

    Args:
        done: Ends when the ticket is printed.
        session: The connection.
        watch_s: Between two looks.
        line_s: How long the ticket's bytes are on the line.
        note: Takes every status.

    Raises:
        Unavailable: The connection ended.
    """
    looking, was_ill = True, False
    while not done.done():
        pause_s = 0 if was_ill else watch_s
        await asyncio.wait({done}, timeout=pause_s if looking else None)
        if done.done() or not looking:
            continue
        try:
            status = await session.status_once(extra_s=line_s)
        except TimedOut:
            looking = False  # a slow line: the answers come before `done` does, so wait for it
            continue
        note(status)
        if was_ill and not status.online and not done.done():
            return status
        was_ill = not status.online
    done.result()
    return None
